"""Thesis, section 6.2: a leader that nobody hears from steps down, so that clients look for another."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import DiskRecovered, DiskStalled, ElectionTimeout, Features, NotLeader, Propose, Role, Tick

CHECKS = Features(check_quorum=True)


@pytest.mark.parametrize(("features", "role"), [(Features(), Role.LEADER), (CHECKS, Role.FOLLOWER)])
def test_a_leader_that_reaches_no_quorum_steps_down(raft: Any, features: Features, role: Role) -> None:
    core = raft.make_leader(features=features, election_ticks_min=10)
    assert not any(name == "StepDown" for name in raft.names(core.step(Tick(9))))
    output = core.step(Tick(1))
    assert core.role is role
    if features == CHECKS:
        assert raft.names(output) == ["StepDown"]
        assert output.timer_reset
        assert (output.status.role, output.status.leader) == (Role.FOLLOWER, None)
        assert core.step(Propose("x")).proposal == NotLeader(None)


def test_any_answer_of_its_term_counts_for_an_election_timeout(raft: Any) -> None:
    core = raft.make_leader(servers=5, features=CHECKS, election_ticks_min=10)
    core.step(Tick(6))
    raft.hear(core, raft.answer(1, 0, success=False, sender="n2"))
    raft.hear(core, raft.answer(1, 1, sender="n3"))
    assert "StepDown" not in raft.names(core.step(Tick(9)))
    raft.hear(core, raft.answer(1, 1, sender="n2"))  # One of four is not enough.
    assert "StepDown" in raft.names(core.step(Tick(1)))


def test_an_answer_of_an_older_term_does_not(raft: Any) -> None:
    core = raft.make_leader([1], term=3, features=CHECKS, election_ticks_min=10)
    core.step(Tick(9))
    raft.hear(core, raft.answer(2, 1))
    assert "StepDown" in raft.names(core.step(Tick(1)))


def test_who_joins_has_an_election_timeout_to_answer(raft: Any) -> None:
    joined = raft.Joined(2, voters=1, features=CHECKS, election_ticks_min=10)
    joined.elect("n1")
    joined.give("n1", Tick(50))
    joined.cut.add("n2")
    joined.change("n1", "n1", "n2")
    joined.give("n1", Tick(9))
    assert joined.cores["n1"].role is Role.LEADER
    joined.give("n1", Tick(1))
    assert joined.cores["n1"].role is Role.FOLLOWER


def test_alone_it_always_has_its_quorum(raft: Any) -> None:
    core = raft.make_leader(servers=1, features=CHECKS)
    core.step(Tick(1000))
    assert core.role is Role.LEADER


def test_a_leader_whose_disk_has_stalled_steps_down_and_does_not_campaign_before_it_is_back(raft: Any) -> None:
    core = raft.make_leader()
    assert raft.names(core.step(DiskStalled())) == ["StepDown"]
    assert not core.step(ElectionTimeout()).actions
    assert not raft.hear(core, raft.now(1)).actions
    core.step(DiskRecovered())
    assert raft.names(core.step(ElectionTimeout()))[0] == "Timeout"
