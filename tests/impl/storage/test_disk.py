"""The disk keeps the storage's contract; what it refuses, and what it says when it fails."""

from __future__ import annotations

import errno
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite, Recovered, Snapshot
from vraft.storage import (
    Batch,
    BatchError,
    CorruptionError,
    DiskStorage,
    FormatError,
    StorageError,
    StorageOptions,
    StoreFailedError,
    StoreInUseError,
)
from vraft.storage.checksums import CRC32, CRC32C
from vraft.storage.disk import MIN_SEGMENT_BYTES
from vraft.storage.faulty import Faults, SimulatedCrash, SimulatedFiles
from vraft.storage.files import RealFile, RealFiles
from vraft.storage.layout import frame_bytes, frames_after, seal_body, segment_name, with_seed
from vraft.storage.recovery import read_log

A, B, C = Entry(1, "a"), Entry(1, "b"), Entry(2, "c")
SMALL = StorageOptions(segment_bytes=MIN_SEGMENT_BYTES, frame_bytes=0)


def crashed(files: SimulatedFiles) -> Recovered:
    return DiskStorage.open(files.crash(), SMALL).recover()


# The contract, as for the one in memory -------------------------------------------------------------------------------


def test_a_new_disk_is_empty() -> None:
    assert DiskStorage.open(SimulatedFiles(), SMALL).recover() == Recovered(HardState(0, None), ())


def test_what_was_synced_survives() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(1, "n1"), LogWrite(1, (A, B))))
    storage.sync()
    assert (storage.unsynced, storage.hard_state, storage.durable) == (0, HardState(1, "n1"), 1)
    assert crashed(files) == Recovered(HardState(1, "n1"), (A, B))


def test_what_was_not_synced_is_gone() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(1, "n1"), LogWrite(1, (A,))))
    storage.sync()
    storage.write(Batch(HardState(2, "n2"), LogWrite(1, (C,))))
    assert (storage.unsynced, storage.hard_state) == (1, HardState(1, "n1"))
    assert crashed(files) == Recovered(HardState(1, "n1"), (A,))


def test_a_sync_goes_at_least_as_far_as_its_ticket() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(1, None), None))
    ticket = storage.write(Batch(None, LogWrite(1, (A, B))))
    storage.sync(ticket)
    syncs = files.counts["sync"]
    storage.sync(ticket)
    storage.sync()
    assert files.counts["sync"] == syncs, "what is durable costs nothing"
    with pytest.raises(BatchError, match=r"ticket 3 was never given; expected one that was: 1 to 2"):
        storage.sync(ticket + 1)
    assert crashed(files) == Recovered(HardState(1, None), (A, B))


def test_a_write_cuts_the_log_where_it_begins() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (A, B, B))))
    storage.write(Batch(None, LogWrite(2, (C,))))
    storage.sync()
    assert (storage.first_index, storage.last_index) == (1, 2)
    assert crashed(files).entries == (A, C)


def test_a_group_is_one_write_and_one_sync() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, StorageOptions(segment_bytes=1 << 16))
    before = dict(files.counts)
    for index in range(1, 65):
        storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 64),))))
    storage.sync()
    assert files.counts["write"] - before["write"] == 1
    assert files.counts["sync"] - before["sync"] == 1


def test_segments_follow_upon_each_other() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    for index in range(1, 101):
        storage.write(Batch(HardState(index, None), LogWrite(index, (Entry(index, "x" * 50),))))
        if index % 30 == 0:
            storage.sync()
    storage.sync()
    names = [name for name in files.names() if name.endswith(".wal")]
    assert names == [segment_name(number) for number in range(1, len(names) + 1)]
    assert len(names) > 8
    assert crashed(files) == Recovered(HardState(100, None), tuple(Entry(n, "x" * 50) for n in range(1, 101)))


def test_a_batch_that_is_longer_than_a_segment_gets_one_of_its_own() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    big = Entry(1, "x" * 10_000)
    storage.write(Batch(None, LogWrite(1, (A,))))
    storage.write(Batch(None, LogWrite(2, (big,))))
    storage.write(Batch(None, LogWrite(3, (C,))))
    storage.sync()
    assert len(files.contents(segment_name(2))) > 10_000
    assert crashed(files).entries == (A, big, C)


