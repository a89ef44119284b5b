"""What the tests of the disk share: a twin that remembers every state, and stores of a known content."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite, Snapshot
from vraft.storage import Batch, DiskStorage, StorageOptions
from vraft.storage.faulty import SimulatedFiles

SMALL = StorageOptions(segment_bytes=2048, frame_bytes=0, owner="c/n1")
"""Segments that are full after a few batches, and a frame for each batch."""
SHARED = StorageOptions(segment_bytes=2048, owner="c/n1")
"""The same with the batches of a group in one frame."""


@dataclass(frozen=True, slots=True)
class State:
    """What a server finds on its disk."""

    hard_state: HardState = field(default_factory=HardState)
    snapshot: Snapshot | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def first(self) -> int:
        return 1 if self.snapshot is None else self.snapshot.index + 1

    @property
    def last(self) -> int:
        return self.first + len(self.entries) - 1

    def entries_after(self, first: int) -> tuple[Entry, ...]:
        """The entries from ``first`` on."""
        return self.entries[max(0, first - self.first) :] if first >= self.first else ()

    def after(self, batch: Batch) -> State:
        """The state that a batch leads to; the slow and obvious way."""
        hard_state = self.hard_state if batch.hard_state is None else batch.hard_state
        log = dict(enumerate(self.entries, start=self.first))
        snapshot = batch.snapshot
        if snapshot is not None:
            agrees = snapshot.index in log and log[snapshot.index].term == snapshot.term
            log = {at: entry for at, entry in log.items() if at > snapshot.index} if agrees else {}
        if batch.entries is not None:
            log = {at: entry for at, entry in log.items() if at < batch.entries.first}
            log.update(enumerate(batch.entries.entries, start=batch.entries.first))
        return State(hard_state, snapshot or self.snapshot, tuple(log[at] for at in sorted(log)))


def found(storage: DiskStorage) -> State:
    """What a store that was just opened has found."""
    recovered = storage.recover()
    state = State(recovered.hard_state, recovered.snapshot, tuple(recovered.entries))
    assert (storage.first_index, storage.last_index) == (state.first, state.last)
    return state


def below(rng: random.Random, bound: int) -> int:
    return rng.getrandbits(32) % bound


def random_batch(rng: random.Random, state: State, *, value_bytes: int = 40) -> Batch:
    """A batch that may follow upon a state: a vote, entries at the end or over others, or all of it."""
    hard_state = entries = None
    kind = below(rng, 8)
    if kind in (0, 1, 2):
        vote = f"n{below(rng, 5)}" if below(rng, 3) else None
        hard_state = HardState(state.hard_state.term + below(rng, 3), vote)
    if kind != 0:
        term = (hard_state or state.hard_state).term
        back = below(rng, 1 + min(4, len(state.entries))) if kind == 7 else 0
        values = tuple(
            Entry(term, chr(below(rng, 3) * 97) * below(rng, value_bytes)) for _ in range(below(rng, 4) + (kind < 7))
        )
        if below(rng, 6) == 0:
            learners = frozenset({f"n{below(rng, 3) + 3}"})
            values += (Entry(term, "", Configuration(voters=frozenset({"n1", "n2"}), learners=learners)),)
        entries = LogWrite(state.last + 1 - back, values)
    return Batch(hard_state, entries)


@dataclass(slots=True)
class Recorded:
    """A store with nothing open, and how it came to be."""

    files: SimulatedFiles
    states: list[State]
    """The state after so many batches."""
    ends: list[tuple[str, int, int]]
    """For each frame: the segment, where it ends, and how many of the batches that were handed in it completes."""


def record(seed: int, batches: int, *, confirm: bool = False, value_bytes: int = 40) -> Recorded:
    """Write random batches into a small store, in random groups, all of them synced."""
    from vraft.storage.recovery import read_log

    rng = random.Random(seed)
    files = SimulatedFiles(seed=seed)
    storage = DiskStorage.open(files, SMALL)
    states = [State()]
    for _ in range(batches):
        batch = random_batch(rng, states[-1], value_bytes=value_bytes)
        storage.write(batch)
        states.append(states[-1].after(batch))
        if below(rng, 3) == 0:
            storage.sync()
    storage.sync()
    if confirm:
        storage.confirm()
    storage.abandon()
    ends = []
    count = 0
    log = read_log(files)
    for segment in log.segments:
        for place, frame in enumerate(segment.frames):
            count += 1 if place and frame.body else 0
            ends.append((segment.file.rpartition("/")[2], frame.end, count))
    return Recorded(files, states, ends)


@pytest.fixture
def disk() -> SimpleNamespace:
    """All of the above, for tests that cannot import it."""
    return SimpleNamespace(
        SMALL=SMALL, SHARED=SHARED, State=State, found=found, below=below, random_batch=random_batch, record=record
    )
