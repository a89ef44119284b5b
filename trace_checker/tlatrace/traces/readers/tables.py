"""Tables: comma- or tab-separated values under a line of names.

An event is an object with the table's columns; ``vars.term`` as a column's name puts the cell into an object ``vars``.
A cell that is empty is a field that the event does not have. Unless the option ``types`` is ``text``, a cell that is a
whole number, ``true``, ``false`` or ``null``, or JSON in ``{}`` or ``[]``, is what it says; all else is text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any

from tlatrace.location import Location
from tlatrace.traces.event import Event, TraceError
from tlatrace.traces.json_text import JsonMistake, parse_json
from tlatrace.traces.reader import ByteStream, TraceReader
from tlatrace.traces.readers.format import DIGITS_MAX, Options, Reader, Sample

TYPES = ("infer", "text")


class TableReader(TraceReader):
    """Reads one table."""

    def __init__(
        self, stream: ByteStream, name: str, *, is_live: bool = False, delimiter: str = ",", types: str = "infer"
    ) -> None:
        self._delimiter = delimiter
        self._infers = types == "infer"
        self._columns: list[list[str]] = []
        super().__init__(stream, name, is_live=is_live)

    def read_header(self) -> None:
        row = self._row()
        if row is None:
            self.fail(1, 1, "the table is empty", "a line of names, then a line for each event")
        names = [name.strip() for name in row]
        if not all(names):
            self.fail(1, 1, f"column {names.index('') + 1} has no name", "a name for each column")
        for number, name in enumerate(names):
            if name in names[:number]:
                self.fail(1, 1, f"the column {name!r} stands twice", "each column once")
        self._columns = [name.split(".") for name in names]

    def next_event(self) -> Event | None:
        while (row := self._row()) is not None:
            if not row:
                continue
            line = self.line_number
            if len(row) != len(self._columns):
                self.fail(line, 1, f"a line of {len(row)} cells", f"{len(self._columns)}, as the first line has")
            return Event(line, self._event(row, line))
        return None

    def _row(self) -> list[str] | None:
        """The next row; a cell in quotes may hold ends of lines."""
        text = ""
        while (line := self.read_line()) is not None:
            try:
                text += line.decode("utf-8-sig" if self.line_number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                self.fail(self.line_number, error.start + 1, "bytes that are not UTF-8", "a table in UTF-8")
            if text.count('"') % 2 == 0:
                break
        if not text:
            return None
        if text.count('"') % 2:
            self.fail(self.line_number, 1, "a cell whose quotes do not end", "a quote at its end")
        try:
            return next(csv.reader([text], delimiter=self._delimiter), [])
        except csv.Error as error:
            self.fail(
                self.line_number, 1, f"a line that cannot be taken apart ({error})", "cells with quotes, if need be"
            )

    def _event(self, row: list[str], line: int) -> Mapping[str, Any]:
        event: dict[str, Any] = {}
        for path, cell in zip(self._columns, row, strict=True):
            if cell == "":
                continue
            place = event
            for key in path[:-1]:
                place = place.setdefault(key, {})
                if not isinstance(place, dict):
                    self.fail(line, 1, f"{'.'.join(path)} is within a column that holds a value", "other names")
            place[path[-1]] = self._value(cell, line) if self._infers else cell
        return event

    def _value(self, cell: str, line: int) -> Any:
        text = cell.strip()
        if _NUMBER.fullmatch(text):
            if len(text) > DIGITS_MAX:
                self.fail(line, 1, f"a number of {len(text)} digits", f"at most {DIGITS_MAX} (`types: text` reads it)")
            return int(text)
        if text in _WORDS:
            return _WORDS[text]
        if text[:1] in ("{", "["):
            try:
                return parse_json(text.encode(), what="this cell")
            except JsonMistake as mistake:
                self.fail(line, 1, mistake.found, "JSON, as it starts with a bracket (`types: text` reads it as text)")
        return cell


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_WORDS = {"true": True, "false": False, "TRUE": True, "FALSE": False, "null": None}


def _open(delimiter: str, stream: ByteStream, name: str, is_live: bool, options: Options) -> TraceReader:
    types = options.get("types", "infer")
    chosen = options.get("delimiter", delimiter)
    if types not in TYPES:
        raise _refused(name, f"`types: {types}` of a table", f"one of {', '.join(TYPES)}")
    if not isinstance(chosen, str) or len(chosen) != 1:
        raise _refused(name, f"`delimiter: {chosen}` of a table", "one character")
    return TableReader(stream, name, is_live=is_live, delimiter=chosen, types=str(types))


def _refused(name: str, found: str, expected: str) -> TraceError:
    return TraceError(f"{found}; expected {expected}", location=Location(name, 1, 1, 1, 1))


def _open_csv(stream: ByteStream, name: str, is_live: bool, options: Options) -> TraceReader:
    return _open(",", stream, name, is_live, options)


def _open_tsv(stream: ByteStream, name: str, is_live: bool, options: Options) -> TraceReader:
    return _open("\t", stream, name, is_live, options)


def _names(sample: Sample, delimiter: bytes) -> bool:
    first = sample.lines[0].strip() if sample.lines else b""
    return delimiter in first and all(_COLUMN.fullmatch(cell.strip()) for cell in first.split(delimiter))


_COLUMN = re.compile(rb'"?[A-Za-z_][A-Za-z0-9_. -]*"?')

_OPTIONS = {
    "types": "infer (numbers, Booleans and JSON are what they say) or text (every cell is text)",
    "delimiter": "the character between cells",
}

CSV = Reader(
    name="csv",
    summary="comma-separated values under a line of names; an event has the columns as its fields",
    open=_open_csv,
    recognises=lambda sample: sample.has_suffix(".csv") or _names(sample, b","),
    options=_OPTIONS,
)

TSV = Reader(
    name="tsv",
    summary="tab-separated values under a line of names; an event has the columns as its fields",
    open=_open_tsv,
    recognises=lambda sample: sample.has_suffix(".tsv") or _names(sample, b"\t"),
    options=_OPTIONS,
)
