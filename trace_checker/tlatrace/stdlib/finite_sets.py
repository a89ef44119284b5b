"""The module FiniteSets."""

from __future__ import annotations

from tlatrace.stdlib.module import StandardModule, operators
from tlatrace.values import AnySet, EvaluationError, Value, shown, type_name


def is_finite_set(value: Value) -> bool:
    """``IsFiniteSet(value)``; a value that is no set is an error, as in TLC."""
    return _as_set(value, "IsFiniteSet").is_finite()


def cardinality(value: Value) -> int:
    """``Cardinality(value)``"""
    return _as_set(value, "Cardinality").cardinality()


def _as_set(value: Value, what: str) -> AnySet:
    if isinstance(value, AnySet):
        return value
    raise EvaluationError(f"the argument of {what} must be a set, but is the {type_name(value)} {shown(value)}")


FINITE_SETS_MODULE = StandardModule(
    name="FiniteSets",
    extends=(),
    operators=operators({"IsFiniteSet": (1, is_finite_set), "Cardinality": (1, cardinality)}),
)
