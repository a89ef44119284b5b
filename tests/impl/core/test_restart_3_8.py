"""Thesis, section 3.8: what is on disk comes back, and nothing else does."""

from __future__ import annotations

from typing import Any

from vraft import tracing
from vraft.core import HardState, RaftCore, Recovered


def test_a_server_comes_back_with_its_term_vote_and_log(raft: Any) -> None:
    core = RaftCore(id="n1", servers=["n1", "n2"], recovered=Recovered(HardState(3, "n2"), raft.entries(1, 3)))
    core.observer = tracing.variables
    output = core.start()
    assert raft.names(output) == ["Restart"]
    assert output.actions[0].observed == {
        "currentTerm": 3,
        "votedFor": "n2",
        "role": "Follower",
        "commitIndex": 0,
        "logLength": 2,
        "lastLogTerm": 3,
    }
    assert output.timer_reset
    assert output.status is not None
    assert output.status.term == 3
    assert not output.writes
    assert not output.messages


def test_a_server_that_never_ran_does_not_restart(raft: Any) -> None:
    output = RaftCore(id="n1", servers=["n1", "n2"]).start()
    assert not output.actions
    assert output.timer_reset


def test_it_restarts_only_once(raft: Any) -> None:
    core = RaftCore(id="n1", servers=["n1"], recovered=Recovered())
    assert raft.names(core.start()) == ["Restart"]
    assert raft.names(core.start()) == []


def test_the_vote_is_remembered(raft: Any) -> None:
    core = raft.make_core(term=3, vote="n2")
    assert raft.names(raft.hear(core, raft.ask(3, sender="n3"))) == ["DenyVote"]


def test_what_was_committed_is_handed_out_again(raft: Any) -> None:
    core = raft.make_core([1, 1], term=1)
    output = raft.hear(core, raft.append(1, (2, 1), commit=2))
    assert output.committed.first == 1
