"""The operators on sets, for explicit sets and those given by a rule alike.

Where a part is infinite the result is a set that can only be asked for membership; a finite set stays explicit
whenever that is possible (``S \\cap Nat`` is a filter).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tlatrace.values.base import Value, shown
from tlatrace.values.errors import EvaluationError
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.lazysets import InfiniteSet, is_subset
from tlatrace.values.sets import (
    EMPTY_SET,
    AnySet,
    SetValue,
    intersection_explicit,
    make_set,
    set_filter_explicit,
    set_minus_explicit,
    subset_explicit,
    union_explicit,
    union_of_small,
)


def union(left: Value, right: Value) -> AnySet:
    """``left \\cup right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return union_explicit(left, right)
    one, other = as_set(left, "\\cup"), as_set(right, "\\cup")
    if one.is_finite() and other.is_finite():
        return union_explicit(explicit(one), explicit(other))
    return InfiniteSet(f"({shown(one)} \\cup {shown(other)})", lambda value: value in one or value in other)


def intersection(left: Value, right: Value) -> AnySet:
    """``left \\cap right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return intersection_explicit(left, right)
    one, other = as_set(left, "\\cap"), as_set(right, "\\cap")
    if one.is_finite() and other.is_finite():
        return intersection_explicit(explicit(one), explicit(other))
    if one.is_finite() or other.is_finite():
        finite, infinite = (one, other) if one.is_finite() else (other, one)
        return set_filter_explicit(explicit(finite), infinite.__contains__)
    return InfiniteSet(f"({shown(one)} \\cap {shown(other)})", lambda value: value in one and value in other)


def set_minus(left: Value, right: Value) -> AnySet:
    """``left \\ right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return set_minus_explicit(left, right)
    one, other = as_set(left, "\\"), as_set(right, "\\")
    if one.is_finite():
        if other.is_finite() and not isinstance(other, IntervalSet):
            return set_minus_explicit(explicit(one), explicit(other))
        return set_filter_explicit(explicit(one), lambda value: value not in other)
    return InfiniteSet(f"({shown(one)} \\ {shown(other)})", lambda value: value in one and value not in other)


def subset(left: Value, right: Value) -> bool:
    """``left \\subseteq right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return subset_explicit(left, right)
    return is_subset(as_set(left, "\\subseteq"), as_set(right, "\\subseteq"))


def big_union(sets: Value) -> AnySet:
    """``UNION sets``"""
    parts = [as_set(one, "UNION") for one in as_set(sets, "UNION")]
    if len(parts) > 1 and all(type(part) is SetValue for part in parts):
        return union_of_small(parts)  # type: ignore[arg-type]
    result: AnySet | None = None
    for part in parts:
        result = part if result is None else union(result, part)
    return EMPTY_SET if result is None else result


def set_filter(base: Value, predicate: Callable[[Value], bool]) -> AnySet:
    """``{x \\in base : predicate(x)}``; of an infinite base only membership can be asked."""
    source = as_set(base, "a set filter")
    if isinstance(source, SetValue):
        return set_filter_explicit(source, predicate)
    if source.is_finite():
        # Filtered while it is enumerated: a powerset need not be built for that.
        return make_set(tuple(item for item in source if predicate(item)))
    return InfiniteSet(f"{{x \\in {shown(source)} : …}}", lambda value: value in source and predicate(value))


def elements(base: Value) -> Iterable[Value]:
    """The elements of a quantifier's domain, in canonical order."""
    if isinstance(base, AnySet):
        return base
    raise EvaluationError(f"cannot enumerate {shown(base)}, which is not a set")


def as_set(value: Value, operator: str) -> AnySet:
    """A value that must be a set, being an operand of ``operator``."""
    if isinstance(value, AnySet):
        return value
    raise EvaluationError(f"an operand of {operator} must be a set, but is {shown(value)}")


def explicit(finite: AnySet) -> SetValue:
    """The explicit set of a finite one; an EvaluationError for an infinite one."""
    normal = finite.normal()
    if isinstance(normal, SetValue):
        return normal
    raise EvaluationError(f"cannot enumerate the infinite set {shown(finite)}")
