"""Servers that have applied something else than the others are found out, and stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from vraft.core import (
    AppendEntries,
    Compact,
    Entry,
    HardState,
    HeartbeatTimeout,
    Message,
    Propose,
    RaftCore,
    Recovered,
    Role,
    Snapshot,
)
from vraft.core.divergence import HISTORY_WINDOW
from vraft.core.history import EMPTY, extend_all


def cluster_of(raft: Any, servers: int = 3, **options: Any) -> Any:
    """A cluster that compares histories, with a leader, n1."""
    cluster = raft.Joined(servers, **{"checks_history": True, **options})
    cluster.elect("n1")
    cluster.give("n1", Propose("a"))
    return cluster


def flips_a_bit_for(*receivers: str) -> Callable[[Message], Message]:
    """Values are other ones when they arrive there; their terms are as they were, so that Raft notices nothing."""

    def tamper(m: Message) -> Message:
        if not isinstance(m, AppendEntries) or m.receiver not in receivers:
            return m
        return replace(m, entries=tuple(entry._replace(value=entry.value + "?") for entry in m.entries))

    return tamper


def propose(cluster: Any, *values: str) -> None:
    """Have these committed, and everybody know it."""
    for value in values:
        cluster.give("n1", Propose(value))
    for _ in range(2):
        cluster.give("n1", HeartbeatTimeout())


def test_equal_histories_have_equal_checksums_and_nobody_stops(raft: Any) -> None:
    cluster = cluster_of(raft)
    propose(cluster, "b", "c", "d")
    expected = extend_all(EMPTY, cluster.cores["n1"].log.slice(1, 5))
    assert {core.own_history() for core in cluster.cores.values()} == {(5, expected)}
    assert cluster.cores["n1"].confirmed_history() == (5, expected)
    assert cluster.divergences == []


def test_a_follower_that_has_diverged_stops_and_says_where(raft: Any) -> None:
    cluster = cluster_of(raft)
    cluster.tamper = flips_a_bit_for("n3")
    propose(cluster, "b")
    cluster.tamper = lambda m: m
    propose(cluster, "c")
    ((name, own),) = cluster.divergences
    assert (name, own.index, own.peer, own.stops) == ("n3", 3, "n1", True)
    assert own.theirs == extend_all(EMPTY, cluster.cores["n1"].log.slice(1, own.index))
    assert own.own != own.theirs
    assert cluster.cores["n3"].stopped
    assert raft.names(cluster.cores["n3"].step(HeartbeatTimeout())) == []
    propose(cluster, "d")
    assert cluster.cores["n1"].commit_index == cluster.cores["n2"].commit_index == 5


def test_a_leader_that_has_diverged_from_a_quorum_stops(raft: Any) -> None:
    cluster = cluster_of(raft)
    cluster.tamper = flips_a_bit_for("n2", "n3")
    propose(cluster, "b")
    assert cluster.cores["n1"].stopped
    assert not cluster.cores["n2"].stopped
    assert not cluster.cores["n3"].stopped
    assert cluster.elect("n2").role is Role.LEADER


def test_where_half_is_against_half_nobody_stops_but_it_is_told(raft: Any) -> None:
    cluster = cluster_of(raft, 2)
    cluster.tamper = flips_a_bit_for("n2")
    propose(cluster, "b", "c")
    assert [(name, found.stops) for name, found in cluster.divergences] == [("n1", False)]


def test_unless_it_is_asked_for_nothing_is_compared_and_nothing_told(raft: Any) -> None:
    cluster = cluster_of(raft, checks_history=False)
    cluster.tamper = flips_a_bit_for("n3")
    propose(cluster, "b", "c")
    assert cluster.divergences == []
    assert cluster.cores["n1"].append_message("n2", 0).history_index == 0


def test_a_history_goes_on_from_a_snapshot(raft: Any) -> None:
    cluster = cluster_of(raft)
    cluster.cut = {"n3"}
    propose(cluster, "b", "c")
    made = cluster.cores["n1"].step(Compact(4, b"state")).snapshot
    assert made.history == extend_all(EMPTY, (Entry(1, "noop:1"), Entry(1, "a"), Entry(1, "b"), Entry(1, "c")))
    cluster.cut = set()
    propose(cluster, "d")
    assert cluster.who_took("InstallSnapshot") == ["n3"]
    assert cluster.cores["n3"].own_history() == cluster.cores["n1"].own_history()
    cluster.tamper = flips_a_bit_for("n3")
    propose(cluster, "e")
    cluster.tamper = lambda m: m
    propose(cluster, "f")
    assert cluster.cores["n3"].stopped


def test_a_restart_with_another_servers_snapshot_is_found_out(raft: Any) -> None:
    cluster = cluster_of(raft)
    propose(cluster, "b")
    core = cluster.cores["n3"]
    wrong = Snapshot(index=3, term=1, config=core.config, history=12345, data=b"another cluster's")
    cluster.boot("n3", Recovered(HardState(1, "n1"), (), wrong))
    propose(cluster, "c", "d")
    assert cluster.cores["n3"].stopped


def test_only_the_newest_checksums_are_remembered() -> None:
    log = tuple(Entry(1, str(number)) for number in range(HISTORY_WINDOW + 10))
    core = RaftCore(id="n1", servers=["n1"], recovered=Recovered(HardState(1), log), checks_history=True)
    core.start()
    core.commit_index = len(log)
    core.finish_step()
    core.take("ForTheTest")
    core.finish_step()
    assert core.remembered(10) is None
    assert core.remembered(len(log)) == extend_all(EMPTY, log)
    assert core.remembered(len(log) + 1) is None
    assert core.history_at(5) == extend_all(EMPTY, log[:5]), "a snapshot further back is reckoned anew"


@pytest.mark.parametrize("servers", [3, 5])
def test_a_minority_that_has_diverged_stops_and_the_rest_goes_on(raft: Any, servers: int) -> None:
    cluster = cluster_of(raft, servers)
    wrong = cluster.names[1 : 1 + servers // 2]
    cluster.tamper = flips_a_bit_for(*wrong)
    propose(cluster, "b")
    cluster.tamper = lambda m: m
    propose(cluster, "c", "d")
    assert {name for name, core in cluster.cores.items() if core.stopped} == set(wrong)
    assert cluster.cores["n1"].role is Role.LEADER
