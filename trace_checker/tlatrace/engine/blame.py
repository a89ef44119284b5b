"""Blame: the smallest change of the log under which a rejected trace passes.

An event may be relaxed in a few ways (:class:`~tlatrace.engine.findings.Relaxing`): a field of it is ignored, it is
left out, happens twice, changes places with the next one, or one step that no event reports may come before it. One
relaxation is tried at a time, at the rejected event first and then further back, since the wrong line often stands
before the one that shows it; then two together. What gets past the rejected event is followed to the end of the trace.

A relaxed run that comes back to states that the trace had anyway has changed nothing, and ends there; so most attempts
cost a few steps. The number of events run is bounded, and what was not tried is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tlatrace.compile.api import UNBOUND, Action, State
from tlatrace.engine.blame_words import conclude, summarise
from tlatrace.engine.findings import Blame, Finding, Relaxation, Relaxing
from tlatrace.engine.match import Matcher, Prepared, Status
from tlatrace.engine.observation import When, action_name
from tlatrace.engine.outcomes import short_text
from tlatrace.engine.relaxations import (
    Field,
    fields_of,
    with_hidden_step,
    without_field_named,
    without_fields,
)
from tlatrace.engine.states import key_of
from tlatrace.engine.trail import Trail, standing_at
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

WINDOW_EVENTS = 64
"""So many events back from the rejected one are relaxed; a mistake that shows later is rarely the log's."""

LOOKAHEAD_EVENTS = 16
"""Beyond the rejected event, to tell chance from cure before a run goes to the end."""

FOLLOWED_MAX = 12
"""So many relaxations are followed to the end of the trace."""

REST_EVENTS_MAX = 5_000
"""Of the rest of the trace, so many events at most; a finding says where it stopped."""

EVENTS_RUN_MAX = 30_000
"""Events run in all; each state of a wide frontier counts as a part of one."""

STATES_AN_EVENT = 20
"""So many states of a frontier cost about as much as an event."""

PAIRED_MAX = 3
"""So many single relaxations that get furthest are joined with a second one."""

PAIR_WINDOW_EVENTS = 8

FINDINGS_MAX = 5
VALUES_MAX = 4
"""Values that would have been allowed, and instances of a hidden step: more are a choice, not an answer."""

VALUES_TRIED_MAX = 24

_ORDER = {kind: number for number, kind in enumerate(Relaxing)}


def blame(
    trail: Trail,
    event: Event,
    rest: Iterator[Event],
    actions: Sequence[Action],
    *,
    must_stop: Callable[[], str] | None = None,
    window: int = WINDOW_EVENTS,
) -> Blame:
    """Who is to blame that ``event`` is rejected after the events of ``trail``.

    ``rest`` has the events after it, ``actions`` those of Next. ``must_stop`` gives a reason to end the search, or
    nothing.
    """
    return _Search(trail, event, rest, actions, must_stop, window).run()


