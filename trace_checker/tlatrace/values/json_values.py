"""Values from JSON and back: JSON as it is, with ITF's tags where JSON is ambiguous.

Arrays are sequences, objects are records, ``{"#set": […]}``, ``{"#tup": […]}``, ``{"#map": [[k, v], …]}`` and
``{"#bigint": "n"}`` are what they say. TLA+ has no null and no floating-point numbers: they are errors, which name
the place. Model values become strings on the way out; on the way in, only a caller's ``model_values`` makes them
again. Source: the Informal Trace Format, ADR 015 of Apalache.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tlatrace.values.base import ModelValue, Value, shown
from tlatrace.values.construct import make_record
from tlatrace.values.errors import EvaluationError
from tlatrace.values.functions import FunctionValue, make_function, pairs_of
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.sequences import SequenceValue, make_sequence
from tlatrace.values.sets import AnySet, make_set

# Beyond this a reader that uses floating-point numbers loses digits.
PLAIN_INTEGER_MAX = 2**53 - 1

_DECIMAL = re.compile(r"-?[0-9]+\Z")
_NO_NULL: Any = object()


def from_json(
    data: object, *, null: Value = _NO_NULL, model_values: Mapping[str, Value] | None = None, path: str = "$"
) -> Value:
    """The value of parsed JSON. ``null`` stands for null where given; strings that ``model_values`` names are replaced.

    An :class:`EvaluationError` names the place of what cannot be a value, as a path from ``path``.
    """
    return _Reader(null, model_values or {}).read(data, path)


class _Reader:
    def __init__(self, null: Value, model_values: Mapping[str, Value]) -> None:
        self.null = null
        self.model_values = model_values

    def read(self, data: object, path: str) -> Value:
        kind = type(data)
        if kind is str:
            return self.model_values.get(data, data) if self.model_values else data  # type: ignore
        if kind is int or kind is bool:
            return data  # type: ignore[return-value]
        if kind is list:
            return make_sequence(self._items(data, path))  # type: ignore[arg-type]
        if kind is dict:
            return self._object(data, path)  # type: ignore[arg-type]
        if data is None:
            if self.null is not _NO_NULL:
                return self.null
            raise EvaluationError(f"{path}: null has no value in TLA+")
        if kind is float:
            raise EvaluationError(f"{path}: {data} is not an integer; TLA+ as TLC evaluates it has no other numbers")
        raise EvaluationError(f"{path}: a Python {kind.__name__} is not JSON")

    def _items(self, data: list[object], path: str) -> list[Value]:
        return [self.read(item, f"{path}[{at}]") for at, item in enumerate(data)]

    def _object(self, data: dict[str, object], path: str) -> Value:
        tag = next((key for key in data if type(key) is str and key.startswith("#")), None)
        if tag is None:
            return make_record({self._name(key, path): self.read(item, f"{path}.{key}") for key, item in data.items()})
        content, inside = data[tag], f'{path}["{tag}"]'
        if len(data) > 1:
            raise EvaluationError(f"{path}: {tag} must stand alone in its object, but there are {len(data)} members")
        if tag == "#bigint":
            if type(content) is not str or not _DECIMAL.match(content):
                raise EvaluationError(f"{inside}: a string of decimal digits is expected, found {content!r}")
            return int(content)
        if tag not in ("#set", "#tup", "#map"):
            raise EvaluationError(f"{path}: unknown tag {tag}; known are #bigint, #map, #set, #tup")
        if type(content) is not list:
            raise EvaluationError(f"{inside}: an array is expected, found {type(content).__name__}")
        if tag == "#map":
            return self._map(content, inside)
        items = self._items(content, inside)
        return make_set(items) if tag == "#set" else make_sequence(items)

    def _map(self, content: list[object], path: str) -> Value:
        pairs = []
        for at, pair in enumerate(content):
            if type(pair) is not list or len(pair) != 2:
                raise EvaluationError(f"{path}[{at}]: a pair of key and value is expected")
            pairs.append((self.read(pair[0], f"{path}[{at}][0]"), self.read(pair[1], f"{path}[{at}][1]")))
        made = make_function(pairs)
        if len(made) != len(pairs):
            raise EvaluationError(f"{path}: a key stands twice")
        return made

    def _name(self, key: object, path: str) -> str:
        if type(key) is not str:
            raise EvaluationError(f"{path}: the member {key!r} is not named by a string")
        return key


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
