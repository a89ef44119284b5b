"""How much a leader sends ahead of the answers: sections 10.2.1 and 10.2.2 of the thesis."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import AppendEntries, Compact, HeartbeatTimeout, InputError, Propose, RaftCore
from vraft.core.progress import Flow, Progress


def leader(raft: Any, **options: Any) -> RaftCore:
    """n1 leads term 1 of n1, n2, n3; both have its no-op."""
    core: RaftCore = raft.make_leader(**options)
    for peer in core.peers:
        raft.hear(core, raft.answer(1, 1, sender=peer))
    return core


def batches(output: Any, peer: str = "n2") -> list[tuple[int, int]]:
    """(previous index, entries) of the appends to a peer."""
    sent = [m for m in output.messages if isinstance(m, AppendEntries) and m.receiver == peer]
    return [(m.prev_log_index, len(m.entries)) for m in sent]


def test_unless_told_otherwise_one_batch_is_on_its_way(raft: Any) -> None:
    core = leader(raft)
    assert batches(core.step(Propose("a"))) == [(1, 1)]
    assert batches(core.step(Propose("b"))) == []
    assert batches(raft.hear(core, raft.answer(1, 2))) == [(2, 1)]


def test_a_window_of_batches(raft: Any) -> None:
    core = leader(raft, max_in_flight=3)
    sent = [batches(core.step(Propose(value))) for value in "abcde"]
    assert sent == [[(1, 1)], [(2, 1)], [(3, 1)], [], []]
    assert core.next_index["n2"] == 5
    assert core.match_index["n2"] == 1
    output = raft.hear(core, raft.answer(1, 2))
    assert batches(output) == [(4, 2)]
    assert raft.names(output)[:2] == ["AdvanceMatch", "AdvanceCommit"]
    assert "MoveNext" in raft.names(output)


def test_a_probe_goes_alone(raft: Any) -> None:
    """Until the peer has answered it is not known where the logs agree."""
    core = raft.make_leader([1, 1], term=2, max_in_flight=3)
    assert core.progress["n2"].flow is Flow.PROBE
    assert batches(core.step(Propose("a"))) == []
    output = raft.hear(core, raft.answer(2, 0, success=False))
    assert raft.names(output) == ["BacktrackNext", "AppendEntries"]
    assert batches(output) == [(0, 4)]
    raft.hear(core, raft.answer(2, 4))
    assert core.progress["n2"].flow is Flow.REPLICATE


def test_what_a_probe_said_more_leaves_again_when_the_first_of_it_is_answered(raft: Any) -> None:
    """Each heartbeat of a probe brings what there is by then; all but the first was lost, and nobody would tell."""
    core = raft.make_leader(max_in_flight=3)
    for value in "abc":
        core.step(Propose(value))
        core.step(HeartbeatTimeout())
    assert list(core.progress["n2"].in_flight) == [1, 2, 3, 4]
    assert batches(raft.hear(core, raft.answer(1, 1))) == [(1, 3)]


def test_what_was_lost_is_found_out_by_the_next_heartbeat(raft: Any) -> None:
    core = leader(raft, max_in_flight=2)
    for value in "abc":
        core.step(Propose(value))
    assert batches(core.step(HeartbeatTimeout())) == [(3, 0)]
    output = raft.hear(core, raft.answer(1, 1, success=False, hint_term=1))
    assert batches(output) == [(1, 3)]
    assert core.progress["n2"].flow is Flow.PROBE
    assert batches(core.step(HeartbeatTimeout())) == [(1, 3)], "a probe is sent again whole"


def test_answers_that_were_lost_are_made_up_for_by_a_later_one(raft: Any) -> None:
    core = leader(raft, max_in_flight=2)
    for value in "abc":
        core.step(Propose(value))
    assert batches(raft.hear(core, raft.answer(1, 3))) == [(3, 1)]
    assert list(core.progress["n2"].in_flight) == [4]


def test_batches_are_bounded_in_bytes(raft: Any) -> None:
    core = leader(raft, max_bytes=6)
    core.step(Propose("x"))
    for value in ("aaa", "öö", "b", "a value that is too long by itself", "c"):
        core.step(Propose(value))
    assert batches(raft.hear(core, raft.answer(1, 2))) == [(2, 1)], "ö has two bytes"
    assert batches(raft.hear(core, raft.answer(1, 3))) == [(3, 2)]
    assert batches(raft.hear(core, raft.answer(1, 5))) == [(5, 1)], "it goes alone, or nothing would ever"
    assert batches(raft.hear(core, raft.answer(1, 6))) == [(6, 1)]


@pytest.mark.parametrize("option", [{"max_in_flight": 0}, {"max_in_flight": 1025}, {"max_bytes": 0}])
def test_what_are_no_bounds(option: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(option))):
        RaftCore(id="n1", servers=["n1"], **option)  # type: ignore[arg-type]


def test_progress_counts_an_answer_for_all_before_it() -> None:
    progress = Progress()
    progress.answered(0)
    for last in (2, 4, 6):
        progress.sent(last)
    progress.answered(4)
    assert list(progress.in_flight) == [6]
    progress.answered(9)
    assert not progress.in_flight


def test_progress_of_a_snapshot_ends_with_an_answer_that_covers_it() -> None:
    progress = Progress()
    progress.wait_for_snapshot(5)
    assert not progress.is_free(8)
    progress.answered(4)
    assert progress.awaits_snapshot
    progress.answered(5)
    assert progress.flow is Flow.REPLICATE
    assert progress.is_free(1)


def test_a_peer_that_fell_behind_a_full_window_is_sent_the_snapshot_by_the_next_heartbeat(raft: Any) -> None:
    cluster = raft.Joined(3, max_in_flight=2, max_entries=1)
    cluster.elect("n1")
    cluster.cut = {"n3"}
    for value in "abcde":
        cluster.give("n1", Propose(value))
    core = cluster.cores["n1"]
    assert not core.is_free("n3")
    core.step(Compact(core.commit_index, b""))
    assert raft.names(core.step(HeartbeatTimeout()))[-2:] == ["SendSnapshot", "MoveNext"]
