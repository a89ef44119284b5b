"""Advice: what would tell the states apart is named, by how much of the ambiguity is gone; and it is, once logged."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine import Matcher, Status
from tlatrace.engine.advice import advise
from tlatrace.engine.findings import Advice
from tlatrace.engine.trail import Trail
from tlatrace.traces import Event


def advised(counters: Any, *kinds: tuple[str, Any]) -> tuple[Advice, Matcher]:
    matcher = counters.matcher()
    trail = Trail(matcher)
    for line, (kind, n) in enumerate(kinds, 1):
        event = Event(line, {"kind": kind, "n": n})
        assert matcher.advance(event) is Status.MATCHED
        trail.note(event, matcher)
    return advise(trail, counters.compiled.spec), matcher


def test_a_trace_without_ambiguity_needs_no_advice(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(n)"))
    found, _ = advised(counters, ("up", 1), ("up", 2))
    assert (found.suggestions, found.events, found.ambiguous_events) == ((), 0, 0)


def test_the_variable_that_is_open_is_the_one_to_log(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(ANY)"))
    found, matcher = advised(counters, ("up", 0))
    assert len(matcher.frontier) == 4
    assert [(item.expression, item.before, item.after) for item in found.suggestions] == [
        ("x", 4, 1),
        ("n of Up", 4, 1),
    ]
    assert found.suggestions[0].removes == 1


def test_and_once_it_is_logged_the_ambiguity_is_gone(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(ANY)"), observations=[counters.observation("x", "n")])
    found, matcher = advised(counters, ("up", 1), ("up", 3))
    assert len(matcher.frontier) == 1
    assert found.suggestions == ()


def test_what_parts_the_states_in_larger_groups_comes_later(counters: Any) -> None:
    """After Up(ANY) and hidden Hides, x and y are open; x has four values, y three: neither alone is enough."""
    counters.rule("up", counters.candidate("Up(ANY)"), silent=[counters.silent("Hide", 2)])
    found, matcher = advised(counters, ("up", 0))
    assert len(matcher.frontier) == 12
    by_text = {item.expression: item for item in found.suggestions}
    assert next(iter(by_text)) in ("x", "n of Up")
    assert by_text["x"].after == pytest.approx(3)
    assert by_text["y"].after == pytest.approx(4)
    assert by_text["y"].removes == pytest.approx(8 / 11)


def test_what_says_nothing_is_not_suggested(counters: Any) -> None:
    counters.rule("up", counters.candidate("Up(ANY)"))
    found, _ = advised(counters, ("up", 0))
    assert not {"flag", "y"} & {item.expression for item in found.suggestions}
