"""Making functions and taking them apart: records, ``[x \\in S |-> e]``, application, DOMAIN, EXCEPT, and checks of a
type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import cast

from tlatrace.values.base import STR, Value, comparable, kind_of, shown, type_name
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import (
    SHAPED_KEYS_MAX,
    FunctionValue,
    builder_over,
    function_of_kind,
    keys_kind,
    shape_of,
)
from tlatrace.values.lazyfunctions import LazyFunction, PartialFunction
from tlatrace.values.sequences import EMPTY_SEQUENCE, SequenceValue
from tlatrace.values.sets import AnySet, SetValue

# A function over more elements than this is evaluated where it is applied, as TLC does with every function.
TABULATED_SIZE_MAX = 10_000

AnyFunction = (SequenceValue, FunctionValue, LazyFunction)


def make_record(fields: Mapping[str, Value]) -> FunctionValue | SequenceValue:
    """``[a |-> 1, b |-> 2]``; no field gives the empty function, which is the empty sequence."""
    table: dict[Value, Value] = dict(fields.items())
    return function_of_kind(table, STR if fields else 0)


def record_maker(names: Sequence[str]) -> Callable[[tuple[Value, ...]], FunctionValue | SequenceValue]:
    """What makes records with these fields from their values, given in the order of ``names``. Make once, call
    often."""
    if len(set(names)) != len(names):
        raise EvaluationError(f"a record names a field twice: {', '.join(names)}")
    if not names:
        return lambda values: EMPTY_SEQUENCE
    if len(names) > SHAPED_KEYS_MAX:
        return lambda values: make_record(dict(zip(names, values, strict=True)))
    shape = shape_of(names, STR)
    if tuple(names) == shape.keys:
        return lambda values: FunctionValue(shape, values)
    reordered = itemgetter(*(names.index(cast(str, key)) for key in shape.keys))
    return lambda values: FunctionValue(shape, reordered(values))


def function_over(domain: Value, body: Callable[[Value], Value]) -> SequenceValue | FunctionValue | LazyFunction:
    """``[x \\in domain |-> body(x)]``; a rule where the domain is infinite or vast."""
    if type(domain) is SetValue and domain.shape is not None:
        return FunctionValue(domain.shape, tuple(map(body, domain.sorted())))
    if not isinstance(domain, AnySet):
        raise EvaluationError(f"the domain of a function must be a set, but is {shown(domain)}")
    if not domain.is_finite() or domain.cardinality() > TABULATED_SIZE_MAX:
        return LazyFunction(domain, body)
    return builder_over(domain)(tuple(map(body, domain)))


def function_when_applied(
    domain: Value, body: Callable[[Value], Value], located: Callable[[EvaluationError], EvaluationError]
) -> SequenceValue | FunctionValue | LazyFunction:
    """:func:`function_over` for a function that somebody may apply without needing all of it, as TLC does: an error
    in ``body`` counts when that value, or the whole function, is asked for. ``located`` gives the error its place.
    """
    try:
        return function_over(domain, body)
    except EvaluationError as error:
        if not isinstance(domain, AnySet):
            raise
        return PartialFunction(domain, body, located(error))


def domain(function: Value) -> AnySet:
    """``DOMAIN function``"""
    if isinstance(function, AnyFunction):
        return function.domain()
    raise EvaluationError(f"DOMAIN is applied to the {type_name(function)} {shown(function)}, which is not a function")


def apply(function: Value, argument: Value) -> Value:
    """``function[argument]``"""
    if isinstance(function, AnyFunction):
        return function.apply(argument)
    raise EvaluationError(
        f"the {type_name(function)} {shown(function)} is applied to {shown(argument)}, but it is not a function"
    )


def field(record: Value, name: str) -> Value:
    """``record.name``"""
    if type(record) is FunctionValue:
        value = record.get(name)
        if value is not None:
            return value
    if not isinstance(record, AnyFunction):
        raise EvaluationError(f"the field {name} is read from the {type_name(record)} {shown(record)}, not a record")
    if not record.has(name):
        known = ", ".join(str(key) for key in record.keys()) if isinstance(record, FunctionValue) else ""  # noqa: SIM118
        raise EvaluationError(f"the record {shown(record)} has no field {name}; it has {known or 'no fields'}")
    return record.apply(name)


def except_(function: Value, path: Sequence[Value], new: Value) -> Value:
    """``[function EXCEPT ![p1][p2] = new]`` for the path p1, p2; unchanged where the path leaves a domain."""
    if not isinstance(function, AnyFunction):
        raise _not_updatable(function)
    key = path[0]
    if not function.has(key):
        refuse_incomparable_key(function, key)
        return function
    return function.replace(key, new if len(path) == 1 else except_(function.apply(key), path[1:], new))


def except_with(function: Value, path: Sequence[Value], update: Callable[[Value], Value]) -> Value:
    """``[function EXCEPT ![p1][p2] = update(@)]``"""
    if not isinstance(function, AnyFunction):
        raise _not_updatable(function)
    key = path[0]
    if not function.has(key):
        refuse_incomparable_key(function, key)
        return function
    old = function.apply(key)
    return function.replace(key, update(old) if len(path) == 1 else except_with(old, path[1:], update))


def _not_updatable(value: Value) -> EvaluationError:
    return EvaluationError(f"EXCEPT is applied to the {type_name(value)} {shown(value)}, which is not a function")


def refuse_incomparable_key(function: Value, key: Value) -> None:
    """Raise where TLC cannot even tell that ``key`` is outside the domain: ``[<<1, 2>> EXCEPT !["a"] = 1]``."""
    if isinstance(function, (SequenceValue, FunctionValue)) and not comparable(keys_kind(function) | kind_of(key)):
        raise EvaluationError(f"EXCEPT of {shown(function)} at {shown(key)}, which cannot be compared with its domain")


def boolean(value: Value, what: str) -> bool:
    """A value that must be a boolean; ``what`` names it in the error: ``the condition of IF``."""
    if value is True or value is False:
        return value
    raise EvaluationError(f"{what} must be a boolean, but is the {type_name(value)} {shown(value)}")


def integer(value: Value, what: str) -> int:
    """A value that must be an integer, which TRUE is not; ``what`` names it in the error."""
    if type(value) is int:
        return value
    raise EvaluationError(f"{what} must be an integer, but is the {type_name(value)} {shown(value)}")


def sequence(value: Value, what: str) -> SequenceValue:
    """A value that must be a sequence; ``what`` names it in the error."""
    if isinstance(value, SequenceValue):
        return value
    if isinstance(value, LazyFunction) and value.is_finite():
        table = value.table()
        if isinstance(table, SequenceValue):
            return table
    raise EvaluationError(f"{what} must be a sequence, but is the {type_name(value)} {shown(value)}")


def tabulated(value: Value, what: str) -> SequenceValue | FunctionValue:
    """A value that must be a function with a finite domain; ``what`` names it in the error."""
    if isinstance(value, (SequenceValue, FunctionValue)):
        return value
    if isinstance(value, LazyFunction):
        return value.table()
    raise EvaluationError(f"{what} must be a function, but is the {type_name(value)} {shown(value)}")
