"""Json: values as the community module writes and reads them.

Records, and functions that are no sequences, are objects, whose keys are the printed arguments; sequences and finite
sets are arrays, sets in canonical order; model values are strings. Read back, objects are records and arrays sequences.

TLA+ as TLC evaluates it has neither fractions nor null. As there, the fraction of a number is cut off, and what 32 bits
cannot hold keeps its last 32 bits: traces are full of time stamps that no specification looks at. A null is a model
value of this name, which is equal to nothing else (TLC has no value there, and fails when it is looked at).
"""

from __future__ import annotations

import gzip
import json
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Final

from tlatrace.stdlib.module import operators
from tlatrace.stdlib.tlc import current_run
from tlatrace.values import (
    AnySet,
    EvaluationError,
    FunctionValue,
    LazyFunction,
    ModelValue,
    SequenceValue,
    Value,
    explicit,
    make_record,
    make_sequence,
    sequence,
    shown,
    tabulated,
    to_text,
)
from tlatrace.values.functions import pairs_of

NULL: Final = ModelValue("null")

GZIP_MARK: Final = b"\x1f\x8b"

DIGITS_MAX: Final = 400
"""A number with more digits is no time stamp, and would take for ever to write out."""

Json = bool | int | str | list["Json"] | dict[str, "Json"]


def to_json_text(value: Value) -> str:
    """``ToJson(value)``"""
    return _text(plain(value))


def to_json_array(value: Value) -> str:
    """``ToJsonArray(value)``: the values of a function, or the elements of a set."""
    if isinstance(value, AnySet):
        return to_json_text(value)
    table = tabulated(value, "the argument of ToJsonArray")
    return _text([plain(item) for _, item in pairs_of(table)])


def to_json_object(value: Value) -> str:
    """``ToJsonObject(value)``"""
    return _text(_object(tabulated(value, "the argument of ToJsonObject")))


def serialize(file: Value, value: Value) -> bool:
    """``JsonSerialize(file, value)``"""
    _write(path_of(file, "JsonSerialize"), to_json_text(value))
    return True


def deserialize(file: Value) -> Value:
    """``JsonDeserialize(file)``"""
    path = path_of(file, "JsonDeserialize")
    return _parsed(read_text(path), str(path))


def serialize_lines(file: Value, values: Value) -> bool:
    """``ndJsonSerialize(file, values)``"""
    lines = [to_json_text(value) for value in sequence(values, "the second argument of ndJsonSerialize")]
    _write(path_of(file, "ndJsonSerialize"), "".join(f"{line}\n" for line in lines))
    return True


def deserialize_lines(file: Value) -> Value:
    """``ndJsonDeserialize(file)``: empty lines are skipped."""
    path = path_of(file, "ndJsonDeserialize")
    lines = enumerate(read_text(path).split("\n"), 1)
    read = [(str(path), number, _parsed(line, f"{path}:{number}")) for number, line in lines if line.strip()]
    current_run().lines.extend(read)
    return make_sequence([value for _, _, value in read])


def plain(value: Value) -> Json:
    """A value as JSON."""
    match value:
        case bool() | int() | str():
            return value
        case ModelValue():
            return value.name
        case SequenceValue():
            return [plain(item) for item in value]
        case AnySet():
            return [plain(item) for item in explicit(value)]
        case LazyFunction():
            return plain(value.table())
        case FunctionValue():
            return _object(value)
    raise EvaluationError(f"{shown(value)} cannot be written as JSON")


def path_of(file: Value, operator: str) -> Path:
    """A file that a specification names."""
    if type(file) is not str:
        raise EvaluationError(f"{operator}: the name of a file is a string, not {shown(file)}")
    return Path(file)


def _object(table: FunctionValue | SequenceValue) -> dict[str, Json]:
    return {key if type(key) is str else to_text(key): plain(item) for key, item in pairs_of(table)}


def _text(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _parsed(text: str, place: str) -> Value:
    try:
        return _value(json.loads(text, parse_float=_whole, parse_constant=_no_number))
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{place} is not JSON: {error}") from None
    except (ValueError, ArithmeticError) as error:
        raise EvaluationError(f"{place} has a number that cannot be read: {error}") from None
    except RecursionError:
        raise EvaluationError(f"{place} is nested too deep") from None


def _whole(text: str) -> int:
    number = Decimal(text)
    if number.adjusted() > DIGITS_MAX:
        raise ValueError(f"{text} is too large")
    return int(number)


def _no_number(text: str) -> int:
    raise ValueError(f"{text} is no number in JSON")


def _value(data: object) -> Value:
    if isinstance(data, (bool, str)):
        return data
    if isinstance(data, int):
        return data if -(1 << 31) <= data < 1 << 31 else (data + (1 << 31)) % (1 << 32) - (1 << 31)
    if isinstance(data, list):
        return make_sequence([_value(item) for item in data])
    if isinstance(data, dict):
        return make_record({key: _value(item) for key, item in data.items()})
    return NULL


def read_text(path: Path) -> str:
    """The text of a file, which may be compressed by gzip."""
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content.startswith(GZIP_MARK) else content).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise EvaluationError(
            f"{path}:{line} is not text in UTF-8 (byte {error.object[error.start]:#04x}); expected JSON"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise EvaluationError(f"cannot read {path}: {error}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"cannot write {path}: {error}") from None


OPERATORS = operators(
    {
        "ToJson": (1, to_json_text),
        "ToJsonArray": (1, to_json_array),
        "ToJsonObject": (1, to_json_object),
        "JsonSerialize": (2, serialize),
        "JsonDeserialize": (1, deserialize),
        "ndJsonSerialize": (2, serialize_lines),
        "ndJsonDeserialize": (1, deserialize_lines),
    }
)
