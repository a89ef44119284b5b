"""A partial order that is held in memory, so that events can be left out of it, put into it, or change places.

What must come before an event is kept as a cut: how many events of each chain. That says all that clocks, boxes and
files say, and, unlike them, stays true when an event is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain as chained
from itertools import islice

from tlatrace.location import Location
from tlatrace.traces.event import Event
from tlatrace.traces.partial_order import PartialOrder, Positions


@dataclass(frozen=True, slots=True)
class Placed:
    """An event, and the least cut at which it may be next."""

    event: Event
    after: Positions


class GivenOrder(PartialOrder):
    """Chains of events of which each knows what must come before it. Nothing is ever forgotten, so that any number of
    searches may use it. ``is_whole``: no event was left out when it was loaded.
    """

    def __init__(
        self, names: Sequence[str], chains: Sequence[Sequence[Placed]], places: Sequence[str], *, is_whole: bool = True
    ) -> None:
        """``places`` are the names of the logs."""
        self.chains = tuple(map(tuple, chains))
        self.is_whole = is_whole
        self._names = tuple(names)
        self._places = tuple(places)

    @property
    def log_count(self) -> int:
        return len(self.chains)

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    @property
    def event_count(self) -> int:
        """How many events there are."""
        return sum(map(len, self.chains))

    def enabled(self, at: Positions) -> Sequence[int]:
        return [chain for chain in self._heads(at) if self.waits_for(at, chain) is None]

    def event(self, log: int, index: int) -> Event:
        return self.chains[log][index].event

    def peek(self, log: int, index: int) -> Event | None:
        return self.chains[log][index].event if index < len(self.chains[log]) else None

    def waits_for(self, at: Positions, log: int) -> int | None:
        after = self.chains[log][at[log]].after
        return next((chain for chain, count in enumerate(after) if at[chain] < count), None)

    def is_end(self, at: Positions) -> bool:
        return not any(True for _ in self._heads(at))

    def forget(self, before: Positions) -> None:
        """Nothing is forgotten."""

    def place(self, event: Event) -> Location:
        return Location(self._places[event.log], event.line, 1, event.line, 1)

    def _heads(self, at: Positions) -> Iterator[int]:
        return (chain for chain, index in enumerate(at) if index < len(self.chains[chain]))

    # ------------------------------------------------------------------------------------------------- changed

    def without(self, removed: Collection[tuple[int, int]]) -> GivenOrder:
        """The order without these events, by chain and number. What came before them still comes before what came
        after them.
        """
        left: list[list[int]] = []
        for number, chain in enumerate(self.chains):
            counts = [0]
            for index in range(len(chain)):
                counts.append(counts[-1] + ((number, index) not in removed))
            left.append(counts)
        return self._with(
            [
                [
                    replace(placed, after=tuple(left[n][count] for n, count in enumerate(placed.after)))
                    for index, placed in enumerate(chain)
                    if (number, index) not in removed
                ]
                for number, chain in enumerate(self.chains)
            ]
        )

    def inserted(self, chain: int, index: int, event: Event) -> GivenOrder:
        """The order with ``event`` just before the event of this number; all that waits for that one waits for it."""

        def moved(after: Positions) -> Positions:
            return tuple(count + (n == chain and count > index) for n, count in enumerate(after))

        chains = [[replace(placed, after=moved(placed.after)) for placed in each] for each in self.chains]
        old = self.chains[chain][index]
        chains[chain][index] = replace(old, after=tuple(c + (n == chain) for n, c in enumerate(old.after)))
        chains[chain].insert(index, Placed(event, old.after))
        return self._with(chains)

    def replaced(self, chain: int, index: int, event: Event) -> GivenOrder:
        """The order with ``event`` instead of the event of this number."""
        chains = [list(each) for each in self.chains]
        chains[chain][index] = replace(chains[chain][index], event=event)
        return self._with(chains)

    def swapped(self, chain: int, index: int) -> GivenOrder:
        """The order in which an event and the next one of its chain have changed places."""
        chains = [list(each) for each in self.chains]
        first, second = chains[chain][index], chains[chain][index + 1]
        chains[chain][index : index + 2] = [replace(first, event=second.event), replace(second, event=first.event)]
        return self._with(chains)

    def _with(self, chains: Sequence[Sequence[Placed]]) -> GivenOrder:
        return GivenOrder(self._names, chains, self._places, is_whole=self.is_whole)


def load(
    order: PartialOrder, at: Positions, places: Sequence[str], events_max: int, first: Sequence[int] = ()
) -> GivenOrder:
    """The events of ``order`` that come after the cut ``at``, which nobody has asked about yet, and no more of them
    than ``events_max``; cuts then count from ``at``. ``places`` are the names of the logs. ``first`` are the chains of
    events that go in first, in an order in which they may come.

    Raises:
        TraceError: a line cannot be read, or clocks contradict each other.
    """
    chains: list[list[Placed]] = [[] for _ in at]
    here = list(at)
    for chain in islice(chained(first, _onward(order, here)), events_max):
        after = _least(order, at, chains, chain, here[chain])
        event = order.peek(chain, here[chain])
        assert event is not None
        chains[chain].append(Placed(event, after))
        here[chain] += 1
    return GivenOrder(order.names, chains, places, is_whole=order.is_end(tuple(here)))


def _onward(order: PartialOrder, here: list[int]) -> Iterator[int]:
    """The chains that may move, again and again; who asks moves ``here``."""
    while enabled := order.enabled(tuple(here)):
        yield from enabled


def _least(order: PartialOrder, at: Positions, chains: Sequence[Sequence[Placed]], chain: int, index: int) -> Positions:
    """The least cut, counted from ``at``, at which this event may be next; those before it are known."""
    known = chains[chain]
    least = list(known[-1].after) if known else [0] * len(at)
    least[chain] = index - at[chain]
    while True:
        absolute = tuple(count + start for count, start in zip(least, at, strict=True))
        awaited = order.waits_for(absolute, chain)
        if awaited is None:
            return tuple(least)
        placed = chains[awaited][least[awaited]]
        least = list(map(max, least, placed.after))
        least[awaited] = max(least[awaited], placed.after[awaited] + 1)
