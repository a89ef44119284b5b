"""Servers that come and go: chapter 4 of the thesis, by its sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from vraft.core import (
    Accepted,
    ChangeConfig,
    Configuration,
    ElectionTimeout,
    Entry,
    HardState,
    HeartbeatTimeout,
    Input,
    InputError,
    NotLeader,
    Output,
    Propose,
    RaftCore,
    Receive,
    Recovered,
    Refused,
    Role,
    Snapshot,
    config_entry,
)
from vraft.core.messages import AppendEntries, Message


def with_log(*log: Entry) -> RaftCore:
    """n1 of n1, n2, n3, come back with this log."""
    core = RaftCore(
        id="n1", servers=["n1", "n2", "n3"], voters=["n1", "n2", "n3"], recovered=Recovered(HardState(1), log)
    )
    core.start()
    return core


def refusal(output: Any) -> str:
    assert isinstance(output.proposal, Refused), output.proposal
    return str(output.proposal.reason)


def joined(raft: Any, servers: int, *, voters: int | None = None, **options: Any) -> Any:
    """A cluster with a leader, n1, that has committed an entry of its term."""
    cluster = raft.Joined(servers, voters=voters, **options)
    assert cluster.elect("n1").role is Role.LEADER
    return cluster


# 4.1: a configuration counts as soon as it is in the log --------------------------------------------------------------


def test_a_configuration_counts_before_it_is_committed(raft: Any) -> None:
    core = raft.make_core([1], term=1)
    joint = Configuration.of(["n1", "n2"], outgoing=["n1", "n2", "n3"])
    raft.hear(core, replace(raft.append(1, (1, 1)), entries=(config_entry(1, joint),)))
    assert core.commit_index == 0
    assert (core.config, core.config_index) == (joint, 2)


def test_it_counts_no_longer_when_it_is_cut_off(raft: Any) -> None:
    core = with_log(Entry(1, "a"), config_entry(1, Configuration.of(["n1"])), config_entry(1, Configuration.of(["n2"])))
    assert core.config_index == 3
    raft.hear(core, raft.append(2, (2, 1), [2]))
    assert (core.config_index, core.config.voters) == (2, {"n1"})
    raft.hear(core, raft.append(3, (1, 1), [3]))
    assert (core.config_index, core.config.voters) == (0, {"n1", "n2", "n3"})


def test_a_late_message_does_not_roll_it_back(raft: Any) -> None:
    core = with_log(Entry(1, "1.1"), Entry(1, "1.2"), config_entry(1, Configuration.of(["n1", "n2"])))
    raft.hear(core, raft.append(1, (0, 0), [1, 1]))
    assert core.config_index == 3


def test_it_survives_a_restart(raft: Any) -> None:
    core = with_log(Entry(1, "a"), config_entry(1, Configuration.of(["n2", "n3"])), Entry(1, "b"))
    assert (core.config_index, core.config.voters, core.peers) == (2, {"n2", "n3"}, ("n2", "n3"))


def test_who_is_no_voter_does_not_campaign(raft: Any) -> None:
    learner = with_log(
        config_entry(1, Configuration.of(["n2", "n3"])), config_entry(1, Configuration.of(["n3"], learners=["n1"]))
    )
    assert raft.names(learner.step(ElectionTimeout())) == []
    outgoing = with_log(config_entry(1, Configuration.of(["n2", "n3"], outgoing=["n1", "n2"])))
    assert raft.names(outgoing.step(ElectionTimeout()))[0] == "Timeout"


def test_who_was_removed_campaigns_until_it_knows_that_this_is_committed(raft: Any) -> None:
    """Nobody else may have that configuration (4.2.2)."""
    without = config_entry(1, Configuration.of(["n2", "n3"]))
    removed = with_log(without)
    assert raft.names(removed.step(ElectionTimeout())) == ["Timeout", "RequestVote", "RequestVote"]
    removed = with_log(without)
    raft.hear(removed, raft.append(1, (1, 1), commit=1))
    assert removed.commit_index == 1
    assert raft.names(removed.step(ElectionTimeout())) == []


JOINT = Configuration.of(["n2", "n3"], outgoing=["n1", "n2", "n3"])
LEFT = Configuration.of(["n2", "n3"])


def behind(snapshot: Configuration, *log: Entry) -> RaftCore:
    """n1, come back with a snapshot that has this configuration, and this log after it."""
    recovered = Recovered(HardState(1), log, Snapshot(index=2, term=1, config=snapshot, config_index=2))
    core = RaftCore(id="n1", servers=["n1", "n2", "n3"], voters=["n1", "n2", "n3"], recovered=recovered)
    core.start()
    return core


@pytest.mark.parametrize(
    ("core", "stands"),
    [
        pytest.param(behind(JOINT, config_entry(1, LEFT)), True, id="the one before is in the snapshot"),
        pytest.param(behind(LEFT), False, id="the removal is in the snapshot"),
        pytest.param(behind(LEFT, Entry(1, "a")), False, id="and entries after it"),
        pytest.param(
            with_log(config_entry(1, JOINT), config_entry(1, Configuration.of(["n2", "n3"], learners=["n1"]))),
            True,
            id="it is to learn from now on",
        ),
        pytest.param(
            with_log(config_entry(1, JOINT), config_entry(1, LEFT), config_entry(1, Configuration.of(["n2"]))),
            False,
            id="two configurations back",
        ),
    ],
)
def test_who_may_be_needed_by_what_the_log_and_the_snapshot_say(raft: Any, core: RaftCore, stands: bool) -> None:
    assert (raft.names(core.step(ElectionTimeout()))[:1] == ["Timeout"]) is stands


def test_who_was_removed_campaigns_when_it_is_told_to_until_it_knows_better(raft: Any) -> None:
    removed = with_log(config_entry(1, JOINT), config_entry(1, LEFT))
    assert raft.names(raft.hear(removed, raft.now(1)))[0] == "TimeoutNow"
    removed = with_log(config_entry(1, JOINT), config_entry(1, LEFT))
    raft.hear(removed, raft.append(1, (2, 1), commit=2))
    assert raft.names(raft.hear(removed, raft.now(1))) == []


def test_who_was_removed_needs_all_votes_from_others(raft: Any) -> None:
    removed = with_log(config_entry(1, Configuration.of(["n2", "n3"])))
    removed.step(ElectionTimeout())
    raft.hear(removed, raft.vote(2, sender="n2"))
    assert removed.role is Role.CANDIDATE
    raft.hear(removed, raft.vote(2, sender="n3"))
    assert removed.role is Role.LEADER


def test_who_is_no_voter_votes_all_the_same(raft: Any) -> None:
    """It may not have heard yet that it is one (4.2.2)."""
    removed = with_log(config_entry(1, Configuration.of(["n2", "n3"])))
    assert raft.names(raft.hear(removed, raft.ask(2, (1, 1)))) == ["UpdateTerm", "GrantVote"]


# 4.2.1: learners catch up ---------------------------------------------------------------------------------------------


def test_a_learner_gets_the_log_and_counts_for_nothing(raft: Any) -> None:
    cluster = joined(raft, 4, voters=3)
    cluster.change("n1", "n1", "n2", "n3", learners=["n4"])
    assert cluster.cores["n4"].log.last_index == 2
    cluster.cut = {"n2", "n3"}
    cluster.give("n1", Propose("x"))
    assert cluster.cores["n4"].log.last_index == 3
    assert cluster.cores["n1"].commit_index == 2


def test_a_learner_that_has_caught_up_becomes_a_voter(raft: Any) -> None:
    cluster = joined(raft, 4, voters=3)
    cluster.cut = {"n4"}
    cluster.change("n1", "n1", "n2", "n3", learners=["n4"])
    assert refusal(cluster.change("n1", "n1", "n2", "n3", "n4")) == "not caught up yet: n4"
    cluster.meet("n1")
    cluster.change("n1", "n1", "n2", "n3", "n4")
    assert cluster.settings() == {Configuration.of(["n1", "n2", "n3", "n4"])}


def test_of_who_joins_anew_the_leader_forgets_what_it_knew(raft: Any) -> None:
    cluster = joined(raft, 3)
    cluster.change("n1", "n1", "n2")
    leader = cluster.cores["n1"]
    assert leader.match_index["n3"] > 0
    cluster.cut = {"n3"}
    cluster.change("n1", "n1", "n2", learners=["n3"])
    assert leader.match_index["n3"] == 0
    assert leader.next_index["n3"] == leader.log.last_index


# 4.2.2: the leader that is removed ------------------------------------------------------------------------------------


def test_a_removed_leader_leads_until_that_is_committed_and_then_steps_down(raft: Any) -> None:
    cluster = joined(raft, 3)
    leader = cluster.cores["n1"]
    assert isinstance(cluster.change("n1", "n2", "n3").proposal, Accepted)
    assert leader.role is Role.FOLLOWER
    assert cluster.who_took("StepDown") == ["n1"]
    assert cluster.settings() == {Configuration.of(["n2", "n3"])}
    assert cluster.elect("n2").role is Role.LEADER
    assert raft.names(leader.step(ElectionTimeout())) == []


def test_until_then_it_takes_requests(raft: Any) -> None:
    """The new configuration is in its log and in nobody else's."""
    cores = {name: RaftCore(id=name, servers=["n1", "n2", "n3"]) for name in ("n1", "n2", "n3")}
    without_n1 = Configuration.of(["n2", "n3"])

    def give(name: str, given: Input, *, is_lost: Callable[[Message], bool] = lambda m: False) -> Output:
        first = cores[name].step(given)
        waiting = [m for m in first.messages if not is_lost(m)]
        while waiting:
            m = waiting.pop(0)
            waiting += [each for each in cores[m.receiver].step(Receive(m)).messages if not is_lost(each)]
        return first

    def carries_it(m: Message) -> bool:
        return isinstance(m, AppendEntries) and any(entry.config == without_n1 for entry in m.entries)

    for core in cores.values():
        core.start()
    give("n1", ElectionTimeout())
    give("n1", ChangeConfig(voters=frozenset({"n2", "n3"})), is_lost=carries_it)
    leader = cores["n1"]
    assert (leader.config, leader.config_is_committed()) == (without_n1, False)
    assert give("n1", Propose("x"), is_lost=carries_it).proposal == Accepted(leader.log.last_index, 1)
    give("n1", HeartbeatTimeout())
    assert (leader.role, leader.commit_index) == (Role.FOLLOWER, leader.log.last_index)
    assert isinstance(give("n1", Propose("y")).proposal, NotLeader)


