"""The scenarios, with every combination of pre-vote and interval check, are accepted by the whole specification."""

from __future__ import annotations

import os
from itertools import product

import pytest

from tlaconform.checking import Workbench
from tlaconform.drivers import Mutant
from tlaconform.drivers.mutants.model import mutant_of
from tlaconform.drivers.replay import Replay, replay
from tlatrace.engine.verdict import Decision
from vraft.core import Features, RaftCore, ReadReady
from vraft.emulator import builtin_names, load_scenario, read_scenario
from vraft.emulator.options import node_names

QUICK = [
    # (scenario, features): between them they take every action of elections and transfers.
    ("timeout_by_self", Features()),
    ("timeout_by_self", Features(pre_vote=True)),
    ("timeout_by_self", Features(interval_check=True)),
    ("timeout_by_self", Features(pre_vote=True, interval_check=True)),
    ("transfer", Features(pre_vote=True, interval_check=True)),
    ("transfer_crashed", Features(interval_check=True)),
    ("lost_quorum", Features(pre_vote=True, interval_check=True, check_quorum=True)),
]

COMBINATIONS = [
    Features(pre_vote=pre_vote, interval_check=check) for pre_vote, check in product((False, True), repeat=2)
]


def judge(workbench: Workbench, name: str, features: Features, *, nodes: int = 3) -> Replay:
    return replay(load_scenario(name, features=features, nodes=nodes), workbench)


@pytest.mark.parametrize(("name", "features"), QUICK)
def test_it_is_accepted(name: str, features: Features, whole_workbench: Workbench) -> None:
    result = judge(whole_workbench, name, features)
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict
    assert not result.failures


RUN = COMBINATIONS if os.environ.get("SCENARIOS") == "all" else [COMBINATIONS[0], COMBINATIONS[-1]]
"""Neither of the two, and both; all four with SCENARIOS=all, which takes ten minutes."""


@pytest.mark.slow
@pytest.mark.parametrize("features", RUN, ids=lambda features: "+".join(features.names()) or "none")
@pytest.mark.parametrize("name", [name for name in builtin_names() if load_scenario(name).voters is None])
def test_all_are_accepted(name: str, features: Features, whole_workbench: Workbench) -> None:
    """Three servers and five, in turn: which ones depends on the name, so that each scenario is seen with both."""
    nodes = 3 + 2 * ((builtin_names().index(name) + COMBINATIONS.index(features)) % 2)
    names_of_its_own = load_scenario(name).timing.rates  # Some say of their servers how fast their clocks are.
    if not names_of_its_own.keys() <= set(node_names(nodes)):
        nodes = 5
    result = judge(whole_workbench, name, features, nodes=nodes)
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict


READS = Features(pre_vote=True, interval_check=True, check_quorum=True, lease_reads=True)


@pytest.mark.slow
@pytest.mark.parametrize("features", [Features(), READS], ids=["rounds", "leases"])
def test_reads_are_accepted(features: Features, whole_workbench: Workbench) -> None:
    result = judge(whole_workbench, "reads", features)
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict
    assert not result.failures


def answers_from(offset: int, behind: list[str]) -> Mutant:
    """A leader that answers with what stood at the index it noted, or ``offset`` after it."""

    def answer_reads(self: RaftCore) -> None:
        for r, pending in [item for item in self.pending_reads.items() if self.is_confirmed(item[1].round)]:
            del self.pending_reads[r]
            if pending.index < self.commit_index:
                behind.append(r)
            index = pending.index + offset
            self._reads.append(ReadReady(r, index))
            self.take("AnswerRead", {"r": r, "upTo": index})

    return mutant_of("noted-index", "", "6.4", "AnswerRead", "p.index", features=Features(), answer_reads=answer_reads)


def test_a_state_machine_may_be_behind_but_not_behind_the_noted_index(whole_workbench: Workbench) -> None:
    scenario = load_scenario("reads", features=Features())
    behind: list[str] = []
    result = replay(scenario, whole_workbench, answers_from(0, behind))
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict
    assert behind, "no read was answered with less than its leader knew to be committed"
    result = replay(scenario, whole_workbench, answers_from(-1, behind))
    assert result.verdict.decision is Decision.REJECTED
    assert {str(candidate.action).split("(")[0] for candidate in result.verdict.candidates} == {"AnswerRead"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [22, 23])
def test_reads_on_drifting_clocks_and_slow_disks_are_accepted(seed: int, whole_workbench: Workbench) -> None:
    result = replay(load_scenario("chaos_reads", seed=seed), whole_workbench)
    assert result.verdict.decision is Decision.ACCEPTED, result.verdict


TOO_FAST = """
nodes: [n1, n2, n3]
until: 4s
features: {interval_check: true, lease_reads: true}
timing: {rates: {n1: 3/2}}
events:
  - {at: 0s, timeout: n1}
  - {at: 1s, read: 3}
"""


def test_a_clock_that_breaks_what_is_assumed_of_clocks_is_found_out(whole_workbench: Workbench) -> None:
    """A clock that gains one half, where a twentieth is the bound; the twin keeps to it."""
    result = replay(read_scenario(TOO_FAST, "fast.yaml"), whole_workbench)
    assert result.verdict.decision is Decision.REJECTED
    assert {str(candidate.action).split("(")[0] for candidate in result.verdict.candidates} == {"ReadClock"}
    kept = replay(read_scenario(TOO_FAST.replace("3/2", "21/20"), "kept.yaml"), whole_workbench)
    assert kept.verdict.decision is Decision.ACCEPTED, kept.verdict
