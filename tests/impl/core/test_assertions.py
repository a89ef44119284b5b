"""Each assertion is seen failing, on a core that is wrong in just that; and with assertions off that core goes on."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import AppendEntries, ElectionTimeout, HeartbeatTimeout, Propose, RaftCore, RequestVote, Role
from vraft.core.messages import Message


class ForgetsVote(RaftCore):
    def persist_vote(self) -> None:
        pass


class ForgetsTerm(RaftCore):
    def persist_term(self) -> None:
        pass


class ForgetsLog(RaftCore):
    def persist_log(self, first: int) -> None:
        pass


class VotesTwice(RaftCore):
    def vote_is_free(self, m: RequestVote) -> bool:
        return True


class FallsBack(RaftCore):
    def is_newer_term(self, m: Message) -> bool:
        return m.term != self.current_term


class CommitsTooFar(RaftCore):
    def commit_after_accept(self, m: AppendEntries, last: int) -> int:
        return max(self.commit_index, m.leader_commit)


class CommitsBackwards(RaftCore):
    def commit_after_accept(self, m: AppendEntries, last: int) -> int:
        return min(m.leader_commit, last)


class CutsTooMuch(RaftCore):
    def first_difference(self, m: AppendEntries) -> int | None:
        return m.prev_log_index + 1


class StaysCandidate(RaftCore):
    def leave_office(self) -> None:
        self.role = Role.FOLLOWER


CASES = [
    (ForgetsVote, "the vote that is written"),
    (ForgetsTerm, "the term that is written|a new term or vote is written"),
    (ForgetsLog, "a changed log is written"),
    (VotesTwice, "OneVotePerTermProp"),
    (FallsBack, "TermNeverFallsProp"),
    (CommitsTooFar, "StateMachineSafetyInv"),
    (CommitsBackwards, "CommitIndexProp"),
    (CutsTooMuch, "CommittedNeverShrinksProp"),
    (StaysCandidate, "only a candidate has votes"),
]


def drive(raft: Any, kind: type[RaftCore], *, assertions: bool) -> None:
    """One step after another, such that every one of the mistakes shows."""
    core = raft.make_core(kind=kind, assertions=assertions)
    raft.hear(core, raft.ask(1, sender="n2"))
    raft.hear(core, raft.ask(1, sender="n3"))
    raft.hear(core, raft.append(1, (0, 0), [1, 1], commit=1))
    raft.hear(core, raft.append(1, (0, 0), [1]))
    raft.hear(core, raft.append(1, (2, 1), commit=9))
    core.step(ElectionTimeout())
    raft.hear(core, raft.append(2, (2, 1), [2], sender="n3"))
    raft.hear(core, raft.append(1))


@pytest.mark.parametrize(("kind", "complaint"), CASES)
def test_a_mistake_is_found(raft: Any, kind: type[RaftCore], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        drive(raft, kind, assertions=True)


@pytest.mark.parametrize("kind", [kind for kind, _ in CASES])
def test_with_assertions_off_it_goes_on(raft: Any, kind: type[RaftCore]) -> None:
    drive(raft, kind, assertions=False)


def test_the_right_core_passes(raft: Any) -> None:
    drive(raft, RaftCore, assertions=True)


def test_two_leaders_of_a_term(raft: Any) -> None:
    with pytest.raises(AssertionError, match="ElectionSafetyInv: n2 and n1 both lead term 1"):
        raft.hear(raft.make_leader(), raft.append(1))
    assert not raft.hear(raft.make_leader(assertions=False), raft.append(1)).actions


class RewritesItsLog(RaftCore):
    def client_request(self, value: str) -> None:
        super().client_request(value)
        self.persist_log(1)


def test_a_leader_only_appends(raft: Any) -> None:
    with pytest.raises(AssertionError, match="LeaderAppendOnlyProp"):
        raft.make_leader([1], term=2, kind=RewritesItsLog).step(Propose("x"))


def test_next_index_is_beyond_what_matches(raft: Any) -> None:
    core = raft.make_leader([1, 1], term=2)
    core.match_index["n2"] = core.next_index["n2"]
    with pytest.raises(AssertionError, match="MatchInv"):
        core.step(HeartbeatTimeout())
