"""Sets given by a rule: intervals, powersets, sets of functions, records, tuples and sequences, and the infinite ones.

Membership never enumerates more than it must: ``f \\in [S -> T]`` looks at ``f``. A finite one can be enumerated in
canonical order without being built, and becomes an explicit set only to be compared, hashed or combined. The elements
of a set that a rule gives are bounded by :data:`EXPLICIT_SIZE_MAX`, which is reported when it is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import combinations, product
from math import prod
from typing import Any

from tlatrace.values.base import INT, STR, Value, is_untyped_stranger, kind_of, shown, type_name
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, builder_over, make_function
from tlatrace.values.intervals import EXPLICIT_SIZE_MAX, IntervalSet, LazySet
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.sequences import SequenceValue, make_sequence
from tlatrace.values.sets import AnySet, make_set, set_of_sorted


class PowerSet(LazySet):
    """``SUBSET base``"""

    __slots__ = ("base",)

    def __init__(self, base: AnySet) -> None:
        super().__init__()
        self.base = base

    def __contains__(self, value: Value) -> bool:
        return is_subset(value, self.base) if isinstance(value, AnySet) else _refuse_foreign(value, self)

    def identity(self) -> Hashable:
        return self.base

    def is_finite(self) -> bool:
        return self.base.is_finite()

    def cardinality(self) -> int:
        return 1 << self.base.cardinality()

    def __iter__(self) -> Iterator[Value]:
        items = tuple(self.base)
        kinds = self.base.normal().kinds  # type: ignore[attr-defined]
        for size in range(len(items) + 1):
            for chosen in combinations(items, size):
                # Model values beside other elements: the kinds differ from subset to subset.
                yield set_of_sorted(chosen, kinds) if kinds & (kinds - 1) == 0 and chosen else make_set(chosen)


class FunctionSpace(LazySet):
    """``[domain -> codomain]``"""

    __slots__ = ("codomain", "of")

    def __init__(self, domain: AnySet, codomain: AnySet) -> None:
        super().__init__()
        self.of = domain
        self.codomain = codomain

    def __contains__(self, value: Value) -> bool:
        function = value.table() if isinstance(value, LazyFunction) else value
        if not isinstance(function, (SequenceValue, FunctionValue)):
            return _refuse_foreign(value, self)
        if not same_elements(function.domain(), self.of):
            return False
        values = function if isinstance(function, SequenceValue) else function.values()
        return all(item in self.codomain for item in values)

    def identity(self) -> Hashable:
        return self.of, self.codomain

    def is_finite(self) -> bool:
        if self.of.is_empty() or self.codomain.is_empty():
            return True
        return self.of.is_finite() and self.codomain.is_finite()

    def cardinality(self) -> int:
        if self.of.is_empty():
            return 1
        if self.codomain.is_empty():
            return 0
        return int(self.codomain.cardinality() ** self.of.cardinality())

    def __iter__(self) -> Iterator[Value]:
        if self.of.is_empty():
            yield make_sequence(())
            return
        if self.codomain.is_empty():
            return
        build = builder_over(self.of)
        for values in product(_candidates(self.codomain), repeat=self.of.cardinality()):
            yield build(values)


class RecordSpace(LazySet):
    """``[a : S, b : T]``"""

    __slots__ = ("fields",)

    def __init__(self, fields: Mapping[str, AnySet]) -> None:
        super().__init__()
        self.fields = {name: fields[name] for name in sorted(fields)}

    def __contains__(self, value: Value) -> bool:
        if not isinstance(value, FunctionValue) or not value.is_record():
            if isinstance(value, SequenceValue) and not len(value):
                return not self.fields
            return _refuse_foreign(value, self)
        if len(self.fields) != len(value) or not all(map(value.has, self.fields)):
            return False
        return all(value.apply(name) in domain for name, domain in self.fields.items())

    def identity(self) -> Hashable:
        return tuple(self.fields.items())

    def is_finite(self) -> bool:
        sets = self.fields.values()
        return any(one.is_empty() for one in sets) or all(one.is_finite() for one in sets)

    def cardinality(self) -> int:
        sets = self.fields.values()
        return 0 if any(one.is_empty() for one in sets) else prod(one.cardinality() for one in sets)

    def __iter__(self) -> Iterator[Value]:
        if self.is_empty():
            return
        names = tuple(self.fields)
        for values in product(*map(_candidates, self.fields.values())):
            yield make_function(zip(names, values, strict=True))


class ProductSet(LazySet):
    """``S \\X T \\X U``: tuples of ``len(parts)`` elements."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[AnySet]) -> None:
        super().__init__()
        self.parts = tuple(parts)

    def __contains__(self, value: Value) -> bool:
        if not isinstance(value, SequenceValue):
            return _refuse_foreign(value, self)
        return len(value) == len(self.parts) and all(item in part for item, part in zip(value, self.parts, strict=True))

    def identity(self) -> Hashable:
        return self.parts

    def is_finite(self) -> bool:
        return any(part.is_empty() for part in self.parts) or all(part.is_finite() for part in self.parts)

    def cardinality(self) -> int:
        return 0 if any(part.is_empty() for part in self.parts) else prod(part.cardinality() for part in self.parts)

    def __iter__(self) -> Iterator[Value]:
        if self.is_empty():
            return iter(())
        return map(make_sequence, product(*map(_candidates, self.parts)))


