"""Newline-delimited JSON: one object a line, the first of which may be a header.

A header is an object whose ``format`` is :data:`FORMAT`; a file without one is a plain list of events. Lines are read
one at a time, so a trace may be longer than memory; ``.gz`` files and standard input (``-``) are read as they are. The
bytes read are hashed on the way, for the verdict's provenance.

Nothing is skipped: a line that is not an object is an error with its place, as are a key that stands twice in an object
(one of its values would be lost), half a character, and a file without events. The one kind of damage that a crash
leaves behind, a last line that was cut short, is told apart (:class:`TornTail`), so that a caller can choose to judge
what comes before it.

Other formats (:mod:`tlatrace.traces.readers`) are subclasses; what they leave out of a file by rule is counted and told
in :attr:`TraceReader.notes`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Protocol, Self

from tlatrace.location import Location
from tlatrace.traces.event import Event, TornTail, TraceError
from tlatrace.traces.json_text import JsonMistake, parse_object
from tlatrace.traces.order import OrderRule

FORMAT = "tla-conformance/trace"
FORMAT_VERSION = 1

STANDARD_INPUT = "<stdin>"
"""What ``-`` is called in errors and verdicts."""

GZIP_MAGIC = b"\x1f\x8b"

LINE_BYTES_MAX = 64 * 1024 * 1024
"""A line longer than this is not an event but a mistake (a binary file, say), and would have to be held in memory
whole.
"""

READ_BYTES = 1024 * 1024


class ByteStream(Protocol):
    """What a reader needs of a file."""

    def readline(self, limit: int = -1, /) -> bytes: ...

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class TraceReader:
    """The header and the events of one trace; use as a context manager, iterate once.

    A subclass for another format of lines says what a line is (:meth:`object_of`); one for a format that is no list of
    lines gives the events itself (:meth:`next_event`).
    """

    order: OrderRule | None = None
    """How the events of this format are ordered where they do not stand in their order."""

    def __init__(self, stream: ByteStream, name: str, *, is_live: bool = False) -> None:
        self.name = name
        self.header: Mapping[str, Any] = {}
        self._stream = stream
        self._is_live = is_live
        self._digest = hashlib.sha256()
        self._line = 0
        self._is_at_line_end = True
        self._ended = False
        self._pending: deque[Event] = deque()
        self._left_out: dict[str, int] = {}
        self.cuts_torn_tail = False
        """Whether a last line that was cut short is left out; else it is an error."""
        self.torn_line: int | None = None
        """That line, once it was left out."""
        self.read_header()

    @property
    def sha256(self) -> str | None:
        """The digest of the whole trace (unpacked, if it is packed), None if it has not been read to its end."""
        return self._digest.hexdigest() if self._ended else None

    @property
    def sha256_so_far(self) -> str | None:
        """The digest of what has been read; None where that ends within a line, whose rest may come, or where events
        were given back.
        """
        return self._digest.hexdigest() if self._is_at_line_end and not self._pending else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far because the format says so, or because it was cut short."""
        found = [
            f"{self.name}: {count} {'line' if count == 1 else 'lines'} left out ({why})"
            for why, count in sorted(self._left_out.items())
        ]
        if self.torn_line is not None:
            found.append(f"{self.name}: the last line ({self.torn_line}) was cut short and left out")
        return tuple(found)

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
        while (event := self._next()) is not None:
            yield event

    def give_back(self, events: Iterable[Event]) -> None:
        """Let ``events``, the last that were read, be read once more."""
        self._pending.extendleft(reversed(list(events)))

    def _next(self) -> Event | None:
        if self._pending:
            return self._pending.popleft()
        try:
            return self.next_event()
        except TornTail as error:
            if not self.cuts_torn_tail:
                raise
            self.torn_line = self._line if error.location is None else error.location.line
            self._ended = True
            return None

    # ------------------------------------------------------------------------------------------- for formats

    def read_header(self) -> None:
        """Read what stands before the events; at the start, once."""
        first = self.first_event()
        if is_own_header(first.fields):
            self.header = self.checked_header(first)
        else:
            self.give_back([first])

    def first_event(self) -> Event:
        """The first object of the file.

        Raises:
            TraceError: there is none.
        """
        first = self.next_event()
        if first is None:
            detail = "; " + ", ".join(self._left_out) if self._left_out else ""
            self.fail(
                1, 1, f"the trace is empty{detail}", "a header line, or at least one event (a JSON object a line)"
            )
        return first

    def checked_header(self, first: Event) -> Mapping[str, Any]:
        declared, version = first.fields.get("format"), first.fields.get("version")
        if declared != FORMAT:
            self.fail(first.line, 1, f"this file's format is {declared!r}", f"the format {FORMAT!r}")
        if version != FORMAT_VERSION:
            self.fail(first.line, 1, f"this trace has format version {version!r}", f"version {FORMAT_VERSION}")
        return first.fields

    def next_event(self) -> Event | None:
        """The next event of the file, None at its end."""
        while not self._ended:
            line = self.read_line()
            if line is None:
                return None
            if line.strip() and (found := self.object_of(line)) is not None:
                return Event(self._line, found)
        return None

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        """The event that stands on a line; None if the format says that there is none, which :meth:`leave_out`
        counted.
        """
        return self.parse(line)

    def leave_out(self, why: str) -> None:
        self._left_out[why] = self._left_out.get(why, 0) + 1

    @property
    def line_number(self) -> int:
        """That of the line that was read last."""
        return self._line

    def read_line(self) -> bytes | None:
        """The next line with its end, None when there is none."""
        try:
            line = self._stream.readline(LINE_BYTES_MAX + 1)
        except (OSError, EOFError, zlib.error) as error:
            self.fail(self._line + 1, 1, f"the file cannot be read further ({error})", "a readable, complete file")
        if not line:
            self._ended = True
            return None
        if len(line) > LINE_BYTES_MAX:
            self.fail(self._line + 1, 1, f"a line of more than {LINE_BYTES_MAX} bytes", "one event a line")
        self._digest.update(line)
        self._is_at_line_end = line.endswith(b"\n")
        self._line += 1
        return line

    def read_all(self) -> bytes:
        """The whole file, for formats that are one document.

        Raises:
            TraceError: it cannot be read, or is too long to be held.
        """
        try:
            data = self._stream.read(LINE_BYTES_MAX + 1)
            if len(data) > LINE_BYTES_MAX:
                self.fail(1, 1, f"a document of more than {LINE_BYTES_MAX} bytes", "one that can be held in memory")
        except (OSError, EOFError, zlib.error) as error:
            self.fail(1, 1, f"the file cannot be read further ({error})", "a readable, complete file")
        self._digest.update(data)
        self._ended = True
        return data

    def parse(self, line: bytes, column: int = 0) -> Mapping[str, Any]:
        """The JSON object on a line from a column on."""
        try:
            return parse_object(line[column:] if column else line, is_start=self._line == 1 and not column)
        except JsonMistake as mistake:
            if mistake.may_be_cut and not line.endswith(b"\n"):
                raise self.torn() from None
            # What is missing at the end of a line is looked for behind it.
            place = mistake.column + column if mistake.line == 1 else len(line.rstrip()) + 1
            hint = "`reader:` in the mapping, or --reader, names a format that the first lines do not show"
            self.fail(self._line, place, mistake.found, mistake.expected, hint if self._line == 1 else None)

    def torn(self) -> TornTail:
        return TornTail(
            "the last line was cut short (it does not end, and is not JSON)",
            location=self.place(self._line, 1),
            hint="if the writer crashed here, --torn-tail=cut judges the events before it",
        )

    def place(self, line: int, column: int = 1) -> Location:
        return Location(self.name, line, column, line, column)

    def fail(self, line: int, column: int, found: str, expected: str, hint: str | None = None) -> NoReturn:
        raise TraceError(f"{found}; expected {expected}", location=self.place(line, column), hint=hint)


