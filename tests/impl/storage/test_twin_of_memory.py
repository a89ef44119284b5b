"""The disk beside the storage in memory, in the emulator: whole clusters whose servers write to both.

After each crash the disk is read back, from what a machine that died would leave, and finds what the memory kept; the
emulator's memory loses everything that was not synced, the disk may keep some of it, so it is cut down to that first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from vraft.core import HardState, LogWrite
from vraft.emulator import Runner, load_scenario
from vraft.storage import Batch, BatchError, DiskStorage, MemoryStorage, StorageOptions
from vraft.storage.faulty import SimulatedFiles

SMALL = StorageOptions(segment_bytes=2048)


class Both(MemoryStorage):
    """The storage in memory, with a disk that is told the same."""

    made: list[Both]

    def __init__(self) -> None:
        super().__init__()
        self.files = SimulatedFiles(seed=len(self.made))
        self.disk = DiskStorage.open(self.files, SMALL)
        self.waiting: list[tuple[int, Batch]] = []
        self.recoveries = 0
        self.made.append(self)

    def write(self, batch: Batch) -> int:
        ticket = super().write(batch)
        self.waiting.append((ticket, batch))
        return ticket

    def sync(self, ticket: int | None = None) -> None:
        super().sync(ticket)
        # The disk syncs all that it was handed; so it is handed what is to be synced only.
        while self.waiting and (ticket is None or self.waiting[0][0] <= ticket):
            self.disk.write(self.waiting.pop(0)[1])
        self.disk.sync()
        if self.disk.snapshot_key is not None:
            self.disk.compact()

    def crash(self) -> int:
        self.waiting.clear()
        self.disk.abandon()
        self.files = self.files.crash()
        self.disk = DiskStorage.open(self.files, SMALL)
        assert self.disk.recover() == super().recover()
        self.recoveries += 1
        return super().crash()


def run(scenario: str, monkeypatch: pytest.MonkeyPatch) -> list[Both]:
    Both.made = []
    monkeypatch.setattr("vraft.emulator.host.MemoryStorage", Both)
    assert Runner(load_scenario(scenario)).run().ok
    for both in Both.made:
        both.crash()
    return Both.made


@pytest.mark.parametrize("scenario", ["chaos3", "chaos_members", "snapshot", "snapshot_restart"])
def test_a_cluster_finds_the_same_on_either(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(scenario, monkeypatch)
    if scenario != "snapshot":
        assert sum(both.recoveries for both in made) > len(made), "somebody crashed on the way"
    if scenario == "chaos_members":
        assert any(entry.is_config for both in made for entry in both.entries)
    if scenario.startswith("snapshot"):
        assert any(both.snapshot is not None for both in made)
    assert min(both.last_index for both in made) >= 3


def without_vote(batch: Batch) -> Batch:
    return replace(batch, hard_state=batch.hard_state and HardState(batch.hard_state.term, None))


def without_snapshot(batch: Batch) -> Batch:
    return replace(batch, snapshot=None)


def without_last_entry(batch: Batch) -> Batch:
    if batch.entries is None or len(batch.entries.entries) < 2:
        return batch
    return replace(batch, entries=LogWrite(batch.entries.first, batch.entries.entries[:-1]))


@pytest.mark.parametrize("change", [without_vote, without_snapshot, without_last_entry])
def test_a_disk_that_forgets_is_caught(change: Callable[[Batch], Batch], monkeypatch: pytest.MonkeyPatch) -> None:
    true = DiskStorage.write
    monkeypatch.setattr(DiskStorage, "write", lambda self, batch: true(self, change(batch)))
    with pytest.raises((AssertionError, BatchError)):
        run("snapshot_restart", monkeypatch)
