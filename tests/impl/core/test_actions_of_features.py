"""The same table as in ``test_actions``, for the features that ask first, protect a leader and hand over.

A core that comes back has promised to protect its leader for ten ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from vraft import tracing
from vraft.core import (
    PRE_VOTE_ACTIONS,
    RAFT_ACTIONS,
    TRANSFER_ACTIONS,
    ElectionTimeout,
    Features,
    ForgetLeader,
    Propose,
    Receive,
    Tick,
    TransferLeadership,
)

Row = Callable[[Any], tuple[Any, Any, list[str], dict[str, Any]]]

ASKS, PROTECTS = Features(pre_vote=True), Features(interval_check=True)
BOTH = Features(pre_vote=True, interval_check=True)

VOLATILE = ("preVotesGranted", "heard", "transferee", "urgent")
"""What an event shows only where it has not its initial value."""

ROWS: Mapping[str, Row] = {
    "MissLeader": lambda r: (r.make_core(features=PROTECTS), Tick(10), ["MissLeader"], {}),
    "MissLeader: an operator's order": lambda r: (r.make_core(features=PROTECTS), ForgetLeader(), ["MissLeader"], {}),
    "MissLeader: time is not up": lambda r: (r.make_core(features=PROTECTS), Tick(9), [], {"heard": True}),
    "MissLeader: has not heard": lambda r: (r.make_core(features=ASKS), Tick(10), [], {}),
    "MissLeader: a leader does not": lambda r: (
        r.make_leader(features=BOTH),
        ForgetLeader(),
        [],
        {"role": "Leader", "heard": True},
    ),
    "MissLeader: not where leases count on it": lambda r: (
        r.make_core(features=Features(interval_check=True, lease_reads=True)),
        ForgetLeader(),
        [],
        {"heard": True},
    ),
    "Timeout: not where a leader is protected": lambda r: (
        r.make_core(features=PROTECTS),
        ElectionTimeout(),
        [],
        {"currentTerm": 0, "heard": True},
    ),
    "StartPreVote": lambda r: (
        r.make_core([1], term=1, features=ASKS),
        ElectionTimeout(),
        ["StartPreVote", "RequestPreVote", "RequestPreVote"],
        {"currentTerm": 1, "votedFor": None, "role": "PreCandidate", "preVotesGranted": ["n1"]},
    ),
    "StartPreVote: not where a leader is protected": lambda r: (
        r.make_core(features=BOTH),
        ElectionTimeout(),
        [],
        {"role": "Follower", "heard": True},
    ),
    "StartPreVote: a candidate starts anew": lambda r: (
        r.make_candidate(features=ASKS),
        ElectionTimeout(),
        ["StartPreVote", "RequestPreVote", "RequestPreVote"],
        {"currentTerm": 1, "votedFor": "n1", "role": "PreCandidate", "preVotesGranted": ["n1"]},
    ),
    "StartPreVote: a leader does not": lambda r: (
        r.make_leader(features=ASKS),
        ElectionTimeout(),
        [],
        {"role": "Leader"},
    ),
    "StartPreVote: alone": lambda r: (
        r.make_core(servers=1, features=ASKS),
        ElectionTimeout(),
        ["StartPreVote", "Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommit"],
        {"role": "Leader", "currentTerm": 1},
    ),
    "StartPreVote: the disk has stalled": lambda r: (
        r.stalled(r.make_core(features=ASKS)),
        ElectionTimeout(),
        [],
        {"role": "Follower"},
    ),
    "GrantPreVote": lambda r: (
        r.make_core([1], term=2, vote="n3", features=ASKS),
        Receive(r.pre_ask(2, (1, 1))),
        ["GrantPreVote"],
        {"currentTerm": 2, "votedFor": "n3", "role": "Follower"},
    ),
    "GrantPreVote: of a newer term, which is not adopted": lambda r: (
        r.make_core(term=2, features=ASKS),
        Receive(r.pre_ask(7)),
        ["GrantPreVote"],
        {"currentTerm": 2},
    ),
    "GrantPreVote: another pre-candidate does": lambda r: (
        r.make_pre_candidate(),
        Receive(r.pre_ask(0)),
        ["GrantPreVote"],
        {"role": "PreCandidate", "preVotesGranted": ["n1"]},
    ),
    "DenyPreVote: old term": lambda r: (r.make_core(term=2, features=ASKS), Receive(r.pre_ask(1)), ["DenyPreVote"], {}),
    "DenyPreVote: lacks an entry": lambda r: (
        r.make_core([1, 1], term=1, features=ASKS),
        Receive(r.pre_ask(1, (1, 1))),
        ["DenyPreVote"],
        {},
    ),
    "DenyPreVote: a leader is protected": lambda r: (
        r.make_core(features=BOTH),
        Receive(r.pre_ask(5, (9, 5))),
        ["DenyPreVote"],
        {"heard": True, "currentTerm": 0},
    ),
    "DenyPreVote: a leader does": lambda r: (
        r.make_leader(features=ASKS),
        Receive(r.pre_ask(5, (9, 5))),
        ["DenyPreVote"],
        {},
    ),
    "CountPreVote": lambda r: (
        r.make_pre_candidate(servers=5),
        Receive(r.pre_vote(0, 0)),
        ["CountPreVote"],
        {"preVotesGranted": ["n1", "n2"], "currentTerm": 0},
    ),
    "CountPreVote: a quorum of them": lambda r: (
        r.make_pre_candidate(),
        Receive(r.pre_vote(0, 0)),
        ["CountPreVote", "Timeout", "RequestVote", "RequestVote"],
        {"role": "Candidate", "currentTerm": 1, "votesGranted": ["n1"]},
    ),
    "CountPreVote: from a server of an older term": lambda r: (
        r.make_pre_candidate([2], term=2, servers=5),
        Receive(r.pre_vote(1, 2)),
        ["CountPreVote"],
        {"preVotesGranted": ["n1", "n2"]},
    ),
    "CountPreVote: a refusal": lambda r: (
        r.make_pre_candidate(),
        Receive(r.pre_vote(0, 0, granted=False)),
        [],
        {"preVotesGranted": ["n1"]},
    ),
    "CountPreVote: about another campaign": lambda r: (
        r.make_pre_candidate(term=3),
        Receive(r.pre_vote(2, 2)),
        [],
        {"preVotesGranted": ["n1"]},
    ),
    "CountPreVote: a follower does not": lambda r: (r.make_core(features=ASKS), Receive(r.pre_vote(0, 0)), [], {}),
    "CountPreVote: a refusal of a newer term": lambda r: (
        r.make_pre_candidate(),
        Receive(r.pre_vote(4, 0, granted=False)),
        ["UpdateTerm"],
        {"role": "Follower", "currentTerm": 4},
    ),
    "ReturnToFollower: a pre-candidate": lambda r: (
        r.make_pre_candidate(term=1),
        Receive(r.append(1)),
        ["ReturnToFollower", "AcceptEntries"],
        {"role": "Follower", "currentTerm": 1},
    ),
    "GrantVote: a leader is protected": lambda r: (
        r.make_core(features=PROTECTS),
        Receive(r.ask(0)),
        [],
        {"votedFor": None, "heard": True},
    ),
    "GrantVote: its leader's own wish": lambda r: (
        r.make_core(features=PROTECTS),
        Receive(r.ask(1, urgent=True)),
        ["UpdateTerm", "GrantVote"],
        {"currentTerm": 1, "votedFor": "n2", "heard": True},
    ),
    "DenyVote: also where a leader is protected": lambda r: (
        r.make_core(term=3, features=PROTECTS),
        Receive(r.ask(2)),
        ["DenyVote"],
        {"heard": True},
    ),
    "UpdateTerm: not of a candidate where a leader is protected": lambda r: (
        r.make_core(features=PROTECTS),
        Receive(r.ask(5)),
        [],
        {"currentTerm": 0, "heard": True},
    ),
    "UpdateTerm: a leader protects itself": lambda r: (
        r.make_leader(features=PROTECTS),
        Receive(r.ask(5, (9, 5))),
        [],
        {"role": "Leader", "currentTerm": 1, "heard": True},
    ),
    "UpdateTerm: and has nothing to protect afterwards": lambda r: (
        r.make_leader(features=PROTECTS),
        Receive(r.answer(5, 0, success=False)),
        ["UpdateTerm"],
        {"role": "Follower", "currentTerm": 5},
    ),
    "TransferLeadership: and the heir is up to date": lambda r: (
        r.make_ready_leader(),
        TransferLeadership("n2"),
        ["TransferLeadership", "SendTimeoutNow"],
        {"role": "Leader", "transferee": "n2"},
    ),
    "TransferLeadership: the heir lacks something": lambda r: (
        r.make_leader(),
        TransferLeadership("n2"),
        ["TransferLeadership"],
        {"transferee": "n2"},
    ),
    "TransferLeadership: not to itself": lambda r: (r.make_leader(), TransferLeadership("n1"), [], {}),
    "TransferLeadership: not to a stranger": lambda r: (r.make_leader(), TransferLeadership("n9"), [], {}),
    "TransferLeadership: a follower does not": lambda r: (r.make_core(), TransferLeadership("n2"), [], {}),
    "SendTimeoutNow: once the heir has it all": lambda r: (
        r.handing_over(r.make_leader()),
        Receive(r.answer(1, 1)),
        ["AdvanceMatch", "AdvanceCommit", "AppendEntries", "SendTimeoutNow"],
        {"transferee": "n2"},
    ),
    "SendTimeoutNow: another one's answer": lambda r: (
        r.handing_over(r.make_leader(servers=5)),
        Receive(r.answer(1, 1, sender="n3")),
        ["AdvanceMatch"],
        {"transferee": "n2"},
    ),
    "ClientRequest: not while handing over": lambda r: (
        r.handing_over(r.make_leader()),
        Propose("x"),
        [],
        {"transferee": "n2", "logLength": 1},
    ),
    "AbortTransfer": lambda r: (
        r.handing_over(r.make_leader(heartbeat_ticks=99)),
        Tick(10),
        ["AbortTransfer"],
        {"role": "Leader"},
    ),
    "AbortTransfer: time is not up": lambda r: (
        r.handing_over(r.make_leader(heartbeat_ticks=99)),
        Tick(9),
        [],
        {"transferee": "n2"},
    ),
    "TimeoutNow": lambda r: (
        r.make_core(term=1, features=BOTH),
        Receive(r.now(1)),
        ["TimeoutNow", "RequestVote", "RequestVote"],
        {"role": "Candidate", "currentTerm": 2, "votesGranted": ["n1"], "urgent": True, "heard": True},
    ),
    "TimeoutNow: of an earlier leader": lambda r: (r.make_core(term=2), Receive(r.now(1)), [], {"currentTerm": 2}),
    "TimeoutNow: a candidate does not": lambda r: (r.make_candidate(), Receive(r.now(1)), [], {"currentTerm": 1}),
    "TimeoutNow: of a term that is news": lambda r: (
        r.make_core(term=1),
        Receive(r.now(3)),
        ["UpdateTerm", "TimeoutNow", "RequestVote", "RequestVote"],
        {"currentTerm": 4, "urgent": True},
    ),
    "BecomeLeader: nothing is urgent any more": lambda r: (
        r.told_to_campaign(r.make_core(term=1)),
        Receive(r.vote(2)),
        ["CountVote", "BecomeLeader", "ClientRequest", "AppendEntries", "AppendEntries"],
        {"role": "Leader"},
    ),
    "Timeout: nor in the next campaign": lambda r: (
        r.told_to_campaign(r.make_core(term=1)),
        ElectionTimeout(),
        ["Timeout", "RequestVote", "RequestVote"],
        {"role": "Candidate", "currentTerm": 3},
    ),
}
"""Name: a core, an input, the actions taken, some variables afterwards."""


@pytest.mark.parametrize("name", ROWS)
def test_action(raft: Any, name: str) -> None:
    core, input_, actions, variables = ROWS[name](raft)
    output = core.step(input_)
    assert raft.names(output) == actions
    found = tracing.variables(core)
    assert variables.items() <= found.items()
    assert {key for key in VOLATILE if key in found} == {key for key in VOLATILE if key in variables}


def test_every_action_has_a_row(raft: Any) -> None:
    """Those of members, snapshots and reads are in test_membership_4, test_snapshots_5 and test_reads_6_4."""
    taken = {action for row in ROWS.values() for action in row(raft)[2]}
    assert {*PRE_VOTE_ACTIONS, *TRANSFER_ACTIONS} <= taken <= {*RAFT_ACTIONS, *PRE_VOTE_ACTIONS, *TRANSFER_ACTIONS}
