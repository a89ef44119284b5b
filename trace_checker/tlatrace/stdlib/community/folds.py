"""Folds: without recursion, however large the set is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tlatrace.stdlib.module import Operator, operators
from tlatrace.values import AnySet, EvaluationError, Value, as_set, explicit, shown

Binary = Callable[[Value, Value], Value]
Unary = Callable[[Value], Value]


def fold(op: Binary, base: Value, items: Iterable[Value]) -> Value:
    """``op(x1, op(x2, … op(xn, base)))`` for the items x1 to xn."""
    result = base
    for item in reversed(tuple(items)):
        result = op(item, result)
    return result


def finite(value: Value, operator: str) -> AnySet:
    """A set that can be folded over."""
    found = as_set(value, operator)
    return found if found.is_finite() else explicit(found)


def map_then_fold_set(op: Binary, base: Value, f: Unary, pick: Unary, items: Value) -> Value:
    """``MapThenFoldSet(op, base, f, pick, items)``"""
    left = explicit(finite(items, "MapThenFoldSet"))
    picked = []
    while not left.is_empty():
        item = pick(left)
        if item not in left:
            raise EvaluationError(f"MapThenFoldSet: {shown(item)} is picked from {shown(left)}, which does not have it")
        picked.append(item)
        left = left.without_item(item)
    result = base
    for item in reversed(picked):
        result = op(f(item), result)
    return result


OPERATORS = operators(
    {}, (Operator(name="MapThenFoldSet", arity=5, function=map_then_fold_set, operator_arguments=(2, 0, 1, 1, 0)),)
)