def is_own_header(fields: Mapping[str, Any]) -> bool:
    """Whether this is the header of one of our own files."""
    declared = fields.get("format")
    return isinstance(declared, str) and declared.startswith("tla-conformance/")


def open_trace(path: str | Path) -> TraceReader:
    """Open a trace of newline-delimited JSON; ``-`` is standard input.

    Raises:
        TraceError: the file cannot be opened, is empty, or starts with a header of another format or version.
    """
    stream, name, is_live = open_stream(path)
    try:
        return TraceReader(stream, name, is_live=is_live)
    except BaseException:
        stream.close()
        raise


def open_stream(path: str | Path) -> tuple[ByteStream, str, bool]:
    """The bytes of a file, what it is called in errors, and whether its writer may still be at it; ``-`` is standard
    input. What is gzipped is unpacked: standard input by its first bytes, a file by its name, which ends in ``.gz``.

    Raises:
        TraceError: the file cannot be opened.
    """
    name = str(path)
    if name == "-":
        if sys.stdin is None:  # closed by whoever started us
            raise TraceError(
                "standard input is closed; expected a trace there, or a file instead of -",
                location=Location(STANDARD_INPUT, 0, 0, 0, 0),
            )
        return _unpacked(_buffered(sys.stdin.buffer)), STANDARD_INPUT, True
    try:
        return _buffered(gzip.GzipFile(name, "rb") if name.endswith(".gz") else io.FileIO(name)), name, False
    except OSError as error:
        raise TraceError(
            f"the trace cannot be opened: {error.strerror or error}", location=Location(name, 0, 0, 0, 0)
        ) from None


def _unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    return _buffered(gzip.GzipFile(fileobj=stream)) if stream.peek(2).startswith(GZIP_MAGIC) else stream


def _buffered(stream: Any) -> io.BufferedReader:
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)
