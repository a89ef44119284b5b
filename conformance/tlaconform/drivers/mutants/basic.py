"""Historical bugs of basic Raft.

Sources: D. Ongaro, *Consensus: Bridging Theory and Practice* (chapter 3, by section), the Raft paper's figure 8, and
errors that public implementations were reported to have had.
"""

from __future__ import annotations

from dataclasses import replace

from tlaconform.drivers.mutants.model import Mutant, always, mutant_of, nothing
from vraft.core import (
    AppendEntries,
    AppendEntriesResponse,
    RaftCore,
    Recovered,
    RequestVote,
    RequestVoteResponse,
    Role,
)
from vraft.core.messages import Message

# Elections ----------------------------------------------------------------------------------------------------------


def _older_term_too(self: RaftCore, m: RequestVote) -> bool:
    return m.term <= self.current_term


def _half_is_enough(self: RaftCore, members: set[str]) -> bool:
    return 2 * len(members) >= len(self.servers) - 1


def _any_terms_votes(self: RaftCore, m: RequestVoteResponse) -> bool:
    return self.role is Role.CANDIDATE and m.granted


def _refusals_too(self: RaftCore, m: RequestVoteResponse) -> bool:
    return self.role is Role.CANDIDATE and m.term == self.current_term


def _longer_is_newer(self: RaftCore, m: RequestVote) -> bool:
    return m.last_log_index > self.log.last_index or RaftCore.up_to_date(self, m)


def _campaign_in_same_term(self: RaftCore) -> None:
    self.current_term = max(self.current_term, 1)
    self.persist_term()
    self.voted_for = self.id
    self.persist_vote()
    self.role = Role.CANDIDATE
    self.votes_granted = {self.id}
    self.reset_election_timer()
    self.take("Timeout")


# Terms and restarts -------------------------------------------------------------------------------------------------


def _keep_leading(self: RaftCore, m: Message) -> None:
    was_leader = self.role is Role.LEADER
    self.adopt_term(m)
    if not was_leader:
        self.leave_office()
    self.take("UpdateTerm", message=m)


def _keep_vote(self: RaftCore, m: Message) -> None:
    self.current_term = m.term
    self.persist_term()


def _lose_last_entry(self: RaftCore, recovered: Recovered) -> None:
    RaftCore.on_restart(self, replace(recovered, entries=recovered.entries[:-1]))


# Replication --------------------------------------------------------------------------------------------------------


def _index_only(self: RaftCore, m: AppendEntries) -> bool:
    return m.prev_log_index <= self.log.last_index


def _always_cut(self: RaftCore, m: AppendEntries) -> int | None:
    stale = self.log.last_index > m.prev_log_index + len(m.entries)
    return m.prev_log_index + 1 if m.entries or stale else None


def _never_cut(self: RaftCore, m: AppendEntries) -> int | None:
    last = self.log.last_index
    return max(last, m.prev_log_index) + 1 if m.prev_log_index + len(m.entries) > last else None


def _commit_what_leader_says(self: RaftCore, m: AppendEntries, last: int) -> int:
    return max(self.commit_index, min(m.leader_commit, self.log.last_index))


def _commit_follows_leader(self: RaftCore, m: AppendEntries, last: int) -> int:
    return min(m.leader_commit, last)


def _accept_older_terms(self: RaftCore, m: AppendEntries) -> None:
    if self.role is Role.FOLLOWER and self.log_matches(m):
        self.reset_election_timer()
        self.accept_entries(m)
    else:
        RaftCore.on_append_entries(self, m)


def _stay_candidate(self: RaftCore, m: AppendEntries) -> None:
    if self.role is Role.CANDIDATE and m.term == self.current_term and self.log_matches(m):
        self.accept_entries(m)
    else:
        RaftCore.on_append_entries(self, m)


def _last_term_as_previous(self: RaftCore, j: str, n: int) -> AppendEntries:
    return replace(RaftCore.append_message(self, j, n), prev_log_term=self.log.last_term)


def _announce_uncommitted(self: RaftCore, j: str, n: int) -> AppendEntries:
    return replace(RaftCore.append_message(self, j, n), leader_commit=self.log.last_index)


# What the leader learns -----------------------------------------------------------------------------------------------


def _any_terms_successes(self: RaftCore, m: AppendEntriesResponse) -> bool:
    return self.role is Role.LEADER and (m.success or m.term == self.current_term)


def _match_is_last_answer(self: RaftCore, m: AppendEntriesResponse) -> int:
    return m.index


