"""Which behaviors of the specification explain a trace whose events are ordered only in part.

A *cut* says how many events of each chain have been taken (:class:`~tlatrace.traces.PartialOrder` says which chains may
move). The search goes over pairs of a cut and a state (:mod:`tlatrace.engine.search.front`), those with fewer events
first. What a single event may be, silent steps, and the marks of properties are as in :mod:`tlatrace.engine.match`.

Where a trace is in one order, there is one chain, and the statuses are those that a
:class:`~tlatrace.engine.match.Matcher` gives.

Properties make a search wider: steps that they see must be tried in every order. So where there are properties, two
searches go side by side, event by event. One tries only what the events need; it tells soon whether they can be
explained, and knows ways that violate nothing, though not all of them. The other tries what the properties need as
well, and knows what all ways and what some ways violate. It is given up where it becomes too wide while the first still
has a clean way: then the trace is explained by a correct behavior, which is certain, and
:attr:`CutSearch.are_all_ways_judged` is false.

The search is run in parts (:meth:`CutSearch.run`), so that progress can be told and a time limit kept in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tlatrace.compile.api import State
from tlatrace.engine.match import Matcher, Status, Strength
from tlatrace.engine.search.ahead import WINDOW_EVENTS
from tlatrace.engine.search.front import Front
from tlatrace.engine.search.nodes import NO_ACTIONS, Frontier, Node
from tlatrace.engine.search.outlook import Outlook
from tlatrace.engine.search.prepared import Kind, Prepared
from tlatrace.engine.search.stepping import LimitReached, Stepper, TooWide
from tlatrace.engine.search.symmetric import ClassesAt
from tlatrace.engine.search.taken import TakenTrail, witness_in
from tlatrace.engine.search.telling import Violation, ambiguity_of, ambiguity_text, violations_of
from tlatrace.engine.search.violations import Violations
from tlatrace.engine.search.witness import Trail, Witness
from tlatrace.traces import Event, PartialOrder, Positions

JUDGED_STATES_MAX = 3_000
"""So many states more than it takes to explain the events are looked at to judge every way, where a way that violates
nothing is known: some ten seconds' work.
"""

WALK_EVENTS_MAX = 1_000
"""So far the events are followed to where they get stuck, for the report, past the point where that is known."""

WALK_STATES_MAX = 256
"""So many states are looked at for each of them and each chain. Where there are more, the report is from there."""

KEPT_MAX = 4
"""So many events of each kind are kept for questions."""


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The next event of a chain at a cut; ``is_free`` where the order lets it be the next of all."""

    chain: str
    event: Event
    is_free: bool


@dataclass(frozen=True, slots=True)
class Furthest:
    """A cut that the search came to and found no way on from, with the states that explain it."""

    positions: Positions
    states: tuple[State, ...]
    next_events: tuple[NextEvent, ...]


