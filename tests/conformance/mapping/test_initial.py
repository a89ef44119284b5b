"""What a mapping says of constants and initial states: a trace that is accepted, and its twin with one thing broken."""

from __future__ import annotations

from typing import Any

import pytest

VALUES = """
version: 1
model_values: [Nil]
constants:
  Server: VALUES(event.s)
  Nil: Nil
kind: event.do
events:
  campaign: Campaign(event.s)
  check: {actions: stutter, require: [Cardinality(Server) = event.count]}
"""


def test_a_constant_is_what_a_field_is_in_the_trace(judge: Any) -> None:
    lines = [{"do": "campaign", "s": "a"}, {"do": "campaign", "s": "b"}, {"do": "check", "count": 2}]
    judge.accepts(VALUES, lines)
    judge.rejects(VALUES, [*lines[:2], {"do": "check", "count": 3}], 3)


def test_a_constant_from_the_first_event(judge: Any) -> None:
    mapping = VALUES.replace("VALUES(event.s)", "1 .. event.servers")
    judge.accepts(mapping, [{"do": "check", "count": 3, "servers": 3}])
    judge.rejects(mapping, [{"do": "check", "count": 3, "servers": 2}], 1)


INITIAL = """
initial:
  events: event.do = "start"
  state:
    log: '[log EXCEPT ![event.s] = event.log]'
  observe:
    term[event.s]: event.t
events:
  campaign: {actions: Campaign(event.s), observe: {"term[event.s]": event.t, "log[event.s]": event.log}}
"""

START = [{"do": "start", "s": "1", "t": 2, "log": [7]}, {"do": "start", "s": "2", "t": 1, "log": []}]


def test_the_first_events_tell_the_initial_state(judge: Any) -> None:
    judge.accepts(INITIAL, [*START, {"do": "campaign", "s": "1", "t": 3, "log": [7]}])
    judge.rejects(INITIAL, [*START, {"do": "campaign", "s": "1", "t": 2, "log": [7]}], 3)
    judge.rejects(INITIAL, [*START, {"do": "campaign", "s": "2", "t": 2, "log": [7]}], 3)


def test_no_initial_state_is_what_the_first_event_tells(judge: Any) -> None:
    verdict = judge.rejects(INITIAL, [{**START[0], "t": 3}, {"do": "campaign", "s": "1", "t": 3, "log": [7]}], 1)
    assert "no initial state" in verdict.reason


def test_later_events_of_that_kind_are_events_unless_they_may_be_anywhere(judge: Any) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[1]]
    judge.refuses(INITIAL, lines, "unknown event 'start'")
    anywhere = INITIAL.replace("initial:\n", "initial:\n  anywhere: true\n")
    judge.accepts(anywhere, lines)
    judge.rejects(anywhere, [*lines, {"do": "campaign", "s": "2", "t": 3, "log": []}], 4)


def test_the_first_event_may_be_a_step_that_tells_of_the_state_before_it(judge: Any) -> None:
    mapping = INITIAL.replace('  events: event.do = "start"\n', "").replace(
        "term[event.s]: event.t\nevents", "term[event.s]: event.t - 1\nevents"
    )
    judge.accepts(mapping, [{"do": "campaign", "s": "1", "t": 3, "log": [7]}])
    judge.rejects(mapping, [{"do": "campaign", "s": "1", "t": 4, "log": [7]}], 1)


def test_a_state_that_the_events_give_whole_needs_no_init(judge: Any, case: Any) -> None:
    case.spec.write_text(case.spec.read_text().replace("[Server -> 0 .. 2]", "[Server -> Nat]"))
    whole = """
initial:
  events: event.do = "start"
  state:
    term: "[s \\\\in Server |-> event.t]"
    vote: "[s \\\\in Server |-> Nil]"
    role: '[s \\in Server |-> "follower"]'
    log: "[s \\\\in Server |-> <<>>]"
    sent: "{}"
events:
  campaign: {actions: Campaign(event.s), observe: {"term[event.s]": event.t}}
"""
    judge.accepts(whole, [{"do": "start", "t": 40}, {"do": "campaign", "s": "1", "t": 41}])
    judge.rejects(whole, [{"do": "start", "t": 40}, {"do": "campaign", "s": "1", "t": 42}], 2)


EACH = INITIAL.replace("initial:\n", "initial:\n  of_each: event.s\n")


def test_the_first_events_of_each_process_tell_the_initial_state(judge: Any) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[1]]
    judge.accepts(EACH, [*lines, {"do": "campaign", "s": "2", "t": 2, "log": []}])
    judge.rejects(EACH, [*lines, {"do": "campaign", "s": "2", "t": 3, "log": []}], 4)


def test_a_process_that_has_started_does_not_start_again(judge: Any) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[0]]
    judge.refuses(EACH, lines, "unknown event 'start'")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('  events: event.do = "start"\n', "", "without `events`"),
        ("  of_each: event.s\n", "  of_each: event.s\n  anywhere: true\n", "`of_each` and `anywhere`"),
    ],
)
def test_what_goes_together_in_initial(judge: Any, old: str, new: str, message: str) -> None:
    judge.refuses(EACH.replace(old, new), START, message)
