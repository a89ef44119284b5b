"""The last events of a trace, run again with something relaxed.

A matcher stands before every event near the rejected one, as the trace left it there. A run starts from one of them,
does to an event what a :class:`Change` says, and goes on; one that comes back to states that the trace had anyway has
changed nothing, and ends there. The number of events run is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tlatrace.compile.api import Action
from tlatrace.engine.findings import Relaxing
from tlatrace.engine.match import Matcher, Prepared, Status
from tlatrace.engine.observation import action_name
from tlatrace.engine.relaxations import (
    Field,
    Relaxed,
    fields_of,
    with_hidden_step,
    without_field_named,
    without_fields,
)
from tlatrace.engine.states import key_of
from tlatrace.engine.trail import Trail
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

REST_EVENTS_MAX = 5_000
"""Of the rest of the trace, so many events at most; a finding says where it stopped."""

EVENTS_RUN_MAX = 30_000
"""Events run in all; each state of a wide frontier counts as a part of one."""

LAST_EVENTS = 400
"""Events that may be run when the search is over, to tell what was found in more detail."""

STATES_AN_EVENT = 20
"""So many states of a frontier cost about as much as an event."""

STATES_MAX = 2_000
"""A relaxation that leads to more states than this, and to more than twice as many as the trace itself, leaves too much
open to be an answer."""

LISTED_MAX = 2_000
"""So many steps of one action are gone through for a hidden one: where there are more, one that fits says little."""

_ORDER = {kind: number for number, kind in enumerate(Relaxing)}


class OutOfBudget(Exception):
    """The runs have used up what they may."""


@dataclass(frozen=True, slots=True)
class Change:
    """One relaxation of the event of this number, as something that can be done. ``fields`` are several at once."""

    kind: Relaxing
    index: int
    field: Field | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the trace goes with ``changes``: ``index`` is the first event that is not explained, ``stopped`` says why
    it is not.
    """

    changes: tuple[Change, ...]
    index: int
    is_end: bool
    stopped: str = ""

    def rank(self) -> tuple[Any, ...]:
        """The smaller, the better: what passes, then what comes furthest, then what changes least, latest."""
        furthest = max((c.index for c in self.changes), default=0)
        return (
            not self.is_end,
            0 if self.is_end else -self.index,
            len(self.changes),
            tuple(_ORDER[c.kind] for c in self.changes),
            sum(c.field.weight for c in self.changes if c.field is not None),
            -furthest,
        )