def test_a_removed_leader_does_not_count_itself(raft: Any) -> None:
    cluster = joined(raft, 3)
    cluster.cut = {"n3"}
    cluster.change("n1", "n2", "n3")
    leader = cluster.cores["n1"]
    assert (leader.role, leader.config.is_joint, leader.commit_index) == (Role.LEADER, True, 1)
    cluster.meet("n1")
    assert (leader.role, leader.config.is_joint) == (Role.FOLLOWER, False)


def test_a_removed_leader_tells_all_others_before_it_steps_down(raft: Any) -> None:
    """Also those that have a batch to answer, who would be sent nothing more."""
    core = raft.make_ready_leader(servers=4)
    raft.hear(core, raft.answer(1, 1, sender="n3"))
    core.step(ChangeConfig(voters=frozenset({"n2", "n3", "n4"})))
    for index, sender in ((2, "n2"), (2, "n3"), (3, "n2")):
        raft.hear(core, raft.answer(1, index, sender=sender))
    output = raft.hear(core, raft.answer(1, 3, sender="n3"))
    assert raft.names(output)[-1] == "StepDown"
    assert {(m.receiver, m.leader_commit) for m in output.messages} == {("n2", 3), ("n3", 3), ("n4", 3)}


def test_a_leader_that_becomes_a_learner_steps_down_too(raft: Any) -> None:
    cluster = joined(raft, 3)
    cluster.change("n1", "n2", "n3", learners=["n1"])
    assert cluster.cores["n1"].role is Role.FOLLOWER
    assert cluster.elect("n3").role is Role.LEADER
    assert cluster.cores["n1"].log.last_index == cluster.cores["n3"].log.last_index


