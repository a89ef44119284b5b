"""Traces that are still being written: a file that grows, a pipe, a connection to a socket.

A :class:`GrowingStream` gives whole lines as soon as they are there, however the bytes arrive, and waits for the rest
of a line that is not complete. It ends with the pipe or the connection; a file has no end of its own, so there and in
the meantime a :class:`Patience` says how long to wait: until nothing has come for a while, or until it is told to stop.

``-`` is standard input, ``tcp://HOST:PORT`` and ``unix:PATH`` are listened on for one connection, whose bytes are the
trace. A file that becomes shorter, or another one of its name, is an error: what was judged is no longer what is there.
"""

from __future__ import annotations

import os
import select
import socket
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tlatrace.location import Location
from tlatrace.traces.event import TraceError
from tlatrace.traces.reader import STANDARD_INPUT

POLL_SECONDS = 0.05
"""Between two looks at a file: a person does not notice, and it costs next to nothing."""

CHUNK_BYTES = 256 * 1024

TCP, UNIX = "tcp://", "unix:"


def _never() -> bool:
    return False


@dataclass(slots=True)
class Patience:
    """How long to wait for more: for ever, or ``idle_seconds`` after the last bytes came; and no longer once ``stop``
    says so, which is asked whenever there is nothing to read."""

    idle_seconds: float | None = None
    stop: Callable[[], bool] = _never
    clock: Callable[[], float] = time.monotonic
    _since: float | None = field(default=None, init=False)

    def came(self) -> None:
        """Something was read."""
        self._since = None

    def is_over(self) -> bool:
        """Whether to wait no longer."""
        if self.stop():
            return True
        if self.idle_seconds is None:
            return False
        now = self.clock()
        if self._since is None:
            self._since = now
        return now - self._since >= self.idle_seconds


class _Bytes(Protocol):
    """Where bytes come from without ever being waited for."""

    def read(self) -> bytes | None:
        """What is there; None if there is nothing yet, nothing at all (``b""``) if there never will be."""
        ...

    def wait(self, seconds: float) -> None:
        """Until there may be something, or for so long."""
        ...

    def close(self) -> None: ...


class GrowingStream:
    """Lines of a trace that is being written: what a :class:`~tlatrace.traces.TraceReader` reads from.

    ``has_ended`` says that the writer ended it. ``unfinished`` is the beginning of a line whose rest was not waited
    for; it is not given.
    """

    def __init__(self, source: _Bytes, patience: Patience) -> None:
        self.unfinished = b""
        self.has_ended = False
        self._source = source
        self._patience = patience
        self._buffer = bytearray()
        self._looked = 0
        self._ended = False

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line with its end, as soon as it is complete; ``b""`` at the end."""
        while True:
            end = self._buffer.find(b"\n", self._looked)
            if end >= 0:
                return self._take(end + 1 if limit < 0 else min(end + 1, limit))
            self._looked = len(self._buffer)
            if 0 <= limit <= len(self._buffer):
                return self._take(limit)
            if not self._more():
                return self._take(len(self._buffer))

    def read(self, size: int = -1, /) -> bytes:
        """All that is left, or ``size`` bytes of it."""
        while (size < 0 or len(self._buffer) < size) and self._more():
            pass
        return self._take(len(self._buffer) if size < 0 else min(size, len(self._buffer)))

    def close(self) -> None:
        self._source.close()

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._looked = 0
        return taken

    def _more(self) -> bool:
        """Wait for more bytes; False at the end."""
        while not self._ended:
            chunk = self._source.read()
            if chunk:
                self._buffer += chunk
                self._patience.came()
                return True
            if chunk is not None:
                self._ended = self.has_ended = True
            elif self._patience.is_over():
                # The writer is not at its end: what it has not finished is not to be judged.
                self.unfinished = bytes(self._buffer)
                self._buffer.clear()
                self._ended = True
            else:
                self._source.wait(POLL_SECONDS)
        return False


def follow(trace: str | Path, patience: Patience) -> tuple[GrowingStream, str]:
    """The bytes of a trace that is being written, and what it is called in errors.

    Raises:
        TraceError: it cannot be opened or listened on, or it is packed.
    """
    name = str(trace)
    if name == "-":
        return GrowingStream(_Descriptor(sys.stdin.fileno(), STANDARD_INPUT, is_ours=False), patience), STANDARD_INPUT
    if name.startswith((TCP, UNIX)):
        return GrowingStream(_Connection(_listening(name), name), patience), name
    if name.endswith(".gz"):
        raise _error(name, "a packed trace cannot be followed", "the trace as it is written, unpacked")
    try:
        # A pipe that nobody writes to yet is no reason to wait here.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _cannot_open(name, error) from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return GrowingStream(_File(descriptor, name), patience), name
    if stat.S_ISDIR(mode):
        os.close(descriptor)
        raise _error(name, "this is a folder", "a file, a pipe or a socket")
    return GrowingStream(_Descriptor(descriptor, name, is_ours=True), patience), name


class _File:
    """A regular file: more may be written behind its end."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self._name = name
        self._position = 0

    def read(self) -> bytes | None:
        try:
            chunk = os.read(self._descriptor, CHUNK_BYTES)
        except OSError as error:
            raise _cannot_read(self._name, error) from None
        self._position += len(chunk)
        if chunk:
            return chunk
        self._look_whether_it_is_still_the_same()
        return None

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        os.close(self._descriptor)

    def _look_whether_it_is_still_the_same(self) -> None:
        here = os.fstat(self._descriptor)
        if here.st_size < self._position:
            raise _error(
                self._name,
                f"the file was cut to {here.st_size} bytes after {self._position} had been read",
                "a trace that only grows",
            )
        try:
            there = os.stat(self._name)
        except OSError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
            what = "was removed or renamed" if there is None else "was replaced by another one of its name (rotated?)"
            raise _error(
                self._name,
                f"the file {what} after {self._position} bytes had been read",
                "a trace in one file, or a pipe or a socket to follow",
            )


