"""Bugs of pre-votes, the interval check, check-quorum and leadership transfer.

Sources: D. Ongaro, *Consensus: Bridging Theory and Practice* (sections 3.10, 4.2.3, 6.2 and 9.6), and errors that
public implementations were reported to have had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tlaconform.drivers.mutants.model import Mutant, always, mutant_of, nothing
from vraft.core import Accepted, Features, NotLeader, RaftCore, RequestPreVote, RequestPreVoteResponse, Role, TimeoutNow
from vraft.core.messages import Message

ASKS = Features(pre_vote=True)
PROTECTS = Features(interval_check=True)
BOTH = Features(pre_vote=True, interval_check=True)
NONE = Features()


def _adopt_from_question(self: RaftCore, m: Message) -> bool:
    return m.type == "RequestPreVote" or RaftCore.teaches_term(self, m)


def _answer_with_their_term(self: RaftCore, m: RequestPreVote, *, granted: bool) -> RequestPreVoteResponse:
    return replace(RaftCore.pre_vote_response(self, m, granted=granted), term=m.term)


def _one_is_enough(self: RaftCore) -> bool:
    return True


def _pre_vote_in_next_term(self: RaftCore) -> None:
    self.current_term += 1
    self.voted_for = None
    self.persist_term()
    RaftCore.start_pre_vote(self)


def _teaches_always(self: RaftCore, m: Message) -> bool:
    return m.type != "RequestPreVote"


def _never_urgent(self: RaftCore, m: TimeoutNow) -> None:
    self.begin_campaign()
    self.take("TimeoutNow", message=m)


def _same_term(self: RaftCore, m: TimeoutNow) -> None:
    self.role = Role.CANDIDATE
    self.votes_granted = {self.id}
    self.pre_votes_granted = set()
    self.urgent = True
    self.reset_election_timer()
    self.take("TimeoutNow", message=m)


def _takes_office_at_once(self: RaftCore) -> bool:
    return self.urgent or RaftCore.has_won(self)


def _propose_while_handing_over(self: RaftCore, values: Sequence[str]) -> None:
    if self.role is not Role.LEADER or self.is_retired():
        self._proposal = NotLeader(self.hint())
        return
    for value in values:
        self.client_request(value)
    self._proposal = Accepted(self.log.last_index, self.current_term)
    self.spread()


def _keeps_pre_votes(self: RaftCore) -> None:
    before = self.pre_votes_granted
    RaftCore.leave_office(self)
    self.pre_votes_granted = before


def _keeps_heir(self: RaftCore) -> None:
    heir = self.transferee
    RaftCore.leave_office(self)
    self.transferee = heir


def _stays_leader(self: RaftCore) -> None:
    self.hears_no_leader()
    self.take("StepDown")


ELECTION_MUTANTS: tuple[Mutant, ...] = (
    mutant_of(
        "pre-vote-raises-terms",
        "a server adopts the term of a mere question",
        "9.6: a pre-vote changes no term",
        "UpdateTerm",
        'm.type # "RequestPreVote"',
        features=ASKS,
        teaches_term=_adopt_from_question,
    ),
    mutant_of(
        "pre-vote-deadlock",
        "a refusal carries the term of the question: two servers, one with the newer term and one with the longer log, "
        "refuse each other for ever",
        "9.6, and reported of public implementations: a refusal must teach the newer term",
        "DenyPreVote",
        "event.sent",
        features=ASKS,
        pre_vote_response=_answer_with_their_term,
    ),
    mutant_of(
        "pre-vote-without-quorum",
        "the first pre-vote is leave to campaign",
        "9.6: a majority would have to vote for it",
        "Timeout",
        "preVotesGranted",
        features=ASKS,
        would_win=_one_is_enough,
    ),
    mutant_of(
        "pre-vote-raises-own-term",
        "a pre-candidate begins a new term to ask",
        "9.6: the term is raised once the election can be won",
        "StartPreVote",
        "currentTerm[n]",
        features=ASKS,
        start_pre_vote=_pre_vote_in_next_term,
    ),
    mutant_of(
        "pre-vote-whatever-the-log",
        "a pre-vote is granted to a server whose log lacks something",
        "9.6: as it would vote",
        "GrantPreVote",
        "WouldVote",
        features=ASKS,
        pre_vote_up_to_date=always,
    ),
    mutant_of(
        "pre-vote-of-older-term",
        "a pre-vote is granted to a server that would campaign in a term that is over",
        "9.6: as it would vote",
        "GrantPreVote",
        "WouldVote",
        features=ASKS,
        is_no_older_term=always,
    ),
    mutant_of(
        "pre-vote-deposes-leader",
        "a server that hears a leader grants pre-votes all the same",
        "9.6 and 4.2.3: only who has missed the leader does",
        "GrantPreVote",
        "WouldVote",
        features=BOTH,
        knows_no_leader=always,
    ),
    mutant_of(
        "pre-vote-of-another-campaign",
        "a pre-candidate counts answers to what it asked in an earlier term",
        "9.6: an answer belongs to a question",
        "CountPreVote",
        "m.forTerm = currentTerm[i]",
        features=ASKS,
        is_about_my_term=always,
    ),
    mutant_of(
        "pre-votes-kept",
        "a pre-candidate that gives way keeps what it has counted",
        "9.6: the next campaign asks anew",
        "ReturnToFollower",
        "preVotesGranted[n]",
        features=ASKS,
        leave_office=_keeps_pre_votes,
    ),
    mutant_of(
        "candidate-raises-terms",
        "a server that protects a leader adopts the term of a candidate",
        "4.2.3: it does not update its term",
        "UpdateTerm",
        "Protects",
        features=PROTECTS,
        teaches_term=_teaches_always,
    ),
    mutant_of(
        "promise-forgotten-in-crash",
        "a server that comes back has promised nobody anything",
        "6.4.1: leases outlast crashes of those who gave them",
        "Restart",
        "heard[n]",
        features=PROTECTS,
        promise_again=nothing,
    ),
    mutant_of(
        "protects-deposed-self",
        "a leader that learns of a newer term goes on protecting itself",
        "4.2.3: a current leader is protected",
        "UpdateTerm",
        "heard[n]",
        features=PROTECTS,
        hears_no_leader=nothing,
    ),
    mutant_of(
        "step-down-in-name",
        "a leader that lost its quorum says so, and goes on leading",
        "6.2: it steps down",
        "StepDown",
        "role[n]",
        features=Features(check_quorum=True),
        step_down=_stays_leader,
    ),
    mutant_of(
        "transfer-in-same-term",
        "the heir takes over in the term of its leader: two leaders in one term",
        "3.10: the heir starts an election as if its timeout had struck",
        "TimeoutNow",
        "currentTerm[n]",
        features=NONE,
        timeout_now=_same_term,
    ),
    mutant_of(
        "heir-without-votes",
        "the heir leads without being elected",
        "3.10: it needs a majority like everybody",
        "BecomeLeader",
        "IsQuorum",
        features=NONE,
        has_won=_takes_office_at_once,
    ),
    mutant_of(
        "transfer-to-laggard",
        "the heir is told to campaign before it has the whole log",
        "3.10: the leader brings its log up to date first",
        "SendTimeoutNow",
        "matchIndex[i][transferee[i]] = Len(log[i])",
        features=NONE,
        is_up_to_date_heir=always,
    ),
    mutant_of(
        "requests-while-handing-over",
        "a leader that is handing over goes on taking requests, so that its heir never catches up",
        "3.10: it stops accepting client requests",
        "ClientRequest",
        "Governs",
        features=NONE,
        propose=_propose_while_handing_over,
    ),
    mutant_of(
        "late-timeout-now",
        "a server campaigns at the order of a leader of an earlier term",
        "3.10 and 3.3: messages of older terms are stale",
        "TimeoutNow",
        "m.term = currentTerm[i]",
        features=NONE,
        is_of_my_term=always,
    ),
    mutant_of(
        "heir-not-urgent",
        "the heir's requests do not say that its leader wants it, and are ignored where leaders are protected",
        "4.2.3: a flag that there is permission to disrupt",
        "TimeoutNow",
        "urgent[n]",
        features=PROTECTS,
        timeout_now=_never_urgent,
    ),
    mutant_of(
        "heir-remembered",
        "a leader that was deposed while handing over has still an heir",
        "3.10: the transfer is over with the term",
        "UpdateTerm",
        "transferee[n]",
        features=NONE,
        leave_office=_keeps_heir,
    ),
)
