"""The state graph that an exploration leaves behind, for whoever asks questions of whole behaviors.

States are numbered in the order in which they were found, initial states first. An edge is a step that Next allows
between two states that the constraints allow; each is kept once. Recording it costs memory, so that it is done only
where a temporal property is to be checked or the graph is to be written to a file.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from tlatrace.compile.api import State


class StateGraph:
    """States, and for each the numbers of its successors.

    ``states`` and ``initial`` grow while the exploration runs; the successors of a state are there once it has been
    expanded. For a state that a limit left unexpanded :meth:`is_expanded` is False, and no successors are known.
    """

    __slots__ = ("_actions", "_starts", "_targets", "initial", "states")

    def __init__(self, states: Sequence[State], initial: list[int]) -> None:
        self.states = states
        self.initial = initial
        # Edges of state i: _targets[_starts[i] : _starts[i + 1]]. States are expanded in the order of their numbers.
        self._starts = array("q", (0,))
        self._targets = array("i")
        self._actions = array("H")

    def __len__(self) -> int:
        return len(self.states)

    def is_expanded(self, number: int) -> bool:
        """Whether the successors of the state are known."""
        return number + 1 < len(self._starts)

    def successors(self, number: int) -> Sequence[int]:
        """The numbers of the states that one step leads to, each once, in the order in which they were found; the
        state itself is among them only if an action leads there.
        """
        if not self.is_expanded(number):
            return ()
        return self._targets[self._starts[number] : self._starts[number + 1]]

    def actions(self, number: int) -> Sequence[int]:
        """For each of :meth:`successors`, the number of the action that led there first."""
        if not self.is_expanded(number):
            return ()
        return self._actions[self._starts[number] : self._starts[number + 1]]

    def add(self, edges: dict[int, int]) -> None:
        """The edges of the next state: from each target to its action."""
        self._targets.extend(edges)
        self._actions.extend(edges.values())
        self._starts.append(len(self._targets))