class SequenceSpace(LazySet):
    """``Seq(base)``"""

    __slots__ = ("base",)

    def __init__(self, base: AnySet) -> None:
        super().__init__()
        self.base = base

    def __contains__(self, value: Value) -> bool:
        if not isinstance(value, SequenceValue):
            return _refuse_foreign(value, self)
        return all(item in self.base for item in value)

    def identity(self) -> Hashable:
        return self.base

    def is_finite(self) -> bool:
        return self.base.is_empty()

    def cardinality(self) -> int:
        return 1 if self.base.is_empty() else super().cardinality()

    def __iter__(self) -> Iterator[Value]:
        return iter((make_sequence(()),)) if self.base.is_empty() else super().__iter__()


class InfiniteSet(LazySet):
    """A set known by a test only, such as Nat, STRING or ``STRING \\ {"a"}``; ``text`` is how it prints."""

    __slots__ = ("accepts", "text")

    def __init__(self, text: str, accepts: Callable[[Value], bool]) -> None:
        super().__init__()
        self.text = text
        self.accepts = accepts

    def __contains__(self, value: Value) -> bool:
        return self.accepts(value)

    def is_finite(self) -> bool:
        return False

    def __reduce__(self) -> tuple[Any, ...]:
        if NAMED_SETS.get(self.text) is not self:
            raise EvaluationError(f"the infinite set {self.text} cannot be sent to another process")
        return NAMED_SETS.__getitem__, (self.text,)


def _typed(text: str, kind: int, test: Callable[[Any], bool] = lambda value: True) -> InfiniteSet:
    """A set of numbers or strings; a value of another kind is an error, as in TLC, except for a model value."""

    def accepts(value: Value) -> bool:
        found = kind_of(value)
        if found == kind:
            return test(value)
        if is_untyped_stranger(value):
            return False
        raise EvaluationError(f"cannot tell whether the {type_name(value)} {shown(value)} is an element of {text}")

    return InfiniteSet(text, accepts)


NATURALS = _typed("Nat", INT, lambda value: value >= 0)
INTEGERS = _typed("Int", INT)
REALS = _typed("Real", INT)
STRINGS = _typed("STRING", STR)
ANY = InfiniteSet("Any", lambda value: True)
NAMED_SETS = {one.text: one for one in (NATURALS, INTEGERS, REALS, STRINGS, ANY)}


def is_subset(left: AnySet, right: AnySet) -> bool:
    """``left \\subseteq right``, element by element unless the representations allow better."""
    if left is right:
        return True
    if isinstance(left, IntervalSet) and isinstance(right, IntervalSet):
        return left.low > left.high or (right.low <= left.low and left.high <= right.high)
    if isinstance(left, PowerSet) and isinstance(right, PowerSet):
        return is_subset(left.base, right.base)
    return all(item in right for item in left)


def same_elements(left: AnySet, right: AnySet) -> bool:
    """Equality of two sets that does not list what it can avoid listing."""
    if left is right:
        return True
    if isinstance(left, IntervalSet) and isinstance(right, IntervalSet):
        return (left.low, left.high) == (right.low, right.high) or (left.is_empty() and right.is_empty())
    if not left.is_finite() or not right.is_finite():
        return left == right
    return left.cardinality() == right.cardinality() and left == right


def _candidates(one: AnySet) -> tuple[Value, ...]:
    """The elements of a part of a product, in canonical order; an EvaluationError where there are too many."""
    listed = one.normal() if one.is_finite() and one.size_max() > EXPLICIT_SIZE_MAX else one
    return tuple(listed)


def _refuse_foreign(value: Value, where: AnySet) -> bool:
    """Membership of a value that has not the form of an element: false for a model value, an error for any other."""
    if isinstance(value, LazyFunction) and value.is_finite():
        return value.table() in where
    if is_untyped_stranger(value):
        return False
    raise EvaluationError(f"cannot tell whether the {type_name(value)} {shown(value)} is an element of {shown(where)}")
