"""The storage's contract: what was synced survives a crash, whole and in order; what was not is gone, whole."""

from __future__ import annotations

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite, Recovered, Snapshot
from vraft.storage import Batch, BatchError, MemoryStorage

A, B, C = Entry(1, "a"), Entry(1, "b"), Entry(2, "c")


def test_a_new_disk_is_empty() -> None:
    assert MemoryStorage().recover() == Recovered(HardState(0, None), ())


def test_what_was_synced_survives() -> None:
    storage = MemoryStorage()
    storage.write(Batch(HardState(1, "n1"), LogWrite(1, (A, B))))
    storage.sync()
    assert storage.crash() == 0
    assert storage.recover() == Recovered(HardState(1, "n1"), (A, B))


def test_what_was_not_synced_is_gone() -> None:
    storage = MemoryStorage()
    storage.write(Batch(HardState(1, "n1"), LogWrite(1, (A,))))
    storage.sync()
    storage.write(Batch(HardState(2, "n2"), LogWrite(1, (C,))))
    assert storage.recover() == Recovered(HardState(1, "n1"), (A,))
    assert storage.unsynced == 1
    assert storage.crash() == 1
    storage.sync()
    assert storage.recover() == Recovered(HardState(1, "n1"), (A,))


def test_a_sync_goes_as_far_as_its_ticket_and_keeps_the_order() -> None:
    storage = MemoryStorage()
    storage.write(Batch(HardState(1, None), None))
    ticket = storage.write(Batch(None, LogWrite(1, (A, B))))
    storage.write(Batch(HardState(2, None), LogWrite(2, (C,))))
    storage.sync(ticket)
    assert storage.crash() == 1
    assert storage.recover() == Recovered(HardState(1, None), (A, B))


def test_a_write_cuts_the_log_where_it_begins() -> None:
    storage = MemoryStorage()
    storage.write(Batch(None, LogWrite(1, (A, B, B))))
    storage.write(Batch(None, LogWrite(2, (C,))))
    storage.sync()
    assert storage.recover().entries == (A, C)
    assert storage.entries == [A, C]


def snapshot(index: int, term: int) -> Snapshot:
    return Snapshot(index=index, term=term, config=Configuration.of(["n1"]))


def test_a_snapshot_stands_for_the_entries_up_to_its_index() -> None:
    storage = MemoryStorage()
    storage.write(Batch(None, LogWrite(1, (A, B, C))))
    storage.write(Batch(None, None, snapshot(2, 1)))
    assert storage.crash() == 2
    storage.write(Batch(None, LogWrite(1, (A, B, C))))
    storage.write(Batch(None, None, snapshot(2, 1)))
    storage.sync()
    assert storage.recover() == Recovered(HardState(), (C,), snapshot(2, 1))
    assert (storage.first_index, storage.last_index) == (3, 3)
    storage.write(Batch(None, LogWrite(4, (C, C))))
    storage.sync()
    assert storage.recover().entries == (C, C, C)


def test_a_snapshot_that_is_not_durable_leaves_the_log_as_it_was() -> None:
    storage = MemoryStorage()
    storage.write(Batch(None, LogWrite(1, (A, B, C))))
    storage.sync()
    storage.write(Batch(None, None, snapshot(2, 1)))
    storage.crash()
    assert storage.recover() == Recovered(HardState(), (A, B, C))


def test_a_snapshot_from_a_leader_takes_the_place_of_what_contradicts_it() -> None:
    storage = MemoryStorage()
    storage.write(Batch(None, LogWrite(1, (A, B, B))))
    storage.write(Batch(None, LogWrite(3, ()), snapshot(2, 2)))
    storage.sync()
    assert storage.recover() == Recovered(HardState(), (), snapshot(2, 2))
    storage.write(Batch(None, LogWrite(8, ()), snapshot(7, 3)))
    storage.sync()
    assert (storage.first_index, storage.last_index) == (8, 7)


def test_what_it_holds() -> None:
    storage = MemoryStorage()
    storage.write(Batch(None, LogWrite(1, (A, B, C))))
    storage.write(Batch(None, None, snapshot(1, 1)))
    storage.sync()
    assert storage.holds(1, C), "what a snapshot stands for is not looked into"
    assert storage.holds(2, B)
    assert not storage.holds(2, A)
    assert not storage.holds(4, C)


def test_a_ticket_that_was_never_given() -> None:
    """Whoever syncs it is about to acknowledge what nobody wrote."""
    storage = MemoryStorage()
    with pytest.raises(BatchError, match="ticket 1 was never given; expected one that was: none yet"):
        storage.sync(1)
    storage.write(Batch(HardState(1, None), None))
    with pytest.raises(BatchError, match="ticket 2 was never given; expected one that was: 1 to 1"):
        storage.sync(2)
    assert storage.unsynced == 1


def test_a_ticket_for_what_a_crash_took() -> None:
    storage = MemoryStorage()
    kept = storage.write(Batch(HardState(1, None), None))
    storage.sync()
    lost = storage.write(Batch(HardState(2, None), None))
    storage.crash()
    with pytest.raises(BatchError, match=f"what the ticket {lost} was given for is gone"):
        storage.sync(lost)
    storage.sync(kept)
    storage.sync(storage.write(Batch(HardState(3, None), None)))
    assert storage.hard_state.term == 3
