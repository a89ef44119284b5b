"""Finite sets of explicit elements, and what all sets share.

A set of at most :data:`SMALL_SIZE_MAX` elements is a :class:`SetValue` around a frozenset; a larger one is a
:class:`LargeSet` around a persistent map, with a running hash, so that adding, removing and membership do not depend
on the size, and a union costs its smaller side. The class depends on the size alone.

A set carries the kinds of its elements, and refuses a mixture that TLC could not sort: ``{1, "a"}``, ``{1, TRUE}``.
Iteration is in canonical order; the sorted elements are computed when first asked for, from those of the set this one
was made from where they are known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from immutables import Map

from tlatrace.values.base import (
    BOOL,
    INT,
    KIND_OF,
    MODEL,
    SET,
    STR,
    Compound,
    Value,
    comparable,
    incomparable,
    is_untyped_stranger,
    kind_of,
    kinds_of,
    mixed_elements,
    shown,
)
from tlatrace.values.errors import EvaluationError
from tlatrace.values.hashing import scrambled
from tlatrace.values.order import extend_key, sort_key, sort_values
from tlatrace.values.versions import Version

SMALL_SIZE_MAX = 32

# A new version of a large set remembers at most this many changes since the version whose sorted elements are known.
PENDING_CHANGES_MAX = 64


class AnySet(Compound):
    """Any set, finite or not. Sets are equal when they have the same elements, however they are represented."""

    __slots__ = ()

    kind = SET

    def __contains__(self, value: Value) -> bool:
        """Membership; an EvaluationError where TLC refuses to compare the value with the elements."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Value]:
        """The elements in canonical order; an EvaluationError for an infinite set."""
        raise EvaluationError(f"cannot enumerate the infinite set {shown(self)}")

    def __len__(self) -> int:
        """The number of elements, where Python can express it; :meth:`cardinality` has no such limit."""
        return self.cardinality()

    def __bool__(self) -> bool:
        """A set is not a truth value; asking for one is a slip of ours, since the empty set would be false."""
        raise TypeError("a TLA+ set has no truth value; ask is_empty()")

    def is_finite(self) -> bool:
        return True

    def is_empty(self) -> bool:
        return self.is_finite() and self.cardinality() == 0

    def cardinality(self) -> int:
        raise EvaluationError(f"the set {shown(self)} is infinite and has no cardinality")

    def size_max(self) -> int:
        """A finite set has at most so many elements; told without listing them."""
        return self.cardinality()

    def unordered(self) -> Iterable[Value]:
        """The elements in any order, which can be cheaper than iterating."""
        return self

    def normal(self) -> AnySet:
        """The explicit set of the same elements, computed once; the set itself when it is infinite."""
        raise NotImplementedError

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = hash(self.normal())
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, AnySet):
            return NotImplemented
        mine, theirs = self.normal(), other.normal()
        if mine is self and theirs is other:
            return False
        return mine == theirs

    def order_key(self, out: list[Any]) -> None:
        self.normal().order_key(out)

    def __reduce__(self) -> tuple[Any, ...]:
        return make_set, (tuple(self),)


