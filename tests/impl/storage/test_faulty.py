"""The simulated disk itself: it keeps what it must, and loses what it may."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from vraft.storage import StoreInUseError
from vraft.storage.faulty import Faults, SimulatedCrash, SimulatedFiles
from vraft.storage.files import Files, RealFiles, write_all

SEEDS = range(100)


def durable(files: SimulatedFiles, name: str, data: bytes) -> None:
    file = files.open(name, create=True)
    write_all(file, 0, data)
    file.sync()
    files.sync_names()


# What both disks do ---------------------------------------------------------------------------------------------------


@pytest.fixture(params=["real", "simulated"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return RealFiles(tmp_path / "a" / "b") if request.param == "real" else SimulatedFiles()


def test_a_file_holds_what_was_written(files: Files) -> None:
    file = files.open("x", create=True)
    assert (file.name, file.size(), file.read(0, 10)) == ("x", 0, b"")
    write_all(file, 3, b"abc")
    assert file.read(0, 10) == b"\0\0\0abc"
    file.allocate(2000)
    file.allocate(100)
    assert file.size() == 2000
    assert file.read(0, 8) == b"\0\0\0abc\0\0"
    file.truncate(4)
    file.sync()
    file.close()
    assert files.open("x").read(0, 10) == b"\0\0\0a"
    assert files.open("x", create=True).size() == 0


def test_names(files: Files) -> None:
    files.open("b", create=True).close()
    files.open("a", create=True).close()
    write_all(files.open("a"), 0, b"a")
    assert files.names() == ["a", "b"]
    files.rename("a", "b")
    files.sync_names()
    assert files.names() == ["b"]
    assert files.open("b").read(0, 1) == b"a"
    files.unlink("b")
    assert files.names() == []
    assert files.path("b").endswith("b")
    with pytest.raises(FileNotFoundError):
        files.open("b")
    with pytest.raises(FileNotFoundError):
        files.unlink("b")


def test_a_lock_is_held_once(files: Files) -> None:
    lock = files.lock("lock")
    with pytest.raises(StoreInUseError):
        files.lock("lock")
    lock.release()
    files.lock("lock").release()


def test_a_real_directory_that_is_read_only_is_not_changed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RealFiles(tmp_path / "nowhere", read_only=True).names()
    (tmp_path / "x").write_bytes(b"abc")
    files = RealFiles(tmp_path, read_only=True)
    assert files.open("x").read(0, 5) == b"abc"
    with pytest.raises(OSError, match="Bad file descriptor"):
        files.open("x").write(0, b"y")


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_that_cannot_reserve_is_written_to_all_the_same(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    file = RealFiles(tmp_path).open("x", create=True)
    file.allocate(3_000_000)
    assert file.size() == 3_000_000
    file.close()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no posix_fallocate to fail")
def test_any_other_failure_to_reserve_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(OSError, match="No space left"):
        RealFiles(tmp_path).open("x", create=True).allocate(100)


# What a crash keeps and loses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_synced_is_kept(seed: int) -> None:
    files = SimulatedFiles(seed=seed)
    durable(files, "x", b"a" * 3000)
    files.open("x").write(3000, b"b" * 3000)
    files.open("y", create=True)
    after = files.crash()
    assert after.contents("x")[:3000] == b"a" * 3000
    assert after.crash().contents("x") == after.contents("x"), "a crash settles everything"


def outcomes(act: Callable[[SimulatedFiles], None], look: Callable[[SimulatedFiles], object]) -> set[object]:
    found = set()
    for seed in SEEDS:
        files = SimulatedFiles(seed=seed)
        act(files)
        found.add(look(files.crash()))
    return found


def test_any_subset_of_unsynced_sectors_is_lost() -> None:
    def act(files: SimulatedFiles) -> None:
        durable(files, "x", b"a" * 1536)
        files.open("x").write(0, b"b" * 1536)

    found = outcomes(act, lambda files: files.contents("x"))
    sectors = {bytes(data[at] for at in (0, 512, 1024)) for data in found}  # type: ignore[index]
    assert len(sectors) == 8, "whole or not at all, each by itself"
    assert len(found) == 8


def test_a_sector_may_be_as_any_write_left_it() -> None:
    def act(files: SimulatedFiles) -> None:
        durable(files, "x", b"a" * 10)
        for text in (b"b", b"c"):
            files.open("x").write(0, text * 10)

    assert outcomes(act, lambda files: files.contents("x")) == {b"a" * 10, b"b" * 10, b"c" * 10}


def test_a_length_may_be_kept_without_its_bytes() -> None:
    def act(files: SimulatedFiles) -> None:
        durable(files, "x", b"")
        files.open("x").write(0, b"b" * 10)

    assert outcomes(act, lambda files: files.contents("x")) == {b"", bytes(10), b"b" * 10}


def test_a_name_is_durable_when_names_were_synced() -> None:
    def act(files: SimulatedFiles) -> None:
        durable(files, "x", b"old")
        durable(files, "y", b"new")
        files.rename("y", "x")
        files.open("z", create=True)

    def look(files: SimulatedFiles) -> object:
        return tuple(files.names()), files.contents("x")

    assert outcomes(act, look) == {
        (("x", "y"), b"old"),
        (("x",), b"new"),
        (("x", "y", "z"), b"old"),
        (("x", "z"), b"new"),
    }


def test_a_failed_sync_forgets() -> None:
    """What it lost is read until the crash, and a later sync that succeeds does not bring it back."""

    def act(files: SimulatedFiles) -> None:
        durable(files, "x", b"a" * 10)
        file = files.open("x")
        file.write(0, b"b" * 10)
        files.fail_sync_at = files.counts["sync"] + files.counts["sync_names"] + 1
        with pytest.raises(OSError, match="Input/output error"):
            file.sync()
        file.sync()
        files.sync_names()
        assert file.read(0, 10) == b"b" * 10

    assert outcomes(act, lambda files: files.contents("x")) == {b"a" * 10, b"b" * 10}


# Other faults ---------------------------------------------------------------------------------------------------------


def test_a_full_disk_takes_what_fits() -> None:
    files = SimulatedFiles(capacity=100)
    file = files.open("x", create=True)
    assert file.write(0, bytes(70)) == 70
    assert file.write(70, bytes(70)) == 30
    for attempt in (lambda: file.write(100, b"x"), lambda: file.allocate(101)):
        with pytest.raises(OSError, match="No space left") as caught:
            attempt()
        assert caught.value.errno == errno.ENOSPC
    assert file.write(0, bytes(100)) == 100, "what is there can be written over"


def test_a_process_dies_within_any_operation() -> None:
    def act(files: SimulatedFiles) -> None:
        durable(files, "x.tmp", b"a" * 600)
        files.rename("x.tmp", "x")
        files.unlink("x")

    files = SimulatedFiles()
    act(files)
    total = files.operations
    for number in range(1, total + 1):
        files = SimulatedFiles(seed=number)
        files.crash_at = number
        with pytest.raises(SimulatedCrash):
            act(files)
        assert files.operations == number


def test_a_seed_repeats_everything() -> None:
    def run(seed: int) -> tuple[object, ...]:
        files = SimulatedFiles(seed=seed, faults=Faults(short_write=2, failed_sync=5, crash=30))
        try:
            for number in range(20):
                file = files.open(f"f{number % 3}", create=True)
                write_all(file, 0, bytes([number]) * 2000)
                with suppress(OSError):
                    file.sync()
        except SimulatedCrash:
            pass
        after = files.crash()
        return tuple((name, after.contents(name)) for name in after.names()), tuple(sorted(after.counts.items()))

    runs = [run(seed) for seed in range(10)]
    assert runs == [run(seed) for seed in range(10)]
    assert len(set(runs)) > 5
