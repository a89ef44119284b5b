"""A cluster that is led by the hand: nothing happens but what is said."""

from __future__ import annotations

import pytest

from vraft.core import Accepted, NotLeader, Role
from vraft.emulator import Cluster, DiskOptions, EmulatorError, Runner, read_scenario, recorded
from vraft.tracing import Event


def by_hand(nodes: int = 3, *, manual_sync: bool = False) -> tuple[Cluster, list[Event]]:
    events: list[Event] = []
    disk = DiskOptions(manual=manual_sync)
    return Cluster(nodes, automatic=False, disk=disk, on_event=events.append), events


def deliver_all(cluster: Cluster) -> None:
    while cluster.pending():
        cluster.deliver(cluster.pending()[0].id)


def elect(cluster: Cluster, name: str = "n1") -> None:
    cluster.timeout(name)
    deliver_all(cluster)
    assert cluster.leader() == name


def test_an_election_message_by_message() -> None:
    cluster, events = by_hand()
    assert not cluster.pending()
    cluster.timeout("n1")
    assert [(flight.id, flight.message.receiver) for flight in cluster.pending()] == [(1, "n2"), (2, "n3")]
    assert cluster.deliver(2)
    assert [(flight.id, flight.message.sender) for flight in cluster.pending()] == [(1, "n1"), (3, "n3")]
    assert cluster.deliver(3)
    assert cluster.leader() == "n1"
    assert [event["action"] for event in events] == [
        "Timeout",
        "RequestVote",
        "RequestVote",
        "UpdateTerm",
        "GrantVote",
        "CountVote",
        "BecomeLeader",
        "ClientRequest",
        "AppendEntries",
        "AppendEntries",
    ]
    assert [event["seq"] for event in events] == list(range(1, 11))
    assert events[0]["time"] < events[3]["time"]


def test_a_dropped_message_is_gone_and_a_duplicate_arrives_twice() -> None:
    cluster, events = by_hand()
    cluster.timeout("n1")
    cluster.drop(1)
    copy = cluster.duplicate(2)
    assert [flight.id for flight in cluster.pending()] == [2, copy.id]
    cluster.deliver(2)
    cluster.deliver(copy.id)
    assert [event["action"] for event in events].count("GrantVote") == 2
    with pytest.raises(EmulatorError, match="no message 1"):
        cluster.deliver(1)
    assert (cluster.traffic.lost, cluster.traffic.duplicated) == (1, 1)


def test_nothing_passes_a_cut_link_and_only_that_one() -> None:
    cluster, _ = by_hand()
    cluster.cut(["n1"], ["n2"])
    cluster.timeout("n1")
    assert [flight.message.receiver for flight in cluster.pending()] == ["n3"]  # Lost where it was sent.
    cluster.timeout("n2")
    flight = next(flight for flight in cluster.pending() if flight.message.receiver == "n1")
    assert cluster.deliver(flight.id)  # The other direction works.


def test_a_message_on_its_way_is_lost_if_its_link_is_cut_when_it_arrives() -> None:
    cluster, events = by_hand()
    cluster.timeout("n1")
    cluster.partition([["n1"], ["n2", "n3"]])
    assert not cluster.deliver(1)
    cluster.heal()
    assert cluster.deliver(2)
    assert [event["node"] for event in events] == ["n1", "n1", "n1", "n3", "n3"]


def test_partitions() -> None:
    cluster, _ = by_hand(4)
    cluster.partition([["n1", "n2"]])
    assert set(cluster.cuts()) == {(a, b) for a in ("n1", "n2") for b in ("n3", "n4")} | {
        (b, a) for a in ("n1", "n2") for b in ("n3", "n4")
    }
    cluster.isolate("n4")
    assert ("n4", "n3") in cluster.cuts()
    assert ("n3", "n4") in cluster.cuts()
    cluster.heal()
    assert cluster.cuts() == ()
    with pytest.raises(EmulatorError, match="one group only"):
        cluster.partition([["n1"], ["n1"]])
    operations = list(cluster.operations)
    for nothing in ([], [[]], [["n1", "n2", "n3", "n4"]], [[], ["n1", "n2", "n3", "n4"]]):
        with pytest.raises(EmulatorError, match="expected at least two groups of servers, found all in one"):
            cluster.partition(nothing)
    with pytest.raises(EmulatorError, match="found no link from n1 to n1"):
        cluster.cut(["n1"], ["n1"])
    with pytest.raises(EmulatorError, match="found no link from nobody to n1"):
        cluster.cut([], ["n1"])
    assert cluster.operations == operations, "what was refused was not done, and is not recorded"


def test_proposals() -> None:
    cluster, _ = by_hand()
    assert cluster.propose("x") == NotLeader(None)
    elect(cluster)
    assert cluster.propose("x") == Accepted(2, 1)
    assert cluster.propose("y", "n2") == NotLeader("n1")
    cluster.crash("n2")
    assert cluster.propose("y", "n2") == NotLeader(None)
    assert (cluster.counts.accepted, cluster.counts.refused) == (1, 3)