# 4.3: joint consensus -------------------------------------------------------------------------------------------------


def test_an_arbitrary_change_goes_through_a_joint_configuration(raft: Any) -> None:
    cluster = joined(raft, 5, voters=3)
    assert cluster.change("n1", "n1", "n4", "n5").proposal == Accepted(2, 1)
    assert cluster.who_took("ChangeConfig") == ["n1"]
    assert cluster.who_took("LeaveJoint") == ["n1"]
    for name in ("n1", "n4", "n5"):
        core = cluster.cores[name]
        assert (core.config, core.config_index) == (Configuration.of(["n1", "n4", "n5"]), 3)
    assert cluster.cores["n1"].commit_index == 3


@pytest.mark.parametrize(("cut", "commits"), [(["n2", "n3"], False), (["n4", "n5"], False), (["n3", "n5"], True)])
def test_a_joint_configuration_needs_both_majorities(raft: Any, cut: list[str], commits: bool) -> None:
    cluster = joined(raft, 5, voters=3)
    cluster.cut = set(cut)
    cluster.change("n1", "n1", "n4", "n5")
    assert (cluster.cores["n1"].commit_index > 1) is commits


def test_a_candidate_needs_both_majorities(raft: Any) -> None:
    cluster = joined(raft, 5, voters=3)
    cluster.cut = {"n5", "n4"}
    cluster.change("n1", "n1", "n4", "n5")
    cluster.cut = {"n1", "n4", "n5"}
    assert cluster.elect("n2").role is Role.CANDIDATE
    cluster.cut = {"n1", "n5"}
    assert cluster.elect("n2").role is Role.CANDIDATE
    cluster.cut = {"n3", "n5"}
    assert cluster.elect("n2").role is Role.FOLLOWER  # It led until the new voters could go on without it.
    assert cluster.who_took("BecomeLeader") == ["n1", "n2"]
    assert cluster.who_took("StepDown") == ["n2"]


