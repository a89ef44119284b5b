"""``conformance replay``: a scenario run and checked as it happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status


def test_a_scenario_of_vraft_is_accepted(command: Any) -> None:
    status, out, err = command("replay", "elect")
    assert status is Status.CONFORMS
    assert out.startswith("ACCEPTED  trace of elect.yaml")
    assert err == ""


def test_a_mutant_is_rejected_and_the_trace_agrees(command: Any, tmp_path: Path) -> None:
    trace = tmp_path / "broken.ndjson"
    status, out, _ = command("replay", "elect", "--mutant", "announce-uncommitted", "--trace", trace, "--json")
    assert status is Status.DOES_NOT_CONFORM
    (verdict,) = json.loads(out)["verdicts"]
    assert verdict["verdict"] == "rejected"
    assert len(trace.read_text().splitlines()) == verdict["line"]
    assert [path.name for path in tmp_path.iterdir()] == ["broken.ndjson"]


def test_an_expectation_that_is_not_met(command: Any, tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text("nodes: 3\nseed: 1\nuntil: 2s\nexpect: [{values: {at_least: 1}}]\n")
    status, out, err = command("replay", scenario)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("ACCEPTED")
    assert "expectation not met" in err
    scenario.write_text("nodes: 3\nseed: 1\nuntil: 2s\nexpect: [one_leader]\n")
    status, _, err = command("replay", scenario)
    assert status is Status.CONFORMS
    assert err == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nodes: 3\nuntl: 2s\n", "s.yaml:2:1"),
        ("nodes: 3\nmanual: true\nevents:\n- {deliver: 7}\n", "no message 7"),
    ],
)
def test_a_scenario_that_is_wrong(command: Any, tmp_path: Path, text: str, complaint: str) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text(text)
    status, out, err = command("replay", scenario)
    assert status is not Status.CONFORMS
    assert complaint in out + err


def test_a_file_that_is_not_there(command: Any, tmp_path: Path) -> None:
    status, _, err = command("replay", tmp_path / "none.yaml")
    assert status is Status.WRONG_INPUT
    assert "none.yaml" in err
    status, _, err = command("replay", "elect", "--trace", tmp_path / "none" / "t.ndjson")
    assert status is Status.WRONG_INPUT
    assert "the trace cannot be written" in err