def _match_what_was_sent(self: RaftCore, m: AppendEntriesResponse) -> int:
    return self.log.last_index


def _forget_match(self: RaftCore, m: AppendEntriesResponse) -> int:
    return self.log.last_not_after(min(m.index, self.log.last_index), m.hint_term) + 1


def _refusal_is_success(self: RaftCore, m: AppendEntriesResponse) -> None:
    if self.answers_my_term(m):
        self.advance_match(m)


def _one_too_many(self: RaftCore, k: int) -> set[str]:
    return {j for j, match in self.match_index.items() if match >= k - 1} | {self.id}


def _overwrite_own_entry(self: RaftCore, value: str) -> None:
    last = self.log.last_index
    if last > self.commit_index and self.log.last_term == self.current_term:
        self.log.replace_from(last, [self.log.entry(last)._replace(value=value)])
        self.persist_log(last)
        self.take("ClientRequest", {"v": value})
    else:
        RaftCore.client_request(self, value)


BASIC_MUTANTS: tuple[Mutant, ...] = (
    mutant_of(
        "double-vote",
        "a server votes for every candidate that asks",
        "3.4: one vote a term, first come first served",
        "GrantVote",
        "votedFor[i] \\in {Nil, m.from}",
        vote_is_free=always,
    ),
    mutant_of(
        "vote-not-persisted",
        "votedFor is kept in memory only, and forgotten in a crash",
        "3.8: votedFor is persistent",
        "Restart",
        "votedFor[n]",
        persist_vote=nothing,
    ),
    mutant_of(
        "term-not-persisted",
        "currentTerm is kept in memory only",
        "3.8: currentTerm is persistent",
        "Restart",
        "currentTerm[n]",
        persist_term=nothing,
    ),
    mutant_of(
        "log-tail-lost",
        "the last entry of the log is not there after a crash",
        "3.8: the log is persistent",
        "Restart",
        "Len(log[n])",
        on_restart=_lose_last_entry,
    ),
    mutant_of(
        "vote-for-older-term",
        "a request of an older term gets a vote",
        "3.4 and figure 3.1: reply false if term < currentTerm",
        "GrantVote",
        "m.term = currentTerm[i]",
        is_current_term=_older_term_too,
    ),
    mutant_of(
        "forget-up-to-date",
        "a vote is granted whatever the candidate's log lacks",
        "3.6.1: the election restriction",
        "GrantVote",
        "UpToDate",
        up_to_date=always,
    ),
    mutant_of(
        "up-to-date-by-length",
        "a log that is longer counts as up-to-date, whatever its last term",
        "3.6.1: terms are compared before lengths",
        "GrantVote",
        "UpToDate",
        up_to_date=_longer_is_newer,
    ),
    mutant_of(
        "count-older-votes",
        "a candidate counts votes of its earlier campaigns",
        "3.4: votes are for one term",
        "CountVote",
        "m.term = currentTerm[i]",
        may_count=_any_terms_votes,
    ),
    mutant_of(
        "count-refusals",
        "a candidate counts every answer as a vote",
        "3.4: voteGranted",
        "CountVote",
        "m.granted",
        may_count=_refusals_too,
    ),
    mutant_of(
        "wrong-quorum",
        "one vote less than a majority elects a leader",
        "3.4: votes from a majority",
        "BecomeLeader",
        "votesGranted[i] \\in Quorum",
        quorum=_half_is_enough,
    ),
    mutant_of(
        "same-term-campaign",
        "a new campaign does not begin a new term",
        "3.4: a candidate increments its term",
        "Timeout",
        "currentTerm[n]",
        time_out=_campaign_in_same_term,
    ),
    mutant_of(
        "no-step-down",
        "a leader that hears of a newer term goes on leading",
        "3.3: a stale leader reverts to follower",
        "UpdateTerm",
        "role[n]",
        update_term=_keep_leading,
    ),
    mutant_of(
        "keep-vote-in-new-term",
        "the vote of the old term is kept in the new one",
        "figure 3.1: votedFor is of the current term",
        "UpdateTerm",
        "votedFor[n]",
        adopt_term=_keep_vote,
    ),
    mutant_of(
        "stay-candidate",
        "a candidate takes entries from the leader of its term without giving up",
        "3.4: a candidate recognises the leader and returns to follower",
        "AcceptEntries",
        "role[i] = Follower",
        on_append_entries=_stay_candidate,
    ),
    mutant_of(
        "no-consistency-check",
        "entries are accepted whatever precedes them",
        "3.5: the consistency check",
        "AcceptEntries",
        "LogMatches",
        log_matches=always,
    ),
    mutant_of(
        "consistency-by-index",
        "the consistency check compares the index alone",
        "3.5: index and term of the preceding entry",
        "AcceptEntries",
        "LogMatches",
        log_matches=_index_only,
    ),
    mutant_of(
        "truncate-on-stale-append",
        "every append cuts the log behind its entries, also one that comes late",
        "figure 3.1: delete only what conflicts",
        "AcceptEntries",
        "Len(log[n])",
        first_difference=_always_cut,
    ),
    mutant_of(
        "keep-conflicting-entries",
        "entries that contradict the leader's are kept",
        "3.5: conflicting entries are overwritten",
        "AcceptEntries",
        "log[n]",
        first_difference=_never_cut,
    ),
    mutant_of(
        "commit-past-match",
        "a follower commits up to leaderCommit, beyond what the message has shown to match",
        "figure 3.1: min(leaderCommit, index of last new entry)",
        "AcceptEntries",
        "commitIndex[n]",
        commit_after_accept=_commit_what_leader_says,
    ),
    mutant_of(
        "commit-moves-back",
        "a late message makes the commit index fall",
        "figure 3.1: commitIndex increases monotonically",
        "AcceptEntries",
        "commitIndex[n]",
        commit_after_accept=_commit_follows_leader,
    ),
    mutant_of(
        "accept-older-term",
        "entries of a deposed leader are accepted",
        "figure 3.1: reply false if term < currentTerm",
        "AcceptEntries",
        "m.term = currentTerm[i]",
        on_append_entries=_accept_older_terms,
    ),
    mutant_of(
        "wrong-previous-term",
        "an append names the term of the leader's last entry as that of the preceding one",
        "figure 3.1: prevLogTerm is the term of the entry at prevLogIndex",
        "AppendEntries",
        "event.sent",
        append_message=_last_term_as_previous,
    ),
    mutant_of(
        "announce-uncommitted",
        "the leader announces its whole log as committed",
        "figure 3.1: leaderCommit is the leader's commitIndex",
        "AppendEntries",
        "event.sent",
        append_message=_announce_uncommitted,
    ),
    mutant_of(
        "any-terms-success",
        "a leader takes a success of an earlier term for an answer to what it sent in this one",
        "3.3: requests and answers belong to a term",
        "AdvanceMatch",
        "m.term = currentTerm[i]",
        answers_my_term=_any_terms_successes,
    ),
    mutant_of(
        "match-moves-back",
        "a late answer makes matchIndex fall",
        "figure 3.1: matchIndex increases monotonically",
        "AdvanceMatch",
        "matchIndex[n]",
        match_after_accept=_match_is_last_answer,
    ),
    mutant_of(
        "match-what-was-not-sent",
        "any success makes the leader believe that the peer has its whole log",
        "3.5: matchIndex is what the message has shown",
        "AdvanceMatch",
        "matchIndex[n]",
        match_after_accept=_match_what_was_sent,
    ),
    mutant_of(
        "refusal-as-success",
        "a refusal moves matchIndex",
        "figure 3.1: success",
        "AdvanceMatch",
        "m.success",
        on_append_entries_response=_refusal_is_success,
    ),
    mutant_of(
        "backtrack-past-match",
        "a late refusal makes the leader go back behind what is known to match",
        "3.5: nextIndex stays above matchIndex",
        "BacktrackNext",
        "nextIndex[n]",
        next_index_after_reject=_forget_match,
    ),
    mutant_of(
        "commit-old-term",
        "entries of earlier terms are committed by counting replicas",
        "3.6.2 and figure 3.7 (figure 8 of the paper)",
        "AdvanceCommit",
        "log[i][k].term = currentTerm[i]",
        commits_own_term=always,
    ),
    mutant_of(
        "commit-one-too-many",
        "a peer counts for the entry after the last that it has",
        "3.5: committed once stored on a majority",
        "AdvanceCommit",
        "Acknowledged(i, k) \\in Quorum",
        acknowledged=_one_too_many,
    ),
    mutant_of(
        "leader-overwrites",
        "a leader replaces its last uncommitted entry by the next request",
        "figure 3.2: leader append-only",
        "ClientRequest",
        "Len(log[n])",
        client_request=_overwrite_own_entry,
    ),
)
