"""Shrinking: a shorter trace that is rejected for the same reason.

The law: what is kept, but for the last event, is explained by the specification in the order in which it stands, and
the last event is rejected for the same reason as it was. An event that cannot be explained any more because of what was
left out is left out too; so what is kept depends on nothing that is not there. The *reason* is what comes nearest to
explaining the event: the candidate and its action with the conjunct that is false, or the observations that contradict
its outcome; or else the properties that every way violates.

The search is delta debugging: large pieces first, then smaller ones, until no single event more can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.explain import explain
from tlatrace.engine.findings import Shrunk
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.verdict import Explanation, Failure
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

LAW = (
    "the kept events before the last are explained in their order; an event that depends on one that was left out is "
    "left out too"
)

EVENTS_RUN_MAX = 500_000
"""Events run in all: some minutes at most."""

FORK_EVENTS = 16
"""A run starts from the nearest of the matchers that are kept at this distance."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an event is rejected: ``key`` is equal for the same reason, ``text`` is for people."""

    key: Hashable
    text: str


def reason_of_rejection(candidates: Sequence[Explanation]) -> Reason | None:
    """The reason that the nearest miss gives; None where nothing could be the event."""
    if not candidates:
        return None
    nearest = candidates[0]
    failures = tuple((_innermost(f).location, f.kind) for f in nearest.failures[:1])
    mismatches = tuple((m.location, m.observation) for m in nearest.mismatches)
    if nearest.failures:
        text = f"{nearest.action}: {_innermost(nearest.failures[0]).text} is false"
    elif nearest.mismatches:
        text = f"{nearest.action}: {', '.join(m.observation for m in nearest.mismatches)} is not what was logged"
    else:
        text = f"{nearest.action}: no instance is enabled"
    return Reason((nearest.candidate, nearest.action, failures, mismatches), text)


def shrink(
    start: Matcher,
    events: Sequence[Event],
    interpreter: Interpreter,
    *,
    must_stop: Callable[[], str] | None = None,
) -> Shrunk | None:
    """The smallest part of ``events``, the last of which is rejected, that was found; None where that one is not
    rejected from ``start``, which stands before the first.
    """
    search = _Search(start, interpreter, must_stop)
    reason = search.reason(start, events)
    return None if reason is None else search.shrunk(events, reason)


class _OutOfBudget(Exception):
    """No more events may be run."""


@dataclass(slots=True)
class _Kept:
    """Events of which all but the last are explained, with matchers before every few of them."""

    events: list[Event]
    forks: list[Matcher] = field(default_factory=list)


class _Search:
    """Smaller and smaller parts of one trace."""

    def __init__(self, start: Matcher, interpreter: Interpreter, must_stop: Callable[[], str] | None) -> None:
        self._start = start
        self._interpreter = interpreter
        self._must_stop = must_stop
        self._left = EVENTS_RUN_MAX

    def reason(self, start: Matcher, events: Sequence[Event]) -> Reason | None:
        """Why the last event is rejected after the others; None where another is not explained, or this one is."""
        matcher = start.fork()
        for event in events[:-1]:
            if matcher.advance(event) is not Status.MATCHED:
                return None
        return self._reason(matcher, events[-1])

    def shrunk(self, events: Sequence[Event], reason: Reason) -> Shrunk:
        cut = ""
        kept = _Kept(list(events), [self._start])
        try:
            size = max(1, (len(events) - 1) // 2)
            while len(kept.events) > 1:
                smaller = self._pass(kept, size, reason)
                if smaller is None and size == 1:
                    break
                if smaller is None:
                    size = max(1, size // 2)
                else:
                    kept = smaller
                    size = max(1, min(size, (len(kept.events) - 1) // 2))
        except _OutOfBudget as stop:
            cut = str(stop)
        return Shrunk(
            lines=tuple(event.line for event in kept.events),
            events_before=len(events),
            reason=reason.text,
            law=LAW,
            is_minimal=not cut,
            cut=cut,
        )

    def _pass(self, kept: _Kept, size: int, reason: Reason) -> _Kept | None:
        """Without as many pieces of this size as can be left out, from the end to the beginning; None if none can."""
        found = None
        end = len(kept.events) - 1
        while end > 0:
            first = max(0, end - size)
            smaller = self._without(kept, first, end, reason)
            if smaller is not None:
                # What depended on the piece stood behind it: all before it is as it was.
                kept = found = smaller
            end = first
        return found

    def _without(self, kept: _Kept, first: int, end: int, reason: Reason) -> _Kept | None:
        """Without the events from ``first`` to ``end`` and those that depend on them."""
        number = min(first // FORK_EVENTS, len(kept.forks) - 1)
        matcher = kept.forks[number].fork()
        result = _Kept(kept.events[: number * FORK_EVENTS], kept.forks[: number + 1])
        for position in range(number * FORK_EVENTS, len(kept.events) - 1):
            if first <= position < end:
                continue
            event = kept.events[position]
            self._spend()
            if self._advance(matcher, event) is Status.MATCHED:
                result.events.append(event)
                if len(result.events) % FORK_EVENTS == 0:
                    result.forks.append(matcher.fork())
        last = kept.events[-1]
        found = self._reason(matcher, last)
        if found is None or found.key != reason.key:
            return None
        result.events.append(last)
        return result

    def _reason(self, matcher: Matcher, event: Event) -> Reason | None:
        self._spend()
        status = self._advance(matcher, event)
        if status is Status.VIOLATED:
            names = tuple(v.property for v in matcher.violations if v.on_all)
            return Reason(names, f"every way violates {', '.join(names)}")
        if status is not Status.REJECTED:
            return None
        rule = matcher.rule_of(event)
        candidates, _ = explain(matcher, rule, matcher.arguments_of(rule, event), self._interpreter)
        return reason_of_rejection(candidates)

    @staticmethod
    def _advance(matcher: Matcher, event: Event) -> Status | None:
        try:
            return matcher.advance(event)
        except TlatraceError:
            return None  # an expression that has no value in these states

    def _spend(self) -> None:
        if self._must_stop is not None and (reason := self._must_stop()):
            raise _OutOfBudget(reason)
        self._left -= 1
        if self._left < 0:
            raise _OutOfBudget(f"{EVENTS_RUN_MAX:,} events were run")


def _innermost(failure: Failure) -> Failure:
    """The conjunct inside a definition that makes the conjunct false."""
    while len(failure.inner) == 1:
        (failure,) = failure.inner
    return failure
