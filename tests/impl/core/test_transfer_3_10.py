"""Thesis, section 3.10: a leader hands over."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import (
    Accepted,
    Features,
    HeartbeatTimeout,
    NotLeader,
    Propose,
    Refused,
    RequestVote,
    Role,
    Tick,
    TimeoutNow,
    TransferLeadership,
    TransferStarted,
)

PLAIN = Features()
BOTH = Features(pre_vote=True, interval_check=True)


@pytest.mark.parametrize("features", [PLAIN, BOTH])
def test_the_heir_leads_the_next_term(raft: Any, features: Features) -> None:
    """Although it, and everybody else, has just heard from the leader; and it asks nobody first."""
    joined = raft.Joined(5, features=features)
    joined.elect("n1")
    joined.give("n1", Propose("x"))
    joined.give("n1", HeartbeatTimeout())
    assert joined.give("n1", TransferLeadership("n4")).transfer == TransferStarted("n4")
    assert joined.cores["n4"].role is Role.LEADER
    assert {core.current_term for core in joined.cores.values()} == {2}
    assert joined.who_took("BecomeLeader") == ["n1", "n4"]
    assert joined.who_took("StartPreVote") == (["n1"] if features == BOTH else [])
    assert isinstance(joined.give("n4", Propose("y")).proposal, Accepted)


def test_an_heir_that_lacks_entries_gets_them_first(raft: Any) -> None:
    joined = raft.Joined(3)
    joined.elect("n1")
    joined.cut.add("n2")
    for value in "abc":
        joined.give("n1", Propose(value))
    joined.give("n1", TransferLeadership("n2"))
    assert joined.who_took("SendTimeoutNow") == []
    joined.cut.clear()
    joined.give("n1", HeartbeatTimeout())
    assert joined.cores["n2"].role is Role.LEADER
    assert [entry.value for entry in joined.cores["n2"].log.slice(2, 4)] == ["a", "b", "c"]


def test_no_requests_are_taken_meanwhile_and_clients_are_sent_to_the_heir(raft: Any) -> None:
    core = raft.handing_over(raft.make_leader())
    assert core.step(Propose("x")).proposal == NotLeader("n2")
    assert isinstance(core.step(TransferLeadership("n3")).transfer, Refused)


def test_when_the_heir_does_not_take_over_within_an_election_timeout_the_leader_goes_on(raft: Any) -> None:
    joined = raft.Joined(3, election_ticks_min=10)
    joined.elect("n1")
    joined.give("n1", HeartbeatTimeout())
    joined.cut.add("n2")
    joined.give("n1", TransferLeadership("n2"))
    joined.give("n1", Tick(9))
    assert joined.cores["n1"].transferee == "n2"
    assert joined.who_took("SendTimeoutNow").count("n1") >= 2  # What it was told may have been lost.
    joined.give("n1", Tick(1))
    assert joined.who_took("AbortTransfer") == ["n1"]
    assert isinstance(joined.give("n1", Propose("x")).proposal, Accepted)


def test_each_heir_has_an_election_timeout_of_its_own(raft: Any) -> None:
    core = raft.make_ready_leader(election_ticks_min=10)
    for heir in ("n2", "n3"):
        core.step(Tick(7))
        core.step(TransferLeadership(heir))
        core.step(Tick(9))
        assert core.transferee == heir
        assert raft.names(core.step(Tick(1)))[0] == "AbortTransfer"


def test_each_heir_is_told_as_soon_as_it_has_the_whole_log(raft: Any) -> None:
    """Also where an earlier one was told, and did not take over."""
    core = raft.make_ready_leader(election_ticks_min=10)
    assert "SendTimeoutNow" in raft.names(core.step(TransferLeadership("n2")))
    core.step(Tick(10))
    assert raft.names(core.step(TransferLeadership("n3"))) == ["TransferLeadership"]
    assert raft.names(raft.hear(core, raft.answer(1, 1, sender="n3"))) == ["AdvanceMatch", "SendTimeoutNow"]


def test_who_is_being_removed_is_no_heir(raft: Any) -> None:
    joined = raft.Joined(3, voters=3, election_ticks_min=10)
    core = joined.elect("n1")
    joined.give("n1", HeartbeatTimeout())
    joined.cut |= {"n2", "n3"}
    joined.change("n1", "n1", "n3")
    assert isinstance(joined.give("n1", TransferLeadership("n2")).transfer, Refused)
    assert core.transferee is None


@pytest.mark.parametrize(("to", "reason"), [("n1", "n1 leads already"), ("n9", "n9 is no voter")])
def test_who_cannot_be_the_heir(raft: Any, to: str, reason: str) -> None:
    assert raft.make_leader().step(TransferLeadership(to)).transfer == Refused(reason, "n1")


def test_others_say_who_leads(raft: Any) -> None:
    core = raft.make_core()
    raft.hear(core, raft.append(1, sender="n3"))
    assert core.step(TransferLeadership("n2")).transfer == NotLeader("n3")


def test_the_heirs_requests_are_urgent_and_those_of_its_next_campaign_are_not(raft: Any) -> None:
    core = raft.make_core(term=1)
    requests = [m for m in raft.hear(core, raft.now(1)).messages if isinstance(m, RequestVote)]
    assert [m.urgent for m in requests] == [True, True]
    requests = [m for m in core.step(raft.timeout()).messages if isinstance(m, RequestVote)]
    assert [m.urgent for m in requests] == [False, False]


def test_who_is_asking_for_pre_votes_does_as_it_is_told(raft: Any) -> None:
    """It missed its leader; which is alive, and knows nothing of that."""
    core = raft.make_pre_candidate(term=1)
    output = raft.hear(core, raft.now(1))
    assert raft.names(output) == ["TimeoutNow", "RequestVote", "RequestVote"]
    assert all(m.urgent for m in output.messages)
    assert (core.role, core.current_term) == (Role.CANDIDATE, 2)


def test_an_order_of_an_earlier_leader_comes_too_late(raft: Any) -> None:
    core = raft.make_core(term=2)
    assert not raft.hear(core, TimeoutNow(sender="n2", receiver="n1", term=1)).actions


def test_two_never_lead_one_term(raft: Any) -> None:
    """Not even where the order arrives twice, and the old leader never hears of the new one."""
    joined = raft.Joined(3)
    joined.elect("n1")
    joined.give("n1", HeartbeatTimeout())
    order = next(m for m in joined.cores["n1"].step(TransferLeadership("n2")).messages if isinstance(m, TimeoutNow))
    joined.cut.add("n1")
    for _ in range(2):
        joined.settle("n2", raft.hear(joined.cores["n2"], order))
        joined.give("n3", Tick(0))
    leaders = [(core.current_term, name) for name, core in joined.cores.items() if core.role is Role.LEADER]
    assert sorted(leaders) == [(1, "n1"), (2, "n2")]
