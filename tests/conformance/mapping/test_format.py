"""What a mapping can say, section by section: a trace that is accepted, and its twin with one thing broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tlatrace.engine.verdict import Decision, Verdict

Judge = Callable[..., Verdict]

BASE = """
version: 1
model_values: [Nil]
constants:
  Server: '{"1", "2"}'
  Nil: Nil
kind: event.do
"""

ADOPTED = """
events:
  adopt: Adopt(event.s, event.t)
  campaign: Campaign(event.s)
observe_if_present:
  term[event.s]: event.t
"""


def accepted(verdict: Verdict) -> None:
    assert verdict.decision is Decision.ACCEPTED, verdict.reason


def rejected(verdict: Verdict, line: int) -> None:
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, line), verdict.reason


def invalid(verdict: Verdict, *texts: str) -> None:
    assert verdict.decision is Decision.INVALID
    told = " ".join([verdict.reason, str(verdict.hint), *(problem.message for problem in verdict.problems)])
    for text in texts:
        assert text in told


# ------------------------------------------------------------------------------------------------------ candidates


GUARDED = (
    BASE
    + """
events:
  campaign: Campaign(event.s)
  receive:
    - action: Adopt(event.s, event.t)
      when: event.t > event.old
    - action: stutter
      when: event.t <= event.old
"""
)


def test_a_guard_says_which_alternative_is_there(judge: Judge) -> None:
    accepted(
        judge(GUARDED, [{"do": "receive", "s": "1", "t": 5, "old": 0}, {"do": "receive", "s": "1", "t": 1, "old": 3}])
    )
    rejected(
        judge(GUARDED, [{"do": "receive", "s": "1", "t": 5, "old": 0}, {"do": "receive", "s": "1", "t": 1, "old": 0}]),
        2,
    )


def test_a_guard_that_is_no_boolean_is_an_error(judge: Judge) -> None:
    verdict = judge(GUARDED.replace("event.t > event.old", "event.t"), [{"do": "receive", "s": "1", "t": 5, "old": 0}])
    invalid(verdict, "`when` of", "is 5")


@pytest.mark.parametrize(
    "written", ["Adopt(event.s, event.t)? \\cdot Campaign(event.s)", "Adopt(event.s, event.t)? · Campaign(event.s)"]
)
def test_a_part_of_a_composition_may_be_left_out(judge: Judge, written: str) -> None:
    mapping = BASE + f"observe:\n  term[event.s]: event.now\nevents:\n  up: {written}\n"
    first = {"do": "up", "s": "1", "t": 5, "now": 6}
    accepted(judge(mapping, [first, {"do": "up", "s": "1", "t": 5, "now": 7}]))
    rejected(judge(mapping, [first, {"do": "up", "s": "1", "t": 5, "now": 8}]), 2)


def test_a_sequence_is_a_composition(judge: Judge) -> None:
    actions = "sequence: ['Adopt(event.s, event.t)?', Campaign(event.s)]"
    mapping = BASE + f"events:\n  up:\n    {actions}\nobserve:\n  term[event.s]: event.now\n"
    accepted(judge(mapping, [{"do": "up", "s": "1", "t": 5, "now": 6}]))
    rejected(judge(mapping, [{"do": "up", "s": "1", "t": 5, "now": 5}]), 1)


def test_a_question_mark_elsewhere_is_an_error_at_its_place(judge: Judge) -> None:
    verdict = judge(BASE + "events:\n  up: Adopt(event.s?, 3)\n", [{"do": "up"}])
    invalid(verdict, "a `?` stands here that makes no action optional")
    assert verdict.error_location is not None
    assert verdict.error_location.line == 9


def test_what_may_be_left_out_alone_is_stutter(judge: Judge) -> None:
    mapping = BASE + "events:\n  up: Campaign(event.s)?\nobserve:\n  role[event.s]: event.role\n"
    accepted(judge(mapping, [{"do": "up", "s": "1", "role": "follower"}, {"do": "up", "s": "1", "role": "candidate"}]))
    rejected(
        judge(mapping, [{"do": "up", "s": "1", "role": "candidate"}, {"do": "up", "s": "1", "role": "follower"}]), 2
    )


def test_a_silent_step_may_depend_on_the_state(judge: Judge) -> None:
    silent = (
        BASE
        + ADOPTED
        + """
