"""States as tuples of small numbers.

Each value that a variable has had gets a number, equal values the same one. A *code* is a state with numbers for
values: it is hashed and compared at the speed of C, all states share the numbers and the values, and what a formula
said of a state can be remembered under the numbers that it read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, overload

from tlatrace.compile.api import State
from tlatrace.values import Value

Code: TypeAlias = tuple[int, ...]


class StateStore(Sequence[State]):
    """The states that were found, by their number. ``codes`` holds them as codes."""

    __slots__ = ("_latest", "_numbers", "_values", "codes")

    def __init__(self) -> None:
        self.codes: list[Code] = []
        # Python holds 1 == True, so booleans have their numbers before any other value.
        self._values: list[Value] = [False, True]
        self._numbers: dict[Value, int] = {}
        # The two states that were asked for last: one that is expanded, and a successor.
        self._latest: tuple[Code, State, Code, State] = ((), (), (), ())

    def number(self, value: Value) -> int:
        """The number of a value."""
        if value is True:
            return 1
        if value is False:
            return 0
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self._values)
            self._values.append(value)
        return number

    def value(self, number: int) -> Value:
        """The value with this number."""
        return self._values[number]

    @property
    def value_count(self) -> int:
        """How many numbers are given."""
        return len(self._values)

    def values_from(self, first: int) -> list[Value]:
        """The values with this number and later ones."""
        return self._values[first:]

    def encode(self, state: State) -> Code:
        """The code of any state."""
        return tuple([self.number(value) for value in state])

    def decode(self, code: Code) -> State:
        """The state with this code, made of the values that were met first."""
        return tuple(map(self._values.__getitem__, code))

    def state(self, code: Code) -> State:
        """The state with this code, at once if it was one of the last two."""
        one, state, other, other_state = self._latest
        if code is one:
            return state
        if code is other:
            return other_state
        made = self.decode(code)
        self._latest = (code, made, one, state)
        return made

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> State: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[State]: ...

    def __getitem__(self, index: int | slice) -> State | Sequence[State]:
        if isinstance(index, slice):
            return [self.decode(code) for code in self.codes[index]]
        return self.decode(self.codes[index])

    def __iter__(self) -> Iterator[State]:
        return map(self.decode, self.codes)