class Reruns:
    """The events near the rejection, and what comes after it."""

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
        self.events = [*recent.events, event]
        self.rejected = len(recent.events)
        """The number of the rejected event; that of the first of the window is ``first``."""
        self.first = max(0, self.rejected - window)
        self.actions = actions
        self._rest = rest
        self._rest_left = REST_EVENTS_MAX
        self._rest_ended = ""
        self._must_stop = must_stop
        self._left = EVENTS_RUN_MAX
        self._states_max = max(STATES_MAX, 2 * trail.widest)
        self._start = recent.matcher
        self._matchers: dict[int, Matcher] = {}
        self._keys: dict[int, frozenset[Hashable]] = {}
        self._listable: dict[Action, bool] = {}
        self._relaxed: Relaxed = {}

    def stand_before_each(self) -> None:
        """Make a matcher before every event of the window, as the trace left it.

        Raises:
            OutOfBudget: there are too many events or states, or the time is up.
        """
        matcher = self._start.fork(must_stop=self._why_stop, frontier_states_max=self._states_max)
        for index in range(self.rejected + 1):
            if index >= self.first:
                self._matchers[index] = matcher.fork()
            if index < self.rejected:
                self.spend(matcher)
                event = self.events[index]
                if matcher.advance(event) is not Status.MATCHED:
                    # It was explained: by a way that was found depth-first, or with more states than are held here.
                    because = f": {matcher.undecided_because}" if matcher.undecided_because else ""
                    raise OutOfBudget(f"line {event.line} cannot be run again{because}")

    def before(self, index: int) -> Matcher:
        """The matcher before an event of the window, not to be moved."""
        return self._matchers[index]

    def spend(self, matcher: Matcher) -> None:
        """One event more is run.

        Raises:
            OutOfBudget: it may not be.
        """
        if reason := self._why_stop():
            raise OutOfBudget(reason)
        self._left -= 1 + len(matcher.nodes) // STATES_AN_EVENT
        if self._left < 0:
            raise OutOfBudget(f"{EVENTS_RUN_MAX:,} events were run")

    def _why_stop(self) -> str:
        return "" if self._must_stop is None else self._must_stop()

    def allow_a_little_more(self) -> None:
        """What was found is looked at once more, whatever the search has used up."""
        self._must_stop = None
        self._left = LAST_EVENTS

    def event(self, index: int) -> Event | None:
        """The event of this number; None at the end of the trace, or of what is looked at."""
        while index >= len(self.events) and not self._rest_ended:
            if self._rest_left == 0:
                self._rest_ended = f"only {REST_EVENTS_MAX:,} events after the rejected one were looked at"
                break
            self._rest_left -= 1
            try:
                self.events.append(next(self._rest))
            except StopIteration:
                self._rest_ended = "end"
            except TlatraceError as error:
                self._rest_ended = f"the trace cannot be read on: {error.message}"
        return self.events[index] if index < len(self.events) else None

    def fields(self, index: int, matcher: Matcher | None = None) -> list[Field]:
        """What may be ignored of an event, with ``matcher`` before it if it is not the trace's own."""
        matcher = matcher or self._matchers[index]
        try:
            return fields_of(matcher.prepare(self.events[index]), matcher.frontier[0])
        except TlatraceError:
            return []  # the event cannot be read; leaving it out is tried

    def step(self, matcher: Matcher, prepared: Prepared | None, index: int) -> str:
        """Advance over one event; the reason why it is not explained, or nothing.

        Raises:
            OutOfBudget: no more events may be run.
        """
        self.spend(matcher)
        line = self.events[index].line
        try:
            status = matcher.advance(self.events[index]) if prepared is None else matcher.advance_prepared(prepared)
        except TlatraceError as error:
            return f"line {line} cannot be judged: {error.message}"
        return "" if status is Status.MATCHED else f"line {line} {_IS[status]}"

    def prepared(self, matcher: Matcher, change: Change) -> Prepared:
        """The event of ``change``, relaxed."""
        prepared = matcher.prepare(self.events[change.index])
        if change.kind is Relaxing.HIDDEN_STEP:
            return with_hidden_step(prepared, self.enumerable(matcher))
        return without_fields(prepared, change.fields or ((change.field,) if change.field else ()), self._relaxed)

    def enumerable(self, matcher: Matcher) -> list[Action]:
        """The actions whose steps can be listed without an event that gives their arguments; the others (one takes any
        string, say, or has more than ``LISTED_MAX`` of them) are remembered in ``untried``.
        """
        state = matcher.frontier[0]
        for action in self.actions:
            if action not in self._listable:
                try:
                    beyond = islice(action.successors(state, ()), LISTED_MAX, None)
                    self._listable[action] = next(beyond, None) is None
                except TlatraceError:
                    self._listable[action] = False
        return [action for action in self.actions if self._listable[action]]

    @property
    def untried(self) -> tuple[str, ...]:
        """The actions of which no hidden step could be tried."""
        return tuple(dict.fromkeys(action_name(a) for a, listable in self._listable.items() if not listable))

    def run(self, changes: tuple[Change, ...], stop: int, keep: dict[int, Matcher] | None = None) -> Reached:
        """The trace with ``changes`` (in order), up to the event ``stop``; ``keep`` is given matchers on the way.

        Raises:
            OutOfBudget: no more events may be run.
        """
        matcher = self._matchers[changes[0].index].fork()
        index = changes[0].index
        always = [c.field.name for c in changes if c.kind is Relaxing.FIELD_FROM_HERE and c.field is not None]
        pending = list(changes)
        while index < stop:
            if self.event(index) is None:
                return self._at_the_end(matcher, changes, index)
            if keep is not None:
                keep[index] = matcher.fork()
            if pending and pending[0].index == index:
                change = pending.pop(0)
                index, why = self._changed(matcher, change)
                if why:
                    return Reached(changes, change.index, False, why)
            else:
                prepared = None
                if always:
                    event = matcher.prepare(self.events[index])
                    prepared = without_field_named(event, always[0], matcher.frontier[0], self._relaxed)
                if why := self.step(matcher, prepared, index):
                    return Reached(changes, index, False, why)
                index += 1
            if not pending and not always and index <= self.rejected and self._is_as_before(matcher, index):
                return Reached(changes, index, False, "nothing changed")
        return Reached(changes, index, False)

    def _changed(self, matcher: Matcher, change: Change) -> tuple[int, str]:
        """Take the changed event with ``matcher``: the number of the event to go on with, and why not."""
        index = change.index
        match change.kind:
            case Relaxing.DROP:
                return index + 1, ""
            case Relaxing.DUPLICATE:
                why = self.step(matcher, None, index)
                return index + 1, why or self.step(matcher, None, index)
            case Relaxing.SWAP:
                if self.event(index + 1) is None:
                    return index, "there is no next event"
                why = self.step(matcher, None, index + 1)
                return index + 2, why or self.step(matcher, None, index)
            case _:
                return index + 1, self.step(matcher, self.prepared(matcher, change), index)

    def _at_the_end(self, matcher: Matcher, changes: tuple[Change, ...], index: int) -> Reached:
        if self._rest_ended != "end":
            return Reached(changes, index, False, self._rest_ended)
        if matcher.finish() is not Status.MATCHED:
            return Reached(changes, index, False, "the end of the trace is not explained")
        return Reached(changes, index, True)

    def _is_as_before(self, matcher: Matcher, index: int) -> bool:
        """Whether every state here is one that the trace led to as it is."""
        if index not in self._keys:
            self._keys[index] = frozenset(map(key_of, self._matchers[index].frontier))
        known = self._keys[index]
        return len(matcher.nodes) <= len(known) and all(key_of(state) in known for state in matcher.frontier)


_IS = {
    Status.REJECTED: "is rejected",
    Status.UNDECIDED: "is undecided",
    Status.VIOLATED: "is explained only by ways that violate a property",
}
