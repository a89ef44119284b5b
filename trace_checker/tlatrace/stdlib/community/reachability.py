"""Paths in graphs given by the successors of each node: what Graphs, UndirectedGraphs and Relation share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tlatrace.values import AnySet, Value, make_sequence, make_set

Successors = Mapping[Value, Sequence[Value]]


def reachable(successors: Successors, *starts: Value) -> set[Value]:
    """The nodes that some path leads to from one of ``starts``, those included."""
    found = set(starts)
    left = list(found)
    while left:
        for node in successors[left.pop()]:
            if node not in found:
                found.add(node)
                left.append(node)
    return found


def are_connected(successors: Successors, start: Value, end: Value) -> bool:
    """Whether a path leads from ``start`` to ``end``, both of them nodes."""
    return start in successors and end in successors and end in reachable(successors, start)


def simple_paths(successors: Successors) -> AnySet:
    """All paths of at least one node in which no node stands twice, as sequences."""
    return make_set([make_sequence(path) for path in _paths(successors)])


def _paths(successors: Successors) -> Iterator[tuple[Value, ...]]:
    left: list[tuple[Value, ...]] = [(node,) for node in successors]
    while left:
        path = left.pop()
        yield path
        left.extend((*path, node) for node in successors[path[-1]] if node not in path)
