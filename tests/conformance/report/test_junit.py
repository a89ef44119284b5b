"""JUnit XML: what the schema that continuous integration reads (Jenkins's) allows, as a table, and the right counts."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from tlaconform.report import junit_report
from tlatrace.engine.verdict import Decision, StrengthReport, Verdict


@dataclass(frozen=True)
class Rule:
    """The attributes that an element must and may have, and its children with how often each may stand there."""

    must: frozenset[str]
    may: frozenset[str]
    children: dict[str, int]


MANY = 10**6
PROBLEM = Rule(frozenset(), frozenset({"message", "type"}), {})

SCHEMA = {
    "testsuites": Rule(
        frozenset(), frozenset({"name", "time", "tests", "failures", "disabled", "errors"}), {"testsuite": MANY}
    ),
    "testsuite": Rule(
        frozenset({"name"}),
        frozenset({"tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "file"}),
        {"properties": 1, "testcase": MANY, "system-out": 1, "system-err": 1},
    ),
    "testcase": Rule(
        frozenset({"name"}),
        frozenset({"classname", "time", "assertions", "status", "file", "line"}),
        {"skipped": 1, "error": MANY, "failure": MANY, "system-out": MANY, "system-err": MANY},
    ),
    "failure": PROBLEM,
    "error": PROBLEM,
    "system-out": Rule(frozenset(), frozenset(), {}),
}


def complaints(element: ElementTree.Element) -> list[str]:
    """What the schema has against an element and what is below it."""
    rule = SCHEMA.get(element.tag)
    if rule is None:
        return [f"unknown element {element.tag}"]
    found = [f"{element.tag} lacks {name}" for name in rule.must - set(element.keys())]
    found += [f"{element.tag} has {name}" for name in set(element.keys()) - rule.must - rule.may]
    for tag in {child.tag for child in element}:
        count = len(element.findall(tag))
        if count > rule.children.get(tag, 0):
            found.append(f"{element.tag} has {count} of {tag}")
    for name in ("tests", "failures", "errors", "skipped"):
        if not element.get(name, "0").isdecimal():
            found.append(f"{name} is no number")
    return found + [complaint for child in element for complaint in complaints(child)]


VERDICTS = [
    Verdict(trace="good.ndjson", decision=Decision.ACCEPTED, seconds=1.5),
    Verdict(trace="weak.ndjson", decision=Decision.ACCEPTED, strength=StrengthReport(events=1, required=0.5)),
    Verdict(trace="bad.ndjson", decision=Decision.REJECTED, line=3, event={"op": "<&\x00>"}, reason="no action"),
    Verdict(trace="late.ndjson", decision=Decision.UNDECIDED, reason="the time limit"),
    Verdict(trace="odd\x1b.ndjson", decision=Decision.INVALID, reason="not JSON"),
    Verdict(trace="bug.ndjson", decision=Decision.INVALID, reason="a bug", bug_report="/tmp/report.txt"),
]


def test_it_obeys_the_schema() -> None:
    root = ElementTree.fromstring(junit_report(VERDICTS))
    assert complaints(root) == []


def test_a_test_case_a_trace_with_the_right_kind_of_problem() -> None:
    suite = ElementTree.fromstring(junit_report(VERDICTS)).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "2",
        "errors": "3",
        "skipped": "0",
    }
    kinds = [[child.tag for child in case] for case in suite.findall("testcase")]
    assert kinds == [["system-out"], ["failure"], ["failure"], ["error"], ["error"], ["error"]]
    assert float(suite.get("time", "")) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name="conformance check"', 'title="conformance check"', "testsuite lacks name"),
        ("<system-out>", "<output>", "unknown element output"),
        ('tests="1"', 'tests="one"', "tests is no number"),
    ],
)
def test_the_schema_refuses_what_is_no_junit(old: str, new: str, complaint: str) -> None:
    text = junit_report(VERDICTS[:1])
    assert old in text
    text = text.replace(old, new).replace("</system-out>", "</output>" if "output" in new else "</system-out>")
    assert complaint in complaints(ElementTree.fromstring(text))
