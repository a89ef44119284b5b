"""Silent steps that the mapping knows but did not allow before a rejected event, and that would have explained it.

A silent action may be kept out by its guard, or by its bound where that is part of what the mapping means. Each is
allowed once more, as if guard and bound were not there; where the event is explained then, that is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.observation import Silent
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event

STATES_MAX = 2_000
"""A step that leads to more states than this is no answer."""


@dataclass(frozen=True, slots=True)
class SilentHelp:
    """A silent action as it is written, and what kept it out: ``guard`` or ``bound``."""

    action: str
    kept_out_by: str
    at_most: int
    location: Location

    def __str__(self) -> str:
        place = f"{self.location.file}:{self.location.line}"
        if self.kept_out_by == "guard":
            return f"a silent {self.action} before this event would explain it, but its `when` forbids it ({place})"
        times = "once" if self.at_most == 1 else f"{self.at_most} times"
        return f"one more silent {self.action} before this event would explain it; it is allowed {times} ({place})"


def silent_help(matcher: Matcher, event: Event) -> tuple[SilentHelp, ...]:
    """The silent actions that would explain ``event``, before which ``matcher`` stands, were they allowed once more."""
    return tuple(_helping(matcher, event))


def _helping(matcher: Matcher, event: Event) -> Iterator[SilentHelp]:
    prepared = matcher.prepare(event)
    for item in prepared.expected.rule.silent:
        allowed = item in prepared.silent
        is_guarded = not allowed or item.guard_reads_state
        if not is_guarded and item.is_limit:
            continue  # A limit of the search makes the trace undecided; it is told with that.
        others = tuple(other for other in prepared.silent if other is not item)
        more = Silent(item.candidate, item.at_most if is_guarded else item.at_most + 1, item.is_limit, None)
        attempt = matcher.fork(frontier_states_max=max(STATES_MAX, 2 * len(matcher.nodes)))
        try:
            status = attempt.advance_prepared(replace(prepared, silent=(*others, more)))
        except TlatraceError:
            continue  # The step has no value in some state: nothing to suggest.
        if status is Status.MATCHED:
            kept_out_by = "guard" if is_guarded else "bound"
            yield SilentHelp(item.candidate.text, kept_out_by, item.at_most, item.candidate.location)