silent:
  - action: Campaign("1")
    at_most: 3
    when: event.do = "adopt" /\\ role["1"] = "follower"
"""
    )
    # From term 2 at the most, one silent campaign leads to 3; the second is not allowed, since it is a candidate then.
    assert (
        judge(
            silent.replace("observe_if_present:", 'before:\n  term["1"]: event.old\nobserve_if_present:'),
            [{"do": "adopt", "s": "1", "t": 5, "old": 3}],
        ).decision
        is Decision.ACCEPTED
    )
    rejected(
        judge(
            silent.replace("observe_if_present:", 'before:\n  term["1"]: event.old\nobserve_if_present:'),
            [{"do": "adopt", "s": "1", "t": 5, "old": 4}],
        ),
        1,
    )


# ---------------------------------------------------------------------------------------------------------- fields


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


def test_fields_are_read_as_the_mapping_says(judge: Judge) -> None:
    accepted(judge(FIELDS, [STEP]))
    accepted(judge(FIELDS, [{**STEP, "role": 2, "extra": {"length": 0}}]))
    rejected(judge(FIELDS, [{**STEP, "role": "F"}]), 1)
    rejected(judge(FIELDS, [{**STEP, "vote": "0"}]), 1)
    rejected(judge(FIELDS, [{**STEP, "vote": None}]), 1)
    rejected(judge(FIELDS, [{**STEP, "extra": {"length": 1}}]), 1)


def test_a_default_stands_for_what_is_missing(judge: Judge) -> None:
    without = {name: value for name, value in STEP.items() if name != "t"}
    rejected(judge(FIELDS, [without]), 1)
    accepted(judge(FIELDS.replace("{default: 0}", "{default: 1}"), [without]))


def test_an_argument_that_is_not_logged_is_left_open(judge: Judge) -> None:
    adopted = {"do": "adopt", "s": "2", "role": "F", "vote": "0", "t": 7}
    accepted(judge(FIELDS, [adopted]))
    accepted(judge(FIELDS, [{**adopted, "extra": {"term": 7, "length": 0}}]))
    rejected(judge(FIELDS, [{**adopted, "extra": {"term": 6, "length": 0}}]), 1)


def test_a_text_that_is_no_number_is_an_error(judge: Judge) -> None:
    invalid(judge(FIELDS, [{**STEP, "s": "one"}]), "event.s", "'one' is not a whole number")


def test_a_guard_asks_whether_a_field_is_there(judge: Judge) -> None:
    mapping = FIELDS.replace(
        "adopt: Adopt(event.s, event.extra.term)",
        """adopt:
    - action: Adopt(event.s, event.extra.term)
      when: PRESENT(event.extra) /\\ event.extra.term > 3
    - action: stutter
      when: ~PRESENT(event.extra)""",
    )
    same = {"do": "adopt", "s": "2", "role": "F", "vote": "0", "t": 1}
    accepted(judge(mapping, [same]))
    rejected(judge(mapping, [{**same, "t": 3, "extra": {"term": 3, "length": 0}}]), 1)
    accepted(judge(mapping, [{**same, "t": 4, "extra": {"term": 4, "length": 0}}]))


def test_a_guard_that_does_not_ask_is_refused(judge: Judge) -> None:
    mapping = FIELDS.replace(
        "adopt: Adopt(event.s, event.extra.term)", "adopt: {action: 'Adopt(event.s, ANY)', when: event.extra.term > 3}"
    )
    invalid(judge(mapping, [STEP]), "reads a field that events may lack", "PRESENT")


def test_sets_and_values_of_tla(judge: Judge) -> None:
    mapping = (
        BASE
        + """
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
    )
    sent = [{"from": "1", "term": 1}]
    first = {"do": "campaign", "s": "1", "sent": sent, "log": "<<>>"}
    accepted(judge(mapping, [first, {"do": "write", "s": "1", "x": 4, "sent": sent * 2, "log": "<<4>>"}]))
    rejected(judge(mapping, [first, {"do": "write", "s": "1", "x": 4, "sent": sent, "log": "<<5>>"}]), 2)


