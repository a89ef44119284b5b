"""Thesis, section 3.6: the election restriction (3.6.1) and commitment by the current term only (3.6.2)."""

from __future__ import annotations

from typing import Any

import pytest

from vraft.core import Propose


@pytest.mark.parametrize(
    ("candidate", "granted"),
    [
        ((3, 2), True),  # equal
        ((4, 2), True),  # longer
        ((1, 3), True),  # shorter, but of a newer term
        ((2, 2), False),  # shorter
        ((9, 1), False),  # longer, but of an older term
    ],
)
def test_only_a_log_that_lacks_nothing_is_voted_for(raft: Any, candidate: tuple[int, int], granted: bool) -> None:
    output = raft.hear(raft.make_core([1, 2, 2], term=4), raft.ask(4, candidate))
    assert output.messages[0].granted is granted


def test_an_entry_of_an_older_term_is_not_committed_by_counting(raft: Any) -> None:
    """Figure 3.7: the leader of term 4 has spread an entry of term 2 to a majority."""
    core = raft.make_leader([1, 2], term=4, max_entries=1)
    raft.hear(core, raft.answer(4, 1, success=False, hint_term=1))
    output = raft.hear(core, raft.answer(4, 2))
    assert raft.names(output) == ["AdvanceMatch", "AppendEntries"]
    assert core.commit_index == 0
    output = raft.hear(core, raft.answer(4, 3))  # Its own entry makes the older ones safe.
    assert core.commit_index == 3
    assert (output.committed.first, len(output.committed.entries)) == (1, 3)


@pytest.mark.parametrize(("servers", "needed"), [(3, 1), (4, 2), (5, 2)])
def test_a_majority_commits(raft: Any, servers: int, needed: int) -> None:
    core = raft.make_leader(servers=servers)
    for number in range(2, needed + 2):
        assert core.commit_index == 0
        raft.hear(core, raft.answer(1, 1, sender=f"n{number}"))
    assert core.commit_index == 1


def test_the_commit_index_goes_as_far_as_a_majority_has(raft: Any) -> None:
    core = raft.make_leader(servers=5)
    for value in "abc":
        core.step(Propose(value))
    raft.hear(core, raft.answer(1, 4))
    assert core.commit_index == 0
    assert raft.names(raft.hear(core, raft.answer(1, 2, sender="n3")))[1] == "AdvanceCommit"
    assert core.commit_index == 2
    raft.hear(core, raft.answer(1, 3, sender="n4"))
    assert core.commit_index == 3
    raft.hear(core, raft.answer(1, 1, sender="n5"))
    assert core.commit_index == 3


def test_a_follower_commits_only_what_is_known_to_agree(raft: Any) -> None:
    core = raft.make_core([1, 1, 1, 1], term=2)
    output = raft.hear(core, raft.append(2, (2, 1), commit=4))
    assert core.commit_index == 2
    assert (output.committed.first, len(output.committed.entries)) == (1, 2)
    assert raft.hear(core, raft.append(2, (1, 1), commit=1)).committed is None
    assert core.commit_index == 2


def test_committed_entries_are_handed_out_once(raft: Any) -> None:
    core = raft.make_core()
    first = raft.hear(core, raft.append(1, (0, 0), [1, 1], commit=1)).committed
    second = raft.hear(core, raft.append(1, (2, 1), [], commit=2)).committed
    assert [entry.value for entry in (*first.entries, *second.entries)] == ["1.1", "1.2"]
    assert second.first == 2
