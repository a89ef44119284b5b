"""``conformance tlc``: what it prints and its exit status; TLC is played by a function."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlacheck import ToolchainError
from tlaconform import mapping as mapping_package
from tlaconform import tlc_judge
from tlaconform.cli.commands import tlc
from tlaconform.cli.status import Status
from tlaconform.errors import ConformanceError
from tlaconform.tlc_judge import TlcJudgement

Run = Callable[..., Status]


def judgement(trace: str, line: int | None = None, because: str = "") -> TlcJudgement:
    return TlcJudgement(
        trace=trace,
        accepted=line is None,
        line=line,
        events=7,
        seconds=1.25,
        distinct_states=8,
        undecided_because=because,
    )


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line; ``answer`` are the judgements, or the error that is raised."""

    def command(answer: list[TlcJudgement] | Exception, *arguments: str) -> Status:
        def judge_traces(traces: list[str], **options: Any) -> list[TlcJudgement]:
            assert options["spec"] == Path("S.tla")
            assert options["mapping"] == Path("m.yaml")
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(tlc_judge, "judge_traces", judge_traces)
        monkeypatch.setattr(tlc_judge, "what_is_not_generated", lambda mapping: None)
        monkeypatch.setattr(mapping_package, "read_mapping", lambda path: None)
        parser = argparse.ArgumentParser()
        tlc.add(parser.add_subparsers())
        options = parser.parse_args(["tlc", *arguments, "--spec", "S.tla", "--map", "m.yaml"])
        return options.command(options)  # type: ignore[no-any-return]

    return command


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ([judgement("a")], Status.CONFORMS),
        ([judgement("a"), judgement("b", 3)], Status.DOES_NOT_CONFORM),
        ([judgement("a"), judgement("b", 3, "the time is up")], Status.UNDECIDED),
        ([judgement("a", 2), judgement("b", 3, "the time is up")], Status.DOES_NOT_CONFORM),
    ],
)
def test_the_exit_status(run: Run, answer: list[TlcJudgement], status: Status) -> None:
    assert run(answer, "a", "b") is status


def test_the_report_names_the_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run([judgement("a"), judgement("b", 3), judgement("c", 4, "the time is up")], "a", "b", "c")

    assert capsys.readouterr().out.splitlines() == [
        "accepted   a: all 7 events, in 1.2 s",
        "rejected   b:3: no action explains this event",
        "undecided  c:4: the time is up",
    ]


def test_the_report_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run([judgement("a"), judgement("b", 3)], "a", "b", "--json")

    report = json.loads(capsys.readouterr().out)
    schema = resources.files("tlaconform.tlc_judge") / "judgements.schema.json"
    jsonschema.validate(report, json.loads(schema.read_text(encoding="utf-8")))
    accepted, rejected = report
    assert (accepted["verdict"], accepted["line"], accepted["events"]) == ("accepted", None, 7)
    assert (rejected["verdict"], rejected["line"]) == ("rejected", 3)


def test_a_missing_toolchain_is_wrong_input_and_no_bug(run: Run) -> None:
    with pytest.raises(ConformanceError, match=r"no tla2tools\.jar"):
        run(ToolchainError("no tla2tools.jar was found"), "a")


def test_standard_input_is_read_once(run: Run) -> None:
    with pytest.raises(ConformanceError, match="only once"):
        run([], "-", "-")


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_time_limit_is_above_zero(run: Run, seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run([], "a", "--time-limit", seconds)

    assert ended.value.code == 2
