"""What cycles are looked for in: the state graph itself, or its product with a tableau.

A *node* is a state, or a state with the choice that the tableau made there. Stuttering is always possible, so every
state is a successor of itself. Nodes are numbered in the order of their distance from the initial ones.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from tlatrace.engine.liveness.predicates import Graph
from tlatrace.engine.liveness.tableau import Tableau


class Arena(Protocol):
    """Nodes, numbered from 0 to ``count - 1``; all are reachable."""

    @property
    def count(self) -> int: ...

    @property
    def initial(self) -> Sequence[int]: ...

    @property
    def promise_count(self) -> int: ...

    def state(self, node: int, /) -> int:
        """The number of the node's state."""
        ...

    def successors(self, node: int, /) -> Sequence[int]:
        """The nodes that one step leads to, each once; the node itself among them where one may stay there."""
        ...

    def postponed(self, node: int, /) -> int:
        """The promises that are postponed here, a bit for each."""
        ...


def following(graph: Graph, state: int) -> Sequence[int]:
    """Where one step leads, the state itself included; nowhere from a state that the search did not come to."""
    if not graph.is_expanded(state):
        return ()
    found = graph.successors(state)
    return found if state in found else [state, *found]


class GraphArena:
    """The state graph and stuttering."""

    promise_count = 0

    def __init__(self, graph: Graph) -> None:
        self.count = len(graph.states)
        self.initial = graph.initial
        self._graph = graph

    def state(self, node: int) -> int:
        return node

    def successors(self, node: int) -> Sequence[int]:
        return following(self._graph, node)

    def postponed(self, node: int) -> int:
        return 0


class ProductArena:
    """The behaviors of a graph that may still satisfy what the tableau stands for."""

    def __init__(self, graph: Graph, tableau: Tableau) -> None:
        self.promise_count = tableau.promise_count
        self._tableau = tableau
        self._states = array("q")
        self._choices = array("q")
        self._starts = array("q", (0,))
        self._targets = array("q")
        numbers: dict[tuple[int, int], int] = {}

        def number(state: int, choice: int) -> int:
            known = numbers.get((state, choice))
            if known is None:
                known = numbers[state, choice] = len(self._states)
                self._states.append(state)
                self._choices.append(choice)
            return known

        unfold = tableau.unfold
        for state in graph.initial:
            for choice in unfold(tableau.start, state):
                number(state, choice)
        self.initial: Sequence[int] = range(len(self._states))
        node = 0
        while node < len(self._states):
            state = self._states[node]
            later = tableau.choices[self._choices[node]][0]
            for successor in following(graph, state):
                for choice in unfold(later, successor):
                    self._targets.append(number(successor, choice))
            self._starts.append(len(self._targets))
            node += 1
        self.count = len(self._states)

    def state(self, node: int) -> int:
        return self._states[node]

    def successors(self, node: int) -> Sequence[int]:
        return self._targets[self._starts[node] : self._starts[node + 1]]

    def postponed(self, node: int) -> int:
        return self._tableau.choices[self._choices[node]][1]


def shortest_path(
    arena: Arena,
    starts: Sequence[int],
    is_goal: Callable[[int], bool],
    is_step: Callable[[int, int], bool] | None = None,
    goal_step: Callable[[int, int], bool] | None = None,
) -> list[int] | None:
    """The nodes of a shortest way from one of ``starts``, itself included, to a goal, by steps that ``is_step``
    allows; None if there is none.

    With ``goal_step`` the way ends behind the first step that this is true of, and ``is_goal`` is not asked.
    """
    before: dict[int, int] = dict.fromkeys(starts, -1)
    queue = deque(starts)

    def way(node: int) -> list[int]:
        found = [node]
        while before[found[-1]] >= 0:
            found.append(before[found[-1]])
        return found[::-1]

    if goal_step is None:
        for node in starts:
            if is_goal(node):
                return [node]
    while queue:
        node = queue.popleft()
        for successor in arena.successors(node):
            if is_step is not None and not is_step(node, successor):
                continue
            if goal_step is not None and goal_step(node, successor):
                return [*way(node), successor]
            if successor in before:
                continue
            before[successor] = node
            if goal_step is None and is_goal(successor):
                return way(successor)
            queue.append(successor)
    return None