# ------------------------------------------------------------------------------------------------------- the lines


LINES = (
    BASE.replace("event.do", "event.name")
    + """
reader: ndjson
event: line.event
where: line.tag = "trace"
ignore: [Beat*]
order: {by: key, key: line.ts}
events:
  Adopt: Adopt(event.s, event.t)
  Bear: Campaign(event.s)
observe:
  term[event.s]: event.t
"""
)


def line(ts: float, name: str, t: int, tag: str = "trace") -> dict[str, Any]:
    return {"tag": tag, "ts": ts, "event": {"name": name, "s": "1", "t": t}}


def test_the_event_within_a_line_sorted_and_sorted_out(judge: Judge) -> None:
    lines = [line(2.5, "Bear", 6), line(1, "Adopt", 5), line(2, "Beater", 0), {"tag": "other"}]
    verdict = judge(LINES, lines)
    accepted(verdict)
    assert verdict.strength is not None
    assert verdict.strength.events == 2
    assert any("1 events left out by `ignore: Beat*`" in note for note in verdict.notes)
    assert any("1 lines left out by `where`" in note for note in verdict.notes)
    lines[1]["ts"] = 3
    rejected(judge(LINES, lines), 1)


def test_a_kind_that_is_not_ignored_is_still_unknown(judge: Judge) -> None:
    invalid(judge(LINES, [line(1, "Boat", 1)]), "unknown event 'Boat'", "under `ignore:`")


def test_a_kind_is_not_both_ignored_and_explained(judge: Judge) -> None:
    invalid(judge(LINES.replace("[Beat*]", "[Bear]"), [line(1, "Adopt", 3)]), "to be left out, and have a rule")


# --------------------------------------------------------------------------------- constants and initial states


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


def test_a_constant_is_what_a_field_is_in_the_trace(judge: Judge) -> None:
    lines = [{"do": "campaign", "s": "a"}, {"do": "campaign", "s": "b"}, {"do": "check", "count": 2}]
    accepted(judge(VALUES, lines))
    rejected(judge(VALUES, [*lines[:2], {"do": "check", "count": 3}]), 3)


def test_a_constant_from_the_first_event(judge: Judge) -> None:
    mapping = VALUES.replace("VALUES(event.s)", "1 .. event.servers")
    accepted(judge(mapping, [{"do": "check", "count": 3, "servers": 3}]))
    rejected(judge(mapping, [{"do": "check", "count": 3, "servers": 2}]), 1)


INITIAL = (
    BASE
    + """
initial:
  events: event.do = "start"
  state:
    log: '[log EXCEPT ![event.s] = event.log]'
  observe:
    term[event.s]: event.t
events:
  campaign: {actions: Campaign(event.s), observe: {"term[event.s]": event.t, "log[event.s]": event.log}}
"""
)

START = [{"do": "start", "s": "1", "t": 2, "log": [7]}, {"do": "start", "s": "2", "t": 1, "log": []}]


def test_the_first_events_tell_the_initial_state(judge: Judge) -> None:
    accepted(judge(INITIAL, [*START, {"do": "campaign", "s": "1", "t": 3, "log": [7]}]))
    rejected(judge(INITIAL, [*START, {"do": "campaign", "s": "1", "t": 2, "log": [7]}]), 3)
    rejected(judge(INITIAL, [*START, {"do": "campaign", "s": "2", "t": 2, "log": [7]}]), 3)