class SetValue(AnySet):
    """``{a, b, c}``. Make one with :func:`make_set`."""

    __slots__ = ("_items", "_kinds", "_sorted", "shape")

    _items: frozenset[Value]
    _kinds: int
    _sorted: tuple[Value, ...] | None

    def __init__(self, items: frozenset[Value], kinds: int) -> None:
        """For at most ``SMALL_SIZE_MAX`` items of these kinds; not checked."""
        self._items = items
        self._kinds = kinds
        self._sorted = None
        self._hash = None
        # The shape of functions over this set, kept by whoever makes them.
        self.shape: Any = None

    @property
    def kinds(self) -> int:
        """The kinds of the elements."""
        return self._kinds

    def cardinality(self) -> int:
        return len(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def is_empty(self) -> bool:
        return not self._kinds

    def __iter__(self) -> Iterator[Value]:
        return iter(self._sorted if self._sorted is not None else self.sorted())

    def sorted(self) -> tuple[Value, ...]:
        """The elements in canonical order."""
        known = self._sorted
        if known is None:
            known = self._sorted = tuple(sort_values(self._items, self._kinds))
        return known

    def unordered(self) -> Iterable[Value]:
        return self._items

    def normal(self) -> SetValue:
        return self

    def __contains__(self, value: Value) -> bool:
        if KIND_OF.get(type(value), 0) & self._kinds:
            return value in self._items
        return self._answer_stranger(value)

    def _answer_stranger(self, value: Value) -> bool:
        """Membership of a value whose kind no element has."""
        kinds = self._kinds
        if not kinds & ~MODEL or is_untyped_stranger(value):
            return False
        raise incomparable(value, next(item for item in self.unordered() if kind_of(item) != MODEL))

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = hash((self._items, self._kinds & (INT | BOOL)))
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not SetValue:
            return AnySet.__eq__(self, other) if type(other) is not LargeSet else False
        mine, theirs = self._hash, other._hash
        if (hash(self) if mine is None else mine) != (hash(other) if theirs is None else theirs):
            return False
        return self._items == other._items and self._kinds == other._kinds

    def order_key(self, out: list[Any]) -> None:
        out += (SET, len(self))
        for item in self:
            extend_key(item, out)

    def with_item(self, value: Value) -> SetValue:
        """``S \\cup {value}``"""
        if value in self._items and kind_of(value) & self._kinds:
            return self
        return _joined(self, (value,), kind_of(value))

    def without_item(self, value: Value) -> SetValue:
        """``S \\ {value}``"""
        return set_minus_items(self, (value,)) if value in self else self


class LargeSet(SetValue):
    """More than ``SMALL_SIZE_MAX`` elements: the keys of ``_map``, whatever its values."""

    __slots__ = ("_base", "_map", "_pending", "version")

    def __init__(
        self,
        items: Map[Value, Any],
        kinds: int,
        known_hash: int | None,
        base: tuple[Value, ...] | None = None,
        pending: tuple[Value, ...] = (),
        version: Version | None = None,
    ) -> None:
        """``base``: the sorted elements of an older version; ``pending``: what was added or removed since. ``version``
        says how it came out of another one.
        """
        self._map = items
        self._kinds = kinds
        self._hash = known_hash
        self._sorted = None
        self._base = base
        self._pending = pending
        self.version = Version() if version is None else version
        self.shape = None

    def cardinality(self) -> int:
        return len(self._map)

    def __len__(self) -> int:
        return len(self._map)

    def sorted(self) -> tuple[Value, ...]:
        known = self._sorted
        if known is None:
            known = self._sorted_from_base() if self._base is not None else tuple(sort_values(self._map, self._kinds))
            self._sorted, self._base, self._pending = known, None, ()
        return known

    def _sorted_from_base(self) -> tuple[Value, ...]:
        assert self._base is not None
        items, kept = self._map, list(self._base)
        natural = self._kinds in (INT, STR, BOOL)
        for item in frozenset(self._pending):
            at = bisect_left(kept, item) if natural else bisect_left(kept, sort_key(item), key=sort_key)  # type: ignore[type-var]
            was_there = at < len(kept) and kept[at] == item
            if item in items and not was_there:
                kept.insert(at, item)
            elif was_there and item not in items:
                del kept[at]
        return tuple(kept)

    def unordered(self) -> Iterable[Value]:
        return self._map.keys()

    def __contains__(self, value: Value) -> bool:
        if KIND_OF.get(type(value), 0) & self._kinds:
            return value in self._map
        return self._answer_stranger(value)

    def __hash__(self) -> int:
        return hash(self.running_hash())

    def running_hash(self) -> int:
        """The sum of the scrambled elements."""
        known = self._hash
        if known is None:
            known = self._hash = sum(map(scrambled, self._map))
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not LargeSet:
            return AnySet.__eq__(self, other) if type(other) is not SetValue else False
        if len(self._map) != len(other._map) or self.running_hash() != other.running_hash():
            return False
        theirs = other._map
        return theirs is self._map or all(map(theirs.__contains__, self._map))

    def with_item(self, value: Value) -> SetValue:
        if value in self._map and kind_of(value) & self._kinds:
            return self
        return _joined(self, (value,), kind_of(value))

    def history(self, changes: tuple[Value, ...]) -> tuple[tuple[Value, ...] | None, tuple[Value, ...]]:
        """What a version that differs by ``changes`` needs to sort itself cheaply."""
        if self._sorted is not None:
            return (self._sorted, changes) if len(changes) <= PENDING_CHANGES_MAX else (None, ())
        pending = self._pending + changes
        return (self._base, pending) if self._base is not None and len(pending) <= PENDING_CHANGES_MAX else (None, ())


def make_set(items: Iterable[Value]) -> SetValue:
    """The set of these elements; an EvaluationError when TLC could not compare them."""
    listed = items if type(items) in (tuple, list) else tuple(items)
    kinds = kinds_of(listed)
    if not comparable(kinds):
        raise mixed_elements(listed)
    return _explicit(frozenset(listed), kinds)


def set_of_sorted(items: tuple[Value, ...], kinds: int) -> SetValue:
    """The set of distinct elements of these kinds that stand in canonical order."""
    made = _explicit(frozenset(items), kinds)
    made._sorted = items
    return made


def set_of_map(items: Map[Value, Any], kinds: int) -> SetValue:
    """The set of a persistent map's keys, sharing the map when it is large."""
    return LargeSet(items, kinds, None) if len(items) > SMALL_SIZE_MAX else SetValue(frozenset(items), kinds)


def subset_of(base: SetValue, items: Iterable[Value]) -> SetValue:
    """The set of ``items``, all of which are elements of ``base``: no comparison can fail."""
    chosen = frozenset(items)
    if len(chosen) == len(base):
        return base
    return _explicit(chosen, _kinds_left(base._kinds, chosen))


def set_filter_explicit(base: SetValue, predicate: Callable[[Value], bool]) -> SetValue:
    """``{x \\in base : predicate(x)}``"""
    kept = tuple(item for item in base if predicate(item))
    if len(kept) == len(base):
        return base
    return set_of_sorted(kept, _kinds_left(base._kinds, kept))


def union_explicit(left: SetValue, right: SetValue) -> SetValue:
    """``left \\cup right``; pays for the smaller side."""
    if left is right or not right._kinds:
        return left
    if not left._kinds:
        return right
    if len(left) < len(right):
        left, right = right, left
    return _joined(left, right.unordered(), right._kinds)


def union_of_small(parts: Sequence[SetValue]) -> SetValue:
    """The union of some small sets."""
    kinds = 0
    for part in parts:
        kinds |= part._kinds
    if not comparable(kinds):
        raise mixed_elements([item for part in parts for item in part])
    return _explicit(frozenset().union(*(part._items for part in parts)), kinds)


def intersection_explicit(left: SetValue, right: SetValue) -> SetValue:
    """``left \\cap right``"""
    if left is right:
        return left
    if not left._kinds or not right._kinds:
        return EMPTY_SET
    _refuse_mixture(left, right)
    if not left._kinds & right._kinds:
        return EMPTY_SET
    if len(left) > len(right):
        left, right = right, left
    inside = right._map if type(right) is LargeSet else right._items
    return subset_of(left, (item for item in left.unordered() if item in inside))


def set_minus_explicit(left: SetValue, right: SetValue) -> SetValue:
    """``left \\ right``"""
    if left is right or not left._kinds:
        return EMPTY_SET
    if not right._kinds:
        return left
    _refuse_mixture(left, right)
    if not left._kinds & right._kinds:
        return left
    if len(right) <= len(left):
        return set_minus_items(left, right.unordered())
    inside = right._map if type(right) is LargeSet else right._items
    return subset_of(left, (item for item in left.unordered() if item not in inside))


def set_minus_items(left: SetValue, items: Iterable[Value]) -> SetValue:
    """Without these items, each of a kind that ``left`` holds or a model value."""
    if type(left) is not LargeSet:
        rest_items = left._items.difference(items)
        if len(rest_items) == len(left._items):
            return left
        return SetValue(rest_items, _kinds_left(left._kinds, rest_items)) if rest_items else EMPTY_SET
    gone = tuple(item for item in items if item in left._map)
    if not gone:
        return left
    with left._map.mutate() as changed:
        for item in gone:
            del changed[item]
        rest = changed.finish()
    kinds = _kinds_left(left._kinds, rest)
    if len(rest) <= SMALL_SIZE_MAX:
        return SetValue(frozenset(rest), kinds)
    known = None if left._hash is None else left._hash - sum(map(scrambled, gone))
    return LargeSet(rest, kinds, known, *left.history(gone), Version(left.version, gone))


def set_changes(old: SetValue, new: SetValue) -> tuple[list[Value], list[Value]]:
    """What was added to ``old``, and what removed from it, to give ``new``; in no particular order. Costs the
    difference where one was made from the other, or both from a third, a few steps ago.
    """
    if old is new:
        return [], []
    before, after = _members(old), _members(new)
    changed: Iterable[Value] | None = None
    if type(old) is LargeSet and type(new) is LargeSet:
        changed = new.version.changed_since(old.version)
    if changed is not None:
        touched = frozenset(changed)
        return [x for x in touched if x in after and x not in before], [
            x for x in touched if x in before and x not in after
        ]
    if old.kinds != new.kinds and (old.kinds | new.kinds) & BOOL:
        # TRUE and 1 are one key to Python.
        return list(after), list(before)
    return [x for x in after if x not in before], [x for x in before if x not in after]


def _members(one: SetValue) -> frozenset[Value] | Map[Value, Any]:
    return one._map if type(one) is LargeSet else one._items


def subset_explicit(left: SetValue, right: SetValue) -> bool:
    """``left \\subseteq right``"""
    if left is right or not left._kinds:
        return True
    if not right._kinds:
        return False
    _refuse_mixture(left, right)
    if len(left) > len(right) or not left._kinds & right._kinds:
        return False
    inside = right._map if type(right) is LargeSet else right._items
    return all(map(inside.__contains__, left.unordered()))


def _explicit(items: frozenset[Value], kinds: int) -> SetValue:
    if len(items) <= SMALL_SIZE_MAX:
        return SetValue(items, kinds) if kinds else EMPTY_SET
    return LargeSet(Map((item, None) for item in items), kinds, None)


def _joined(base: SetValue, items: Iterable[Value], kinds: int) -> SetValue:
    """``base`` and ``items`` of these kinds."""
    both = base._kinds | kinds
    if not comparable(both):
        raise mixed_elements((*base.unordered(), *items))
    if type(base) is not LargeSet:
        joined = base._items.union(items)
        if len(joined) == len(base._items):
            return base
        return SetValue(joined, both) if len(joined) <= SMALL_SIZE_MAX else _explicit(joined, both)
    known = base._map
    new = tuple(item for item in items if item not in known)
    if not new:
        return base
    with known.mutate() as changed:
        for item in new:
            changed[item] = None
        joined_map = changed.finish()
    running = None if base._hash is None else base._hash + sum(map(scrambled, new))
    return LargeSet(joined_map, both, running, *base.history(new), Version(base.version, new))


def _kinds_left(kinds: int, items: Iterable[Value]) -> int:
    """The kinds of what remains of a set with elements of ``kinds``."""
    if kinds & MODEL and kinds != MODEL:
        return kinds_of(tuple(items))
    return kinds if items else 0


def _refuse_mixture(left: SetValue, right: SetValue) -> None:
    if not comparable(left._kinds | right._kinds):
        raise mixed_elements((*left.unordered(), *right.unordered()))


EMPTY_SET = SetValue(frozenset(), 0)
BOOLEAN = set_of_sorted((False, True), BOOL)