class _Stop(Exception):
    """The search has used up what it may."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One relaxation of the event of this number, as something that can be done."""

    kind: Relaxing
    index: int
    field: Field | None = None
    action: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far the trace goes with ``changes``: ``index`` is the first event that is not explained."""

    changes: tuple[_Change, ...]
    index: int
    is_end: bool
    stopped: str = ""

    def rank(self) -> tuple[Any, ...]:
        furthest = max((c.index for c in self.changes), default=0)
        return (
            not self.is_end,
            0 if self.is_end else -self.index,
            len(self.changes),
            tuple(_ORDER[c.kind] for c in self.changes),
            sum(c.field.weight for c in self.changes if c.field is not None),
            -furthest,
        )


class _Search:
    """The events near the rejection, with a matcher before each of them."""

    def __init__(
        self,
        trail: Trail,
        event: Event,
        rest: Iterator[Event],
        actions: Sequence[Action],
        must_stop: Callable[[], str] | None,
        window: int,
    ) -> None:
        recent = trail.recent
        self._events = [*recent.events, event]
        self._rejected = len(recent.events)
        self._rest = rest
        self._rest_left = REST_EVENTS_MAX
        self._rest_ended = ""
        self._actions = actions
        self._must_stop = must_stop
        self._window = window
        self._left = EVENTS_RUN_MAX
        self._tried: Counter[str] = Counter()
        self._pairs_tried = 0
        self._cut = ""
        self._first = max(0, self._rejected - window)
        self._recent_start = recent.matcher
        self._matchers: dict[int, Matcher] = {}
        self._keys: dict[int, frozenset[Hashable]] = {}

    def run(self) -> Blame:
        reached: list[_Reached] = []
        try:
            self._stand_before_each()
            self._singles(reached)
            self._follow(reached)
            if not any(item.is_end for item in reached):
                self._all_of_one_event(reached)
                self._from_here_on(reached)
            if not any(item.is_end for item in reached):
                self._pairs(reached)
        except _Stop as stop:
            self._cut = str(stop)
        ranked = sorted(reached, key=_Reached.rank)
        findings: list[Finding] = []
        omitted = 0
        for item in _merged(ranked, self._events):
            # What passes is the answer; what gets stuck is told only where nothing passes.
            if findings and findings[0].passes and not item.is_end:
                omitted += 1
            elif len(findings) < FINDINGS_MAX:
                findings.append(self._finding(item))
            else:
                omitted += 1
        found = Blame(
            findings=tuple(findings),
            findings_omitted=omitted,
            tried=dict(self._tried),
            pairs_tried=self._pairs_tried,
            first_line=self._events[self._first].line,
            last_line=self._events[self._rejected].line,
            cut=self._cut,
        )
        return replace(found, summary=summarise(found))

    # ------------------------------------------------------------------------------------------ running

    def _stand_before_each(self) -> None:
        """A matcher before every event of the window, as the trace left it."""
        matcher = self._recent_start.fork()
        for index in range(self._rejected + 1):
            if index >= self._first:
                self._matchers[index] = matcher.fork()
            if index < self._rejected:
                self._spend(matcher)
                matcher.advance(self._events[index])

    def _spend(self, matcher: Matcher) -> None:
        if self._must_stop is not None and (reason := self._must_stop()):
            raise _Stop(reason)
        self._left -= 1 + len(matcher.frontier) // STATES_AN_EVENT
        if self._left < 0:
            raise _Stop(f"{EVENTS_RUN_MAX:,} events were run")

    def _event(self, index: int) -> Event | None:
        """The event of this number; None at the end of the trace, or of what is looked at."""
        while index >= len(self._events) and not self._rest_ended:
            if self._rest_left == 0:
                self._rest_ended = f"only {REST_EVENTS_MAX:,} events after the rejected one were looked at"
                break
            self._rest_left -= 1
            try:
                self._events.append(next(self._rest))
            except StopIteration:
                self._rest_ended = "end"
            except TlatraceError as error:
                self._rest_ended = f"the trace cannot be read on: {error.message}"
        return self._events[index] if index < len(self._events) else None

    def _step(self, matcher: Matcher, prepared: Prepared | None, index: int) -> str:
        """Advance over one event; the reason why it is not explained, or nothing."""
        self._spend(matcher)
        line = self._events[index].line
        try:
            status = matcher.advance(self._events[index]) if prepared is None else matcher.advance_prepared(prepared)
        except TlatraceError as error:
            return f"line {line} cannot be judged: {error.message}"
        if status is Status.MATCHED:
            return ""
        return f"line {line} is undecided" if status is Status.UNDECIDED else f"line {line} is rejected"

    def _changed(self, matcher: Matcher, change: _Change) -> tuple[int, str]:
        """Take the changed event with ``matcher``: the number of the event to go on with, and why not."""
        index = change.index
        match change.kind:
            case Relaxing.DROP:
                return index + 1, ""
            case Relaxing.DUPLICATE:
                why = self._step(matcher, None, index)
                return index + 1, why or self._step(matcher, None, index)
            case Relaxing.SWAP:
                if self._event(index + 1) is None:
                    return index, "there is no next event"
                why = self._step(matcher, None, index + 1)
                return index + 2, why or self._step(matcher, None, index)
            case _:
                return index + 1, self._step(matcher, self._prepared(matcher, change), index)

    def _prepared(self, matcher: Matcher, change: _Change) -> Prepared:
        prepared = matcher.prepare(self._events[change.index])
        if change.kind is Relaxing.HIDDEN_STEP:
            named = [a for a in self._actions if not change.action or action_name(a) == change.action]
            return with_hidden_step(prepared, named)
        return without_fields(prepared, change.fields or ((change.field,) if change.field else ()))

    def _run(self, changes: tuple[_Change, ...], stop: int, keep: dict[int, Matcher] | None = None) -> _Reached:
        """The trace with ``changes`` (in order), up to the event ``stop``; ``keep`` is given matchers on the way."""
        matcher = self._matchers[changes[0].index].fork()
        index = changes[0].index
        always = [c.field.name for c in changes if c.kind is Relaxing.FIELD_FROM_HERE and c.field is not None]
        pending = list(changes)
        while index < stop:
            if self._event(index) is None:
                return self._at_the_end(matcher, changes, index)
            if keep is not None:
                keep[index] = matcher.fork()
            if pending and pending[0].index == index:
                change = pending.pop(0)
                index, why = self._changed(matcher, change)
                if why:
                    return _Reached(changes, change.index, False, why)
            else:
                prepared = None
                if always:
                    prepared = without_field_named(matcher.prepare(self._events[index]), always[0], matcher.frontier[0])
                if why := self._step(matcher, prepared, index):
                    return _Reached(changes, index, False, why)
                index += 1
            if not pending and not always and index <= self._rejected and self._is_as_before(matcher, index):
                return _Reached(changes, index, False, "nothing changed")
        return _Reached(changes, index, False)

    def _at_the_end(self, matcher: Matcher, changes: tuple[_Change, ...], index: int) -> _Reached:
        if self._rest_ended != "end":
            return _Reached(changes, index, False, self._rest_ended)
        if matcher.finish() is not Status.MATCHED:
            return _Reached(changes, index, False, "the end of the trace is not explained")
        return _Reached(changes, index, True)

    def _is_as_before(self, matcher: Matcher, index: int) -> bool:
        """Whether every state here is one that the trace led to as it is."""
        if index not in self._keys:
            self._keys[index] = frozenset(map(key_of, self._matchers[index].frontier))
        known = self._keys[index]
        return len(matcher.frontier) <= len(known) and all(key_of(state) in known for state in matcher.frontier)

    # ------------------------------------------------------------------------------------------ what is tried

    def _singles(self, reached: list[_Reached]) -> None:
        for index in range(self._rejected, self._first - 1, -1):
            for change in self._changes(self._matchers[index], index):
                self._tried[change.kind.value] += 1
                found = self._run((change,), self._rejected + 1 + LOOKAHEAD_EVENTS)
                if found.index > self._rejected and not self._is_trivial(found):
                    reached.append(found)

    def _is_trivial(self, found: _Reached) -> bool:
        """Leaving out the rejected event says nothing unless something after it is explained, or it is a copy."""
        (change,) = found.changes
        is_gone = change.kind is Relaxing.DROP and change.index == self._rejected
        return is_gone and found.index == self._rejected + 1 and self._copied(change.index) is None

    def _copied(self, index: int) -> int | None:
        """The line of an event before this one that says the same."""
        fields = self._events[index].fields
        for other in range(index - 1, max(-1, index - WINDOW_EVENTS), -1):
            if self._events[other].fields == fields:
                return self._events[other].line
        return None

    def _changes(self, matcher: Matcher, index: int) -> Iterator[_Change]:
        for field in self._fields(matcher, index):
            yield _Change(Relaxing.FIELD, index, field)
        for kind in (Relaxing.HIDDEN_STEP, Relaxing.DROP, Relaxing.DUPLICATE, Relaxing.SWAP):
            yield _Change(kind, index)

    def _fields(self, matcher: Matcher, index: int) -> list[Field]:
        try:
            return fields_of(matcher.prepare(self._events[index]), matcher.frontier[0])
        except TlatraceError:
            return []  # the event cannot be read; leaving it out is tried

    def _follow(self, reached: list[_Reached]) -> None:
        """Take the best of what gets past the rejected event to the end of the trace."""
        reached.sort(key=_Reached.rank)
        for number, found in enumerate(reached[:FOLLOWED_MAX]):
            if not found.is_end and not found.stopped:
                reached[number] = self._run(found.changes, self._rejected + 1 + REST_EVENTS_MAX + 1)

    def _all_of_one_event(self, reached: list[_Reached]) -> None:
        """Several fields of the rejected event, where one alone does not help: as few as possible."""
        index = self._rejected
        if any(c.kind is Relaxing.FIELD and c.index == index for found in reached for c in found.changes):
            return
        fields = self._fields(self._matchers[index], index)

        def passes(some: Sequence[Field]) -> bool:
            self._tried[Relaxing.FIELD.value] += 1
            change = _Change(Relaxing.FIELD, index, fields=tuple(some))
            return self._run((change,), index + 1).index > index

        if len(fields) < 2 or not passes(fields):
            return
        needed = fields
        for field in sorted(fields, key=lambda item: -item.weight):
            fewer = [item for item in needed if item is not field]
            if fewer and passes(fewer):
                needed = fewer
        change = _Change(Relaxing.FIELD, index, fields=tuple(needed))
        reached.append(self._run((change,), index + 1 + REST_EVENTS_MAX + 1))

    def _from_here_on(self, reached: list[_Reached]) -> None:
        """A field that is wrong once may be wrong from then on."""
        for found in [item for item in reached if len(item.changes) == 1][:FOLLOWED_MAX]:
            (change,) = found.changes
            if change.kind is Relaxing.FIELD and change.field is not None:
                self._tried[Relaxing.FIELD_FROM_HERE.value] += 1
                always = replace(change, kind=Relaxing.FIELD_FROM_HERE)
                further = self._run((always,), self._rejected + 1 + REST_EVENTS_MAX + 1)
                if further.is_end or further.index > found.index:
                    reached.append(further)

    def _pairs(self, reached: list[_Reached]) -> None:
        """A second relaxation where the first one gets stuck."""
        firsts = [item for item in sorted(reached, key=_Reached.rank) if len(item.changes) == 1 and not item.is_end]
        for first in firsts[:PAIRED_MAX]:
            kept: dict[int, Matcher] = {}
            self._run(first.changes, first.index + 1, kept)
            for index in range(first.index, max(first.changes[0].index, first.index - PAIR_WINDOW_EVENTS), -1):
                if index not in kept:
                    continue
                for change in self._changes(kept[index], index):
                    self._pairs_tried += 1
                    found = self._run((*first.changes, change), first.index + 1 + LOOKAHEAD_EVENTS)
                    if not found.stopped and not found.is_end:
                        found = self._run(found.changes, self._rejected + 1 + REST_EVENTS_MAX + 1)
                    if found.is_end or found.index > first.index:
                        reached.append(found)

    # ------------------------------------------------------------------------------------------ what was found

    def _finding(self, found: _Reached) -> Finding:
        try:
            relaxations = tuple(r for change in found.changes for r in self._relaxations(change, found))
        except _Stop as stop:
            self._cut = str(stop)
            relaxations = tuple(self._plain(change) for change in found.changes)
        last = self._events[min(found.index, len(self._events)) - 1]
        finding = Finding(
            relaxations=relaxations,
            passes=found.is_end,
            events_explained=max(0, found.index - self._rejected),
            until_line=last.line,
            stopped=found.stopped,
        )
        suspect, conclusion = conclude(finding, self._events[self._rejected].line)
        return replace(finding, suspect=suspect, conclusion=conclusion)

    def _plain(self, change: _Change) -> Relaxation:
        field = change.field
        return Relaxation(
            kind=change.kind,
            line=self._events[change.index].line,
            what=change.action or (field.name if field else ""),
            logged=short_text(field.value) if field is not None and field.value is not None else "",
            location=field.location if field else None,
        )

    def _relaxations(self, change: _Change, found: _Reached) -> Iterator[Relaxation]:
        plain = self._plain(change)
        if change.fields:
            for field in change.fields:
                yield self._plain(replace(change, field=field, fields=()))
        elif len(found.changes) > 1 or change.kind not in (
            Relaxing.FIELD,
            Relaxing.FIELD_FROM_HERE,
            Relaxing.HIDDEN_STEP,
        ):
            yield self._with_other_line(change, plain)
        elif change.kind is Relaxing.HIDDEN_STEP:
            yield self._hidden(change, plain, found)
        else:
            yield replace(plain, allowed=self._allowed(change, found))

    def _with_other_line(self, change: _Change, plain: Relaxation) -> Relaxation:
        if change.kind is Relaxing.SWAP:
            return replace(plain, other_line=self._events[change.index + 1].line)
        if change.kind is Relaxing.DROP:
            return replace(plain, other_line=self._copied(change.index))
        return plain

    def _goes_as_far(self, matcher: Matcher, index: int, found: _Reached) -> bool:
        """Whether the events from ``index`` on are explained as far as ``found`` came, but no further than is looked
        ahead."""
        stop = min(found.index, self._rejected + 1 + LOOKAHEAD_EVENTS)
        while index < stop:
            if self._event(index) is None or self._step(matcher, None, index):
                return False
            index += 1
        return True

    def _hidden(self, change: _Change, plain: Relaxation, found: _Reached) -> Relaxation:
        """Which actions the hidden step may be, and with which arguments."""
        before = self._matchers[change.index]
        instances: dict[str, None] = {}
        names: dict[str, None] = {}
        tried = 0
        for action in self._actions:
            name = action_name(action)
            for state in before.frontier[:VALUES_TRIED_MAX]:
                for successor, values in action.successors(state, ()):
                    tried += 1
                    if tried > VALUES_TRIED_MAX * 8 or len(instances) > VALUES_MAX:
                        break
                    if before.broken_property(state, successor) is None and self._goes_as_far(
                        standing_at(before, [successor]), change.index, found
                    ):
                        names.setdefault(name)
                        instances.setdefault(f"{name}({', '.join(map(short_text, values))})" if values else name)
        if not names:
            return replace(plain, what="some action")
        return replace(plain, what=" or ".join(names), allowed=tuple(instances)[:VALUES_MAX])

    def _allowed(self, change: _Change, found: _Reached) -> tuple[str, ...]:
        """The values in the field's place with which the events after it are explained."""
        field = change.field
        if field is None or (change.kind is Relaxing.FIELD_FROM_HERE and not field.observations):
            return ()
        before = self._matchers[change.index]
        prepared = self._prepared(before, replace(change, kind=Relaxing.FIELD))
        after = before.fork()
        if self._step(after, prepared, change.index):
            return ()
        by_value: dict[str, list[State]] = {}
        for value, state in self._values(before, prepared, field, after):
            by_value.setdefault(value, []).append(state)
        if len(by_value) > VALUES_TRIED_MAX:
            return ()
        if change.kind is Relaxing.FIELD_FROM_HERE:
            return tuple(by_value) if len(by_value) <= VALUES_MAX else ()
        good = [
            value
            for value, states in by_value.items()
            if self._goes_as_far(standing_at(after, states), change.index + 1, found)
        ]
        return tuple(good) if len(good) <= VALUES_MAX else ()

    def _values(self, before: Matcher, prepared: Prepared, field: Field, after: Matcher) -> Iterator[tuple[str, State]]:
        """The values that the specification has in the field's place, with states that have them."""
        arguments = prepared.arguments
        original = before.prepare(prepared.event)
        compared = [original.observations[i] for i in sorted(field.observations)]
        telling = [o for o in compared if o.right is not None and o.when is When.AFTER]
        if telling:
            for state in after.frontier[: VALUES_TRIED_MAX * 4]:
                yield short_text(telling[0].left(state, None, *arguments)), state
            return
        if compared or len(field.arguments) != 1:
            return
        ((candidate, number, argument),) = field.arguments
        calls = prepared.candidates[candidate].calls
        if len(calls) != 1:
            return
        known = {key_of(state) for state in after.frontier}
        call = calls[number]
        for state in before.starts_of(prepared.rule, arguments)[:VALUES_TRIED_MAX]:
            given = [UNBOUND if a is None else a(state, None, *arguments) for a in call.arguments]
            for action in call.actions:
                for successor, values in action.successors(state, given):
                    if key_of(successor) in known:
                        yield short_text(values[argument]), successor


def _merged(ranked: Sequence[_Reached], events: Sequence[Event]) -> Iterator[_Reached]:
    """Without those that say the same as a better one: a hidden step that may come earlier too, the other one of two
    equal events that may be left out."""
    seen: set[Hashable] = set()
    hidden_lines: list[int] = []
    for item in ranked:
        if len(item.changes) != 1:
            key: Hashable = tuple((c.kind, c.index, c.field.name if c.field else "") for c in item.changes)
        else:
            (change,) = item.changes
            if change.kind is Relaxing.HIDDEN_STEP:
                if any(abs(change.index - other) <= 1 for other in hidden_lines):
                    hidden_lines.append(change.index)
                    continue
                hidden_lines.append(change.index)
            key = (change.kind, change.index, change.field.name if change.field else change.fields)
            if change.kind is Relaxing.DROP:
                key = (change.kind, repr(events[change.index].fields))
        if key not in seen:
            seen.add(key)
            yield item
