"""A damaged log that is cut: what is said to be kept is there when the store is opened again."""

from __future__ import annotations

from pathlib import Path

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite, Snapshot
from vraft.storage import Batch, DiskStorage, StorageOptions
from vraft.storage.files import RealFiles
from vraft.storage.inspection import inspect
from vraft.storage.layout import SEGMENT_HEADER_BYTES
from vraft.storage.recovery import Place
from vraft.storage.repair import make_plan, repair

OPTIONS = StorageOptions(owner="c/n1", segment_bytes=4096, frame_bytes=512)
VOTE = HardState(7, "n3")
FIRST = "0000000000000001.wal"


def store(folder: Path, *, snapshot: bool) -> Path:
    """Two segments with entries of term 1, and a vote in term 7 after them; the first segment has the first entries."""
    with DiskStorage.open(folder, OPTIONS) as storage:
        storage.write(Batch(HardState(1, "n1"), None))
        for index in range(1, 21):
            storage.write(Batch(None, LogWrite(index, (Entry(1, "x" * 150),))))
            storage.sync()
        if snapshot:
            config = Configuration.of(["n1", "n2", "n3"])
            aside = Snapshot(index=3, term=1, config=config, data=b"state")
            storage.write(Batch(None, None, aside))
            storage.sync()
        storage.write(Batch(VOTE, None))
    assert (folder / FIRST).exists()
    return folder


def damage(folder: Path, offset: int) -> None:
    data = bytearray((folder / FIRST).read_bytes())
    data[offset] ^= 4
    (folder / FIRST).write_bytes(data)


@pytest.mark.parametrize("snapshot", [False, True])
@pytest.mark.parametrize("offset", range(0, 900, 45))
def test_a_vote_that_is_said_to_be_carried_over_is(tmp_path: Path, snapshot: bool, offset: int) -> None:
    """Wherever the damage is: in the first batch of all it leaves no segment to carry it over to."""
    folder = store(tmp_path / "store", snapshot=snapshot)
    damage(folder, offset)
    files = RealFiles(folder)
    plan = make_plan(files)
    assert plan is not None
    assert plan.lost.hard_state == VOTE
    repair(files, plan)
    with DiskStorage.open(folder, OPTIONS) as storage:
        assert storage.hard_state == VOTE
        assert storage.last_index == plan.kept_last
    assert not inspect(files).problems


def test_a_place_before_the_first_batch(tmp_path: Path) -> None:
    folder = store(tmp_path / "store", snapshot=True)
    files = RealFiles(folder)
    plan = make_plan(files, Place(1, SEGMENT_HEADER_BYTES))
    assert plan is not None
    assert (plan.kept_batches, plan.kept_last) == (0, 3)
    assert (plan.lost.entries, plan.lost.first, plan.lost.last) == (17, 4, 20)
    repair(files, plan)
    with DiskStorage.open(folder, OPTIONS) as storage:
        assert (storage.hard_state, storage.last_index) == (VOTE, 3)


def test_whose_log_it_was_is_carried_over_too(tmp_path: Path) -> None:
    folder = store(tmp_path / "store", snapshot=False)
    damage(folder, 20)
    files = RealFiles(folder)
    plan = make_plan(files)
    assert plan is not None
    assert plan.owner == "c/n1"
    repair(files, plan)
    assert inspect(files).owner == "c/n1"


def test_nothing_that_can_be_read_is_nothing_to_carry_over(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with DiskStorage.open(folder, OPTIONS) as storage:
        storage.write(Batch(VOTE, None))
    damage(folder, 20)
    files = RealFiles(folder)
    plan = make_plan(files)
    assert plan is not None
    assert (plan.lost.hard_state, plan.owner) == (None, None)
    repair(files, plan)
    with DiskStorage.open(folder, OPTIONS) as storage:
        assert storage.hard_state == HardState()
