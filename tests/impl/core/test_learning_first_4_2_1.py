"""Thesis, section 4.2.1: who is to vote learns first, and the change waits for it by itself."""

from __future__ import annotations

from typing import Any

from vraft.core import (
    Accepted,
    ChangeConfig,
    Configuration,
    HeartbeatTimeout,
    Propose,
    Refused,
    Role,
    Tick,
    TransferLeadership,
)

FOUR = Configuration.of(["n1", "n2", "n3", "n4"])
N4_LEARNS = Configuration.of(["n1", "n2", "n3"], learners=["n4"])


def joined(raft: Any) -> Any:
    """n1, n2, n3 and their leader n1, which has committed an entry of its term; n4 is no member."""
    cluster = raft.Joined(4, voters=3, election_ticks_min=10)
    assert cluster.elect("n1").role is Role.LEADER
    return cluster


def catch_up(cluster: Any, *voters: str) -> Any:
    return cluster.give("n1", ChangeConfig(voters=frozenset(voters), catch_up=True))


def test_who_is_to_vote_learns_first_and_votes_when_it_has_caught_up(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    assert isinstance(catch_up(cluster, "n1", "n2", "n3", "n4").proposal, Accepted)
    leader = cluster.cores["n1"]
    assert leader.config == N4_LEARNS
    cluster.give("n1", Propose("x"))
    cluster.meet("n1")
    assert cluster.settings() == {FOUR}
    assert cluster.who_took("ChangeConfig") == ["n1", "n1"]


def test_asked_again_it_goes_on_learning(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n4")
    assert isinstance(catch_up(cluster, "n1", "n2", "n4").proposal, Accepted)
    assert cluster.who_took("ChangeConfig") == ["n1"]
    cluster.meet("n1")
    assert cluster.cores["n1"].config == Configuration.of(["n1", "n2", "n4"])


def test_another_change_takes_the_place_of_the_one_that_waits(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n4")
    cluster.change("n1", "n1", "n2", "n3")
    cluster.meet("n1")
    assert cluster.cores["n1"].config == Configuration.of(["n1", "n2", "n3"])


def test_a_new_leader_knows_nothing_of_what_was_wanted(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n3", "n4")
    cluster.elect("n2")
    cluster.elect("n1")
    cluster.meet("n1")
    assert cluster.cores["n1"].config == N4_LEARNS


def test_a_later_wish_takes_the_place_of_the_one_that_waits(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n3", "n4")
    catch_up(cluster, "n1", "n2", "n4")
    cluster.meet("n1")
    assert cluster.cores["n1"].config == Configuration.of(["n1", "n2", "n4"])


def test_so_does_a_change_that_leaves_it_a_learner(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n4")
    cluster.change("n1", "n1", "n2", learners=["n4"])
    cluster.meet("n1")
    assert cluster.cores["n4"].commit_index == cluster.cores["n1"].commit_index
    assert cluster.cores["n1"].config == Configuration.of(["n1", "n2"], learners=["n4"])


def test_it_goes_on_waiting_while_another_change_is_in_flight(raft: Any) -> None:
    """The one that made a learner of n4, which has caught up before that is committed."""
    cluster = joined(raft)
    leader = cluster.cores["n1"]
    cluster.cut = {"n2", "n3"}
    catch_up(cluster, "n1", "n2", "n3", "n4")
    cluster.give("n1", HeartbeatTimeout())
    assert leader.match_index["n4"] == leader.log.last_index
    assert (leader.config, leader.config_is_committed()) == (N4_LEARNS, False)
    cluster.meet("n1")
    assert cluster.settings() == {FOUR}


def test_it_goes_on_waiting_while_the_leader_hands_over(raft: Any) -> None:
    cluster = joined(raft)
    leader = cluster.cores["n1"]
    cluster.cut = {"n3", "n4"}
    catch_up(cluster, "n1", "n2", "n3", "n4")
    cluster.give("n1", TransferLeadership("n3"))
    cluster.cut = {"n3"}
    cluster.give("n1", HeartbeatTimeout())
    assert leader.match_index["n4"] == leader.log.last_index
    assert leader.config == N4_LEARNS
    cluster.cut = set()
    leader_goes_on = cluster.give("n1", Tick(10))
    assert raft.names(leader_goes_on)[0] == "AbortTransfer"
    assert cluster.settings() == {FOUR}


def test_what_is_refused_leaves_the_one_that_waits(raft: Any) -> None:
    cluster = joined(raft)
    cluster.cut = {"n4"}
    catch_up(cluster, "n1", "n2", "n3", "n4")
    assert isinstance(cluster.change("n1", "n1", "n2", "n3", learners=["n4"]).proposal, Refused)
    cluster.meet("n1")
    assert cluster.settings() == {FOUR}