def test_a_new_leader_leaves_the_joint_configuration_that_it_found(raft: Any) -> None:
    cluster = joined(raft, 5, voters=3)
    cluster.cut = {"n4", "n5"}
    cluster.change("n1", "n2", "n4", "n5")
    assert cluster.cores["n2"].config.is_joint
    cluster.cut = {"n1"}
    assert cluster.elect("n2").role is Role.LEADER
    assert cluster.who_took("LeaveJoint") == ["n2"]
    assert cluster.cores["n4"].config == Configuration.of(["n2", "n4", "n5"])


def test_a_cluster_shrinks_to_one_server_and_grows_again(raft: Any) -> None:
    cluster = joined(raft, 3)
    cluster.change("n1", "n1")
    leader = cluster.cores["n1"]
    assert (leader.config, leader.commit_index) == (Configuration.of(["n1"]), 3)
    cluster.change("n1", "n1", "n2", "n3")
    assert cluster.settings() == {Configuration.of(["n1", "n2", "n3"])}


def test_a_joint_configuration_is_left_when_a_transfer_came_to_nothing(raft: Any) -> None:
    cluster = joined(raft, 5, voters=3)
    leader = cluster.cores["n1"]
    cluster.cut = {"n4", "n5"}
    cluster.change("n1", "n1", "n4", "n5")
    leader.transferee = "n3"  # Which is slow.
    cluster.cut = {"n3"}
    cluster.give("n1", HeartbeatTimeout())
    assert leader.config.is_joint
    assert leader.config_is_committed()
    leader.transferee = None
    cluster.give("n1", HeartbeatTimeout())
    assert leader.config == Configuration.of(["n1", "n4", "n5"])


