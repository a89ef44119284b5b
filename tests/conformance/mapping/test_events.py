"""What a mapping says an event may be: a trace that is accepted, and its twin with one thing broken."""

from __future__ import annotations

from typing import Any

import pytest

ADOPTED = """
events:
  adopt: Adopt(event.s, event.t)
  campaign: Campaign(event.s)
observe_if_present:
  term[event.s]: event.t
"""

GUARDED = """
events:
  campaign: Campaign(event.s)
  receive:
    - action: Adopt(event.s, event.t)
      when: event.t > event.old
    - action: stutter
      when: event.t <= event.old
"""


def test_a_guard_says_which_alternative_is_there(judge: Any) -> None:
    judge.accepts(
        GUARDED, [{"do": "receive", "s": "1", "t": 5, "old": 0}, {"do": "receive", "s": "1", "t": 1, "old": 3}]
    )
    judge.rejects(
        GUARDED, [{"do": "receive", "s": "1", "t": 5, "old": 0}, {"do": "receive", "s": "1", "t": 1, "old": 0}], 2
    )


def test_a_guard_that_is_no_boolean_is_an_error(judge: Any) -> None:
    mapping = GUARDED.replace("event.t > event.old", "event.t")
    judge.refuses(mapping, [{"do": "receive", "s": "1", "t": 5, "old": 0}], "`when` of", "is 5")


@pytest.mark.parametrize(
    "written", ["Adopt(event.s, event.t)? \\cdot Campaign(event.s)", "Adopt(event.s, event.t)? · Campaign(event.s)"]
)
def test_a_part_of_a_composition_may_be_left_out(judge: Any, written: str) -> None:
    mapping = f"observe:\n  term[event.s]: event.now\nevents:\n  up: {written}\n"
    first = {"do": "up", "s": "1", "t": 5, "now": 6}
    judge.accepts(mapping, [first, {"do": "up", "s": "1", "t": 5, "now": 7}])
    judge.rejects(mapping, [first, {"do": "up", "s": "1", "t": 5, "now": 8}], 2)


def test_a_sequence_is_a_composition(judge: Any) -> None:
    actions = "sequence: ['Adopt(event.s, event.t)?', Campaign(event.s)]"
    mapping = f"events:\n  up:\n    {actions}\nobserve:\n  term[event.s]: event.now\n"
    judge.accepts(mapping, [{"do": "up", "s": "1", "t": 5, "now": 6}])
    judge.rejects(mapping, [{"do": "up", "s": "1", "t": 5, "now": 5}], 1)


def test_a_question_mark_elsewhere_is_an_error_at_its_place(judge: Any) -> None:
    verdict = judge.refuses(
        "events:\n  up: Adopt(event.s?, 3)\n", [{"do": "up"}], "a `?` stands here that makes no action optional"
    )
    assert verdict.error_location is not None
    assert verdict.error_location.line == 9


def test_what_may_be_left_out_alone_is_stutter(judge: Any) -> None:
    mapping = "events:\n  up: Campaign(event.s)?\nobserve:\n  role[event.s]: event.role\n"
    judge.accepts(mapping, [{"do": "up", "s": "1", "role": "follower"}, {"do": "up", "s": "1", "role": "candidate"}])
    judge.rejects(mapping, [{"do": "up", "s": "1", "role": "candidate"}, {"do": "up", "s": "1", "role": "follower"}], 2)


def test_a_silent_step_may_depend_on_the_state(judge: Any) -> None:
    silent = (
        ADOPTED
        + """
silent:
  - action: Campaign("1")
    at_most: 3
    when: event.do = "adopt" /\\ role["1"] = "follower"
"""
    )
    mapping = silent.replace("observe_if_present:", 'before:\n  term["1"]: event.old\nobserve_if_present:')
    # From term 2 at the most, one silent campaign leads to 3; the second is not allowed, since it is a candidate then.
    judge.accepts(mapping, [{"do": "adopt", "s": "1", "t": 5, "old": 3}])
    judge.rejects(mapping, [{"do": "adopt", "s": "1", "t": 5, "old": 4}], 1)


CHOOSING = """
events:
  campaign: Campaign(event.s)
  adopt: Adopt(event.s, event.t)
  vote: '\\E m \\in {m \\in sent : m.term = event.t} : Vote(event.s, m)'
  move: '\\E s \\in {"1", "2"}, t \\in 4 .. event.t : Adopt(s, t)'
observe_if_present:
  vote[event.s]: event.vote
  term: event.terms
"""

CAMPAIGNS = [{"do": "campaign", "s": s} for s in ("1", "2", "1")]


def test_an_action_for_whichever_of_some_values(judge: Any) -> None:
    mapping = CHOOSING.replace("[Server -> 0 .. 2]", "[Server -> {0}]")
    adopt = {"do": "adopt", "s": "2", "t": 4}
    judge.accepts(
        mapping, [*CAMPAIGNS, adopt, {"do": "campaign", "s": "1"}, {"do": "vote", "s": "2", "t": 4, "vote": "1"}]
    )
    judge.rejects(mapping, [*CAMPAIGNS, adopt, {"do": "vote", "s": "2", "t": 5}], 5)


def test_several_names_each_over_what_it_may_be(judge: Any) -> None:
    move = {"do": "move", "t": 5, "terms": {"1": 5, "2": 0}}
    judge.accepts(CHOOSING, [move])
    judge.accepts(CHOOSING, [{**move, "terms": {"1": 1, "2": 4}}])
    judge.rejects(CHOOSING, [{**move, "terms": {"1": 6, "2": 0}}], 1)
    judge.rejects(CHOOSING, [{**move, "terms": {"1": 4, "2": 4}}], 1)


def test_a_choice_in_a_composition(judge: Any) -> None:
    mapping = CHOOSING.replace(
        "move: '\\E s", "up: 'Campaign(event.s) \\cdot (\\E t \\in event.low .. 9 : Adopt(event.s, t))'\n  move: '\\E s"
    ).replace("term: event.terms", "term[event.s]: event.now")
    judge.accepts(mapping, [{"do": "up", "s": "1", "low": 4, "now": 5}])
    judge.rejects(mapping, [{"do": "up", "s": "1", "low": 6, "now": 5}], 1)


def test_a_silent_step_for_whichever_value(judge: Any) -> None:
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
    judge.accepts(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (1, 5, 6)])
    judge.rejects(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (1, 5, 7)], 3)
    judge.rejects(mapping, [{"do": "campaign", "s": "1", "two": two} for two in (6, 5)], 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{m \\in sent : m.term = event.t}", "event.t", "set"),
        ("Vote(event.s, m)", "Vote(m)", "Vote is given 1 arguments"),
        ("\\E m \\in {m", "\\E <<m, k>> \\in {m", "binds a tuple"),
    ],
)
def test_choices_that_cannot_be_made(judge: Any, old: str, new: str, message: str) -> None:
    judge.refuses(CHOOSING.replace(old, new), [*CAMPAIGNS, {"do": "vote", "s": "2", "t": 4}], message)
