"""The SYMMETRY of a configuration, for a trace that can be read twice: what the search may take for one, and what a
person is told of it.

Whether it is worth a second reading of the trace is for the search to say; until it asks, nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tlaconform.checking.session import LiveCheck
from tlaconform.checking.source import Source
from tlatrace.engine.search.stepping import LimitReached
from tlatrace.engine.search.symmetric import Symmetry
from tlatrace.engine.verdict import Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event, OrderKind, TraceError

EVENTS_BETWEEN_LOOKS = 1_024
"""The time limit is looked at once in so many events: some ten times a second."""

Arguments = tuple[Event, list[Any]]


class TraceSymmetry:
    """What ``live`` may use of the SYMMETRY that ``name`` names, for the trace of ``source``."""

    def __init__(self, live: LiveCheck, source: Source, name: str) -> None:
        self._live = live
        self._source = source
        self._name = name
        self._sizes: list[int] = []
        self.symmetry = Symmetry(live.loaded.compiled, live.loaded.rules.rules, self._read)

    @property
    def is_by_line(self) -> bool:
        """Whether each chain of the events has those of one log, as they stand there."""
        order = self._source.order
        return order.kind is not OrderKind.BOXES or order.process is not None

    def told(self, verdict: Verdict) -> Verdict:
        """``verdict`` with what is to be known of the symmetry that was used for it."""
        symmetry = self.symmetry
        if symmetry.is_used and self._sizes != self._sizes_now():
            place = Location(self._source.name, 1, 1, 1, 1)
            error = TraceError(
                "the trace has changed while it was checked; expected a file that is whole", location=place
            )
            return self._live.invalid(error, self._source)
        note = ""
        if symmetry.why_not:
            note = f"SYMMETRY {self._name} was not used where many states explain the events: {symmetry.why_not}"
        elif symmetry.is_used:
            note = (
                "where many states explain the events, those were counted as one that differ only by a permutation of "
                f"SYMMETRY {self._name} which no later event tells from them"
            )
        return replace(verdict, notes=(*verdict.notes, note)) if note else verdict

    def _read(self) -> Iterator[Arguments] | None:
        again = self._source.again()
        if again is None:
            return None
        self._sizes = self._sizes_now()
        return self._in_order(again) if self._source.is_in_order else self._log_by_log(again)

    def _in_order(self, again: AbstractContextManager[Source]) -> Iterator[Arguments]:
        """The events up to one that cannot be read, at which the check ends in any case."""
        try:
            with again as source:
                for event in source:
                    yield self._arguments(event)
        except TlatraceError:
            pass

    def _log_by_log(self, again: AbstractContextManager[Source]) -> Iterator[Arguments]:
        with again as source:
            for event in source.log_by_log():
                yield self._arguments(event)

    def _arguments(self, event: Event) -> Arguments:
        matcher = self._live.matcher
        if event.line % EVENTS_BETWEEN_LOOKS == 0 and (late := self._live.time_is_up()):
            raise LimitReached(late)
        return event, matcher.arguments_of(matcher.rule_of(event), event)

    def _sizes_now(self) -> list[int]:
        return [Path(log.name).stat().st_size for log in self._source.logs]


def symmetry_of(live: LiveCheck, source: Source) -> TraceSymmetry | None:
    """None where the configuration declares no SYMMETRY, or something is asked that takes all states."""
    declared, options = live.loaded.spec.symmetry, live.workbench.options
    if declared is None or options.sensitivity or options.advise:
        return None
    return TraceSymmetry(live, source, declared.name)
