"""Reports: JSON that obeys its schema, JUnit that a parser reads, and a terminal text that answers the reader's
questions.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tlaconform.report import Style, json_report, junit_report, render_verdict
from tlatrace.engine.verdict import Verdict


@pytest.fixture
def verdicts(queue: Any, events: Any) -> list[Verdict]:
    """An accepted, two rejected, an undecided and an invalid one."""
    accepted = queue.check()
    undecided = queue.check(max_events=1)
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    rejected = queue.check()
    queue.write_trace([{"op": "put", "item": 1, "size": 4}])
    mismatch = queue.check()
    queue.trace.write_text("")
    return [accepted, rejected, mismatch, undecided, queue.check()]


def schema() -> Any:
    return json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))


def test_the_json_report_obeys_its_schema(verdicts: list[Verdict]) -> None:
    report = json.loads(json_report(verdicts))
    jsonschema.validate(report, schema())
    assert report["summary"] == {"accepted": 1, "rejected": 2, "undecided": 1, "invalid": 1}


def test_the_schema_refuses_what_is_no_report(verdicts: list[Verdict]) -> None:
    report = json.loads(json_report(verdicts))
    report["verdicts"][0]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema())


def test_the_junit_report_has_a_testcase_a_trace(verdicts: list[Verdict]) -> None:
    suite = ElementTree.fromstring(junit_report(verdicts)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "2", "2")
    failure = suite.findall("testcase")[1].find("failure")
    assert failure is not None
    assert "Len(queue) < Capacity" in (failure.text or "")
    assert suite.findall("testcase")[0].find("failure") is None


def test_a_rejection_as_a_person_reads_it(verdicts: list[Verdict]) -> None:
    text = render_verdict(verdicts[1], Style(use_color=False))
    for expected in (
        "REJECTED",
        ":4",
        '{"op": "put", "item": 9, "size": 3}',
        "The state before it",
        "queue = <<1, 2>>",
        "Put(event.item)",
        "Len(queue) < Capacity",
        "Len(queue)",
        "= 2",
        "(the one before it holds)",
    ):
        assert expected in text


def test_a_mismatch_shows_both_sides(verdicts: list[Verdict]) -> None:
    text = render_verdict(verdicts[2], Style(use_color=False))
    assert "specification: 1" in text
    assert "logged:        4   (event.size)" in text


def test_vacuity_is_not_whispered(queue: Any) -> None:
    queue.mapping.write_text(
        "version: 1\nconstants: {Capacity: 2, Item: 0 .. 9}\nkind: event.op\nevents: {put: Next, get: Next}\n"
    )
    assert "NOTHING WAS OBSERVED" in render_verdict(queue.check(), Style(use_color=False))
