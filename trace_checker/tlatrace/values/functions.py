"""Functions and records whose domain is not 1..n.

A function with at most :data:`SHAPED_KEYS_MAX` keys, all of them scalars, is a :class:`FunctionValue`: a tuple of
values and a :class:`Shape` that it shares with every other function of the same domain. The shape holds the keys in
canonical order and where each value stands, so that a record costs one tuple, EXCEPT copies that tuple, and equality
is two comparisons in C. Any other function is a :class:`LargeFunction` around a persistent map. The class depends on
the keys alone, so that equal functions are always of the same class. Keys 1..n make a :class:`SequenceValue`, never
one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from immutables import Map

from tlatrace.values.base import (
    BOOL,
    FUNCTION,
    INT,
    MODEL,
    STR,
    Compound,
    Value,
    comparable,
    kind_of,
    kinds_of,
    mixed_elements,
    same,
    shown,
)
from tlatrace.values.errors import EvaluationError
from tlatrace.values.hashing import scrambled_pair, tuple_hash
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.order import extend_key, sort_key, sort_values
from tlatrace.values.sequences import SequenceValue, make_sequence, outside_domain
from tlatrace.values.sets import (
    AnySet,
    SetValue,
    make_set,
    set_minus_items,
    set_of_map,
    set_of_sorted,
    union_explicit,
)
from tlatrace.values.versions import Version

# Beyond this, copying the tuple of values at each EXCEPT costs more than an update of the persistent map.
SHAPED_KEYS_MAX = 32

_SCALARS = MODEL | BOOL | INT | STR
_MISSING: Any = object()


class Shape:
    """The domain of a function with few scalar keys: the keys in canonical order, and the position of each."""

    __slots__ = ("_domain", "hash", "index", "is_numeric", "key_orders", "keys", "kinds")

    def __init__(self, keys: tuple[Value, ...], kinds: int) -> None:
        self.keys = keys
        self.kinds = kinds
        self.index = {key: at for at, key in enumerate(keys)}
        # Only here could Python's 1 == True find the wrong key.
        self.is_numeric = bool(kinds & (INT | BOOL))
        self.hash = hash((kinds, keys))
        self.key_orders = tuple(map(sort_key, keys))
        self._domain: SetValue | None = None

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Shape) and self.kinds == other.kinds and self.keys == other.keys)

    def domain(self) -> SetValue:
        """The set of the keys."""
        known = self._domain
        if known is None:
            known = self._domain = set_of_sorted(self.keys, self.kinds)
        return known

    def position(self, key: Value) -> int | None:
        """Where the value of ``key`` stands; None outside the domain."""
        at = self.index.get(key)
        if at is not None and self.is_numeric and kind_of(key) != kind_of(self.keys[at]):
            return None
        return at


# Shapes are shared while they are remembered; two of the same keys are equal in any case. Some kilobytes each.
SHAPES_REMEMBERED_MAX = 10_000

_shapes: dict[tuple[int, frozenset[Value]], Shape] = {}


def shape_of(keys: Iterable[Value], kinds: int) -> Shape:
    """The shape with these keys: distinct, scalars, comparable, at most ``SHAPED_KEYS_MAX``."""
    name = (kinds, frozenset(keys))
    shape = _shapes.get(name)
    if shape is None:
        if len(_shapes) >= SHAPES_REMEMBERED_MAX:
            _shapes.clear()
        shape = _shapes.setdefault(name, Shape(tuple(sort_values(name[1], kinds)), kinds))
    return shape


class FunctionValue(Compound):
    """A function with few scalar keys, most often a record. Make one with :func:`make_function` or
    :func:`make_record`."""

    __slots__ = ("_shape", "_values")

    kind = FUNCTION
    _shape: Shape
    _values: tuple[Value, ...]

    def __init__(self, shape: Shape, values: tuple[Value, ...]) -> None:
        """``values`` in the order of the shape's keys; not checked."""
        self._shape = shape
        self._values = values
        self._hash = None

    @property
    def family(self) -> str:
        return "record" if self.is_record() else "function"

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            values = self._values
            inner = tuple_hash(values) if bool in map(type, values) else values
            known = self._hash = hash((self._shape.hash, inner))
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not FunctionValue:
            return NotImplemented
        mine, theirs = self._hash, other._hash
        if (hash(self) if mine is None else mine) != (hash(other) if theirs is None else theirs):
            return False
        return self._values == other._values and self._shape == other._shape

    def __reduce__(self) -> tuple[Any, ...]:
        return make_function, (self.items(),)

    def is_record(self) -> bool:
        """Whether every key is a string; the empty record is the empty sequence."""
        return self._shape.kinds == STR

    def keys(self) -> tuple[Value, ...]:
        """The domain, in canonical order."""
        return self._shape.keys

    def values(self) -> tuple[Value, ...]:
        """The values, in the order of :meth:`keys`."""
        return self._values

    def items(self) -> tuple[tuple[Value, Value], ...]:
        """Pairs of key and value, in canonical order of the keys."""
        return tuple(zip(self.keys(), self.values(), strict=True))

    def apply(self, key: Value) -> Value:
        """``f[key]``"""
        shape = self._shape
        try:
            at = shape.index[key]
        except KeyError:
            raise outside_domain(self, key) from None
        if shape.is_numeric and shape.position(key) is None:
            raise outside_domain(self, key)
        return self._values[at]

    def get(self, key: Value) -> Value | None:
        """``f[key]``, None outside the domain."""
        shape = self._shape
        at = shape.position(key) if shape.is_numeric else shape.index.get(key)
        return None if at is None else self._values[at]

    def has(self, key: Value) -> bool:
        """``key \\in DOMAIN f``"""
        return self._shape.position(key) is not None

    def domain(self) -> AnySet:
        return self._shape.domain()

    def replace(self, key: Value, value: Value) -> FunctionValue:
        """``[f EXCEPT ![key] = value]``; the same function when the key is outside its domain."""
        shape = self._shape
        at = shape.position(key) if shape.is_numeric else shape.index.get(key)
        if at is None or self._values[at] is value:
            return self
        values = list(self._values)
        values[at] = value
        return FunctionValue(shape, tuple(values))

    def order_key(self, out: list[Any]) -> None:
        shape = self._shape
        out += (FUNCTION, len(self._values), _order_family(shape.keys))
        for key_order, value in zip(shape.key_orders, self._values, strict=True):
            out += key_order
            extend_key(value, out)


