"""Sensitivity: an edit's fate is that of a check of the edited trace from its beginning, and the share counts."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.edits import Edit, EditKind, drawn, edited
from tlatrace.engine.sensitivity import sensitivity
from tlatrace.engine.trail import STRETCH_EVENTS, Trail
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

STRONG = [("up", 1), ("at", 1), ("up", 2), ("at", 3), ("down", 0), ("at", 2), ("down", 0), ("at", 1)]


def rules(counters: Any, *, is_blunt: bool = False) -> None:
    counters.rule("up", counters.candidate("Next" if is_blunt else "Up(n)"))
    counters.rule("down", counters.candidate("Next" if is_blunt else "Down"))
    seen = [] if is_blunt else [counters.observation("x", "n")]
    counters.rule("at", counters.candidate("Next") if is_blunt else counters.candidate(), observations=seen)


def trail_of(counters: Any, events: list[Event]) -> Trail:
    matcher = counters.matcher()
    trail = Trail(matcher)
    for event in events:
        assert matcher.advance(event) is Status.MATCHED
        trail.note(event, matcher)
    return trail


def numbered(kinds: list[tuple[str, int]]) -> list[Event]:
    return [Event(line, {"kind": kind, "n": n, "note": line}) for line, (kind, n) in enumerate(kinds, 1)]


def from_the_beginning(counters: Any, events: list[Event], edit: Edit) -> bool:
    """Whether the edited trace is noticed by a check of its own."""
    matcher = counters.matcher()
    at = edit.stretch * STRETCH_EVENTS + edit.number
    for event in [*events[:at], *edited(events[at:], Edit(edit.kind, 0, 0, edit.field, edit.event))]:
        try:
            if matcher.advance(event) is not Status.MATCHED:
                return True
        except TlatraceError:
            return True
    return False


@pytest.mark.parametrize("rounds", [1, 3, 12])
def test_the_shares_are_those_of_checks_from_the_beginning(counters: Any, rounds: int) -> None:
    rules(counters)
    events = numbered([*STRONG, ("down", 0), ("at", 0)] * rounds)
    trail = trail_of(counters, events)
    found = sensitivity(trail, 60, seed=3)
    edits, _ = drawn(trail.stretches, 60, 3)
    noticed = [from_the_beginning(counters, events, edit) for edit in edits]
    assert found.total.edits == len(edits) == 60
    assert found.total.noticed == sum(noticed)
    for kind in EditKind:
        wanted = [is_noticed for edit, is_noticed in zip(edits, noticed, strict=True) if edit.kind is kind]
        assert (found.by_kind[kind.value].edits, found.by_kind[kind.value].noticed) == (len(wanted), sum(wanted))
    assert 0.5 < found.total.share <= 1


def test_a_wildcard_notices_nothing(counters: Any) -> None:
    rules(counters, is_blunt=True)
    found = sensitivity(trail_of(counters, numbered(STRONG)), 30, seed=3)
    assert found.by_kind[EditKind.DROPPED.value].noticed == 0
    assert found.by_kind[EditKind.SWAPPED.value].noticed == 0


def test_fields_that_nobody_reads_are_named_and_not_edited(counters: Any) -> None:
    rules(counters)
    found = sensitivity(trail_of(counters, numbered(STRONG)), 60, seed=1)
    assert found.unread_fields == ("event.note",)
    assert set(found.by_field) == {"event.n", "event.kind"}
    assert found.by_field["event.n"].noticed > 0


def test_a_field_that_is_read_in_vain_is_never_noticed(counters: Any) -> None:
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n - n")])
    found = sensitivity(trail_of(counters, numbered([("at", n) for n in range(20)])), 60, seed=1)
    assert "event.n" in found.unnoticed_fields


def test_the_seed_decides_what_is_edited(counters: Any) -> None:
    rules(counters)
    trail = trail_of(counters, numbered(STRONG))
    assert sensitivity(trail, 40, seed=5) == sensitivity(trail, 40, seed=5)
    assert drawn(trail.stretches, 40, 5) != drawn(trail.stretches, 40, 6)


def test_the_trail_is_left_as_it_was(counters: Any) -> None:
    rules(counters)
    trail = trail_of(counters, numbered(STRONG))
    before = [stretch.matcher.frontier for stretch in trail.stretches]
    sensitivity(trail, 30, seed=1)
    assert [stretch.matcher.frontier for stretch in trail.stretches] == before


def test_a_limit_is_said(counters: Any) -> None:
    rules(counters)
    found = sensitivity(trail_of(counters, numbered(STRONG)), 30, seed=1, must_stop=lambda: "enough")
    assert found.cut == "enough; 0 of 30 edits were tried"
    assert found.total.edits == 0
