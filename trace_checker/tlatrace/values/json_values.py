"""Values from JSON and back: JSON as it is, with ITF's tags where JSON is ambiguous.

Arrays are sequences, objects are records, ``{"#set": […]}``, ``{"#tup": […]}``, ``{"#map": [[k, v], …]}`` and
``{"#bigint": "n"}`` are what they say. TLA+ has no null and no floating-point numbers: they are errors, which name
the place. Model values become strings on the way out; on the way in, only a caller's ``model_values`` makes them
again. Source: the Informal Trace Format, ADR 015 of Apalache.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from tlatrace.values.base import ModelValue, Value, shown
from tlatrace.values.construct import record_maker
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, make_function, pairs_of
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.sequences import SequenceValue, make_sequence
from tlatrace.values.sets import AnySet, make_set

# Beyond this a reader that uses floating-point numbers loses digits.
PLAIN_INTEGER_MAX = 2**53 - 1

# Objects of a trace have few shapes, unless they are maps from names that the system makes up.
RECORD_SHAPES_MAX = 1_000

_DECIMAL = re.compile(r"-?[0-9]+\Z")
_NO_NULL: Any = object()


def from_json(
    data: object, *, null: Value = _NO_NULL, model_values: Mapping[str, Value] | None = None, path: str = "$"
) -> Value:
    """The value of parsed JSON. ``null`` stands for null where given; strings that ``model_values`` names are replaced.

    An :class:`EvaluationError` names the place of what cannot be a value, as a path from ``path``.
    """
    try:
        return _Reader(null, model_values or {}).read(data)
    except _NoValue as problem:
        raise EvaluationError(f"{path}{problem.inside}: {problem.reason}") from None


class _NoValue(Exception):
    """Something that cannot be a value. The path to it is put together on the way out, so that values cost nothing for
    it."""

    def __init__(self, reason: str, inside: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.inside = inside

    def under(self, step: str) -> _NoValue:
        return _NoValue(self.reason, step + self.inside)


@lru_cache(maxsize=RECORD_SHAPES_MAX)
def _maker(names: tuple[object, ...]) -> Callable[[tuple[Value, ...]], Value] | None:
    """What makes the record with these fields from their values; None if they are not the names of a record's
    fields."""
    fields = [name for name in names if type(name) is str and not name.startswith("#")]
    return record_maker(fields) if len(fields) == len(names) else None


class _Reader:
    __slots__ = ("model_values", "null")

    def __init__(self, null: Value, model_values: Mapping[str, Value]) -> None:
        self.null = null
        self.model_values = model_values

    def read(self, data: object) -> Value:
        kind = type(data)
        if kind is int or kind is bool:
            return data  # type: ignore[return-value]
        if kind is str:
            return self.model_values.get(data, data) if self.model_values else data  # type: ignore
        if kind is list:
            return make_sequence(self._items(data))  # type: ignore[arg-type]
        if kind is dict:
            return self._object(data)  # type: ignore[arg-type]
        if data is None:
            if self.null is not _NO_NULL:
                return self.null
            raise _NoValue("null has no value in TLA+")
        if kind is float:
            told = "a number with a fraction, too large to be shown," if math.isinf(data) else data  # type: ignore
            raise _NoValue(f"{told} is not an integer; TLA+ as TLC evaluates it has no other numbers")
        raise _NoValue(f"a Python {kind.__name__} is not JSON")

    def _items(self, data: list[object]) -> list[Value]:
        items: list[Value] = []
        try:
            for item in data:
                items.append(self.read(item))
        except _NoValue as problem:
            raise problem.under(f"[{len(items)}]") from None
        return items

    def _object(self, data: dict[str, object]) -> Value:
        make = _maker(tuple(data))
        if make is None:
            return self._tagged(data)
        values: list[Value] = []
        try:
            for item in data.values():
                values.append(self.read(item))
        except _NoValue as problem:
            raise problem.under(f".{list(data)[len(values)]}") from None
        return make(tuple(values))

    def _tagged(self, data: dict[str, object]) -> Value:
        tag = next((key for key in data if type(key) is str and key.startswith("#")), None)
        if tag is None:
            key = next(key for key in data if type(key) is not str)
            raise _NoValue(f"the member {key!r} is not named by a string")
        content, inside = data[tag], f'["{tag}"]'
        if len(data) > 1:
            raise _NoValue(f"{tag} must stand alone in its object, but there are {len(data)} members")
        if tag not in ("#bigint", "#set", "#tup", "#map"):
            raise _NoValue(f"unknown tag {tag}; known are #bigint, #map, #set, #tup")
        try:
            if tag == "#bigint":
                return _integer(content)
            if type(content) is not list:
                raise _NoValue(f"an array is expected, found {type(content).__name__}")
            if tag == "#map":
                return self._map(content)
            items = self._items(content)
        except _NoValue as problem:
            raise problem.under(inside) from None
        return make_set(items) if tag == "#set" else make_sequence(items)

    def _map(self, content: list[object]) -> Value:
        pairs: list[tuple[Value, Value]] = []
        try:
            for pair in content:
                if type(pair) is not list or len(pair) != 2:
                    raise _NoValue("a pair of key and value is expected")
                key, value = self._items(pair)
                pairs.append((key, value))
        except _NoValue as problem:
            raise problem.under(f"[{len(pairs)}]") from None
        made = make_function(pairs)
        if len(made) != len(pairs):
            raise _NoValue("a key stands twice")
        return made


def _integer(content: object) -> int:
    if type(content) is not str or not _DECIMAL.match(content):
        raise _NoValue(f"a string of decimal digits is expected, found {content!r}")
    try:
        return int(content)
    except ValueError:
        raise _NoValue(f"a number of {len(content)} digits is too large") from None


def to_json(value: Value) -> object:
    """What :func:`from_json` reads back as an equal value, except that model values become strings.

    An :class:`EvaluationError` for what is infinite.
    """
    kind = type(value)
    if kind is str or kind is bool:
        return value
    if kind is int:
        return value if abs(value) <= PLAIN_INTEGER_MAX else {"#bigint": str(value)}  # type: ignore[arg-type]
    if isinstance(value, ModelValue):
        return value.name
    if isinstance(value, LazyFunction):
        value = value.table()
    if isinstance(value, SequenceValue):
        return [to_json(item) for item in value]
    if isinstance(value, FunctionValue):
        if value.is_record() and not any(str(key).startswith("#") for key, _ in pairs_of(value)):
            return {str(key): to_json(item) for key, item in value.items()}
        return {"#map": [[to_json(key), to_json(item)] for key, item in value.items()]}
    if isinstance(value, AnySet) and value.is_finite():
        return {"#set": [to_json(item) for item in value]}
    raise EvaluationError(f"{shown(value)} is infinite and cannot be written as JSON")
