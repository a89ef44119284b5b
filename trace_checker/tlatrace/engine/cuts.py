"""Which behaviors of the specification explain a trace whose events are ordered only in part.

A *cut* says how many events of each chain have been taken (:class:`~tlatrace.traces.PartialOrder` says which chains may
move). The search goes over pairs of a cut and a state, cut by cut, those with fewer events first; two ways to the same
pair are one. So memory is bounded by the number of pairs with equally many events, and no order of events is tried
twice. What a single event may be, silent steps, and the marks of properties are as in :mod:`tlatrace.engine.match`.

Where a trace is in one order, there is one chain, and what is found is what a :class:`~tlatrace.engine.match.Matcher`
finds.

The search is run in parts (:meth:`CutSearch.run`), so that progress can be told, a time limit kept and a checkpoint
written in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.engine.match import (
    Matcher,
    Status,
    Strength,
    Violation,
    ambiguity_of,
    ambiguity_text,
    violations_of,
    witness_of,
)
from tlatrace.engine.search.ahead import WINDOW_EVENTS
from tlatrace.engine.search.breadth import Breadth
from tlatrace.engine.search.closure import cut_text
from tlatrace.engine.search.lazy import Key
from tlatrace.engine.search.marks import Marks
from tlatrace.engine.search.nodes import NO_ACTIONS, Frontier, Node
from tlatrace.engine.search.outlook import Outlook, taken
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import LimitReached
from tlatrace.engine.search.violations import Violations
from tlatrace.engine.search.witness import Witness, trail_of
from tlatrace.engine.states import key_of
from tlatrace.traces import Event, PartialOrder, Positions


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The next event of a chain at a cut; ``is_free`` where the order lets it be the next of all."""

    chain: str
    event: Event
    is_free: bool


@dataclass(frozen=True, slots=True)
class Furthest:
    """A cut that the search came to and found no way on from, with every state that explains it."""

    positions: Positions
    states: tuple[State, ...]
    next_events: tuple[NextEvent, ...]


@dataclass(frozen=True, slots=True)
class CutSnapshot:
    """Where a search stands, in values that can be pickled; for a search of the same trace, specification, mapping and
    properties.
    """

    cuts: Mapping[Positions, tuple[tuple[State, Marks, Witness | None, int], ...]]
    cut_because: str
    strength: Strength
    counted: tuple[tuple[int, int], ...]
    seen: Mapping[int, int | None]


