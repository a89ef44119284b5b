"""Pieces of a report for people: tables, names, places, and values cut to what a person takes in at a glance.

What a report tells comes from traces and files of others. :func:`printable` is applied to it once, before anything is
laid out or painted, so that no text of theirs moves the cursor, changes the colours, or turns the line around.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from tlatrace.location import Location

VALUE_WIDTH_MAX = 160
"""What a person takes in at a glance; ``--format json`` has longer values."""

NAMES_SHOWN_MAX = 12

_Told = TypeVar("_Told")

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters but for tabs and line ends, marks that turn the direction of writing, and what is no character
(nor may stand in XML)."""


def printable(told: _Told) -> _Told:
    """``told`` (a text, or whatever holds texts: a verdict, say) with such characters written as JSON escapes them."""
    return _printable(told)  # type: ignore[no-any-return]


def _printable(told: Any) -> Any:
    if type(told) is str:
        return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", told)
    if isinstance(told, tuple):
        items = map(_printable, told)
        return tuple(items) if type(told) is tuple else type(told)(*items)
    if isinstance(told, list):
        return [_printable(item) for item in told]
    if isinstance(told, Mapping):
        return {_printable(key): _printable(value) for key, value in told.items()}
    if is_dataclass(told) and not isinstance(told, type):
        return type(told)(**{field.name: _printable(getattr(told, field.name)) for field in fields(told)})
    return told


def names_text(names: Sequence[str]) -> str:
    """The names, the first of them where there are many."""
    shown = ", ".join(names[:NAMES_SHOWN_MAX])
    more = len(names) - NAMES_SHOWN_MAX
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def table(rows: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    """Names with their values, one below the other; ``indent`` stands before the first."""
    rows = list(rows)
    width = max((len(name) for name, _ in rows), default=0)
    for position, (name, value) in enumerate(rows):
        lead = indent if position == 0 else " " * len(indent)
        yield f"{lead}{name:<{width}} = {cut(value)}"


def cut(text: str) -> str:
    """``text`` without its middle where it is long."""
    if len(text) <= VALUE_WIDTH_MAX:
        return text
    half = VALUE_WIDTH_MAX // 2
    return f"{text[:half]} … {text[-half:]}"


def place_text(location: Location | None) -> str:
    """A place, its file relative to where the reader is, if it is below."""
    if location is None:
        return ""
    here = f"{os.getcwd()}{os.sep}"
    return str(location._replace(file=location.file.removeprefix(here)))
