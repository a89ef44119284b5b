"""From a component to a counterexample: a way into it, and a cycle in it that satisfies every condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tlatrace.engine.liveness.arena import Arena, shortest_path
from tlatrace.engine.liveness.components import Conditions, CycleSearch


@dataclass(frozen=True, slots=True)
class Lasso:
    """Numbers of states: a way from an initial state, the last part of which, from ``states[loop_start]`` on, is gone
    through for ever. ``is_stuttering``: that part is the last state alone.
    """

    states: tuple[int, ...]
    loop_start: int

    @property
    def is_stuttering(self) -> bool:
        return self.loop_start == len(self.states) - 1


@dataclass(frozen=True, slots=True)
class _Demand:
    """What a cycle must come by: a node, or a step."""

    on_node: Callable[[int], bool] | None
    on_step: Callable[[int, int], bool] | None

    def is_met(self, cycle: list[int]) -> bool:
        if self.on_node is not None and any(map(self.on_node, cycle)):
            return True
        return self.on_step is not None and any(map(self.on_step, cycle, cycle[1:]))


def lasso(arena: Arena, search: CycleSearch, conditions: Conditions, members: frozenset[int]) -> Lasso:
    """A counterexample in a component that the search found: short, though not always the shortest there is."""
    demands = _demands(arena, conditions, members)
    following = search.following(members)

    def is_member(node: int, successor: int) -> bool:
        return successor in members and search.is_step(node, successor)

    # Staying in one state is the simplest cycle.
    alone = [
        node for node in members if node in following(node) and all(demand.is_met([node, node]) for demand in demands)
    ]
    goals = frozenset(alone) if alone else members
    prefix = shortest_path(arena, arena.initial, goals.__contains__)
    assert prefix is not None, "every node of an arena is reachable"
    entry = prefix[-1]
    cycle = [entry]
    if entry in following(entry) and alone:
        cycle.append(entry)
    else:
        for demand in demands:
            if demand.is_met(cycle):
                continue
            ways: list[list[int]] = []
            if demand.on_node is not None:
                way = shortest_path(arena, [cycle[-1]], demand.on_node, is_member)
                ways += [] if way is None else [way]
            if demand.on_step is not None:
                way = shortest_path(arena, [cycle[-1]], members.__contains__, is_member, demand.on_step)
                ways += [] if way is None else [way]
            cycle += min(ways, key=len)[1:]
        if cycle[-1] != entry or len(cycle) == 1:
            back = shortest_path(arena, [cycle[-1]], members.__contains__, is_member, lambda _, after: after == entry)
            assert back is not None, "a component is strongly connected"
            cycle += back[1:]
    return _of_states([arena.state(node) for node in prefix[:-1]], [arena.state(node) for node in cycle[:-1]])


def _demands(arena: Arena, conditions: Conditions, members: frozenset[int]) -> list[_Demand]:
    state = arena.state
    found = [
        _Demand(lambda node, bit=1 << bit: not arena.postponed(node) & bit, None)  # type: ignore[misc]
        for bit in range(arena.promise_count)
    ]
    for recurrent in conditions.recurrent:
        on_state, on_step = recurrent.on_state, recurrent.on_step
        found.append(
            _Demand(
                None if on_state is None else lambda node, holds=on_state: holds(state(node)),  # type: ignore[misc]
                None if on_step is None else lambda node, after, holds=on_step: holds(state(node), state(after)),  # type: ignore[misc]
            )
        )
    for response in conditions.responses:
        if any(response.trigger(state(node)) for node in members):
            found.append(_Demand(None, lambda node, after, holds=response.on_step: holds(state(node), state(after))))  # type: ignore[misc]
    return found


def _of_states(prefix: list[int], cycle: list[int]) -> Lasso:
    """The lasso without the steps that change nothing but the tableau's choice."""
    loop = [state for position, state in enumerate(cycle) if position == 0 or state != cycle[position - 1]]
    while len(loop) > 1 and loop[-1] == loop[0]:
        loop.pop()
    way = [state for position, state in enumerate(prefix) if position == 0 or state != prefix[position - 1]]
    while way and way[-1] == loop[0]:
        way.pop()
    return Lasso((*way, *loop), len(way))
