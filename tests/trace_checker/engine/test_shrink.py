"""Shrinking: what is left is rejected for the same reason, obeys the law, and nothing more can be left out."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.compile import Interpreter
from tlatrace.engine import Status
from tlatrace.engine.explain import explain
from tlatrace.engine.findings import Shrunk
from tlatrace.engine.shrink import reason_of_rejection, shrink
from tlatrace.traces import Event

NOISE = [("fill", number) for number in range(5)]


@pytest.fixture
def kinds(counters: Any) -> Any:
    counters.rule("up", counters.candidate("Up(n)"))
    counters.rule("down", counters.candidate("Down"))
    counters.rule("fill", counters.candidate("Fill"))
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    return counters


def shrunk(counters: Any, kinds: list[tuple[str, int]], *properties: Any, **options: Any) -> Shrunk | None:
    events = [Event(line, {"kind": kind, "n": n}) for line, (kind, n) in enumerate(kinds, 1)]
    return shrink(counters.matcher(*properties), events, Interpreter(counters.compiled.spec), **options)


def reason_after(counters: Any, kinds: list[tuple[str, int]], lines: tuple[int, ...]) -> Any:
    """The reason of the rejection of the last of these lines, found anew; the others must be explained."""
    matcher = counters.matcher()
    *before, last = [Event(line, dict(zip(("kind", "n"), kinds[line - 1], strict=True))) for line in lines]
    for event in before:
        assert matcher.advance(event) is Status.MATCHED
    assert matcher.advance(last) is Status.REJECTED
    rule = matcher.rule_of(last)
    found, _ = explain(matcher, rule, matcher.arguments_of(rule, last), Interpreter(counters.compiled.spec))
    return reason_of_rejection(found)


def test_only_what_the_conjunct_needs_is_kept(kinds: Any) -> None:
    events = [("up", 1), *NOISE[:3], ("down", 0), ("up", 3), *NOISE, ("up", 2), *NOISE, ("up", 1)]
    found = shrunk(kinds, events)
    assert found is not None
    assert found.is_minimal
    assert found.reason == "Up(n): x + n <= 5 is false"
    assert [events[line - 1] for line in found.lines] == [("up", 3), ("up", 2), ("up", 1)]
    assert reason_after(kinds, events, found.lines).key == reason_after(kinds, events, tuple(range(1, 19))).key


def test_an_event_that_depends_on_what_is_left_out_goes_with_it(kinds: Any) -> None:
    events = [("up", 1), ("at", 1), ("down", 0), ("at", 0), ("down", 0)]
    found = shrunk(kinds, events)
    assert found is not None
    assert found.lines == (5,), "x > 0 is false at once; `at 1` goes with `up 1`"


def test_nothing_more_can_be_left_out(kinds: Any) -> None:
    events = [*NOISE * 3, ("up", 3), ("up", 1), ("down", 0), ("up", 2), *NOISE[:2], ("up", 3)]
    found = shrunk(kinds, events)
    assert found is not None
    reason = reason_after(kinds, events, found.lines)
    for line in found.lines[:-1]:
        rest = tuple(other for other in found.lines if other != line)
        matcher = kinds.matcher()
        kept = [n for n in rest[:-1] if matcher.advance(event_at(events, n)) is Status.MATCHED]
        last = event_at(events, rest[-1])
        assert matcher.advance(last) is not Status.REJECTED or (
            reason_after(kinds, events, (*kept, rest[-1])).key != reason.key
        )


def event_at(events: list[tuple[str, int]], line: int) -> Event:
    return Event(line, dict(zip(("kind", "n"), events[line - 1], strict=True)))


def test_a_mismatch_stays_the_same_mismatch(kinds: Any) -> None:
    events = [*NOISE, ("up", 2), *NOISE, ("at", 2), ("at", 1)]
    found = shrunk(kinds, events)
    assert found is not None
    assert found.reason == "stutter: x is not what was logged"
    assert found.lines == (13,), "x = 0 is not 1 either"


def test_a_violated_property_stays_the_one(kinds: Any) -> None:
    events = [*NOISE, ("up", 2), *NOISE, ("up", 1)]
    small = kinds.property("SmallInv")
    found = shrunk(kinds, events, small)
    assert found is not None
    assert found.reason == "every way violates SmallInv"
    assert [events[line - 1] for line in found.lines] == [("up", 2), ("up", 1)]


def test_a_trace_that_is_explained_has_nothing_to_shrink(kinds: Any) -> None:
    assert shrunk(kinds, [*NOISE, ("up", 1)]) is None


def test_a_long_trace_shrinks_in_pieces(kinds: Any) -> None:
    events = [*NOISE * 60, ("up", 3), *NOISE * 60, ("up", 2), *NOISE * 20, ("up", 1)]
    found = shrunk(kinds, events)
    assert found is not None
    assert len(found.lines) == 3


def test_a_limit_is_said(kinds: Any) -> None:
    answers = iter([""] * 30 + ["enough"] * 1000)
    found = shrunk(kinds, [*NOISE * 4, ("up", 3), ("up", 3)], must_stop=lambda: next(answers))
    assert found is not None
    assert (found.is_minimal, found.cut) == (False, "enough")
