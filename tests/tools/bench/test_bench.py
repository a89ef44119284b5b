"""The benchmarks measure what they say, refuse to time a run that went wrong, and can say that TLC is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import bench.measure
from bench import main as command
from bench.command import EXIT_FAILED
from bench.errors import BenchError
from bench.figures import growth_exponent, spread
from bench.main import measure
from bench.measure import Workshop
from bench.plan import FULL, QUICK, Plan
from bench.report import as_dict, render, table
from bench.results import Against, Tlc
from bench.traces import write_traces
from tlacheck import ToolchainError

TINY = Plan(
    clusters=(3,),
    lengths=(40, 80),
    short_events_max=80,
    repeats_short=1,
    repeats_long=1,
    repeats_start=1,
    repeats_parse=1,
    twins_length=80,
    tlc_lengths=(1, 40),
    tlc_limit_s=20.0,
)


def tell_nobody(_what: str) -> None:
    pass


PLAN_OF_ONE = replace(TINY, lengths=(40,), twins_length=40, tlc_lengths=(40,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, because Python's bytecode is made once in it."""
    return tmp_path_factory.mktemp("bench")


def workshop(folder: Path, spoil: Callable[[list[str]], list[str]] = lambda lines: lines) -> Workshop:
    """A workshop with a trace of 40 events, whose lines are spoiled first."""
    traces = write_traces(folder, 3, [1, 40])
    spoiled = folder / "spoiled.ndjson"
    spoiled.write_text("".join(spoil(traces[40].read_text().splitlines(keepends=True))))
    return Workshop(folder, PLAN_OF_ONE, {(3, 1): traces[1], (3, 40): spoiled}, tell_nobody)


# Figures --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0])
def test_the_exponent_of_a_power_law_is_found(exponent: float) -> None:
    points = [(length, 3e-4 * length**exponent) for length in (500, 1_000, 5_000, 20_000)]
    assert growth_exponent(points) == pytest.approx(exponent)


@pytest.mark.parametrize("points", [[], [(500, 1.0)], [(500, 1.0), (500, 2.0)], [(500, 0.0), (1_000, 1.0)]])
def test_no_exponent_is_made_of_a_single_length(points: list[tuple[float, float]]) -> None:
    assert growth_exponent(points) is None


def test_the_spread_is_that_of_the_worst_over_the_best() -> None:
    assert spread([2.0]) is None
    assert spread([2.0, 3.0]) == pytest.approx(0.5)


# Traces ---------------------------------------------------------------------------------------------------------------


def test_a_shorter_trace_is_the_beginning_of_a_longer_one(tmp_path: Path) -> None:
    traces = write_traces(tmp_path, 3, [400, 1, 30])
    lines = {length: path.read_text().splitlines() for length, path in traces.items()}
    assert {length: len(found) for length, found in lines.items()} == {1: 2, 30: 31, 400: 401}
    assert lines[400][:31] == lines[30]
    assert json.loads(lines[1][0])["spec"] == "Raft"


def test_the_same_traces_are_recorded_every_time(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, second = (write_traces(folder, 5, [300])[300].read_bytes() for folder in folders)
    assert first == second


def test_a_long_trace_has_faults_and_a_log_that_grows(tmp_path: Path) -> None:
    path = write_traces(tmp_path, 3, [10_000])[10_000]
    events = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert {"Restart", "RejectEntries", "DenyVote"} <= {event["action"] for event in events}
    assert max(event["vars"]["logLength"] for event in events) > 500


# A whole run ----------------------------------------------------------------------------------------------------------


def test_everything_is_measured_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> None:
        raise ToolchainError("no tla2tools.jar was found")

    monkeypatch.setattr(bench.measure, "find_toolchain", nowhere)
    results = measure(TINY, tell_nobody)

    assert [row.events for row in results.checked] == [40, 80]
    assert all(row.wall_s > 0 and row.peak_bytes > 1_000_000 and row.frontier_max >= 1 for row in results.checked)
    assert results.exponent(3) is not None
    empty, warm = (start.best_s for start in results.starts if start.what.startswith("conformance check"))
    assert empty > warm > 0
    assert results.parsed.cold_s > results.parsed.warm_s > 0

    text = render(results)
    assert "Start-up" in text
    assert "time grows as length^" in text
    assert "TLC was not measured: no tla2tools.jar was found" in text
    assert json.loads(json.dumps(as_dict(results)))["tlc"]["absent_because"] == "no tla2tools.jar was found"


@pytest.mark.tlc
def test_tlc_judges_the_same_trace(folder: Path) -> None:
    (row,) = workshop(folder).tlc().rows
    assert row.events == 40
    assert row.tlc_s is not None
    assert row.tlc_s > 0
    assert row.ours_s > 0


# What went wrong is not timed -----------------------------------------------------------------------------------------


def test_a_trace_that_is_rejected_is_not_timed(folder: Path) -> None:
    with pytest.raises(BenchError, match=r"spoiled.ndjson:\d+: the verdict is rejected after \d+ events, expected"):
        workshop(folder, lambda lines: lines[:1] + lines[3:]).checked()


def test_a_trace_that_is_too_short_is_not_timed(folder: Path) -> None:
    with pytest.raises(BenchError, match="the verdict is accepted after 39 events, expected accepted after 40"):
        workshop(folder, lambda lines: lines[:-1]).checked()


@pytest.mark.tlc
def test_a_trace_that_tlc_rejects_is_not_timed(folder: Path) -> None:
    with pytest.raises(BenchError, match=r"spoiled.ndjson:\d+: TLC rejects this event"):
        workshop(folder, lambda lines: lines[:1] + lines[3:]).tlc()


def test_a_command_that_fails_is_not_timed(folder: Path) -> None:
    ready = workshop(folder)
    ready.spec = ready.spec.with_name("NoSuchModule.tla")
    with pytest.raises(BenchError, match=r"exit status 2(.|\n)*NoSuchModule"):
        ready.starts()


def test_a_failure_is_told_by_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise BenchError("nothing came of it")

    monkeypatch.setattr(command, "measure", fail)
    assert command.main(["--quick"]) == EXIT_FAILED
    assert capsys.readouterr().err == "error: nothing came of it\n"


# The report -----------------------------------------------------------------------------------------------------------


def test_columns_stand_under_their_headings() -> None:
    assert table(["what", "s"], [["a", "1.0"], ["bc", "20.0"]]) == "  what     s\n  a      1.0\n  bc    20.0\n"


def test_tlc_grows_beyond_its_start() -> None:
    rows = [Against(events=n, tlc_s=2.0 + 1e-6 * n**2, ours_s=1.0) for n in (1_000, 2_000, 5_000)]
    tlc = Tlc(limit_s=60, rows=(Against(events=1, tlc_s=2.0, ours_s=0.5), *rows))
    assert tlc.exponent() == pytest.approx(2.0)
    stopped = replace(tlc, rows=(*tlc.rows, Against(events=10_000, tlc_s=None, ours_s=4.0)))
    assert stopped.exponent() == pytest.approx(2.0)


@pytest.mark.parametrize("plan", [FULL, QUICK])
def test_a_plan_has_a_trace_for_all_that_it_measures(plan: Plan) -> None:
    first = set(plan.trace_lengths(plan.clusters[0]))
    assert {1, plan.twins_length, *plan.tlc_lengths, *plan.lengths} <= first
    for nodes in plan.clusters[1:]:
        assert {1, *plan.lengths} == set(plan.trace_lengths(nodes))
