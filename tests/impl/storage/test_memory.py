"""The storage's contract: what was synced survives a crash, whole and in order; what was not is gone, whole."""

from __future__ import annotations

from vraft.core import Entry, HardState, LogWrite, Recovered
from vraft.storage import Batch, MemoryStorage

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
