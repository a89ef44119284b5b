"""Verdicts as JUnit XML, for continuous integration: a testcase a trace.

Rejected is a failure, as is accepted on too little evidence; undecided and invalid are errors, since neither says
anything about the implementation.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from tlaconform.report.terminal import Style, render_verdict
from tlaconform.report.text import printable
from tlatrace.engine.verdict import Decision, Verdict


def junit_report(verdicts: Sequence[Verdict]) -> str:
    """The report as text that ends with a newline."""
    failed = sum(v.decision is Decision.REJECTED or _is_too_weak(v) for v in verdicts)
    errors = sum(v.decision in (Decision.UNDECIDED, Decision.INVALID) for v in verdicts)
    suite = ElementTree.Element(
        "testsuite",
        name="conformance check",
        tests=str(len(verdicts)),
        failures=str(failed),
        errors=str(errors),
        skipped="0",
        time=f"{sum(v.seconds for v in verdicts):.3f}",
    )
    for verdict in verdicts:
        suite.append(_testcase(verdict))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _testcase(verdict: Verdict) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname="conformance", name=printable(verdict.trace), time=f"{verdict.seconds:.3f}"
    )
    body = render_verdict(verdict, Style(use_color=False))
    if _is_too_weak(verdict):
        message = f"accepted, but strength {verdict.strength.score:.2f} is below {verdict.strength.required:g}"
        ElementTree.SubElement(case, "failure", type="too-weak", message=message).text = body
    elif verdict.decision is Decision.ACCEPTED:
        ElementTree.SubElement(case, "system-out").text = body
    else:
        tag = "failure" if verdict.decision is Decision.REJECTED else "error"
        child = ElementTree.SubElement(case, tag, type=verdict.decision.value, message=printable(verdict.reason))
        child.text = body
    return case


def _is_too_weak(verdict: Verdict) -> bool:
    return verdict.decision is Decision.ACCEPTED and verdict.strength.is_too_low
