"""Blame on the five systems: mistakes of the log are the log's, bugs are seldom taken for them.

The share is a measurement, not a law. Cases are drawn by seed, so it is the same in every run, but for the searches
that end at their time limit.
"""

from __future__ import annotations

from bench.systems import SYSTEMS
from bench.systems.blamed import blamed, totals

FAST = [system for system in SYSTEMS if system.module in ("TwoPhase", "TokenRing", "BoundedQueue")]


def test_mistakes_of_the_log_are_told_from_bugs() -> None:
    found = list(blamed(mistakes_each=6, bugs_each=3, systems=FAST))
    counts = totals(found)
    assert sum(item.is_mistake for item in found) == 18
    assert counts["log", "log"] >= 16, counts
    assert counts["log", "implementation"] == 0, counts
    assert sum(not item.is_mistake for item in found) >= 12
    assert counts["implementation", "log"] <= 2, counts
    assert counts["implementation", "implementation"] >= 8, counts


def test_the_line_of_a_wrong_field_is_told_with_the_value_that_belongs_there() -> None:
    (system,) = [system for system in FAST if system.module == "TwoPhase"]
    found = [item for item in blamed(mistakes_each=12, bugs_each=0, systems=[system]) if item.wrong == "field"]
    assert found
    for item in found:
        relaxation = item.found.findings[0].relaxations[0]
        assert item.line is not None
        assert abs(relaxation.line - item.line) <= 1
        if relaxation.what == "event.rm":
            assert set(relaxation.allowed) <= {'"r1"', '"r2"', '"r3"'}
