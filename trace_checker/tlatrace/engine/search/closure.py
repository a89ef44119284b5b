"""Steps that no event reports: all states that they lead to before an event is explained.

Each silent action has a budget before each event. A node is looked at again only with a budget, or marks, that no
earlier visit had, so the search is exact and ends. It goes by the number of steps: a way to a state that leaves more of
every budget is shorter, and was found before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tlatrace.engine.observation import Silent
from tlatrace.engine.search.marks import Marks
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.states import key_of

Budget = tuple[int, ...]
"""How often each of the silent actions may still be taken."""

Expand = Callable[[Silent, Node], Iterator[Node]]
"""The nodes after a silent action."""


@dataclass(slots=True)
class _Start:
    """A state that an event may be explained from, with each budget that remains there and the marks of the ways that
    leave it.
    """

    node: Node
    marks: dict[Budget, Marks] = field(default_factory=dict)

    def knows(self, budget: Budget, marks: Marks) -> bool:
        """Whether everything that can be done here with ``budget`` and ``marks`` can be done with what is known."""
        for known, its_marks in self.marks.items():
            if all(a >= b for a, b in zip(known, budget, strict=True)) and (
                its_marks is marks or its_marks.joined(marks) == its_marks
            ):
                return True
        return False

    def add(self, budget: Budget, marks: Marks) -> Marks:
        known = self.marks.get(budget)
        joined = self.marks[budget] = marks if known is None else known.joined(marks)
        return joined

    def result(self) -> Node:
        """The node with the marks of all ways."""
        marks = None
        for each in self.marks.values():
            marks = each if marks is None else marks.joined(each)
        assert marks is not None
        self.node.marks = marks
        return self.node


class TooManyStates(Exception):
    """Silent steps lead to more states than are allowed."""


class SilentClosure:
    """The nodes before one event."""

    def __init__(self, silent: Sequence[Silent], expand: Expand, states_max: int) -> None:
        self._silent = silent
        self._expand = expand
        self._states_max = states_max
        self._starts: dict[Hashable, _Start] = {}
        self._cut: Silent | None = None

    def run(self, frontier: Iterable[Node]) -> tuple[list[Node], Silent | None]:
        """The nodes of ``frontier``, then those that silent steps lead to; and a silent action whose search limit
        kept states out, if there is one.

        Raises:
            TooManyStates: there are more than ``states_max``.
        """
        full = tuple(item.at_most for item in self._silent)
        self._starts = {}
        pending: list[tuple[Node, Budget]] = []
        for node in frontier:
            own = Node(node.state, node.marks, node.actions, node.trail, node.taken)
            self._starts[key_of(node.state)] = _Start(own, {full: node.marks})
            pending.append((own, full))
        while pending:
            pending = [found for node, budget in pending for found in self._after(node, budget)]
        return [start.result() for start in self._starts.values()], self._cut

    def _after(self, node: Node, budget: Budget) -> Iterator[tuple[Node, Budget]]:
        for index, silent in enumerate(self._silent):
            is_exhausted = budget[index] == 0
            if is_exhausted and not silent.is_limit:
                continue
            left = (*budget[:index], budget[index] - 1, *budget[index + 1 :])
            for found in self._expand(silent, node):
                key = key_of(found.state)
                known = self._starts.get(key)
                if known is not None and known.knows(left, found.marks):
                    continue
                if is_exhausted:
                    self._cut = self._cut or silent
                    break
                if known is None:
                    known = self._starts[key] = _Start(found)
                    if len(self._starts) > self._states_max:
                        raise TooManyStates
                elif found.marks.is_clean and not known.node.marks.is_clean:
                    known.node = found
                marks = known.add(left, found.marks)
                yield Node(found.state, marks, found.actions, found.trail, found.taken), left


def cut_text(silent: Silent, line: int) -> str:
    """Why states may be missing."""
    return (
        f"before the event of line {line}, more than {silent.at_most} silent steps of {silent.candidate.text} may be "
        "needed (`search_limit` in the mapping)"
    )
