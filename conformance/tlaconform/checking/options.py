"""What a trace is checked against, and how: what the command line and the API have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tlatrace.engine.match import FRONTIER_STATES_MAX, SearchOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a trace is checked against, and how.

    ``reader`` is the name of the format of the traces; None leaves it to the mapping, or else to their first lines.
    ``torn_tail`` is ``error`` (a last line that was cut short makes the verdict invalid) or ``cut`` (it is left out,
    and the verdict says so). ``time_limit`` is in seconds for one trace, once the specification is loaded.
    ``min_strength`` is the score below which an accepted trace does not count as conforming
    (``verdict.strength.is_too_low``). With ``keep_witness``, one behavior that explains the trace is kept, in memory
    that grows with the trace.

    ``search`` is the order in which the ways through a recorded trace are searched: breadth-first, depth-first, or
    mixed, which is breadth-first as long as few states explain the trace. Depth-first, one way is enough: how many
    states explain the events is not measured then, and the verdict says so. Where the events are not at hand (a trace
    that is being written, a check that may go on from a checkpoint), or something is asked that takes all states
    (``sensitivity``, ``advise``), the search is breadth-first.

    With ``measure``, samples of an accepted trace say which conjuncts and observations its strength rests on; those who
    run thousands of traces to find one do without.

    What is asked once there is a verdict: with ``blame``, for ``blame_seconds`` at most (None: as long as it takes),
    the smallest change of the log under which a rejected trace passes; with ``shrink``, a file for the smallest part of
    it that is rejected for the same reason; with ``sensitivity`` above 0, how many of so many edits of an accepted
    trace, drawn by ``seed``, would be noticed; with ``advise``, what to log where the trace is ambiguous.
    """

    spec: Path
    mapping: Path
    config: Path | None = None
    reader: str | None = None
    library: tuple[Path, ...] = ()
    torn_tail: str = "error"
    max_frontier: int = FRONTIER_STATES_MAX
    max_events: int | None = None
    search: SearchOrder = SearchOrder.MIXED
    time_limit: float | None = None
    min_strength: float = 0.0
    keep_witness: bool = False
    measure: bool = True
    blame: bool = False
    blame_seconds: float | None = None
    shrink: Path | None = None
    sensitivity: int = 0
    seed: int = 0
    advise: bool = False
