"""Leader election (thesis, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vraft.core.membership import Membership
from vraft.core.messages import Message, RequestPreVote, RequestVote, RequestVoteResponse
from vraft.core.types import Role, Server, noop_value


class Election(Membership):
    """The actions ``Timeout``, ``RequestVote``, ``GrantVote``, ``DenyVote``, ``CountVote`` and ``BecomeLeader``."""

    ELECTION_HANDLERS: ClassVar[Mapping[type[Message], str]] = {
        RequestVote: "on_request_vote",
        RequestVoteResponse: "on_request_vote_response",
    }

    # The candidate ----------------------------------------------------------------------------------------------------

    def campaign(self) -> None:
        """The election timeout has passed: campaign in a new term."""
        if self.may_time_out():
            self.run_for_office()

    def may_time_out(self) -> bool:
        """``role[i] \\in {Follower, Candidate}``, ``~Protects(i)`` and ``IsEligible(i)``

        A server that protects a leader refuses to campaign, whoever says that its election timeout has passed.
        """
        return self.role is not Role.LEADER and not self.protects() and self.may_stand()

    def may_stand(self) -> bool:
        """``IsEligible(i)``, and a disk to write its vote to."""
        return self.is_eligible() and not self.disk_stalled

    def run_for_office(self) -> None:
        """Campaign, and ask all others."""
        self.time_out()
        self.seek_votes()

    def seek_votes(self) -> None:
        """Ask everybody for a vote, unless the candidate's own is enough."""
        if self.has_won():
            self.become_leader()
            return
        for j in self.electorate():
            self.request_vote(j)

    def time_out(self) -> None:
        """``Timeout(i)``: nobody told the candidate to."""
        self.begin_campaign()
        self.urgent = False
        self.take("Timeout")

    def begin_campaign(self) -> None:
        """``Campaign(i)``: a new term, and the server's own vote in the same step."""
        self.current_term += 1
        self.persist_term()
        self.voted_for = self.id
        self.persist_vote()
        self.role = Role.CANDIDATE
        self.votes_granted = {self.id}
        self.pre_votes_granted = set()
        self.leader = None
        self.reset_election_timer()

    def request_vote(self, j: Server) -> None:
        """``RequestVote(i, j)``"""
        message = RequestVote(
            sender=self.id,
            receiver=j,
            term=self.current_term,
            last_log_index=self.log.last_index,
            last_log_term=self.log.last_term,
            urgent=self.urgent,
        )
        self.take("RequestVote", {"j": j}, sent=message)

    # The voter --------------------------------------------------------------------------------------------------------

    def on_request_vote(self, m: RequestVote) -> None:
        """Vote for the candidate, or tell it that it will not have this vote.

        Who protects a leader from the candidate does not answer: the request is lost on it.
        """
        if not self.may_grant(m):
            if m.term <= self.current_term:
                self.deny_vote(m)
        elif self.helps(m):
            self.grant_vote(m)

    def may_grant(self, m: RequestVote) -> bool:
        """The conjuncts of ``GrantVote`` in ``Raft.tla``; those of ``DenyVote`` say the opposite."""
        return self.is_current_term(m) and self.vote_is_free(m) and self.up_to_date(m)

    def is_current_term(self, m: RequestVote) -> bool:
        """``m.term = currentTerm[i]``"""
        return m.term == self.current_term

    def vote_is_free(self, m: RequestVote) -> bool:
        """``votedFor[i] \\in {Nil, m.from}``"""
        return self.voted_for is None or self.voted_for == m.sender

    def up_to_date(self, m: RequestVote | RequestPreVote) -> bool:
        """``UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])``: the candidate's log lacks nothing of ours (3.6.1)."""
        last_term = self.log.last_term
        return m.last_log_term > last_term or (m.last_log_term == last_term and m.last_log_index >= self.log.last_index)

    def grant_vote(self, m: RequestVote) -> None:
        """``GrantVote(i, m)``"""
        self.voted_for = m.sender
        self.persist_vote()
        self.reset_election_timer()
        self.take("GrantVote", message=m, sent=self.vote_response(m, granted=True))

    def deny_vote(self, m: RequestVote) -> None:
        """``DenyVote(i, m)``"""
        self.take("DenyVote", message=m, sent=self.vote_response(m, granted=False))

    def vote_response(self, m: RequestVote, *, granted: bool) -> RequestVoteResponse:
        """The answer to ``m``."""
        return RequestVoteResponse(sender=self.id, receiver=m.sender, term=self.current_term, granted=granted)

    # The candidate hears back -----------------------------------------------------------------------------------------

    def on_request_vote_response(self, m: RequestVoteResponse) -> None:
        """A vote, or a refusal, which teaches nothing."""
        if not self.may_count(m):
            return
        self.count_vote(m)
        if self.has_won():
            self.become_leader()

    def may_count(self, m: RequestVoteResponse) -> bool:
        """``role[i] = Candidate``, ``m.term = currentTerm[i]`` and ``m.granted``"""
        return self.role is Role.CANDIDATE and m.term == self.current_term and m.granted

    def count_vote(self, m: RequestVoteResponse) -> None:
        """``CountVote(i, m)``"""
        self.votes_granted.add(m.sender)
        self.take("CountVote", message=m)

    def has_won(self) -> bool:
        """``IsQuorum(votesGranted[i], Config(i))``"""
        return self.quorum(self.votes_granted)

    def become_leader(self) -> None:
        """``BecomeLeader(i)``; the new leader opens its term with an entry that does nothing (section 6.4)."""
        self.role = Role.LEADER
        self.votes_granted = set()
        self.next_index = dict.fromkeys(self.next_index, self.log.last_index + 1)
        self.match_index = dict.fromkeys(self.match_index, 0)
        self.urgent = False
        self.leader = self.id
        self.progress.clear()
        self.forget_histories()
        self.protects_itself()
        self.note_term_begins()
        self.reset_heartbeat_timer()
        self.take("BecomeLeader")
        self.client_request(noop_value(self.current_term))
        self.follow_commit()
        self.spread()
