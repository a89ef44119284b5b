"""A server's life on a disk that does its worst: seeded schedules of writes, syncs, snapshots, crashes and faults.

After each crash the state that is found is one that the twin was in: no older than what was acknowledged, no newer than
what was written, and whole.  A failing schedule prints its seed; ``run(disk, SEED)`` repeats it.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from vraft.core import Configuration, Snapshot
from vraft.storage import Batch, CorruptionError, DiskStorage, StorageError, StoreFailedError
from vraft.storage import writer as writing
from vraft.storage.faulty import Faults, SimulatedCrash, SimulatedFile, SimulatedFiles

STEPS = 40
"""Batches in a life: some ten segments."""
OPENINGS_MAX = 200
"""How often a store may crash while it is being opened, one time after the other."""


THREE = Configuration.of(["n1", "n2", "n3"])


class Violation(AssertionError):
    """The storage broke its promise."""


class Life:
    """One schedule."""

    def __init__(self, disk: SimpleNamespace, seed: int) -> None:
        self.disk = disk
        self.seed = seed
        self.rng = random.Random(seed)
        faults = [
            Faults(),
            Faults(short_write=3, crash=30),
            Faults(failed_sync=20),
            Faults(short_write=4, failed_sync=40, crash=40),
        ][seed % 4]
        capacity = 1 << 40 if seed % 5 else 7_000
        self.files = SimulatedFiles(seed=seed, faults=faults, capacity=capacity, sector=(512, 4096)[seed // 4 % 2])
        self.options = disk.SHARED if seed % 3 == 0 else disk.SMALL
        self.states = [disk.State()]
        self.saved: list[Snapshot] = []
        self.tickets: dict[int, int] = {}
        self.acknowledged = 0
        self.points: Counter[str] = Counter()
        self.storage: DiskStorage | None = None

    def live(self) -> Counter[str]:
        """All of it; returns what happened how often."""
        self.reopen(crash=True)
        while len(self.states) <= STEPS:
            try:
                self.step()
            except (SimulatedCrash, StoreFailedError) as error:
                self.points[type(error).__name__] += 1
                if self.files.capacity < 1 << 40:
                    self.files.capacity += 1024  # Somebody makes room.
                # A failed store is opened again, by the same machine or by the next.
                self.reopen(crash=self.below(2) == 0)
        self.files.faults = Faults()
        self.files.capacity = 1 << 40
        self.reopen(crash=True)
        assert self.storage is not None
        self.storage.close()
        self.reopen(crash=True)
        self.storage.close()
        self.damage()
        self.points.update(self.files.counts)
        return self.points

    def damage(self) -> None:
        """What a life leaves behind is damaged, or cut off, here and there."""
        contents = {name: self.files.contents(name) for name in self.files.names() if name != "lock"}
        names = [name for name in contents if name.endswith(".wal")]
        for _ in range(5):
            name = names[self.below(len(names))]
            whole = contents[name]
            offset = self.below(len(whole.rstrip(b"\0")))
            damaged = bytearray(whole)
            damaged[offset] ^= 1 << self.below(8)
            self.expect_refusal(contents | {name: bytes(damaged)}, name, offset)
            last = names[-1]
            cut = self.below(len(contents[last]) + 1)
            try:
                storage = DiskStorage.open(disk_of(contents | {last: contents[last][:cut]}), self.options)
            except StorageError as error:
                raise Violation(f"seed {self.seed}: {last} is cut at {cut}, and does not open: {error}") from error
            found = self.disk.found(storage)
            # Cut behind the last snapshot's mark, it is the newest that was saved, and what an older log had after it.
            is_from_snapshot = found.snapshot in self.saved and any(
                found.entries == state.entries_after(found.first) for state in self.states
            )
            if found not in self.states and not is_from_snapshot:
                raise Violation(f"seed {self.seed}: {last} is cut at {cut}, and {found} is found")
            self.points["cut opened"] += 1

    def expect_refusal(self, contents: dict[str, bytes], name: str, offset: int) -> None:
        where = f"seed {self.seed}: {name} is damaged at {offset}"
        try:
            DiskStorage.open(disk_of(contents), self.options)
        except CorruptionError as error:
            if not error.file.endswith(name) or error.offset > offset:
                raise Violation(f"{where}, and the error is {error}") from error
            self.points["damage refused"] += 1
        else:
            raise Violation(f"{where}, and the store opens")

    def below(self, bound: int) -> int:
        return int(self.disk.below(self.rng, bound))

    def step(self) -> None:
        assert self.storage is not None
        state = self.states[-1]
        kind = self.below(12)
        if kind < 9:
            snapshot = self.save(state) if kind == 0 else None
            bare = state.after(Batch(None, None, snapshot))
            batch = replace(self.disk.random_batch(self.rng, bare), snapshot=snapshot)
            ticket = self.storage.write(batch)
            self.tickets[ticket] = len(self.states)
            self.states.append(state.after(batch))
        elif kind < 11:
            self.storage.sync()
            self.acknowledged = len(self.states) - 1
            if kind == 10 and self.states[-1].snapshot is not None:
                self.points["compacted"] += self.storage.compact() > 0
        elif self.below(3):
            tickets = sorted(self.tickets)
            if tickets:
                ticket = tickets[self.below(len(tickets))]
                self.storage.sync(ticket)
                self.acknowledged = max(self.acknowledged, self.tickets[ticket])
        else:
            self.points["crash"] += 1
            self.reopen(crash=self.below(3) > 0)

    def save(self, state: Any) -> Snapshot:
        """A snapshot of the server's own, or one of a leader that knows more, or other things."""
        assert self.storage is not None
        index = state.first + self.below(len(state.entries) + 4)
        own = index <= state.last and self.below(4) > 0
        term = state.entries[index - state.first].term if own else state.hard_state.term + self.below(2)
        self.points["own snapshot" if own else "other snapshot"] += 1
        data = bytes(self.below(3) * 700)
        snapshot = Snapshot(index=index, term=term, config=THREE, history=index * term, data=data)
        self.saved.append(snapshot)
        if self.below(2):
            self.storage.save_snapshot(snapshot)
        return snapshot

    def reopen(self, *, crash: bool) -> None:
        """Crash, or kill the process only, until the store opens; then compare."""
        for _ in range(OPENINGS_MAX):
            if self.storage is not None:
                self.storage.abandon()
                self.storage = None
            self.files = self.files.crash() if crash else self.files.kill()
            try:
                self.storage = DiskStorage.open(self.files, self.options)
                break
            except (SimulatedCrash, StoreFailedError):
                self.points["crashed while it was opened"] += 1
                if self.files.capacity < 1 << 40:
                    self.files.capacity += 4096
                crash = self.below(2) == 0
            except StorageError as error:
                raise Violation(f"seed {self.seed}: does not open: {error}") from error
        assert self.storage is not None, f"seed {self.seed}: never opened"
        found = self.disk.found(self.storage)
        allowed = range(self.acknowledged, len(self.states))
        count = next((count for count in reversed(allowed) if self.states[count] == found), None)
        if count is None:
            raise Violation(
                f"seed {self.seed}: found {found}, which is none of the states "
                f"{self.acknowledged} to {len(self.states) - 1}, from {self.states[self.acknowledged]} on"
            )
        self.points["lost batches"] += len(self.states) - 1 - count
        self.points["opened"] += 1
        # What was found is durable from now on: the server acts on it.
        del self.states[count + 1 :]
        self.acknowledged = count
        self.tickets.clear()


