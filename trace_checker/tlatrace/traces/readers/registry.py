"""The formats that are known, and how the one of a file is found."""

from __future__ import annotations

import difflib
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

from tlatrace.errors import TlatraceError
from tlatrace.traces.reader import ByteStream, TraceReader, is_own_header, open_stream
from tlatrace.traces.readers.clients import CCF_CONSISTENCY, EWD998, TV
from tlatrace.traces.readers.documents import ITF, TLC_JSON
from tlatrace.traces.readers.format import Options, Reader, Sample, plain
from tlatrace.traces.readers.packed import OMNILINK
from tlatrace.traces.readers.pgo import PGO
from tlatrace.traces.readers.tables import CSV, TSV
from tlatrace.traces.readers.tagged import CCF, ETCD

SAMPLE_LINES = 20
"""Lines that are looked at: a log may start with messages that are not of the trace."""

SAMPLE_BYTES = 256 * 1024

NDJSON = Reader(
    name="ndjson",
    summary="a JSON object a line, the first of which may be a header (ours); an event is an object",
    open=plain(TraceReader),
    recognises=lambda sample: any(is_own_header(item) for item in sample.objects[:1]),
)

READERS: Mapping[str, Reader] = {
    reader.name: reader
    for reader in (NDJSON, CCF, ETCD, CCF_CONSISTENCY, TV, EWD998, PGO, ITF, TLC_JSON, CSV, TSV, OMNILINK)
}
"""By name, in the order in which a file is tried; what none of them recognises is a list of JSON objects."""


_NAMES: WeakKeyDictionary[TraceReader, str] = WeakKeyDictionary()


def open_log(path: str | Path, reader: str | None = None, options: Options | None = None) -> TraceReader:
    """Open a trace; ``-`` is standard input, and ``.gz`` is unpacked. ``reader`` is the name of a format; without one,
    the first lines tell (of standard input, whose writer may take its time, only the first).

    Raises:
        TraceError: the file cannot be opened, is empty, or is not of this format. TlatraceError: there is no such
        reader, or it has no such option.
    """
    stream, name, is_live = open_stream(path)
    try:
        return read_log(stream, name, reader, options, is_live=is_live)
    except BaseException:
        stream.close()
        raise


def read_log(
    stream: ByteStream, name: str, reader: str | None = None, options: Options | None = None, *, is_live: bool = False
) -> TraceReader:
    """As :func:`open_log`, for bytes from elsewhere, which ``name`` stands for in errors."""
    if reader is not None:
        found = reader_named(reader, options or {})
    else:
        lines = _first_lines(stream, 1 if is_live else SAMPLE_LINES)
        stream = _Rewound(b"".join(lines), stream)
        found = recognised(Sample(name, tuple(lines)))
    log = found.open(stream, name, is_live, options or {})
    _NAMES[log] = found.name
    return log


def name_of(log: TraceReader) -> str:
    """The name of the format that a log is read as."""
    return _NAMES.get(log, NDJSON.name)


def reader_named(name: str, options: Options) -> Reader:
    """The reader of that name, for these options.

    Raises:
        TlatraceError: there is none, or it has no such option.
    """
    if name not in READERS:
        near = difflib.get_close_matches(name, READERS, n=1)
        raise TlatraceError(
            f"there is no reader {name!r}; expected one of {', '.join(READERS)}",
            hint=f"did you mean {near[0]!r}?" if near else None,
        )
    reader = READERS[name]
    for option in options:
        if option not in reader.options:
            known = ", ".join(reader.options) or "none"
            raise TlatraceError(f"the reader {name} has no option {option!r}; expected one of: {known}")
    return reader


def recognised(sample: Sample) -> Reader:
    """The format of a file that starts like this."""
    return next((reader for reader in READERS.values() if reader.recognises(sample)), NDJSON)


def _first_lines(stream: ByteStream, count: int) -> list[bytes]:
    lines: list[bytes] = []
    left = SAMPLE_BYTES
    while len(lines) < count and left > 0:
        try:
            line = stream.readline(left)
        except (OSError, EOFError, zlib.error):
            break  # The reader meets the damage too, and says where it is.
        if not line:
            break
        lines.append(line)
        left -= len(line)
    return lines


class _Rewound:
    """A stream of which the start was read already."""

    def __init__(self, start: bytes, rest: ByteStream) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest

    def readline(self, limit: int = -1, /) -> bytes:
        line = self._start.readline(limit)
        if not line:
            return self._rest.readline(limit)
        if line.endswith(b"\n") or 0 <= limit <= len(line):
            return line
        return line + self._rest.readline(limit - len(line) if limit >= 0 else -1)

    def read(self, size: int = -1, /) -> bytes:
        data = self._start.read(size)
        if size >= 0 and len(data) >= size:
            return data
        return data + self._rest.read(size - len(data) if size >= 0 else -1)

    def close(self) -> None:
        self._rest.close()
