"""Leadership transfer (thesis, section 3.10): a leader stops taking requests, brings its heir up to date, and tells it
to campaign at once.

If the heir has not taken over within an election timeout (it is slow, down, or no member any more) the leader goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vraft.core.messages import AppendEntriesResponse, Message, TimeoutNow
from vraft.core.outputs import NotLeader, Refused, TransferStarted
from vraft.core.pre_vote import PreVote
from vraft.core.types import Role, Server


class Transfer(PreVote):
    """The actions ``TransferLeadership``, ``SendTimeoutNow``, ``AbortTransfer`` and ``TimeoutNow``."""

    TRANSFER_HANDLERS: ClassVar[Mapping[type[Message], str]] = {TimeoutNow: "on_timeout_now"}

    _transfer_began: int = 0  # By the server's own count of ticks.
    _told_heir: bool = False

    # The leader -------------------------------------------------------------------------------------------------------

    def transfer(self, j: Server) -> None:
        """Somebody asks the leader to hand over to ``j``; refused by all others, and for those who cannot lead."""
        if self.role is not Role.LEADER:
            self._transfer = NotLeader(self.hint())
            return
        if not self.may_transfer(j):
            self._transfer = Refused(self.reason_against_transfer(j), self.leader)
            return
        self._transfer = TransferStarted(j)
        self.transferee = j
        self._transfer_began = self.ticks
        self._told_heir = False
        self.take("TransferLeadership", {"j": j})
        self.hand_over()
        if not self._told_heir and self.is_free(j):
            self.append_entries(j)

    def may_transfer(self, j: Server) -> bool:
        """``Governs(i)``, ``j # i`` and ``j \\in Config(i).voters``"""
        return self.governs() and self.is_heir(j)

    def is_heir(self, j: Server) -> bool:
        """``j # i`` and ``j \\in Config(i).voters``"""
        return j != self.id and j in self.config.voters

    def reason_against_transfer(self, j: Server) -> str:
        """Which of these conjuncts is false, in words."""
        if self.transferee is not None:
            return f"the leader is handing over to {self.transferee} already"
        if not self.governs():
            return "the leader takes on nothing new"
        return f"{j} leads already" if j == self.id else f"{j} is no voter"

    def hand_over(self) -> None:
        """Tell the heir to campaign, if it has the whole log."""
        j = self.transferee
        if j is not None and self.is_up_to_date_heir(j):
            self.send_timeout_now(j)

    def is_up_to_date_heir(self, j: Server) -> bool:
        """``matchIndex[i][transferee[i]] = Len(log[i])``"""
        return self.match_index[j] == self.log.last_index

    def send_timeout_now(self, j: Server) -> None:
        """``SendTimeoutNow(i)``"""
        self._told_heir = True
        self.take("SendTimeoutNow", sent=TimeoutNow(sender=self.id, receiver=j, term=self.current_term))

    def advance_match(self, m: AppendEntriesResponse) -> None:
        """The heir may have caught up."""
        super().advance_match(m)
        if m.sender == self.transferee and not self._told_heir:
            self.hand_over()

    def heartbeat(self) -> None:
        """What the heir was told may have been lost."""
        super().heartbeat()
        self.hand_over()

    def transfer_has_failed(self) -> bool:
        """Whether the heir has had an election timeout, or cannot lead any more."""
        j = self.transferee
        if j is None:
            return False
        return self.ticks - self._transfer_began >= self.election_ticks_min or not self.is_heir(j)

    def abort_transfer(self) -> None:
        """``AbortTransfer(i)``: the leader takes requests again."""
        self.transferee = None
        self.take("AbortTransfer")

    # The heir ---------------------------------------------------------------------------------------------------------

    def on_timeout_now(self, m: TimeoutNow) -> None:
        """Campaign without asking first, and although there is a leader: it is the leader's wish."""
        if self.may_campaign_now(m):
            self.timeout_now(m)
            self.seek_votes()

    def may_campaign_now(self, m: TimeoutNow) -> bool:
        """``m.term = currentTerm[i]``, ``role[i] \\in {Follower, PreCandidate}`` and ``IsEligible(i)``"""
        return self.is_of_my_term(m) and self.role in (Role.FOLLOWER, Role.PRE_CANDIDATE) and self.may_stand()

    def is_of_my_term(self, m: TimeoutNow) -> bool:
        """``m.term = currentTerm[i]``: one of an earlier leader is late."""
        return m.term == self.current_term

    def timeout_now(self, m: TimeoutNow) -> None:
        """``TimeoutNow(i, m)``: a new term, and requests that nobody is to ignore for the old leader's sake."""
        self.begin_campaign()
        self.urgent = True
        self.take("TimeoutNow", message=m)
