"""One row an action: the state before, the input, the actions taken, and the variables afterwards.

The rows of refusal are the twins: nearly the same input, and the action must not be taken.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vraft import tracing
from vraft.core import ACTIONS, ElectionTimeout, HeartbeatTimeout, Propose, Receive

SPEC = Path(__file__).parents[3] / "spec" / "Raft.tla"


def test_the_table_is_that_of_the_specification() -> None:
    text = SPEC.read_text(encoding="utf-8")
    defined = dict(re.findall(r"^(\w+)\((i(?:, \w)*)\) ==", text, flags=re.MULTILINE))
    following = re.search(r"^Next ==\n(.*?)\n\nSpec", text, flags=re.MULTILINE | re.DOTALL)
    assert following is not None
    taken = re.findall(r": (\w+)\(i", following[1])
    missing = {"LearnTerm", "StepDown"}  # What only the modules above Raft.tla have a use for.
    assert missing < set(taken)
    assert {name: tuple(defined[name].split(", ")) for name in taken if name not in missing} == dict(ACTIONS)


def rows(raft: Any) -> dict[str, tuple[Any, Any, list[str], dict[str, Any]]]:
    """name: (core, input, actions, some variables afterwards)"""
    r = raft
    return {
        "Timeout": (
            r.make_core([1], term=1),
            ElectionTimeout(),
            ["Timeout", "RequestVote", "RequestVote"],
            {"currentTerm": 2, "votedFor": "n1", "role": "Candidate", "votesGranted": ["n1"]},
        ),
        "Timeout: not a leader": (r.make_leader(), ElectionTimeout(), [], {"currentTerm": 1, "role": "Leader"}),
        "Timeout: a candidate again": (
            r.make_candidate(),
            ElectionTimeout(),
            ["Timeout", "RequestVote", "RequestVote"],
            {"currentTerm": 2, "votesGranted": ["n1"]},
        ),
        "Timeout: alone": (
            r.make_core(servers=1),
            ElectionTimeout(),
            ["Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommit"],
            {"role": "Leader", "commitIndex": 1, "nextIndex": {"n1": 1}, "matchIndex": {"n1": 0}},
        ),
        "GrantVote": (
            r.make_core([1, 1], term=2),
            Receive(r.ask(2, (2, 1))),
            ["GrantVote"],
            {"currentTerm": 2, "votedFor": "n2"},
        ),
        "GrantVote: told twice": (
            r.make_core(term=2, vote="n2"),
            Receive(r.ask(2)),
            ["GrantVote"],
            {"votedFor": "n2"},
        ),
        "GrantVote: in a newer term": (
            r.make_core(term=2, vote="n3"),
            Receive(r.ask(3)),
            ["UpdateTerm", "GrantVote"],
            {"currentTerm": 3, "votedFor": "n2"},
        ),
        "DenyVote: taken": (r.make_core(term=2, vote="n3"), Receive(r.ask(2)), ["DenyVote"], {"votedFor": "n3"}),
        "DenyVote: old term": (r.make_core(term=3), Receive(r.ask(2)), ["DenyVote"], {"votedFor": None}),
        "DenyVote: lacks an entry": (
            r.make_core([1, 1], term=2),
            Receive(r.ask(2, (1, 1))),
            ["DenyVote"],
            {"votedFor": None},
        ),
        "DenyVote: in a newer term": (
            r.make_core([1, 2], term=2),
            Receive(r.ask(3, (9, 1))),
            ["UpdateTerm", "DenyVote"],
            {"currentTerm": 3, "votedFor": None},
        ),
        "CountVote": (
            r.make_candidate(servers=5),
            Receive(r.vote(1)),
            ["CountVote"],
            {"role": "Candidate", "votesGranted": ["n1", "n2"]},
        ),
        "CountVote: a refusal": (r.make_candidate(), Receive(r.vote(1, granted=False)), [], {"votesGranted": ["n1"]}),
        "CountVote: of an old term": (r.make_candidate(term=2), Receive(r.vote(1)), [], {"votesGranted": ["n1"]}),
        "CountVote: a leader does not": (r.make_leader(), Receive(r.vote(1, sender="n3")), [], {"role": "Leader"}),
        "BecomeLeader": (
            r.make_candidate([1], term=2),
            Receive(r.vote(2)),
            ["CountVote", "BecomeLeader", "ClientRequest", "AppendEntries", "AppendEntries"],
            {
                "role": "Leader",
                "logLength": 2,
                "lastLogTerm": 2,
                "nextIndex": {"n1": 2, "n2": 2, "n3": 2},
                "matchIndex": {"n1": 0, "n2": 0, "n3": 0},
            },
        ),
        "ClientRequest: peers are busy": (r.make_leader(), Propose("x"), ["ClientRequest"], {"logLength": 2}),
        "ClientRequest: a follower does not": (r.make_core([1], term=1), Propose("x"), [], {"logLength": 1}),
        "ClientRequest: a candidate does not": (r.make_candidate(), Propose("x"), [], {"logLength": 0}),
        "AppendEntries": (
            r.make_leader(),
            HeartbeatTimeout(),
            ["AppendEntries", "AppendEntries"],
            {"nextIndex": {"n1": 1, "n2": 1, "n3": 1}},
        ),
        "AppendEntries: a follower does not": (r.make_core(), HeartbeatTimeout(), [], {}),
        "ReturnToFollower": (
            r.make_candidate(),
            Receive(r.append(1)),
            ["ReturnToFollower", "AcceptEntries"],
            {"role": "Follower", "currentTerm": 1, "votedFor": "n1"},
        ),
        "ReturnToFollower: and refuses": (
            r.make_candidate([1], term=2),
            Receive(r.append(2, (2, 1))),
            ["ReturnToFollower", "RejectEntries"],
            {"role": "Follower"},
        ),
        "ReturnToFollower: not for an old leader": (
            r.make_candidate(term=2),
            Receive(r.append(1)),
            ["RejectEntries"],
            {"role": "Candidate"},
        ),
        "AcceptEntries": (
            r.make_core([1], term=1),
            Receive(r.append(1, (1, 1), [1, 1], commit=2)),
            ["AcceptEntries"],
            {"logLength": 3, "commitIndex": 2},
        ),
        "AcceptEntries: commits no more than it holds": (
            r.make_core([1, 1, 1], term=1),
            Receive(r.append(1, (1, 1), [], commit=3)),
            ["AcceptEntries"],
            {"logLength": 3, "commitIndex": 1},
        ),
        "AcceptEntries: cuts a conflict": (
            r.make_core([1, 1, 1], term=2),
            Receive(r.append(2, (1, 1), [2])),
            ["AcceptEntries"],
            {"logLength": 2, "lastLogTerm": 2},
        ),
        "AcceptEntries: a late one cuts nothing": (
            r.make_core([1, 1, 1], term=1),
            Receive(r.append(1, (0, 0), [1])),
            ["AcceptEntries"],
            {"logLength": 3},
        ),
        "RejectEntries: old term": (r.make_core(term=2), Receive(r.append(1)), ["RejectEntries"], {"currentTerm": 2}),
        "RejectEntries: too short": (
            r.make_core([1], term=1),
            Receive(r.append(1, (3, 1), [1])),
            ["RejectEntries"],
            {"logLength": 1},
        ),
        "RejectEntries: another term there": (
            r.make_core([1, 1], term=2),
            Receive(r.append(2, (2, 2), [2])),
            ["RejectEntries"],
            {"logLength": 2},
        ),
        "AdvanceMatch": (
            r.make_leader(servers=5),
            Receive(r.answer(1, 1)),
            ["AdvanceMatch"],
            {"matchIndex": {"n1": 0, "n2": 1, "n3": 0, "n4": 0, "n5": 0}, "commitIndex": 0},
        ),
        "AdvanceMatch: of an old term": (r.make_leader(term=2), Receive(r.answer(1, 1)), [], {"commitIndex": 0}),
        "AdvanceMatch: a follower does not": (r.make_core([1], term=1), Receive(r.answer(1, 1)), [], {}),
        "BacktrackNext": (
            r.make_leader([1, 1, 2], term=3),
            Receive(r.answer(3, 1, success=False, hint_term=1)),
            ["BacktrackNext", "AppendEntries"],
            {"nextIndex": {"n1": 4, "n2": 2, "n3": 4}},
        ),
        "BacktrackNext: skips whole terms": (
            r.make_leader([1, 1, 2, 2, 2], term=3),
            Receive(r.answer(3, 4, success=False, hint_term=1)),
            ["BacktrackNext", "AppendEntries"],
            {"nextIndex": {"n1": 6, "n2": 3, "n3": 6}},
        ),
        "AdvanceCommit": (
            r.make_leader(),
            Receive(r.answer(1, 1)),
            ["AdvanceMatch", "AdvanceCommit", "AppendEntries"],
            {"commitIndex": 1},
        ),
        "UpdateTerm: of an answer": (
            r.make_leader(),
            Receive(r.answer(5, 0, success=False)),
            ["UpdateTerm"],
            {"role": "Follower", "currentTerm": 5, "votedFor": None},
        ),
        "UpdateTerm: of a refusal": (
            r.make_candidate(),
            Receive(r.vote(5, granted=False)),
            ["UpdateTerm"],
            {"role": "Follower", "currentTerm": 5},
        ),
        "UpdateTerm: of entries": (
            r.make_leader(),
            Receive(r.append(2)),
            ["UpdateTerm", "AcceptEntries"],
            {"role": "Follower", "currentTerm": 2, "logLength": 1},
        ),
    }


ROWS = [
    "Timeout",
    "Timeout: not a leader",
    "Timeout: a candidate again",
    "Timeout: alone",
    "GrantVote",
    "GrantVote: told twice",
    "GrantVote: in a newer term",
    "DenyVote: taken",
    "DenyVote: old term",
    "DenyVote: lacks an entry",
    "DenyVote: in a newer term",
    "CountVote",
    "CountVote: a refusal",
    "CountVote: of an old term",
    "CountVote: a leader does not",
    "BecomeLeader",
    "ClientRequest: peers are busy",
    "ClientRequest: a follower does not",
    "ClientRequest: a candidate does not",
    "AppendEntries",
    "AppendEntries: a follower does not",
    "ReturnToFollower",
    "ReturnToFollower: and refuses",
    "ReturnToFollower: not for an old leader",
    "AcceptEntries",
    "AcceptEntries: commits no more than it holds",
    "AcceptEntries: cuts a conflict",
    "AcceptEntries: a late one cuts nothing",
    "RejectEntries: old term",
    "RejectEntries: too short",
    "RejectEntries: another term there",
    "AdvanceMatch",
    "AdvanceMatch: of an old term",
    "AdvanceMatch: a follower does not",
    "BacktrackNext",
    "BacktrackNext: skips whole terms",
    "AdvanceCommit",
    "UpdateTerm: of an answer",
    "UpdateTerm: of a refusal",
    "UpdateTerm: of entries",
]


@pytest.mark.parametrize("name", ROWS)
def test_action(raft: Any, name: str) -> None:
    core, input_, actions, variables = rows(raft)[name]
    output = core.step(input_)
    assert raft.names(output) == actions
    assert variables.items() <= tracing.variables(core).items()


def test_all_rows_are_run_and_all_actions_have_one(raft: Any) -> None:
    table = rows(raft)
    assert list(table) == ROWS
    taken = {action for _, _, actions, _ in table.values() for action in actions}
    assert taken | {"Restart"} == set(ACTIONS)  # A restart is no input: see test_restart_3_8.
