"""The operators on sets, for explicit sets and those given by a rule alike.

Where a part is given by a rule the result is one that is asked rather than listed (:mod:`tlatrace.values.combined`); a
finite set stays explicit whenever that is possible (``S \\cap Nat`` is a filter).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tlatrace.values.base import Value, shown
from tlatrace.values.combined import SelectedSet, UnionSet, is_given_by_rule, simplest
from tlatrace.values.errors import EvaluationError
from tlatrace.values.filtered import FilteredSet
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
    one, other = simplest(as_set(left, "\\cup")), simplest(as_set(right, "\\cup"))
    if is_given_by_rule(one) or is_given_by_rule(other):
        return UnionSet((*_parts(one), *_parts(other)))
    return union_explicit(explicit(one), explicit(other))


def intersection(left: Value, right: Value) -> AnySet:
    """``left \\cap right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return intersection_explicit(left, right)
    if isinstance(left, IntervalSet) and isinstance(right, IntervalSet):
        return IntervalSet(max(left.low, right.low), min(left.high, right.high))
    one, other = simplest(as_set(left, "\\cap")), simplest(as_set(right, "\\cap"))
    rules = is_given_by_rule(one), is_given_by_rule(other)
    if all(rules):
        return SelectedSet(one, other, is_difference=False)
    if any(rules):
        listed, rule = (other, one) if rules[0] else (one, other)
        return set_filter_explicit(explicit(listed), rule.__contains__)
    return intersection_explicit(explicit(one), explicit(other))


def set_minus(left: Value, right: Value) -> AnySet:
    """``left \\ right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return set_minus_explicit(left, right)
    one, other = simplest(as_set(left, "\\")), simplest(as_set(right, "\\"))
    if is_given_by_rule(one):
        return SelectedSet(one, other, is_difference=True)
    if isinstance(other, SetValue):
        return set_minus_explicit(explicit(one), other)
    return set_filter_explicit(explicit(one), lambda value: value not in other)


def subset(left: Value, right: Value) -> bool:
    """``left \\subseteq right``"""
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return subset_explicit(left, right)
    return is_subset(as_set(left, "\\subseteq"), as_set(right, "\\subseteq"))


def big_union(sets: Value) -> AnySet:
    """``UNION sets``"""
    return union_of(as_set(sets, "UNION"))


def union_of(sets: Iterable[Value]) -> AnySet:
    """``UNION`` of sets that need not be a set themselves: some may be equal, and none is compared with another."""
    parts = [simplest(as_set(one, "UNION")) for one in sets]
    if len(parts) == 1:
        return parts[0]
    if all(type(part) is SetValue for part in parts):
        return union_of_small(parts)  # type: ignore[arg-type]
    if any(map(is_given_by_rule, parts)):
        return UnionSet(part for one in parts for part in _parts(one))
    result: SetValue = EMPTY_SET
    for part in parts:
        result = union_explicit(result, explicit(part))
    return result


def _parts(one: AnySet) -> tuple[AnySet, ...]:
    return one.parts if isinstance(one, UnionSet) else (one,)


def set_filter(base: Value, predicate: Callable[[Value], bool]) -> AnySet:
    """``{x \\in base : predicate(x)}``; of an infinite base only membership can be asked."""
    source = as_set(base, "a set filter")
    if isinstance(source, SetValue):
        return set_filter_explicit(source, predicate)
    if source.is_finite():
        if is_given_by_rule(source):
            return FilteredSet(source, predicate)
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
