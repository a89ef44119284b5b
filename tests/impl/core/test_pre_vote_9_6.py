"""Thesis, section 9.6: who would lose asks, and disturbs nobody."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import ElectionTimeout, Features, HeartbeatTimeout, Propose, RaftCore, RequestPreVote, Role

ASKS = Features(pre_vote=True)
BOTH = Features(pre_vote=True, interval_check=True)


def test_nobodys_term_rises_before_a_quorum_would_vote(raft: Any) -> None:
    joined = raft.Joined(3, features=ASKS)
    joined.cut |= {"n2", "n3"}
    for _ in range(20):
        joined.give("n1", ElectionTimeout())
    assert {core.current_term for core in joined.cores.values()} == {0}
    assert joined.cores["n1"].role is Role.PRE_CANDIDATE
    joined.cut.clear()
    assert joined.elect("n1").role is Role.LEADER
    assert {core.current_term for core in joined.cores.values()} == {1}


@pytest.mark.parametrize(("features", "term"), [(Features(), 21), (ASKS, 1)])
def test_a_server_that_was_cut_off_and_missed_something_does_not_depose_the_leader(
    raft: Any, features: Features, term: int
) -> None:
    joined = raft.Joined(3, features=features)
    joined.elect("n1")
    joined.cut.add("n3")
    joined.give("n1", Propose("meanwhile"))
    for _ in range(20):
        joined.give("n3", ElectionTimeout())
    joined.cut.clear()
    joined.give("n3", ElectionTimeout())
    joined.give("n1", HeartbeatTimeout())
    assert joined.cores["n3"].current_term == term + (0 if features == ASKS else 1)
    assert (joined.cores["n1"].role is Role.LEADER) == (features == ASKS)


@pytest.mark.parametrize(("features", "leads"), [(ASKS, False), (BOTH, True)])
def test_one_that_missed_nothing_needs_the_interval_check_too(raft: Any, features: Features, leads: bool) -> None:
    """Its log is as good as anybody's: without it the others would vote for it."""
    joined = raft.Joined(3, features=features)
    joined.elect("n1")
    joined.give("n1", HeartbeatTimeout())
    joined.give("n3", raft.forget())
    joined.give("n3", ElectionTimeout())
    assert (joined.cores["n1"].role is Role.LEADER) == leads


def test_the_newer_term_and_the_longer_log_do_not_refuse_each_other_for_ever(raft: Any) -> None:
    """The refusal carries the newer term, so that the one with the longer log can win in the next."""
    longer = raft.make_core([1, 1], term=1, servers=2, features=ASKS)
    longer.step(ElectionTimeout())
    refusal = raft.pre_vote(5, 1, granted=False)
    assert raft.names(raft.hear(longer, refusal)) == ["UpdateTerm"]
    request = longer.step(ElectionTimeout()).messages[0]
    assert isinstance(request, RequestPreVote)
    assert request.term == 5
    newer = raft.make_core([1], term=5, servers=2, features=ASKS)
    answer = raft.hear(newer, raft.pre_ask(request.term, (request.last_log_index, request.last_log_term)))
    assert raft.names(answer) == ["GrantPreVote"]


def test_a_pre_vote_is_no_promise_and_takes_no_write(raft: Any) -> None:
    core = raft.make_core(term=1, features=ASKS)
    for sender in ("n2", "n3"):
        output = raft.hear(core, raft.pre_ask(1, sender=sender))
        assert output.messages[0].granted
        assert not output.writes
        assert not output.timer_reset


def test_answers_that_come_late_do_not_elect(raft: Any) -> None:
    """They were about a campaign in an earlier term."""
    core = raft.make_pre_candidate(term=1)
    raft.hear(core, raft.pre_vote(3, 1, granted=False))
    core.step(ElectionTimeout())
    assert not raft.hear(core, raft.pre_vote(1, 1)).actions
    assert core.role is Role.PRE_CANDIDATE


def test_a_core_that_counts_them_would(raft: Any) -> None:
    class CountsAll(RaftCore):
        def is_about_my_term(self, m: object) -> bool:
            return True

    core = raft.make_pre_candidate(term=1, kind=CountsAll)
    raft.hear(core, raft.pre_vote(3, 1, granted=False))
    core.step(ElectionTimeout())
    assert "Timeout" in raft.names(raft.hear(core, raft.pre_vote(1, 1)))
