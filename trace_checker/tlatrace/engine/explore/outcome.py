"""What an exploration found: the result in the words of the public manifests, the counts, and a counterexample."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tlatrace.compile.api import State
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import Value


class Result(Enum):
    """How an exploration ended; UNDECIDED: at a limit that the user set."""

    SUCCESS = "success"
    SAFETY = "safety failure"
    LIVENESS = "liveness failure"
    DEADLOCK = "deadlock failure"
    ASSUMPTION = "assumption failure"
    ASSERTION = "assertion failure"
    ERROR = "evaluation error"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceState:
    """One state of a counterexample. ``action`` is what led there, with its arguments (``Send(p1, 2)``), None for an
    initial state; ``values`` are the variables, or the fields of the configuration's ALIAS.
    """

    number: int
    action: str | None
    location: Location | None
    state: State
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A behavior that violates something, or the beginning of one. ``loop_start`` is the number of the state to which
    the last one returns, for a behavior without an end; equal to the last number where it stutters for ever.
    ``omitted`` states at the beginning are not in ``states``.
    """

    states: tuple[TraceState, ...] = ()
    loop_start: int | None = None
    omitted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """TLC's numbers. ``depth`` is the number of states on a longest shortest path."""

    distinct_states: int = 0
    generated_states: int = 0
    depth: int = 0
    queue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """The answer. ``violated`` names what does not hold, ``error`` is what could not be evaluated, or the message of
    the assertion; ``limit`` says which bound ended an undecided search; ``was_stopped``: the specification ended it by
    ``TLCSet("exit", TRUE)``.
    """

    result: Result
    counts: Counts
    violated: tuple[str, ...] = ()
    location: Location | None = None
    error: TlatraceError | None = None
    limit: str = ""
    counterexample: Counterexample = field(default_factory=Counterexample)
    has_behavior: bool = True
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    graph: StateGraph | None = None
    was_stopped: bool = False
