"""Reports: JSON that obeys its schema, JUnit that a parser reads, and a terminal text that answers the reader's
questions.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tlaconform.report import Style, json_report, junit_report, render_verdict, render_verdicts
from tlaconform.report.text import printable
from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict
from tlatrace.location import Location


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


HOSTILE = "\x1b[2J\x9b1m\x07\r\x7f\u202e"


ITEMS = [HOSTILE, "x" + HOSTILE]


def test_no_text_of_a_trace_reaches_the_terminal_as_a_command(queue: Any, events: Any) -> None:
    """Not from a field, nor from a value of the state, a name of an event, or a text that is no JSON."""
    constants = queue.mapping.read_text(encoding="utf-8").replace("Item: 0 .. 9", "Item: header.constants.Item")
    queue.mapping.write_text(constants, encoding="utf-8")
    put = {"op": "put", "item": HOSTILE, "size": 1}
    header = {"format": "tla-conformance/trace", "version": 1, "constants": {"Capacity": 2, "Item": {"#set": ITEMS}}}
    queue.write_trace([put, {"op": "get", "item": "x" + HOSTILE, "size": 0}], header)
    rejected = queue.check()
    queue.write_trace([{"op": HOSTILE, "item": 1, "size": 1}], header)
    invalid = queue.check()
    queue.write_trace(events(), header={"format": "tla-conformance/trace", "version": 1, "spec": HOSTILE})
    of_header = queue.check()
    plain = Style(use_color=False)
    for verdict in (rejected, invalid, of_header):
        told = render_verdict(verdict, plain) + render_verdicts([verdict, verdict], plain) + junit_report([verdict])
        assert not [c for c in told if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or c == "\u202e"]
        ElementTree.fromstring(junit_report([verdict]))
    text = render_verdict(rejected, plain)
    assert '"item": "x\\u001b[2J\\u009b1m' in text
    assert "\\u001b[2J" in text.split("The state before it")[1]
    assert "1b[2J" in render_verdict(invalid, plain)
    # Our own colours are left as they are, and so is what a person may write.
    assert "\x1b[1m" in render_verdict(rejected, Style(use_color=True))
    assert printable("é\t日本\n😀 \\") == "é\t日本\n😀 \\"


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


def test_conjuncts_that_differ_by_a_bound_name_alone_tell_it(queue: Any) -> None:
    here = Location("S.tla", 1, 1, 1, 5)

    def of(bindings: dict[str, str], text: str = "count > 0") -> Failure:
        return Failure(text=text, location=here, kind="false", held=0, bindings=tuple(bindings.items()))

    def shown(*inner: Failure) -> str:
        outer = replace(of({}, "\\E i \\in S : P"), inner=inner)
        told = Explanation(candidate="A", action="A", failures=(outer,))
        rejected = replace(queue.check(), decision=Decision.REJECTED, candidates=(told,))
        return render_verdict(rejected, Style(use_color=False))

    text = shown(of({"i": "1", "n": "7"}), of({"i": "2", "n": "7"}))
    assert "i = 1" in text
    assert "i = 2" in text
    assert "n = 7" not in text
    assert "i = 1" not in shown(of({"i": "1"}), of({"i": "1"}, "size > 0"))


def test_a_mismatch_shows_both_sides(verdicts: list[Verdict]) -> None:
    text = render_verdict(verdicts[2], Style(use_color=False))
    assert "specification: 1" in text
    assert "logged:        4   (event.size)" in text


def test_vacuity_is_not_whispered(queue: Any) -> None:
    queue.mapping.write_text(
        "version: 1\nconstants: {Capacity: 2, Item: 0 .. 9}\nkind: event.op\nevents: {put: Next, get: Next}\n"
    )
    assert "NOTHING WAS OBSERVED" in render_verdict(queue.check(), Style(use_color=False))
