"""Pre-votes: a server asks whether it would be elected before it raises its term (thesis, section 9.6).

So a server that was cut off, and comes back with nothing to say, deposes nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vraft.core.election import Election
from vraft.core.messages import Message, RequestPreVote, RequestPreVoteResponse
from vraft.core.types import Role, Server


class PreVote(Election):
    """The actions ``StartPreVote``, ``RequestPreVote``, ``GrantPreVote``, ``DenyPreVote`` and ``CountPreVote``."""

    PRE_VOTE_HANDLERS: ClassVar[Mapping[type[Message], str]] = {
        RequestPreVote: "on_request_pre_vote",
        RequestPreVoteResponse: "on_request_pre_vote_response",
    }

    # The pre-candidate ------------------------------------------------------------------------------------------------

    def campaign(self) -> None:
        """The election timeout has passed: ask first, where that is what servers do."""
        if not self.features.pre_vote:
            super().campaign()
            return
        if not self.may_start_pre_vote():
            return
        self.start_pre_vote()
        if self.would_win():
            self.run_for_office()
            return
        for j in self.electorate():
            self.request_pre_vote(j)

    def may_start_pre_vote(self) -> bool:
        """``role[i] # Leader``, ``~Protects(i)`` and ``IsEligible(i)``"""
        return self.role is not Role.LEADER and not self.protects() and self.may_stand()

    def start_pre_vote(self) -> None:
        """``StartPreVote(i)``: the term stays."""
        self.role = Role.PRE_CANDIDATE
        self.votes_granted = set()
        self.pre_votes_granted = {self.id}
        self.urgent = False
        self.leader = None
        self.reset_election_timer()
        self.take("StartPreVote")

    def request_pre_vote(self, j: Server) -> None:
        """``RequestPreVote(i, j)``"""
        message = RequestPreVote(
            sender=self.id,
            receiver=j,
            term=self.current_term,
            last_log_index=self.log.last_index,
            last_log_term=self.log.last_term,
        )
        self.take("RequestPreVote", {"j": j}, sent=message)

    # Whoever is asked -------------------------------------------------------------------------------------------------

    def on_request_pre_vote(self, m: RequestPreVote) -> None:
        """Say what would become of a request for a vote.  Nothing is promised, and no timer starts anew."""
        granted = self.would_vote(m)
        answer = self.pre_vote_response(m, granted=granted)
        self.take("GrantPreVote" if granted else "DenyPreVote", message=m, sent=answer)

    def would_vote(self, m: RequestPreVote) -> bool:
        """``WouldVote(i, m)``"""
        return (
            self.is_no_older_term(m)
            and self.role is not Role.LEADER
            and self.knows_no_leader()
            and self.pre_vote_up_to_date(m)
        )

    def is_no_older_term(self, m: RequestPreVote) -> bool:
        """``m.term >= currentTerm[i]``"""
        return m.term >= self.current_term

    def knows_no_leader(self) -> bool:
        """``~Protects(i)``: there is no leader who would suffer from it."""
        return not self.protects()

    def pre_vote_up_to_date(self, m: RequestPreVote) -> bool:
        """``UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])``"""
        return self.up_to_date(m)

    def pre_vote_response(self, m: RequestPreVote, *, granted: bool) -> RequestPreVoteResponse:
        """The answer to ``m``.  It carries the server's own term: else two servers, one with the newer term and one
        with the longer log, could refuse each other for ever."""
        return RequestPreVoteResponse(
            sender=self.id, receiver=m.sender, term=self.current_term, for_term=m.term, granted=granted
        )

    # The pre-candidate hears back -------------------------------------------------------------------------------------

    def on_request_pre_vote_response(self, m: RequestPreVoteResponse) -> None:
        """An answer; a quorum of them is leave to campaign."""
        if not self.may_count_pre_vote(m):
            return
        self.count_pre_vote(m)
        if self.would_win() and self.may_stand():
            self.run_for_office()

    def may_count_pre_vote(self, m: RequestPreVoteResponse) -> bool:
        """``role[i] = PreCandidate``, ``m.forTerm = currentTerm[i]`` and ``m.granted``"""
        return self.role is Role.PRE_CANDIDATE and self.is_about_my_term(m) and m.granted

    def is_about_my_term(self, m: RequestPreVoteResponse) -> bool:
        """``m.forTerm = currentTerm[i]``: an answer to an earlier term's request was about another campaign."""
        return m.for_term == self.current_term

    def count_pre_vote(self, m: RequestPreVoteResponse) -> None:
        """``CountPreVote(i, m)``"""
        self.pre_votes_granted.add(m.sender)
        self.take("CountPreVote", message=m)

    def would_win(self) -> bool:
        """``preVotesGranted[i] \\in Quorum``, of ``Timeout(i)`` with pre-votes."""
        return self.quorum(self.pre_votes_granted)
