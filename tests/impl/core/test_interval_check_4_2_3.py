"""Thesis, section 4.2.3: who has just heard from a leader helps nobody to depose it."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import ElectionTimeout, Features, ForgetLeader, HeartbeatTimeout, InputError, RaftCore, Role, Tick

PROTECTS = Features(interval_check=True)


def test_a_request_for_a_vote_is_lost_on_who_hears_a_leader(raft: Any) -> None:
    core = raft.make_core()
    assert raft.names(raft.hear(core, raft.ask(5))) == ["UpdateTerm", "GrantVote"]  # Without the check.
    core = raft.make_core(features=PROTECTS)
    raft.hear(core, raft.append(1))
    assert not raft.hear(core, raft.ask(5, sender="n3")).actions
    assert core.current_term == 1


def test_the_promise_lasts_for_the_least_election_timeout(raft: Any) -> None:
    core = raft.make_core(features=PROTECTS, election_ticks_min=10)
    core.step(ForgetLeader())
    assert raft.names(core.step(ElectionTimeout()))[0] == "Timeout"
    raft.hear(core, raft.append(1))
    assert core.ticks_to_timer() == 10
    assert not core.step(Tick(9)).actions
    raft.hear(core, raft.append(1))  # Which makes it anew.
    assert not core.step(Tick(9)).actions
    assert raft.names(core.step(Tick(1))) == ["MissLeader"]
    assert raft.names(raft.hear(core, raft.ask(5))) == ["UpdateTerm", "GrantVote"]


def test_a_refusal_of_entries_of_this_term_is_hearing_too_and_one_of_an_older_is_not(raft: Any) -> None:
    core = raft.make_core(term=2, features=PROTECTS)
    core.step(ForgetLeader())
    raft.hear(core, raft.append(1))
    assert not core.heard
    assert raft.names(raft.hear(core, raft.append(2, (7, 2)))) == ["RejectEntries"]
    assert core.heard


def test_a_server_that_comes_back_has_promised_and_one_that_never_ran_has_not() -> None:
    assert not RaftCore(id="n1", servers=["n1", "n2"], features=PROTECTS).heard


def test_with_it_the_leader_stays_whoever_campaigns(raft: Any) -> None:
    for features, role in ((Features(), Role.FOLLOWER), (PROTECTS, Role.LEADER)):
        joined = raft.Joined(3, features=features)
        joined.elect("n1")
        joined.give("n1", HeartbeatTimeout())
        joined.cores["n3"].heard = False  # Its own patience is at an end.
        joined.give("n3", ElectionTimeout())
        assert joined.cores["n1"].role is role


def test_whoever_says_that_its_timeout_has_passed_a_server_that_protects_does_not_campaign(raft: Any) -> None:
    core = raft.make_core(features=Features(interval_check=True, pre_vote=True))
    assert not core.step(ElectionTimeout()).actions
    core.step(ForgetLeader())
    assert core.step(ElectionTimeout()).actions


def test_leases_need_the_promise() -> None:
    with pytest.raises(InputError, match="lease_reads needs interval_check"):
        Features(lease_reads=True)
    with pytest.raises(InputError, match="election_ticks_min must be at least 1"):
        RaftCore(id="n1", servers=["n1"], election_ticks_min=0)
