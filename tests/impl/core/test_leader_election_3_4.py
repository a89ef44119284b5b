"""Thesis, section 3.4: how a leader is elected."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import ElectionTimeout, Entry, Receive, RequestVote, SetElectionTimeout, Tick


def test_a_candidate_votes_for_itself_and_asks_all_others(raft: Any) -> None:
    output = raft.make_core([1, 1], term=1, servers=5).step(ElectionTimeout())
    assert [message.receiver for message in output.messages] == ["n2", "n3", "n4", "n5"]
    assert all(isinstance(message, RequestVote) for message in output.messages)
    assert {(m.term, m.last_log_index, m.last_log_term) for m in output.messages} == {(2, 2, 1)}
    assert output.hard_state is not None
    assert (output.hard_state.term, output.hard_state.vote) == (2, "n1")


@pytest.mark.parametrize(("servers", "needed"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3)])
def test_a_majority_elects(raft: Any, servers: int, needed: int) -> None:
    core = raft.make_candidate(servers=servers)
    for number in range(2, needed + 2):
        assert core.role.value == "Candidate"
        core.step(Receive(raft.vote(1, sender=f"n{number}")))
    assert core.role.value == "Leader"


def test_one_voter_counts_once(raft: Any) -> None:
    core = raft.make_candidate(servers=5)
    for _ in range(3):
        assert raft.names(raft.hear(core, raft.vote(1))) == ["CountVote"]
    assert core.role.value == "Candidate"


def test_one_vote_a_term_first_come_first_served(raft: Any) -> None:
    core = raft.make_core()
    first, second = raft.hear(core, raft.ask(1, sender="n2")), raft.hear(core, raft.ask(1, sender="n3"))
    assert (first.messages[0].granted, second.messages[0].granted) == (True, False)
    assert first.hard_state.vote == "n2"
    assert second.hard_state is None


def test_a_leader_opens_its_term_with_an_entry_of_its_own(raft: Any) -> None:
    core = raft.make_candidate([1], term=3)
    output = raft.hear(core, raft.vote(3))
    assert output.entries.first == 2
    assert output.entries.entries == (Entry(3, "noop:3"),)
    assert [(m.receiver, m.prev_log_index, len(m.entries)) for m in output.messages] == [("n2", 1, 1), ("n3", 1, 1)]
    assert (output.status.role.value, output.status.leader) == ("Leader", "n1")


def test_a_vote_resets_the_timer_and_a_refusal_does_not(raft: Any) -> None:
    core = raft.make_core()
    assert raft.hear(core, raft.ask(1)).timer_reset
    assert not raft.hear(core, raft.ask(1, sender="n3")).timer_reset


def test_timeouts_are_counted_in_ticks(raft: Any) -> None:
    core = raft.make_core(heartbeat_ticks=3)
    assert core.ticks_to_timer() is None  # Nobody has drawn a timeout.
    assert not core.step(Tick(1000)).actions
    core.step(SetElectionTimeout(10))
    assert not core.step(Tick(9)).actions
    assert core.ticks_to_timer() == 1
    output = core.step(Tick(1))
    assert raft.names(output) == ["Timeout", "RequestVote", "RequestVote"]
    assert output.timer_reset
    raft.hear(core, raft.vote(1))
    assert core.ticks_to_timer() == 3
    assert not core.step(Tick(2)).actions
    assert raft.names(core.step(Tick(1))) == ["AppendEntries", "AppendEntries"]


def test_hearing_from_the_leader_resets_the_timer(raft: Any) -> None:
    core = raft.make_core()
    core.step(SetElectionTimeout(10))
    core.step(Tick(9))
    assert raft.hear(core, raft.append(1)).timer_reset
    core.step(SetElectionTimeout(10))
    assert not core.step(Tick(9)).actions


def test_a_leader_that_steps_down_waits_like_any_follower(raft: Any) -> None:
    core = raft.make_leader()
    assert raft.hear(core, raft.vote(2, granted=False)).timer_reset
    core.step(SetElectionTimeout(2))
    assert raft.names(core.step(Tick(2)))[0] == "Timeout"
