"""UndirectedGraphs: components by search rather than by looking at every set of nodes."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import finite
from tlatrace.stdlib.community.reachability import Successors, are_connected, reachable, simple_paths
from tlatrace.stdlib.module import operators
from tlatrace.values import AnySet, Value, field, make_set


def simple_path(graph: Value) -> AnySet:
    """``SimplePath(graph)``"""
    return simple_paths(neighbours_in(graph, "SimplePath"))


def are_connected_in(start: Value, end: Value, graph: Value) -> bool:
    """``AreConnectedIn(start, end, graph)``"""
    return are_connected(neighbours_in(graph, "AreConnectedIn"), start, end)


def connected_components(graph: Value) -> AnySet:
    """``ConnectedComponents(graph)``"""
    return make_set([make_set(tuple(part)) for part in _components(graph, "ConnectedComponents")])


def is_strongly_connected(graph: Value) -> bool:
    """``IsStronglyConnected(graph)``: there is one component; a graph without nodes has none."""
    return len(_components(graph, "IsStronglyConnected")) == 1


def neighbours_in(graph: Value, operator: str) -> Successors:
    """For each node those that it shares an edge with; edges with anything that is no node are no part of a path."""
    neighbours: dict[Value, list[Value]] = {node: [] for node in finite(field(graph, "node"), operator)}
    for edge in finite(field(graph, "edge"), operator):
        if not isinstance(edge, AnySet):
            continue
        ends = list(finite(edge, operator))
        if 1 <= len(ends) <= 2 and all(end in neighbours for end in ends):
            neighbours[ends[0]].append(ends[-1])
            neighbours[ends[-1]].append(ends[0])
    return neighbours


def _components(graph: Value, operator: str) -> list[set[Value]]:
    neighbours = neighbours_in(graph, operator)
    seen: set[Value] = set()
    components = []
    for node in neighbours:
        if node not in seen:
            components.append(reachable(neighbours, node))
            seen |= components[-1]
    return components


OPERATORS = operators(
    {
        "SimplePath": (1, simple_path),
        "AreConnectedIn": (3, are_connected_in),
        "ConnectedComponents": (1, connected_components),
        "IsStronglyConnected": (1, is_strongly_connected),
    }
)
