"""Blame: a log with one mistake in it is told from a system that did what the specification forbids.

Each trace with a mistake has a twin without it, which is explained: so what is found is found because of the mistake.
"""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.blame import blame
from tlatrace.engine.findings import Blame, Relaxing, Suspect
from tlatrace.engine.trail import Trail
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

GOOD = [("up", 1), ("at", 1), ("up", 2), ("at", 3), ("down", 0), ("at", 2), ("down", 0), ("at", 1)]


@pytest.fixture
def blamed(counters: Any) -> Any:
    """What is found for a list of events; None where all are explained."""
    counters.rule("up", counters.candidate("Up(n)"))
    counters.rule("down", counters.candidate("Down"))
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    counters.rule("never", counters.candidate("Up(-1)"))

    def run(*kinds: tuple[str, Any], **options: Any) -> Blame | None:
        matcher = counters.matcher()
        trail = Trail(matcher)
        events = [Event(line, {"kind": kind, "n": n}) for line, (kind, n) in enumerate(kinds, 1)]
        for number, event in enumerate(events):
            if matcher.advance(event) is not Status.MATCHED:
                rest = iter(events[number + 1 :])
                return blame(trail, event, rest, counters.compiled.actions, **options)
            trail.note(event, matcher)
        return None

    return run


def test_a_trace_without_a_mistake_is_explained(blamed: Any) -> None:
    assert blamed(*GOOD) is None


def test_a_wrong_value_is_the_logs_and_the_right_one_is_told(blamed: Any) -> None:
    found = blamed(*GOOD[:3], ("at", 5), *GOOD[4:])
    assert found.suspect is Suspect.LOG
    (relaxation,) = found.findings[0].relaxations
    assert (relaxation.kind, relaxation.line, relaxation.what) == (Relaxing.FIELD, 4, "event.n")
    assert (relaxation.logged, relaxation.allowed) == ("5", ("3",))
    assert "Line 4 has event.n = 5 where the specification has 3." in found.summary


def test_a_wrong_argument_that_shows_later_is_found_where_it_stands(blamed: Any) -> None:
    found = blamed(*GOOD[:2], ("up", 1), *GOOD[3:])
    lines = {(item.kind, item.line) for each in found.findings for item in each.relaxations}
    assert (Relaxing.FIELD, 3) in lines
    assert found.suspect is Suspect.LOG


def test_a_missing_line_is_a_step_that_was_not_logged(blamed: Any) -> None:
    found = blamed(*GOOD[:4], *GOOD[5:])
    assert found.suspect is Suspect.LOG
    hidden = [f for f in found.findings if f.relaxations[0].kind is Relaxing.HIDDEN_STEP]
    assert [(item.line, item.allowed) for item in hidden[0].relaxations] == [(5, ("Down",))]


def test_a_line_that_was_written_twice_is_a_copy(blamed: Any) -> None:
    found = blamed(*GOOD[:3], GOOD[2], *GOOD[3:])
    dropped = [f for f in found.findings if f.relaxations[0].kind is Relaxing.DROP]
    assert [(item.line, item.other_line) for item in dropped[0].relaxations] == [(4, 3)]
    assert dropped[0].suspect is Suspect.LOG


def test_two_lines_in_the_wrong_order_are_found(blamed: Any) -> None:
    found = blamed(*GOOD[:4], GOOD[5], GOOD[4], *GOOD[6:])
    swapped = [f for f in found.findings if f.relaxations[0].kind is Relaxing.SWAP]
    assert [(item.line, item.other_line) for item in swapped[0].relaxations] == [(5, 6)]


def test_a_value_that_stays_wrong_is_the_implementations(blamed: Any) -> None:
    found = blamed(*GOOD[:3], ("at", 9), ("down", 0), ("at", 9), ("down", 0), ("at", 9))
    assert found.suspect is Suspect.IMPLEMENTATION
    (relaxation,) = found.findings[0].relaxations
    assert (relaxation.kind, relaxation.line, relaxation.other_line) == (Relaxing.FIELD_FROM_HERE, 4, 6)
    assert "and so again at line 6" in found.summary


def test_where_no_change_of_the_log_helps_it_is_the_implementation(blamed: Any) -> None:
    found = blamed(("up", 1), ("never", 0), ("at", 1), ("never", 0), ("at", 1), ("never", 0), ("at", 1))
    assert not any(finding.passes for finding in found.findings)
    assert found.suspect is Suspect.IMPLEMENTATION
    assert "did not happen" not in found.summary.split("What comes nearest")[0]


def test_a_superfluous_line_leaves_it_open(blamed: Any) -> None:
    found = blamed(*GOOD[:4], ("never", 0), *GOOD[4:])
    assert found.suspect is Suspect.UNKNOWN
    assert found.findings[0].relaxations[0].kind is Relaxing.DROP


def test_nothing_after_the_rejected_event_leaves_it_open(blamed: Any) -> None:
    found = blamed(*GOOD[:3], ("at", 5))
    assert found.suspect is Suspect.UNKNOWN
    assert "It is the last event of the trace" in found.summary


def test_two_mistakes_are_found_together_and_prove_nothing(blamed: Any) -> None:
    found = blamed(*GOOD[:3], ("never", 0), GOOD[3], *GOOD[4:6], ("never", 0), *GOOD[6:])
    best = found.findings[0]
    assert best.passes
    assert {item.line for item in best.relaxations} == {4, 8}
    assert found.suspect is Suspect.UNKNOWN
    assert found.pairs_tried > 0


def test_a_limit_is_said_and_accuses_nobody(blamed: Any) -> None:
    found = blamed(*GOOD[:3], ("at", 5), *GOOD[4:], must_stop=lambda: "enough")
    assert (found.cut, found.findings, found.suspect) == ("enough", (), Suspect.UNKNOWN)
    assert "before the search ended (enough)" in found.summary


def test_an_action_whose_steps_cannot_be_listed_is_named_and_accuses_nobody(
    blamed: Any, counters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an action that takes any string: an event of it that is missing cannot be ruled out."""
    events = (("never", 0), ("at", 0), ("never", 0), ("at", 0), ("never", 0), ("at", 0))
    assert blamed(*events).suspect is Suspect.IMPLEMENTATION
    hide = next(action for action in counters.compiled.actions if action.instance.name == "Hide")

    listed = type(hide).successors

    def successors(action: Any, *arguments: Any) -> Any:
        if action is hide:
            raise TlatraceError("cannot enumerate the infinite set STRING")
        return listed(action, *arguments)

    monkeypatch.setattr(type(hide), "successors", successors)
    found = blamed(*events)
    assert (found.untried, found.suspect) == (("Hide",), Suspect.UNKNOWN)
    assert "a missing event of Hide could not be tried" in found.summary


def test_states_that_are_too_many_to_run_again_accuse_nobody(
    blamed: Any, counters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silent steps lead to five states before ``fill`` takes all of them to one."""
    counters.rule("fill", counters.candidate("Fill"), silent=[counters.silent("Hide", 4, is_limit=True)])
    events = [("fill", 0), ("up", 1), ("up", 2), ("at", 5)]
    whole = blamed(*events)
    assert (whole.cut, bool(whole.findings)) == ("", True)
    monkeypatch.setattr("tlatrace.engine.reruns.STATES_MAX", 2)
    found = blamed(*events)
    assert found.cut.startswith("line 1 cannot be run again: silent steps lead to more than 2 states")
    assert (found.findings, found.suspect) == ((), Suspect.UNKNOWN)
    assert "before the search ended" in found.summary
