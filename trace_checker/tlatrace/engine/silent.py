"""Steps that no event reports: all states that they lead to before an event is explained.

Each silent action has a budget before each event. A state is looked at again only with a budget that no earlier visit
had, so the search is exact and ends. It goes by the number of steps: a way to a state that leaves more of every budget
is shorter, and was found before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.engine.observation import Candidate, Silent
from tlatrace.engine.states import key_of

Budget = tuple[int, ...]
"""How often each of the silent actions may still be taken."""

Expand = Callable[[Candidate, State], Iterator[tuple[State, tuple[str, ...]]]]
"""The states after a candidate, and the names of the actions taken; those that break a property are left out."""


@dataclass(frozen=True, slots=True)
class Start:
    """A state that an event may be explained from, the silent actions on a way to it, and the budgets that remain."""

    state: State
    actions: frozenset[str]
    budgets: list[Budget]

    def dominates(self, budget: Budget) -> bool:
        """Whether everything that can be done here with ``budget`` can be done with what remains."""
        return any(all(a >= b for a, b in zip(known, budget, strict=True)) for known in self.budgets)


class TooManyStates(Exception):
    """Silent steps lead to more states than are allowed."""


class SilentSearch:
    """The states before one event."""

    def __init__(self, silent: Sequence[Silent], expand: Expand, states_max: int) -> None:
        self._silent = silent
        self._expand = expand
        self._states_max = states_max
        self._starts: dict[Hashable, Start] = {}
        self._cut: Silent | None = None

    def run(self, frontier: Iterable[State]) -> tuple[list[Start], Silent | None]:
        """The states of ``frontier``, then those that silent steps lead to; and a silent action whose search limit
        kept states out, if there is one.

        Raises:
            TooManyStates: there are more than ``states_max``.
        """
        full = tuple(item.at_most for item in self._silent)
        self._starts = {key_of(state): Start(state, frozenset(), [full]) for state in frontier}
        pending = [(start, full) for start in self._starts.values()]
        while pending:
            pending = [found for start, budget in pending for found in self._after(start, budget)]
        return list(self._starts.values()), self._cut

    def _after(self, start: Start, budget: Budget) -> Iterator[tuple[Start, Budget]]:
        for index, silent in enumerate(self._silent):
            is_exhausted = budget[index] == 0
            if is_exhausted and not silent.is_limit:
                continue
            left = (*budget[:index], budget[index] - 1, *budget[index + 1 :])
            for state, names in self._expand(silent.candidate, start.state):
                key = key_of(state)
                known = self._starts.get(key)
                if known is not None and known.dominates(left):
                    continue
                if is_exhausted:
                    self._cut = self._cut or silent
                    break
                if known is None:
                    known = self._starts[key] = Start(state, start.actions.union(names), [])
                    if len(self._starts) > self._states_max:
                        raise TooManyStates
                known.budgets.append(left)
                yield known, left