def disk_of(contents: dict[str, bytes]) -> SimulatedFiles:
    files = SimulatedFiles()
    for name, data in contents.items():
        files.put(name, data)
    return files


def run(disk: SimpleNamespace, seed: int) -> Counter[str]:
    return Life(disk, seed).live()


def lives(disk: SimpleNamespace, seeds: range) -> Counter[str]:
    points: Counter[str] = Counter()
    for seed in seeds:
        points += run(disk, seed)
    print(dict(points))
    return points


def expect_everything(points: Counter[str], seeds: int) -> None:
    """Each kind of fault was met; a schedule without them would show nothing."""
    for what in (
        "opened",
        "lost batches",
        "sector lost",
        "name lost",
        "short write",
        "failed sync",
        "disk full",
        "SimulatedCrash",
        "StoreFailedError",
        "crashed while it was opened",
        "compacted",
        "own snapshot",
        "other snapshot",
        "damage refused",
        "cut opened",
    ):
        assert points[what] >= seeds // 10, what


def test_sixty_lives(disk: SimpleNamespace) -> None:
    expect_everything(lives(disk, range(60)), 60)


@pytest.mark.slow
def test_five_hundred_lives(disk: SimpleNamespace) -> None:
    expect_everything(lives(disk, range(1_000, 1_500)), 500)


