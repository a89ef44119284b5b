"""A storage in memory that forgets what was not synced, as a disk may; the emulator's disk.

It keeps the contract of :mod:`vraft.storage` exactly at its worst: a crash loses *all* that was not synced.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from vraft.core import Entry, HardState, LogWrite, Recovered


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step has to make durable, together."""

    hard_state: HardState | None
    entries: LogWrite | None


class MemoryStorage:
    """A disk that survives the crashes of the server, and loses what was written but not synced."""

    def __init__(self) -> None:
        self._hard_state = HardState()
        self._entries: list[Entry] = []
        self._unsynced: deque[tuple[int, Batch]] = deque()
        self._written = 0

    @property
    def hard_state(self) -> HardState:
        """The durable term and vote."""
        return self._hard_state

    @property
    def entries(self) -> list[Entry]:
        """The durable log; to be looked at, not to be changed."""
        return self._entries

    def holds(self, index: int, entry: Entry) -> bool:
        """Whether the durable log has that entry there."""
        return index <= len(self._entries) and self._entries[index - 1] == entry

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
        """Make durable what was written, up to and with the batch that ``ticket`` names."""
        unsynced = self._unsynced
        while unsynced and (ticket is None or unsynced[0][0] <= ticket):
            self._apply(unsynced.popleft()[1])

    def crash(self) -> int:
        """The server died: what was not synced is gone.  Returns how many batches that were."""
        lost = len(self._unsynced)
        self._unsynced.clear()
        return lost

    def recover(self) -> Recovered:
        """What a server that starts now finds."""
        return Recovered(self._hard_state, tuple(self._entries))

    def _apply(self, batch: Batch) -> None:
        if batch.hard_state is not None:
            self._hard_state = batch.hard_state
        if batch.entries is not None:
            self._entries[batch.entries.first - 1 :] = batch.entries.entries