def test_no_initial_state_is_what_the_first_event_tells(judge: Judge) -> None:
    verdict = judge(INITIAL, [{**START[0], "t": 3}, {"do": "campaign", "s": "1", "t": 3, "log": [7]}])
    rejected(verdict, 1)
    assert "no initial state" in verdict.reason


def test_later_events_of_that_kind_are_events_unless_they_may_be_anywhere(judge: Judge) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[1]]
    invalid(judge(INITIAL, lines), "unknown event 'start'")
    anywhere = INITIAL.replace("initial:\n", "initial:\n  anywhere: true\n")
    accepted(judge(anywhere, lines))
    rejected(judge(anywhere, [*lines, {"do": "campaign", "s": "2", "t": 3, "log": []}]), 4)


def test_the_first_event_may_be_a_step_that_tells_of_the_state_before_it(judge: Judge) -> None:
    mapping = INITIAL.replace('  events: event.do = "start"\n', "").replace(
        "term[event.s]: event.t\nevents", "term[event.s]: event.t - 1\nevents"
    )
    accepted(judge(mapping, [{"do": "campaign", "s": "1", "t": 3, "log": [7]}]))
    rejected(judge(mapping, [{"do": "campaign", "s": "1", "t": 4, "log": [7]}]), 1)


def test_a_state_that_the_events_give_whole_needs_no_init(judge: Judge, case: Any) -> None:
    case.spec.write_text(case.spec.read_text().replace("[Server -> 0 .. 2]", "[Server -> Nat]"))
    whole = (
        BASE
        + """
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
    )
    accepted(judge(whole, [{"do": "start", "t": 40}, {"do": "campaign", "s": "1", "t": 41}]))
    rejected(judge(whole, [{"do": "start", "t": 40}, {"do": "campaign", "s": "1", "t": 42}]), 2)


# ---------------------------------------------------------------------------------------------------------- errors


def test_all_mistakes_are_told_at_once_each_with_its_place(judge: Judge, case: Any) -> None:
    mapping = """\
version: 1
reader: ectd
kind: event.do
order: {by: vectr}
silent:
  - action: Lose
observe:
  Len(: event.x
events:
  a: {actions: A, inherits: false}
"""
    verdict = judge(mapping, [{"do": "a"}])
    assert verdict.decision is Decision.INVALID
    assert [problem.location.line for problem in verdict.problems if problem.location] == [8, 10, 6, 2, 4]


def test_several_names_that_the_specification_does_not_have(judge: Judge) -> None:
    verdict = judge(
        BASE + "observe:\n  trem: event.t\nevents:\n  a: Campain(event.s)\n  b: Adopt(event.s)\n", [{"do": "a"}]
    )
    messages = [problem.message for problem in verdict.problems]
    assert any("no action Campain" in message for message in messages)
    assert any("Adopt is given 1 arguments" in message for message in messages)
    assert any("trem" in message for message in messages)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("event: line", "is no field of the line"),
        ("fields:\n  term: {read: integer}", "is no field; expected event.a"),
        ("initial:\n  state:\n    trem: 1", "`trem` is no variable"),
        ('initial:\n  require: ["term\' = 1"]', "has a prime"),
        ("where: event.t", "expected TRUE or FALSE"),
        ("fields:\n  event.t: {read: number}", "one of integer, text"),
        ("constants2: {}", "unknown key 'constants2'"),
    ],
)
def test_what_a_section_must_be(judge: Judge, section: str, message: str) -> None:
    invalid(
        judge(BASE + section + "\nevents:\n  campaign: Campaign(event.s)\n", [{"do": "campaign", "s": "1", "t": 1}]),
        message,
    )


def test_the_whole_of_the_format_is_read(case: Any) -> None:
    """The example in the documentation of the format is a mapping."""
    from textwrap import dedent

    import yaml

    from tlaconform.mapping import model, read_mapping

    text = dedent(model.__doc__.split(".. code-block:: yaml\n\n", 1)[1].split("\nA spec expression", 1)[0])
    text = text.replace("observe: {...}", "observe: {term: event.t}")
    case.mapping.write_text(text)
    mapping = read_mapping(case.mapping)
    assert set(yaml.safe_load(text)) == set(mapping.locations)
    assert json.dumps(list(mapping.events))


# --------------------------------------------------------------------------------------------------------- choices


CHOOSING = (
    BASE
    + """
events:
  campaign: Campaign(event.s)
  adopt: Adopt(event.s, event.t)
  vote: '\\E m \\in {m \\in sent : m.term = event.t} : Vote(event.s, m)'
  move: '\\E s \\in {"1", "2"}, t \\in 4 .. event.t : Adopt(s, t)'
observe_if_present:
  vote[event.s]: event.vote
  term: event.terms
"""
)

CAMPAIGNS = [{"do": "campaign", "s": s} for s in ("1", "2", "1")]


def test_an_action_for_whichever_of_some_values(judge: Judge) -> None:
    mapping = CHOOSING.replace("[Server -> 0 .. 2]", "[Server -> {0}]")
    adopt = {"do": "adopt", "s": "2", "t": 4}
    accepted(
        judge(mapping, [*CAMPAIGNS, adopt, {"do": "campaign", "s": "1"}, {"do": "vote", "s": "2", "t": 4, "vote": "1"}])
    )
    rejected(judge(mapping, [*CAMPAIGNS, adopt, {"do": "vote", "s": "2", "t": 5}]), 5)


def test_several_names_each_over_what_it_may_be(judge: Judge) -> None:
    move = {"do": "move", "t": 5, "terms": {"1": 5, "2": 0}}
    accepted(judge(CHOOSING, [move]))
    accepted(judge(CHOOSING, [{**move, "terms": {"1": 1, "2": 4}}]))
    rejected(judge(CHOOSING, [{**move, "terms": {"1": 6, "2": 0}}]), 1)
    rejected(judge(CHOOSING, [{**move, "terms": {"1": 4, "2": 4}}]), 1)


def test_a_choice_in_a_composition(judge: Judge) -> None:
    mapping = CHOOSING.replace(
        "move: '\\E s", "up: 'Campaign(event.s) \\cdot (\\E t \\in event.low .. 9 : Adopt(event.s, t))'\n  move: '\\E s"
    ).replace("term: event.terms", "term[event.s]: event.now")
    accepted(judge(mapping, [{"do": "up", "s": "1", "low": 4, "now": 5}]))
    rejected(judge(mapping, [{"do": "up", "s": "1", "low": 6, "now": 5}]), 1)


def test_a_silent_step_for_whichever_value(judge: Judge) -> None:
    mapping = (
        CHOOSING
        + """
before:
  term["2"]: event.two
silent:
  - action: '\\E t \\in 5 .. 6 : Adopt("2", t)'
    search_limit: 2
"""
    )
    accepted(judge(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (1, 5, 6)]))
    rejected(judge(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (1, 5, 7)]), 3)
    rejected(judge(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (6, 5)]), 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{m \\in sent : m.term = event.t}", "event.t", "set"),
        ("Vote(event.s, m)", "Vote(m)", "Vote is given 1 arguments"),
        ("\\E m \\in {m", "\\E <<m, k>> \\in {m", "binds a tuple"),
    ],
)
def test_choices_that_cannot_be_made(judge: Judge, old: str, new: str, message: str) -> None:
    invalid(judge(CHOOSING.replace(old, new), [*CAMPAIGNS, {"do": "vote", "s": "2", "t": 4}]), message)


# ------------------------------------------------------------------------------- initial states of each process


EACH = INITIAL.replace("initial:\n", "initial:\n  of_each: event.s\n")


def test_the_first_events_of_each_process_tell_the_initial_state(judge: Judge) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[1]]
    accepted(judge(EACH, [*lines, {"do": "campaign", "s": "2", "t": 2, "log": []}]))
    rejected(judge(EACH, [*lines, {"do": "campaign", "s": "2", "t": 3, "log": []}]), 4)


def test_a_process_that_has_started_does_not_start_again(judge: Judge) -> None:
    lines = [START[0], {"do": "campaign", "s": "1", "t": 3, "log": [7]}, START[0]]
    invalid(judge(EACH, lines), "unknown event 'start'")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('  events: event.do = "start"\n', "", "without `events`"),
        ("  of_each: event.s\n", "  of_each: event.s\n  anywhere: true\n", "`of_each` and `anywhere`"),
    ],
)
def test_what_goes_together_in_initial(judge: Judge, old: str, new: str, message: str) -> None:
    invalid(judge(EACH.replace(old, new), START), message)


def test_a_field_that_an_expression_asks_for_may_be_missing(judge: Judge) -> None:
    mapping = (
        BASE
        + """
let:
  t: IF PRESENT(event.more.t) THEN event.more.t ELSE 5
events:
  adopt: Adopt(event.s, t)
observe:
  term[event.s]: event.now
"""
    )
    accepted(judge(mapping, [{"do": "adopt", "s": "1", "now": 5}]))
    accepted(judge(mapping, [{"do": "adopt", "s": "1", "now": 6, "more": {"t": 6}}]))
    rejected(judge(mapping, [{"do": "adopt", "s": "1", "now": 6}]), 1)
    invalid(
        judge(mapping.replace("event.now", "event.more.t"), [{"do": "adopt", "s": "1"}]), "has no field event.more.t"
    )


# --------------------------------------------------------------------------------------------------------- formats


TABLE = (
    BASE
    + """
reader: {name: csv, types: text}
fields:
  event.t: {read: integer}
events:
  adopt: Adopt(event.s, event.t)
observe:
  term[event.s]: event.t
"""
)


def test_a_reader_with_its_options(judge: Judge) -> None:
    accepted(judge(TABLE, "do,s,t\nadopt,1,5\n"))
    rejected(judge(TABLE, "do,s,t\nadopt,1,5\nadopt,1,4\n"), 3)
    invalid(judge(TABLE, "do,s,t\nadopt,1\n"), "a line of 2 cells; expected 3")


def test_the_reader_that_a_person_asks_for_comes_first(judge: Judge) -> None:
    text = '{"do": "adopt", "s": "1", "t": 5}\n'
    accepted(judge(TABLE, text, reader="ndjson"))
    invalid(judge(TABLE, text, reader="ndjsn"), "did you mean 'ndjson'?")
    invalid(judge(TABLE.replace("types", "type"), text), "the option 'type' of the reader csv")


def test_the_mapping_for_etcd_is_one() -> None:
    """Its traces and its specification are not ours, and are not here; that it can be read is what is seen of it."""
    from pathlib import Path

    from tlaconform.mapping import read_mapping
    from tlatrace.semantics import read_config

    folder = Path(__file__).resolve().parents[3] / "examples" / "etcd"
    mapping = read_mapping(folder / "etcdraft.yaml")
    assert len(mapping.events["ReceiveAppendEntriesRequest"].candidates) == 4
    assert mapping.initial is not None
    assert mapping.initial.of_each is not None
    assert read_config(folder / "etcdraft.cfg") is not None


@pytest.mark.parametrize("wrong", ["event.x = 1", "event.x > 1", "event.x \\in {1}", 'event.x.y = "a"', "event.x"])
def test_what_is_read_though_it_was_asked_and_is_not_there(judge: Judge, wrong: str) -> None:
    mapping = BASE + f"events:\n  campaign:\n    action: Campaign(event.s)\n    when: 'PRESENT(event.x) \\/ {wrong}'\n"
    verdict = judge(mapping, [{"do": "campaign", "s": "1"}])
    invalid(verdict, "a field that the event does not have")
    accepted(judge(mapping.replace("\\/", "=>"), [{"do": "campaign", "s": "1"}]))
