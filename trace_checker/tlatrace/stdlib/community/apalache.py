"""Apalache: folds and iterations without recursion."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import Binary, Unary, finite
from tlatrace.stdlib.module import Operator, operators
from tlatrace.values import (
    Value,
    elements,
    equal,
    integer,
    make_function,
    make_sequence,
    make_set,
    sequence,
)


def fold_set(op: Binary, base: Value, items: Value) -> Value:
    """``ApaFoldSet(op, base, items)``"""
    result = base
    for item in reversed(tuple(finite(items, "ApaFoldSet"))):
        result = op(result, item)
    return result


def fold_sequence(op: Binary, base: Value, items: Value) -> Value:
    """``ApaFoldSeqLeft(op, base, items)``"""
    result = base
    for item in sequence(items, "the third argument of ApaFoldSeqLeft"):
        result = op(result, item)
    return result


def make_seq(size: Value, item: Unary) -> Value:
    """``MkSeq(size, item)``"""
    return make_sequence([item(index) for index in range(1, integer(size, "the first argument of MkSeq") + 1)])


def repeat(op: Binary, times: Value, start: Value) -> Value:
    """``Repeat(op, times, start)``"""
    result = start
    for index in range(1, integer(times, "the second argument of Repeat") + 1):
        result = op(result, index)
    return result


def set_as_function(pairs: Value) -> Value:
    """``SetAsFun(pairs)``; of two pairs with one argument the first counts, as with CHOOSE."""
    found = [sequence(pair, "an element of the argument of SetAsFun") for pair in elements(pairs)]
    keys = make_set([pair[0] for pair in found])
    return make_function([(key, next(pair[1] for pair in found if equal(pair[0], key))) for key in keys])


OPERATORS = operators(
    {"SetAsFun": (1, set_as_function)},
    (
        Operator(name="ApaFoldSet", arity=3, function=fold_set, operator_arguments=(2, 0, 0)),
        Operator(name="ApaFoldSeqLeft", arity=3, function=fold_sequence, operator_arguments=(2, 0, 0)),
        Operator(name="MkSeq", arity=2, function=make_seq, operator_arguments=(0, 1)),
        Operator(name="Repeat", arity=3, function=repeat, operator_arguments=(2, 0, 0)),
    ),
)
