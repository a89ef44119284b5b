"""Unions, intersections and differences in which a set given by a rule takes part.

They are not listed for being asked whether something is an element: a type invariant such as
``msgs \\subseteq [type: {"1b"}, votes: SUBSET Vote] \\cup [type: {"2a"}, …]`` looks at the messages. As in
TLC, the parts are asked from left to right, and a part that decides leaves the others unasked.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice

from tlatrace.values.base import Compound, Value
from tlatrace.values.errors import EvaluationError
from tlatrace.values.intervals import EXPLICIT_SIZE_MAX, IntervalSet, LazySet
from tlatrace.values.sets import AnySet, SetValue, make_set

MET_MAX = 1 << 16
"""Elements that a union remembers at most."""


def is_given_by_rule(one: AnySet) -> bool:
    """Whether listing the set could cost more than asking it."""
    return not isinstance(one, (SetValue, IntervalSet))


def simplest(one: AnySet) -> AnySet:
    """The explicit set, where somebody has made it already."""
    if isinstance(one, LazySet) and one.explicit_if_known is not None:
        return one.explicit_if_known
    return one


def listed(items: Iterable[Value]) -> list[Value]:
    """The elements of a set, of which there may not be too many."""
    found = list(islice(items, EXPLICIT_SIZE_MAX + 1))
    if len(found) > EXPLICIT_SIZE_MAX:
        raise EvaluationError(f"a set has more than the {EXPLICIT_SIZE_MAX} elements that are ever listed")
    return found


class UnionSet(LazySet):
    """``a \\cup b``, and ``UNION {a, b, c}``."""

    __slots__ = ("_met", "parts")

    def __init__(self, parts: Iterable[AnySet]) -> None:
        super().__init__()
        self.parts = tuple(parts)
        # Elements that were found in it: a type invariant asks for the same messages in every state.
        self._met: set[Value] = set()

    def __contains__(self, value: Value) -> bool:
        # TRUE and 1 are one key of a Python set; and what was never hashed may be a set that takes long to list.
        if not isinstance(value, Compound) or getattr(value, "_hash", None) is None:
            return any(value in part for part in self.parts)
        if value in self._met:
            return True
        for part in self.parts:
            if value in part:
                if len(self._met) < MET_MAX:
                    self._met.add(value)
                return True
        return False

    def is_finite(self) -> bool:
        return all(part.is_finite() for part in self.parts)

    def is_empty(self) -> bool:
        return all(part.is_empty() for part in self.parts)

    def size_max(self) -> int:
        return sum(part.size_max() for part in self.parts)

    def cardinality(self) -> int:
        return len(self.normal()) if self.is_finite() else super().cardinality()

    def __iter__(self) -> Iterator[Value]:
        return iter(self.normal()) if self.is_finite() else super().__iter__()

    def normal(self) -> AnySet:
        # The parts say whether they can be listed: what they sum up to is only a bound.
        if self._normal is None and self.is_finite():
            self._normal = make_set(listed(item for part in self.parts for item in part))
        return self if self._normal is None else self._normal

    def identity(self) -> Hashable:
        return self.parts


class SelectedSet(LazySet):
    """The elements of ``base`` that are elements of ``other`` (an intersection) or are not (a difference)."""

    __slots__ = ("base", "is_difference", "other")

    def __init__(self, base: AnySet, other: AnySet, *, is_difference: bool) -> None:
        super().__init__()
        self.base = base
        self.other = other
        self.is_difference = is_difference

    def __contains__(self, value: Value) -> bool:
        return value in self.base and (value in self.other) is not self.is_difference

    def is_finite(self) -> bool:
        return self.base.is_finite() or (not self.is_difference and self.other.is_finite())

    def is_empty(self) -> bool:
        return self.is_finite() and next(iter(self), None) is None

    def size_max(self) -> int:
        return self.base.size_max() if self.base.is_finite() else self.other.size_max()

    def cardinality(self) -> int:
        return sum(1 for _ in self) if self.is_finite() else super().cardinality()

    def __iter__(self) -> Iterator[Value]:
        known = self.explicit_if_known
        if known is not None:
            return iter(known)
        if self.base.is_finite():
            return (item for item in self.base if (item in self.other) is not self.is_difference)
        if self.is_finite():
            return (item for item in self.other if item in self.base)
        return super().__iter__()

    def normal(self) -> AnySet:
        if self._normal is None and self.is_finite():
            self._normal = make_set(listed(self))
        return self if self._normal is None else self._normal

    def identity(self) -> Hashable:
        return self.base, self.other, self.is_difference
