"""FiniteSetsExt: folds without recursion, subsets of a size without the others."""

from __future__ import annotations

from itertools import combinations, product

from tlatrace.stdlib.community.folds import Binary, Unary, finite, fold
from tlatrace.stdlib.module import Operator, operators
from tlatrace.stdlib.numbers import add, multiply
from tlatrace.values import (
    AnySet,
    EvaluationError,
    Value,
    as_set,
    boolean,
    explicit,
    integer,
    make_set,
    shown,
)


def fold_set(op: Binary, base: Value, items: Value) -> Value:
    """``FoldSet(op, base, items)``"""
    return fold(op, base, finite(items, "FoldSet"))


def reduce_set(op: Binary, items: Value, base: Value) -> Value:
    """``ReduceSet(op, items, base)``"""
    return fold(op, base, finite(items, "ReduceSet"))


def sum_set(items: Value) -> Value:
    """``SumSet(items)``"""
    return fold(add, 0, finite(items, "SumSet"))


def product_set(items: Value) -> Value:
    """``ProductSet(items)``"""
    return fold(multiply, 1, finite(items, "ProductSet"))


def map_then_sum_set(op: Unary, items: Value) -> Value:
    """``MapThenSumSet(op, items)``"""
    return fold(add, 0, map(op, finite(items, "MapThenSumSet")))


def quantify(items: Value, test: Unary) -> int:
    """``Quantify(items, test)``"""
    return sum(boolean(test(item), "the test of Quantify") for item in finite(items, "Quantify"))


def subsets_of_size(size: Value, items: Value) -> AnySet:
    """``kSubset(size, items)``; none where there are too few elements."""
    base = explicit(finite(items, "kSubset"))
    wanted = integer(size, "the first argument of kSubset")
    if wanted < 0:
        return make_set(())
    return make_set(tuple(map(make_set, combinations(base.sorted(), wanted))))


def maximum(items: Value) -> Value:
    """``Max(items)``"""
    found = as_set(items, "Max")
    return max(_integers(found, "Max"))


def minimum(items: Value) -> Value:
    """``Min(items)``"""
    return min(_integers(as_set(items, "Min"), "Min"))


def choices(sets: Value) -> AnySet:
    """``Choices(sets)``"""
    parts = [explicit(as_set(one, "Choices")) for one in finite(sets, "Choices")]
    return make_set(tuple(make_set(chosen) for chosen in product(*parts)))


def choose_unique(items: Value, test: Unary) -> Value:
    """``ChooseUnique(items, test)``"""
    found = [item for item in finite(items, "ChooseUnique") if boolean(test(item), "the test of ChooseUnique")]
    if len(found) != 1:
        which = "none" if not found else f"{len(found)}, such as {shown(found[0])} and {shown(found[1])}"
        raise EvaluationError(f"ChooseUnique: one element of {shown(items)} must pass the test, but {which} did")
    return found[0]


def _integers(items: AnySet, operator: str) -> list[int]:
    if items.is_finite() and items.is_empty():
        raise EvaluationError(f"{operator} is applied to the empty set")
    return [integer(item, f"an element of the argument of {operator}") for item in finite(items, operator)]


OPERATORS = operators(
    {
        "SumSet": (1, sum_set),
        "ProductSet": (1, product_set),
        "kSubset": (2, subsets_of_size),
        "Max": (1, maximum),
        "Min": (1, minimum),
        "Choices": (1, choices),
    },
    (
        Operator(name="FoldSet", arity=3, function=fold_set, operator_arguments=(2, 0, 0)),
        Operator(name="ReduceSet", arity=3, function=reduce_set, operator_arguments=(2, 0, 0)),
        Operator(name="MapThenSumSet", arity=2, function=map_then_sum_set, operator_arguments=(1, 0)),
        Operator(name="Quantify", arity=2, function=quantify, operator_arguments=(0, 1)),
        Operator(name="ChooseUnique", arity=2, function=choose_unique, operator_arguments=(0, 1)),
    ),
)
