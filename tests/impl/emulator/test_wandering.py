"""Random executions with everything mixed: the same for the same seed, and each fault followed by a commit."""

from __future__ import annotations

from collections import Counter

import pytest

from vraft.core import RaftCore
from vraft.emulator.wandering import Setting, wander


def test_a_seed_is_an_execution() -> None:
    first, again = [], []
    one = wander(4, events_min=100, on_event=first.append)
    two = wander(4, events_min=100, on_event=again.append)
    assert one == two
    assert first == again
    assert len(first) == one.events >= 100


def test_seeds_draw_clusters_of_every_kind() -> None:
    settings = [Setting.drawn(seed) for seed in range(60)]
    assert {setting.voters for setting in settings} == {3, 4, 5}
    assert {setting.nodes - setting.voters for setting in settings} == {0, 1, 2}
    names = Counter(name for setting in settings for name in setting.features.names())
    assert set(names) == {"pre_vote", "interval_check", "check_quorum", "lease_reads"}
    assert max(names.values()) < len(settings)


@pytest.mark.parametrize("seed", range(100, 108))
def test_every_fault_is_followed_by_a_commit(seed: int) -> None:
    wandered = wander(seed)
    assert wandered.failures == ()
    assert wandered.events >= 500
    assert wandered.commits == sum(wandered.faults.values()) >= 5
    answered = [each for each in wandered.history if each.end_us is not None]
    assert {each.kind for each in answered} == {"append", "read"}


class CommitsNothing(RaftCore):
    def commit_candidate(self) -> None:  # type: ignore[override]
        return None


def test_a_cluster_that_commits_nothing_is_found_out() -> None:
    wandered = wander(1, node_class=CommitsNothing, assertions=False, referees=False)
    assert wandered.failures == (
        "no commit within 60 s after the beginning, with every link and server mended (at 60 s)",
    )
