"""One event after the other, silent steps only where they matter.

From each node, only what :mod:`tlatrace.engine.search.stubborn` says must be tried is tried: the event itself and some
of the silent actions. So the frontier holds fewer states than all that explain the events, and each that is left out is
one that silent steps lead to from one that is there.

Bounds of free silent actions (``search_limit``) end the search. A step that is put off stands before a later event than
it need have, so what is bounded is the number of silent steps so far by that of the events: every way that keeps to the
bound before each event is found.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tlatrace.compile.blockers import Need
from tlatrace.engine.observation import Silent
from tlatrace.engine.search.nodes import Frontier, Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import LimitReached, Stepper
from tlatrace.engine.search.stubborn import Head, OneEvent, Stubborn
from tlatrace.engine.search.transitions import SilentTransition, Transition, Transitions
from tlatrace.engine.states import key_of

Left = tuple[int, ...]
"""How often each silent action that is not free may still be taken before the event."""


class LazyEvent:
    """Explains one event, the one with the number ``count`` (from 0), from nodes."""

    def __init__(self, transitions: Transitions, stepper: Stepper, prepared: Prepared, count: int) -> None:
        self._transitions = transitions
        self._stepper = stepper
        self._prepared = prepared
        self._transition = transitions.of_event(prepared)
        self._taken_max = sum(silent.at_most for silent in prepared.silent if silent.is_limit) * (count + 1)
        self._reached = Frontier()
        self._known: dict[Hashable, Node] = {}
        self.cut: Silent | None = None
        """A silent action whose limit kept states out."""

    def run(self, nodes: Sequence[Node]) -> Sequence[Node]:
        """The nodes after the event.

        Raises:
            LimitReached: there are too many.
        """
        full = tuple(silent.at_most for silent in self._prepared.silent)
        pending: list[tuple[Node, Left]] = []
        for node in nodes:
            own = Node(node.state, node.marks, node.actions, node.trail, node.taken)
            self._known[key_of(node.state), full] = own
            pending.append((own, full))
        while pending:
            node, left = pending.pop()
            for reached, silent in self._tried(node, left):
                if silent is None:
                    self._reached.add(reached)
                    continue
                after = self._after(left, silent, reached)
                if after is not None and (found := self._add(reached, after)) is not None:
                    pending.append((found, after))
            if len(self._known) + len(self._reached) > self._stepper.states_max:
                raise LimitReached(
                    f"more than {self._stepper.states_max} states explain the trace up to here (--max-frontier); the "
                    "mapping leaves too much open"
                )
        return self._reached.nodes()

    def _tried(self, node: Node, left: Left) -> list[tuple[Node, SilentTransition | None]]:
        """What must be tried from a node: successors by the event, and by silent steps."""
        silents = [
            each
            for each in self._transitions.silent(self._prepared, node.state)
            if each.is_free or left[each.number] > 0 or self._prepared.silent[each.number].is_limit
        ]
        explained: list[list[Node]] = []
        steps: dict[int, list[Node]] = {}

        def by_event() -> list[Node]:
            if not explained:
                explained.append(list(self._stepper.explanations(self._prepared, node)))
            return explained[0]

        def by_silent(number: int) -> list[Node]:
            if number not in steps:
                silent, arguments = silents[number].silent, self._prepared.arguments
                steps[number] = list(self._stepper.silent_steps(silent, arguments, node))
            return steps[number]

        def needs(transition: Transition) -> list[Need]:
            return self._transitions.needs(transition, node.state)

        head = Head(self._transition, OneEvent(self._transition), None, by_event)
        choice = Stubborn({0: head}, silents, by_silent, needs).choice()
        found: list[tuple[Node, SilentTransition | None]] = [(reached, None) for reached in by_event()]
        found += [(reached, silents[number]) for number in choice.silents for reached in by_silent(number)]
        return found

    def _after(self, left: Left, silent: SilentTransition, reached: Node) -> Left | None:
        """The budget after a silent step; None where a limit keeps it out."""
        number = silent.number
        if silent.is_free:
            reached.taken += 1
            if reached.taken <= self._taken_max:
                return left
        elif left[number] > 0:
            return (*left[:number], left[number] - 1, *left[number + 1 :])
        known = self._known.get((key_of(reached.state), left))
        if known is None or known.marks.joined(reached.marks) != known.marks:
            self.cut = self.cut or silent.silent
        return None

    def _add(self, node: Node, left: Left) -> Node | None:
        """The node to go on from, if there is anything new in it."""
        key = key_of(node.state), left
        known = self._known.get(key)
        if known is None:
            self._known[key] = node
            return node
        marks = known.marks.joined(node.marks)
        if marks == known.marks and node.taken >= known.taken:
            return None
        trail = node.trail if marks.is_clean and not known.marks.is_clean else known.trail
        merged = Node(known.state, marks, known.actions, trail, min(known.taken, node.taken))
        self._known[key] = merged
        return merged
