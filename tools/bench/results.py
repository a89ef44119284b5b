"""What was measured. Times are in seconds unless their name says otherwise, sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from bench.figures import growth_exponent


@dataclass(frozen=True, slots=True)
class Start:
    """The time of a whole process, from outside: the best of ``repeats``."""

    what: str
    best_s: float
    spread: float | None
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Checking one trace, without the time of loading the specification: the best of ``repeats``.

    ``wall_s`` is what a user waits, ``cpu_s`` what the processor worked: on a busy machine the first is longer, and the
    second is what the growth is computed from.
    """

    nodes: int
    events: int
    wall_s: float
    cpu_s: float
    first_tenth_us: float
    last_tenth_us: float
    peak_bytes: int
    frontier_max: int
    spread: float | None
    share_of_processor: float
    repeats: int

    @property
    def events_per_s(self) -> float:
        return self.events / self.wall_s

    @property
    def us_per_event(self) -> float:
        return self.cpu_s / self.events * 1e6


@dataclass(frozen=True, slots=True)
class Twins:
    """The two evaluators on one trace."""

    compiler: Checked
    interpreter: Checked

    @property
    def ratio(self) -> float:
        return self.interpreter.cpu_s / self.compiler.cpu_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """TLC and ``conformance check`` on one trace, each a whole process with its start. ``tlc_s`` is None where the
    limit was reached."""

    events: int
    tlc_s: float | None
    ours_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tlc:
    """The rows in ascending length. ``absent_because`` says why there are none."""

    version: str = ""
    limit_s: float = 0.0
    rows: tuple[Against, ...] = ()
    absent_because: str = ""

    @property
    def start_s(self) -> float | None:
        """What TLC takes for the shortest trace: the start of the JVM, and reading the modules."""
        return self.rows[0].tlc_s if self.rows else None

    def exponent(self) -> float | None:
        """The growth of what TLC takes beyond its start."""
        if self.start_s is None:
            return None
        rows = [(row.events, row.tlc_s - self.start_s) for row in self.rows[1:] if row.tlc_s is not None]
        return growth_exponent(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Parsing one module. ``cold_s``: the first time ever, with the parser's tables to be built; ``warm_s``: the first
    time in a process; ``again_s``: after that."""

    name: str
    lines: int
    cold_s: float
    warm_s: float
    again_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the figures depend on. ``load`` is how many processes wanted a processor before anything was measured; None
    where the system does not tell."""

    python: str
    system: str
    processors: int
    load: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything."""

    machine: Machine
    starts: tuple[Start, ...]
    parsed: Parsed
    checked: tuple[Checked, ...]
    twins: Twins
    tlc: Tlc
    seconds: float

    def of_cluster(self, nodes: int) -> tuple[Checked, ...]:
        return tuple(row for row in self.checked if row.nodes == nodes)

    def exponent(self, nodes: int) -> float | None:
        """The growth of the processor time with the length of the trace."""
        return growth_exponent([(row.events, row.cpu_s) for row in self.of_cluster(nodes)])
