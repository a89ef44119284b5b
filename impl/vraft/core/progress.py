"""What a leader keeps of a peer besides its next and match index: how much may be on its way to it.

The states are those of other implementations too: *probe* (one message at a time, until it is known where the logs
agree), *replicate* (several batches ahead of the answers), *snapshot* (one is on its way, and no entries meanwhile).
None of this is in the specification, which lets a leader send what it likes; that it goes on as if what it sent had
arrived is the action ``MoveNext``.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from vraft.core.types import Index


class Flow(StrEnum):
    """How a leader sends to a peer."""

    PROBE = "probe"
    REPLICATE = "replicate"
    SNAPSHOT = "snapshot"


class Progress:
    """The batches that a peer has not answered, by their last index, oldest first.

    >>> progress = Progress()
    >>> progress.sent(3); progress.is_free(1), progress.is_free(2)
    (False, False)
    >>> progress.answered(3); progress.flow.value, progress.is_free(1)
    ('replicate', True)
    """

    __slots__ = ("_heartbeats", "flow", "in_flight")

    def __init__(self) -> None:
        self.flow = Flow.PROBE
        self.in_flight: deque[Index] = deque()
        self._heartbeats = 0

    @property
    def awaits_snapshot(self) -> bool:
        """Whether a snapshot is on its way."""
        return self.flow is Flow.SNAPSHOT

    def is_free(self, window: int) -> bool:
        """Whether another batch may leave, where ``window`` may be on their way to a peer that answers."""
        if self.flow is Flow.REPLICATE:
            return len(self.in_flight) < window
        return not self.in_flight

    def sent(self, last: Index) -> None:
        """A batch left whose last entry has this index.  (The same batch may leave again.)"""
        if not self.in_flight or last > self.in_flight[-1]:
            self.in_flight.append(last)

    def wait_for_snapshot(self, index: Index) -> None:
        """A snapshot of the entries up to ``index`` left; there is nothing else that the peer could use."""
        self.flow = Flow.SNAPSHOT
        self.in_flight.clear()
        self.in_flight.append(index)
        self._heartbeats = 0

    def patience_is_over(self, heartbeats: int) -> bool:
        """Count a heartbeat; whether so many have passed since the snapshot left."""
        self._heartbeats += 1
        return self._heartbeats >= heartbeats

    def answered(self, index: Index) -> None:
        """The peer's log is known to match up to ``index``.

        What else was sent to a peer that was probed leaves again, from ``index`` on, whether it arrived or not: nothing
        was sent after it that would be refused and tell.
        """
        in_flight = self.in_flight
        while in_flight and in_flight[0] <= index:
            in_flight.popleft()
        if self.flow is Flow.PROBE:
            in_flight.clear()
        if not (self.flow is Flow.SNAPSHOT and in_flight):
            self.flow = Flow.REPLICATE

    def refused(self) -> None:
        """The peer refused what was sent: find out where the logs agree, one message at a time."""
        self.flow = Flow.PROBE
        self.in_flight.clear()
