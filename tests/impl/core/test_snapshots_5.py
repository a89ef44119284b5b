"""Logs that are cut at the front: chapter 5 of the thesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vraft.core import (
    Compact,
    Configuration,
    ElectionTimeout,
    Entry,
    Features,
    HardState,
    HeartbeatTimeout,
    InstallSnapshot,
    Propose,
    RaftCore,
    Recovered,
    Refused,
    Role,
    Snapshot,
    config_entry,
    from_record,
    to_record,
)
from vraft.core.history import EMPTY, extend_all
from vraft.core.snapshots import SNAPSHOT_PATIENCE

THREE = Configuration.of(["n1", "n2", "n3"])


def snapshot(index: int, term: int, config: Configuration = THREE, config_index: int = 0) -> Snapshot:
    return Snapshot(index=index, term=term, config=config, config_index=config_index, data=b"state")


def follower(index: int, term: int, *terms: int, now: int | None = None) -> RaftCore:
    """n1, come back with a snapshot up to ``index``, and entries of these terms after it."""
    entries = tuple(Entry(of, f"{of}.{place}") for place, of in enumerate(terms, start=index + 1))
    newest = max(term, *terms) if terms else term
    recovered = Recovered(HardState(now or newest), entries, snapshot(index, term))
    core = RaftCore(id="n1", servers=["n1", "n2", "n3"], recovered=recovered)
    core.start()
    return core


def install(index: int, last_term: int, *, term: int = 2, sender: str = "n2", **more: Any) -> InstallSnapshot:
    message = InstallSnapshot(
        sender=sender,
        receiver="n1",
        term=term,
        last_index=index,
        last_term=last_term,
        data=b"theirs",
        config=THREE,
        config_index=0,
    )
    return replace(message, **more)


def away(raft: Any, proposals: int, **options: Any) -> Any:
    """Three servers of which n3 is cut off, and the leader n1 has cut its log up to its last entry."""
    cluster = raft.Joined(3, **options)
    cluster.elect("n1")
    cluster.cut = {"n3"}
    for number in range(proposals):
        cluster.give("n1", Propose(f"v{number}"))
    cluster.give("n1", Compact(cluster.cores["n1"].commit_index, b"state"))
    return cluster


# 5.1: each server by itself -------------------------------------------------------------------------------------------


def test_a_log_is_cut_up_to_what_is_committed(raft: Any) -> None:
    cluster = away(raft, 3)
    leader = cluster.cores["n1"]
    assert (leader.log.offset, leader.log.last_index, len(leader.log), leader.log.last_term) == (4, 4, 0, 1)
    cluster.give("n1", Propose("more"))
    assert leader.commit_index == 5


@pytest.mark.parametrize("index", [0, 2, 5, 99])
def test_nor_further_nor_less(raft: Any, index: int) -> None:
    cluster = away(raft, 1)  # Cut up to 2, which is all there is.
    output = cluster.cores["n1"].step(Compact(index, b""))
    assert isinstance(output.proposal, Refused)
    assert output.proposal.reason == f"a snapshot is made at an index after 2 and up to 2, found {index}"
    assert output.snapshot is None


def test_what_is_not_committed_stays(raft: Any) -> None:
    core = raft.make_core([1, 1, 1], term=1)
    raft.hear(core, raft.append(1, (3, 1), commit=2))
    output = core.step(Compact(2, b"two"))
    assert raft.names(output) == ["Compact"]
    history = extend_all(EMPTY, raft.entries(1, 1))
    assert output.snapshot == Snapshot(index=2, term=1, config=THREE, history=history, data=b"two")
    assert core.log.slice(3, 3) == (Entry(1, "1.3"),)


def test_one_goes_on_from_the_history_of_the_last(raft: Any) -> None:
    core = raft.make_core([1, 1, 1, 1], term=1)
    raft.hear(core, raft.append(1, (4, 1), commit=4))
    core.step(Compact(2, b"two"))
    made = core.step(Compact(3, b"three")).snapshot
    assert made is not None
    assert made.history == extend_all(EMPTY, raft.entries(1, 1, 1))


def test_the_snapshot_has_the_configuration_of_its_place(raft: Any) -> None:
    """Not the newest: that one may still be cut off (section 5.1.1)."""
    two, one = Configuration.of(["n1", "n2"]), Configuration.of(["n1"])
    log = (Entry(1, "a"), config_entry(1, two), Entry(1, "b"), config_entry(1, one))
    core = RaftCore(id="n1", servers=["n1", "n2"], recovered=Recovered(HardState(1), log))
    core.start()
    raft.hear(core, raft.append(1, (4, 1), commit=3))
    made = core.step(Compact(3, b"")).snapshot
    assert made is not None
    assert (made.config, made.config_index) == (two, 2)
    assert core.config == one
    raft.hear(core, raft.append(2, (3, 1), [2]))  # The newest is cut off: back to that of the snapshot.
    assert (core.config, core.config_index) == (two, 2)


# 5.2: what a server finds when it comes back --------------------------------------------------------------------------


def test_a_restart_knows_that_the_snapshot_is_committed() -> None:
    core = follower(4, 2, 2, 3)
    assert (core.commit_index, core.log.offset, core.log.last_index, core.log.last_term) == (4, 4, 6, 3)
    assert core.config == THREE


def test_a_restart_has_the_snapshots_configuration() -> None:
    two = Configuration.of(["n1", "n2"])
    core = RaftCore(id="n1", servers=["n1", "n2", "n3"], recovered=Recovered(HardState(1), (), snapshot(4, 1, two, 3)))
    assert (core.config, core.config_index, core.peers) == (two, 3, ("n2",))


def test_a_log_that_is_all_snapshot_is_as_up_to_date_as_it_was(raft: Any) -> None:
    core = follower(4, 2)
    assert raft.names(raft.hear(core, raft.ask(3, (3, 2)))) == ["UpdateTerm", "DenyVote"]
    assert raft.names(raft.hear(core, raft.ask(4, (4, 2)))) == ["UpdateTerm", "GrantVote"]


# 5.3: a peer that needs what is gone ----------------------------------------------------------------------------------


def test_a_peer_that_was_away_is_sent_the_snapshot(raft: Any) -> None:
    cluster = away(raft, 4)
    cluster.meet("n1")
    lagging = cluster.cores["n3"]
    assert cluster.who_took("InstallSnapshot") == ["n3"]
    assert (lagging.log.offset, lagging.commit_index, lagging.log.last_index) == (5, 5, 5)
    cluster.give("n1", Propose("after"))
    cluster.give("n1", HeartbeatTimeout())
    assert lagging.commit_index == 6
    assert lagging.log.slice(6, 6) == (Entry(1, "after"),)


def test_while_it_is_on_its_way_there_are_heartbeats_and_it_is_sent_again_when_overdue(raft: Any) -> None:
    cluster = away(raft, 4)
    for _ in range(1 + SNAPSHOT_PATIENCE):
        cluster.give("n1", HeartbeatTimeout())
    assert len(cluster.who_took("SendSnapshot")) == 2
    sent = [name for name, action in cluster.taken if action == "AppendEntries"]
    assert len(sent) >= SNAPSHOT_PATIENCE
    cluster.cut = set()
    for _ in range(SNAPSHOT_PATIENCE):
        cluster.give("n1", HeartbeatTimeout())
    assert cluster.cores["n3"].commit_index == 5


def test_each_time_it_is_sent_the_leader_is_as_patient(raft: Any) -> None:
    cluster = away(raft, 4)
    for _ in range(2 * SNAPSHOT_PATIENCE):
        cluster.give("n1", HeartbeatTimeout())
    assert len(cluster.who_took("SendSnapshot")) == 2
    cluster.give("n1", HeartbeatTimeout())
    assert len(cluster.who_took("SendSnapshot")) == 3


def test_a_refused_heartbeat_says_nothing_while_the_snapshot_is_on_its_way(raft: Any) -> None:
    cluster = away(raft, 4)
    leader = cluster.cores["n1"]
    cluster.give("n1", HeartbeatTimeout())
    assert leader.progress["n3"].awaits_snapshot
    assert raft.names(raft.hear(leader, raft.answer(1, 1, success=False, hint_term=1, sender="n3"))) == []


def test_a_leader_looks_for_agreement_in_what_is_left_only(raft: Any) -> None:
    """If there is none, the peer needs the snapshot."""
    cluster = raft.Joined(3)
    cluster.elect("n1")
    for number in range(4):
        cluster.give("n1", Propose(f"v{number}"))
    leader = cluster.cores["n1"]
    leader.step(Compact(3, b""))
    leader.match_index["n3"] = 0
    refused = raft.answer(1, 3, success=False, hint_term=1, sender="n3")
    assert raft.names(raft.hear(leader, refused))[:2] == ["BacktrackNext", "AppendEntries"]
    assert leader.next_index["n3"] == 4
    refused = raft.answer(1, 2, success=False, hint_term=1, sender="n3")
    assert raft.names(raft.hear(leader, refused)) == ["BacktrackNext", "SendSnapshot", "MoveNext"]


# 5.4: what a server does with a snapshot -----------------------------------------------------------------------------


def test_it_takes_the_place_of_a_log_that_does_not_have_its_last_entry(raft: Any) -> None:
    core = raft.make_core([1, 1, 1], term=2)
    output = raft.hear(core, install(2, 2))
    assert raft.names(output) == ["InstallSnapshot"]
    assert output.restored
    assert output.snapshot is not None
    assert output.snapshot.data == b"theirs"
    assert output.entries is not None
    assert (output.entries.first, output.entries.entries) == (3, ())
    assert (core.log.offset, core.log.last_index, core.log.last_term, core.commit_index) == (2, 2, 2, 2)
    assert output.committed is None


def test_nothing_is_thrown_away_by_one_whose_last_entry_is_in_the_log(raft: Any) -> None:
    core = raft.make_core([1, 1, 1], term=2)
    output = raft.hear(core, install(2, 1))
    assert raft.names(output) == ["InstallSnapshot"]
    assert not output.restored
    assert output.snapshot is None
    assert (core.log.offset, core.log.last_index, core.commit_index) == (0, 3, 2)
    assert output.committed is not None
    assert len(output.committed.entries) == 2


@pytest.mark.parametrize("index", [1, 3, 4])
def test_one_that_is_late_rewinds_nothing(raft: Any, index: int) -> None:
    core = follower(4, 2, 2)
    output = raft.hear(core, install(index, 1))
    assert raft.names(output) == ["IgnoreSnapshot"]
    (answer,) = output.messages
    assert (answer.success, answer.index) == (True, 4)  # type: ignore[union-attr]
    assert (core.commit_index, core.log.last_index) == (4, 5)


def test_one_of_an_older_term_is_refused(raft: Any) -> None:
    core = follower(1, 1, now=3)
    output = raft.hear(core, install(9, 2, term=2))
    assert raft.names(output) == ["IgnoreSnapshot"]
    (answer,) = output.messages
    assert (answer.success, answer.index, answer.term) == (False, 0, 3)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("message", "action", "protects"),
    [
        pytest.param(install(5, 2), "InstallSnapshot", True, id="it takes the place of the log"),
        pytest.param(install(3, 1), "InstallSnapshot", True, id="the log has all of it"),
        pytest.param(install(2, 1), "IgnoreSnapshot", True, id="it is no news"),
        pytest.param(install(5, 1, term=1), "IgnoreSnapshot", False, id="its sender leads no more"),
    ],
)
def test_whoever_sends_one_in_the_servers_term_is_protected_as_its_leader(
    raft: Any, message: InstallSnapshot, action: str, protects: bool
) -> None:
    core = raft.make_core([1, 1, 1], term=2, features=Features(interval_check=True))
    raft.hear(core, raft.append(2, (3, 1), commit=2))
    core.step(raft.forget())
    assert raft.names(raft.hear(core, message)) == [action]
    asked = raft.hear(core, raft.ask(3, (9, 2), sender="n3"))
    assert raft.names(asked) == ([] if protects else ["UpdateTerm", "GrantVote"])


def test_a_candidate_gives_way_to_whoever_sends_one(raft: Any) -> None:
    core = raft.make_candidate([1], term=2)
    assert raft.names(raft.hear(core, install(5, 1))) == ["ReturnToFollower", "InstallSnapshot"]
    assert (core.role, core.leader) == (Role.FOLLOWER, "n2")


def test_it_brings_its_configuration(raft: Any) -> None:
    core = raft.make_core([1], term=2)
    two = Configuration.of(["n2", "n3"])
    raft.hear(core, install(5, 1, config=two, config_index=4))
    assert (core.config, core.config_index) == (two, 4)
    assert raft.names(core.step(ElectionTimeout())) == []


# 3.5 at the place where the log was cut -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prev", "terms"),
    [((0, 0), [1, 1, 2]), ((1, 1), [1, 2, 2]), ((2, 1), [2, 2, 2]), ((3, 2), [2]), ((2, 9), [2])],
)
def test_entries_that_overlap_the_snapshot_take_nothing_away(raft: Any, prev: tuple[int, int], terms: Any) -> None:
    """A library that is widely used cuts its log here."""
    core = follower(4, 2, 2, 2)
    output = raft.hear(core, raft.append(2, prev, terms))
    assert raft.names(output) == ["AcceptEntries"]
    assert output.entries is None
    assert (core.log.offset, core.log.last_index, core.commit_index) == (4, 6, 4)


def test_entries_that_overlap_the_snapshot_and_go_on_are_added(raft: Any) -> None:
    core = follower(4, 2, 2)
    output = raft.hear(core, raft.append(2, (3, 2), [2, 2, 2, 2], commit=6))
    assert output.entries is not None
    assert (output.entries.first, len(output.entries.entries)) == (6, 2)
    assert (core.log.last_index, core.commit_index) == (7, 6)


def test_a_conflict_right_after_the_snapshot_is_cut_there(raft: Any) -> None:
    core = follower(4, 2, 3, 3)
    raft.hear(core, raft.append(4, (4, 2), [4]))
    assert (core.log.last_index, core.log.term_at(5), core.log.offset) == (5, 4, 4)


def test_what_does_not_fit_is_refused_with_a_hint_that_is_still_known(raft: Any) -> None:
    core = follower(4, 2, 2, 2)
    output = raft.hear(core, raft.append(3, (9, 3)))
    assert raft.names(output) == ["UpdateTerm", "RejectEntries"]
    (answer,) = output.messages
    assert (answer.index, answer.hint_term) == (6, 2)  # type: ignore[union-attr]
    core = follower(4, 2, 3, 3)
    output = raft.hear(core, raft.append(4, (6, 2)))
    (answer,) = output.messages
    assert (answer.index, answer.hint_term) == (4, 2)  # type: ignore[union-attr]


# The message ----------------------------------------------------------------------------------------------------------


def test_the_record_is_the_specifications_and_with_what_is_beyond_it_comes_back() -> None:
    message = install(5, 1, data=bytes(range(256)), config_index=4, history=7)
    record = to_record(message)
    assert list(record) == ["type", "from", "to", "term", "lastIndex", "lastTerm", "state"]
    assert from_record(to_record(message, beyond=True)) == message