def test_the_same_seed_is_the_same_life(disk: SimpleNamespace) -> None:
    assert run(disk, 7) == run(disk, 7)
    assert run(disk, 7) != run(disk, 11)


# Broken stores --------------------------------------------------------------------------------------------------------


def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimulatedFile, "sync", lambda *_: None)


def no_sync_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimulatedFiles, "sync_names", lambda *_: None)


def one_write_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short write is taken for a whole one."""
    monkeypatch.setattr(writing, "write_all", lambda file, offset, data: file.write(offset, data))


def no_second_write_of_what_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    true = writing.SegmentWriter.resume

    def resume(self: Any, segments: Any, position: Any) -> None:
        true(self, [*segments[:-1], replace(segments[-1], doubtful=b"")], position)

    monkeypatch.setattr(writing.SegmentWriter, "resume", resume)


def no_wiping_of_a_torn_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    true = writing.SegmentWriter.resume

    def resume(self: Any, segments: Any, position: Any) -> None:
        true(self, [*segments[:-1], replace(segments[-1], used=0)], position)

    monkeypatch.setattr(writing.SegmentWriter, "resume", resume)


def a_retry_after_a_failed_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    true = SimulatedFile.sync

    def sync(self: SimulatedFile) -> None:
        try:
            true(self)
        except OSError:
            true(self)

    monkeypatch.setattr(SimulatedFile, "sync", sync)


def a_segment_before_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next segment is made while the last group of this one is not synced."""
    true = writing.SegmentWriter._rotate

    def rotate(self: Any, room: int) -> None:
        held = self._file
        true(self, room)
        held.sync()

    def put(self: Any, start: int, end: int, parts: Any) -> None:
        if parts:
            writing.write_all(self._file, start, b"".join(parts))
            if end + 300 < self._capacity:
                self._file.sync()
            self._end = self._synced = end

    monkeypatch.setattr(writing.SegmentWriter, "_rotate", rotate)
    monkeypatch.setattr(writing.SegmentWriter, "_put", put)


def compaction_of_what_is_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    true = writing.SegmentWriter.drop_covered

    def drop(self: Any) -> int:
        self.highest = dict.fromkeys(self.highest, 0)
        return true(self)

    monkeypatch.setattr(writing.SegmentWriter, "drop_covered", drop)


def no_hard_state_carried_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from vraft.core import HardState
    from vraft.storage.codec import encode_body

    true = writing.SegmentWriter._make_segment

    def make(self: Any, number: int, **options: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(writing, "encode_body", lambda _, entries, mark: encode_body(HardState(), entries, mark))
            true(self, number, **options)

    monkeypatch.setattr(writing.SegmentWriter, "_make_segment", make)


@pytest.mark.parametrize(
    "break_it",
    [
        no_sync,
        no_sync_of_names,
        one_write_only,
        no_second_write_of_what_is_in_doubt,
        no_wiping_of_a_torn_tail,
        a_retry_after_a_failed_sync,
        a_segment_before_its_turn,
        compaction_of_what_is_not_covered,
        no_hard_state_carried_over,
    ],
)
def test_a_broken_store_is_caught(disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, break_it: Any) -> None:
    break_it(monkeypatch)
    with pytest.raises((Violation, StorageError, KeyError)) as caught:
        lives(disk, range(300))
    print(break_it.__name__, "is caught:", caught.value)