class CutSearch:
    """One trace against one specification, in any order of its events that ``order`` allows.

    ``matcher`` stands at the beginning of the trace; its rules, properties and limits are used, and it is not changed.
    If it has an evaluator, the search is a reduced one (:mod:`tlatrace.engine.search.lazy`): it looks ``ahead_events``
    events ahead in each chain, fewer where they cannot be had yet, and holds only states that stand for all of them.
    """

    def __init__(self, matcher: Matcher, order: PartialOrder, *, ahead_events: int = WINDOW_EVENTS) -> None:
        self.strength = Strength()
        self.undecided_because = ""
        self._matcher = matcher
        self._order = order
        self._violations = Violations()
        start = (0,) * order.log_count
        nodes = Frontier(matcher.nodes)
        self._level: dict[Positions, Frontier] = {start: nodes}
        self._pending: list[Positions] = [start]
        self._next: dict[Positions, Frontier] = {}
        self._next_width = 0
        self._line = self._next_line = 0
        self._prepared: dict[tuple[int, int], Prepared] = {}
        self._counted: set[tuple[int, int]] = set()
        self._cut_because = ""
        self._status: Status | None = None
        self._violations.note(matcher.nodes, None)
        self._outlook = Outlook.of(matcher, order, self._prepare, ahead_events)

    # ------------------------------------------------------------------------------------------------- search

    def run(self, cuts_max: int | None = None) -> Status | None:
        """Go on, over so many cuts at most; None while there is more to do.

        ``MATCHED``, ``VIOLATED``: all events are explained (where they are in one order, ``VIOLATED`` comes as soon as
        it is known); ``REJECTED``: no order of them is; ``UNDECIDED``: a limit was reached,
        :attr:`undecided_because` says which.

        Raises:
            TlatraceError: an event cannot be read by the mapping, clocks contradict each other, or an expression cannot
                be evaluated.
        """
        left = cuts_max
        while self._status is None and (left is None or left > 0):
            self._advance()
            if left is not None:
                left -= 1
        return self._status

    def _advance(self) -> None:
        """Take every event that may come next at one more cut."""
        at = self._pending[-1]
        if self._order.is_end(at):  # There is no other cut with as many events.
            self._finish(at)
            return
        try:
            self._take_all(at)
        except LimitReached as limit:
            self.undecided_because = f"{limit}{ambiguity_text(self.ambiguity(), self.width)}"
            self._status = Status.UNDECIDED
            return
        self._pending.pop()
        if not self._pending:
            self._end_level()

    def _take_all(self, at: Positions) -> None:
        nodes = self._level[at].nodes()
        enabled = self._order.enabled(at)
        if self._outlook is None:
            for chain in enabled:
                search = Breadth(nodes)
                after = search.advance(self._prepare(chain, at[chain]), self._matcher.stepper)
                self._cut_because = self._cut_because or search.cut
                self._found(at, chain, after, key_of)
            return
        events = self._outlook.next_events(at, enabled)
        lazy = self._outlook.lazy_cut(at, events)
        for chain, frontier in lazy.run(nodes).items():
            self._found(at, chain, frontier.nodes(), events[chain].key)
        if lazy.cut is not None and not self._cut_because:
            self._cut_because = cut_text(lazy.cut, next(iter(events.values())).prepared.event.line)

    def _found(self, at: Positions, chain: int, nodes: Sequence[Node], key: Key) -> None:
        """``nodes`` are those after the next event of a chain."""
        if not nodes:
            return
        prepared = self._prepare(chain, at[chain])
        after = taken(at, chain)
        self._count(chain, at[chain], prepared, nodes)
        frontier = self._next.setdefault(after, Frontier(key=key))
        before = len(frontier)
        for node in nodes:
            if node.marks.union:
                self._violations.note_some(node.marks.union, prepared.event.line)
            frontier.add(node)
        self._next_line = max(self._next_line, prepared.event.line)
        self._next_width += len(frontier) - before
        states_max = self._matcher.stepper.states_max
        if self._next_width > states_max:
            raise LimitReached(f"more than {states_max} states explain as many events (--max-frontier)")

    def _prepare(self, chain: int, index: int) -> Prepared:
        prepared = self._prepared.get((chain, index))
        if prepared is None:
            event = self._order.peek(chain, index)
            assert event is not None
            prepared = self._prepared[chain, index] = self._matcher.prepare(event)
        return prepared

    def _end_level(self) -> None:
        """Go on to the cuts with one event more."""
        self._line, self._next_line = self._next_line, 0
        if not self._next:
            self.undecided_because = self._cut_because
            self._status = Status.UNDECIDED if self._cut_because else Status.REJECTED
            return
        self._level, self._next, self._next_width = self._next, {}, 0
        self._pending = sorted(self._level, reverse=True)
        width = self.width
        self.strength.frontier_sum += width
        self.strength.frontier_max = max(self.strength.frontier_max, width)
        least = tuple(map(min, zip(*self._level, strict=True)))
        self._order.forget(least)
        if self._outlook is not None:
            self._outlook.forget(least)
        for known in [key for key in self._prepared if key[1] < least[key[0]]]:
            del self._prepared[known]
        self._counted = {key for key in self._counted if key[1] >= least[key[0]]}
        if len(least) == 1 and not any(node.marks.is_clean for node in self._level[least]):
            self._finish(least)

    def _finish(self, at: Positions) -> None:
        """The nodes of ``at`` explain all events, or all ways to them violate something."""
        self._violations.note(self._level[at].nodes(), self._line or None)
        self._status = Status.MATCHED
        if self._violations.violated_at is not None:
            # A way that a limit kept out may be a clean one.
            self.undecided_because = self._cut_because
            self._status = Status.UNDECIDED if self._cut_because else Status.VIOLATED

    def _count(self, chain: int, index: int, prepared: Prepared, nodes: Sequence[Node]) -> None:
        actions = {name for node in nodes for name in node.actions}
        for node in nodes:
            node.actions = NO_ACTIONS
        if (chain, index) not in self._counted:
            self._counted.add((chain, index))
            self.strength.count(prepared, sorted(actions))

    # ------------------------------------------------------------------------------------------------- results

    @property
    def events_taken(self) -> int:
        """How many events are explained, at the furthest."""
        return sum(next(iter(self._level)))

    @property
    def width(self) -> int:
        """How many pairs of a cut and a state explain that many events."""
        return sum(map(len, self._level.values()))

    @property
    def states(self) -> tuple[State, ...]:
        """Every state of the furthest cuts, each once."""
        return tuple(node.state for node in self._nodes)

    @property
    def furthest(self) -> tuple[Furthest, ...]:
        """The cuts with the most events that are explained, and the next event of each chain there."""
        return tuple(self._furthest(at, nodes) for at, nodes in sorted(self._level.items()))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The properties that are violated, as :attr:`Matcher.violations`. Events of several logs have no common count,
        so a line is that of an event in its own log.
        """
        return violations_of(self._matcher.properties, self._violations, self._nodes)

    def witness(self) -> Witness | None:
        """A behavior that explains all events, or as many as were explained; its steps tell the order."""
        return witness_of(self._nodes)

    def ambiguity(self) -> tuple[tuple[str, int], ...]:
        """The variables that have several values in the states of the furthest cuts, with how many."""
        return ambiguity_of(self._matcher.variables, self._nodes)

    @property
    def _nodes(self) -> Sequence[Node]:
        nodes = Frontier()
        for frontier in self._level.values():
            for node in frontier:
                nodes.add(Node(node.state, node.marks, node.actions, node.trail, node.taken))
        return nodes.nodes()

    def _furthest(self, at: Positions, nodes: Frontier) -> Furthest:
        free = set(self._order.enabled(at))
        heads = [(chain, self._order.peek(chain, index)) for chain, index in enumerate(at)]
        next_events = tuple(
            NextEvent(self._order.names[chain], event, chain in free) for chain, event in heads if event is not None
        )
        return Furthest(at, tuple(node.state for node in nodes), next_events)

    # ------------------------------------------------------------------------------------------------- checkpoints

    def snapshot(self) -> CutSnapshot:
        """Where the search stands; :meth:`restore` on a new one goes on from there with the same result. What was done
        of a level that is not done yet is done again.
        """
        cuts = {
            at: tuple((n.state, n.marks, None if n.trail is None else n.trail.witness(), n.taken) for n in nodes)
            for at, nodes in self._level.items()
        }
        return CutSnapshot(
            cuts, self._cut_because, self.strength.copy(), tuple(sorted(self._counted)), dict(self._violations.seen)
        )

    def restore(self, snapshot: CutSnapshot) -> None:
        """Stand where ``snapshot`` was taken."""
        self._level = {
            at: Frontier(
                Node(state, Marks(*marks), NO_ACTIONS, None if witness is None else trail_of(witness), silent)
                for state, marks, witness, silent in nodes
            )
            for at, nodes in snapshot.cuts.items()
        }
        self._pending = sorted(self._level, reverse=True)
        self._next = {}
        self._cut_because = snapshot.cut_because
        self.strength = snapshot.strength.copy()
        self._counted = set(snapshot.counted)
        self._violations = Violations(dict(snapshot.seen))
