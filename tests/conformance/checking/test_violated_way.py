"""Where several ways violate properties, one way is told: each property at the step of it that violated it first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.report import Style, render_verdicts
from tlatrace.engine.verdict import Decision, Verdict

AMBIGUOUS = """---- MODULE Amb ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\\ y = 0
Pick == x' \\in 0..3 /\\ y' = y
Bump == x' = x /\\ y' = y + x
Next == Pick \\/ Bump
Spec == Init /\\ [][Next]_<<x,y>>
Inv == x < 3
InvAll == y < 2
Prop == [][y' - y < 3]_<<x,y>>
====
"""
MAPPING = "version: 1\nspec: Amb\nkind: event.e\nobserve_if_present: {y: event.y}\nevents: {p: Pick, b: Bump}\n"
PICK, BUMP = {"e": "p"}, {"e": "b"}

Check = Callable[[Sequence[Mapping[str, Any]]], Verdict]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    (tmp_path / "Amb.tla").write_text(AMBIGUOUS)
    (tmp_path / "amb.yaml").write_text(MAPPING)
    (tmp_path / "amb.cfg").write_text("SPECIFICATION Spec\nINVARIANT Inv InvAll\nPROPERTY Prop\n")
    options = CheckOptions(spec=tmp_path / "Amb.tla", mapping=tmp_path / "amb.yaml", config=tmp_path / "amb.cfg")

    def checked(events: Sequence[Mapping[str, Any]]) -> Verdict:
        (tmp_path / "t.ndjson").write_text("".join(f"{json.dumps(event)}\n" for event in events))
        return check_trace(tmp_path / "t.ndjson", Workbench(options))

    return checked


def told(verdict: Verdict) -> list[tuple[str, int | None, str]]:
    assert all(item.failure is not None and item.on_all for item in verdict.violations)
    return [(item.property, item.line, item.action) for item in verdict.violations]


def test_a_violation_stands_at_the_step_that_brought_it(check: Check) -> None:
    verdict = check([PICK, {**BUMP, "y": 3}])
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 2)
    assert told(verdict) == [("Inv", 1, "Pick"), ("InvAll", 2, "Bump"), ("Prop", 2, "Bump")]
    text = render_verdicts([verdict], Style(use_color=False))
    assert "every way violates Inv (on the way that is told here: after line 1, by Pick)" in text
    assert "every way violates InvAll after line 2, by Bump" in text


def test_a_step_property_has_its_step_where_it_was_violated_long_before(check: Check) -> None:
    verdict = check([PICK, BUMP, PICK, BUMP, {**PICK, "y": 5}])
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 5)
    found = {name: (line, action) for name, line, action in told(verdict)}
    assert found["InvAll"] in {(2, "Bump"), (4, "Bump")}
    assert found["Prop"][1] == "Bump"
    assert found["Inv"][1] == "Pick"


def test_a_way_that_violates_nothing_is_accepted(check: Check) -> None:
    assert check([PICK, {**BUMP, "y": 1}]).decision is Decision.ACCEPTED
