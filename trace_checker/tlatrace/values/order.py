"""One total order of all values, for enumeration, CHOOSE and printing.

It is TLC's where TLC has one that does not depend on the history of a run: model values first, FALSE before TRUE,
integers by size, sets by cardinality and then element by element, sequences and functions by the size of the domain,
then pair by pair, the key before its value. TLC orders strings, record fields and model values by when it first met
their names; here they stand in the order of their characters' code points. Values that TLC refuses to compare are
ordered by kind, so that the order is total. A function whose least key is 1 and which is not a sequence stands behind
all sequences of its size (TLC lets their first values decide).

The order of a value is a flat list, its *order key*, compared by Python: each part starts with its kind and its size,
so that two keys stay aligned as long as they are equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from typing import Any

from tlatrace.values.base import BOOL, INT, STR, Value, same


def extend_key(value: Value, out: list[Any]) -> None:
    """Append a value's order key to ``out``."""
    kind = type(value)
    if kind is int:
        out += (INT, value)
    elif kind is str:
        out += (STR, value)
    elif kind is bool:
        out += (BOOL, value)
    else:
        value.order_key(out)  # type: ignore[union-attr]


def sort_key(value: Value) -> tuple[Any, ...]:
    """A key for ``sorted``: ``sort_key(a) < sort_key(b)`` exactly when ``compare(a, b) < 0``."""
    out: list[Any] = []
    extend_key(value, out)
    return tuple(out)


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1; 0 exactly for equal values. Never raises for comparable or incomparable values."""
    if same(left, right):
        return 0
    return -1 if sort_key(left) < sort_key(right) else 1


def sort_values(values: Iterable[Value], kinds: int) -> list[Value]:
    """Values of these kinds (all together) in canonical order."""
    if kinds in (INT, STR, BOOL):
        return sorted(values)  # type: ignore[type-var]
    listed = list(values)
    if len(listed) > 1:
        listed.sort(key=sort_key)
    return listed


def _compare_long(left: Any, right: Any) -> int:
    at = left.first_difference(right)
    return 0 if at is None else compare(left[at], right[at])


# Stands in a key for the elements of a long sequence: compared only when kind and length are equal, and then from the
# first chunk that the two do not share.
LazyKey = cmp_to_key(_compare_long)