class LargeFunction(FunctionValue):
    """A function with many keys, or with keys that are not scalars: a persistent map and a running hash."""

    __slots__ = ("_domain", "_kinds", "_map", "version")

    def __init__(
        self,
        pairs: Map[Value, Value],
        kinds: int,
        known_hash: int,
        domain: SetValue | None = None,
        version: Version | None = None,
    ) -> None:
        """``known_hash`` is the sum of the scrambled pairs, ``domain`` the set of the keys where it is known already,
        ``version`` says how it came out of another one.
        """
        self._map = pairs
        self.version = Version() if version is None else version
        self._kinds = kinds
        self._hash = known_hash
        self._domain = domain

    def __len__(self) -> int:
        return len(self._map)

    def __hash__(self) -> int:
        return self._hash  # type: ignore[return-value]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not LargeFunction:
            return NotImplemented
        return self._hash == other._hash and self._kinds == other._kinds and self._map == other._map

    def is_record(self) -> bool:
        return self._kinds == STR

    def keys(self) -> tuple[Value, ...]:
        return tuple(self.domain())

    def values(self) -> tuple[Value, ...]:
        return tuple(map(self._map.__getitem__, self.domain()))

    def unordered(self) -> Iterable[tuple[Value, Value]]:
        """The pairs in no particular order, cheaper than :meth:`items`."""
        return self._map.items()

    def apply(self, key: Value) -> Value:
        value = self._map.get(key, _MISSING)
        if value is _MISSING or not self._may_hold(key):
            raise outside_domain(self, key)
        return value

    def get(self, key: Value) -> Value | None:
        return self._map.get(key) if self._may_hold(key) else None

    def has(self, key: Value) -> bool:
        return self._may_hold(key) and key in self._map

    def domain(self) -> AnySet:
        known = self._domain
        if known is None:
            known = self._domain = set_of_map(self._map, self._kinds)
        return known

    def replace(self, key: Value, value: Value) -> FunctionValue:
        old = self._map.get(key, _MISSING)
        if old is _MISSING or old is value or not self._may_hold(key):
            return self
        known = self._hash - scrambled_pair(key, old) + scrambled_pair(key, value)  # type: ignore[operator]
        version = Version(self.version, (key,))
        return LargeFunction(self._map.set(key, value), self._kinds, known, self._domain, version)

    def changed_since(self, old: LargeFunction) -> list[Value]:
        """The keys for which this function and ``old`` differ. Costs the difference where one was made from the
        other, or both from a third, a few steps ago.
        """
        mine, theirs = self._map, old._map
        changed = self.version.changed_since(old.version)
        if changed is None and self._kinds != old._kinds and (self._kinds | old._kinds) & BOOL:
            # TRUE and 1 are one key to Python.
            return [*mine, *theirs]
        keys: Iterable[Value] = {**mine, **theirs} if changed is None else frozenset(changed)
        found = []
        for key in keys:
            one, other = mine.get(key, _MISSING), theirs.get(key, _MISSING)
            if one is not other and (one is _MISSING or other is _MISSING or not same(one, other)):
                found.append(key)
        return found

    def _may_hold(self, key: Value) -> bool:
        """False where Python could take ``key`` for another value, 1 for TRUE."""
        kinds = self._kinds
        return not kinds & (INT | BOOL) or bool(kind_of(key) & kinds)

    def order_key(self, out: list[Any]) -> None:
        keys = self.keys()
        out += (FUNCTION, len(keys), _order_family(keys))
        for key in keys:
            extend_key(key, out)
            extend_key(self._map[key], out)


