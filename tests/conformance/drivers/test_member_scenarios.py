"""The scenarios in which members come and go and logs are cut are accepted by the whole specification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tlaconform.checking import Workbench
from tlaconform.drivers.mutants import mutant_named
from tlaconform.drivers.replay import replay
from tlatrace.engine.verdict import Decision
from vraft.emulator import Scenario, builtin_names, load_scenario
from vraft.emulator.options import node_names

SCENARIOS = [name for name in builtin_names() if load_scenario(name).voters is not None]

QUICK = ["reconfig_leader", "snapshot"]
"""Between them: a joint configuration, a leader that steps down, a log that is cut, a snapshot that is installed."""

WITH_STRANGERS = [name for name in SCENARIOS if len(load_scenario(name).nodes) < 5]


def accepted(scenario: Scenario, workbench: Workbench) -> None:
    result = replay(scenario, workbench)
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict
    assert not result.failures


@pytest.mark.parametrize("name", QUICK)
def test_it_is_accepted(name: str, whole_workbench: Workbench) -> None:
    accepted(load_scenario(name), whole_workbench)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in QUICK])
def test_so_is_every_other(name: str, whole_workbench: Workbench) -> None:
    accepted(load_scenario(name), whole_workbench)


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_STRANGERS)
def test_and_in_a_cluster_of_five(name: str, whole_workbench: Workbench) -> None:
    """Where ``all`` are asked to vote, all five do; where three are named, the others stay strangers."""
    accepted(load_scenario(name, nodes=5), whole_workbench)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["snapshot", "snapshot_restart", "pipeline"])
def test_and_where_five_vote_at_first(name: str, whole_workbench: Workbench) -> None:
    accepted(replace(load_scenario(name), nodes=node_names(5), voters=node_names(5)), whole_workbench)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_and_with_other_seeds(seed: int, whole_workbench: Workbench) -> None:
    scenario = load_scenario("chaos_members", seed=seed)
    accepted(replace(scenario, expect=()), whole_workbench)


@pytest.mark.parametrize(
    ("name", "mutant", "action"),
    [
        ("reconfig_leader", "removed-leader-counts-itself", "AdvanceCommit"),
        ("snapshot", "configuration-counts-late", None),
        ("snapshot_restart", "snapshot-not-committed", "Restart"),
    ],
)
def test_a_mutant_is_rejected_where_it_shows(
    name: str, mutant: str, action: str | None, whole_workbench: Workbench
) -> None:
    """And only there: a scenario without changes of the configuration is none of the second one's business."""
    result = replay(load_scenario(name), whole_workbench, mutant_named(mutant))
    if action is None:
        assert result.verdict.decision is Decision.ACCEPTED
        return
    assert result.verdict.decision is Decision.REJECTED
    assert result.verdict.event is not None
    assert action in str(result.verdict.candidates[0])
