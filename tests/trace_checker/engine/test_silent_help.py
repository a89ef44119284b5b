"""Silent steps that were not allowed, and would have helped: told with what kept them out; others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tlatrace.engine import Status
from tlatrace.engine.silent_help import SilentHelp, silent_help
from tlatrace.traces import Event


def help_for(counters: Any, *silent: Any, n: int = 2) -> tuple[SilentHelp, ...]:
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")], silent=silent)
    matcher = counters.matcher()
    event = Event(1, {"kind": "at", "n": n})
    assert matcher.fork().advance(event) is Status.REJECTED
    return silent_help(matcher, event)


def test_one_step_more_than_the_bound_would_help(counters: Any) -> None:
    (found,) = help_for(counters, counters.silent("Up(1)", 1), counters.silent("Hide", 1))
    assert (found.action, found.kept_out_by, found.at_most) == ("Up(1)", "bound", 1)
    assert "one more silent Up(1) before this event would explain it; it is allowed once" in str(found)


def test_a_step_that_its_guard_forbids_would_help(counters: Any) -> None:
    guarded = replace(counters.silent("Up(2)", 1), guard=counters.expression("n > 7"))
    (found,) = help_for(counters, guarded)
    assert (found.action, found.kept_out_by) == ("Up(2)", "guard")
    assert "its `when` forbids it" in str(found)


def test_steps_that_would_not_help_are_not_told(counters: Any) -> None:
    guarded = replace(counters.silent("Hide", 1), guard=counters.expression("n > 7"))
    assert help_for(counters, counters.silent("Up(1)", 1), guarded, n=5) == ()
