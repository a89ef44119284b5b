"""The benchmarks of the registry, measured: our time, memory and verdict, TLC's time and verdict, on the same traces.

Both are whole processes with their starts. How time grows is worked out from what comes on top of the start.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.figures import growth_exponent
from bench.processes import Processes
from bench.registry import Benchmark
from bench.systems import Knobs, System
from bench.systems.judged import judge
from bench.systems.two_phase import TWO_PHASE

UNFINISHED = "unfinished"
"""TLC's verdict where it reached the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What the measuring may cost. ``points_max`` is how many points of a benchmark are measured; the limits are in
    seconds for one trace."""

    points_max: int | None = None
    with_large: bool = False
    limit_s: float = 30.0
    tlc_limit_s: float = 10.0
    with_tlc: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """TLC on one trace: ``accepted``, ``rejected``, or :data:`UNFINISHED`."""

    verdict: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One trace. ``seconds`` are of the whole process, ``check_s`` without starting and loading the specification, both
    by the clock, ``cpu_s`` what the processor worked in the latter. ``tlc`` is None where TLC was not run."""

    events: int
    verdict: str
    reason: str
    seconds: float
    check_s: float
    cpu_s: float
    peak_bytes: int
    frontier_max: int
    tlc: Judged | None

    @property
    def events_per_s(self) -> float:
        return self.events / self.check_s

    @property
    def ratio(self) -> float | None:
        """TLC's time over ours; at its limit, what it is at least."""
        return self.tlc.seconds / self.seconds if self.tlc is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One benchmark. ``tlc_start_s`` is what TLC takes for a trace of a few events; None without TLC."""

    name: str
    expected: str
    rows: tuple[Row, ...]
    tlc_start_s: float | None

    @property
    def growth(self) -> float | None:
        """The exponent of our processor time in the length of the trace."""
        return growth_exponent([(row.events, row.cpu_s) for row in self.rows if row.verdict == self.expected])

    @property
    def growth_tlc(self) -> float | None:
        """The exponent of what TLC takes beyond its start; where that is less than half the start, it is noise."""
        start = self.tlc_start_s
        if start is None:
            return None
        return growth_exponent(
            [
                (row.events, row.tlc.seconds - start)
                for row in self.rows
                if row.tlc is not None and row.tlc.verdict != UNFINISHED and row.tlc.seconds > 1.5 * start
            ]
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Verdicts that should not be: ours or TLC's is not the expected one, though it was decided."""
        found = []
        for row in self.rows:
            if row.verdict not in (self.expected, "undecided"):
                found.append(f"{self.name}, {row.events} events: {row.verdict}, expected {self.expected}; {row.reason}")
            if row.tlc is not None and row.tlc.verdict not in (self.expected, UNFINISHED):
                found.append(f"{self.name}, {row.events} events: TLC says {row.tlc.verdict}, expected {self.expected}")
        return tuple(found)


def sweep(
    benchmarks: Sequence[Benchmark], effort: Effort, processes: Processes, tell: Callable[[str], None]
) -> Iterator[Swept]:
    """Measure them one after the other.

    Raises:
        BenchError: something could not run.
    """
    with tempfile.TemporaryDirectory(prefix="tla-conformance-sweep-") as name:
        folder = Path(name)
        start = None
        if effort.with_tlc:
            tell("TLC on a few events")
            trace = TWO_PHASE.generate(Knobs(events=1)).write(folder / "short.ndjson")
            start = min(judge(TWO_PHASE, trace).seconds for _ in range(2))
        for benchmark in benchmarks:
            yield _swept(benchmark, effort, processes, folder, start, tell)


def _swept(
    benchmark: Benchmark,
    effort: Effort,
    processes: Processes,
    folder: Path,
    tlc_start_s: float | None,
    tell: Callable[[str], None],
) -> Swept:
    _warm(benchmark, effort, processes, folder)
    points = benchmark.points[: effort.points_max] + (benchmark.large if effort.with_large else ())
    rows: list[Row] = []
    is_tlc_on = effort.with_tlc
    is_decided = True
    for knobs in points:
        is_last = knobs == benchmark.points[-1]
        if not is_decided and not is_last:
            continue
        trace = benchmark.system.generate(knobs)
        path = trace.write(folder / "trace.ndjson")
        count = len(trace.events)
        tell(f"{benchmark.name}: {count:,} events")
        found, seconds = _ours(benchmark.system, knobs, path, effort, processes)
        is_decided = found["decision"] != "undecided"
        tlc = None
        is_headline = benchmark.is_largest_for_tlc and is_last
        if knobs in benchmark.points and effort.with_tlc and (is_tlc_on or is_headline):
            tell(f"{benchmark.name}: TLC on {count:,} events")
            tlc = _tlc(benchmark.system, path, effort)
            is_tlc_on = tlc.verdict != UNFINISHED
        rows.append(
            Row(
                events=count,
                verdict=found["decision"],
                reason=found["reason"],
                seconds=seconds,
                check_s=found["wall_s"],
                cpu_s=found["cpu_s"],
                peak_bytes=found["peak_bytes"],
                frontier_max=found["frontier_max"],
                tlc=tlc,
            )
        )
    return Swept(name=benchmark.name, expected=benchmark.expected, rows=tuple(rows), tlc_start_s=tlc_start_s)


def _warm(benchmark: Benchmark, effort: Effort, processes: Processes, folder: Path) -> None:
    """Compile the specification, so that no row has the time for it."""
    knobs = benchmark.points[0]
    trace = benchmark.system.generate(knobs).write(folder / "trace.ndjson")
    _ours(benchmark.system, knobs, trace, effort, processes)


def _ours(
    system: System, knobs: Knobs, trace: Path, effort: Effort, processes: Processes
) -> tuple[dict[str, Any], float]:
    files = [str(trace), "--spec", str(system.spec), "--map", str(system.write_mapping(knobs, trace.parent))]
    if system.spec_config is not None:
        files += ["--config", str(system.spec_config)]
    found, seconds = processes.timed_child(["check", *files, "--time-limit", str(effort.limit_s)])
    if found["decision"] == "invalid":
        raise BenchError(f"{system.module}, {knobs}: {found['reason']}")
    return found, seconds


def _tlc(system: System, trace: Path, effort: Effort) -> Judged:
    judgement = judge(system, trace, time_limit_s=effort.tlc_limit_s)
    verdict = UNFINISHED if judgement.verdict == "timeout" else judgement.verdict
    return Judged(verdict=verdict, seconds=judgement.seconds)
