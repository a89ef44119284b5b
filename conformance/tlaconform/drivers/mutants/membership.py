"""Bugs of changing members, snapshots and sending ahead of the answers.

Sources: D. Ongaro, *Consensus: Bridging Theory and Practice* (chapters 4 and 5, section 10.2), its author's correction
of single-server changes (2015), and errors that public implementations were reported to have had.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tlaconform.drivers.mutants.model import Mutant, always, mutant_of
from vraft.core import (
    AppendEntries,
    AppendEntriesResponse,
    Configuration,
    Entry,
    Features,
    InstallSnapshot,
    RaftCore,
    Recovered,
)
from vraft.core.quorum import is_majority

# Who counts --------------------------------------------------------------------------------------------------------


def _learners_too(self: RaftCore, members: set[str]) -> bool:
    return 2 * len(members & self.config.members) > len(self.config.voters)


def _majority_of_the_union(self: RaftCore, members: set[str]) -> bool:
    return is_majority(members & self.config.electorate, self.config.electorate)


def _new_voters_alone(self: RaftCore, members: set[str]) -> bool:
    return is_majority(members & self.config.voters, self.config.voters)


def _itself_too(self: RaftCore, members: set[str]) -> bool:
    return self.config.is_quorum(members) or is_majority(members & (self.config.voters | {self.id}), self.config.voters)


# When, and from when on --------------------------------------------------------------------------------------------


def _only_forwards(self: RaftCore, m: AppendEntries) -> None:
    if self.last_config_in(m) != 0:
        RaftCore.log_was_merged(self, m)


def _once_committed(self: RaftCore, entry: Entry) -> None:
    self.log.append(entry)
    self.persist_log(self.log.last_index)


def _straight_to_new(self: RaftCore, voters: frozenset[str], learners: frozenset[str]) -> Configuration:
    return Configuration(voters=voters, learners=learners)


def _leave_with_any_commit(self: RaftCore) -> bool:
    return self.governs() and self.config.is_joint


def _with_any_disk(self: RaftCore) -> bool:
    return not self.disk_stalled


def _as_voter_or_former_voter(self: RaftCore) -> bool:
    return self.is_voter() or (self.config_index > self.log.offset and self.was_voter())


def _long_enough(self: RaftCore, m: InstallSnapshot) -> bool:
    return m.last_index <= self.log.last_index


def _take_last_term(self: RaftCore, k: int, data: bytes) -> None:
    kept = [self.log.entry(index) for index in range(k + 1, self.log.last_index + 1)]
    last_term = self.log.last_term
    RaftCore.compact(self, k, data)
    self.log.restore(k, last_term)
    for entry in kept:
        self.log.append(entry)


def _newest_configuration(self: RaftCore, k: int) -> int:
    return self.config_index


def _leave_nobody(self: RaftCore, *_: object) -> list[str]:
    return []


def _forget_configuration(self: RaftCore, recovered: Recovered) -> None:
    RaftCore.on_restart(self, recovered)
    self.adopt_config(0)
    self.config = self.initial_config


def _never(self: RaftCore, *_: object) -> bool:
    return False


# Snapshots ---------------------------------------------------------------------------------------------------------


def _lose_configuration(self: RaftCore, m: InstallSnapshot) -> None:
    RaftCore.replace_log(self, replace(m, config=self.initial_config, config_index=0))


def _commit_nothing(self: RaftCore, recovered: Recovered) -> None:
    RaftCore.on_restart(self, recovered)
    self.commit_index = 0


def _cut_behind_snapshot(self: RaftCore, m: AppendEntries) -> int | None:
    if m.prev_log_index < self.log.offset and self.log.last_index > self.log.offset:
        return max(self.log.offset, m.prev_log_index + len(m.entries)) + 1
    return RaftCore.first_difference(self, m)


def _current_term_as_last(self: RaftCore, j: str, snapshot: Any) -> InstallSnapshot:
    return replace(RaftCore.snapshot_message(self, j, snapshot), last_term=self.current_term)


def _agree_anywhere(self: RaftCore, m: AppendEntriesResponse) -> int:
    return self.log.last_not_after(min(m.index, self.log.last_index), m.hint_term)


def _claim_snapshot(self: RaftCore, m: InstallSnapshot, *, success: bool, index: int) -> None:
    RaftCore.ignore_snapshot(self, m, success=True, index=max(index, m.last_index))


# Sending ahead -----------------------------------------------------------------------------------------------------


def _believe_what_was_sent(self: RaftCore, j: str, k: int) -> None:
    self.match_index[j] = max(self.match_index[j], k - 1)
    RaftCore.move_next(self, j, k)


def _one_too_far(self: RaftCore, j: str, k: int) -> None:
    RaftCore.move_next(self, j, k + 1)


def _mutant(name: str, bug: str, source: str, action: str, conjunct: str, **methods: Any) -> Mutant:
    return mutant_of(name, bug, source, action, conjunct, features=Features(), changes_members=True, **methods)


MEMBERSHIP_MUTANTS: tuple[Mutant, ...] = (
    _mutant(
        "change-before-commit-in-term",
        "a leader changes the configuration before it has committed an entry of its term",
        "the correction of 2015 to single-server changes",
        "ChangeConfig",
        "HasCommittedInTerm",
        has_committed_in_term=always,
    ),
    _mutant(
        "two-changes-in-flight",
        "a change begins although the last one is not committed yet",
        "4.1: one change at a time",
        "ChangeConfig",
        "configIndex[i] <= commitIndex[i]",
        no_change_in_flight=always,
        is_settled=always,
    ),
    _mutant(
        "learner-counts",
        "a learner that has an entry counts for its commitment",
        "4.2.1: a learner is not counted in any majority",
        "AdvanceCommit",
        "IsQuorum",
        quorum=_learners_too,
    ),
    _mutant(
        "joint-quorum-is-union",
        "a majority of all voters, old and new together, decides while a configuration is joint",
        "4.3: majorities of both",
        "AdvanceCommit",
        "IsQuorum",
        quorum=_majority_of_the_union,
    ),
    _mutant(
        "joint-quorum-is-new",
        "the new voters decide alone while a configuration is joint",
        "4.3: majorities of both",
        "AdvanceCommit",
        "IsQuorum",
        quorum=_new_voters_alone,
    ),
    _mutant(
        "removed-leader-counts-itself",
        "a leader that is no voter any more counts itself all the same",
        "4.2.2: it does not count itself in majorities",
        "AdvanceCommit",
        "IsQuorum",
        quorum=_itself_too,
    ),
    _mutant(
        "removed-leader-goes-on",
        "a leader that was removed takes requests after that is committed",
        "4.2.2: it steps down once the change is committed",
        "ClientRequest",
        "Governs",
        is_retired=_never,
    ),
    _mutant(
        "configuration-not-rolled-back",
        "a configuration counts although its entry was cut off",
        "4.1: servers use the last configuration in their logs",
        "AcceptEntries",
        "configIndex[n]",
        log_was_merged=_only_forwards,
    ),
    _mutant(
        "configuration-counts-late",
        "a leader goes by the configuration before the one it has just appended",
        "4.1: a configuration takes effect as soon as it is appended",
        "ChangeConfig",
        "configIndex[n]",
        append_entry=_once_committed,
    ),
    _mutant(
        "no-joint-configuration",
        "voters are exchanged in one step, whatever they are",
        "4.3: arbitrary changes need joint consensus",
        "AppendEntries",
        "event.sent",
        transition=_straight_to_new,
    ),
    _mutant(
        "joint-left-too-early",
        "a joint configuration is left with the next commit, its own or not",
        "4.3: the joint configuration is committed first",
        "LeaveJoint",
        "configIndex[i] <= commitIndex[i]",
        may_leave_joint=_leave_with_any_commit,
    ),
    _mutant(
        "non-voter-campaigns",
        "a server campaigns whether it ever had a vote or not",
        "4.2.1: learners do not count; 4.2.2: who is taken out may be needed until that is committed",
        "Timeout",
        "IsEligible(i)",
        may_stand=_with_any_disk,
    ),
    _mutant(
        "removed-for-good-campaigns",
        "a server campaigns although it knows that a configuration without it is committed",
        "4.2.2: a server that was removed may be needed until that is committed",
        "Timeout",
        "IsEligible(i)",
        is_eligible=_as_voter_or_former_voter,
    ),
    _mutant(
        "promoted-too-early",
        "a learner that lacks what is committed becomes a voter",
        "4.2.1: catching up",
        "ChangeConfig",
        "IsCaughtUp",
        is_caught_up=always,
    ),
    _mutant(
        "newcomer-keeps-progress",
        "of a server that comes back as a member the leader believes what it knew of it before",
        "4.1: a server that joins may have lost its log",
        "ChangeConfig",
        "Index[n]",
        joined=_leave_nobody,
    ),
    _mutant(
        "answers-of-strangers",
        "a leader takes late answers of a server that is no member any more",
        "4.2: who is no member counts for nothing",
        "AdvanceMatch",
        "Members(Config(i))",
        is_member=always,
    ),
    _mutant(
        "configuration-lost-in-restart",
        "a server that comes back goes by the initial configuration",
        "4.1: the configuration is in the log",
        "Restart",
        "configIndex[n]",
        on_restart=_forget_configuration,
    ),
    _mutant(
        "snapshot-rewinds-commit",
        "a snapshot that is late takes the commit index back to its own",
        "5.3 and figure 5.3: a snapshot of what is known already",
        "InstallSnapshot",
        "m.lastIndex > commitIndex[i]",
        is_news=always,
    ),
    _mutant(
        "configuration-lost-in-snapshot",
        "a server that installs a snapshot goes by the initial configuration",
        "5.1.1: the snapshot includes the configuration",
        "InstallSnapshot",
        "configIndex[n]",
        replace_log=_lose_configuration,
    ),
    _mutant(
        "snapshot-drops-the-rest",
        "a snapshot takes the place of a log that has its last entry and more",
        "figure 5.3, step 6: retain what follows",
        "InstallSnapshot",
        "[n]",
        holds_last_of=_never,
    ),
    _mutant(
        "snapshot-kept-by-index",
        "a log that is long enough is taken to have the snapshot's last entry, whatever its term",
        "figure 5.3, step 6: an entry with the same index and term as the last included",
        "InstallSnapshot",
        "[n]",
        holds_last_of=_long_enough,
    ),
    _mutant(
        "cut-forgets-term",
        "a log that is cut in the middle takes the term of its last entry for that of the last one cut off",
        "5.1: the last included term",
        "AppendEntries",
        "event.sent",
        compact=_take_last_term,
    ),
    _mutant(
        "snapshot-of-newest-configuration",
        "a snapshot has the configuration of the whole log, also where that begins after it",
        "5.1.1: the latest configuration as of the last included index",
        "AcceptEntries",
        "configIndex[n]",
        config_index_in_snapshot=_newest_configuration,
    ),
    _mutant(
        "snapshot-not-committed",
        "a server that comes back does not know that what its snapshot holds is committed",
        "5.2: the state machine is restored from the snapshot",
        "Restart",
        "commitIndex[n]",
        on_restart=_commit_nothing,
    ),
    _mutant(
        "truncate-behind-snapshot",
        "an append that begins within the snapshot cuts the log behind its entries",
        "figure 3.1: delete only what conflicts; a library in wide use does this",
        "AcceptEntries",
        "Len(log[n])",
        first_difference=_cut_behind_snapshot,
    ),
    _mutant(
        "snapshot-of-wrong-term",
        "a snapshot is sent with the leader's term as that of its last entry",
        "figure 5.3: lastTerm is the term of lastIndex",
        "SendSnapshot",
        "event.sent",
        snapshot_message=_current_term_as_last,
    ),
    _mutant(
        "backtrack-behind-snapshot",
        "a leader looks for agreement in the entries that are gone",
        "5.3: it sends the snapshot instead",
        "BacktrackNext",
        "nextIndex[n]",
        agreed_after_reject=_agree_anywhere,
    ),
    _mutant(
        "claims-snapshot",
        "a snapshot of an older term is answered as if it had been installed",
        "figure 5.3, step 1: reply immediately if term < currentTerm",
        "IgnoreSnapshot",
        "event.sent",
        ignore_snapshot=_claim_snapshot,
    ),
    _mutant(
        "sent-is-known",
        "what was sent ahead of the answers is taken for known to match",
        "10.2.1: pipelining moves nextIndex, not matchIndex",
        "MoveNext",
        "matchIndex",
        move_next=_believe_what_was_sent,
    ),
    _mutant(
        "one-too-far",
        "a leader that sends ahead leaves out an entry",
        "10.2.1: nextIndex is the next entry to send",
        "MoveNext",
        "Len(log[i]) + 1",
        move_next=_one_too_far,
    ),
)