def test_a_heartbeat_tells_what_is_committed() -> None:
    cluster, _ = by_hand()
    elect(cluster)
    cluster.propose("x")
    deliver_all(cluster)
    cluster.heartbeat("n1")
    cluster.heartbeat("n2")  # Not a leader: nothing.
    assert len(cluster.pending()) == 2
    deliver_all(cluster)
    assert [cluster.node(name).commit_index for name in cluster.names] == [2, 2, 2]


def test_a_server_that_is_down_does_nothing() -> None:
    cluster, events = by_hand()
    elect(cluster)
    assert cluster.crash("n1")
    assert not cluster.crash("n1")
    assert (cluster.leader(), cluster.up(), cluster.down()) == (None, ("n2", "n3"), ("n1",))
    before = len(events)
    cluster.timeout("n1")
    cluster.heartbeat("n1")
    assert len(events) == before
    cluster.timeout("n2")
    flight = next(flight for flight in cluster.pending() if flight.message.receiver == "n1")
    assert not cluster.deliver(flight.id)


# Disks ----------------------------------------------------------------------------------------------------------------


def test_nothing_is_seen_of_a_step_before_it_is_durable() -> None:
    cluster, events = by_hand(manual_sync=True)
    cluster.timeout("n1")
    assert not events
    assert not cluster.pending()
    assert cluster.node("n1").term == 0
    assert cluster.unsynced("n1") == 1
    assert cluster.sync("n1") == 1
    assert len(events) == 3
    assert len(cluster.pending()) == 2


def test_a_crash_erases_what_was_not_durable_step_messages_and_events() -> None:
    cluster, events = by_hand(manual_sync=True)
    cluster.timeout("n1")
    cluster.sync("n1")
    cluster.deliver(1)  # n2 votes, but its vote is not on its disk.
    cluster.crash("n2")
    cluster.restart("n2")
    assert [flight.id for flight in cluster.pending()] == [2]
    assert events[-1]["action"] == "Restart"
    assert events[-1]["vars"]["votedFor"] is None
    assert events[-1]["vars"]["currentTerm"] == 0
    assert cluster.counts.steps_lost == 1


def test_a_step_that_writes_nothing_waits_for_those_before_it() -> None:
    cluster, events = by_hand(manual_sync=True)
    cluster.timeout("n1")
    cluster.timeout("n2")
    cluster.sync("n1")
    cluster.sync("n2")
    flight = next(flight for flight in cluster.pending() if flight.message.receiver == "n3")
    cluster.deliver(flight.id)  # n3 votes: written, not durable.
    copy = next(flight for flight in cluster.pending() if flight.message.receiver == "n3")
    cluster.deliver(copy.id)  # It refuses the other: nothing to write, but the refusal tells of the vote.
    assert cluster.unsynced("n3") == 2
    assert cluster.sync("n3") == 2
    assert [event["action"] for event in events if event["node"] == "n3"] == ["UpdateTerm", "GrantVote", "DenyVote"]


def test_what_was_durable_comes_back() -> None:
    cluster, events = by_hand()
    elect(cluster)
    cluster.propose("x")
    deliver_all(cluster)
    cluster.crash("n1")
    cluster.restart("n1")
    assert events[-1]["vars"] == {
        "currentTerm": 1,
        "votedFor": "n1",
        "role": "Follower",
        "commitIndex": 0,
        "logLength": 2,
        "lastLogTerm": 1,
    }
    assert cluster.node("n1").role is Role.FOLLOWER


# Records --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("manual_sync", [False, True])
def test_what_was_done_is_recorded_and_does_the_same_again(manual_sync: bool) -> None:
    cluster, events = by_hand(5, manual_sync=manual_sync)
    cluster.timeout("n1")
    cluster.sync("n1")
    cluster.duplicate(1)
    for id_ in (1, 2, 3):
        cluster.deliver(id_)
    cluster.drop(4)
    for name in cluster.names:
        cluster.sync(name)
    deliver_all(cluster)
    cluster.propose("x")
    cluster.propose("y: 'z'", "n1")
    cluster.cut(["n1", "n2"], ["n3"])
    cluster.isolate("n5")
    cluster.partition([["n1"], ["n2", "n3"]])
    cluster.heartbeat("n1")
    cluster.crash("n1")
    cluster.heal()
    cluster.restart("n1")
    cluster.timeout("n2")
    text = recorded(cluster, name="again", about="what was done by hand")
    again: list[Event] = []
    result = Runner(read_scenario(text, "again.yaml"), on_event=again.append).run()
    assert result.ok, result.failures
    assert again == events
    assert events


def test_only_what_was_done_by_hand_can_be_recorded() -> None:
    with pytest.raises(ValueError, match="automatic=False"):
        recorded(Cluster(3), name="x")


def test_clusters_that_cannot_be() -> None:
    for nodes in (0, 65, ["n1", "n1"], []):
        with pytest.raises(EmulatorError, match="1 to 64"):
            Cluster(nodes)
    with pytest.raises(EmulatorError, match="no server 'n4', only n1, n2, n3"):
        Cluster(3).timeout("n4")
