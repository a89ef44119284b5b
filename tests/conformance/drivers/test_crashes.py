"""A core that falls over: for a mutant that is not the specification's merit; for the real core it is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlaconform.checking import LiveCheck, Workbench
from tlaconform.drivers import Foretold, Mutant
from tlaconform.drivers.hunting import hunt_cluster, hunt_mutant
from tlaconform.drivers.replay import read_scenario_file, replay
from tlaconform.drivers.shrinking import Setting, shrink
from tlaconform.stateful import HuntOptions
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event
from vraft import tracing
from vraft.core import RaftCore


def _fall_over(self: object, *_: object) -> None:
    raise IndexError("list index out of range")


def _mutant(**methods: object) -> Mutant:
    return Mutant(name="crashes", bug="", source="", foretold=Foretold("GrantVote", "votedFor"), methods=methods)  # type: ignore[arg-type]


def test_a_mutant_that_only_crashes_is_not_caught(workbench: Workbench) -> None:
    result = hunt_mutant(workbench, _mutant(grant_vote=_fall_over), HuntOptions(examples=30))
    assert result.outcome == "crashed"
    assert result.finding is None
    assert result.hunt.executions == 30
    assert 0 < result.hunt.crashes < 30
    assert result.hunt.crash is not None
    assert result.hunt.crash.startswith("IndexError: list index out of range (test_crashes.py:")


def test_a_mutant_that_also_crashes_is_caught(workbench: Workbench) -> None:
    mutant = _mutant(vote_is_free=lambda self, m: True, reject_entries=_fall_over)
    result = hunt_mutant(workbench, mutant, HuntOptions(examples=200))
    assert result.outcome == "caught"
    assert result.as_foretold


def test_the_real_core_may_not_crash(workbench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(RaftCore, "grant_vote", _fall_over)
    found = hunt_cluster(workbench, HuntOptions(examples=30))
    assert found.finding is not None
    assert found.finding.verdict is None
    assert found.finding.cause.action == "crashed"
    assert "IndexError" in found.finding.cause.reason
    assert found.finding.operations == 2  # A campaign, and the request that arrives.

    file = tmp_path / "found.yaml"
    file.write_text(found.finding.scenario, encoding="utf-8")
    assert isinstance(replay(read_scenario_file(str(file)), workbench).crash, IndexError)
    monkeypatch.undo()
    assert replay(read_scenario_file(str(file)), workbench).crash is None


def test_an_error_of_the_check_is_no_failure_of_the_core(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shrinking would go on without what it was to check."""

    def cannot_be_checked(self: LiveCheck, event: Event) -> None:
        raise TlatraceError("an expression of the mapping has no value")

    setting = Setting(
        names=("n1", "n2"),
        max_entries=1,
        manual_sync=False,
        features=None,
        voters=None,
        max_in_flight=1,
        core_class=RaftCore,
        is_mutant=False,
    )
    monkeypatch.setattr(LiveCheck, "feed", cannot_be_checked)
    with pytest.raises(TlatraceError, match="has no value"):
        shrink(workbench, tracing.header(["n1", "n2"], scenario="s", seed=0, version="0"), setting, [("timeout", "n1")])
