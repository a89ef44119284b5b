"""Leader election (thesis, section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vraft.core.membership import Membership
from vraft.core.messages import Message, RequestVote, RequestVoteResponse
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
        if not self.may_time_out():
            return
        self.time_out()
        if self.has_won():
            self.become_leader()
            return
        for j in self.electorate():
            self.request_vote(j)

    def may_time_out(self) -> bool:
        """``role[i] \\in {Follower, Candidate}``, and ``i \\in Voters(Config(i))``"""
        return self.role is not Role.LEADER and self.is_voter()

    def time_out(self) -> None:
        """``Timeout(i)``: a new term, and the server's own vote in the same step."""
        self.current_term += 1
        self.persist_term()
        self.voted_for = self.id
        self.persist_vote()
        self.role = Role.CANDIDATE
        self.votes_granted = {self.id}
        self.leader = None
        self.reset_election_timer()
        self.take("Timeout")

    def request_vote(self, j: Server) -> None:
        """``RequestVote(i, j)``"""
        message = RequestVote(
            sender=self.id,
            receiver=j,
            term=self.current_term,
            last_log_index=self.log.last_index,
            last_log_term=self.log.last_term,
        )
        self.take("RequestVote", {"j": j}, sent=message)

    # The voter --------------------------------------------------------------------------------------------------------

    def on_request_vote(self, m: RequestVote) -> None:
        """Vote for the candidate, or tell it that it will not have this vote."""
        if self.may_grant(m):
            self.grant_vote(m)
        else:
            self.deny_vote(m)

    def may_grant(self, m: RequestVote) -> bool:
        """The conjuncts of ``GrantVote``; those of ``DenyVote`` say the opposite."""
        return self.is_current_term(m) and self.vote_is_free(m) and self.up_to_date(m)

    def is_current_term(self, m: RequestVote) -> bool:
        """``m.term = currentTerm[i]``"""
        return m.term == self.current_term

    def vote_is_free(self, m: RequestVote) -> bool:
        """``votedFor[i] \\in {Nil, m.from}``"""
        return self.voted_for is None or self.voted_for == m.sender

    def up_to_date(self, m: RequestVote) -> bool:
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
        self.leader = self.id
        self._awaited = {}
        self.reset_heartbeat_timer()
        self.take("BecomeLeader")
        self.client_request(noop_value(self.current_term))
        self.follow_commit()
        self.spread()
