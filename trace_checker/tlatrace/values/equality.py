"""TLA+'s ``=`` and ``\\in``, refusing what TLC refuses.

Two values of different kinds are an error, except that a model value differs from everything but itself (a typed one
may only meet model values of its type and untyped ones). Unequal values are looked at once more for the error that
TLC would have met on its way to the first difference; it is not looked for among the elements of sets and the keys of
large functions, where TLC's answer depends on the order in which it happens to look.
"""

from __future__ import annotations

from tlatrace.values.base import (
    FUNCTION,
    KIND_OF,
    MODEL,
    SET,
    ModelValue,
    Value,
    comparable,
    incomparable,
    kind_of,
    shown,
)
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, keys_kind
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.sequences import LongSequence, SequenceValue
from tlatrace.values.sets import AnySet, SetValue

_SCALAR_TYPES = frozenset((int, str, bool))


def equal(left: Value, right: Value) -> bool:
    """``left = right``"""
    if left is right:
        return True
    kind = type(left)
    if kind is type(right):
        if left == right:
            return True
        if kind in _SCALAR_TYPES:
            return False
    else:
        left_kind, right_kind = kind_of(left), kind_of(right)
        if left_kind != right_kind:
            _refuse(left, right, left_kind | right_kind)
            return False
        if left == right:
            return True
    _check_difference(left, right)
    return False


def member(value: Value, container: Value) -> bool:
    """``value \\in container``"""
    if isinstance(container, AnySet):
        return container.__contains__(value)
    raise EvaluationError(f"cannot tell whether {shown(value)} is an element of {shown(container)}, which is not a set")


def _refuse(left: Value, right: Value, kinds: int) -> None:
    """Raise unless one of two values of different kinds is an untyped model value."""
    if not comparable(kinds):
        raise incomparable(left, right)
    model, other = (left, right) if type(left) is ModelValue else (right, left)
    assert type(model) is ModelValue
    if model.type_tag is not None:
        raise EvaluationError(f"cannot compare the typed model value {model.name} with {shown(other)}")


def _check_difference(left: Value, right: Value) -> None:
    """Raise if TLC could not have told two unequal values of one kind apart."""
    kind = KIND_OF[type(left)]
    if kind == FUNCTION:
        _check_functions(left, right)
    elif kind == SET:
        _check_sets(left, right)
    elif kind == MODEL:
        tags = {left.type_tag, right.type_tag} - {None}  # type: ignore[union-attr]
        if len(tags) > 1:
            raise EvaluationError(
                f"cannot compare the model values {shown(left)} and {shown(right)} of different types"
            )


def _check_functions(left: Value, right: Value) -> None:
    if isinstance(left, LazyFunction):
        left = left.table()
    if isinstance(right, LazyFunction):
        right = right.table()
    assert isinstance(left, (SequenceValue, FunctionValue))
    assert isinstance(right, (SequenceValue, FunctionValue))
    if len(left) != len(right):
        return
    if not comparable(keys_kind(left) | keys_kind(right)):
        raise EvaluationError(f"cannot compare {shown(left)} with {shown(right)}: their domains differ in kind")
    if isinstance(left, LongSequence) and isinstance(right, LongSequence):
        at = left.first_difference(right)
        assert at is not None
        equal(left[at], right[at])
    elif isinstance(left, SequenceValue) and isinstance(right, SequenceValue):
        _check_elements(left.items(), right.items())
    elif type(left) is FunctionValue and type(right) is FunctionValue and left.keys() == right.keys():
        _check_elements(left.values(), right.values())


def _check_elements(left: tuple[Value, ...], right: tuple[Value, ...]) -> None:
    for mine, theirs in zip(left, right, strict=True):
        if not equal(mine, theirs):
            return


def _check_sets(left: Value, right: Value) -> None:
    assert isinstance(left, AnySet)
    assert isinstance(right, AnySet)
    mine, theirs = left.normal(), right.normal()
    if not isinstance(mine, SetValue) or not isinstance(theirs, SetValue):
        raise EvaluationError(f"cannot compare {shown(left)} with {shown(right)}: not both are finite")
    if len(mine) == len(theirs) and not comparable(mine.kinds | theirs.kinds):
        raise EvaluationError(f"cannot compare {shown(left)} with {shown(right)}: their elements differ in kind")
