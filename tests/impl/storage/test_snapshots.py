"""Snapshots on the disk, what they do to the log, and what compaction may take away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite, Recovered, Snapshot
from vraft.storage import Batch, BatchError, CorruptionError, DiskStorage, FormatError, StorageOptions, snapshots
from vraft.storage.checksums import CRC32, CRC32C
from vraft.storage.disk import MIN_SEGMENT_BYTES
from vraft.storage.faulty import SimulatedCrash, SimulatedFiles
from vraft.storage.layout import segment_name
from vraft.storage.snapshots import key_of, read_snapshot, snapshot_key, snapshot_name, write_snapshot

SMALL = StorageOptions(segment_bytes=MIN_SEGMENT_BYTES, frame_bytes=0)
JOINT = Configuration.of(["n1", "n2"], outgoing=["n1", "n3"], learners=["n4"])


def snapshot_of(index: int, term: int = 1, data: bytes = b"state") -> Snapshot:
    return Snapshot(index=index, term=term, config=JOINT, config_index=2, history=2**63 + index, data=data)


def log(*terms: int, first: int = 1) -> tuple[Entry, ...]:
    return tuple(Entry(term, f"value {index}") for index, term in enumerate(terms, start=first))


def filled(files: SimulatedFiles, *terms: int) -> DiskStorage:
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(max(terms), "n1"), LogWrite(1, log(*terms))))
    storage.sync()
    return storage


def crashed(files: SimulatedFiles) -> Recovered:
    return DiskStorage.open(files.crash(), SMALL).recover()


# The file -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [CRC32, CRC32C], ids=lambda algorithm: algorithm.name)
@pytest.mark.parametrize("data", [b"", b"x", bytes(3000)], ids=len)
def test_a_snapshot_comes_back_as_it_went_in(algorithm: object, data: bytes) -> None:
    files = SimulatedFiles()
    snapshot = snapshot_of(7, 3, data)
    write_snapshot(files, snapshot, hard_state=HardState(4, "n\ud800"), algorithm=algorithm)  # type: ignore[arg-type]
    assert files.names() == [snapshot_name((7, 3))]
    assert snapshot_key(files.names()[0]) == key_of(snapshot)
    assert read_snapshot(files.crash(), (7, 3)) == (snapshot, HardState(4, "n\ud800"))


@pytest.mark.parametrize("name", ["7-3.snap", f"{7:020d}-{3:020d}.snap.tmp", f"{7:020d}_{3:020d}.snap", "-" * 41])
def test_what_is_no_snapshot_is_none(name: str) -> None:
    assert snapshot_key(name) is None


def test_any_damage_is_seen_and_placed() -> None:
    files = SimulatedFiles()
    write_snapshot(files, snapshot_of(7), hard_state=HardState())
    name = snapshot_name((7, 1))
    whole = files.contents(name)
    description = whole.index(b"{")
    state = whole.rindex(b"state")
    for offset in range(len(whole)):
        files.corrupt(name, offset, 0x40)
        with pytest.raises(CorruptionError, match="restore it from another server") as caught:
            read_snapshot(files, (7, 1))
        assert caught.value.offset == max(start for start in (0, description, state) if start <= offset)
        files.corrupt(name, offset, 0x40)
    for length in range(len(whole)):
        files.put(name, whole[:length])
        with pytest.raises(CorruptionError, match="the end of the file") as caught:
            read_snapshot(files, (7, 1))
        assert caught.value.offset == length


def test_another_version_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    files = SimulatedFiles()
    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "SNAPSHOT_VERSION", 2)
        write_snapshot(files, snapshot_of(7), hard_state=HardState())
    with pytest.raises(FormatError, match=r"version 2; expected .*version 1"):
        read_snapshot(files, (7, 1))


def test_a_snapshot_of_another_name_is_refused() -> None:
    files = SimulatedFiles()
    write_snapshot(files, snapshot_of(7), hard_state=HardState())
    files.rename(snapshot_name((7, 1)), snapshot_name((8, 1)))
    with pytest.raises(FormatError, match="as the name says"):
        read_snapshot(files, (8, 1))


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = filled(SimulatedFiles(), 1, 1)
    monkeypatch.setattr(snapshots, "MAX_STATE_BYTES", 4)
    for attempt in storage.save_snapshot, lambda snapshot: storage.write(Batch(None, None, snapshot)):
        with pytest.raises(BatchError, match="a snapshot has 5 bytes, expected at most 4"):
            attempt(snapshot_of(1))
    monkeypatch.setattr(snapshots, "MAX_DESCRIPTION_BYTES", 10)
    with pytest.raises(BatchError, match="the description of a snapshot has"):
        storage.write(Batch(None, None, snapshot_of(1, data=b"")))


# What counts ----------------------------------------------------------------------------------------------------------


def test_the_log_goes_on_after_a_snapshot_of_its_own() -> None:
    files = SimulatedFiles()
    storage = filled(files, 1, 1, 1)
    storage.write(Batch(None, None, snapshot_of(2)))
    assert (storage.first_index, storage.last_index, storage.snapshot_key) == (3, 3, (2, 1))
    storage.write(Batch(None, LogWrite(4, log(1, first=4))))
    storage.sync()
    assert crashed(files) == Recovered(HardState(1, "n1"), log(1, 1, first=3), snapshot_of(2))


@pytest.mark.parametrize("snapshot", [snapshot_of(2, 2), snapshot_of(9, 2)], ids=["disagrees", "is ahead"])
def test_a_log_that_disagrees_with_a_snapshot_is_gone(snapshot: Snapshot) -> None:
    files = SimulatedFiles()
    storage = filled(files, 1, 1, 1)
    storage.write(Batch(HardState(2, None), None, snapshot))
    assert storage.last_index == snapshot.index
    storage.sync()
    assert crashed(files) == Recovered(HardState(2, None), (), snapshot)


def test_entries_of_the_same_batch_follow_upon_the_snapshot() -> None:
    files = SimulatedFiles()
    storage = filled(files, 1, 1, 1)
    storage.write(Batch(None, LogWrite(10, log(2, first=10)), snapshot_of(9, 2)))
    storage.sync()
    assert crashed(files) == Recovered(HardState(1, "n1"), log(2, first=10), snapshot_of(9, 2))


def test_what_a_snapshot_covers_cannot_be_written_again() -> None:
    storage = filled(SimulatedFiles(), 1, 1, 1)
    storage.write(Batch(None, None, snapshot_of(2)))
    with pytest.raises(BatchError, match="entries begin at 2, expected from 3 to 4"):
        storage.write(Batch(None, LogWrite(2, log(1, first=2))))
    for index in (1, 2):
        with pytest.raises(BatchError, match=f"a snapshot of {index}, expected one after that of 2"):
            storage.write(Batch(None, None, snapshot_of(index)))
        with pytest.raises(BatchError, match=f"a snapshot of {index}, expected one after that of 2"):
            storage.save_snapshot(snapshot_of(index))


def test_a_snapshot_that_no_batch_names_is_not_there() -> None:
    files = SimulatedFiles()
    storage = filled(files, 1, 1, 1)
    storage.save_snapshot(snapshot_of(9, 2))
    assert crashed(files) == Recovered(HardState(1, "n1"), log(1, 1, 1))
    storage.write(Batch(HardState(2, None), None, snapshot_of(9, 2)))
    assert crashed(files) == Recovered(HardState(1, "n1"), log(1, 1, 1))


def test_a_step_that_installs_a_snapshot_is_whole_or_not_at_all() -> None:
    """Wherever the process dies, and then the machine."""
    outcomes = set()
    for seed in range(3):
        for operation in range(1, 30):
            files = SimulatedFiles(seed=seed)
            storage = filled(files, 1, 1, 1)
            before = Recovered(HardState(1, "n1"), log(1, 1, 1))
            after = Recovered(HardState(2, None), log(2, first=10), snapshot_of(9, 2))
            files.crash_at = files.operations + operation
            storage.write(Batch(HardState(2, None), LogWrite(10, log(2, first=10)), snapshot_of(9, 2)))
            try:
                storage.sync()
                storage.compact()
                is_done = True
            except SimulatedCrash:
                is_done = False
            files.crash_at = None
            found = crashed(files)
            assert found == after or (found == before and not is_done)
            outcomes.add((is_done, found == after))
    assert outcomes == {(True, True), (False, True), (False, False)}


# Compaction -----------------------------------------------------------------------------------------------------------


def test_compaction_takes_what_is_covered_and_nothing_else() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    for index in range(1, 61):
        storage.write(Batch(HardState(1, "n1"), LogWrite(index, (Entry(1, "x" * 100),))))
    storage.sync()
    segments = [name for name in files.names() if name.endswith(".wal")]
    assert len(segments) > 5
    assert storage.compact() == 0
    storage.write(Batch(None, None, snapshot_of(30)))
    assert storage.compact() == 0, "the snapshot is not durable"
    storage.sync()
    dropped = storage.compact()
    assert 0 < dropped < len(segments) - 2
    assert [name for name in files.names() if name.endswith(".wal")] == segments[dropped:]
    assert crashed(files) == Recovered(HardState(1, "n1"), (Entry(1, "x" * 100),) * 30, snapshot_of(30))
    storage.write(Batch(None, None, snapshot_of(60)))
    storage.sync()
    storage.compact()
    assert [name for name in files.names() if not name.endswith(".wal")] == [snapshot_name((60, 1))]
    assert len(files.names()) == 2
    assert crashed(files) == Recovered(HardState(1, "n1"), (), snapshot_of(60))


def test_a_segment_whose_entries_were_replaced_stays_until_all_of_them_are_covered() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(None, LogWrite(1, log(*[1] * 50))))
    storage.write(Batch(None, LogWrite(5, log(*[2] * 60, first=5))))
    storage.sync()
    storage.write(Batch(None, None, snapshot_of(40, 2)))
    storage.sync()
    assert segment_name(1) in files.names()
    storage.compact()
    assert segment_name(1) in files.names()
    assert crashed(files).entries == log(*[2] * 24, first=41)


def test_hard_state_survives_the_segment_that_it_was_written_into() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(7, "n3"), None))
    for index in range(1, 31):
        storage.write(Batch(None, LogWrite(index, (Entry(7, "x" * 100),))))
    storage.write(Batch(None, None, snapshot_of(30, 7)))
    storage.sync()
    assert storage.compact() > 0
    assert segment_name(1) not in files.names()
    assert crashed(files).hard_state == HardState(7, "n3")


def test_leftovers_of_a_compaction_are_removed() -> None:
    files = SimulatedFiles()
    storage = DiskStorage.open(files, SMALL)
    for index in range(1, 61):
        storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 100),))))
    storage.write(Batch(None, None, snapshot_of(58)))
    storage.sync()
    old = {name: files.contents(name) for name in files.names()}
    assert storage.compact() > 3
    files = files.crash()
    files.put(segment_name(2), old[segment_name(2)])
    files.put("000.snap.tmp", b"half")
    files.put("notes.txt", b"of a person")
    found = DiskStorage.open(files, SMALL).recover()
    assert found == Recovered(HardState(), (Entry(1, "x" * 100),) * 2, snapshot_of(58))
    assert segment_name(2) not in files.names()
    assert "000.snap.tmp" not in files.names()
    assert "notes.txt" in files.names()


# What is missing ------------------------------------------------------------------------------------------------------


def compacted(files: SimulatedFiles) -> DiskStorage:
    storage = DiskStorage.open(files, SMALL)
    storage.write(Batch(HardState(3, "n2"), None))
    for index in range(1, 61):
        storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 100),))))
    storage.write(Batch(None, None, snapshot_of(58)))
    storage.sync()
    storage.compact()
    for index in range(61, 75):
        storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 100),))))
    storage.sync()
    return storage


def test_a_missing_snapshot_is_named() -> None:
    files = SimulatedFiles()
    compacted(files)
    files = files.crash()
    files.unlink(snapshot_name((58, 1)))
    with pytest.raises(CorruptionError, match="the snapshot that the log follows upon") as caught:
        DiskStorage.open(files, SMALL)
    assert caught.value.file == files.path(snapshot_name((58, 1)))


def test_a_snapshot_without_any_log_is_refused() -> None:
    """The vote was in the log, and who votes without it may vote twice."""
    files = SimulatedFiles()
    compacted(files)
    files = files.crash()
    for name in files.names():
        if name.endswith(".wal"):
            files.unlink(name)
    with pytest.raises(CorruptionError, match="the last vote was in it"):
        DiskStorage.open(files, SMALL)


def test_a_damaged_snapshot_keeps_the_server_from_starting() -> None:
    files = SimulatedFiles()
    compacted(files)
    files = files.crash()
    files.corrupt(snapshot_name((58, 1)), 50, 1)
    with pytest.raises(CorruptionError, match="a description that does not match its checksum"):
        DiskStorage.open(files, SMALL)


def test_a_snapshot_without_a_log_is_used_where_the_log_was_cut_off() -> None:
    """Cut anywhere, with what follows gone: it starts, from the snapshot at least, with term and vote."""
    files = SimulatedFiles()
    compacted(files)
    contents = {name: files.contents(name) for name in files.names()}
    segments = [name for name in contents if name.endswith(".wal")]
    ways = set()
    for name in segments:
        for length in range(0, len(contents[name]) + 1, 8):
            cut = SimulatedFiles()
            for other, data in contents.items():
                if other < name or other.endswith(".snap"):
                    cut.put(other, data)
            cut.put(name, contents[name][:length])
            storage = DiskStorage.open(cut, SMALL)
            found = storage.recover()
            assert found.snapshot == snapshot_of(58)
            assert found.hard_state == HardState(3, "n2")
            assert set(found.entries) <= {Entry(1, "x" * 100)}
            ways.add(len(found.entries))
            storage.write(Batch(None, LogWrite(59 + len(found.entries), log(3))))
            storage.sync()
            storage.abandon()
            again = DiskStorage.open(cut.crash(), SMALL).recover()
            assert again == replace(found, entries=(*found.entries, *log(3)))
    assert ways == set(range(17))


def test_a_term_is_never_older_than_the_snapshot() -> None:
    files = SimulatedFiles()
    write_snapshot(files, snapshot_of(9, 5), hard_state=HardState())
    files.put(segment_name(4), b"VRAFT")
    assert DiskStorage.open(files, SMALL).recover() == Recovered(HardState(5, None), (), snapshot_of(9, 5))


def marked_before_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    true = DiskStorage.sync

    def sync(self: DiskStorage, ticket: int | None = None) -> None:
        late = [pending.snapshot for pending in self._pending if pending.snapshot is not None]
        self._pending = [pending._replace(snapshot=None) for pending in self._pending]
        true(self, ticket)
        for snapshot in late:
            self._put_snapshot(snapshot, HardState())

    monkeypatch.setattr(DiskStorage, "sync", sync)


def test_a_mark_before_its_snapshot_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    marked_before_it_is_there(monkeypatch)
    with pytest.raises(CorruptionError):
        test_a_step_that_installs_a_snapshot_is_whole_or_not_at_all()


def write_twice(files: SimulatedFiles) -> None:
    for _ in range(2):
        write_snapshot(files, snapshot_of(9, data=b"other"), hard_state=HardState())


@pytest.mark.parametrize("in_place", [False, True])
def test_a_snapshot_written_in_place_would_be_found_half(in_place: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if in_place:
        monkeypatch.setattr(snapshots, "TEMPORARY_SUFFIX", "")
        monkeypatch.setattr(SimulatedFiles, "rename", lambda *_: None)
    damaged = 0
    for operation in range(1, 8):
        files = SimulatedFiles(seed=operation)
        write_snapshot(files, snapshot_of(9), hard_state=HardState())
        files.crash_at = files.operations + operation
        with pytest.raises(SimulatedCrash):
            write_twice(files)
        try:
            read_snapshot(files.crash(), (9, 1))
        except CorruptionError:
            damaged += 1
    assert (damaged > 0) == in_place
