"""Whether the servers have applied the same entries: they compare checksums of their execution histories.

Every server knows the checksum over all that it has committed (:mod:`vraft.core.history`).  A peer tells it to its
leader with each answer; the leader tells with each append what a quorum has confirmed, so that it is clear who is
wrong: a server whose checksum is not the quorum's has diverged (a bit flipped, a file was restored that was another
server's, a bug), and stops before it harms anybody else.  A leader finds out that it is itself the one when a quorum of
others disagrees with it.

The specification knows nothing of this, since there is nothing to find where it is obeyed; no action depends on it.
"""

from __future__ import annotations

from collections import deque

from vraft.core.check_quorum import CheckQuorum
from vraft.core.history import EMPTY, HistoryChecksum, extend, extend_all
from vraft.core.messages import AppendEntries, AppendEntriesResponse
from vraft.core.outputs import Committed, Divergence
from vraft.core.types import Index, Recovered, Server

HISTORY_WINDOW = 4096
"""Checksums that are remembered, one an entry: what peers speak of is a few rounds old, and these are 128 kilobytes."""

UNKNOWN: tuple[Index, HistoryChecksum] = (0, EMPTY)
"""What is told by who has nothing to tell: all histories are equal before the first entry."""


class Divergences(CheckQuorum):
    """The checksums of what was committed last, and what peers say of theirs.  Idle unless ``checks_history``."""

    checks_history: bool = False
    stopped: bool = False
    """The server has diverged, and takes no step any more."""

    _base: Index = 0
    """Up to here entries are committed; the last checksum of the window is that of this index."""
    _window: deque[HistoryChecksum]
    _agreed: dict[Server, Index]  # Up to where a peer's history was seen to be the leader's.
    _differing: dict[Server, Index]  # From where on it was seen to differ.

    def begin_history(self) -> None:
        """The history is that of the snapshot, or empty."""
        self._base = self.log.offset
        self._window = deque([EMPTY if self.snapshot is None else self.snapshot.history], maxlen=HISTORY_WINDOW)

    def on_restart(self, recovered: Recovered) -> None:
        super().on_restart(recovered)
        self.begin_history()

    def restore(self) -> None:
        super().restore()
        self.begin_history()

    def forget_histories(self) -> None:
        """A leader takes office: it has not heard of anybody's history yet."""
        self._agreed, self._differing = {}, {}

    # What the server knows --------------------------------------------------------------------------------------------

    def note_history(self, committed: Committed) -> None:
        """Entries were found to be committed: so they will be applied."""
        if not self.checks_history:
            return
        window, checksum = self._window, self._window[-1]
        for entry in committed.entries:
            checksum = extend(checksum, entry)
            window.append(checksum)
        self._base += len(committed.entries)

    def history_at(self, k: Index) -> HistoryChecksum:
        """The checksum over the entries up to ``k``, which are committed, for a snapshot."""
        known = self.remembered(k) if self.checks_history else None
        if known is not None:
            return known
        start = EMPTY if self.snapshot is None else self.snapshot.history
        return extend_all(start, self.log.slice(self.log.offset + 1, k))

    def remembered(self, k: Index) -> HistoryChecksum | None:
        """The checksum over the entries up to ``k``; None if that is no longer remembered, or not known yet."""
        place = len(self._window) - 1 - (self._base - k)
        return self._window[place] if 0 <= place < len(self._window) else None

    # What it says -----------------------------------------------------------------------------------------------------

    def own_history(self) -> tuple[Index, HistoryChecksum]:
        """What a follower tells its leader: the newest that it knows."""
        return (self._base, self._window[-1]) if self.checks_history else UNKNOWN

    def confirmed_history(self) -> tuple[Index, HistoryChecksum]:
        """What a leader tells: the newest checksum that a quorum has, itself included."""
        if not self.checks_history:
            return UNKNOWN
        for index in sorted(set(self._agreed.values()), reverse=True):
            confirmed = {self.id} | {j for j, agreed in self._agreed.items() if agreed >= index}
            checksum = self.remembered(index) if self.quorum(confirmed) else None
            if checksum is not None:
                return index, checksum
        return UNKNOWN

    # What it hears ----------------------------------------------------------------------------------------------------

    def diverges_from(self, m: AppendEntries) -> bool:
        """Whether the server has applied something else than a quorum has; then it stops."""
        if not self.checks_history or m.history_index == 0:
            return False
        own = self.remembered(m.history_index)
        if own is None or own == m.history:
            return False
        self.stop(Divergence(m.history_index, own, m.history, m.sender, stops=True))
        return True

    def judge_history(self, m: AppendEntriesResponse) -> bool:
        """A peer tells of its history: whether the leader has to stop, because it is the leader who diverged."""
        own = self.remembered(m.history_index) if self.checks_history and m.history_index > 0 else None
        if own is None:
            return False
        if own == m.history:
            self._agreed[m.sender] = max(self._agreed.get(m.sender, 0), m.history_index)
            return False
        is_news = m.sender not in self._differing
        self._differing.setdefault(m.sender, m.history_index)
        stops = self.quorum(set(self._differing))
        if is_news or stops:
            self.stop(Divergence(m.history_index, own, m.history, m.sender, stops=stops))
        return stops

    def stop(self, divergence: Divergence) -> None:
        """Tell of a divergence; if it is this server that is wrong, it is the last thing that it does."""
        self._divergence = divergence
        self.stopped = divergence.stops
