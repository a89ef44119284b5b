"""Traces that are being written: lines are whole however their bytes arrive, what is no longer the same is an error.

Nothing here waits for a clock: the writer acts when the reader asks whether to stop waiting.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlatrace.traces import TraceError
from tlatrace.traces.growing import GrowingStream, Patience, follow

TEXT = b'{"op": "put"}\n\n{"op": "get", "note": "\xc3\xa9"}\n{"op": "lose"}'


class Chunks:
    """Bytes in pieces, with nothing to read before each of them."""

    def __init__(self, pieces: list[bytes], *, ends: bool) -> None:
        self._pieces = iter([step for piece in pieces for step in (None, piece) if step != b""])
        self._end = b"" if ends else None
        self.is_closed = False

    def read(self) -> bytes | None:
        return next(self._pieces, self._end)

    def wait(self, seconds: float) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


def lines_of(stream: GrowingStream) -> list[bytes]:
    return list(iter(stream.readline, b""))


def acting(steps: list[Callable[[], object]]) -> Callable[[], bool]:
    """A stop that takes the next step whenever it is asked, and says so when there is none left."""
    left = iter(steps)

    def stop() -> bool:
        step = next(left, None)
        if step is not None:
            step()
        return step is None

    return stop


@given(cuts=st.lists(st.integers(0, len(TEXT)), max_size=12).map(sorted))
def test_lines_do_not_depend_on_the_pieces_in_which_they_arrive(cuts: list[int]) -> None:
    bounds = [0, *cuts, len(TEXT)]
    pieces = [TEXT[a:b] for a, b in pairwise(bounds)]
    stream = GrowingStream(Chunks(pieces, ends=True), Patience())
    assert lines_of(stream) == TEXT.splitlines(keepends=True)
    assert stream.has_ended
    assert stream.unfinished == b""


def test_a_line_that_is_not_complete_is_not_given_when_the_wait_is_over() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    stream = GrowingStream(Chunks([TEXT], ends=False), Patience(stop=stop))
    assert lines_of(stream) == TEXT.splitlines(keepends=True)[:-1]
    assert stream.unfinished == b'{"op": "lose"}'
    assert not stream.has_ended


def test_a_limit_cuts_a_line() -> None:
    stream = GrowingStream(Chunks([b"abc", b"def\ng"], ends=True), Patience())
    assert [stream.readline(4), stream.readline(4), stream.readline(4), stream.readline(4)] == [
        b"abcd",
        b"ef\n",
        b"g",
        b"",
    ]


def test_the_wait_ends_when_nothing_came_for_a_while() -> None:
    now = iter(range(100))
    patience = Patience(3, clock=lambda: next(now))
    assert [patience.is_over() for _ in range(4)] == [False, False, False, True]
    patience.came()
    assert not patience.is_over()


class TestFiles:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "t.ndjson"
        path.write_bytes(b"one\ntw")
        return path

    def append(self, path: Path, content: bytes) -> Callable[[], object]:
        def act() -> None:
            with open(path, "ab") as file:
                file.write(content)

        return act

    def test_what_is_written_behind_the_end_is_read(self, path: Path) -> None:
        steps = [self.append(path, b"o\nthr"), self.append(path, b"ee\n")]
        stream, name = follow(path, Patience(stop=acting(steps)))
        assert (lines_of(stream), name) == ([b"one\n", b"two\n", b"three\n"], str(path))
        stream.close()

    def test_a_file_that_becomes_shorter_is_an_error(self, path: Path) -> None:
        stream, _ = follow(path, Patience(stop=acting([lambda: os.truncate(path, 2)])))
        assert stream.readline() == b"one\n"
        with pytest.raises(TraceError, match="cut to 2 bytes after 6 had been read; expected a trace that only grows"):
            stream.readline()
        stream.close()

    def test_another_file_of_its_name_is_an_error(self, path: Path) -> None:
        def rotate() -> None:
            path.rename(path.with_suffix(".old"))
            path.write_bytes(b"new\n")

        stream, _ = follow(path, Patience(stop=acting([rotate])))
        assert stream.readline() == b"one\n"
        with pytest.raises(TraceError, match=r"replaced by another one of its name \(rotated\?\) after 6 bytes"):
            stream.readline()
        stream.close()

    def test_what_was_written_before_the_file_was_moved_away_is_read_first(self, path: Path) -> None:
        def rotate() -> None:
            self.append(path, b"o\n")()
            path.rename(path.with_suffix(".old"))

        stream, _ = follow(path, Patience(stop=acting([rotate])))
        assert [stream.readline(), stream.readline()] == [b"one\n", b"two\n"]
        with pytest.raises(TraceError, match="was removed or renamed after 8 bytes"):
            stream.readline()
        stream.close()

    @pytest.mark.parametrize(
        ("name", "message"), [("no.ndjson", "cannot be opened"), ("t.gz", "packed trace"), (".", "folder")]
    )
    def test_what_cannot_be_followed(self, tmp_path: Path, name: str, message: str) -> None:
        with pytest.raises(TraceError, match=message):
            follow(tmp_path / name, Patience())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
class TestPipesAndSockets:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)  # the name of a socket must be short
        return tmp_path

    def test_a_pipe_ends_with_its_writer(self, folder: Path) -> None:
        os.mkfifo("pipe")
        writer: list[int] = []
        steps = [
            lambda: None,  # nobody writes yet, which is not the end
            lambda: writer.append(os.open("pipe", os.O_WRONLY)),
            lambda: os.write(writer[0], b"one\nt"),
            lambda: os.write(writer[0], b"wo\nrest"),
            lambda: os.close(writer[0]),
        ]
        stream, _ = follow("pipe", Patience(stop=acting(steps)))
        assert lines_of(stream) == [b"one\n", b"two\n", b"rest"]
        assert stream.has_ended
        stream.close()

    def test_a_connection_to_a_socket(self, folder: Path) -> None:
        client = socket.socket(socket.AF_UNIX)
        steps = [
            lambda: client.connect("socket"),
            lambda: client.sendall(b"one\nt"),
            lambda: client.sendall(b"wo\n"),
            lambda: client.close(),
        ]
        stream, name = follow("unix:socket", Patience(stop=acting(steps)))
        assert (lines_of(stream), name) == ([b"one\n", b"two\n"], "unix:socket")
        stream.close()
        assert not Path("socket").exists()

    def test_a_connection_by_the_network(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        stream, _ = follow(f"tcp://127.0.0.1:{port}", Patience())

        def write() -> None:
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"one\n")

        writer = threading.Thread(target=write)
        writer.start()
        assert lines_of(stream) == [b"one\n"]
        writer.join()
        stream.close()

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("tcp://127.0.0.1", "no port"),
            ("tcp://127.0.0.1:x", "no port"),
            ("unix:no/such/folder/s", "cannot listen here"),
        ],
    )
    def test_what_cannot_be_listened_on(self, folder: Path, name: str, message: str) -> None:
        with pytest.raises(TraceError, match=message):
            follow(name, Patience())