def test_one_thread_may_write_while_another_syncs(tmp_path: Path) -> None:
    storage = DiskStorage.open(tmp_path, SMALL)
    done = threading.Event()

    def sync() -> None:
        while not done.is_set():
            storage.sync()

    thread = threading.Thread(target=sync)
    thread.start()
    for index in range(1, 501):
        storage.write(Batch(None, LogWrite(index, (Entry(1, str(index)),))))
    done.set()
    thread.join()
    storage.close()
    assert [entry.value for entry in DiskStorage.open(tmp_path).recover().entries] == [str(n) for n in range(1, 501)]


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 4])
def test_a_hole_is_refused_and_nothing_changes(first: int) -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (A, B))))
    with pytest.raises(BatchError, match=f"entries begin at {first}, expected from 1 to 3"):
        storage.write(Batch(HardState(9, None), LogWrite(first, (C,))))
    storage.write(Batch(None, LogWrite(3, (C,))))
    storage.sync()
    assert crashed(files) == Recovered(HardState(), (A, B, C))


def test_a_batch_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vraft.storage.disk.MAX_BATCH_BYTES", 100)
    storage = DiskStorage.open(SimulatedFiles(), SMALL)
    with pytest.raises(BatchError, match="expected at most 100; write it as several"):
        storage.write(Batch(None, LogWrite(1, (Entry(1, "x" * 100),))))
    storage.write(Batch(None, LogWrite(1, (A,))))


@pytest.mark.parametrize("options", [{"segment_bytes": 100}, {"segment_bytes": 1 << 40}, {"owner": "ø" * 129}])
def test_options_beyond_the_bounds_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(BatchError):
        StorageOptions(**options)  # type: ignore[arg-type]


def test_the_longest_names_leave_room_in_the_smallest_segment() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, StorageOptions(segment_bytes=MIN_SEGMENT_BYTES, owner="ø" * 128))
    for term in range(1, 5):
        storage.write(Batch(HardState(term, "n" * 1024), None))
    storage.sync()
    assert DiskStorage.open(files.crash(), StorageOptions(owner="ø" * 128)).hard_state == HardState(4, "n" * 1024)


def test_another_owner_is_not_let_in() -> None:
    files = SimulatedFiles()
    DiskStorage.open(files, StorageOptions(owner="c/n1", segment_bytes=MIN_SEGMENT_BYTES)).close()
    with pytest.raises(FormatError, match="found a log of 'c/n1'; expected one of 'c/n2'"):
        DiskStorage.open(files, StorageOptions(owner="c/n2"))


def test_a_store_is_opened_once(tmp_path: Path) -> None:
    storage = DiskStorage.open(tmp_path)
    with pytest.raises(StoreInUseError, match="has this store open"):
        DiskStorage.open(tmp_path)
    storage.close()
    storage.close()
    DiskStorage.open(tmp_path).close()


def test_a_closed_store_says_so() -> None:
    storage = DiskStorage.open(SimulatedFiles(), SMALL)
    storage.close()
    with pytest.raises(StorageError, match="the store is closed"):
        storage.write(Batch(None, None))
    with pytest.raises(StorageError, match="the store is closed"):
        storage.sync()


def test_recover_is_for_the_beginning() -> None:
    storage = DiskStorage.open(SimulatedFiles(), SMALL)
    storage.recover()
    storage.write(Batch(None, None))
    with pytest.raises(StorageError, match="before anything is written"):
        storage.recover()


# What fails -----------------------------------------------------------------------------------------------------------


