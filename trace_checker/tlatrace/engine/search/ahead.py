"""What is still to come of a chain of events: what it touches, and what of the state it can still depend on.

Events are looked at some way ahead (:data:`WINDOW_EVENTS`); of what lies further nothing is assumed.

A place is *live* where some event that is left may read it before it is overwritten, or a silent step may whose own
effect is live. A silent step that writes to no live place, and that no property sees, changes nothing that is left: a
way with it is a way without it. Of two states that differ only in variables that have no live place and that no
property reads, one stands for both.

Where several chains are left, a place is live if it is for one of them. An event of the same chain that overwrites it
first comes before the event that reads it in whatever order the chains are taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tlatrace.compile.accesses import Access, Footprint, any_conflict, conflict
from tlatrace.compile.blockers import Need
from tlatrace.engine.search.transitions import Transition

WINDOW_EVENTS: Final = 2_048
"""So many events of a chain are looked at from the next one on."""

NO_PLACES: Final[frozenset[Access]] = frozenset()
NO_VARIABLES: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Live:
    """Places that are live: ``places``, and if ``all_but`` is given, all places of all variables but these."""

    places: frozenset[Access]
    all_but: frozenset[int] | None = None

    def joined(self, other: Live) -> Live:
        if self.all_but is None or other.all_but is None:
            all_but = self.all_but if other.all_but is None else other.all_but
        else:
            all_but = self.all_but & other.all_but
        return Live(self.places | other.places, all_but)

    def is_read(self, footprint: Footprint) -> bool:
        """Whether something that a step writes is live."""
        if footprint.is_unknown:
            return True
        if self.all_but is not None and any(access.variable not in self.all_but for access in footprint.writes):
            return True
        return any_conflict(footprint.writes, tuple(self.places))

    def variables(self, count: int) -> frozenset[int]:
        """The variables, of so many, that have a live place."""
        found = frozenset(access.variable for access in self.places)
        return found if self.all_but is None else found | (frozenset(range(count)) - self.all_but)


DEAD: Final = Live(NO_PLACES)
EVERYTHING: Final = Live(NO_PLACES, NO_VARIABLES)


class ChainAhead:
    """The events of one chain from some number on. ``at`` gives an event as a transition, None past the end;
    ``silents`` are the silent actions as transitions, as coarse as it takes to name them without a state.
    """

    def __init__(
        self, at: Callable[[int], Transition | None], silents: Sequence[Transition], window: int = WINDOW_EVENTS
    ) -> None:
        self._at = at
        self._silents = silents
        self._window = window
        self._start = self._least = 0
        self._events: list[Transition] = []
        self._is_open = True
        """Whether there are more events than those that are held."""
        self._where: dict[Access, list[int]] = {}
        """The events that have an access."""
        self._visible: list[int] = []
        self._unknown: list[int] = []
        self._conflicts: dict[Access, list[int]] = {}
        """The events that have one that may not commute with an access."""
        self._live: list[Live] = []
        self._ever: list[Live] = []
        self._closures: dict[Live, Live] = {}

    def event(self, number: int) -> Transition | None:
        """The event with this number, from 0; None past those that are held."""
        index = number - self._start
        return self._events[index] if index < len(self._events) else None

    def forget(self, before: int) -> None:
        """No earlier event than this one will be asked about any more."""
        self._least = max(self._least, before)

    def from_(self, number: int) -> FutureOfChain:
        """What is left of the chain from the event with this number on."""
        return FutureOfChain(self, number)

    def live(self, number: int) -> Live:
        """What is live before the event with this number."""
        self._look(number)
        return self._live[min(number - self._start, len(self._events))]

    def ever_live(self, number: int) -> Live:
        """What is live before the event with this number, or a later one."""
        self._look(number)
        return self._ever[min(number - self._start, len(self._events))]

    def first_touching(self, accesses: Sequence[Access], number: int) -> int | None:
        """The first event from ``number`` on that has an access which may not commute with one of these; perhaps the
        first that is not held.
        """
        self._look(number)
        found = [_first(self._unknown, number)]
        found += [_first(self._conflicting(access), number) for access in accesses]
        return self._nearest(found)

    def first_visible(self, number: int) -> int | None:
        """The first event from ``number`` on that a property may see; perhaps the first that is not held."""
        self._look(number)
        return self._nearest([_first(self._visible, number)])

    def _nearest(self, numbers: Sequence[int | None]) -> int | None:
        end = self._start + len(self._events) if self._is_open else None
        return min((number for number in (*numbers, end) if number is not None), default=None)

    def _conflicting(self, access: Access) -> list[int]:
        known = self._conflicts.get(access)
        if known is None:
            numbers = {n for other, where in self._where.items() if conflict(access, other) for n in where}
            known = self._conflicts[access] = sorted(numbers)
        return known

    def _look(self, number: int) -> None:
        """Have the event with this number, and some after it."""
        assert number >= self._start
        held = self._start + len(self._events)
        if not self._is_open or number + self._window // 2 < held:
            return
        del self._events[: self._least - self._start]
        self._start = self._least
        while self._start + len(self._events) < number + self._window:
            event = self._at(self._start + len(self._events))
            if event is None:
                self._is_open = False
                break
            self._events.append(event)
        self._index()

    def _index(self) -> None:
        self._where, self._conflicts, self._closures = {}, {}, {}
        self._visible, self._unknown = [], []
        for number, event in enumerate(self._events, self._start):
            for access in (*event.footprint.reads, *event.footprint.writes):
                self._where.setdefault(access, []).append(number)
            if event.is_visible:
                self._visible.append(number)
            if event.footprint.is_unknown:
                self._unknown.append(number)
        live = EVERYTHING if self._is_open else DEAD
        found = [live]
        for event in reversed(self._events):
            live = self._before(event.footprint, live)
            found.append(live)
        self._live = found[::-1]
        self._ever = []
        for live in found:
            self._ever.append(live.joined(self._ever[-1]) if self._ever else live)
        self._ever.reverse()

    def _before(self, footprint: Footprint, live: Live) -> Live:
        if footprint.is_unknown:
            return EVERYTHING
        killed = footprint.overwritten
        places = frozenset(each for each in live.places if each.variable not in killed) if killed else live.places
        all_but = None if live.all_but is None else live.all_but | killed
        return self._closed(Live(places.union(footprint.reads), all_but))

    def _closed(self, live: Live) -> Live:
        known = self._closures.get(live)
        if known is None:
            known = self._closures[live] = closed(live, self._silents)
        return known


def closed(live: Live, silents: Sequence[Transition]) -> Live:
    """With what silent steps read that write to a live place."""
    pending = list(silents)
    is_growing = True
    while is_growing:
        is_growing = False
        for silent in list(pending):
            if silent.is_visible or live.is_read(silent.footprint):
                pending.remove(silent)
                if silent.footprint.is_unknown:
                    return EVERYTHING
                live = Live(live.places.union(silent.footprint.reads), live.all_but)
                is_growing = True
    return live


@dataclass(frozen=True, slots=True, eq=False)
class FutureOfChain:
    """The :class:`~tlatrace.engine.search.stubborn.Future` of a chain whose events are known for some way."""

    chain: ChainAhead
    number: int

    def transition(self, number: int) -> Transition | None:
        return self.chain.event(number)

    def first_dependent(self, footprint: Footprint) -> int | None:
        if footprint.is_unknown:
            return self.number
        return self.chain.first_touching((*footprint.reads, *footprint.writes), self.number)

    def first_meeting(self, need: Need) -> int | None:
        return self.chain.first_touching(need, self.number)

    def first_visible(self) -> int | None:
        return self.chain.first_visible(self.number)


def _first(numbers: Sequence[int], start: int) -> int | None:
    """The first of ascending numbers that is not less than ``start``."""
    index = bisect_left(numbers, start)
    return numbers[index] if index < len(numbers) else None
