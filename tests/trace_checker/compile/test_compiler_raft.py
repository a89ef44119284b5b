"""The compiled specification of Raft, from its first states on, and with logs and networks as they grow in a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile.api import State
from tlatrace.compile.compiler import CompiledSpec, compile_spec
from tlatrace.compile.interpreter import Interpreter
from tlatrace.semantics import load_spec
from tlatrace.values import STRINGS, ModelValue, Value, make_function, make_record, make_sequence, make_set

RAFT = Path(__file__).parents[3] / "spec" / "Raft.tla"
NODES = ("n1", "n2", "n3")


@pytest.fixture(scope="module")
def raft() -> CompiledSpec:
    constants = {"Server": make_set(NODES), "Value": STRINGS, "Nil": ModelValue("Nil")}
    return compile_spec(load_spec(RAFT, constants=constants))


def step(raft: CompiledSpec, state: State, action: str, *arguments: Value) -> State:
    """The one successor by an action with these arguments."""
    found = next(each for each in raft.actions if each.instance.name == action)
    (successor, given), *others = found.successors(state, arguments)
    assert not others
    assert given == arguments
    return successor


def sent(before: State, after: State) -> Value:
    """The message that a step sent."""
    (message,) = set(after[8]) - set(before[8])
    return message


def elected(raft: CompiledSpec) -> State:
    """A state in which n1 leads the first term, with a vote of n2."""
    (state,) = raft.initial_states()
    state = step(raft, state, "Timeout", "n1")
    asked = step(raft, state, "RequestVote", "n1", "n2")
    request = sent(state, asked)
    state = step(raft, asked, "UpdateTerm", "n2", request)
    granted = step(raft, state, "GrantVote", "n2", request)
    counted = step(raft, granted, "CountVote", "n1", sent(state, granted))
    return step(raft, counted, "BecomeLeader", "n1")


def test_twins_agree_along_an_election_and_a_replication(raft: CompiledSpec) -> None:
    twin = Interpreter(raft.spec)
    formulas = [raft.spec.scope[name] for name in ("TypeOKInv", "LogMatchingInv", "CommittedIsStoredInv")]
    holds = [raft.expression(each.body, each.scope) for each in formulas]
    leading = elected(raft)
    asked = step(raft, leading, "ClientRequest", "n1", "x")
    appended = step(raft, asked, "AppendEntries", "n1", "n2", 1)
    message = sent(asked, appended)
    accepted = step(raft, appended, "AcceptEntries", "n2", message)
    matched = step(raft, accepted, "AdvanceMatch", "n1", sent(appended, accepted))
    committed = step(raft, matched, "AdvanceCommit", "n1", 1)

    for state in (leading, asked, appended, accepted, matched, committed):
        assert [each(state, None) for each in holds] == [True, True, True]
        for fast, slow in zip(raft.actions, twin.actions, strict=True):
            # Any string may be asked to be appended: that one cannot be enumerated.
            unbound = () if fast.instance.name != "ClientRequest" else ("n1", "v")
            assert list(fast.successors(state, unbound)) == list(slow.successors(state, unbound)), fast.instance.name
    assert committed[4] == make_function({"n1": 1, "n2": 0, "n3": 0})
    assert dict(raft.interpreted) == {}


def test_what_raft_forbids_has_no_successor(raft: CompiledSpec) -> None:
    state = elected(raft)
    by_name = {action.instance.name: action for action in raft.actions}

    assert list(by_name["BecomeLeader"].successors(state, ("n2",))) == []
    assert list(by_name["AdvanceCommit"].successors(state, ("n1", 1))) == []
    assert list(by_name["Timeout"].successors(state, ("n9",))) == []
    never_sent = make_record({"type": "RequestVote", "from": "n3", "to": "n2", "term": 9})
    assert list(by_name["UpdateTerm"].successors(state, ("n2", never_sent))) == []


def test_large_states_share_what_does_not_change(raft: CompiledSpec) -> None:
    state = list(elected(raft))
    entries = make_sequence(make_record({"term": 1, "value": f"v{number}"}) for number in range(2000))
    state[2] = state[2].replace("n1", entries)
    state[8] = make_set(make_record({"type": "Old", "number": number}) for number in range(2000))

    after = step(raft, tuple(state), "ClientRequest", "n1", "x")

    assert len(after[2].apply("n1")) == 2001
    assert after[8] is state[8]
    assert after[2].apply("n2") is state[2].apply("n2")
    sending = step(raft, after, "AppendEntries", "n1", "n2", 1)
    assert len(sending[8]) == 2001
    assert sending[2] is after[2]
