"""Explanations: every candidate has one, the nearest miss comes first, and they show what the reader needs."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tlatrace.compile import Interpreter
from tlatrace.engine import Decision, Status, Verdict, explain, relevant_state
from tlatrace.errors import TlatraceError


def reached(counters: Any, *events: tuple[str, Any]) -> Any:
    matcher = counters.matcher()
    assert set(counters.run(matcher, *events)) <= {Status.MATCHED}
    return matcher


def test_an_outcome_is_nearer_than_a_guard_and_a_late_guard_nearer_than_an_early_one(counters: Any) -> None:
    candidates = [counters.candidate(text) for text in ("Up(-1)", "Up(3)", "Up(1)", "Down")]
    counters.rule("up", counters.candidate("Up(3)"))
    counters.rule("look", *candidates, observations=[counters.observation("x", "n")])
    found = counters.explain(reached(counters, ("up", 3)), "look", 9)
    assert [e.candidate for e in found] == ["Up(1)", "Down", "Up(3)", "Up(-1)"]
    assert [bool(e.mismatches) for e in found] == [True, True, False, False]
    assert found[2].failures[0].text == "x + n <= 5"
    assert dict(found[2].failures[0].operands)["x"] == "3"


def test_fewer_mismatches_are_nearer(counters: Any) -> None:
    counters.rule(
        "look",
        counters.candidate("Up(1)"),
        counters.candidate("Up(2)"),
        observations=[counters.observation("x", "n"), counters.observation("x + 1", "n + 2")],
    )
    found = counters.explain(counters.matcher(), "look", 2)
    assert [(e.candidate, len(e.mismatches)) for e in found] == [("Up(2)", 1), ("Up(1)", 2)]


def test_a_composition_is_explained_where_it_stopped_and_further_is_nearer(counters: Any) -> None:
    counters.rule("move", counters.candidate("Down", "Up(1)"), counters.candidate("Up(2)", "Up(5)"))
    found = counters.explain(counters.matcher(), "move", 0)
    assert [(e.candidate, e.action) for e in found] == [("Up(2) . Up(5)", "Up(5)"), ("Down . Up(1)", "Down")]
    assert found[0].failures[0].text == "x + n <= 5"
    assert found[1].failures[0].text == "x > 0"


def test_a_property_that_breaks_within_a_composition_is_named(counters: Any) -> None:
    counters.rule("over", counters.candidate("Up(3)", "Down"))
    matcher = counters.matcher(counters.property("SmallInv"))
    assert counters.run(matcher, ("over", 0)) == [Status.VIOLATED]
    (found,) = counters.explain(matcher, "over", 0)
    assert (found.action, found.broken_property) == ("Up(3)", "SmallInv")


def test_and_one_that_breaks_at_its_end(counters: Any) -> None:
    counters.rule("over", counters.candidate("Up(1)", "Up(2)"))
    matcher = counters.matcher(counters.property("OneByOneProp", is_step=True))
    (found,) = counters.explain(matcher, "over", 0)
    assert (found.action, found.broken_property) == ("Up(2)", "OneByOneProp")


def test_stuttering_shows_what_it_contradicts(counters: Any) -> None:
    counters.rule("look", counters.candidate(), observations=[counters.observation("x", "n")])
    (found,) = counters.explain(counters.matcher(), "look", 7)
    assert (found.action, found.mismatches[0].expected, found.mismatches[0].logged) == ("stutter", "0", "7")


def test_states_after_silent_steps_are_looked_at_too(counters: Any) -> None:
    """From the frontier alone, Down would be refused for its guard; after a silent Up it contradicts the log."""
    counters.rule(
        "down",
        counters.candidate("Down"),
        observations=[counters.observation("x", "n")],
        silent=[counters.silent("Up(1)", 1)],
    )
    found = counters.explain(counters.matcher(), "down", 3)
    assert [bool(e.mismatches) for e in found] == [True, False]


def test_of_states_that_are_alike_the_one_after_the_most_silent_steps_is_shown(counters: Any) -> None:
    counters.rule(
        "at",
        counters.candidate(),
        observations=[counters.observation("y", "n")],
        silent=[counters.silent("Hide", 4, is_limit=True)],
    )
    (found,) = counters.explain(counters.matcher(), "at", 9)
    assert (found.variants, [mismatch.expected for mismatch in found.mismatches]) == (5, ["4"])


def test_a_candidate_that_cannot_be_explained_says_so(counters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise TlatraceError("the twin stumbles")

    monkeypatch.setattr(sys.modules["tlatrace.engine.outcomes"], "why_not", fails)
    counters.rule("down", counters.candidate("Down"))
    (found,) = counters.explain(counters.matcher(), "down", 0)
    assert (found.failures[0].kind, found.failures[0].detail) == ("error", "the twin stumbles")


def test_the_relevant_state_has_the_variables_that_were_read_and_no_others(counters: Any) -> None:
    counters.rule("down", counters.candidate("Down"))
    matcher = counters.matcher()
    found = counters.explain(matcher, "down", 0)
    interpreter = Interpreter(counters.compiled.spec)
    assert relevant_state(found, counters.rules["down"], [0], matcher.frontier[0], interpreter) == (("x", "0"),)


def test_the_json_of_a_verdict_obeys_its_schema(counters: Any) -> None:
    counters.rule(
        "move",
        counters.candidate("Up(2)", "Up(5)"),
        counters.candidate(),
        observations=[counters.observation("x", "n")],
    )
    found = counters.explain(counters.matcher(), "move", 1)
    provenance = {"spec": {}, "config": None, "mapping": None, "trace": None, "versions": {}}
    verdict = Verdict(trace="t", decision=Decision.REJECTED, line=1, event={}, candidates=found, provenance=provenance)
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    as_verdict = {**schema, **schema["$defs"]["verdict"]}
    jsonschema.validate(verdict.to_json(), as_verdict)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**verdict.to_json(), "line": 0}, as_verdict)


def test_a_candidate_that_its_guard_excludes_says_so_and_comes_last(counters: Any) -> None:
    guarded = replace(counters.candidate("Up(n)"), guard=counters.expression("n > 1"))
    counters.rule("move", guarded, counters.candidate("Down"))
    found = counters.explain(counters.matcher(), "move", 1)
    assert [(e.candidate, e.excluded) for e in found] == [("Down", ""), ("Up(n)", "its `when` is false of this event")]
    assert [e.excluded for e in counters.explain(counters.matcher(), "move", 9)] == ["", ""]


def test_states_with_the_same_obstacle_are_counted_together(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(ANY)"))
    counters.rule("move", counters.candidate("Up(5)"), counters.candidate("Down"), observations=[])
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    matcher = reached(counters, ("up", 0))
    (found,) = counters.explain(matcher, "at", 9)
    assert (found.states, found.states_total, found.states_unexamined) == (4, 4, 0)
    assert found.variants == 4
    nearest = counters.explain(matcher, "move", 0)
    assert [(e.candidate, e.states) for e in nearest if e.failures] == [("Up(5)", 4)]


def test_only_clean_ways_are_explained_where_every_way_violates_a_property(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(ANY)"))
    counters.rule("look", counters.candidate("Up(2)"), observations=[counters.observation("x", "n")])
    matcher = counters.matcher(counters.property("SmallInv"))
    assert counters.run(matcher, ("up", 0)) == [Status.MATCHED]
    assert matcher.violations[0].on_all is False
    assert counters.run(matcher, ("look", 4)) == [Status.VIOLATED]
    rule = counters.rules["look"]
    interpreter = Interpreter(counters.compiled.spec)
    found, _ = explain(matcher, rule, [4], interpreter, only_clean=True)
    assert {e.broken_property for e in found if not e.mismatches} == {"SmallInv"}
    assert {e.states_total for e in found} == {2}
