"""A step that a refined property does not allow: told by its two states and what is false of it."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tlaconform.report import Style, json_report, render_verdict
from tlatrace.engine.verdict import Decision, Failure

BODY = """
EXTENDS Light, Sequences, Json, IOUtils, TLC
VARIABLE l
Log == ndJsonDeserialize(IOEnv.JSON)
IsEvent(e) == l <= Len(Log) /\\ Log[l].event = e /\\ l' = l + 1
Counted == cars' = Log[l].cars /\\ UNCHANGED color
Logged ==
  \\/ IsEvent("change") /\\ Change(Log[l].to)
  \\/ IsEvent("arrive") /\\ Counted
  \\/ IsEvent("leave") /\\ Counted
TraceInit == Init /\\ l = 1
Matched == TLCGet("stats").diameter = Len(Log) + 1
Refines == Spec
StartsWithOne == cars = 1
"""

CONFIG = "INIT TraceInit\nNEXT Logged\nPOSTCONDITION Matched\nPROPERTY Refines\nCHECK_DEADLOCK FALSE\n"


def leaves(failure: Failure) -> list[Failure]:
    return [leaf for inner in failure.inner for leaf in leaves(inner)] if failure.inner else [failure]


@pytest.fixture
def broken(light: Any, events: Any) -> Any:
    """Two cars are gone after one left."""
    light.write(BODY, CONFIG)
    lines = events()
    lines[3]["cars"] = 0
    light.log(lines)
    return light.check()


def test_a_trace_whose_steps_are_allowed_is_accepted(light: Any) -> None:
    light.write(BODY, CONFIG)
    verdict = light.check()
    assert (verdict.decision, verdict.run.violated_part) == (Decision.ACCEPTED, "")


def test_the_step_is_that_of_its_event(broken: Any) -> None:
    assert (broken.decision, broken.line, broken.event["cars"]) == (Decision.REJECTED, 4, 0)
    assert broken.reason == "the property Refines does not allow a step that takes event 4 of 10 (line 4)"
    assert (broken.run.events, broken.run.violated_part) == (3, "step")


def test_its_states_and_what_is_false(broken: Any) -> None:
    (step,) = broken.candidates
    assert step.changes == (("cars", "2", "0"), ("l", "4", "5"))
    assert dict(broken.state)["color"] == '"green"'
    (failure,) = step.failures
    nearest = leaves(failure)[0]
    assert (nearest.text, nearest.held) == ("cars' = cars - 1", 2)
    assert failure.inner[0].text == "Leave"
    # There are three ways to change the light, and two other actions: no more than three are told.
    assert failure.inner[-1].kind == "cut"
    assert len(failure.inner) == 4


def test_reports(broken: Any) -> None:
    text = render_verdict(broken, Style(use_color=False))
    assert "this step breaks Refines:\n       cars\n         before: 2\n         after:  0\n" in text
    assert "decided by Refines (a step that it does not allow)" in text
    assert "no behavior explains" not in text
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    report = json.loads(json_report([broken]))
    jsonschema.validate(report, schema)
    assert report["verdicts"][0]["run"]["result"] == "liveness failure"


def test_an_initial_state_that_a_property_does_not_allow(light: Any) -> None:
    light.write(BODY, CONFIG.replace("Refines", "StartsWithOne"))
    verdict = light.check()
    assert (verdict.decision, verdict.run.violated_part) == (Decision.REJECTED, "initial state")
    assert "(it does not hold initially)" in render_verdict(verdict, Style(use_color=False))
