"""Sets of states, in the order in which they were found.

Python holds ``1 == True``, TLA+ does not. Inside of values they are told apart (:mod:`tlatrace.values.hashing`); the
values of the variables themselves stand in a plain tuple, which :func:`key_of` completes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from tlatrace.compile.api import State


def key_of(state: State) -> Hashable:
    """What is equal for two states if and only if they are the same state of the specification."""
    if bool in map(type, state):
        return state, tuple(type(value) is bool for value in state)
    return state


class StateSet:
    """States, each once. A single state, which is what most events leave, is not even hashed."""

    __slots__ = ("_first", "_states")

    def __init__(self, states: Iterable[State] = ()) -> None:
        self._first: State | None = None
        self._states: dict[Hashable, State] | None = None
        for state in states:
            self.add(state)

    def add(self, state: State) -> None:
        if self._states is not None:
            self._states.setdefault(key_of(state), state)
        elif self._first is None:
            self._first = state
        else:
            self._states = {key_of(self._first): self._first}
            self._states.setdefault(key_of(state), state)

    def __len__(self) -> int:
        if self._states is not None:
            return len(self._states)
        return 0 if self._first is None else 1

    def __iter__(self) -> Iterator[State]:
        if self._states is not None:
            return iter(self._states.values())
        return iter(() if self._first is None else (self._first,))
