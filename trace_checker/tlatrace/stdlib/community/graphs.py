"""Graphs: connections by search rather than by looking at every path."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import finite
from tlatrace.stdlib.community.reachability import Successors, are_connected, reachable, simple_paths
from tlatrace.stdlib.module import operators
from tlatrace.values import AnySet, SequenceValue, Value, field, make_function, make_sequence


def simple_path(graph: Value) -> AnySet:
    """``SimplePath(graph)``"""
    return simple_paths(successors_in(graph, "SimplePath"))


def are_connected_in(start: Value, end: Value, graph: Value) -> bool:
    """``AreConnectedIn(start, end, graph)``"""
    return are_connected(successors_in(graph, "AreConnectedIn"), start, end)


def connections_in(graph: Value) -> Value:
    """``ConnectionsIn(graph)``"""
    successors = successors_in(graph, "ConnectionsIn")
    pairs: list[tuple[Value, Value]] = []
    for start in successors:
        reached = reachable(successors, start)
        pairs += [(make_sequence((start, end)), end in reached) for end in successors]
    return make_function(pairs)


def is_strongly_connected(graph: Value) -> bool:
    """``IsStronglyConnected(graph)``: some node leads to all, and all lead to it."""
    forwards = successors_in(graph, "IsStronglyConnected")
    if not forwards:
        return True
    backwards: dict[Value, list[Value]] = {node: [] for node in forwards}
    for start, ends in forwards.items():
        for end in ends:
            backwards[end].append(start)
    some = next(iter(forwards))
    return len(reachable(forwards, some)) == len(forwards) == len(reachable(backwards, some))


def successors_in(graph: Value, operator: str) -> Successors:
    """For each node those that an edge leads to; edges from or to anything that is no node are no part of a path."""
    successors: dict[Value, list[Value]] = {node: [] for node in finite(field(graph, "node"), operator)}
    for edge in finite(field(graph, "edge"), operator):
        if isinstance(edge, SequenceValue) and len(edge) == 2 and edge[0] in successors and edge[1] in successors:
            successors[edge[0]].append(edge[1])
    return successors


OPERATORS = operators(
    {
        "SimplePath": (1, simple_path),
        "AreConnectedIn": (3, are_connected_in),
        "ConnectionsIn": (1, connections_in),
        "IsStronglyConnected": (1, is_strongly_connected),
    }
)
