"""The conventions by which trace specifications accept: each accepts the trace, and rejects it with one field changed
and with one line dropped, at the line that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tlatrace.engine.verdict import Decision


@dataclass(frozen=True)
class Convention:
    """A trace specification, its configuration, and what decides on each side."""

    body: str
    config: str
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    options: tuple[tuple[str, Any], ...] = ()


BY_INDEX = """
EXTENDS Light, Sequences, Json, IOUtils, TLC
Log == ndJsonDeserialize(IOEnv.JSON)
VARIABLE l
IsEvent(e) == l <= Len(Log) /\\ Log[l].event = e /\\ l' = l + 1
Logged ==
  \\/ IsEvent("change") /\\ Change(Log[l].to)
  \\/ IsEvent("arrive") /\\ Arrive /\\ ("cars" \\in DOMAIN Log[l] => cars' = Log[l].cars)
  \\/ IsEvent("leave") /\\ Leave /\\ ("cars" \\in DOMAIN Log[l] => cars' = Log[l].cars)
TraceInit == Init /\\ l = 1
"""

MATCHED_SO_FAR = (
    BY_INDEX
    + """
TraceSpec == TraceInit /\\ [][Logged]_<<l, vars>>
View == <<l, vars>>
Matched == [](l <= Len(Log) => [](TLCGet("queue") > 0 \\/ l > Len(Log)))
Base == INSTANCE Light
Refines == Base!Spec
"""
)

BY_LEVEL = """
EXTENDS Light, Sequences, Json, IOUtils, TLC
Log == ndJsonDeserialize(IF "JSON" \\in DOMAIN IOEnv THEN IOEnv.JSON ELSE "none.ndjson")
TraceInit == Init!1 /\\ Init!2
TraceSpec == TraceInit /\\ [][Next \\/ UNCHANGED vars]_vars
Agrees(e) ==
  \\/ e.event = "change" /\\ color # color' /\\ color' = e.to /\\ UNCHANGED cars
  \\/ e.event = "arrive" /\\ cars' = cars + 1 /\\ cars' = e.cars
  \\/ e.event = "leave" /\\ cars' = cars - 1 /\\ cars' = e.cars
Constraint ==
  LET i == TLCGet("level") IN
  /\\ i <= Len(Log)
  /\\ LET line == Log[i] IN BP:: Agrees(line)
View == <<vars, TLCGet("level")>>
Accepted ==
  LET d == TLCGet("stats").diameter IN
  IF d - 1 = Len(Log) THEN TRUE
  ELSE Print(<<"failed matching", Log[d], "hit count " \\o ToString(d + 1)>>, FALSE)
Alias == [level |-> TLCGet("level"), line |-> Log[TLCGet("level")]]
"""

CONVENTIONS = {
    "a property that looks at the queue": Convention(
        MATCHED_SO_FAR,
        "SPECIFICATION TraceSpec\nVIEW View\nPROPERTIES Matched Refines\nCHECK_DEADLOCK FALSE\n",
        ("Matched", "Refines"),
        ("Matched",),
    ),
    "the same, depth-first": Convention(
        MATCHED_SO_FAR,
        "SPECIFICATION TraceSpec\nVIEW View\nPROPERTIES Matched Refines\nCHECK_DEADLOCK FALSE\n",
        ("Matched", "Refines"),
        ("Matched",),
        (("is_depth_first", True),),
    ),
    "a postcondition on the diameter, constraints on the level": Convention(
        BY_LEVEL,
        "SPECIFICATION TraceSpec\nVIEW View\nACTION_CONSTRAINT Constraint\nPOSTCONDITION Accepted\nALIAS Alias\n"
        "CHECK_DEADLOCK FALSE\n",
        ("Accepted",),
        ("Accepted",),
    ),
    "a deadlock before the end": Convention(
        BY_INDEX + "Done == l > Len(Log) /\\ UNCHANGED <<l, vars>>\nTraceNext == Logged \\/ Done\n",
        "INIT TraceInit\nNEXT TraceNext\n",
        ("complete search",),
        ("deadlock",),
    ),
    "a deadlock that is welcome at the end": Convention(
        BY_INDEX, "INIT TraceInit\nNEXT Logged\n", ("deadlock",), ("deadlock",)
    ),
    "an invariant that a whole trace violates": Convention(
        BY_INDEX + "NotMatched == l <= Len(Log)\n",
        "INIT TraceInit\nNEXT Logged\nINVARIANT NotMatched\nCHECK_DEADLOCK FALSE\n",
        ("NotMatched",),
        ("NotMatched",),
    ),
    "a register and TLCSet(exit)": Convention(
        BY_INDEX
        + """
Max(a, b) == IF a > b THEN a ELSE b
ASSUME TLCSet(7, 0)
TraceNext == Logged /\\ TLCSet(7, Max(l', TLCGet(7)))
Ends == l > Len(Log) => TLCSet("exit", TRUE)
NotTrivially == TLCGet(7) > Len(Log)
""",
        "INIT TraceInit\nNEXT TraceNext\nCONSTRAINT Ends\nPOSTCONDITION NotTrivially\nCHECK_DEADLOCK FALSE\n",
        ("NotTrivially",),
        ("NotTrivially",),
    ),
    "eventually, under weak fairness": Convention(
        BY_INDEX
        + """
TraceSpec == TraceInit /\\ [][Logged]_<<l, vars>> /\\ WF_<<l, vars>>(Logged)
Eventually == <>(l > Len(Log))
""",
        "SPECIFICATION TraceSpec\nPROPERTY Eventually\nCHECK_DEADLOCK FALSE\n",
        ("Eventually",),
        ("Eventually",),
    ),
    "in the end for ever, under weak fairness": Convention(
        BY_INDEX
        + """
TraceSpec == TraceInit /\\ [][Logged]_<<l, vars>> /\\ WF_<<l, vars>>(Logged)
ForEver == <>[](l = Len(Log) + 1)
""",
        "SPECIFICATION TraceSpec\nPROPERTY ForEver\nCHECK_DEADLOCK FALSE\n",
        ("ForEver",),
        ("ForEver",),
    ),
}


@pytest.fixture(params=CONVENTIONS)
def convention(request: pytest.FixtureRequest, light: Any) -> Convention:
    chosen = CONVENTIONS[request.param]
    light.write(chosen.body, chosen.config)
    return chosen


def test_the_trace_is_accepted(convention: Convention, light: Any, events: Any) -> None:
    verdict = light.check(**dict(convention.options))
    assert verdict.decision is Decision.ACCEPTED, verdict.reason
    assert verdict.run.decided_by == convention.accepts
    assert (verdict.run.events, verdict.run.events_total, verdict.line) == (len(events()), len(events()), len(events()))
    assert verdict.run.is_whole
    assert not verdict.run.is_vacuous


def test_another_value_is_rejected_at_its_line(convention: Convention, light: Any, events: Any) -> None:
    changed = events()
    changed[5]["cars"] = 7
    light.log(changed)
    verdict = light.check(**dict(convention.options))
    assert verdict.decision is Decision.REJECTED
    assert verdict.run.decided_by == convention.rejects
    assert (verdict.line, verdict.event) == (6, changed[5])
    assert verdict.run.events == 5
    nearest = verdict.candidates[0].failures[0]
    values = dict(innermost(nearest).operands)
    assert ("7" in values.values()) or any("7" in text for text in values.values())


def test_a_dropped_line_is_rejected_where_it_is_missed(convention: Convention, light: Any, events: Any) -> None:
    lines = events()
    light.log([*lines[:2], *lines[3:]])  # the light does not turn green
    verdict = light.check(**dict(convention.options))
    assert verdict.decision is Decision.REJECTED
    assert (verdict.line, verdict.event) == (3, {"event": "leave", "cars": 1})


def innermost(failure: Any) -> Any:
    while failure.inner:
        failure = failure.inner[0]
    return failure
