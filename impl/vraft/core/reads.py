"""Linearizable reads that write nothing (thesis, sections 6.4 and 6.4.1).

**ReadIndex.**  The leader notes its commit index, makes sure with a round of messages that it still leads, and answers:
whoever applies all up to the index of the answer before it reads, reads nothing stale.  One round serves all reads that
came before it was sent; reads that come while one is on its way wait for the next.  Before it has committed something
in its own term the leader does not know what its predecessors committed, so that earlier reads wait for that.

**Leases.**  A server that confirms a round protects the leader for the least election timeout (``protection.py``).  For
``lease_ticks``, counted from when the round was *sent*, the leader can answer without asking.  What is assumed of
clocks, and how long a lease may be, is :func:`lease_ticks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from vraft.core.errors import InputError
from vraft.core.messages import ConfirmLeader, ConfirmLeaderResponse, Message
from vraft.core.outputs import ReadLost, ReadReady
from vraft.core.transfer import Transfer
from vraft.core.types import Index, Role, Server

READS_MAX = 10_000
"""Reads that wait at a leader: with a round trip of a second, ten thousand a second."""

ROUNDING_TICKS = 1
"""By how much two readings of a clock in whole ticks can be off."""


def lease_ticks(election_ticks_min: int, drift: Fraction) -> int:
    """The longest lease with which ``LeaseIsShort`` of ``Reads.tla`` holds; 0 where there is none.

    ``drift`` bounds by how much any clock may be fast or slow: while true time advances by d, it advances by at least
    (1 - drift) * d and at most (1 + drift) * d.

    >>> lease_ticks(15, Fraction(1, 20)), lease_ticks(15, Fraction(0)), lease_ticks(2, Fraction(1, 20))
    (11, 13, 0)
    """
    longest = (election_ticks_min - ROUNDING_TICKS) * (1 - drift) / (1 + drift) - ROUNDING_TICKS
    return max(0, longest.numerator // longest.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRead:
    """A read that waits for a round: what was committed when it came, and the round that will do."""

    index: Index
    round: int


class Reads(Transfer):
    """The actions ``StartRead``, ``AskToConfirm``, ``ConfirmLeader``, ``CountConfirmation``, ``AnswerRead`` and
    ``LeaseRead``."""

    READ_HANDLERS: ClassVar[Mapping[type[Message], str]] = {
        ConfirmLeader: "on_confirm_leader",
        ConfirmLeaderResponse: "on_confirm_leader_response",
    }

    lease_ticks: int = 0

    # The leader -------------------------------------------------------------------------------------------------------

    def read(self, r: str) -> None:
        """A client wants to read: answered now or later by a leader, refused by all others."""
        if self.role is not Role.LEADER or self.reads_waiting() >= READS_MAX:
            self._reads.append(ReadLost(r, self.hint()))
            return
        if r in self.pending_reads or r in self._early_reads:
            raise InputError(f"read {r!r} is waiting for its answer already")
        if self.knows_commits():
            self.begin_read(r)
        else:
            self._early_reads.append(r)

    def reads_waiting(self) -> int:
        """How many reads wait for their answer."""
        return len(self.pending_reads) + len(self._early_reads)

    def knows_commits(self) -> bool:
        """``KnowsCommits(i)``: it has committed an entry of its term, and so knows what was committed before."""
        return self.role is Role.LEADER and self.has_committed_in_term()

    def begin_read(self, r: str) -> None:
        """By the lease, or by a round."""
        self.read_clock()
        if self.has_lease():
            self.lease_read(r)
            return
        self.start_read(r)
        self.answer_reads()
        if self.pending_reads and not self.is_asking():
            self.ask_all()

    def start_read(self, r: str) -> None:
        """``StartRead(i, r)``: a round that is yet to be sent will do."""
        self.read_round += 1
        self.pending_reads[r] = PendingRead(index=self.commit_index, round=self.round_for_read())
        self.take("StartRead", {"r": r})

    def round_for_read(self) -> int:
        """``readRound[i] + 1``"""
        return self.read_round

    def ask_all(self) -> None:
        """Begin a round."""
        self.read_clock()
        self._asked_round = self.read_round
        for j in self.voter_peers:
            self.ask_to_confirm(j)

    def is_asking(self) -> bool:
        """Whether a round is on its way that no quorum has answered yet."""
        return self._asked_round > 0 and not self.is_confirmed(self._asked_round)

    def ask_to_confirm(self, j: Server) -> None:
        """``AskToConfirm(i, j)``"""
        message = ConfirmLeader(
            sender=self.id, receiver=j, term=self.current_term, round=self.read_round, sent_at=self.clock
        )
        self.take("AskToConfirm", {"j": j}, sent=message)

    def heartbeat(self) -> None:
        """A question or its answer may have been lost; and leases are to be renewed, once there was a read."""
        super().heartbeat()
        if self.role is Role.LEADER and (self.pending_reads or (self.features.lease_reads and self.read_round > 0)):
            self.ask_all()

    def advance_commit(self) -> bool:
        """With the first commit of its term, the leader can deal with the reads that came before; and where what was
        committed is a configuration of fewer, those who have answered may be a quorum now.
        """
        advanced = super().advance_commit()
        if advanced:
            self.answer_reads()
        if advanced and self._early_reads and self.knows_commits():
            early, self._early_reads = self._early_reads, []
            for r in early:
                self.begin_read(r)
        return advanced

    # Its peers --------------------------------------------------------------------------------------------------------

    def on_confirm_leader(self, m: ConfirmLeader) -> None:
        """A leader wants to know whether it still is one; who knows of a newer one does not answer."""
        if self.is_leader_of_term(m) and self.follow_sender(m):
            self.confirm_leader(m)

    def is_leader_of_term(self, m: ConfirmLeader) -> bool:
        """``m.term = currentTerm[i]``"""
        return m.term == self.current_term

    def confirm_leader(self, m: ConfirmLeader) -> None:
        """``ConfirmLeader(i, m)``"""
        self.hears_leader()
        answer = ConfirmLeaderResponse(
            sender=self.id, receiver=m.sender, term=self.current_term, round=m.round, sent_at=m.sent_at
        )
        self.take("ConfirmLeader", message=m, sent=answer)

    # The leader hears back --------------------------------------------------------------------------------------------

    def on_confirm_leader_response(self, m: ConfirmLeaderResponse) -> None:
        """Somebody follows still."""
        if not self.may_count_confirmation(m):
            return
        self.note_answer(m.sender)
        self.count_confirmation(m)
        self.answer_reads()
        if self.pending_reads and not self.is_asking():
            self.ask_all()

    def may_count_confirmation(self, m: ConfirmLeaderResponse) -> bool:
        """``role[i] = Leader``, ``m.term = currentTerm[i]`` and ``m.from \\in Members(Config(i))``"""
        return self.role is Role.LEADER and m.term == self.current_term and self.is_member(m.sender)

    def count_confirmation(self, m: ConfirmLeaderResponse) -> None:
        """``CountConfirmation(i, m)``"""
        j = m.sender
        self.confirmed[j] = max(self.confirmed.get(j, 0), m.round)
        self.lease_start[j] = self.lease_start_after(m)
        self.take("CountConfirmation", message=m)

    def lease_start_after(self, m: ConfirmLeaderResponse) -> int:
        """``Max(leaseStart[i][m.from], m.sentAt)``: a lease is counted from when the round was sent."""
        return max(self.lease_start.get(m.sender, 0), m.sent_at)

    def is_confirmed(self, round_: int) -> bool:
        """``IsQuorum({i} \\cup {j \\in Server : confirmed[i][j] >= p.round}, Config(i))``"""
        return self.quorum({self.id} | {j for j, upto in self.confirmed.items() if upto >= round_})

    def answer_reads(self) -> None:
        """All reads whose round, or a later one, a quorum has confirmed."""
        for r in [r for r, pending in self.pending_reads.items() if self.is_confirmed(pending.round)]:
            del self.pending_reads[r]
            self.answer("AnswerRead", r)

    def answer(self, action: str, r: str) -> None:
        """``Answer(i, r, begun)``: the client is told what is committed."""
        index = self.index_of_answer()
        self._reads.append(ReadReady(r, index))
        self.take(action, {"r": r, "upTo": index})

    def index_of_answer(self) -> Index:
        """``upTo |-> commitIndex[i]``"""
        return self.commit_index

    # Leases -----------------------------------------------------------------------------------------------------------

    def has_lease(self) -> bool:
        """``HasLease(i)``"""
        return (
            self.features.lease_reads
            and self.knows_commits()
            and self.has_not_handed_over()
            and self.quorum(self.lease_holders())
        )

    def has_not_handed_over(self) -> bool:
        """``~handedOver[i]``: nobody protects the leader against the heir that it told to campaign."""
        return not self.handed_over

    def lease_holders(self) -> set[Server]:
        """``LeaseHolders(i)``: who answered a round that was sent less than a lease ago."""
        rounds = self.confirmed
        held = {j for j, start in self.lease_start.items() if rounds.get(j, 0) > 0 and self.is_in_lease(start)}
        return held | {self.id}

    def is_in_lease(self, start: int) -> bool:
        """``Clock(i) < leaseStart[i][j] + LeaseTime``"""
        return self.clock < start + self.lease_ticks

    def lease_read(self, r: str) -> None:
        """``LeaseRead(i, r)``"""
        self.answer("LeaseRead", r)

    def send_timeout_now(self, j: Server) -> None:
        """``SendTimeoutNow(i)``, which ends the lease."""
        self.handed_over = True
        super().send_timeout_now(j)

    # The end of the office --------------------------------------------------------------------------------------------

    def leave_office(self) -> None:
        """``NoReads(i)``: what the leader was about to answer, nobody will."""
        super().leave_office()
        self._reads += [ReadLost(r, None) for r in (*self.pending_reads, *self._early_reads)]
        self.pending_reads = {}
        self._early_reads = []
        self.read_round = self._asked_round = 0
        self.confirmed = {}
        self.lease_start = {}
        self.handed_over = False
