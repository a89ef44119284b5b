"""Fairness of an abstract specification, checked under a refinement mapping."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tlatrace.engine.liveness import check_liveness

ABSTRACT = """---- MODULE Abstract ----
VARIABLES a, d
Detect == a = 2 /\\ ~d /\\ %s
Set(v) == a = 2 /\\ d # v /\\ d' = v /\\ a' = a
Fair == WF_<<a, d>>(Detect)
FairFor == \\A v \\in {TRUE} : WF_<<a, d>>(Set(v))
FairLet == LET Now == Detect IN WF_<<a, d>>(Now)
====
"""
CONCRETE = """---- MODULE M ----
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\\ y = 0
Next == \\/ x < 2 /\\ x' = x + 1 /\\ y' = y
        \\/ x = 2 /\\ y = 0 /\\ y' = 1 /\\ x' = x
Unfair == Init /\\ [][Next]_vars
Weak == Unfair /\\ WF_vars(Next)
detected == y = 1
A == INSTANCE Abstract WITH a <- x, d <- detected
Goal == A!%s
====
"""


@pytest.mark.parametrize(
    ("specification", "goal", "detect", "holds"),
    [
        ("Weak", "Fair", "d' = TRUE /\\ UNCHANGED a", True),
        ("Unfair", "Fair", "d' = TRUE /\\ UNCHANGED a", False),
        ("Unfair", "Fair", "d' = FALSE /\\ UNCHANGED a", True),
        ("Unfair", "Fair", "d' \\in {TRUE} /\\ UNCHANGED a", False),
        ("Unfair", "Fair", "a' = 7 /\\ d' = d", False),
        ("Weak", "FairFor", "TRUE", True),
        ("Unfair", "FairFor", "TRUE", False),
        ("Weak", "FairLet", "d' = TRUE /\\ UNCHANGED a", True),
        ("Unfair", "FairLet", "d' = TRUE /\\ UNCHANGED a", False),
    ],
)
def test_enabled_speaks_of_the_inner_variables(
    specification: str, goal: str, detect: str, *, holds: bool, tmp_path: Path, explored: Callable[[str, str], Any]
) -> None:
    (tmp_path / "Abstract.tla").write_text(ABSTRACT.replace("%s", detect))
    evaluator, graph = explored(CONCRETE.replace("%s", goal), f"SPECIFICATION {specification} PROPERTY Goal")
    found = check_liveness(evaluator, graph, evaluator.spec.properties)
    assert (found is None) is holds
