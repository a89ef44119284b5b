"""What generated code calls, besides the values themselves.

Everything here raises :class:`~tlatrace.values.EvaluationError` without a place; :mod:`tlatrace.compile.places` adds
it from the traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NoReturn

from tlatrace.compile.bounded import overflow
from tlatrace.stdlib.tlc import primed
from tlatrace.values import (
    EvaluationError,
    FunctionValue,
    LazyFunction,
    SequenceValue,
    SetValue,
    Value,
    as_set,
    boolean,
    equal,
    field,
    make_set,
    refuse_incomparable_key,
    shown,
    type_name,
    union,
)


class Lazy:
    """A value computed when it is first asked for: a LET definition, or an argument that may never be needed."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make: Callable[[], Value] | None = make
        self._value: Value = False

    def __call__(self) -> Value:
        make = self._make
        if make is not None:
            self._value = make()
            self._make = None
        return self._value


class Constants:
    """Constant expressions, each computed when it is first read as an attribute, and kept."""

    def __init__(self) -> None:
        self.__dict__["_makers"] = {}

    def define(self, name: str, make: Callable[[], Value]) -> None:
        """``make`` computes the constant ``name``."""
        self.__dict__["_makers"][name] = make

    def __getattr__(self, name: str) -> Value:
        maker = self.__dict__["_makers"].get(name)
        if maker is None:
            raise AttributeError(name)
        value: Value = maker()
        self.__dict__[name] = value
        return value


class Unassigned:
    """The type of :data:`UNASSIGNED`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNASSIGNED"


UNASSIGNED = Unassigned()


class PartialState:
    """A state, some of whose variables have no value (yet): reading one of those is an error that names it."""

    __slots__ = ("_mark", "_names", "_values")

    def __init__(self, values: Sequence[Value | Unassigned], names: Sequence[str], mark: str) -> None:
        """``mark`` follows a name in messages: a prime or nothing."""
        self._values = values
        self._names = names
        self._mark = mark

    def __getitem__(self, index: int) -> Value:
        value = self._values[index]
        if isinstance(value, Unassigned):
            before = "it is assigned" if self._mark else "it has a value"
            raise EvaluationError(f"{self._names[index]}{self._mark} is read before {before}")
        return value

    def __iter__(self) -> Iterator[Value]:
        return (self[index] for index in range(len(self._values)))


class NoSuccessor:
    """What primed variables are read from where there is no step."""

    __slots__ = ()

    def __getitem__(self, index: int) -> NoReturn:
        raise EvaluationError("a primed expression is evaluated where there is no step")


NO_SUCCESSOR = NoSuccessor()


def fail(message: str) -> NoReturn:
    """For an expression that can never be evaluated."""
    raise EvaluationError(message)


def incomplete(what: str, names: Sequence[str]) -> NoReturn:
    """A formula was true, but did not say what these variables are."""
    raise EvaluationError(f"{what} leaves {', '.join(names)} without a value")


def no_arm() -> NoReturn:
    """A CASE without OTHER, none of whose conditions holds."""
    raise EvaluationError("CASE: no condition is true, and there is no OTHER")


def truth(value: Value, what: str) -> bool:
    """``value``, which must be a boolean."""
    if value is True or value is False:
        return value
    return boolean(value, what)


def field_of(record: Value, name: str) -> Value:
    """``record.name``. The most frequent of all operations, so it looks into the record itself."""
    if type(record) is FunctionValue:
        at = record._shape.index.get(name)
        if at is not None:
            return record._values[at]
    return field(record, name)


def old(function: Value, key: Value) -> Value | None:
    """``function[key]`` for EXCEPT; None outside the domain."""
    if type(function) is FunctionValue:
        value = function.get(key)
        if value is not None:
            return value
    if not isinstance(function, (SequenceValue, FunctionValue, LazyFunction)):
        raise EvaluationError(
            f"EXCEPT is applied to the {type_name(function)} {shown(function)}, which is not a function"
        )
    if function.has(key):
        return function.apply(key)
    refuse_incomparable_key(function, key)
    return None


def parts(value: Value, length: int) -> tuple[Value, ...]:
    """The elements of a tuple that a pattern ``<<x, y>>`` of ``length`` names takes apart."""
    if isinstance(value, LazyFunction):
        value = value.table()
    if isinstance(value, SequenceValue) and len(value) == length:
        return value.items()
    raise EvaluationError(f"a tuple of {length} elements is bound here, but the value is {shown(value)}")


def interval(low: Value, high: Value) -> range:
    """``low .. high`` for being enumerated."""
    if type(low) is int and type(high) is int:
        return range(low, high + 1)
    wrong = high if type(low) is int else low
    raise EvaluationError(f"the bounds of .. must be integers, but one is the {type_name(wrong)} {shown(wrong)}")


def among(value: Value, *items: Value) -> bool:
    """``value \\in {a, b, c}`` without the set."""
    return any(equal(value, item) for item in items)


def together(*domains: Iterable[Value]) -> Iterator[tuple[Value, ...]]:
    """All combinations for the bounds of one quantifier, the first varying fastest, as TLC enumerates them."""
    return (combination[::-1] for combination in product(*domains[::-1]))


def recursive_function(domain: Value, make: Callable[[Value], Callable[[Value], Value]]) -> LazyFunction:
    """``f[x \\in domain] == e`` where ``e`` names ``f``: ``make`` gives the body for the function itself."""
    body: list[Callable[[Value], Value]] = []
    function = LazyFunction(as_set(domain, "the domain of a function"), lambda value: body[0](value))
    body.append(make(function))
    return function


def with_item(base: Value, item: Value) -> Value:
    """``base \\cup {item}``"""
    if isinstance(base, SetValue):
        return base.with_item(item)
    return union(base, make_set((item,)))


def negative(value: Value) -> bool:
    """``~value``"""
    return not truth(value, "the operand of ~")


__all__ = [
    "NO_SUCCESSOR",
    "UNASSIGNED",
    "Constants",
    "Lazy",
    "PartialState",
    "among",
    "fail",
    "field_of",
    "incomplete",
    "interval",
    "negative",
    "no_arm",
    "old",
    "overflow",
    "parts",
    "primed",
    "recursive_function",
    "together",
    "truth",
    "with_item",
]
