r"""The operators that are part of the language: logic, sets, DOMAIN.

A code generator will inline most of these; the functions here say what they mean, and serve where an operator is
handed to a higher-order one.
"""

from __future__ import annotations

from collections.abc import Callable

from tlatrace.stdlib.module import Operator, operators
from tlatrace.values import (
    BOOLEAN,
    STRINGS,
    AnySet,
    PowerSet,
    Value,
    big_union,
    boolean,
    domain,
    equal,
    intersection,
    member,
    set_minus,
    subset,
    union,
)
from tlatrace.values.algebra import as_set

Thunk = Callable[[], Value]


def different(left: Value, right: Value) -> bool:
    """``left # right``"""
    return not equal(left, right)


def not_member(value: Value, container: Value) -> bool:
    r"""``value \notin container``"""
    return not member(value, container)


def power_set(base: Value) -> AnySet:
    """``SUBSET base``"""
    return PowerSet(as_set(base, "SUBSET"))


def negation(value: Value) -> bool:
    """``~value``"""
    return not boolean(value, "the operand of ~")


def conjunction(left: Thunk, right: Thunk) -> bool:
    r"""``left /\ right``; the right side is evaluated only when the left one is true."""
    return boolean(left(), "the left side of /\\") and boolean(right(), "the right side of /\\")


def disjunction(left: Thunk, right: Thunk) -> bool:
    r"""``left \/ right``"""
    return boolean(left(), "the left side of \\/") or boolean(right(), "the right side of \\/")


def implication(left: Thunk, right: Thunk) -> bool:
    """``left => right``"""
    return not boolean(left(), "the left side of =>") or boolean(right(), "the right side of =>")


def equivalence(left: Value, right: Value) -> bool:
    """``left <=> right``"""
    return boolean(left, "the left side of <=>") is boolean(right, "the right side of <=>")


BUILTINS = operators(
    {
        "TRUE": (0, lambda: True),
        "FALSE": (0, lambda: False),
        "BOOLEAN": (0, lambda: BOOLEAN),
        "STRING": (0, lambda: STRINGS),
        "=": (2, equal),
        "#": (2, different),
        "\\in": (2, member),
        "\\notin": (2, not_member),
        "\\cup": (2, union),
        "\\cap": (2, intersection),
        "\\": (2, set_minus),
        "\\subseteq": (2, subset),
        "SUBSET": (1, power_set),
        "UNION": (1, big_union),
        "DOMAIN": (1, domain),
        "~": (1, negation),
        "<=>": (2, equivalence),
    },
    (
        Operator(name="/\\", arity=2, function=conjunction, lazy=True),
        Operator(name="\\/", arity=2, function=disjunction, lazy=True),
        Operator(name="=>", arity=2, function=implication, lazy=True),
    ),
)
