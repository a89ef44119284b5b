"""Bugs of linearizable reads.

Sources: D. Ongaro, *Consensus: Bridging Theory and Practice* (sections 6.4 and 6.4.1), and errors that public
implementations were reported to have had.
"""

from __future__ import annotations

from tlaconform.drivers.mutants.model import Mutant, always, mutant_of
from vraft.core import ConfirmLeader, ConfirmLeaderResponse, Features, RaftCore, Role

PLAIN = Features()
LEASES = Features(interval_check=True, lease_reads=True)


def _leads(self: RaftCore) -> bool:
    return self.role is Role.LEADER


def _round_on_its_way(self: RaftCore) -> int:
    return self.read_round - 1


def _one_behind(self: RaftCore) -> int:
    return max(0, self.commit_index - 1)


def _confirms_anybody(self: RaftCore, m: ConfirmLeader) -> None:
    if self.role is Role.FOLLOWER:
        self.confirm_leader(m)
    else:
        RaftCore.on_confirm_leader(self, m)


def _any_terms_confirmations(self: RaftCore, m: ConfirmLeaderResponse) -> bool:
    return self.role is Role.LEADER


def _from_the_answer(self: RaftCore, m: ConfirmLeaderResponse) -> int:
    return self.ticks


def _for_ever(self: RaftCore, start: int) -> bool:
    return True


def _misses_at_once(self: RaftCore) -> bool:
    return self.heard and self.role is not Role.LEADER


def _keeps_reads(self: RaftCore) -> None:
    pending = self.pending_reads
    RaftCore.leave_office(self)
    self.pending_reads = pending


READ_MUTANTS: tuple[Mutant, ...] = (
    mutant_of(
        "read-before-first-commit",
        "a new leader answers reads before it has committed something, and does not know what was committed before",
        "6.4: the leader waits for its no-op to be committed",
        "StartRead",
        "KnowsCommits",
        features=PLAIN,
        knows_commits=_leads,
    ),
    mutant_of(
        "read-without-round",
        "a leader answers at once, and may have been deposed",
        "6.4: a round of heartbeats to a majority",
        "AnswerRead",
        "IsQuorum",
        features=PLAIN,
        is_confirmed=always,
    ),
    mutant_of(
        "read-in-round-on-its-way",
        "a read is answered by a round that was sent before it came",
        "6.4: a new round, once the read index is noted",
        "AnswerRead",
        "IsQuorum",
        features=PLAIN,
        round_for_read=_round_on_its_way,
    ),
    mutant_of(
        "read-one-behind",
        "the client is told an index that is one behind what is committed",
        "6.4: readIndex is the commit index",
        "AnswerRead",
        "p.index .. commitIndex[i]",
        features=PLAIN,
        index_of_answer=_one_behind,
    ),
    mutant_of(
        "confirm-older-leader",
        "a server confirms a leader of a term that is over",
        "6.4: it has not been superseded",
        "ConfirmLeader",
        "m.term = currentTerm[i]",
        features=PLAIN,
        on_confirm_leader=_confirms_anybody,
    ),
    mutant_of(
        "older-confirmations",
        "a leader counts confirmations of its earlier terms",
        "6.4 and 3.3: answers belong to a term",
        "CountConfirmation",
        "m.term = currentTerm[i]",
        features=PLAIN,
        may_count_confirmation=_any_terms_confirmations,
    ),
    mutant_of(
        "reads-kept",
        "a leader that was deposed keeps its reads for when it leads again",
        "6.4: the round belongs to a term",
        "UpdateTerm",
        "pendingReads",
        features=PLAIN,
        leave_office=_keeps_reads,
    ),
    mutant_of(
        "lease-from-answer",
        "a lease is counted from when the confirmation came, not from when the round was sent",
        "6.4.1: start + election timeout / clock drift bound",
        "CountConfirmation",
        "leaseStart[n][j]",
        features=LEASES,
        lease_start_after=_from_the_answer,
    ),
    mutant_of(
        "stale-lease",
        "a lease never ends: a leader that was cut off goes on answering",
        "6.4.1: the lease expires",
        "LeaseRead",
        "HasLease",
        features=LEASES,
        is_in_lease=_for_ever,
    ),
    mutant_of(
        "lease-after-handover",
        "a leader that has told its heir to campaign goes on answering by its lease",
        "6.4.1: a transfer ends the lease",
        "LeaseRead",
        "HasLease",
        features=LEASES,
        has_not_handed_over=always,
    ),
    mutant_of(
        "promise-too-short",
        "a server misses its leader as soon as its clock moves",
        "6.4.1 and 4.2.3: for the least election timeout",
        "MissLeader",
        "ElectionTimeoutMin",
        features=LEASES,
        has_missed_leader=_misses_at_once,
    ),
)