def test_after_a_failed_sync_nothing_is_done_any_more() -> None:
    files = SimulatedFiles(seed=3)
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (A,))))
    storage.sync()
    storage.write(Batch(None, LogWrite(2, (B,))))
    files.fail_sync_at = files.counts["sync"] + files.counts["sync_names"] + 1
    with pytest.raises(StoreFailedError, match=r"writing the log failed: .* open the store again"):
        storage.sync()
    syncs = files.counts["sync"]
    attempts: list[Callable[[], object]] = [
        storage.sync,
        lambda: storage.write(Batch(None, None)),
        storage.confirm,
        storage.compact,
        lambda: storage.sync(1),
    ]
    for attempt in attempts:
        with pytest.raises(StoreFailedError):
            attempt()
    assert storage.durable == 1
    storage.close()
    assert files.counts["sync"] == syncs, "not even at the end"


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_after_a_failed_sync_is_made_durable(seed: int) -> None:
    """The kernel shows what it never wrote; whoever acts on it has to write it again."""
    files = SimulatedFiles(seed=seed)
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(1, "n1"), LogWrite(1, (A, B))))
    files.fail_sync_at = files.counts["sync"] + files.counts["sync_names"] + 1
    with pytest.raises(StoreFailedError):
        storage.sync()
    storage.abandon()
    again = DiskStorage.open(files.kill(), SMALL)
    assert again.recover() == Recovered(HardState(1, "n1"), (A, B))
    again.abandon()
    assert crashed(files) == Recovered(HardState(1, "n1"), (A, B))


def test_a_full_disk_acknowledges_nothing_and_opens_again() -> None:
    files = SimulatedFiles(capacity=MIN_SEGMENT_BYTES + 1000)
    storage = DiskStorage.open(files, SMALL)
    written: list[Entry] = []

    def fill() -> None:
        for index in range(1, 100):
            storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 100),))))
            storage.sync()
            written.append(Entry(1, "x" * 100))

    with pytest.raises(StoreFailedError, match="No space left on device"):
        fill()
    assert len(written) > 3
    storage.close()
    again = DiskStorage.open(files, SMALL)
    found = again.recover().entries
    assert found[: len(written)] == tuple(written)
    assert [name for name in files.names() if name.endswith(".tmp")] == [], "what was begun is cleaned up"
    again.abandon()
    files.capacity *= 4
    again = DiskStorage.open(files, SMALL)
    again.write(Batch(None, LogWrite(len(found) + 1, (A,))))
    again.sync()
    assert crashed(files).entries == (*found, A)


def test_a_segment_that_cannot_be_made_closes_the_last_one_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A descriptor that is closed twice may be another file's by then; and the lock goes whatever happens."""
    true, is_full = RealFiles.open, [False]

    def full(self: RealFiles, name: str, *, create: bool = False) -> RealFile:
        if create and is_full[0]:
            raise OSError(errno.ENOSPC, "No space left on device", name)
        return true(self, name, create=create)

    monkeypatch.setattr(RealFiles, "open", full)
    storage = DiskStorage.open(tmp_path, SMALL)
    is_full[0] = True
    storage.write(Batch(None, LogWrite(1, (Entry(1, "x" * 1000),))))
    storage.write(Batch(None, LogWrite(2, (Entry(1, "x" * 1000),))))
    with pytest.raises(StoreFailedError, match="No space left on device"):
        storage.sync()
    with (tmp_path / "another").open("wb") as another:
        storage.close()
        another.write(b"x")
    is_full[0] = False
    DiskStorage.open(tmp_path, SMALL).close()


def test_a_file_that_is_in_the_way_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d" / segment_name(1)).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError) as caught:
        DiskStorage.open("d", SMALL)
    assert str(caught.value).startswith(f"d/{segment_name(1)}: opening the store failed: Is a directory.")


def test_a_disk_that_is_full_from_the_start_says_so() -> None:
    with pytest.raises(StoreFailedError, match="opening the store failed: No space left on device"):
        DiskStorage.open(SimulatedFiles(capacity=100))


def test_an_interruption_within_a_write_ends_the_store() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (A,))))
    files.crash_at = files.operations + 1
    with pytest.raises(SimulatedCrash):
        storage.sync()
    with pytest.raises(StoreFailedError, match="interrupted by SimulatedCrash"):
        storage.sync()


def test_short_writes_are_completed() -> None:
    files = SimulatedFiles(seed=5, faults=Faults(short_write=1))
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (Entry(1, "x" * 500),))))
    storage.sync()
    assert files.counts["short write"] > 3
    assert crashed(files).entries == (Entry(1, "x" * 500),)


