"""The state graph that an exploration leaves behind, for whoever asks questions of whole behaviors.

States are numbered in the order in which they were found, initial states first. An edge is a step that Next allows
between two states that the constraints allow; each is kept once. Recording it costs memory, so that it is done only
where a temporal property is to be checked or the graph is to be written to a file.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from tlatrace.compile.api import State

UNEXPANDED = -1


class StateGraph:
    """States, and for each the numbers of its successors.

    ``states`` and ``initial`` grow while the exploration runs; the successors of a state are there once it has been
    expanded. For a state that was left unexpanded (a limit, an early end) :meth:`is_expanded` is False, and no
    successors are known.
    """

    __slots__ = ("_actions", "_ends", "_starts", "_targets", "initial", "states")

    def __init__(self, states: Sequence[State], initial: list[int]) -> None:
        self.states = states
        self.initial = initial
        # Edges of state i: _targets[_starts[i] : _ends[i]]. Both are shorter than the list of states, and the start is
        # UNEXPANDED for a state whose turn has not come.
        self._starts = array("q")
        self._ends = array("q")
        self._targets = array("i")
        self._actions = array("H")

    def __len__(self) -> int:
        return len(self.states)

    def is_expanded(self, number: int) -> bool:
        """Whether the successors of the state are known."""
        return number < len(self._starts) and self._starts[number] != UNEXPANDED

    def successors(self, number: int) -> Sequence[int]:
        """The numbers of the states that one step leads to, each once, in the order in which they were found; the
        state itself is among them only if an action leads there.
        """
        if not self.is_expanded(number):
            return ()
        return self._targets[self._starts[number] : self._ends[number]]

    def actions(self, number: int) -> Sequence[int]:
        """For each of :meth:`successors`, the number of the action that led there first."""
        if not self.is_expanded(number):
            return ()
        return self._actions[self._starts[number] : self._ends[number]]

    def add(self, edges: dict[int, int], number: int | None = None) -> None:
        """The edges of a state, of the next one in their order if None: from each target to its action."""
        if number is None:
            number = len(self._starts)
        missing = number + 1 - len(self._starts)
        if missing > 0:
            self._starts.extend([UNEXPANDED] * missing)
            self._ends.extend([UNEXPANDED] * missing)
        self._starts[number] = len(self._targets)
        self._targets.extend(edges)
        self._actions.extend(edges.values())
        self._ends[number] = len(self._targets)
