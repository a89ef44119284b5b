"""Actions compiled for what a rule observes: asked for successors that agree, they give those that plain evaluation
gives and that agree, whether they are compiled or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tlatrace.compile import Action, Interpreter, State
from tlatrace.engine import Call, Candidate, Observation, Rule, When
from tlatrace.engine.observation import Choices, EventError
from tlatrace.engine.search.judging import agrees
from tlatrace.engine.specialise import CALLS_MAX, Specialised, specialise

STATES: Sequence[State] = [(0, 0, 0), (2, 1, 0), (3, 3, True), (5, 4, 1)]
"""Values of x, y and flag."""

Step = tuple[State, str, tuple[Any, ...]]


def told(state: State, action: Action, values: Sequence[Any]) -> Step:
    # Types too: Python's TRUE is 1.
    return state, f"{action.instance.name} {state!r}", tuple(values)


def plain(call: Call, observations: Sequence[Observation], state: State, n: Any) -> list[Step]:
    """The slow twin: every successor, and then those that agree."""
    return [
        told(after, action, values)
        for given in call.given(state, [n])
        for action in call.actions
        for after, values in action.successors(state, given)
        if all(agrees(each, state, after, [n]) for each in observations)
    ]


def special(call: Call, observations: Sequence[Observation], state: State, n: Any) -> list[tuple[State, Step]]:
    """All that a specialised call hands out, agreeing or not."""
    assert call.specialised is not None
    return [
        (after, told(after, action, values))
        for given in call.given(state, [n])
        for after, action, values in call.specialised.steps(call, observations, state, given, [n])
    ]


def compare(rule: Rule, n: Any) -> tuple[int, int, int]:
    """How many successors there are in all, how many the specialised calls made, and how many agreed."""
    observations = rule.observations
    every = made = agreed = 0
    for candidate in (*rule.candidates, *(item.candidate for item in rule.silent)):
        for call in candidate.calls:
            for state in STATES:
                wanted = plain(call, observations, state, n)
                handed = special(call, observations, state, n)
                found = [step for after, step in handed if all(agrees(o, state, after, [n]) for o in observations)]
                assert sorted(map(repr, found)) == sorted(map(repr, wanted)), (call.text, state, n)
                every += len(plain(call, (), state, n))
                made += len(handed)
                agreed += len(found)
    return every, made, agreed


def rule_of(counters: Any, *calls: str, observations: Sequence[Observation] = ()) -> Rule:
    counters.rule("it", *map(counters.candidate, calls), observations=observations)
    return specialise(counters.rules["it"])


@pytest.mark.parametrize("when", [When.AFTER, When.STEP])
def test_identifiers_are_found_from_what_was_observed(counters: Any, when: When) -> None:
    observed = counters.observation("x'" if when is When.STEP else "x", "n", when)
    rule = rule_of(counters, "Up(ANY)", "Up(n)", "Down", "Next", observations=[observed])
    made = 0
    for n in range(7):
        every, handed, agreed = compare(rule, n)
        assert agreed <= handed < every
        made += agreed
    assert made > 10


def test_an_observation_excludes_the_last_candidate(counters: Any) -> None:
    rule = rule_of(counters, "Up(ANY)", observations=[counters.observation("x", "n")])
    (call,) = rule.candidates[0].calls
    # x = 3: to 4 and 5 it goes by one action with one argument each, to 6 by none, and it stays by none.
    state = (3, 3, True)
    assert [step[2] for step in plain(call, rule.observations, state, 5)] == [(2,)]
    for n, count in ((4, 1), (5, 1), (6, 0), (3, 0)):
        assert len(special(call, rule.observations, state, n)) == count == len(plain(call, rule.observations, state, n))
    # What excludes it is the observation: without it, the step is there.
    assert [step[2] for _, step in special(call, (), state, 3)] == [(1,), (2,)]


def test_what_was_observed_before_the_step_is_left_to_the_search(counters: Any) -> None:
    rule = rule_of(counters, "Up(ANY)", observations=[counters.observation("x", "n", When.BEFORE)])
    (call,) = rule.candidates[0].calls
    assert len(special(call, rule.observations, (0, 0, 0), 4)) == 4
    assert plain(call, rule.observations, (0, 0, 0), 4) == []


def test_what_cannot_be_compared_is_left_to_the_search_to_report(counters: Any) -> None:
    rule = rule_of(counters, "Mark(ANY)", observations=[counters.observation("flag", "n")])
    (call,) = rule.candidates[0].calls
    for n, names in ((True, 2), (1, 1)):
        # A flag that is 1 cannot be compared with TRUE, nor one that is TRUE with 1.
        with pytest.raises(EventError, match="cannot compare"):
            plain(call, rule.observations, (0, 0, 0), n)
        handed = special(call, rule.observations, (0, 0, 0), n)
        assert len(handed) >= names
        with pytest.raises(EventError, match="cannot compare"):
            [agrees(each, (0, 0, 0), after, [n]) for after, _ in handed for each in rule.observations]


def test_actions_that_are_not_compiled_are_simply_asked(counters: Any) -> None:
    rule = rule_of(counters, "Up(ANY)", "Up(n)", "Down", observations=[counters.observation("x", "n")])
    actions = {action.instance: action for action in Interpreter(counters.compiled.spec).actions}

    def interpreted(candidate: Candidate) -> Candidate:
        calls = [replace(c, actions=tuple(actions[a.instance] for a in c.actions)) for c in candidate.calls]
        return replace(candidate, calls=tuple(calls))

    slow = replace(rule, candidates=tuple(map(interpreted, rule.candidates)))
    for n in range(7):
        every, made, agreed = compare(slow, n)
        # They know nothing of the event, so nothing is left out.
        assert made == every
        assert agreed == compare(rule, n)[2]


def test_a_call_that_binds_names_is_asked_for_each_choice(counters: Any) -> None:
    rule = rule_of(counters, "Up(ANY)", observations=[counters.observation("x", "n")])
    domain = counters.tree("{1, 3, n}")
    choices = Choices(("k",), (counters.expression("{1, 3, n}"),), (counters.expression("k", ("n", "k")),), (domain,))
    (call,) = rule.candidates[0].calls
    chosen = replace(rule, candidates=(replace(rule.candidates[0], calls=(replace(call, choices=choices),)),))
    found = {n: compare(chosen, n)[2] for n in range(7)}
    # From x = 0 to 1 and 3; from 2 to 3 and 5; from 3 to 4; where n itself is added, it comes to n from 0 only.
    assert found == {0: 0, 1: 1, 2: 1, 3: 2, 4: 1, 5: 2, 6: 0}


def test_a_rule_without_trees_stays_as_it_is(counters: Any) -> None:
    counters.rule("it", counters.candidate("Up(ANY)"))
    bare = replace(counters.rules["it"], parameters=(), scope={})
    assert specialise(bare) is bare


def test_silent_steps_are_specialised_too(counters: Any) -> None:
    counters.rule("it", counters.candidate("Down"), silent=[counters.silent("Up(ANY)", 2)])
    rule = specialise(counters.rules["it"])
    assert all(call.specialised for item in rule.silent for call in item.candidate.calls)
    assert compare(rule, 0)[2] > 0


def test_what_is_compiled_is_remembered_within_bounds(counters: Any) -> None:
    rule = rule_of(counters, "Up(ANY)")
    (call,) = rule.candidates[0].calls
    special_calls = call.specialised
    assert isinstance(special_calls, Specialised)
    observations = [(counters.observation("x", "n"),) for _ in range(3)]
    for each in (*observations, *observations):
        list(special_calls.steps(call, each, (0, 0, 0), next(iter(call.given((0, 0, 0), [1]))), [1]))
    assert len(special_calls._known) == 3 < CALLS_MAX


def test_what_was_compiled_for_events_that_lack_a_field_serves_every_trace(counters: Any) -> None:
    """Each trace has a matcher of its own; a rule made anew for each would be compiled anew for each."""
    observed = counters.observation("x", "n", When.AFTER, optional=(0,))
    rule = rule_of(counters, "Up(ANY)", "Down", observations=[observed, counters.observation("y", "0")])
    lacking = rule.without((0,))
    assert lacking is not rule
    assert [each.text for each in lacking.observations] == ["y"]
    compare(lacking, 1)
    programs = list(counters.compiled.program.sources)
    compare(rule.without((0,)), 1)
    assert counters.compiled.program.sources == programs