# What is found damaged or missing -------------------------------------------------------------------------------------


def test_a_missing_segment_is_named(disk: SimpleNamespace) -> None:
    files = disk.record(5, 60).files
    files.unlink(segment_name(1))
    with pytest.raises(CorruptionError, match="found no file, and a log that begins at") as caught:
        DiskStorage.open(files, disk.SMALL)
    assert caught.value.file == files.path(segment_name(1))


def test_a_segment_that_is_missing_in_between_is_named(disk: SimpleNamespace) -> None:
    recorded = disk.record(5, 60)
    recorded.files.unlink(segment_name(2))
    with pytest.raises(CorruptionError) as caught:
        DiskStorage.open(recorded.files, disk.SMALL)
    assert caught.value.file == recorded.files.path(segment_name(2))


def test_a_segment_that_is_cut_off_in_between_is_refused(disk: SimpleNamespace) -> None:
    files = disk.record(5, 60).files
    files.cut(segment_name(2), 1000)
    with pytest.raises(CorruptionError, match="as the header of the next segment says") as caught:
        DiskStorage.open(files, disk.SMALL)
    assert caught.value.file == files.path(segment_name(2))


def test_a_segment_of_another_place_is_refused(disk: SimpleNamespace) -> None:
    files = disk.record(5, 60).files
    files.put(segment_name(2), files.contents(segment_name(1)))
    with pytest.raises(FormatError, match="found segment 1; expected segment 2"):
        DiskStorage.open(files, disk.SMALL)


def test_an_error_says_where_what_and_what_to_do(disk: SimpleNamespace) -> None:
    recorded = disk.record(5, 6)
    name, end, _ = recorded.ends[1]
    recorded.files.corrupt(name, end - 1, 0x10)
    with pytest.raises(CorruptionError) as caught:
        DiskStorage.open(recorded.files, disk.SMALL)
    text = str(caught.value)
    start = recorded.ends[0][1]
    assert text.startswith(
        f"simulated/{name}, offset {start}: found a batch of {end - start} bytes that does not match"
    )
    assert "expected a whole batch" in text
    assert "vraft log repair" in text


@pytest.mark.parametrize(
    ("batch", "complaint"),
    [
        (Batch(None, LogWrite(1, (Entry(1, 5),))), "expected str as the value of entry 1 of it, found int 5"),
        (
            Batch(None, LogWrite(1, (Entry(1, "x"), Entry(1, b"y")))),
            "expected str as the value of entry 2 of it, found bytes b'y'",
        ),
        (
            Batch(None, LogWrite(1, (Entry(1, None),))),
            "expected str as the value of entry 1 of it, found NoneType None",
        ),
        (Batch(None, LogWrite(1, ((1, "x"),))), "expected Entry as number 1 of its entries, found tuple (1, 'x')"),
        (
            Batch(None, LogWrite(1, ((1, "x"), (1, "y")))),
            "expected Entry as number 1 of its entries, found tuple (1, 'x')",
        ),
        (Batch(None, LogWrite("1", ())), "expected int as the index of the first entry, found str '1'"),
        (
            Batch(None, LogWrite(1, (Entry(1, "x", "n1"),))),
            "expected a configuration or None in entry 1 of it, found str",
        ),
        (Batch(None, LogWrite(1, None)), "expected a tuple of its entries, found NoneType None"),
        (None, "expected Batch, found NoneType None"),
        (Batch(None, (1, "x")), "expected LogWrite as its entries, found tuple (1, 'x')"),
        (Batch(HardState(1, 2), None), "expected str as the vote, found int 2"),
        (Batch((1, "n1"), None), "expected HardState as its hard state, found tuple (1, 'n1')"),
        (Batch(HardState(1.5, None), None), "a term or an index is not from 0 to 18446744073709551615"),
        (Batch(None, None, Snapshot(index=1, term=1, config=Configuration.of(["n1"]), data="text")), "expected bytes"),
        (Batch(None, None, Snapshot(index="1", term=1, config=Configuration.of(["n1"]))), "found str '1'"),
    ],
)
def test_a_batch_of_other_types_is_refused_and_changes_nothing(tmp_path: Path, batch: Batch, complaint: str) -> None:
    with DiskStorage.open(tmp_path) as storage:
        with pytest.raises(BatchError, match=re.escape(complaint)):
            storage.write(batch)
        storage.write(Batch(None, LogWrite(1, (Entry(1, "x"),))))
        storage.sync()
    with DiskStorage.open(tmp_path) as storage:
        assert storage.recover().entries == (Entry(1, "x"),)


