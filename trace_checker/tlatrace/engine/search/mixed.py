"""When a recorded trace is searched depth-first, and what becomes of it.

Breadth-first, every state that explains the trace so far is known, which is what a person wants to be told, and what
costs nothing as long as they are few. Where they become many, one way to the end of the trace is looked for depth-first
(:mod:`tlatrace.engine.search.depth`), for a bounded number of steps:

- If a way is found that violates nothing, it is followed to the end, event by event: the trace is accepted. How many
  other states explain the events was not looked at from there on, and not what ways to them violate.
- If there is none, the events are followed as far as any such way gets. The next event ends the search: nothing
  explains it, or only ways that violate something. If there are ways of that kind, the search goes on breadth-first up
  to it, so as to know what all of them violate.
- If the steps are used up, or an expression cannot be evaluated, the search goes on breadth-first. It is probed again
  when the states that were looked at breadth-first outnumber those of the probes, for as many steps as there were
  states; so probes get longer, and all of them together take hardly more than twice as long as the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

from tlatrace.engine.search.breadth import Breadth
from tlatrace.engine.search.depth import DepthSearch, Outcome
from tlatrace.engine.search.marks import CLEAN
from tlatrace.engine.search.nodes import NO_ACTIONS, Node
from tlatrace.engine.search.prepared import Prepared, Preparer
from tlatrace.engine.search.stepping import Stepper, TooWide
from tlatrace.engine.search.transitions import Transitions
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

WIDE_STATES: Final = 1_024
"""So many states that explain the trace are many."""

PROBE_STEPS: Final = 20_000
"""States that a probe may look at, if not more were looked at breadth-first: about a second's work."""

LAST_PROBE_STEPS: Final = 200_000
"""The same for the probe that is made before the search ends for there being more states than allowed."""


class SearchOrder(Enum):
    """The order in which the ways through a trace are searched. The verdict does not depend on it, but that one order
    may come to a verdict where another reaches a limit; what is known besides it does.
    """

    BREADTH = "breadth"
    """All states that explain the trace, one event after the other."""
    DEPTH = "depth"
    """One way after the other, until one explains the whole trace."""
    MIXED = "mixed"
    """Breadth-first while few states explain the trace, then depth-first for a while."""


class Mixed:
    """Leads ``search``, one event after the other, by what it knows of those to come. While it advances over an event,
    ``peek(0)`` is that one, ``peek(1)`` the one after it; None past the last.
    """

    def __init__(
        self,
        search: Breadth,
        preparer: Preparer,
        transitions: Transitions | None,
        peek: Callable[[int], Event | None],
        *,
        is_depth_first: bool,
    ) -> None:
        self.followed_from: int | None = None
        """The line of the first event since which one way is followed, instead of all states being known."""
        self.is_exhausted = False
        """Whether it is known from a search depth-first that nothing explains the event at which it ends."""
        self._search = search
        self._preparer = preparer
        self._transitions = transitions
        self._peek = peek
        self._is_depth_first = is_depth_first
        self._is_over = False
        """Whether nothing can come of another probe."""
        self._looked_at = 0
        """States that were looked at breadth-first."""
        self._probed = 0
        """States that probes looked at."""
        self._way: deque[Sequence[Node]] = deque()
        """The nodes after each of the next events."""

    def advance(self, prepared: Prepared, stepper: Stepper) -> Sequence[Node]:
        """As :meth:`Breadth.advance`."""
        search = self._search
        if not self._way and not self._is_over and self._is_time(len(search.nodes)):
            self._probe(stepper, None if self._is_depth_first else max(PROBE_STEPS, self._looked_at))
        if self._way:
            return self._follow(prepared, stepper)
        if self.is_exhausted:
            return ()
        try:
            nodes = search.advance(prepared, stepper)
        except TooWide:
            if self._is_over:
                raise
            self._probe(stepper, LAST_PROBE_STEPS)
            self._is_over = True
            if self._way:
                return self._follow(prepared, stepper)
            if self.is_exhausted:
                return ()
            raise
        self._looked_at += len(nodes)
        return nodes

    def _is_time(self, width: int) -> bool:
        return self._is_depth_first or (width >= WIDE_STATES and self._looked_at >= self._probed)

    def _follow(self, prepared: Prepared, stepper: Stepper) -> Sequence[Node]:
        search = self._search
        nodes = self._way.popleft()
        if self.followed_from is None:
            self.followed_from = prepared.event.line
            search.are_all_judged = search.are_all_judged and stepper.checker is None
        search.nodes = nodes
        search.has_put_off = search.has_put_off or self._transitions is not None
        search.count += 1
        return nodes

    def _probe(self, stepper: Stepper, steps_max: int | None) -> None:
        search, first = self._search, self._search.count
        try:
            found = self._searched(search.nodes, self._prepared, stepper, self._transitions, steps_max)
            self._probed += found.steps
            if found.is_found:
                self._way.extend([node] for node in found.nodes)
            elif found.is_exhausted and not found.cut:
                if self._is_explained(first + len(found.nodes), stepper, steps_max):
                    self._is_over = True  # All that is left to know is what every way violates.
                    return
                self.is_exhausted = True
                self._way.extend([node] for node in found.nodes[:-1])
                if found.nodes:
                    self._way.append(found.states)
            self._is_over = found.is_found or found.is_exhausted or self._is_depth_first
        except (TlatraceError, TooWide):
            self._is_over = True  # It is told, if it is one, when its turn has come.

    def _is_explained(self, number: int, stepper: Stepper, steps_max: int | None) -> bool:
        """Whether the event with this number may be explained by ways that violate something. Without properties, there
        are none.
        """
        search = self._search
        if stepper.checker is None:
            return False
        starts = [Node(node.state, CLEAN, NO_ACTIONS, None, node.taken) for node in search.nodes]
        blind = Stepper(None, stepper.must_stop, stepper.states_max)
        transitions = None if self._transitions is None else self._transitions.blind()

        def at(index: int) -> Prepared | None:
            return None if index > number else self._prepared(index)

        found = self._searched(starts, at, blind, transitions, steps_max)
        self._probed += found.steps
        return not found.is_exhausted or bool(found.cut)

    def _searched(
        self,
        starts: Sequence[Node],
        at: Callable[[int], Prepared | None],
        stepper: Stepper,
        transitions: Transitions | None,
        steps_max: int | None,
    ) -> Outcome:
        silents = () if transitions is None else transitions.silent_kinds(self._preparer.rules)
        first = self._search.count
        return DepthSearch(
            starts,
            first,
            at,
            stepper,
            transitions,
            silents=silents,
            steps_max=steps_max,
            symmetry=self._search.symmetry,
        ).run()

    def _prepared(self, index: int) -> Prepared | None:
        """The event with this number. One that cannot be read is the end here, and an error when its turn comes."""
        event = self._peek(index - self._search.count)
        try:
            return None if event is None else self._preparer.prepare(event)
        except TlatraceError:
            return None
