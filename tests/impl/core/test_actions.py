"""One row an action of ``Raft.tla``: the state before, the input, the actions taken, and the variables afterwards.

The rows of refusal are the twins: nearly the same input, and the action must not be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from vraft import tracing
from vraft.core import (
    RAFT_ACTIONS,
    DiskStalled,
    ElectionTimeout,
    Features,
    HeartbeatTimeout,
    Propose,
    Receive,
    Tick,
)

Row = Callable[[Any], tuple[Any, Any, list[str], dict[str, Any]]]

ROWS: Mapping[str, Row] = {
    "Timeout": lambda r: (
        r.make_core([1], term=1),
        ElectionTimeout(),
        ["Timeout", "RequestVote", "RequestVote"],
        {"currentTerm": 2, "votedFor": "n1", "role": "Candidate", "votesGranted": ["n1"]},
    ),
    "Timeout: not a leader": lambda r: (r.make_leader(), ElectionTimeout(), [], {"currentTerm": 1, "role": "Leader"}),
    "Timeout: a candidate again": lambda r: (
        r.make_candidate(),
        ElectionTimeout(),
        ["Timeout", "RequestVote", "RequestVote"],
        {"currentTerm": 2, "votesGranted": ["n1"]},
    ),
    "Timeout: alone": lambda r: (
        r.make_core(servers=1),
        ElectionTimeout(),
        ["Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommit"],
        {"role": "Leader", "commitIndex": 1, "nextIndex": {"n1": 1}, "matchIndex": {"n1": 0}},
    ),
    "GrantVote": lambda r: (
        r.make_core([1, 1], term=2),
        Receive(r.ask(2, (2, 1))),
        ["GrantVote"],
        {"currentTerm": 2, "votedFor": "n2"},
    ),
    "GrantVote: told twice": lambda r: (
        r.make_core(term=2, vote="n2"),
        Receive(r.ask(2)),
        ["GrantVote"],
        {"votedFor": "n2"},
    ),
    "GrantVote: in a newer term": lambda r: (
        r.make_core(term=2, vote="n3"),
        Receive(r.ask(3)),
        ["UpdateTerm", "GrantVote"],
        {"currentTerm": 3, "votedFor": "n2"},
    ),
    "DenyVote: taken": lambda r: (r.make_core(term=2, vote="n3"), Receive(r.ask(2)), ["DenyVote"], {"votedFor": "n3"}),
    "DenyVote: old term": lambda r: (r.make_core(term=3), Receive(r.ask(2)), ["DenyVote"], {"votedFor": None}),
    "DenyVote: lacks an entry": lambda r: (
        r.make_core([1, 1], term=2),
        Receive(r.ask(2, (1, 1))),
        ["DenyVote"],
        {"votedFor": None},
    ),
    "DenyVote: in a newer term": lambda r: (
        r.make_core([1, 2], term=2),
        Receive(r.ask(3, (9, 1))),
        ["UpdateTerm", "DenyVote"],
        {"currentTerm": 3, "votedFor": None},
    ),
    "CountVote": lambda r: (
        r.make_candidate(servers=5),
        Receive(r.vote(1)),
        ["CountVote"],
        {"role": "Candidate", "votesGranted": ["n1", "n2"]},
    ),
    "CountVote: a refusal": lambda r: (
        r.make_candidate(),
        Receive(r.vote(1, granted=False)),
        [],
        {"votesGranted": ["n1"]},
    ),
    "CountVote: of an old term": lambda r: (r.make_candidate(term=2), Receive(r.vote(1)), [], {"votesGranted": ["n1"]}),
    "CountVote: a leader does not": lambda r: (
        r.make_leader(),
        Receive(r.vote(1, sender="n3")),
        [],
        {"role": "Leader"},
    ),
    "BecomeLeader": lambda r: (
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
    "ClientRequest: peers are busy": lambda r: (r.make_leader(), Propose("x"), ["ClientRequest"], {"logLength": 2}),
    "ClientRequest: a follower does not": lambda r: (r.make_core([1], term=1), Propose("x"), [], {"logLength": 1}),
    "ClientRequest: a candidate does not": lambda r: (r.make_candidate(), Propose("x"), [], {"logLength": 0}),
    "AppendEntries": lambda r: (
        r.make_leader(),
        HeartbeatTimeout(),
        ["AppendEntries", "AppendEntries"],
        {"nextIndex": {"n1": 1, "n2": 1, "n3": 1}},
    ),
    "AppendEntries: a follower does not": lambda r: (r.make_core(), HeartbeatTimeout(), [], {}),
    "ReturnToFollower": lambda r: (
        r.make_candidate(),
        Receive(r.append(1)),
        ["ReturnToFollower", "AcceptEntries"],
        {"role": "Follower", "currentTerm": 1, "votedFor": "n1"},
    ),
    "ReturnToFollower: and refuses": lambda r: (
        r.make_candidate([1], term=2),
        Receive(r.append(2, (2, 1))),
        ["ReturnToFollower", "RejectEntries"],
        {"role": "Follower"},
    ),
    "ReturnToFollower: not for an old leader": lambda r: (
        r.make_candidate(term=2),
        Receive(r.append(1)),
        ["RejectEntries"],
        {"role": "Candidate"},
    ),
    "AcceptEntries": lambda r: (
        r.make_core([1], term=1),
        Receive(r.append(1, (1, 1), [1, 1], commit=2)),
        ["AcceptEntries"],
        {"logLength": 3, "commitIndex": 2},
    ),
    "AcceptEntries: commits no more than it holds": lambda r: (
        r.make_core([1, 1, 1], term=1),
        Receive(r.append(1, (1, 1), [], commit=3)),
        ["AcceptEntries"],
        {"logLength": 3, "commitIndex": 1},
    ),
    "AcceptEntries: cuts a conflict": lambda r: (
        r.make_core([1, 1, 1], term=2),
        Receive(r.append(2, (1, 1), [2])),
        ["AcceptEntries"],
        {"logLength": 2, "lastLogTerm": 2},
    ),
    "AcceptEntries: a late one cuts nothing": lambda r: (
        r.make_core([1, 1, 1], term=1),
        Receive(r.append(1, (0, 0), [1])),
        ["AcceptEntries"],
        {"logLength": 3},
    ),
    "RejectEntries: old term": lambda r: (
        r.make_core(term=2),
        Receive(r.append(1)),
        ["RejectEntries"],
        {"currentTerm": 2},
    ),
    "RejectEntries: too short": lambda r: (
        r.make_core([1], term=1),
        Receive(r.append(1, (3, 1), [1])),
        ["RejectEntries"],
        {"logLength": 1},
    ),
    "RejectEntries: another term there": lambda r: (
        r.make_core([1, 1], term=2),
        Receive(r.append(2, (2, 2), [2])),
        ["RejectEntries"],
        {"logLength": 2},
    ),
    "AdvanceMatch": lambda r: (
        r.make_leader(servers=5),
        Receive(r.answer(1, 1)),
        ["AdvanceMatch"],
        {"matchIndex": {"n1": 0, "n2": 1, "n3": 0, "n4": 0, "n5": 0}, "commitIndex": 0},
    ),
    "AdvanceMatch: of an old term": lambda r: (r.make_leader(term=2), Receive(r.answer(1, 1)), [], {"commitIndex": 0}),
    "AdvanceMatch: a follower does not": lambda r: (r.make_core([1], term=1), Receive(r.answer(1, 1)), [], {}),
    "BacktrackNext": lambda r: (
        r.make_leader([1, 1, 2], term=3),
        Receive(r.answer(3, 1, success=False, hint_term=1)),
        ["BacktrackNext", "AppendEntries"],
        {"nextIndex": {"n1": 4, "n2": 2, "n3": 4}},
    ),
    "BacktrackNext: skips whole terms": lambda r: (
        r.make_leader([1, 1, 2, 2, 2], term=3),
        Receive(r.answer(3, 4, success=False, hint_term=1)),
        ["BacktrackNext", "AppendEntries"],
        {"nextIndex": {"n1": 6, "n2": 3, "n3": 6}},
    ),
    "AdvanceCommit": lambda r: (
        r.make_leader(),
        Receive(r.answer(1, 1)),
        ["AdvanceMatch", "AdvanceCommit", "AppendEntries"],
        {"commitIndex": 1},
    ),
    "UpdateTerm: of an answer": lambda r: (
        r.make_leader(),
        Receive(r.answer(5, 0, success=False)),
        ["UpdateTerm"],
        {"role": "Follower", "currentTerm": 5, "votedFor": None},
    ),
    "UpdateTerm: of a refusal": lambda r: (
        r.make_candidate(),
        Receive(r.vote(5, granted=False)),
        ["UpdateTerm"],
        {"role": "Follower", "currentTerm": 5},
    ),
    "UpdateTerm: of entries": lambda r: (
        r.make_leader(),
        Receive(r.append(2)),
        ["UpdateTerm", "AcceptEntries"],
        {"role": "Follower", "currentTerm": 2, "logLength": 1},
    ),
    "StepDown": lambda r: (
        r.make_leader(features=Features(check_quorum=True)),
        Tick(10),
        ["StepDown"],
        {"role": "Follower", "currentTerm": 1, "votedFor": "n1"},
    ),
    "StepDown: the disk has stalled": lambda r: (r.make_leader(), DiskStalled(), ["StepDown"], {"role": "Follower"}),
    "StepDown: a follower does not": lambda r: (r.make_core(), DiskStalled(), [], {"role": "Follower"}),
    "StepDown: time is not up": lambda r: (
        r.make_leader(features=Features(check_quorum=True), heartbeat_ticks=99),
        Tick(9),
        [],
        {"role": "Leader"},
    ),
}
"""Name: a core, an input, the actions taken, some variables afterwards."""


@pytest.mark.parametrize("name", ROWS)
def test_action(raft: Any, name: str) -> None:
    core, input_, actions, variables = ROWS[name](raft)
    output = core.step(input_)
    assert raft.names(output) == actions
    assert variables.items() <= tracing.variables(core).items()


def test_every_action_has_a_row(raft: Any) -> None:
    taken = {action for row in ROWS.values() for action in row(raft)[2]}
    assert taken | {"Restart"} == set(RAFT_ACTIONS)  # test_restart_3_8
