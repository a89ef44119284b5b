"""Which behaviors of the specification explain the trace so far: one trace, event by event.

A :class:`Matcher` is fed one event at a time. An event is explained from a state by one of its rule's candidates (a
sequence of actions, or none), perhaps after silent steps, if the states before and after it agree with what was
observed. Candidates are asked for successors with all the arguments that the event gives, so that only what it leaves
open is enumerated.

The search is exact. *Rejected* means that no behavior of the specification explains the events, *matched* that one
does. Where a limit cut the search short, at this event or at an earlier one, nothing of the kind is claimed
(:attr:`Status.UNDECIDED`).

Properties of the configuration do not prune. Each state of the frontier carries what the ways to it violate
(:mod:`tlatrace.engine.search.marks`). While some way violates nothing, the trace may be what a correct behavior left;
once every way violates something, the answer is :attr:`Status.VIOLATED`, which is final: later events only ever
exclude ways, and no way becomes clean again.

How the states are searched is in :mod:`tlatrace.engine.search`; the answer does not depend on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol

from tlatrace.compile.api import Action, Evaluator, State
from tlatrace.engine.observation import Call, Rule, Translation
from tlatrace.engine.search.breadth import Breadth
from tlatrace.engine.search.foresight import EventsToCome
from tlatrace.engine.search.judging import Checker, PlainChecker, Property, agrees, holds, sides
from tlatrace.engine.search.marks import CLEAN, Marks, bits
from tlatrace.engine.search.mixed import Mixed, SearchOrder
from tlatrace.engine.search.nodes import NO_ACTIONS, Frontier, Node
from tlatrace.engine.search.prepared import Expected, Kind, Prepared, Preparer
from tlatrace.engine.search.stepping import LimitReached, Stepper
from tlatrace.engine.search.symmetric import ClassesBefore
from tlatrace.engine.search.telling import Violation, ambiguity_of, ambiguity_text, violations_of, witness_of
from tlatrace.engine.search.transitions import Transitions
from tlatrace.engine.search.violations import Place, Violations
from tlatrace.engine.search.witness import Trail, Witness, trail_of
from tlatrace.traces import Event

__all__ = [
    "FRONTIER_STATES_MAX",
    "Collector",
    "Matcher",
    "Prepared",
    "Property",
    "SearchOrder",
    "Snapshot",
    "Status",
    "Strength",
    "Violation",
    "Witness",
    "agrees",
    "holds",
    "sides",
]

FRONTIER_STATES_MAX = 100_000
"""More states than this at once is a mapping that leaves too much open; the user is told, and may raise it."""


FORK_STATES_MAX = 2_048
"""States that a fork holds of a matcher that looks ahead. It does not look ahead itself, and answers a question that
can do without an answer.
"""


class Status(Enum):
    MATCHED = "matched"
    REJECTED = "rejected"
    VIOLATED = "violated"
    """The events are explained, but every way to do so violates a property."""
    UNDECIDED = "undecided"


@dataclass(slots=True)
class Strength:
    """What a verdict rests on; see :mod:`tlatrace.engine.verdict` for its meaning to readers."""

    events: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    """Events by their kind and the optional fields that they lack; :meth:`Matcher.expected` says what that is worth."""
    frontier_max: int = 1
    frontier_sum: int = 0
    followed: int = 0
    """Events along one way that was followed, whose states were not counted."""

    def count(self, prepared: Prepared, actions: Iterable[str]) -> None:
        """One more event was explained, by these actions."""
        self.events += 1
        for name in actions:
            self.actions[name] += 1
        self.kinds[prepared.expected.kind] += 1

    def copy(self) -> Strength:
        return replace(self, actions=Counter(self.actions), kinds=Counter(self.kinds))


class Collector(Protocol):
    """Told of every event that is explained, for those who count more than :class:`Strength` does."""

    def explained(self, prepared: Prepared, before: Sequence[Node], after: Sequence[Node]) -> None:
        """``before`` and ``after`` are the frontiers around the event."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a matcher stands, in values that can be pickled; for a matcher of the same specification, mapping and
    properties.
    """

    nodes: tuple[tuple[State, Marks, Witness | None, int], ...]
    cut: str
    strength: Strength
    seen: Mapping[int, Place | None]
    violated_at: tuple[int, Place | None] | None
    are_all_judged: bool
    judged: int
    has_put_off: bool


def _initial_nodes(initial: Sequence[State], checker: Checker | None, keep_witness: bool) -> Sequence[Node]:
    nodes = Frontier()
    for state in initial:
        mask = 0 if checker is None else checker.of_state(state)
        nodes.add(Node(state, CLEAN.stepped(mask), NO_ACTIONS, Trail(None, None, state) if keep_witness else None))
    return nodes.nodes()


class Matcher:
    """One trace against one specification, event by event.

    ``must_stop`` is asked again and again while the search goes on; a text that it gives says why to end it.
    ``checker`` judges ``properties``, by their numbers; without one, they are simply evaluated. With
    ``keep_witness``, one behavior that explains the trace is kept, in memory that grows with it. ``variables`` are the
    names of the specification's, for messages. With an ``evaluator`` of the specification, silent steps are taken
    lazily where the frontier would be wide without that.
    """

    def __init__(
        self,
        initial: Sequence[State],
        rules: Mapping[str, Rule],
        kind_of: Callable[[Event, str], str],
        *,
        trace: str | Callable[[Event], str],
        translation: Translation,
        properties: Sequence[Property] = (),
        checker: Checker | None = None,
        frontier_states_max: int = FRONTIER_STATES_MAX,
        must_stop: Callable[[], str] | None = None,
        keep_witness: bool = False,
        collector: Collector | None = None,
        variables: Sequence[str] = (),
        evaluator: Evaluator | None = None,
    ) -> None:
        self.strength = Strength()
        self.last_actions: tuple[str, ...] = NO_ACTIONS
        """The actions on ways to explain the last event that was explained, by name."""
        self.undecided_because = ""
        self.collector = collector
        self._properties = tuple(properties)
        self._variables = tuple(variables)
        self._preparer = Preparer(rules, kind_of, trace, translation)
        if checker is None and properties:
            checker = PlainChecker(properties)
        self._stepper = Stepper(checker, must_stop, frontier_states_max)
        self._transitions = None if evaluator is None else Transitions(evaluator, rules, properties)
        self._search = Breadth(_initial_nodes(initial, checker, keep_witness), "", self._transitions)
        self._mixed: Mixed | None = None
        self._violations = Violations()
        self._violations.note(self._search.nodes, None)

    # ------------------------------------------------------------------------------------------------- events

    def advance(self, event: Event) -> Status:
        """Explain one more event. The frontier is left as it was unless the event is matched.

        Raises:
            TlatraceError: the event cannot be read by the mapping, or an expression cannot be evaluated.
        """
        return self.advance_prepared(self._preparer.prepare(event))

    def prepare(self, event: Event) -> Prepared:
        """What ``event`` may be and says, with its arguments; to be changed, perhaps, and given to
        :meth:`advance_prepared`.

        Raises:
            TlatraceError: the event cannot be read by the mapping, or an expression cannot be evaluated.
        """
        return self._preparer.prepare(event)

    def advance_prepared(self, prepared: Prepared) -> Status:
        """As :meth:`advance`, for an event that was prepared."""
        search = self._search
        before = search.nodes
        try:
            nodes = (self._mixed or search).advance(prepared, self._stepper)
        except LimitReached as limit:
            self.undecided_because = f"{limit}{self._ambiguity_text()}"
            return Status.UNDECIDED
        if not nodes:
            self.undecided_because = search.cut
            return Status.UNDECIDED if search.cut else Status.REJECTED
        if self._stepper.checker is not None:
            self._violations.note(nodes, (prepared.event.log, prepared.event.line))
            if self._violations.violated_at is not None:
                search.nodes = before
                # A way that a limit kept out may be a clean one.
                return self._status_of_violated()
        self._count(prepared, nodes)
        if self.collector is not None:
            self.collector.explained(prepared, before, nodes)
        return Status.MATCHED

    def finish(self) -> Status:
        """There are no more events: the status of the whole trace, given that every event was explained."""
        if self._violations.violated_at is None:
            return Status.MATCHED
        return self._status_of_violated()

    def look_ahead(self, peek: Callable[[int], Event | None], order: SearchOrder = SearchOrder.BREADTH) -> None:
        """Let the matcher look at the events to come: while it advances over an event, ``peek(0)`` is that one,
        ``peek(1)`` the one after it; None past the last. It must then be given these events and no others.

        Where very many states are possible and the matcher has an evaluator, those that the events to come cannot tell
        apart are taken for one. By ``order``, the search may be depth-first (:mod:`tlatrace.engine.search.mixed`). The
        status of every event is what it would be. A fork does not look ahead.
        """
        if self._transitions is not None and any(rule.silent for rule in self._preparer.rules.values()):
            self._search.foresight = EventsToCome(self._transitions, self._preparer, self._search, peek).ahead
        if order is not SearchOrder.BREADTH:
            is_depth_first = order is SearchOrder.DEPTH
            self._mixed = Mixed(self._search, self._preparer, self._transitions, peek, is_depth_first=is_depth_first)

    def merge_symmetric(self, symmetry: ClassesBefore) -> None:
        """Take states for one that differ by a permutation which nothing that is left can tell from them, where there
        are many. It must then be given the events that ``symmetry`` knows of and no others. A fork does not.
        """
        self._search.symmetry = symmetry

    @property
    def are_all_ways_judged(self) -> bool:
        """Whether it is known of every way what it violates, and not only of some. If not, some way violates
        nothing.
        """
        return self._search.are_all_judged

    @property
    def followed_from(self) -> int | None:
        """The line of the event from which on one way is followed that was found depth-first; None where all states
        that explain the events are known, or enough of them to stand for the others.
        """
        return None if self._mixed is None else self._mixed.followed_from

    @property
    def is_exhausted(self) -> bool:
        """Whether a search depth-first has shown that nothing explains the event at which the search ends."""
        return self._mixed is not None and self._mixed.is_exhausted

    def _status_of_violated(self) -> Status:
        """No way that was found is clean. One that was not looked at may be."""
        search = self._search
        self.undecided_because = search.cut
        if not search.cut and not search.are_all_judged:
            self.undecided_because = (
                "every way that was found to explain the events violates a property, but there are too many ways to "
                "look at all of them"
            )
        return Status.UNDECIDED if self.undecided_because else Status.VIOLATED

    # ------------------------------------------------------------------------------------------------- results

    @property
    def frontier(self) -> tuple[State, ...]:
        """Every state that explains the events, or enough of them to stand for the others."""
        return tuple([node.state for node in self._search.nodes])

    @property
    def nodes(self) -> Sequence[Node]:
        """The states of the frontier with what is known of the ways to them."""
        return self._search.nodes

    @property
    def properties(self) -> tuple[Property, ...]:
        """Those that are judged, by their numbers."""
        return self._properties

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the specification's variables, where they were given."""
        return self._variables

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by kind of event."""
        return self._preparer.rules

    @property
    def transitions(self) -> Transitions | None:
        """Events and silent actions as transitions; None where the matcher has no evaluator."""
        return self._transitions

    @property
    def stepper(self) -> Stepper:
        """What takes steps, under the limits of this matcher."""
        return self._stepper

    @property
    def marks(self) -> tuple[Marks, ...]:
        """For each state of the frontier, what the ways to it violate, by the properties' numbers."""
        return tuple(node.marks for node in self._search.nodes)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The properties that are violated, those of all ways first. Where no way is clean, but no single property is
        violated on all of them, these are the ones that between them are.
        """
        return violations_of(self._properties, self._violations, self._search.nodes)

    def witness(self) -> Witness | None:
        """A behavior that explains the events, a clean one if there is one; None where none was kept."""
        return witness_of(self._search.nodes)

    def ambiguity(self) -> tuple[tuple[str, int], ...]:
        """The variables that have more than one value in the states of the frontier, with how many they have, the most
        ambiguous first.
        """
        return ambiguity_of(self._variables, self._search.nodes)

    # ------------------------------------------------------------------------------------------------- copies

    def fork(
        self,
        *,
        must_stop: Callable[[], str] | None = None,
        frontier: Sequence[State] | None = None,
        frontier_states_max: int | None = None,
        judges_properties: bool = True,
    ) -> Matcher:
        """A matcher that stands where this one does, and goes its own way: from the states of ``frontier`` only, if
        they are given (with nothing violated so far), and under limits of its own. One that does not judge properties
        finds the same states, and nothing that they violate.
        """
        other = copy(self)
        other.strength = self.strength.copy()
        other.collector = None
        other._violations = self._violations.copy()
        other._search = copy(self._search)
        other._search.foresight = other._search.symmetry = None
        other._mixed = None
        mine = self._stepper
        checker = mine.checker if judges_properties else None
        if frontier_states_max is None:
            looks_ahead = self._search.foresight is not None
            frontier_states_max = min(mine.states_max, FORK_STATES_MAX) if looks_ahead else mine.states_max
        if must_stop is not None or frontier_states_max != mine.states_max or checker is not mine.checker:
            other._stepper = Stepper(checker, must_stop or mine.must_stop, frontier_states_max)
        if frontier is not None:
            other._search = Breadth(tuple(Node(state) for state in frontier), "", self._transitions)
            other._search.count = self._search.count
            other._search.has_put_off = self._search.has_put_off
            other._violations.violated_at = None
        return other

    def snapshot(self) -> Snapshot:
        """Where this matcher stands; :meth:`restore` on another one goes on from there with the same result."""
        nodes = tuple(
            (node.state, node.marks, None if node.trail is None else node.trail.witness(), node.taken)
            for node in self._search.nodes
        )
        return Snapshot(
            nodes,
            self._search.cut,
            self.strength.copy(),
            dict(self._violations.seen),
            self._violations.violated_at,
            self._search.are_all_judged,
            self._search.judged,
            self._search.has_put_off,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Stand where ``snapshot`` was taken."""
        nodes = tuple(
            Node(state, Marks(*marks), NO_ACTIONS, None if witness is None else trail_of(witness), taken)
            for state, marks, witness, taken in snapshot.nodes
        )
        self._search = Breadth(nodes, snapshot.cut, self._transitions)
        self._mixed = None
        self._search.count = snapshot.strength.events
        self._search.are_all_judged = snapshot.are_all_judged
        self._search.judged = snapshot.judged
        self._search.has_put_off = snapshot.has_put_off
        self.strength = snapshot.strength.copy()
        self._violations = Violations(dict(snapshot.seen), snapshot.violated_at)

    # ------------------------------------------------------------------------------------- for explanations

    def rule_of(self, event: Event) -> Rule:
        """The rule for this event, without what the event does not tell.

        Raises:
            TlatraceError: the mapping does not know this kind of event, or the event does not say its kind.
        """
        return self._preparer.prepare(event).expected.rule

    def expected(self, kind: Kind) -> Expected:
        """What an event of a kind that was seen is expected to say."""
        return self._preparer.expected(kind)

    def arguments_of(self, rule: Rule, event: Event) -> list[Any]:
        """Inputs and bindings of ``rule`` for ``event``: what its expressions are called with after the two states."""
        return self._preparer.arguments_of(rule, event)

    def prepared(self, rule: Rule, arguments: list[Any]) -> Prepared:
        """What an event of ``rule`` with these arguments may be and says, as :meth:`prepare` gives it for an event."""
        return self._preparer.prepared(Event(0, {}), rule, arguments)

    def starts_of(self, rule: Rule, arguments: list[Any]) -> list[State]:
        """The states that an event may be explained from: the frontier first, then what silent steps make of it."""
        return [node.state for node in self.starts_from(rule, arguments, self._search.nodes)]

    def starts_from(self, rule: Rule, arguments: list[Any], nodes: Sequence[Node]) -> Sequence[Node]:
        """As :meth:`starts_of`, from nodes that are given; only these themselves where there are too many."""
        prepared = self.prepared(rule, arguments)
        try:
            search = Breadth(nodes, "", self._transitions)
            search.count = self._search.count
            search.has_put_off = self._search.has_put_off
            return search.some_starts(prepared, self._stepper)
        except LimitReached:
            return nodes

    def steps(self, call: Call, arguments: list[Any], state: State) -> Iterator[tuple[State, Action]]:
        """Every successor by ``call`` with the action that leads to it, whether or not properties hold and it agrees
        with what was observed.
        """
        for successor, action, _ in self._stepper.steps(call, arguments, state):
            yield successor, action

    def broken_property(self, state: State, successor: State) -> str | None:
        """The name of a property that this step, or the state it leads to, violates."""
        mask = self._stepper.violated(state, successor)
        return self._properties[next(bits(mask))].name if mask else None

    # ------------------------------------------------------------------------------------------------- counts

    def _count(self, prepared: Prepared, nodes: Sequence[Node]) -> None:
        strength = self.strength
        if len(nodes) == 1:
            actions: Iterable[str] = nodes[0].actions
        else:
            actions = dict.fromkeys(name for node in nodes for name in node.actions)
        for node in nodes:
            node.actions = NO_ACTIONS
        self.last_actions = tuple(actions)
        strength.count(prepared, actions)
        if self.followed_from is not None:
            strength.followed += 1
            return
        width = len(nodes)
        strength.frontier_sum += width
        if width > strength.frontier_max:
            strength.frontier_max = width

    def _ambiguity_text(self) -> str:
        return ambiguity_text(self.ambiguity(), len(self._search.nodes))
