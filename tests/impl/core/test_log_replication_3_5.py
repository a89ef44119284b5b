"""Thesis, section 3.5: how entries get into the logs, and how logs that differ are made equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from vraft.core import PROPOSALS_MAX, Accepted, HeartbeatTimeout, InputError, NotLeader, Propose, ProposeMany


def test_a_proposal_is_appended_written_and_sent(raft: Any) -> None:
    core = raft.make_leader()
    raft.hear(core, raft.answer(1, 1))
    output = core.step(Propose("x"))
    assert output.proposal == Accepted(2, 1)
    assert (output.entries.first, [entry.value for entry in output.entries.entries]) == (2, ["x"])
    assert [message.receiver for message in output.messages] == ["n2"]  # n3 has not answered the no-op.


def test_others_refuse_and_say_who_leads(raft: Any) -> None:
    core = raft.make_core()
    assert core.step(Propose("x")).proposal == NotLeader(None)
    raft.hear(core, raft.append(1, sender="n3"))
    assert core.step(Propose("x")).proposal == NotLeader("n3")
    assert core.log.last_index == 0


def test_many_proposals_are_one_step_one_write_and_one_batch(raft: Any) -> None:
    core = raft.make_leader(max_entries=8)
    raft.hear(core, raft.answer(1, 1))
    output = core.step(ProposeMany(("x", "y", "z")))
    assert output.proposal == Accepted(4, 1), "that is the last of them"
    assert raft.names(output) == ["ClientRequest"] * 3 + ["AppendEntries"]
    assert [action.arguments for action in output.actions[:3]] == [{"v": "x"}, {"v": "y"}, {"v": "z"}]
    assert (output.entries.first, [entry.value for entry in output.entries.entries]) == (2, ["x", "y", "z"])
    (message,) = output.messages
    assert [entry.value for entry in message.entries] == ["x", "y", "z"]


def test_many_proposals_end_where_the_same_ones_one_by_one_do(raft: Any) -> None:
    together, apart = raft.make_leader(), raft.make_leader()
    together.step(ProposeMany(("x", "y")))
    for value in "xy":
        apart.step(Propose(value))
    assert together.log.slice(1, together.log.last_index) == apart.log.slice(1, apart.log.last_index)
    for core in (together, apart):
        raft.hear(core, raft.answer(1, 3))
    assert (together.commit_index, together.next_index) == (apart.commit_index, apart.next_index) == (3, ANY)


def test_of_many_proposals_others_take_none(raft: Any) -> None:
    core = raft.make_core()
    raft.hear(core, raft.append(1, sender="n3"))
    assert core.step(ProposeMany(("x", "y"))).proposal == NotLeader("n3")
    assert core.log.last_index == 0


@pytest.mark.parametrize("count", [0, PROPOSALS_MAX + 1])
def test_how_many_proposals_are_too_few_or_too_many(count: int) -> None:
    with pytest.raises(InputError, match=f"from 1 to {PROPOSALS_MAX} values are proposed together, found {count}"):
        ProposeMany(("x",) * count)


def test_one_batch_at_a_time_and_the_next_when_it_was_answered(raft: Any) -> None:
    core = raft.make_leader(max_entries=2)
    for value in "abc":
        assert not core.step(Propose(value)).messages
    output = raft.hear(core, raft.answer(1, 1))
    sent = [(m.receiver, m.prev_log_index, [e.value for e in m.entries]) for m in output.messages]
    assert sent == [("n2", 1, ["a", "b"])]
    output = raft.hear(core, raft.answer(1, 3))
    assert [(m.receiver, [e.value for e in m.entries]) for m in output.messages] == [("n2", ["c"])]


def test_a_late_answer_starts_no_second_stream(raft: Any) -> None:
    core = raft.make_leader(max_entries=1)
    for value in "abc":
        core.step(Propose(value))
    raft.hear(core, raft.answer(1, 1))
    assert raft.names(raft.hear(core, raft.answer(1, 1))) == ["AdvanceMatch"]


def test_a_heartbeat_sends_again_what_was_not_answered(raft: Any) -> None:
    core = raft.make_leader()
    output = core.step(HeartbeatTimeout())
    assert [(m.receiver, len(m.entries)) for m in output.messages] == [("n2", 1), ("n3", 1)]


def test_a_late_answer_takes_nothing_back(raft: Any) -> None:
    core = raft.make_leader([1, 1], term=2)
    raft.hear(core, raft.answer(2, 3))
    raft.hear(core, raft.answer(2, 1))
    assert (core.match_index["n2"], core.next_index["n2"]) == (3, 4)
    raft.hear(core, raft.answer(2, 0, success=False))
    assert (core.match_index["n2"], core.next_index["n2"]) == (3, 4)


@pytest.mark.parametrize(
    ("log", "prev", "expected"),
    [
        ([], (5, 4), (0, 0)),  # an empty log
        ([1, 1, 1], (5, 4), (3, 1)),  # too short
        ([1, 1, 2, 2, 2, 2], (5, 4), (4, 2)),  # a conflict: one before, if its term is not newer
        ([1, 1, 5, 5, 5, 5], (5, 4), (2, 1)),  # a conflict: whole terms that are newer are skipped
    ],
)
def test_a_refusal_says_where_the_logs_may_agree(
    raft: Any, log: list[int], prev: tuple[int, int], expected: tuple[int, int]
) -> None:
    output = raft.hear(raft.make_core(log, term=9), raft.append(9, prev, [9]))
    (message,) = output.messages
    assert (message.success, message.index, message.hint_term) == (False, *expected)
    assert output.entries is None


LEADER_OF_FIGURE_3_6 = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]


@pytest.mark.parametrize(
    "follower",
    [
        [1, 1, 1, 4, 4, 5, 5, 6, 6],
        [1, 1, 1, 4],
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        [1, 1, 1, 4, 4, 4, 4],
        [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ],
)
def test_the_logs_of_figure_3_6_are_made_equal(raft: Any, follower: list[int]) -> None:
    leader = raft.make_leader(LEADER_OF_FIGURE_3_6, term=8, max_entries=3, servers=2)
    # The follower is the server n1 of its own cluster of two; messages are readdressed on their way.
    peer = raft.make_core(follower, term=7, servers=2)
    request = leader.append_message("n2", leader.batch_size("n2"))
    rounds = 0
    while request is not None:
        rounds += 1
        assert rounds < 12
        (reply,) = raft.hear(peer, replace(request, sender="n2", receiver="n1")).messages
        requests = raft.hear(leader, replace(reply, sender="n2", receiver="n1")).messages
        request = requests[-1] if requests else None
    assert peer.log.slice(1, peer.log.last_index) == leader.log.slice(1, leader.log.last_index)
    assert peer.commit_index == leader.commit_index == 11


def test_entries_are_written_from_where_they_differ(raft: Any) -> None:
    core = raft.make_core([1, 1, 2], term=3)
    output = raft.hear(core, raft.append(3, (1, 1), [1, 3, 3]))
    assert output.entries.first == 3
    assert [entry.term for entry in output.entries.entries] == [3, 3]


def test_nothing_is_written_for_what_is_there(raft: Any) -> None:
    output = raft.hear(raft.make_core([1, 1], term=1), raft.append(1, (0, 0), [1, 1]))
    assert raft.names(output) == ["AcceptEntries"]
    assert output.entries is None
    assert not output.writes
