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


def test_features_take_the_place_of_the_scenarios(command: Any, tmp_path: Path) -> None:
    """With them an expectation that a built-in scenario has only ``with:`` some of them is demanded, and checked."""
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "until: 2s\nevents: [{when: one_leader, mark: }]\nexpect: {with: {pre_vote: true}, values: {at_least: 1}}\n"
    )
    assert command("replay", scenario)[0] is Status.CONFORMS
    trace = tmp_path / "t.ndjson"
    status, out, err = command("replay", scenario, "--features", "pre_vote, check_quorum", "--trace", trace)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("ACCEPTED")
    assert "expectation not met: at the end: expected values: at least 1 (with pre_vote)" in err
    assert json.loads(trace.read_text().splitlines()[0])["constants"]["UsesPreVote"] is True
    status, _, err = command("replay", scenario, "--features", "fast")
    assert status is Status.WRONG_INPUT
    assert "--features: unknown feature 'fast'" in err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("elect", "--nodes", "99"), "nodes: expected an integer from 1 to 64, found '99'"),
        (("elect", "--nodes", "1.5"), "argument --nodes: expected a whole number of 1 or more, found '1.5'"),
        (("elect", "--seed", "-1"), "seed: expected an integer from 0 to 18446744073709551615, found '-1'"),
        (("elect", "--seed", "9" * 5000), "argument --seed: expected a whole number, found '9999"),
        (("",), "expected a scenario's file or name, found ''; the names are "),
    ],
)
def test_what_cannot_be(command: Any, arguments: tuple[str, ...], complaint: str) -> None:
    status, out, err = command("replay", *arguments)
    assert (status, out) == (Status.WRONG_INPUT, "")
    assert complaint in err
    assert len(err) < 3000


def test_a_file_that_is_not_there(command: Any, tmp_path: Path) -> None:
    status, _, err = command("replay", tmp_path / "none.yaml")
    assert status is Status.WRONG_INPUT
    assert "none.yaml" in err
    status, _, err = command("replay", "elect", "--trace", tmp_path / "none" / "t.ndjson")
    assert status is Status.WRONG_INPUT
    assert "the trace cannot be written" in err