def make_function(pairs: Iterable[tuple[Value, Value]]) -> FunctionValue | SequenceValue:
    """The function of these pairs (or of a mapping's items); later pairs win. Keys 1..n give a sequence."""
    source = pairs.items() if hasattr(pairs, "items") else pairs
    listed = list(source)
    kinds = kinds_of([key for key, _ in listed])
    if not comparable(kinds):
        raise mixed_elements([key for key, _ in listed])
    return function_of_kind(dict(listed), kinds)


def function_of_kind(table: dict[Value, Value], kinds: int) -> FunctionValue | SequenceValue:
    """A function from a dictionary whose keys are known to be comparable and of these kinds."""
    size = len(table)
    if not size:
        return make_sequence(())
    if kinds == INT and 1 in table and size in table and all(0 < key <= size for key in table):  # type: ignore[operator]
        return make_sequence(table[index] for index in range(1, size + 1))
    if size <= SHAPED_KEYS_MAX and not kinds & ~_SCALARS:
        shape = shape_of(table, kinds)
        return FunctionValue(shape, tuple(map(table.__getitem__, shape.keys)))
    known = sum(scrambled_pair(key, value) for key, value in table.items())
    return LargeFunction(Map(table), kinds, known)


def builder_over(domain: AnySet) -> Callable[[tuple[Value, ...]], FunctionValue | SequenceValue]:
    """What makes functions over a finite domain from their values, given in canonical order of the keys."""
    if isinstance(domain, IntervalSet) and (domain.low == 1 or domain.high < domain.low):
        return make_sequence
    explicit = domain.normal()
    assert isinstance(explicit, SetValue)
    shape: Shape | None = explicit.shape
    if shape is None:
        keys, kinds = explicit.sorted(), explicit.kinds
        if not keys or (kinds == INT and keys[0] == 1 and keys[-1] == len(keys)):
            return make_sequence
        if len(keys) > SHAPED_KEYS_MAX or kinds & ~_SCALARS:
            return lambda values: function_of_kind(dict(zip(keys, values, strict=True)), kinds)
        shape = explicit.shape = shape_of(keys, kinds)
        if shape._domain is None:
            shape._domain = explicit
    return partial(FunctionValue, shape)


def merge(left: FunctionValue | SequenceValue, right: FunctionValue | SequenceValue) -> FunctionValue | SequenceValue:
    """``left @@ right``: the union of both domains; where both are defined, ``left`` decides."""
    if not len(right):
        return left
    if not len(left):
        return right
    if type(left) is LargeFunction or type(right) is LargeFunction:
        return _merge_large(left, right)
    if type(left) is FunctionValue and type(right) is FunctionValue:
        positions = [right._shape.position(key) for key in left._shape.keys]
        if None not in positions:
            values = list(right._values)
            for at, value in zip(positions, left._values, strict=True):
                values[at] = value  # type: ignore[index]
            return FunctionValue(right._shape, tuple(values))
        if len(right) <= len(left) and all(map(left.has, right._shape.keys)):
            return left
    table = dict(pairs_of(right))
    table.update(pairs_of(left))
    kinds = keys_kind(left) | keys_kind(right)
    _refuse_mixed(kinds, left, right)
    return function_of_kind(table, kinds)