def test_nothing_is_changed_where_it_refuses(disk: SimpleNamespace) -> None:
    recorded = disk.record(5, 60)
    recorded.files.corrupt(segment_name(1), 700, 1)
    before = {name: recorded.files.contents(name) for name in recorded.files.names()}
    with pytest.raises(CorruptionError):
        DiskStorage.open(recorded.files, disk.SMALL)
    assert {name: recorded.files.contents(name) for name in recorded.files.names()} == before


# On a real disk -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [CRC32, CRC32C], ids=lambda algorithm: algorithm.name)
def test_a_real_disk(tmp_path: Path, algorithm: object) -> None:
    options = StorageOptions(segment_bytes=4096, algorithm=algorithm, owner="c/n1")  # type: ignore[arg-type]
    where = tmp_path / "deep" / "store"
    written: list[Entry] = []
    for life in range(3):
        storage = DiskStorage.open(where, options)
        assert storage.recover() == Recovered(HardState(life, "n1" if life else None), tuple(written))
        for _ in range(50):
            entry = Entry(life + 1, f"value {len(written)}")
            storage.write(Batch(HardState(life + 1, "n1"), LogWrite(len(written) + 1, (entry,))))
            written.append(entry)
            if len(written) % 7 == 0:
                storage.sync()
        storage.sync()
        storage.abandon() if life else storage.close()
    assert (where / segment_name(1)).stat().st_size == 4096
    assert len(list(where.glob("*.wal"))) > 2


def test_a_segment_of_either_checksum_may_follow_upon_the_other(tmp_path: Path) -> None:
    for index, algorithm in enumerate([CRC32C, CRC32, CRC32C], start=1):
        storage = DiskStorage.open(tmp_path, StorageOptions(segment_bytes=4096, algorithm=algorithm))
        storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 3000),))))
        storage.close()
    assert len(DiskStorage.open(tmp_path).recover().entries) == 3


def test_an_error_of_the_system_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = DiskStorage.open(tmp_path)
    storage.write(Batch(None, LogWrite(1, (A,))))

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fdatasync", fail)
    with pytest.raises(StoreFailedError, match=f"{tmp_path}.*writing the log failed: Input/output error"):
        storage.sync()
    storage.close()


def test_batches_of_a_group_share_a_frame_up_to_a_length() -> None:
    for length, frames in ((0, 10), (30, 10), (60, 5), (120, 3), (1 << 16, 1)):
        files = SimulatedFiles()
        storage = DiskStorage.open(files, StorageOptions(segment_bytes=4096, frame_bytes=length))
        for index in range(1, 11):
            storage.write(Batch(None, LogWrite(index, (A,))))
        storage.sync()
        segment = read_log(files).segments[0]
        assert len(segment.frames) == 1 + frames, length
        assert crashed(files).entries == (A,) * 10


def test_a_value_that_looks_like_a_frame_is_none() -> None:
    """A client who knows the format writes a value that claims, as a frame, that what is torn before it was synced."""
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, (A,))))
    storage.sync()
    header = read_log(files).segments[0].header
    # All of it can be guessed but what the header says of its segment.
    guessed = replace(header, term_before=header.term_before + 1)
    end = read_log(files).segments[0].end
    for offset in range(end, end + 120):
        forged = frame_bytes(
            seal_body(b"", header.algorithm), sequence=9, offset=offset, synced=offset, header=with_seed(guessed)
        )
        assert list(frames_after(bytes(offset) + forged + bytes(100), end - 1, header)) == []
        true = frame_bytes(seal_body(b"", header.algorithm), sequence=9, offset=offset, synced=offset, header=header)
        assert len(list(frames_after(bytes(offset) + true + bytes(100), end - 1, header))) == 1
