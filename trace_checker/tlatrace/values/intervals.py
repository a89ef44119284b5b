"""Intervals of integers, and what all sets given by a rule share.

A finite set given by a rule becomes an explicit one, once, when somebody must compare or hash it, or combine it with
another. That is bounded by :data:`EXPLICIT_SIZE_MAX`, and reaching the bound is reported.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from math import inf
from typing import Any

from tlatrace.values.base import INT, SET, Value, incomparable, is_untyped_stranger, shown
from tlatrace.values.errors import EvaluationError
from tlatrace.values.sets import EMPTY_SET, AnySet, SetValue, make_set, set_of_sorted

# A set of a million elements takes about 100 MB; TLC stops at the same number (its default maxSetSize).
EXPLICIT_SIZE_MAX = 1_000_000


class LazySet(AnySet):
    """A set that is not a list of elements; made explicit once, when somebody must have it so."""

    __slots__ = ("_normal",)

    def __init__(self) -> None:
        self._hash = None
        self._normal: SetValue | None = None

    def normal(self) -> AnySet:
        known = self._normal
        if known is None:
            if not self.is_finite():
                return self
            size = self.size_max()
            if size > EXPLICIT_SIZE_MAX:
                raise EvaluationError(
                    f"the set {shown(self)} has {size} elements, more than the {EXPLICIT_SIZE_MAX} that are ever listed"
                )
            known = self._normal = self._explicit()
        return known

    @property
    def explicit_if_known(self) -> SetValue | None:
        """The explicit set, if it has been made."""
        return self._normal

    def identity(self) -> Hashable:
        """What two infinite sets of one class must share to be known as equal."""
        return id(self)

    def __hash__(self) -> int:
        normal = self.normal()
        return hash((type(self), self.identity())) if normal is self else hash(normal)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is type(self) and not self.is_finite():
            return self.identity() == other.identity()
        return AnySet.__eq__(self, other)

    def order_key(self, out: list[Any]) -> None:
        """Infinite sets stand behind all finite ones, in the order of their texts."""
        normal = self.normal()
        if normal is self:
            out += (SET, inf, shown(self))
        else:
            normal.order_key(out)

    def _explicit(self) -> SetValue:
        return make_set(tuple(self))

    def is_empty(self) -> bool:
        return self.is_finite() and self.cardinality() == 0


class IntervalSet(LazySet):
    """``low..high``; empty when ``high < low``."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self._hash = None
        self._normal = None
        self.low = low
        self.high = high

    def __contains__(self, value: Value) -> bool:
        if type(value) is int:
            return self.low <= value <= self.high
        if self.low > self.high or is_untyped_stranger(value):
            return False
        raise incomparable(value, self.low)

    def __iter__(self) -> Iterator[Value]:
        return iter(range(self.low, self.high + 1))

    def cardinality(self) -> int:
        return max(0, self.high - self.low + 1)

    def _explicit(self) -> SetValue:
        items = tuple(range(self.low, self.high + 1))
        return set_of_sorted(items, INT) if items else EMPTY_SET
