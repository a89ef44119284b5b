"""Several traces: the same verdicts whatever the number of jobs, and one that goes wrong spoils no other."""

from __future__ import annotations

import functools
import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, ChecksInterrupted, Progress, check_traces, judge_traces
from tlatrace.engine.verdict import Decision, Verdict

JOBS = (1, 2, 3)


class Scripted:
    """A judge that does what the trace's name says."""

    def prepare(self, traces: Sequence[str]) -> None:
        pass

    def judge(self, trace: str, progress: Progress | None) -> Verdict:
        what = trace.rstrip("0123456789")
        if what == "broken":
            raise AssertionError("impossible")
        if what == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "interrupted":
            raise KeyboardInterrupt
        return Verdict(trace=trace, decision=Decision(what))


def decisions(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.trace, verdict.decision.value) for verdict in verdicts]


def timeless(verdict: Verdict) -> dict[str, Any]:
    found = verdict.to_json()
    del found["seconds"]
    return found


@pytest.fixture
def files(queue: Any, events: Any) -> list[str]:
    """An accepted, a rejected and an invalid trace, each twice."""
    names = []
    for number in range(2):
        for name, changed in (
            ("good", events()),
            ("bad", [*events()[:2], {"op": "put", "item": 9, "size": 3}]),
            ("odd", [{"op": "pop"}]),
        ):
            path = queue.folder / f"{name}{number}.ndjson"
            queue.write_trace(changed).rename(path)
            names.append(str(path))
    return names


def options(queue: Any) -> CheckOptions:
    return CheckOptions(spec=queue.spec, mapping=queue.mapping)


@pytest.mark.parametrize("jobs", JOBS[1:])
def test_verdicts_do_not_depend_on_the_number_of_jobs(queue: Any, files: list[str], jobs: int) -> None:
    alone = [timeless(verdict) for verdict in check_traces(files, options(queue))]
    assert [verdict["verdict"] for verdict in alone] == ["accepted", "rejected", "invalid"] * 2
    assert [timeless(verdict) for verdict in check_traces(files, options(queue), jobs=jobs)] == alone


@pytest.mark.parametrize("jobs", JOBS)
def test_fail_fast_ends_at_the_first_in_order(queue: Any, files: list[str], jobs: int) -> None:
    found = check_traces(files, options(queue), jobs=jobs, fail_fast=True)
    assert [verdict.trace for verdict in found] == files[:2]
    good = [name for name in files if "good" in name]
    assert len(check_traces(good, options(queue), jobs=jobs, fail_fast=True)) == len(good)


@pytest.mark.parametrize("jobs", JOBS)
def test_a_bug_in_one_trace_is_told_and_spoils_no_other(jobs: int) -> None:
    found = judge_traces(["accepted1", "broken", "rejected2"], Scripted, jobs=jobs)
    assert decisions(found) == [("accepted1", "accepted"), ("broken", "invalid"), ("rejected2", "rejected")]
    report = Path(found[1].bug_report)
    assert "impossible" in report.read_text(encoding="utf-8")
    report.unlink()
    assert not found[0].bug_report


def test_a_process_that_is_killed_costs_one_trace() -> None:
    traces = ["killed", "accepted1", "accepted2", "accepted3"]
    found = judge_traces(traces, Scripted, jobs=2)
    assert decisions(found) == [("killed", "invalid"), *((trace, "accepted") for trace in traces[1:])]
    assert "ended from outside" in found[0].reason
    assert not found[0].bug_report


def test_what_was_decided_before_an_interrupt_is_kept() -> None:
    with pytest.raises(ChecksInterrupted) as interrupted:
        judge_traces(["accepted1", "rejected2", "interrupted", "accepted3"], Scripted)
    assert decisions(interrupted.value.verdicts) == [("accepted1", "accepted"), ("rejected2", "rejected")]


def test_verdicts_are_told_as_they_arrive() -> None:
    told: dict[int, str] = {}

    def arrived(number: int, verdict: Verdict) -> None:
        told[number] = verdict.trace

    judge_traces(["accepted1", "rejected2", "accepted3"], functools.partial(Scripted), jobs=2, arrived=arrived)
    assert sorted(told.items()) == [(0, "accepted1"), (1, "rejected2"), (2, "accepted3")]


def test_the_report_of_a_bug_obeys_the_schema() -> None:
    from importlib import resources

    import jsonschema

    from tlaconform.report import json_report

    (verdict,) = judge_traces(["broken"], Scripted)
    Path(verdict.bug_report).unlink()
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json_report([verdict])), schema)


def test_forked_processes_share_what_was_compiled(
    queue: Any, files: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tlaconform.checking import workbench

    compiled = workbench.compile_spec
    noted = tmp_path / "compiled"

    def noting(*arguments: Any, **named: Any) -> Any:
        with open(noted, "a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        return compiled(*arguments, **named)

    monkeypatch.setattr(workbench, "compile_spec", noting)
    check_traces(files, options(queue), jobs=3)
    assert noted.read_text(encoding="utf-8").split() == [str(os.getpid())]


@pytest.mark.slow
def test_where_processes_cannot_be_forked(queue: Any, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import multiprocessing

    alone = [timeless(verdict) for verdict in check_traces(files, options(queue))]
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert [timeless(verdict) for verdict in check_traces(files, options(queue), jobs=2)] == alone
