"""Newline-delimited JSON: one object a line, the first of which may be a header.

A header is an object whose ``format`` is :data:`FORMAT`; a file without one is a plain list of events. Lines are read
one at a time, so a trace may be longer than memory; ``.gz`` files and standard input (``-``) are read as they are. The
bytes read are hashed on the way, for the verdict's provenance.

Nothing is skipped: a line that is not an object is an error with its place, as are a key that stands twice in an object
(one of its values would be lost), half a character, and a file without events. The one kind of damage that a crash
leaves behind, a last line that was cut short, is told apart (:class:`TornTail`), so that a caller can choose to judge
what comes before it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Protocol, Self

from tlatrace.location import Location
from tlatrace.traces.event import Event, TornTail, TraceError

FORMAT = "tla-conformance/trace"
FORMAT_VERSION = 1

STANDARD_INPUT = "<stdin>"
"""What ``-`` is called in errors and verdicts."""

GZIP_MAGIC = b"\x1f\x8b"

LINE_BYTES_MAX = 64 * 1024 * 1024
"""A line longer than this is not an event but a mistake (a binary file, say), and would have to be held in memory
whole.
"""

NESTING_MAX = 200
"""Arrays and objects inside of each other; data of a real system has a dozen levels, and readers recurse."""

READ_BYTES = 1024 * 1024


class ByteStream(Protocol):
    """What a reader needs of a file."""

    def readline(self, limit: int = -1, /) -> bytes: ...

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class TraceReader:
    """The header and the events of one trace; use as a context manager, iterate once."""

    def __init__(self, stream: ByteStream, name: str, *, is_live: bool = False) -> None:
        self.name = name
        self.header: Mapping[str, Any] = {}
        self._stream = stream
        self._is_live = is_live
        self._digest = hashlib.sha256()
        self._line = 0
        self._is_at_line_end = True
        self._ended = False
        self._pending: Event | None = None
        self._read_header()

    @property
    def sha256(self) -> str | None:
        """The digest of the whole trace (unpacked, if it is packed), None if it has not been read to its end."""
        return self._digest.hexdigest() if self._ended else None

    @property
    def sha256_so_far(self) -> str | None:
        """The digest of what has been read; None where that ends within a line, whose rest may come."""
        return self._digest.hexdigest() if self._is_at_line_end else None

    def read_to_end(self) -> None:
        """Read what is left, for the digest alone. Not for standard input, whose writer may take its time."""
        if self._is_live:
            return
        try:
            while rest := self._stream.read(READ_BYTES):
                self._digest.update(rest)
        except (OSError, EOFError, zlib.error):
            return
        self._ended = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[Event]:
        """The events in the order of the file.

        Raises:
            TraceError: a line that is not a JSON object, or is too long.
            TornTail: the last line was cut short; all events before it have been yielded.
        """
        if self._pending is not None:
            event, self._pending = self._pending, None
            yield event
        while (event_or_end := self._next_event()) is not None:
            yield event_or_end

    def _read_header(self) -> None:
        first = self._next_event()
        if first is None:
            self._fail(1, 1, "the trace is empty", "a header line, or at least one event (a JSON object a line)")
        declared = first.fields.get("format")
        if not isinstance(declared, str) or not declared.startswith("tla-conformance/"):
            self._pending = first
            return
        if declared != FORMAT:
            self._fail(first.line, 1, f"this file's format is {declared!r}", f"the format {FORMAT!r}")
        version = first.fields.get("version")
        if version != FORMAT_VERSION:
            self._fail(first.line, 1, f"this trace has format version {version!r}", f"version {FORMAT_VERSION}")
        self.header = first.fields

    def _next_event(self) -> Event | None:
        while not self._ended:
            line = self._read_line()
            if not line:
                self._ended = True
                return None
            self._line += 1
            if line.strip():
                return Event(self._line, self._parse(line))
        return None

    def _read_line(self) -> bytes:
        try:
            line = self._stream.readline(LINE_BYTES_MAX + 1)
        except (OSError, EOFError, zlib.error) as error:
            self._fail(self._line + 1, 1, f"the file cannot be read further ({error})", "a readable, complete file")
        if len(line) > LINE_BYTES_MAX:
            self._fail(self._line + 1, 1, f"a line of more than {LINE_BYTES_MAX} bytes", "one event a line")
        self._digest.update(line)
        if line:
            self._is_at_line_end = line.endswith(b"\n")
        return line

    def _parse(self, line: bytes) -> Mapping[str, Any]:
        if line.count(b"[") + line.count(b"{") > NESTING_MAX:
            self._refuse_deep_nesting(line)
        try:
            parsed = _DECODER.decode(line.decode("utf-8-sig" if self._line == 1 else "utf-8"))
            if b"\\u" in line:
                # An escape can give half of a surrogate pair, which is no text and cannot be printed.
                _ENCODER.encode(parsed).encode()
        except _DuplicateKey as error:
            self._fail(self._line, 1, f"the key {error.key!r} stands twice in one object", "each key once")
        except UnicodeEncodeError:
            self._fail(self._line, 1, "a string with half of a surrogate pair", "a JSON object of Unicode text")
        except UnicodeDecodeError as error:
            if not line.endswith(b"\n"):
                raise self._torn() from None
            self._fail(self._line, error.start + 1, "bytes that are not UTF-8", "a JSON object in UTF-8")
        except ValueError as error:
            if not line.endswith(b"\n"):
                raise self._torn() from None
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            self._fail(self._line, column, f"this line is not JSON ({reason})", "a JSON object")
        if not isinstance(parsed, dict):
            self._fail(self._line, 1, f"this line is a JSON {_json_type(parsed)}", "a JSON object")
        return parsed

    def _refuse_deep_nesting(self, line: bytes) -> None:
        depth = 0
        for token in _STRING_OR_BRACKET.finditer(line):
            if token[0] in b"[{":
                depth += 1
                if depth > NESTING_MAX:
                    self._fail(
                        self._line,
                        token.start() + 1,
                        f"more than {NESTING_MAX} arrays and objects inside of each other",
                        "an event that is nested less deeply",
                    )
            elif token[0] in b"]}":
                depth -= 1

    def _torn(self) -> TornTail:
        return TornTail(
            "the last line was cut short (it does not end, and is not JSON)",
            location=self._place(self._line, 1),
            hint="if the writer crashed here, --torn-tail=cut judges the events before it",
        )

    def _place(self, line: int, column: int) -> Location:
        return Location(self.name, line, column, line, column)

    def _fail(self, line: int, column: int, found: str, expected: str) -> NoReturn:
        raise TraceError(f"{found}; expected {expected}", location=self._place(line, column))


def open_trace(path: str | Path) -> TraceReader:
    """Open a trace; ``-`` is standard input. What is gzipped is unpacked: standard input by its first bytes, a file by
    its name, which ends in ``.gz``.

    Raises:
        TraceError: the file cannot be opened, is empty, or starts with a header of another format or version.
    """
    name = str(path)
    if name == "-":
        return TraceReader(_unpacked(_buffered(sys.stdin.buffer)), STANDARD_INPUT, is_live=True)
    try:
        stream = _buffered(gzip.GzipFile(name, "rb") if name.endswith(".gz") else io.FileIO(name))
    except OSError as error:
        raise TraceError(
            f"the trace cannot be opened: {error.strerror or error}", location=Location(name, 0, 0, 0, 0)
        ) from None
    try:
        return TraceReader(stream, name)
    except BaseException:
        stream.close()
        raise


def _unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    return _buffered(gzip.GzipFile(fileobj=stream)) if stream.peek(2).startswith(GZIP_MAGIC) else stream


def _buffered(stream: Any) -> io.BufferedReader:
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)


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


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]')


def _json_type(value: object) -> str:
    names: dict[type, str] = {list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")
