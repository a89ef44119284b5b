"""Check-quorum: a leader that reaches no quorum any more gives up (thesis, section 6.2), and so does one that cannot
write.

Clients then look for another leader at once, and whoever protected this one is free to help another.
"""

from __future__ import annotations

from vraft.core.commit import Commitment
from vraft.core.types import Index, Role, Server


class CheckQuorum(Commitment):
    """When a leader takes ``StepDown``."""

    disk_stalled: bool = False

    def note_term_begins(self) -> None:
        """A leader takes office: its peers have all the time there is to answer."""
        self._answered_at = dict.fromkeys(self.peers, self.ticks)

    def adopt_config(self, index: Index) -> None:
        """And so have those that join."""
        before = self.peers
        super().adopt_config(index)
        for j in self.peers:
            if j not in before:
                self._answered_at[j] = self.ticks

    def note_answer(self, j: Server) -> None:
        """A peer answered in this leader's term."""
        self._answered_at[j] = self.ticks

    def reached(self) -> set[Server]:
        """The servers that the leader heard from within an election timeout, itself included."""
        since = self.ticks - self.election_ticks_min
        return {self.id} | {j for j, at in self._answered_at.items() if at > since}

    def has_lost_quorum(self) -> bool:
        """Whether it is time to step down."""
        return self.features.check_quorum and self.role is Role.LEADER and not self.quorum(self.reached())

    def stall_disk(self) -> None:
        """The host says that its disk has not finished a write for an election timeout.

        A leader that cannot write can commit nothing by itself and acknowledge nothing; it makes way.  Until the disk
        is back the server does not campaign either: its requests would wait for the disk, and disturb others late.
        """
        self.disk_stalled = True
        if self.role is Role.LEADER:
            self.step_down()

    def disk_is_back(self) -> None:
        """The host says that its disk writes again."""
        self.disk_stalled = False
