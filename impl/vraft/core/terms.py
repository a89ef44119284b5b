"""Terms: how a server learns of a newer one, and what it gives up then (thesis, section 3.3)."""

from __future__ import annotations

from vraft.core.messages import Message
from vraft.core.protection import Protection
from vraft.core.types import Role


class Terms(Protection):
    """The actions ``UpdateTerm`` and ``StepDown``, and ``LeaveOffice``, which others need too."""

    def is_newer_term(self, m: Message) -> bool:
        """``m.term > currentTerm[i]``"""
        return m.term > self.current_term

    def may_update_term(self, m: Message) -> bool:
        """Whether ``m`` makes the server adopt its term."""
        return self.is_newer_term(m) and self.teaches_term(m)

    def update_term(self, m: Message) -> None:
        """``UpdateTerm(i, m)``; the message itself is handled afterwards, in a step of its own."""
        was_leader = self.role is Role.LEADER
        self.adopt_term(m)
        self.leave_office()
        self.leader = None
        if was_leader:
            self.hears_no_leader()
            self.reset_election_timer()
        self.take("UpdateTerm", message=m)

    def step_down(self) -> None:
        """``StepDown(i)``, of a leader: nobody else can lead its term, and it protects itself no longer."""
        self.leave_office()
        self.hears_no_leader()
        self.leader = None
        self.reset_election_timer()
        self.take("StepDown")

    def adopt_term(self, m: Message) -> None:
        """``currentTerm' = m.term`` and ``votedFor' = Nil``"""
        self.current_term = m.term
        self.voted_for = None
        self.persist_term()

    def leave_office(self) -> None:
        """``LeaveOffice(i)``, ``NoPreVotes(i)`` and ``EndsTransfer(i)``: a follower, with the initial value in all that
        only others need."""
        self.role = Role.FOLLOWER
        self.votes_granted = set()
        self.pre_votes_granted = set()
        self.transferee = None
        self.urgent = False
        self.next_index = dict.fromkeys(self.next_index, 1)
        self.match_index = dict.fromkeys(self.match_index, 0)
