"""What a run of SANY or TLC found out: immutable results, without the text that they were read from.

Lines and columns count from 1 and both ends of a range are inside it, as TLC prints them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tlacheck.values import TlcValue, parse_value


class Outcome(Enum):
    """How a run of TLC ended. The values are the words used in manifests.

    A violated action property is a liveness failure, as in TLC's own exit status.
    """

    SUCCESS = "success"
    SAFETY_FAILURE = "safety failure"
    LIVENESS_FAILURE = "liveness failure"
    DEADLOCK_FAILURE = "deadlock failure"
    ASSUMPTION_FAILURE = "assumption failure"
    ASSERTION_FAILURE = "assertion failure"
    EVALUATION_ERROR = "evaluation error"
    PARSE_ERROR = "parse error"
    CONFIG_ERROR = "config error"
    TIMEOUT = "timeout"
    #: TLC itself failed: out of memory, a bug (it stood still), an option that it does not know.
    TOOL_ERROR = "tool error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A range in a module."""

    module: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseError:
    """Something wrong with a module or a configuration file. A line or column that SANY did not tell is None."""

    file: Path
    line: int | None
    column: int | None
    message: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class ParsedModule:
    """A module that SANY read, and from which file. Standard modules are unpacked to a folder of the run."""

    name: str
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SanyResult:
    """What SANY says of a module and all that it needs. `ok` is no errors; warnings do not count."""

    ok: bool
    errors: tuple[ParseError, ...]
    warnings: tuple[ParseError, ...]
    modules: tuple[ParsedModule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is. What a mode of TLC does not count is None."""

    states_generated: int
    distinct_states: int | None = None
    states_left: int | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCoverage:
    """How often an action was taken: `distinct` of the `generated` states were new. `kind`: init, next, constraint."""

    name: str
    kind: str
    location: Location | None
    distinct: int
    generated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceState:
    """A state of a behavior. `action` led to it (None for the initial state and for an action without a name)."""

    number: int
    action: str | None
    location: Location | None
    #: The variables in the order of TLC, each as TLA+ text.
    values: Mapping[str, str]
    #: The action's arguments as TLA+ text, where TLC prints them (1.8).
    arguments: str | None = None

    def parsed(self) -> dict[str, TlcValue]:
        """The variables as Python data. Raises `ValueSyntaxError` for a set that TLC did not enumerate."""
        return {name: parse_value(text) for name, text in self.values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A behavior, which for a liveness property ends in a loop or in stuttering for ever."""

    states: tuple[TraceState, ...]
    #: The number of the state that the last one is followed by, or None.
    back_to_state: int | None = None
    back_action: str | None = None
    back_location: Location | None = None
    stuttering: bool = False

    def __len__(self) -> int:
        return len(self.states)

    def __iter__(self) -> Iterator[TraceState]:
        return iter(self.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that TLC found wrong. With `-continue` there may be several.

    `properties` are the names that TLC tells; for temporal properties releases before 1.8 tell none. Where a property
    has no name of its own (a conjunct of a refinement, an ASSUME) the place stands in `location`.
    """

    outcome: Outcome
    text: str
    properties: tuple[str, ...] = ()
    location: Location | None = None
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlcError:
    """An error message of TLC, with the places that it names."""

    code: int
    text: str
    locations: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TlcResult:
    """Everything that a run of TLC told. A count that TLC did not print is None."""

    outcome: Outcome
    exit_code: int | None
    tlc_version: str | None
    states_generated: int | None
    distinct_states: int | None
    states_left: int | None
    depth: int | None
    coverage: tuple[ActionCoverage, ...]
    failures: tuple[Failure, ...]
    errors: tuple[TlcError, ...]
    warnings: tuple[TlcError, ...]
    parse_errors: tuple[ParseError, ...]
    modules: tuple[ParsedModule, ...]
    #: What the spec printed (`PrintT`), at most `OUTPUT_LINES_MAX` lines; `output_dropped` counts the rest.
    output: tuple[str, ...]
    output_dropped: int
    duration_s: float
    #: How often TLC was begun again because it stood still.
    restarts: int = 0

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the properties of the first failure."""
        return self.failures[0].properties if self.failures else ()

    @property
    def counterexample(self) -> Counterexample | None:
        """The first behavior that TLC printed."""
        return next((failure.counterexample for failure in self.failures if failure.counterexample), None)
