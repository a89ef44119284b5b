"""Nodes of the search: states with what matters of the ways that lead to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.engine.search.marks import CLEAN, Marks
from tlatrace.engine.search.witness import Trail
from tlatrace.engine.states import key_of

NO_ACTIONS: tuple[str, ...] = ()


@dataclass(slots=True)
class Node:
    """A state, the marks of all ways to it, the actions on ways from the last event to it, and the trail of one way
    from the beginning (None where no witness is kept). ``taken`` is how many silent steps that way has which has the
    fewest; it is counted where silent steps are taken lazily.
    """

    state: State
    marks: Marks = CLEAN
    actions: tuple[str, ...] = NO_ACTIONS
    trail: Trail | None = None
    taken: int = 0


class Frontier:
    """Nodes, each state once (``key`` tells them apart), in the order in which they were found. The marks of a state
    that is found again are joined; a clean way, and the state that it leads to, is kept in place of one that is not. A
    single node, which is what most events leave, is not even hashed.
    """

    __slots__ = ("_first", "_key", "_nodes")

    def __init__(self, nodes: Iterable[Node] = (), key: Callable[[State], Hashable] = key_of) -> None:
        self._key = key
        self._first: Node | None = None
        self._nodes: dict[Hashable, Node] | None = None
        for node in nodes:
            self.add(node)

    def add(self, node: Node) -> bool:
        """Whether something was not known: the state, marks that it now has, or a way with fewer silent steps."""
        if self._nodes is None:
            if self._first is None:
                self._first = node
                return True
            self._nodes = {self._key(self._first.state): self._first}
        key = self._key(node.state)
        known = self._nodes.get(key)
        if known is None:
            self._nodes[key] = node
            return True
        if node.actions != known.actions:
            known.actions += tuple(name for name in node.actions if name not in known.actions)
        is_new = node.taken < known.taken
        if is_new:
            known.taken = node.taken
        if known.marks is node.marks:
            return is_new
        marks = known.marks.joined(node.marks)
        if marks == known.marks:
            return is_new
        if marks.is_clean and not known.marks.is_clean:
            # With some keys the two states differ, and the trail leads to the one that it came with.
            known.state, known.trail = node.state, node.trail
        known.marks = marks
        return True

    def nodes(self) -> Sequence[Node]:
        """All of them, in order."""
        if self._nodes is not None:
            return list(self._nodes.values())
        return () if self._first is None else (self._first,)

    def __len__(self) -> int:
        if self._nodes is not None:
            return len(self._nodes)
        return 0 if self._first is None else 1

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes())
