"""What a hunt found is a scenario that anybody can run again: to the same rejection, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlaconform.checking import Workbench
from tlaconform.drivers import Foretold, Mutant, mutant_named
from tlaconform.drivers.hunting import hunt_cluster
from tlaconform.drivers.replay import read_scenario_file, replay, trace_file
from tlaconform.errors import ConformanceError
from tlaconform.stateful import HuntOptions, cause_of
from tlatrace.engine.verdict import Decision

OPERATIONS_MAX = 30


@pytest.mark.parametrize("name", ["forget-up-to-date", "no-consistency-check", "commit-old-term"])
def test_what_was_found_replays_to_the_same_rejection(name: str, workbench: Workbench, tmp_path: Path) -> None:
    mutant = mutant_named(name)
    found = hunt_cluster(workbench, HuntOptions(examples=500), mutant=mutant)
    assert found.finding is not None
    assert found.finding.verdict is not None
    assert found.finding.operations <= OPERATIONS_MAX
    file = tmp_path / "found.yaml"
    file.write_text(found.finding.scenario, encoding="utf-8")
    scenario = read_scenario_file(str(file))

    traces = []
    for run in ("first", "second"):
        trace = tmp_path / f"{run}.ndjson"
        with trace_file(trace) as writer:
            result = replay(scenario, workbench, mutant, writer)
        assert result.verdict.decision is Decision.REJECTED
        assert cause_of(result.verdict) == found.finding.cause
        assert result.verdict.event == found.finding.verdict.event
        assert result.verdict.line == found.finding.verdict.line
        traces.append(trace.read_bytes())
    assert traces[0] == traces[1]
    assert len(traces[0].splitlines()) == found.finding.verdict.line

    as_it_is = replay(scenario, workbench)
    assert as_it_is.verdict.decision is Decision.ACCEPTED
    assert as_it_is.crash is None


@pytest.mark.parametrize("name", ["commit-moves-back", "count-older-votes"])
def test_shrinking_keeps_the_cause_and_always_ends_the_same(name: str, workbench: Workbench) -> None:
    mutant = mutant_named(name)
    whole = hunt_cluster(workbench, HuntOptions(examples=2000, shrink=False), mutant=mutant).finding
    first, second = (hunt_cluster(workbench, HuntOptions(examples=2000), mutant=mutant).finding for _ in range(2))
    assert whole is not None
    assert first is not None
    assert second is not None
    assert first.cause == whole.cause
    assert first.operations < whole.operations
    assert first.scenario == second.scenario


def _fall_over(self: object, *_: object) -> None:
    raise IndexError("list index out of range")


CRASHES_BEFORE_IT_ACTS = Mutant(
    name="crashes",
    bug="a vote is never granted, as the server falls over",
    source="",
    foretold=Foretold("GrantVote", "votedFor"),
    methods={"grant_vote": _fall_over},
)


def test_a_replay_of_a_core_that_crashes_says_so(workbench: Workbench) -> None:
    result = replay(read_scenario_file("elect"), workbench, CRASHES_BEFORE_IT_ACTS)
    assert isinstance(result.crash, IndexError)
    assert result.verdict.decision is Decision.ACCEPTED
    assert any("crashed" in note for note in result.verdict.notes)


def test_an_error_of_the_judge_is_no_crash_of_the_core(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IndexError("a bug of ours")

    monkeypatch.setattr("tlaconform.checking.LiveCheck.feed", broken)
    with pytest.raises(IndexError, match="a bug of ours"):
        replay(read_scenario_file("elect"), workbench)
    with pytest.raises(IndexError, match="a bug of ours"):
        hunt_cluster(workbench, HuntOptions(examples=20))


def test_a_trace_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="cannot be written"), trace_file(tmp_path / "none" / "t.ndjson"):
        pass


def test_a_scenario_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match=r"none\.yaml"):
        read_scenario_file(str(tmp_path / "none.yaml"))
