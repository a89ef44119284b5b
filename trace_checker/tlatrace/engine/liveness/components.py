"""Cycles that satisfy conditions on what happens for ever: strongly connected components (Tarjan), and in them the
search for one that is fair.

Conditions are of three kinds. *Persistent*: from some moment on, every state and step satisfies it; it cuts the arena
down. *Recurrent*: some state or step satisfies it again and again. *Response*: if its trigger holds of states again and
again, so does its action of steps; a component that has triggers and no action is searched again without the triggers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from tlatrace.engine.liveness.arena import Arena
from tlatrace.engine.liveness.predicates import OnState, OnStep


@dataclass(frozen=True, slots=True)
class Recurrent:
    """``on_state`` of some state, or ``on_step`` of some step, again and again; None: never."""

    on_state: OnState | None
    on_step: OnStep | None


@dataclass(frozen=True, slots=True)
class Response:
    """If ``trigger`` again and again, then ``on_step`` again and again."""

    trigger: OnState
    on_step: OnStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All of these must hold of a cycle."""

    persistent_states: tuple[OnState, ...] = ()
    persistent_steps: tuple[OnStep, ...] = ()
    recurrent: tuple[Recurrent, ...] = ()
    responses: tuple[Response, ...] = ()


class CycleSearch:
    """The search for a component of ``arena`` that satisfies ``conditions``."""

    def __init__(self, arena: Arena, conditions: Conditions) -> None:
        self._arena = arena
        self._conditions = conditions

    def find(self) -> frozenset[int] | None:
        """The component with the node nearest to the initial ones, or None where no cycle satisfies the conditions."""
        best: frozenset[int] | None = None
        best_node = self._arena.count
        pending: list[Collection[int] | None] = [None]
        while pending:
            within = pending.pop()
            for component in strong_components(self._nodes(within), self.following(within)):
                if min(component) >= best_node:
                    continue
                members = frozenset(component)
                if not self._is_cycle(members):
                    continue
                rest = self._without_unanswered(members)
                if rest is None:
                    best, best_node = members, min(component)
                elif rest:
                    pending.append(rest)
        return best

    def is_step(self, node: int, successor: int) -> bool:
        """Whether the persistent conditions allow the step."""
        steps = self._conditions.persistent_steps
        if not steps:
            return True
        before, after = self._arena.state(node), self._arena.state(successor)
        return all(holds(before, after) for holds in steps)

    def following(self, within: Collection[int] | None) -> Callable[[int], Sequence[int]]:
        """Where one step leads, inside ``within`` and by the steps that are allowed."""
        successors = self._arena.successors
        if within is None:
            if not self._conditions.persistent_states and not self._conditions.persistent_steps:
                return successors
            is_node = self._is_node
            return lambda node: [n for n in successors(node) if is_node(n) and self.is_step(node, n)]
        return lambda node: [n for n in successors(node) if n in within and self.is_step(node, n)]

    def _nodes(self, within: Collection[int] | None) -> Iterator[int]:
        if within is not None:
            return iter(sorted(within))
        return (node for node in range(self._arena.count) if self._is_node(node))

    def _is_node(self, node: int) -> bool:
        state = self._arena.state(node)
        return all(holds(state) for holds in self._conditions.persistent_states)

    def _is_cycle(self, members: frozenset[int]) -> bool:
        """Whether there is a cycle, and one on which all promises are kept and all recurrent conditions recur."""
        following = self.following(members)
        if len(members) == 1:
            (node,) = members
            if node not in following(node):
                return False
        if self._arena.promise_count:
            postponed = (1 << self._arena.promise_count) - 1
            for node in members:
                postponed &= self._arena.postponed(node)
                if not postponed:
                    break
            if postponed:
                return False
        return all(self._recurs(each, members) for each in self._conditions.recurrent)

    def _recurs(self, condition: Recurrent, members: frozenset[int]) -> bool:
        # Steps first: the state predicate is mostly ENABLED, which costs more.
        if condition.on_step is not None and self._happens(condition.on_step, members):
            return True
        state, on_state = self._arena.state, condition.on_state
        return on_state is not None and any(on_state(state(node)) for node in members)

    def _happens(self, on_step: OnStep, members: frozenset[int]) -> bool:
        state, following = self._arena.state, self.following(members)
        return any(on_step(state(node), state(after)) for node in members for after in following(node))

    def _without_unanswered(self, members: frozenset[int]) -> frozenset[int] | None:
        """The members without the triggers of responses that never come; None where every response comes."""
        state = self._arena.state
        rest = members
        for response in self._conditions.responses:
            triggers = {node for node in members if response.trigger(state(node))}
            if triggers and not self._happens(response.on_step, members):
                rest -= triggers
        return None if rest is members else rest


def strong_components(nodes: Iterator[int], following: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """The strongly connected components of what is reachable from ``nodes`` (Tarjan's algorithm, without recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    for root in nodes:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        way: list[tuple[int, Iterator[int]]] = [(root, iter(following(root)))]
        while way:
            node, rest = way[-1]
            for successor in rest:
                if successor not in order:
                    order[successor] = low[successor] = len(order)
                    stack.append(successor)
                    on_stack.add(successor)
                    way.append((successor, iter(following(successor))))
                    break
                if successor in on_stack and order[successor] < low[node]:
                    low[node] = order[successor]
            else:
                way.pop()
                if way and low[node] < low[way[-1][0]]:
                    low[way[-1][0]] = low[node]
                if low[node] == order[node]:
                    component: list[int] = []
                    while True:
                        member = stack.pop()
                        on_stack.remove(member)
                        component.append(member)
                        if member == node:
                            break
                    yield component