def test_a_new_leader_that_knows_that_it_is_committed_leaves_it_at_once(raft: Any) -> None:
    core = with_log(config_entry(1, Configuration.of(["n1", "n2"], outgoing=["n1", "n2", "n3"])))
    raft.hear(core, raft.append(1, (1, 1), commit=1))
    core.step(ElectionTimeout())
    taken = raft.names(raft.hear(core, raft.vote(2)))
    assert taken == ["CountVote", "BecomeLeader", "ClientRequest", "LeaveJoint", "AppendEntries"]


# What is refused, and why ---------------------------------------------------------------------------------------------


def test_only_a_leader_changes_the_configuration(raft: Any) -> None:
    cluster = joined(raft, 3)
    assert cluster.change("n2", "n1", "n2").proposal == NotLeader("n1")


def test_no_change_before_an_entry_of_the_term_is_committed(raft: Any) -> None:
    """A published correction of the thesis' algorithm for single-server changes; it holds for all changes here."""
    cluster = joined(raft, 3)
    cluster.cut = {"n1"}
    cluster.give("n2", ElectionTimeout())
    cluster.cut = {"n1", "n3"}
    leader = cluster.cores["n2"]
    leader.commit_index = 0
    assert leader.role is Role.LEADER
    assert refusal(cluster.change("n2", "n1", "n2")) == "the leader has not committed an entry of its term yet"


def test_one_change_at_a_time(raft: Any) -> None:
    cluster = joined(raft, 5, voters=3)
    cluster.cut = {"n2", "n3"}
    cluster.change("n1", "n1", "n2", "n3", learners=["n4"])
    assert refusal(cluster.change("n1", "n1", "n2", "n3")) == "the configuration at index 2 is not committed yet"


@pytest.mark.parametrize(
    ("voters", "learners", "reason"),
    [
        ([], ["n1"], "somebody has to vote"),
        (["n1", "n2"], ["n2"], "nobody votes and learns: n2"),
        (["n1", "n2", "n3"], [], "that is the configuration already"),
    ],
)
def test_what_is_no_change(raft: Any, voters: list[str], learners: list[str], reason: str) -> None:
    assert refusal(joined(raft, 3).change("n1", *voters, learners=learners)) == reason


def test_strangers_join_only_a_cluster_that_is_open(raft: Any) -> None:
    change = ChangeConfig(voters=frozenset({"n1", "n9"}))
    closed = RaftCore(id="n1", servers=["n1"])
    closed.step(ElectionTimeout())
    assert refusal(closed.step(change)) == "not one of the servers: n9"
    is_open = RaftCore(id="n1", servers=["n1"], voters=["n1"])
    is_open.step(ElectionTimeout())
    assert isinstance(is_open.step(change).proposal, Accepted)
    assert is_open.peers == ("n9",)


def test_the_first_voters_are_servers() -> None:
    with pytest.raises(InputError, match="voters that are no servers"):
        RaftCore(id="n1", servers=["n1"], voters=["n1", "n2"])


def test_a_leader_takes_answers_from_its_members_only(raft: Any) -> None:
    cluster = joined(raft, 4, voters=3)
    assert raft.names(raft.hear(cluster.cores["n1"], raft.answer(1, 1, sender="n4"))) == []
    cluster.change("n1", "n1", "n2", "n3", learners=["n4"])
    assert raft.names(raft.hear(cluster.cores["n1"], raft.answer(1, 1, sender="n4"))) == ["AdvanceMatch"]
