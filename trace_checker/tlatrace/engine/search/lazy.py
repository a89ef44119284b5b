"""The events that may come next, and silent steps only where they matter.

From each node, only what :mod:`tlatrace.engine.search.stubborn` says must be tried is tried: some of the events, and
some of the silent actions. So fewer states are held than all that explain the events, and each that is left out is one
that steps put off lead to from one that is there.

Bounds of free silent actions (``search_limit``) end the search. A step that is put off stands before a later event than
it need have, so what is bounded is the number of silent steps so far by that of the events: every way that keeps to the
bound before each event is found.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.compile.blockers import Need
from tlatrace.engine.observation import Silent
from tlatrace.engine.search.nodes import Frontier, Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper, TooWide
from tlatrace.engine.search.stubborn import Future, Head, Stubborn
from tlatrace.engine.search.transitions import SilentTransition, Transition, Transitions
from tlatrace.engine.states import key_of

Left = tuple[int, ...]
"""How often each silent action that is not free may still be taken before the event."""

Key = Callable[[State], Hashable]
"""What is equal for two states that need not be told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class NextEvent:
    """The next event of a chain: ready, as a transition, with what is left of its chain and a chain that must move
    first. ``key`` tells states apart after the event.
    """

    prepared: Prepared
    transition: Transition
    future: Future
    waits_for: int | None = None
    key: Key = key_of


class LazyCut:
    """All that is tried at one cut of a trace.

    ``events`` are the next event of each chain that has one; ``count`` is how many events were taken. Where there are
    several chains, all silent actions must be free. ``is_relevant`` says which silent steps may matter to what is left,
    if they are taken now (with None for the chain), or as long as a certain chain has not moved.
    """

    def __init__(
        self,
        transitions: Transitions,
        stepper: Stepper,
        events: Mapping[int, NextEvent],
        count: int,
        *,
        is_relevant: Callable[[int | None, SilentTransition], bool] | None = None,
        key: Key = key_of,
        states_max: int | None = None,
    ) -> None:
        self._states_max = stepper.states_max if states_max is None else states_max
        self._transitions = transitions
        self._stepper = stepper
        self._events = events
        self._first = next(iter(events.values())).prepared
        self._taken_max = sum(silent.at_most for silent in self._first.silent if silent.is_limit) * (count + 1)
        self._is_relevant = is_relevant
        self._key = key
        self._known: dict[Hashable, Node] = {}
        self.cut: Silent | None = None
        """A silent action whose limit kept states out."""

    def run(self, nodes: Sequence[Node]) -> dict[int, Frontier]:
        """The nodes after each event.

        Raises:
            LimitReached: there are too many.
        """
        reached = {chain: Frontier(key=event.key) for chain, event in self._events.items()}
        full = tuple(silent.at_most for silent in self._first.silent)
        pending: list[tuple[Node, Left]] = []
        for node in nodes:
            own = Node(node.state, node.marks, node.actions, node.trail, node.taken)
            known = self._add(own, full)
            if known is not None:
                pending.append((known, full))
        while pending:
            node, left = pending.pop()
            for after, by in self.tried(node, left):
                if isinstance(by, int):
                    reached[by].add(after)
                    continue
                rest = self._after(left, by, after)
                if rest is not None and (found := self._add(after, rest)) is not None:
                    pending.append((found, rest))
            if len(self._known) + sum(map(len, reached.values())) > self._states_max:
                raise TooWide(
                    f"more than {self._stepper.states_max} states explain the trace up to here (--max-frontier); the "
                    "mapping leaves too much open"
                )
        return reached

    @property
    def nodes(self) -> list[Node]:
        """All nodes that something was tried from."""
        return list(self._known.values())

    def tried(self, node: Node, left: Left) -> list[tuple[Node, int | SilentTransition]]:
        """What must be tried from a node: successors by events, with the chain, and by silent steps."""
        silents = [each for each in self._transitions.silent(self._first, node.state) if self._is_allowed(each, left)]
        explained: dict[int, list[Node]] = {}
        steps: dict[int, list[Node]] = {}

        def by_event(chain: int) -> list[Node]:
            if chain not in explained:
                explained[chain] = list(self._stepper.explanations(self._events[chain].prepared, node))
            return explained[chain]

        def by_silent(number: int) -> list[Node]:
            if number not in steps:
                silent, arguments = silents[number].silent, self._first.arguments
                steps[number] = list(self._stepper.silent_steps(silent, arguments, node))
            return steps[number]

        def needs(transition: Transition) -> list[Need]:
            return self._transitions.needs(transition, node.state)

        heads = {
            chain: Head(event.transition, event.future, event.waits_for, lambda chain=chain: by_event(chain))  # type: ignore[misc]
            for chain, event in self._events.items()
        }
        choice = Stubborn(heads, silents, by_silent, needs, self._is_relevant).choice()
        found: list[tuple[Node, int | SilentTransition]] = [
            (after, chain) for chain in choice.chains for after in by_event(chain)
        ]
        for number in choice.silents:
            if self._is_relevant is None or self._is_relevant(None, silents[number]):
                found += [(after, silents[number]) for after in by_silent(number)]
        return found

    def _is_allowed(self, silent: SilentTransition, left: Left) -> bool:
        return silent.is_free or left[silent.number] > 0 or self._first.silent[silent.number].is_limit

    def _after(self, left: Left, silent: SilentTransition, reached: Node) -> Left | None:
        """The budget after a silent step; None where a limit keeps it out."""
        number = silent.number
        if silent.is_free:
            reached.taken += 1
            if reached.taken <= self._taken_max:
                return left
        elif left[number] > 0:
            return (*left[:number], left[number] - 1, *left[number + 1 :])
        known = self._known.get((self._key(reached.state), left))
        if known is None or known.marks.joined(reached.marks) != known.marks:
            self.cut = self.cut or silent.silent
        return None

    def _add(self, node: Node, left: Left) -> Node | None:
        """The node to go on from, if there is anything new in it."""
        key = self._key(node.state), left
        known = self._known.get(key)
        if known is None:
            self._known[key] = node
            return node
        marks = known.marks.joined(node.marks)
        if marks == known.marks and node.taken >= known.taken:
            return None
        way = node if marks.is_clean and not known.marks.is_clean else known
        merged = Node(way.state, marks, known.actions, way.trail, min(known.taken, node.taken))
        self._known[key] = merged
        return merged
