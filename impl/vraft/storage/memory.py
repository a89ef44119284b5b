"""A storage in memory that forgets what was not synced, as a disk may; the emulator's disk.

It keeps the contract of :mod:`vraft.storage` exactly at its worst: a crash loses *all* that was not synced.
"""

from __future__ import annotations

from collections import deque

from vraft.core import Entry, HardState, Recovered, Snapshot
from vraft.storage.batch import Batch, check_ticket
from vraft.storage.errors import BatchError


class MemoryStorage:
    """A disk that survives the crashes of the server, and loses what was written but not synced."""

    def __init__(self) -> None:
        self._hard_state = HardState()
        self._entries: list[Entry] = []
        self._snapshot: Snapshot | None = None
        self._unsynced: deque[tuple[int, Batch]] = deque()
        self._written = 0
        self._lost: list[range] = []
        """The tickets of what crashes took."""

    @property
    def hard_state(self) -> HardState:
        """The durable term and vote."""
        return self._hard_state

    @property
    def entries(self) -> list[Entry]:
        """The durable log, from ``first_index`` on; to be looked at, not to be changed."""
        return self._entries

    @property
    def snapshot(self) -> Snapshot | None:
        """The durable snapshot."""
        return self._snapshot

    @property
    def first_index(self) -> int:
        """The index of the first entry that there is, or would be."""
        return 1 if self._snapshot is None else self._snapshot.index + 1

    @property
    def last_index(self) -> int:
        """The index of the last entry."""
        return self.first_index + len(self._entries) - 1

    def holds(self, index: int, entry: Entry) -> bool:
        """Whether the durable log has that entry there; of one for which the snapshot stands, it is taken to be so."""
        place = index - self.first_index
        return place < 0 or (place < len(self._entries) and self._entries[place] == entry)

    @property
    def unsynced(self) -> int:
        """How many batches a crash would lose now."""
        return len(self._unsynced)

    def write(self, batch: Batch) -> int:
        """Hand in a batch; the ticket names it to :meth:`sync`."""
        self._written += 1
        self._unsynced.append((self._written, batch))
        return self._written

    def sync(self, ticket: int | None = None) -> None:
        """Make durable what was written, up to and with the batch that ``ticket`` names.

        Raises:
            BatchError: there is no such ticket, or a crash took what it was for.
        """
        unsynced = self._unsynced
        if ticket is not None:
            check_ticket(ticket, self._written)
            if any(ticket in lost for lost in self._lost):
                raise BatchError(
                    f"what the ticket {ticket} was given for is gone: the server crashed before it was synced"
                )
        while unsynced and (ticket is None or unsynced[0][0] <= ticket):
            self._apply(unsynced.popleft()[1])

    def crash(self) -> int:
        """The server died: what was not synced is gone.  Returns how many batches that were."""
        lost = len(self._unsynced)
        if lost:
            self._lost.append(range(self._unsynced[0][0], self._written + 1))
        self._unsynced.clear()
        return lost

    def recover(self) -> Recovered:
        """What a server that starts now finds."""
        return Recovered(self._hard_state, tuple(self._entries), self._snapshot)

    def _apply(self, batch: Batch) -> None:
        if batch.hard_state is not None:
            self._hard_state = batch.hard_state
        if batch.snapshot is not None:
            del self._entries[: batch.snapshot.index + 1 - self.first_index]
            self._snapshot = batch.snapshot
        if batch.entries is not None:
            self._entries[batch.entries.first - self.first_index :] = batch.entries.entries
