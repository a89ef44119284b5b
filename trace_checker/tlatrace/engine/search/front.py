"""All that explains equally many events of a trace: pairs of a cut and a state, and the way to those with one more.

Two ways to the same pair are one. So memory is bounded by the number of pairs with equally many events, and no order of
events is tried twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from tlatrace.engine.search.breadth import Breadth
from tlatrace.engine.search.closure import cut_text
from tlatrace.engine.search.lazy import Key
from tlatrace.engine.search.nodes import Frontier, Node
from tlatrace.engine.search.outlook import Outlook, taken
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper, TooWide
from tlatrace.engine.search.symmetric import ClassesAt
from tlatrace.engine.search.taken import TakenTrail
from tlatrace.engine.search.violations import Place
from tlatrace.engine.states import key_of
from tlatrace.traces import PartialOrder, Positions

Level: TypeAlias = Mapping[Positions, Frontier]

Found: TypeAlias = Callable[[int, int, Prepared, Sequence[Node]], None]
"""Told of an event that is explained: its chain, its number, and the nodes after it."""


class Front:
    """``level`` is where the search stands. ``cut`` says why it may lack states, once a limit kept some out.
    ``is_dead``: nothing leads further; ``is_at_end``: all events are explained.

    Without an ``outlook`` every order of events and every silent step is tried; states that differ by what ``merging``
    says are still one, as they are by that of the outlook.
    """

    def __init__(
        self,
        order: PartialOrder,
        prepare: Callable[[int, int], Prepared],
        stepper: Stepper,
        outlook: Outlook | None,
        level: Mapping[Positions, Sequence[Node]],
        merging: ClassesAt | None = None,
    ) -> None:
        self._order = order
        self._prepare = prepare
        self._stepper = stepper
        self._outlook = outlook
        self._merging = merging
        self.level: dict[Positions, Frontier] = {at: Frontier(nodes) for at, nodes in level.items()}
        self.cut = ""
        self.is_dead = False
        self.place: Place | None = None
        """The last line of the events that led to this level, and the number of its log."""
        self._pending = sorted(self.level, reverse=True)
        self._next: dict[Positions, Frontier] = {}
        self._next_width = 0
        self._next_place: Place | None = None

    @property
    def count(self) -> int:
        """How many events are explained."""
        return sum(next(iter(self.level)))

    @property
    def width(self) -> int:
        """How many pairs of a cut and a state there are."""
        return sum(map(len, self.level.values()))

    @property
    def is_at_end(self) -> bool:
        # There is no other cut with as many events.
        return self._order.is_end(next(iter(self.level)))

    @property
    def is_clean(self) -> bool:
        """Whether some way violates nothing."""
        return any(node.marks.is_clean for nodes in self.level.values() for node in nodes)

    @property
    def nodes(self) -> list[Node]:
        """All nodes, cut by cut."""
        return [node for at in sorted(self.level) for node in self.level[at]]

    def advance(self, found: Found) -> bool:
        """Try everything at one more cut; whether that was the last one of its level.

        Raises:
            LimitReached: there are too many states, or the time is up.
        """
        at = self._pending[-1]
        nodes = self.level[at].nodes()
        enabled = self._order.enabled(at)
        if self._outlook is None:
            for chain in enabled:
                search = Breadth(nodes)
                after = search.advance(self._prepare(chain, at[chain]), self._stepper)
                self.cut = self.cut or search.cut
                classes = None if self._merging is None or not after else self._merging(taken(at, chain))
                self._found(at, chain, after, key_of if classes is None else classes.key, found)
        else:
            events = self._outlook.next_events(at, enabled)
            lazy = self._outlook.lazy_cut(at, events)
            for chain, frontier in lazy.run(nodes).items():
                self._found(at, chain, frontier.nodes(), events[chain].key, found)
            if lazy.cut is not None and not self.cut:
                self.cut = cut_text(lazy.cut, next(iter(events.values())).prepared.event.line)
        self._pending.pop()
        if self._pending:
            return False
        if self._next:
            self.level, self._next, self._next_width = self._next, {}, 0
            self.place, self._next_place = self._next_place, None
            self._pending = sorted(self.level, reverse=True)
        else:
            self.is_dead = True
        return True

    def _found(self, at: Positions, chain: int, nodes: Sequence[Node], key: Key, found: Found) -> None:
        if not nodes:
            return
        prepared = self._prepare(chain, at[chain])
        found(chain, at[chain], prepared, nodes)
        frontier = self._next.setdefault(taken(at, chain), Frontier(key=key))
        before = len(frontier)
        for node in nodes:
            if type(node.trail) is TakenTrail:
                node.trail = node.trail.taking(chain)
            frontier.add(node)
        event = prepared.event
        if self._next_place is None or event.line > self._next_place[1]:
            self._next_place = event.log, event.line
        self._next_width += len(frontier) - before
        if self._next_width > self._stepper.states_max:
            raise TooWide(f"more than {self._stepper.states_max} states explain as many events (--max-frontier)")

    @property
    def least(self) -> Positions:
        """The positions before which no event is asked about any more."""
        return tuple(map(min, zip(*self.level, strict=True)))

    def forget(self, before: Positions) -> None:
        """No earlier cut will be asked about any more."""
        if self._outlook is not None:
            self._outlook.forget(before)