class CutSearch:
    """One trace against one specification, in any order of its events that ``order`` allows.

    ``matcher`` stands at the beginning of the trace; its rules, properties and limits are used, and it is not changed.
    If it has an evaluator, the search is a reduced one (:mod:`tlatrace.engine.search.lazy`): it looks ``ahead_events``
    events ahead in each chain, and holds only states that stand for all of them. With ``keep_order``, the order of the
    events on the way of each state is kept, which costs about a byte an event. ``prepare`` takes the place of
    :meth:`Matcher.prepare`. States of a cut are one that differ only by what ``merging`` says
    (:mod:`tlatrace.engine.search.symmetric`).
    """

    def __init__(
        self,
        matcher: Matcher,
        order: PartialOrder,
        *,
        ahead_events: int = WINDOW_EVENTS,
        keep_order: bool = False,
        prepare: Callable[[Event], Prepared] | None = None,
        merging: ClassesAt | None = None,
    ) -> None:
        self.undecided_because = ""
        self.are_all_ways_judged = True
        """Whether it is known of every way what it violates, and not only of some."""
        self._matcher = matcher
        self._order = order
        self._prepare_event = matcher.prepare if prepare is None else prepare
        self._ahead_events = ahead_events
        self._merging = merging
        self._violations = Violations()
        self._violations.note(matcher.nodes, None)
        self._prepared: dict[tuple[int, int], Prepared] = {}
        self._measured = Strength()
        """Of the events that are behind all searches."""
        self._counted: dict[tuple[int, int], tuple[Prepared, tuple[str, ...]]] = {}
        """The other events that some way explains, with the actions that did first."""
        self.kept: dict[Kind, list[tuple[Prepared, State]]] = {}
        """Some events of each kind, with a state after each: for questions about observations."""
        self._status: Status | None = None
        self._excess = 0
        nodes = matcher.nodes
        if keep_order:
            nodes = [Node(n.state, n.marks, n.actions, TakenTrail(n.trail), n.taken) for n in nodes]
        start = {(0,) * order.log_count: nodes}
        self._judging: Front | None = self._front(start, is_blind=False)
        self._quick: Front | None = None
        if matcher.transitions is not None and matcher.transitions.variables_seen:
            self._quick = self._front(start, is_blind=True)

    def _front(self, level: Mapping[Positions, Sequence[Node]], *, is_blind: bool) -> Front:
        outlook = Outlook.of(
            self._matcher, self._order, self._prepare, self._ahead_events, is_blind=is_blind, merging=self._merging
        )
        return Front(self._order, self._prepare, self._matcher.stepper, outlook, level, self._merging)

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
            try:
                self._advance()
            except LimitReached as limit:
                self._undecided(f"{limit}{ambiguity_text(self.ambiguity(), self.width)}")
            if left is not None:
                left -= 1
        return self._status

    def _advance(self) -> None:
        """Go on at one cut, with the search that has explained less."""
        quick, judging = self._quick, self._judging
        if quick is not None and (judging is None or (quick.count <= judging.count and not quick.is_at_end)):
            if quick.is_at_end:
                self._end_of_quick(quick)
            elif quick.is_dead:
                self._dead_quick(quick)
            else:
                self._advance_quick(quick)
            return
        assert judging is not None
        if judging.is_at_end:
            self._judged(judging)
            return
        try:
            if not judging.advance(self._count):
                return
        except TooWide:
            if quick is None:
                raise
            self._give_up_judging()
            return
        self._end_level(judging)

    def _advance_quick(self, quick: Front) -> None:
        try:
            is_done = quick.advance(self._count)
        except TooWide:
            if self._judging is None:
                raise
            self._quick = None
            return
        if is_done and self._judging is None:
            self._measure(quick)

    def _dead_quick(self, quick: Front) -> None:
        """The events cannot be explained. Where they are in one order, those before the last one are still judged."""
        if self._judging is not None and (quick.cut or self._order.log_count == 1):
            self._quick = None
        else:
            self._not_explained(quick)

    def _end_of_quick(self, quick: Front) -> None:
        """All events are explained, but not all ways were judged."""
        self._violations.note(quick.nodes, quick.place)
        if quick.is_clean:
            self._status = Status.MATCHED
        else:
            self._undecided(
                "every way that was found to explain the events violates a property, but there are too many ways to "
                "look at all of them (--max-frontier)"
            )

    def _end_level(self, judging: Front) -> None:
        """The search that judges has come to more events, or to no more."""
        if judging.is_dead:
            self._not_explained(judging)
            return
        self._measure(judging)
        if len(judging.least) == 1 and not judging.is_clean:
            self._judged(judging)
            return
        quick = self._quick
        if quick is not None:
            self._excess += judging.width - quick.width
            if self._excess > JUDGED_STATES_MAX and quick.is_clean:
                self._give_up_judging()

    def _measure(self, front: Front) -> None:
        """Count the level that a search has come to, and let go of what is behind all searches."""
        if front.is_dead:
            return
        self._measured.frontier_sum += front.width
        self._measured.frontier_max = max(self._measured.frontier_max, front.width)
        fronts = [each for each in (self._judging, self._quick) if each is not None]
        least = tuple(map(min, *(each.least for each in fronts))) if len(fronts) > 1 else fronts[0].least
        self._order.forget(least)
        for each in fronts:
            each.forget(least)
        for known in [key for key in self._prepared if key[1] < least[key[0]]]:
            del self._prepared[known]
        for behind in [key for key in self._counted if key[1] < least[key[0]]]:
            self._measured.count(*self._counted.pop(behind))

    def _give_up_judging(self) -> None:
        self._judging = None
        self.are_all_ways_judged = False

    def _judged(self, judging: Front) -> None:
        """The nodes explain all events, or all ways to them violate something."""
        self._violations.note(judging.nodes, judging.place)
        if self._violations.violated_at is None:
            self._status = Status.MATCHED
        elif judging.cut:
            self._undecided(judging.cut)  # A way that a limit kept out may be a clean one.
        else:
            self._status = Status.VIOLATED

    def _not_explained(self, front: Front) -> None:
        if front.cut:
            self._undecided(front.cut)
        else:
            self._status = Status.REJECTED
            self._walk_on(front)

    def _walk_on(self, front: Front) -> None:
        """Go to where the events get stuck. A reduced search stops as soon as it foresees that the end is out of reach,
        where some events may still be possible; a report from there would blame the wrong ones. One way will do.
        """
        own = self._matcher.stepper
        stepper = Stepper(own.checker, own.must_stop, min(WALK_STATES_MAX, own.states_max))
        at = min(front.level)
        walk = Front(self._order, self._prepare, stepper, None, {at: front.level[at].nodes()[:1]})
        moved: Front | None = None
        for _ in range(WALK_EVENTS_MAX):
            try:
                while not walk.advance(self._count):
                    pass
            except LimitReached:
                break
            if walk.is_dead:
                break
            assert not walk.is_at_end, "the search rejected a trace that a single way explains"
            at = min(walk.level)
            moved = walk = Front(self._order, self._prepare, stepper, None, {at: walk.level[at].nodes()[:1]})
            self._measured.followed += 1
        if moved is not None:
            self._judging, self._quick = moved, None

    def _undecided(self, because: str) -> None:
        self.undecided_because = because
        self._status = Status.UNDECIDED

    def _prepare(self, chain: int, index: int) -> Prepared:
        prepared = self._prepared.get((chain, index))
        if prepared is None:
            event = self._order.peek(chain, index)
            assert event is not None
            prepared = self._prepared[chain, index] = self._prepare_event(event)
        return prepared

    def _count(self, chain: int, index: int, prepared: Prepared, nodes: Sequence[Node]) -> None:
        actions = {name for node in nodes for name in node.actions}
        for node in nodes:
            node.actions = NO_ACTIONS
            if node.marks.union:
                self._violations.note_some(node.marks.union, (prepared.event.log, prepared.event.line))
        known = self.kept.setdefault(prepared.expected.kind, [])
        if len(known) < KEPT_MAX:
            known.append((prepared, nodes[0].state))
        self._counted.setdefault((chain, index), (prepared, tuple(sorted(actions))))

    # ------------------------------------------------------------------------------------------------- results

    @property
    def _main(self) -> Front:
        """The search that knows most."""
        front = self._judging or self._quick
        assert front is not None
        return front

    @property
    def events_taken(self) -> int:
        """How many events are explained, at the furthest."""
        return self._main.count

    @property
    def strength(self) -> Strength:
        """What the events up to the furthest cut say, the first of several; other ways may have explained others."""
        at = min(self._main.level)
        strength = self._measured.copy()
        for (chain, index), counted in self._counted.items():
            if index < at[chain]:
                strength.count(*counted)
        return strength

    @property
    def width(self) -> int:
        """How many pairs of a cut and a state are held for that many events."""
        return self._main.width

    @property
    def states(self) -> tuple[State, ...]:
        """Every state of the furthest cuts, each once."""
        return tuple(node.state for node in self._nodes)

    @property
    def furthest(self) -> tuple[Furthest, ...]:
        """The cuts with the most events that are explained, and the next event of each chain there."""
        return tuple(self._furthest(at, nodes) for at, nodes in sorted(self._main.level.items()))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The properties that are violated, as :attr:`Matcher.violations`. Where events have no common count, the place
        is that of the first one after which some way was seen to violate the property.
        """
        found = violations_of(self._matcher.properties, self._violations, self._nodes)
        if self._order.log_count == 1:
            return found
        numbers = {each.name: number for number, each in enumerate(self._matcher.properties)}
        return tuple(self._first_seen(violation, numbers[violation.property]) for violation in found)

    def _first_seen(self, violation: Violation, number: int) -> Violation:
        place = self._violations.seen.get(number)
        log, line = (0, None) if place is None else place
        return replace(violation, log=log, line=line)

    def witness(self) -> Witness | None:
        """A behavior that explains all events, or as many as were explained; its steps tell the order."""
        return witness_in(self._way)

    def one_order(self) -> Sequence[int] | None:
        """The chains of the events in the order of one way that explains as many as were explained, the way of
        :meth:`witness`; None where orders are not kept.
        """
        way = self._way
        return tuple(way.chains()) if isinstance(way, TakenTrail) else None

    @property
    def _way(self) -> Trail | None:
        """The trail of one way, of a clean one if there is one."""
        nodes = self._nodes
        node = next((each for each in nodes if each.marks.is_clean), nodes[0] if nodes else None)
        return None if node is None else node.trail

    def ambiguity(self) -> tuple[tuple[str, int], ...]:
        """The variables that have several values in the states of the furthest cuts, with how many."""
        return ambiguity_of(self._matcher.variables, self._nodes)

    @property
    def _nodes(self) -> Sequence[Node]:
        nodes = Frontier()
        for node in self._main.nodes:
            nodes.add(Node(node.state, node.marks, node.actions, node.trail, node.taken))
        return nodes.nodes()

    def _furthest(self, at: Positions, nodes: Frontier) -> Furthest:
        free = set(self._order.enabled(at))
        heads = [(chain, self._order.peek(chain, index)) for chain, index in enumerate(at)]
        next_events = tuple(
            NextEvent(self._order.names[chain], event, chain in free) for chain, event in heads if event is not None
        )
        return Furthest(at, tuple(node.state for node in nodes), next_events)