def remove_keys(function: LargeFunction, keys: Iterable[Value]) -> FunctionValue | SequenceValue:
    """The function without these keys, sharing what remains."""
    pairs, known = function._map, hash_sum(function)
    gone = []
    for key in keys:
        value = pairs.get(key, _MISSING)
        if value is not _MISSING:
            pairs = pairs.delete(key)
            known -= scrambled_pair(key, value)
            gone.append(key)
    kinds = function._kinds
    if kinds & MODEL and kinds != MODEL:
        kinds = kinds_of(tuple(pairs))
    if _must_change_class(pairs, kinds):
        return function_of_kind(dict(pairs.items()), kinds)
    domain = function._domain
    rest = None if domain is None else set_minus_items(domain, gone)
    return LargeFunction(pairs, kinds, known, rest, Version(function.version, tuple(gone)))


def pairs_of(function: FunctionValue | SequenceValue) -> Iterator[tuple[Value, Value]]:
    """Key and value of any tabulated function; in no particular order for a large one."""
    if isinstance(function, SequenceValue):
        return enumerate(function, 1)
    if type(function) is LargeFunction:
        return iter(function.unordered())
    return zip(function._shape.keys, function._values, strict=True)


def keys_kind(function: FunctionValue | SequenceValue) -> int:
    """The kinds of the keys."""
    if isinstance(function, SequenceValue):
        return INT if len(function) else 0
    return function._kinds if type(function) is LargeFunction else function._shape.kinds


def hash_sum(function: LargeFunction) -> int:
    """The running hash."""
    return function._hash  # type: ignore[return-value]


def _merge_large(
    left: FunctionValue | SequenceValue, right: FunctionValue | SequenceValue
) -> FunctionValue | SequenceValue:
    """Pay for the smaller side when the larger one is a map already."""
    kinds = keys_kind(left) | keys_kind(right)
    _refuse_mixed(kinds, left, right)
    left_is_base = type(left) is LargeFunction and (type(right) is not LargeFunction or len(left) >= len(right))
    base, other = (left, right) if left_is_base else (right, left)
    pairs, known = base._map, base._hash  # type: ignore[union-attr]
    new_keys: list[Value] = []
    with pairs.mutate() as changed:
        for key, value in pairs_of(other):
            old = changed.get(key, _MISSING)
            if old is _MISSING:
                new_keys.append(key)
                known += scrambled_pair(key, value)  # type: ignore[operator]
                changed[key] = value
            elif not left_is_base:
                known += scrambled_pair(key, value) - scrambled_pair(key, old)  # type: ignore[operator]
                changed[key] = value
        merged = changed.finish()
    if _must_change_class(merged, kinds):
        return function_of_kind(dict(merged.items()), kinds)
    domain = base._domain  # type: ignore[union-attr]
    if domain is not None and new_keys:
        domain = union_explicit(domain, make_set(new_keys))
    version = Version(base.version, tuple(key for key, _ in pairs_of(other)))  # type: ignore[union-attr]
    return LargeFunction(merged, kinds, known, domain, version)  # type: ignore[arg-type]


def _must_change_class(pairs: Map[Value, Value], kinds: int) -> bool:
    """Whether these pairs belong in a sequence or a shaped function."""
    size = len(pairs)
    if size == 0 or (size <= SHAPED_KEYS_MAX and not kinds & ~_SCALARS):
        return True
    # Distinct integers are 1..n when none is below 1 and none above n.
    return kinds == INT and 1 in pairs and size in pairs and all(0 < key <= size for key in pairs)  # type: ignore[operator]


def _refuse_mixed(kinds: int, left: FunctionValue | SequenceValue, right: FunctionValue | SequenceValue) -> None:
    if not comparable(kinds):
        raise EvaluationError(f"the domains of {shown(left)} and {shown(right)} cannot be compared")


def _order_family(keys: tuple[Value, ...]) -> int:
    """Functions with as many elements as a sequence: those that start below 1 come before it, the others after."""
    return -1 if type(keys[0]) is int and keys[0] < 1 else 1
