"""JSON as traces hold it: strict, with the place of what is wrong.

No key may stand twice in an object (one of its values would be lost), no string may hold half a character, NaN is no
number, and what is nested too deeply is refused before anybody recurses into it.
"""

from __future__ import annotations

import json
import math
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

DIGITS_BEHIND_POINT_MAX = 400
"""With more digits, a number that is written with a point is not taken for a whole one: no emitter writes them."""

DIGITS_MAX = 4_300
"""Of a whole number, where Python has been told to read any: as many as it reads by itself."""

NESTING_MAX = 200
"""Arrays and objects inside of each other; data of a real system has a dozen levels, and readers recurse."""


class JsonMistake(Exception):
    """What was found and expected in a text, at a line and column of it (from 1).

    ``may_be_cut`` says that the text may simply have ended too early.
    """

    def __init__(self, found: str, expected: str, *, line: int = 1, column: int = 1, may_be_cut: bool = False) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.line = line
        self.column = column
        self.may_be_cut = may_be_cut


def parse_json(data: bytes, *, what: str = "this line", is_start: bool = False) -> Any:
    """The JSON that ``data`` is; at the start of a file, a byte order mark may stand before it.

    Raises:
        JsonMistake: it is not JSON.
    """
    if data.count(b"[") + data.count(b"{") > NESTING_MAX:
        _refuse_deep_nesting(data)
    try:
        parsed = _DECODER.decode(data.decode("utf-8-sig" if is_start else "utf-8"))
        if b"\\u" in data:
            # An escape can give half of a surrogate pair, which is no text and cannot be printed.
            _ENCODER.encode(parsed).encode()
    except _DuplicateKey as error:
        raise JsonMistake(f"the key {error.key!r} stands twice in one object", "each key once") from None
    except UnicodeEncodeError:
        raise JsonMistake("a string with half of a surrogate pair", "a JSON object of Unicode text") from None
    except UnicodeDecodeError as error:
        raise JsonMistake(
            "bytes that are not UTF-8", "a JSON object in UTF-8", column=error.start + 1, may_be_cut=True
        ) from None
    except json.JSONDecodeError as error:
        raise JsonMistake(
            f"{what} is not JSON ({error.msg})",
            "a JSON object",
            line=error.lineno,
            column=error.colno,
            may_be_cut=True,
        ) from None
    except _NoNumber as error:
        raise JsonMistake(f"{what} is not JSON ({error})", "a JSON object", may_be_cut=True) from None
    except ValueError:
        # Python reads no longer ones, so that nobody can keep it busy.
        raise JsonMistake(
            f"{what} has a number of more than {sys.get_int_max_str_digits() or DIGITS_MAX:,} digits",
            "shorter ones, or a text",
        ) from None
    return parsed


def parse_object(data: bytes, *, what: str = "this line", is_start: bool = False) -> dict[str, Any]:
    """As :func:`parse_json`, for an object.

    Raises:
        JsonMistake: it is not JSON, or no object.
    """
    parsed = parse_json(data, what=what, is_start=is_start)
    if not isinstance(parsed, dict):
        raise JsonMistake(f"{what} is a JSON {json_type(parsed)}", "a JSON object")
    return parsed


def json_type(value: object) -> str:
    """What JSON calls a parsed value."""
    names: dict[type, str] = {
        dict: "object",
        list: "array",
        str: "string",
        bool: "boolean",
        int: "number",
        float: "number",
    }
    return names.get(type(value), "null")


def _refuse_deep_nesting(data: bytes) -> None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(data):
        if token[0] in b"[{":
            depth += 1
            if depth > NESTING_MAX:
                before = data[: token.start()]
                raise JsonMistake(
                    f"more than {NESTING_MAX} arrays and objects inside of each other",
                    "an event that is nested less deeply",
                    line=before.count(b"\n") + 1,
                    column=token.start() - before.rfind(b"\n"),
                )
        elif token[0] in b"]}":
            depth -= 1


class _DuplicateKey(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKey(next(key for position, key in enumerate(keys) if key in keys[:position]))
    return found


def _number(text: str) -> int | float:
    """What is written with a point or an exponent; some emitters write whole numbers so."""
    number = float(text)
    if math.isinf(number):
        return _beyond_floats(text)
    if not number.is_integer():
        return number
    # What the float has lost is in the text: 0.99999999999999999999 is no whole number.
    exact = Decimal(text)
    if exact == 0:
        return 0
    exponent = exact.as_tuple().exponent
    assert isinstance(exponent, int), "not infinite"
    if number == 0 or exponent < -DIGITS_BEHIND_POINT_MAX:
        return number
    numerator, denominator = exact.as_integer_ratio()
    return numerator if denominator == 1 else number


def _beyond_floats(text: str) -> int | float:
    """What is too large for a float: the whole number that it is, if it is short enough to be written out."""
    try:
        exact = Decimal(text)
    except InvalidOperation:  # an exponent that nobody can count to
        raise ValueError(text) from None
    if exact.adjusted() >= (sys.get_int_max_str_digits() or DIGITS_MAX):
        raise ValueError(text)
    numerator, denominator = exact.as_integer_ratio()
    return numerator if denominator == 1 else math.inf


class _NoNumber(ValueError):
    """NaN, or an infinite one."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NoNumber(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_number)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]')
