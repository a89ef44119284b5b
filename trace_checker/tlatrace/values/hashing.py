"""Hashes that can be updated: of a sequence by appending and joining, of a set by adding and removing.

A sequence's hash is a polynomial in the hashes of its elements, modulo the Mersenne prime 2^61 - 1:
``h(s \\o t) = h(s) * BASE^Len(t) + h(t)``. A set's is the sum of its elements' scrambled hashes. Both tell TRUE from
1, which Python's own hashes do not, so that two values with equal hashes and equal Python contents are equal in TLA+.
"""

from __future__ import annotations

from collections.abc import Iterable

from tlatrace.values.base import Value

PRIME = (1 << 61) - 1
BASE = 1_113_497_590_499_960_131

_TRUE_HASH = 786_433_024_253
_FALSE_HASH = 805_306_457_011


def element_hash(value: Value) -> int:
    """The hash of an element inside another value."""
    if type(value) is bool:
        return _TRUE_HASH if value else _FALSE_HASH
    return hash(value)


def tuple_hash(items: tuple[Value, ...]) -> int:
    """Of a short tuple, all at once, at the speed of Python's own; not compatible with :func:`extend_hash`."""
    if bool in map(type, items):
        return hash((len(items), *map(element_hash, items)))
    return hash(items)


def extend_hash(start: int, items: Iterable[Value]) -> int:
    """The polynomial hash of a sequence with hash ``start`` after appending ``items``."""
    for item in items:
        start = (start * BASE + element_hash(item)) % PRIME
    return start


def join_hashes(left: int, right: int, right_length: int) -> int:
    """The hash of a concatenation."""
    return (left * pow(BASE, right_length, PRIME) + right) % PRIME


def replaced_hash(whole: int, old: Value, new: Value, elements_after: int) -> int:
    """The hash after one element was replaced; ``elements_after`` counts those behind it."""
    return (whole + (element_hash(new) - element_hash(old)) * pow(BASE, elements_after, PRIME)) % PRIME


def scrambled(value: Value) -> int:
    """One element's share in the hash of a set: far from additive, so that {1, 4} and {2, 3} differ."""
    return hash((element_hash(value), BASE))


def scrambled_pair(key: Value, value: Value) -> int:
    """One mapping's share in the hash of a function."""
    return hash((element_hash(key), element_hash(value), PRIME))
