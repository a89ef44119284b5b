"""What a format of traces is: a name, what its files look like, and what reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tlatrace.traces.event import TraceError
from tlatrace.traces.json_text import JsonMistake, parse_object
from tlatrace.traces.reader import ByteStream, TraceReader

Options = Mapping[str, str | int | bool | None]
"""The options of a reader, as a mapping gives them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The start of a file, by which its format is recognised: its name, its first lines as they are, and those of them
    that are, or end in, a JSON object.
    """

    name: str
    lines: tuple[bytes, ...]

    @property
    def objects(self) -> list[dict[str, Any]]:
        found = []
        for line in self.lines:
            try:
                found.append(parse_object(line[object_start(line) :]))
            except JsonMistake:
                continue
        return found

    @property
    def text(self) -> bytes:
        return b"".join(self.lines)

    def has_suffix(self, *suffixes: str) -> bool:
        """Whether the file's name ends in one of these, packed or not."""
        return self.name.removesuffix(".gz").endswith(suffixes)


Open = Callable[[ByteStream, str, bool, Options], TraceReader]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A format. ``summary`` says what its events are; ``options`` are the names of its options with what they mean;
    ``recognises`` tells its files by their first lines.
    """

    name: str
    summary: str
    open: Open
    recognises: Callable[[Sample], bool]
    options: Mapping[str, str] = field(default_factory=dict)


def plain(make: Callable[..., TraceReader]) -> Open:
    """What opens files of a format that has no options."""
    return partial(_open_plain, make)


def _open_plain(
    make: Callable[..., TraceReader], stream: ByteStream, name: str, is_live: bool, options: Options
) -> TraceReader:
    return make(stream, name, is_live=is_live)


DIGITS_MAX = 4_000
"""Of a number that is written as text; Python refuses to read those of somewhat more."""

_OBJECT = re.compile(rb'\{\s*(?="|\})')


def object_start(line: bytes) -> int:
    """The column (from 0) at which the JSON object of a log line starts; 0 if there is none."""
    found = _OBJECT.search(line)
    return 0 if found is None else found.start()


def key_reader(reader: TraceReader, *path: str, as_number: bool = False) -> Callable[[Any], Any]:
    """What gives the field of an event that its file is sorted by.

    The function raises TraceError: an event has no such field, or it cannot be sorted by.
    """

    def key(event: Any) -> Any:
        found: Any = event.fields
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        if as_number and isinstance(found, str) and found.isdecimal() and len(found) <= DIGITS_MAX:
            return int(found)
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            raise TraceError(
                f"the event has {found!r} for {'.'.join(path)}, by which this format is sorted; expected a number or "
                "a text",
                location=reader.place(event.line),
                hint="`order: {by: file}` in the mapping takes the lines as they stand",
            )
        return found

    return key
