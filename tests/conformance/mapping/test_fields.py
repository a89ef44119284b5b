"""How a mapping has fields read, and what it says of those that are missing, each with a twin that is rejected."""

from __future__ import annotations

from typing import Any

import pytest

FIELDS = """
version: 1
model_values: [Nil]
constants:
  Server: 1 .. 2
  Nil: Nil
kind: event.do
fields:
  event.s: {read: integer}
  event.role: {values: {F: '"follower"', C: '"candidate"', "2": '"candidate"'}}
  event.vote: {read: integer, values: {"0": Nil, null: Nil}}
  event.t: {default: 0}
  event.extra: {optional: true}
observe:
  term[event.s]: event.t
  role[event.s]: event.role
  vote[event.s]: event.vote
  Len(log[event.s]): event.extra.length
events:
  campaign: Campaign(event.s)
  adopt: Adopt(event.s, event.extra.term)
"""

STEP = {"do": "campaign", "s": "1", "role": "C", "vote": "1", "t": 1}


def test_fields_are_read_as_the_mapping_says(judge: Any) -> None:
    judge.accepts(FIELDS, [STEP])
    judge.accepts(FIELDS, [{**STEP, "role": 2, "extra": {"length": 0}}])
    judge.rejects(FIELDS, [{**STEP, "role": "F"}], 1)
    judge.rejects(FIELDS, [{**STEP, "vote": "0"}], 1)
    judge.rejects(FIELDS, [{**STEP, "vote": None}], 1)
    judge.rejects(FIELDS, [{**STEP, "extra": {"length": 1}}], 1)


def test_a_default_stands_for_what_is_missing(judge: Any) -> None:
    without = {name: value for name, value in STEP.items() if name != "t"}
    judge.rejects(FIELDS, [without], 1)
    judge.accepts(FIELDS.replace("{default: 0}", "{default: 1}"), [without])


def test_an_argument_that_is_not_logged_is_left_open(judge: Any) -> None:
    adopted = {"do": "adopt", "s": "2", "role": "F", "vote": "0", "t": 7}
    judge.accepts(FIELDS, [adopted])
    judge.accepts(FIELDS, [{**adopted, "extra": {"term": 7, "length": 0}}])
    judge.rejects(FIELDS, [{**adopted, "extra": {"term": 6, "length": 0}}], 1)


def test_a_text_that_is_no_number_is_an_error(judge: Any) -> None:
    judge.refuses(FIELDS, [{**STEP, "s": "one"}], "event.s", "'one' is not a whole number")


def test_a_guard_asks_whether_a_field_is_there(judge: Any) -> None:
    mapping = FIELDS.replace(
        "adopt: Adopt(event.s, event.extra.term)",
        """adopt:
    - action: Adopt(event.s, event.extra.term)
      when: PRESENT(event.extra) /\\ event.extra.term > 3
    - action: stutter
      when: ~PRESENT(event.extra)""",
    )
    same = {"do": "adopt", "s": "2", "role": "F", "vote": "0", "t": 1}
    judge.accepts(mapping, [same])
    judge.rejects(mapping, [{**same, "t": 3, "extra": {"term": 3, "length": 0}}], 1)
    judge.accepts(mapping, [{**same, "t": 4, "extra": {"term": 4, "length": 0}}])


def test_a_guard_that_does_not_ask_is_refused(judge: Any) -> None:
    mapping = FIELDS.replace(
        "adopt: Adopt(event.s, event.extra.term)", "adopt: {action: 'Adopt(event.s, ANY)', when: event.extra.term > 3}"
    )
    judge.refuses(mapping, [STEP], "reads a field that events may lack", "PRESENT")


def test_sets_and_values_of_tla(judge: Any) -> None:
    mapping = """
fields:
  event.sent: {set: true}
  event.log: {read: tla}
observe:
  sent: event.sent
  log["1"]: event.log
events:
  campaign: Campaign(event.s)
  write: Write(event.s, event.x)
"""
    sent = [{"from": "1", "term": 1}]
    first = {"do": "campaign", "s": "1", "sent": sent, "log": "<<>>"}
    judge.accepts(mapping, [first, {"do": "write", "s": "1", "x": 4, "sent": sent * 2, "log": "<<4>>"}])
    judge.rejects(mapping, [first, {"do": "write", "s": "1", "x": 4, "sent": sent, "log": "<<5>>"}], 2)


def test_a_field_that_an_expression_asks_for_may_be_missing(judge: Any) -> None:
    mapping = """
let:
  t: IF PRESENT(event.more.t) THEN event.more.t ELSE 5
events:
  adopt: Adopt(event.s, t)
observe:
  term[event.s]: event.now
"""
    judge.accepts(mapping, [{"do": "adopt", "s": "1", "now": 5}])
    judge.accepts(mapping, [{"do": "adopt", "s": "1", "now": 6, "more": {"t": 6}}])
    judge.rejects(mapping, [{"do": "adopt", "s": "1", "now": 6}], 1)
    judge.refuses(
        mapping.replace("event.now", "event.more.t"), [{"do": "adopt", "s": "1"}], "has no field event.more.t"
    )


@pytest.mark.parametrize("wrong", ["event.x = 1", "event.x > 1", "event.x \\in {1}", 'event.x.y = "a"', "event.x"])
def test_what_is_read_though_it_was_asked_and_is_not_there(judge: Any, wrong: str) -> None:
    mapping = f"events:\n  campaign:\n    action: Campaign(event.s)\n    when: 'PRESENT(event.x) \\/ {wrong}'\n"
    judge.refuses(mapping, [{"do": "campaign", "s": "1"}], "a field that the event does not have")
    judge.accepts(mapping.replace("\\/", "=>"), [{"do": "campaign", "s": "1"}])
