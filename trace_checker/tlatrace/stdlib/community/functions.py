"""Functions: injections without looking at all functions, and folds without recursion."""

from __future__ import annotations

from itertools import permutations

from tlatrace.stdlib.community.folds import Binary, Unary, finite, fold
from tlatrace.stdlib.module import Operator, operators
from tlatrace.stdlib.numbers import add
from tlatrace.values import (
    AnySet,
    EvaluationError,
    Value,
    apply,
    as_set,
    boolean,
    builder_over,
    domain,
    explicit,
    function_over,
    make_set,
    tabulated,
)
from tlatrace.values.functions import pairs_of


def range_of(function: Value) -> AnySet:
    """``Range(function)``"""
    return make_set([value for _, value in pairs_of(tabulated(function, "the argument of Range"))])


def restrict_domain(function: Value, test: Unary) -> Value:
    """``RestrictDomain(function, test)``"""
    kept = [key for key in finite(domain(function), "DOMAIN") if boolean(test(key), "the test of RestrictDomain")]
    return function_over(make_set(kept), lambda key: apply(function, key))


def restrict_values(function: Value, test: Unary) -> Value:
    """``RestrictValues(function, test)``"""
    pairs = pairs_of(tabulated(function, "the first argument of RestrictValues"))
    kept = [key for key, value in pairs if boolean(test(value), "the test of RestrictValues")]
    return function_over(make_set(kept), lambda key: apply(function, key))


def is_injective(function: Value) -> bool:
    """``IsInjective(function)``"""
    table = tabulated(function, "the argument of IsInjective")
    return make_set([value for _, value in pairs_of(table)]).cardinality() == len(table)


def injection(source: Value, target: Value) -> AnySet:
    """``Injection(source, target)``"""
    keys, values = explicit(as_set(source, "Injection")), explicit(as_set(target, "Injection"))
    return make_set(tuple(map(builder_over(keys), permutations(values.sorted(), keys.cardinality()))))


def bijection(source: Value, target: Value) -> AnySet:
    """``Bijection(source, target)``"""
    keys, values = explicit(as_set(source, "Bijection")), explicit(as_set(target, "Bijection"))
    return injection(keys, values) if keys.cardinality() == values.cardinality() else make_set(())


def exists_injection(source: Value, target: Value) -> bool:
    """``ExistsInjection(source, target)``"""
    return _size(source, "ExistsInjection") <= _size(target, "ExistsInjection")


def exists_surjection(source: Value, target: Value) -> bool:
    """``ExistsSurjection(source, target)``; to the empty set there is one from the empty set only."""
    size, wanted = _size(source, "ExistsSurjection"), _size(target, "ExistsSurjection")
    return size >= wanted and (wanted > 0 or size == 0)


def exists_bijection(source: Value, target: Value) -> bool:
    """``ExistsBijection(source, target)``"""
    return _size(source, "ExistsBijection") == _size(target, "ExistsBijection")


def fold_function(op: Binary, base: Value, function: Value) -> Value:
    """``FoldFunction(op, base, function)``"""
    return fold_function_on_set(op, base, function, domain(function))


def fold_function_on_set(op: Binary, base: Value, function: Value, indices: Value) -> Value:
    """``FoldFunctionOnSet(op, base, function, indices)``"""
    keys = finite(indices, "FoldFunctionOnSet")
    return fold(op, base, [apply(function, key) for key in keys])


def sum_function(function: Value) -> Value:
    """``SumFunction(function)``"""
    return fold_function(add, 0, function)


def sum_function_on_set(function: Value, indices: Value) -> Value:
    """``SumFunctionOnSet(function, indices)``"""
    return fold_function_on_set(add, 0, function, indices)


def _size(value: Value, operator: str) -> int:
    found = as_set(value, operator)
    if not found.is_finite():
        raise EvaluationError(f"{operator} is applied to an infinite set")
    return found.cardinality()


OPERATORS = operators(
    {
        "Range": (1, range_of),
        "IsInjective": (1, is_injective),
        "Injection": (2, injection),
        "Bijection": (2, bijection),
        "ExistsInjection": (2, exists_injection),
        "ExistsSurjection": (2, exists_surjection),
        "ExistsBijection": (2, exists_bijection),
        "SumFunction": (1, sum_function),
        "SumFunctionOnSet": (2, sum_function_on_set),
    },
    (
        Operator(name="RestrictDomain", arity=2, function=restrict_domain, operator_arguments=(0, 1)),
        Operator(name="RestrictValues", arity=2, function=restrict_values, operator_arguments=(0, 1)),
        Operator(name="FoldFunction", arity=3, function=fold_function, operator_arguments=(2, 0, 0)),
        Operator(name="FoldFunctionOnSet", arity=4, function=fold_function_on_set, operator_arguments=(2, 0, 0, 0)),
    ),
)
