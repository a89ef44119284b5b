"""Pieces of a report for people: tables, names, places, and values cut to what a person takes in at a glance."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from tlatrace.location import Location

VALUE_WIDTH_MAX = 160
"""What a person takes in at a glance; ``--format json`` has longer values."""

NAMES_SHOWN_MAX = 12


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
