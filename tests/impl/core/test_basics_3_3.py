"""Thesis, section 3.3: terms, and what is no input at all."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import NOTHING, InputError, RaftCore, SetElectionTimeout, Tick


def test_a_newer_term_turns_everybody_into_a_follower(raft: Any) -> None:
    for core in (raft.make_core(term=1), raft.make_candidate(), raft.make_leader()):
        output = raft.hear(core, raft.vote(7, granted=False))
        assert raft.names(output) == ["UpdateTerm"]
        assert (core.current_term, core.voted_for, core.role.value) == (7, None, "Follower")
        assert not core.votes_granted
        assert set(core.next_index.values()) == {1}
        assert set(core.match_index.values()) == {0}
        assert output.hard_state is not None
        assert (output.hard_state.term, output.hard_state.vote) == (7, None)


def test_an_old_request_is_answered_with_the_newer_term(raft: Any) -> None:
    core = raft.make_core(term=5)
    for old in (raft.ask(4), raft.append(4)):
        output = raft.hear(core, old)
        assert [message.term for message in output.messages] == [5]
        assert output.hard_state is None


def test_an_old_answer_is_ignored_without_a_trace(raft: Any) -> None:
    core = raft.make_leader(term=5)
    assert raft.hear(core, raft.vote(4)) is NOTHING
    assert raft.hear(core, raft.answer(4, 1)) is NOTHING


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"receiver": "n2"}, "for 'n2' was handed to 'n1'"),
        ({"sender": "n9"}, "'n9', which is no peer"),
        ({"sender": "n1"}, "'n1', which is no peer"),
    ],
)
def test_a_message_that_is_not_for_us_is_refused(raft: Any, message: dict[str, str], complaint: str) -> None:
    core = raft.make_core()
    with pytest.raises(InputError, match=complaint):
        raft.hear(core, raft.ask(1, **message))
    assert core.current_term == 0


def test_inputs_that_are_none() -> None:
    core = RaftCore(id="n1", servers=["n1", "n2"])
    for wrong, complaint in (
        (Tick(-1), "does not run backwards"),
        (SetElectionTimeout(0), "at least 1 tick"),
        ("tick", "not an input: 'tick'"),
    ):
        with pytest.raises(InputError, match=complaint):
            core.step(wrong)  # type: ignore[arg-type]


def test_a_server_is_one_of_the_servers() -> None:
    with pytest.raises(InputError, match="'n4' is not one of the servers"):
        RaftCore(id="n4", servers=["n1", "n2"])
    with pytest.raises(InputError, match="max_entries"):
        RaftCore(id="n1", servers=["n1"], max_entries=0)
    with pytest.raises(InputError, match="heartbeat_ticks"):
        RaftCore(id="n1", servers=["n1"], heartbeat_ticks=0)