class _Descriptor:
    """A pipe, a terminal or a connection: it ends where its writer ends it."""

    def __init__(self, descriptor: int, name: str, *, is_ours: bool) -> None:
        self._descriptor = descriptor
        self._name = name
        self._is_ours = is_ours
        # A named pipe without a writer reads as ended; that it has not begun is told apart.
        self._may_begin = stat.S_ISFIFO(os.fstat(descriptor).st_mode) and is_ours

    def read(self) -> bytes | None:
        try:
            if not select.select([self._descriptor], [], [], 0)[0]:
                return None
            chunk = os.read(self._descriptor, CHUNK_BYTES)
        except BlockingIOError:
            self._may_begin = False
            return None
        except OSError as error:
            raise _cannot_read(self._name, error) from None
        if chunk:
            self._may_begin = False
        return None if not chunk and self._may_begin else chunk

    def wait(self, seconds: float) -> None:
        if self._may_begin:
            time.sleep(seconds)
        else:
            select.select([self._descriptor], [], [], seconds)

    def close(self) -> None:
        if self._is_ours:
            os.close(self._descriptor)


class _Connection:
    """A socket that is listened on, and then the one connection that is made to it."""

    def __init__(self, listener: socket.socket, name: str) -> None:
        self._listener = listener
        self._name = name
        self._connection: socket.socket | None = None

    def read(self) -> bytes | None:
        try:
            if self._connection is None:
                if not select.select([self._listener], [], [], 0)[0]:
                    return None
                self._connection, _ = self._listener.accept()
            if not select.select([self._connection], [], [], 0)[0]:
                return None
            return self._connection.recv(CHUNK_BYTES)
        except OSError as error:
            raise _cannot_read(self._name, error) from None

    def wait(self, seconds: float) -> None:
        select.select([self._connection or self._listener], [], [], seconds)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._listener.close()
        if self._name.startswith(UNIX):
            Path(self._name.removeprefix(UNIX)).unlink(missing_ok=True)


def _listening(name: str) -> socket.socket:
    if name.startswith(UNIX):
        if not hasattr(socket, "AF_UNIX"):
            raise _error(name, "this system has no such sockets", f"{TCP}HOST:PORT")
        family, address = socket.AF_UNIX, name.removeprefix(UNIX)
        return _bound(family, address, name)
    host, colon, port = name.removeprefix(TCP).rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise _error(name, "this address has no port", f"{TCP}HOST:PORT, for instance {TCP}127.0.0.1:4567")
    host = host.strip("[]") or "127.0.0.1"
    return _bound(socket.AF_INET6 if ":" in host else socket.AF_INET, (host, int(port)), name)


def _bound(family: int, address: str | tuple[str, int], name: str) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family != getattr(socket, "AF_UNIX", None):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1)
    except OSError as error:
        listener.close()
        raise _error(
            name, f"cannot listen here ({error.strerror or error})", "an address of this machine that is free"
        ) from None
    return listener


def _cannot_open(name: str, error: OSError) -> TraceError:
    return TraceError(f"the trace cannot be opened: {error.strerror or error}", location=Location(name, 0, 0, 0, 0))


def _cannot_read(name: str, error: OSError) -> TraceError:
    return _error(name, f"the trace cannot be read further ({error.strerror or error})", "a writer that stays")


def _error(name: str, found: str, expected: str) -> TraceError:
    return TraceError(f"{found}; expected {expected}", location=Location(name, 0, 0, 0, 0))
