"""One row an action: the state before, the input, the actions taken, and the variables afterwards.

The rows of refusal are the twins: nearly the same input, and the action must not be taken.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vraft import tracing
from vraft.core import (
    ACTIONS,
    MEMBERSHIP_ACTIONS,
    PRE_VOTE_ACTIONS,
    RAFT_ACTIONS,
    READ_ACTIONS,
    SNAPSHOT_ACTIONS,
    TRANSFER_ACTIONS,
    DiskStalled,
    ElectionTimeout,
    Features,
    ForgetLeader,
    HeartbeatTimeout,
    Propose,
    Receive,
    Tick,
    TransferLeadership,
)

SPECS = Path(__file__).parents[3] / "spec"


def next_of(module: str) -> dict[str, tuple[str, ...]]:
    """The actions that Next of a module consists of, each with its parameters."""
    text = (SPECS / f"{module}.tla").read_text(encoding="utf-8")
    defined = dict(re.findall(r"^(\w+)\((i(?:, \w+)*)\) *==", text, flags=re.MULTILINE))
    following = re.search(r"^Next ==\n(.*?)\n\nSpec", text, flags=re.MULTILINE | re.DOTALL)
    assert following is not None
    return {name: tuple(defined[name].split(", ")) for name in re.findall(r": (\w+)\(i", following[1])}


TABLES = {
    # LearnTerm stands for messages of other modules; whoever knows those modules has UpdateTerm for them.
    "Raft": {**RAFT_ACTIONS, "LearnTerm": ("i", "t")},
    "PreVote": {**RAFT_ACTIONS, **PRE_VOTE_ACTIONS},
    "Membership": {**RAFT_ACTIONS, **PRE_VOTE_ACTIONS, **MEMBERSHIP_ACTIONS, **TRANSFER_ACTIONS},
}
TABLES["Snapshot"] = {**TABLES["Membership"], **SNAPSHOT_ACTIONS}
TABLES["Reads"] = {**TABLES["Snapshot"], **READ_ACTIONS}


@pytest.mark.parametrize("module", TABLES)
def test_the_tables_are_those_of_the_specifications(module: str) -> None:
    assert next_of(module) == TABLES[module]


def test_all_tables_together_are_what_the_core_can_do() -> None:
    assert dict(ACTIONS) == TABLES["Reads"]


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
        "StepDown": (
            r.make_leader(features=Features(check_quorum=True)),
            Tick(10),
            ["StepDown"],
            {"role": "Follower", "currentTerm": 1, "votedFor": "n1"},
        ),
        "StepDown: the disk has stalled": (r.make_leader(), DiskStalled(), ["StepDown"], {"role": "Follower"}),
        "StepDown: a follower does not": (r.make_core(), DiskStalled(), [], {"role": "Follower"}),
        "StepDown: time is not up": (
            r.make_leader(features=Features(check_quorum=True), heartbeat_ticks=99),
            Tick(9),
            [],
            {"role": "Leader"},
        ),
    }


def rows_with_features(raft: Any) -> dict[str, tuple[Any, Any, list[str], dict[str, Any]]]:
    """The same, for what features add.  A core that comes back has promised to protect its leader for ten ticks."""
    r = raft
    asks, protects = Features(pre_vote=True), Features(interval_check=True)
    both = Features(pre_vote=True, interval_check=True)
    return {
        "MissLeader": (r.make_core(features=protects), Tick(10), ["MissLeader"], {}),
        "MissLeader: an operator's order": (r.make_core(features=protects), ForgetLeader(), ["MissLeader"], {}),
        "MissLeader: time is not up": (r.make_core(features=protects), Tick(9), [], {"heard": True}),
        "MissLeader: has not heard": (r.make_core(features=asks), Tick(10), [], {}),
        "MissLeader: a leader does not": (
            r.make_leader(features=both),
            ForgetLeader(),
            [],
            {"role": "Leader", "heard": True},
        ),
        "MissLeader: not where leases count on it": (
            r.make_core(features=Features(interval_check=True, lease_reads=True)),
            ForgetLeader(),
            [],
            {"heard": True},
        ),
        "Timeout: not where a leader is protected": (
            r.make_core(features=protects),
            ElectionTimeout(),
            [],
            {"currentTerm": 0, "heard": True},
        ),
        "StartPreVote": (
            r.make_core([1], term=1, features=asks),
            ElectionTimeout(),
            ["StartPreVote", "RequestPreVote", "RequestPreVote"],
            {"currentTerm": 1, "votedFor": None, "role": "PreCandidate", "preVotesGranted": ["n1"]},
        ),
        "StartPreVote: not where a leader is protected": (
            r.make_core(features=both),
            ElectionTimeout(),
            [],
            {"role": "Follower", "heard": True},
        ),
        "StartPreVote: a candidate starts anew": (
            r.make_candidate(features=asks),
            ElectionTimeout(),
            ["StartPreVote", "RequestPreVote", "RequestPreVote"],
            {"currentTerm": 1, "votedFor": "n1", "role": "PreCandidate", "preVotesGranted": ["n1"]},
        ),
        "StartPreVote: a leader does not": (r.make_leader(features=asks), ElectionTimeout(), [], {"role": "Leader"}),
        "StartPreVote: alone": (
            r.make_core(servers=1, features=asks),
            ElectionTimeout(),
            ["StartPreVote", "Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommit"],
            {"role": "Leader", "currentTerm": 1},
        ),
        "StartPreVote: the disk has stalled": (
            r.stalled(r.make_core(features=asks)),
            ElectionTimeout(),
            [],
            {"role": "Follower"},
        ),
        "GrantPreVote": (
            r.make_core([1], term=2, vote="n3", features=asks),
            Receive(r.pre_ask(2, (1, 1))),
            ["GrantPreVote"],
            {"currentTerm": 2, "votedFor": "n3", "role": "Follower"},
        ),
        "GrantPreVote: of a newer term, which is not adopted": (
            r.make_core(term=2, features=asks),
            Receive(r.pre_ask(7)),
            ["GrantPreVote"],
            {"currentTerm": 2},
        ),
        "GrantPreVote: another pre-candidate does": (
            r.make_pre_candidate(),
            Receive(r.pre_ask(0)),
            ["GrantPreVote"],
            {"role": "PreCandidate", "preVotesGranted": ["n1"]},
        ),
        "DenyPreVote: old term": (r.make_core(term=2, features=asks), Receive(r.pre_ask(1)), ["DenyPreVote"], {}),
        "DenyPreVote: lacks an entry": (
            r.make_core([1, 1], term=1, features=asks),
            Receive(r.pre_ask(1, (1, 1))),
            ["DenyPreVote"],
            {},
        ),
        "DenyPreVote: a leader is protected": (
            r.make_core(features=both),
            Receive(r.pre_ask(5, (9, 5))),
            ["DenyPreVote"],
            {"heard": True, "currentTerm": 0},
        ),
        "DenyPreVote: a leader does": (
            r.make_leader(features=asks),
            Receive(r.pre_ask(5, (9, 5))),
            ["DenyPreVote"],
            {},
        ),
        "CountPreVote": (
            r.make_pre_candidate(servers=5),
            Receive(r.pre_vote(0, 0)),
            ["CountPreVote"],
            {"preVotesGranted": ["n1", "n2"], "currentTerm": 0},
        ),
        "CountPreVote: a quorum of them": (
            r.make_pre_candidate(),
            Receive(r.pre_vote(0, 0)),
            ["CountPreVote", "Timeout", "RequestVote", "RequestVote"],
            {"role": "Candidate", "currentTerm": 1, "votesGranted": ["n1"]},
        ),
        "CountPreVote: from a server of an older term": (
            r.make_pre_candidate([2], term=2, servers=5),
            Receive(r.pre_vote(1, 2)),
            ["CountPreVote"],
            {"preVotesGranted": ["n1", "n2"]},
        ),
        "CountPreVote: a refusal": (
            r.make_pre_candidate(),
            Receive(r.pre_vote(0, 0, granted=False)),
            [],
            {"preVotesGranted": ["n1"]},
        ),
        "CountPreVote: about another campaign": (
            r.make_pre_candidate(term=3),
            Receive(r.pre_vote(2, 2)),
            [],
            {"preVotesGranted": ["n1"]},
        ),
        "CountPreVote: a follower does not": (r.make_core(features=asks), Receive(r.pre_vote(0, 0)), [], {}),
        "CountPreVote: a refusal of a newer term": (
            r.make_pre_candidate(),
            Receive(r.pre_vote(4, 0, granted=False)),
            ["UpdateTerm"],
            {"role": "Follower", "currentTerm": 4},
        ),
        "ReturnToFollower: a pre-candidate": (
            r.make_pre_candidate(term=1),
            Receive(r.append(1)),
            ["ReturnToFollower", "AcceptEntries"],
            {"role": "Follower", "currentTerm": 1},
        ),
        "GrantVote: a leader is protected": (
            r.make_core(features=protects),
            Receive(r.ask(0)),
            [],
            {"votedFor": None, "heard": True},
        ),
        "GrantVote: its leader's own wish": (
            r.make_core(features=protects),
            Receive(r.ask(1, urgent=True)),
            ["UpdateTerm", "GrantVote"],
            {"currentTerm": 1, "votedFor": "n2", "heard": True},
        ),
        "DenyVote: also where a leader is protected": (
            r.make_core(term=3, features=protects),
            Receive(r.ask(2)),
            ["DenyVote"],
            {"heard": True},
        ),
        "UpdateTerm: not of a candidate where a leader is protected": (
            r.make_core(features=protects),
            Receive(r.ask(5)),
            [],
            {"currentTerm": 0, "heard": True},
        ),
        "UpdateTerm: a leader protects itself": (
            r.make_leader(features=protects),
            Receive(r.ask(5, (9, 5))),
            [],
            {"role": "Leader", "currentTerm": 1, "heard": True},
        ),
        "UpdateTerm: and has nothing to protect afterwards": (
            r.make_leader(features=protects),
            Receive(r.answer(5, 0, success=False)),
            ["UpdateTerm"],
            {"role": "Follower", "currentTerm": 5},
        ),
        "TransferLeadership: and the heir is up to date": (
            r.make_ready_leader(),
            TransferLeadership("n2"),
            ["TransferLeadership", "SendTimeoutNow"],
            {"role": "Leader", "transferee": "n2"},
        ),
        "TransferLeadership: the heir lacks something": (
            r.make_leader(),
            TransferLeadership("n2"),
            ["TransferLeadership"],
            {"transferee": "n2"},
        ),
        "TransferLeadership: not to itself": (r.make_leader(), TransferLeadership("n1"), [], {}),
        "TransferLeadership: not to a stranger": (r.make_leader(), TransferLeadership("n9"), [], {}),
        "TransferLeadership: a follower does not": (r.make_core(), TransferLeadership("n2"), [], {}),
        "SendTimeoutNow: once the heir has it all": (
            r.handing_over(r.make_leader()),
            Receive(r.answer(1, 1)),
            ["AdvanceMatch", "AdvanceCommit", "AppendEntries", "SendTimeoutNow"],
            {"transferee": "n2"},
        ),
        "SendTimeoutNow: another one's answer": (
            r.handing_over(r.make_leader(servers=5)),
            Receive(r.answer(1, 1, sender="n3")),
            ["AdvanceMatch"],
            {"transferee": "n2"},
        ),
        "ClientRequest: not while handing over": (
            r.handing_over(r.make_leader()),
            Propose("x"),
            [],
            {"transferee": "n2", "logLength": 1},
        ),
        "AbortTransfer": (
            r.handing_over(r.make_leader(heartbeat_ticks=99)),
            Tick(10),
            ["AbortTransfer"],
            {"role": "Leader"},
        ),
        "AbortTransfer: time is not up": (
            r.handing_over(r.make_leader(heartbeat_ticks=99)),
            Tick(9),
            [],
            {"transferee": "n2"},
        ),
        "TimeoutNow": (
            r.make_core(term=1, features=both),
            Receive(r.now(1)),
            ["TimeoutNow", "RequestVote", "RequestVote"],
            {"role": "Candidate", "currentTerm": 2, "votesGranted": ["n1"], "urgent": True, "heard": True},
        ),
        "TimeoutNow: of an earlier leader": (r.make_core(term=2), Receive(r.now(1)), [], {"currentTerm": 2}),
        "TimeoutNow: a candidate does not": (r.make_candidate(), Receive(r.now(1)), [], {"currentTerm": 1}),
        "TimeoutNow: of a term that is news": (
            r.make_core(term=1),
            Receive(r.now(3)),
            ["UpdateTerm", "TimeoutNow", "RequestVote", "RequestVote"],
            {"currentTerm": 4, "urgent": True},
        ),
        "BecomeLeader: nothing is urgent any more": (
            r.told_to_campaign(r.make_core(term=1)),
            Receive(r.vote(2)),
            ["CountVote", "BecomeLeader", "ClientRequest", "AppendEntries", "AppendEntries"],
            {"role": "Leader"},
        ),
        "Timeout: nor in the next campaign": (
            r.told_to_campaign(r.make_core(term=1)),
            ElectionTimeout(),
            ["Timeout", "RequestVote", "RequestVote"],
            {"role": "Candidate", "currentTerm": 3},
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
    "StepDown",
    "StepDown: the disk has stalled",
    "StepDown: a follower does not",
    "StepDown: time is not up",
]

ROWS_WITH_FEATURES = [
    "MissLeader",
    "MissLeader: an operator's order",
    "MissLeader: time is not up",
    "MissLeader: has not heard",
    "MissLeader: a leader does not",
    "MissLeader: not where leases count on it",
    "Timeout: not where a leader is protected",
    "StartPreVote",
    "StartPreVote: not where a leader is protected",
    "StartPreVote: a candidate starts anew",
    "StartPreVote: a leader does not",
    "StartPreVote: alone",
    "StartPreVote: the disk has stalled",
    "GrantPreVote",
    "GrantPreVote: of a newer term, which is not adopted",
    "GrantPreVote: another pre-candidate does",
    "DenyPreVote: old term",
    "DenyPreVote: lacks an entry",
    "DenyPreVote: a leader is protected",
    "DenyPreVote: a leader does",
    "CountPreVote",
    "CountPreVote: a quorum of them",
    "CountPreVote: from a server of an older term",
    "CountPreVote: a refusal",
    "CountPreVote: about another campaign",
    "CountPreVote: a follower does not",
    "CountPreVote: a refusal of a newer term",
    "ReturnToFollower: a pre-candidate",
    "GrantVote: a leader is protected",
    "GrantVote: its leader's own wish",
    "DenyVote: also where a leader is protected",
    "UpdateTerm: not of a candidate where a leader is protected",
    "UpdateTerm: a leader protects itself",
    "UpdateTerm: and has nothing to protect afterwards",
    "TransferLeadership: and the heir is up to date",
    "TransferLeadership: the heir lacks something",
    "TransferLeadership: not to itself",
    "TransferLeadership: not to a stranger",
    "TransferLeadership: a follower does not",
    "SendTimeoutNow: once the heir has it all",
    "SendTimeoutNow: another one's answer",
    "ClientRequest: not while handing over",
    "AbortTransfer",
    "AbortTransfer: time is not up",
    "TimeoutNow",
    "TimeoutNow: of an earlier leader",
    "TimeoutNow: a candidate does not",
    "TimeoutNow: of a term that is news",
    "BecomeLeader: nothing is urgent any more",
    "Timeout: nor in the next campaign",
]

VOLATILE = ("preVotesGranted", "heard", "transferee", "urgent")
"""What an event shows only where it has not its initial value."""


@pytest.mark.parametrize("name", ROWS)
def test_action(raft: Any, name: str) -> None:
    core, input_, actions, variables = rows(raft)[name]
    output = core.step(input_)
    assert raft.names(output) == actions
    assert variables.items() <= tracing.variables(core).items()


@pytest.mark.parametrize("name", ROWS_WITH_FEATURES)
def test_action_with_features(raft: Any, name: str) -> None:
    core, input_, actions, variables = rows_with_features(raft)[name]
    output = core.step(input_)
    assert raft.names(output) == actions
    found = tracing.variables(core)
    assert variables.items() <= found.items()
    assert {key for key in VOLATILE if key in found} == {key for key in VOLATILE if key in variables}


def test_all_rows_are_run_and_all_actions_have_one(raft: Any) -> None:
    table, more = rows(raft), rows_with_features(raft)
    assert list(table) == ROWS
    assert list(more) == ROWS_WITH_FEATURES
    taken = {action for _, _, actions, _ in (*table.values(), *more.values()) for action in actions}
    # test_restart_3_8, test_membership_4, test_snapshots_5
    elsewhere = {"Restart", *MEMBERSHIP_ACTIONS, *SNAPSHOT_ACTIONS, *READ_ACTIONS}
    assert taken | elsewhere == set(ACTIONS)
