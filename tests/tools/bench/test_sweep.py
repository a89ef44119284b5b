"""The sweep over the five systems: what is measured, what is worked out, and what is not passed over in silence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import main as command
from bench.command import EXIT_FAILED
from bench.errors import BenchError
from bench.processes import Processes
from bench.registry import BENCHMARKS, Benchmark
from bench.sweep import UNFINISHED, Effort, Judged, Row, Swept, sweep
from bench.sweep_report import render_swept, sweep_as_json
from bench.systems import Knobs
from bench.systems.bounded_queue import BOUNDED_QUEUE

ROW = Row(
    events=1_000,
    verdict="accepted",
    reason="",
    seconds=1.0,
    check_s=0.5,
    cpu_s=0.5,
    peak_bytes=40_000_000,
    frontier_max=1,
    tlc=None,
)


def tell_nobody(_what: str) -> None:
    pass


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Processes:
    return Processes(tmp_path_factory.mktemp("sweep"))


def queue(**changes: object) -> Benchmark:
    points = tuple(Knobs(events=events, seed=1) for events in (40, 80))
    return replace(Benchmark(name="queue", system=BOUNDED_QUEUE, points=points), **changes)  # type: ignore[arg-type]


# What is measured -----------------------------------------------------------------------------------------------------


def test_every_point_has_a_row(processes: Processes) -> None:
    (found,) = sweep([queue()], Effort(with_tlc=False), processes, tell_nobody)
    assert [(row.events, row.verdict, row.tlc) for row in found.rows] == [
        (40, "accepted", None),
        (80, "accepted", None),
    ]
    assert all(row.seconds > row.check_s > 0 and row.peak_bytes > 1_000_000 for row in found.rows)
    assert found.faults == ()


def test_points_can_be_left_out_and_large_ones_added(processes: Processes) -> None:
    benchmark = queue(large=(Knobs(events=120, seed=1),))
    effort = Effort(points_max=1, with_large=True, with_tlc=False)
    (found,) = sweep([benchmark], effort, processes, tell_nobody)
    assert [row.events for row in found.rows] == [40, 120]


def test_a_verdict_that_should_not_be_is_a_fault(processes: Processes) -> None:
    (found,) = sweep([queue(expected="rejected")], Effort(points_max=1, with_tlc=False), processes, tell_nobody)
    assert found.faults == ("queue, 40 events: accepted, expected rejected; ",)
    assert "WRONG: queue, 40 events" in render_swept(found, Effort())


@pytest.mark.tlc
def test_tlc_is_given_the_same_trace(processes: Processes) -> None:
    (found,) = sweep([queue()], Effort(points_max=1), processes, tell_nobody)
    (row,) = found.rows
    assert row.tlc is not None
    assert row.tlc.verdict == "accepted"
    assert row.ratio == row.tlc.seconds / row.seconds


@pytest.mark.tlc
def test_tlc_stops_at_the_first_trace_that_it_does_not_finish(processes: Processes) -> None:
    points = tuple(Knobs(events=events, seed=1) for events in (40, 60, 80))
    effort = Effort(tlc_limit_s=0.2)
    (found,) = sweep([queue(points=points)], effort, processes, tell_nobody)
    assert [row.tlc and row.tlc.verdict for row in found.rows] == [UNFINISHED, None, None]
    (found,) = sweep([queue(points=points, is_largest_for_tlc=True)], effort, processes, tell_nobody)
    assert [row.tlc and row.tlc.verdict for row in found.rows] == [UNFINISHED, None, UNFINISHED]
    assert "> 0.2" in render_swept(found, effort)


# What is worked out ---------------------------------------------------------------------------------------------------


def test_growth_is_that_of_decided_traces_beyond_the_start() -> None:
    rows = tuple(
        replace(ROW, events=n, cpu_s=1e-3 * n, tlc=Judged(verdict="accepted", seconds=2.0 + 1e-5 * n**2))
        for n in (100, 1_000, 10_000)
    )
    stopped = replace(ROW, events=20_000, verdict="undecided", tlc=Judged(verdict=UNFINISHED, seconds=20.0))
    swept = Swept(name="x", expected="accepted", rows=(*rows, stopped), tlc_start_s=2.0)
    assert swept.growth == pytest.approx(1.0)
    assert swept.growth_tlc == pytest.approx(2.0)
    assert swept.faults == ()


def test_tlc_may_be_wrong_too() -> None:
    row = replace(ROW, tlc=Judged(verdict="rejected", seconds=3.0))
    swept = Swept(name="x", expected="accepted", rows=(row,), tlc_start_s=2.0)
    assert swept.faults == ("x, 1000 events: TLC says rejected, expected accepted",)


def test_machines_get_the_growth_too() -> None:
    rows = (ROW, replace(ROW, events=2_000, cpu_s=1.0))
    (found,) = sweep_as_json([Swept(name="x", expected="accepted", rows=rows, tlc_start_s=None)])
    assert json.loads(json.dumps(found))["growth"] == pytest.approx(1.0)
    assert found["growth_tlc"] is None


# The registry and the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=[item.name.replace(" ", "_") for item in BENCHMARKS])
def test_points_ascend_and_say_what_they_should(benchmark: Benchmark) -> None:
    points = [*benchmark.points, *benchmark.large]
    sizes = [(knobs.events, knobs.processes) for knobs in points]
    assert sizes == sorted(set(sizes))
    assert (benchmark.expected == "rejected") == (benchmark.points[0].bug is not None)


def test_the_headline_has_fifty_events() -> None:
    for benchmark in BENCHMARKS:
        if benchmark.name.startswith("two-phase commit") and benchmark.is_largest_for_tlc:
            assert len(benchmark.system.generate(benchmark.points[-1]).events) == 50


def test_names_of_benchmarks_are_told_where_none_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "nothing like it", "--no-tlc"]) == EXIT_FAILED
    assert "bounded queue, hidden: what is put" in capsys.readouterr().err


def test_one_benchmark_is_run_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found.json"
    assert command.main(["--only", "bounded queue, hidden", "--quick", "--no-tlc", "--json", str(out)]) == 0
    assert "bounded queue, hidden: what is put\n" in capsys.readouterr().out
    found = json.loads(out.read_text())
    assert found["raft"] is None
    assert [item["name"] for item in found["systems"]] == ["bounded queue, hidden: what is put"]


def test_what_cannot_be_judged_is_an_error(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        processes, "child", lambda _arguments: {"decision": "invalid", "reason": "no such module"}, raising=True
    )
    with pytest.raises(BenchError, match=r"BoundedQueue, Knobs.*no such module"):
        list(sweep([queue()], Effort(with_tlc=False), processes, tell_nobody))
