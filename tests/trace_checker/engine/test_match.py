"""The frontier search: nothing is merged that differs, nothing is lost in silence, nothing is rejected at a limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tlatrace.engine import Input, Status, When
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event

NOWHERE = Location("rules", 1, 1, 1, 1)
MATCHED, REJECTED, VIOLATED, UNDECIDED = Status.MATCHED, Status.REJECTED, Status.VIOLATED, Status.UNDECIDED


class TestTrueIsNotOne:
    """Python's ``(1,) == (True,)`` must not make one state of two."""

    def test_the_frontier_holds_true_false_and_one(self, counters: Any) -> None:
        counters.rule("mark", counters.candidate("Mark(ANY)"))
        matcher = counters.matcher()
        counters.run(matcher, ("mark", 0))
        assert sorted((str(state[2])) for state in matcher.frontier) == ["1", "False", "True"]

    def test_within_a_composition(self, counters: Any) -> None:
        counters.rule("both", counters.candidate("Mark(ANY)", "Up(n)"))
        matcher = counters.matcher()
        assert counters.run(matcher, ("both", 1)) == [MATCHED]
        assert len(matcher.frontier) == 3

    def test_after_silent_steps(self, counters: Any) -> None:
        counters.rule("up", counters.candidate("Up(n)"), silent=[counters.silent("Mark(ANY)", 1)])
        matcher = counters.matcher()
        assert counters.run(matcher, ("up", 1)) == [MATCHED]
        assert sorted(str(state[2]) for state in matcher.frontier) == ["0", "1", "False", "True"]


class TestActions:
    def test_one_that_stands_in_several_disjuncts_of_next(self, counters: Any, statuses: Any) -> None:
        counters.rule("up", counters.candidate("Up(n)"))
        assert statuses(("up", 5)) == [MATCHED]
        assert statuses(("up", 2)) == [MATCHED]
        assert statuses(("up", 4)) == [REJECTED]

    def test_next_is_any_of_them_and_strength_knows_which(self, counters: Any) -> None:
        counters.rule("any", counters.candidate("Next"), observations=[counters.observation("y", "n")])
        matcher = counters.matcher()
        assert counters.run(matcher, ("any", 1)) == [MATCHED]
        assert matcher.strength.actions == {"Hide": 1}

    def test_next_within_a_composition(self, counters: Any) -> None:
        counters.rule(
            "any",
            counters.candidate("Next", "Down"),
            observations=[counters.observation("y", "0 * n"), counters.observation("flag", "0 * n")],
        )
        matcher = counters.matcher()
        assert counters.run(matcher, ("any", 1)) == [MATCHED]
        assert matcher.strength.actions == {"Up": 1, "Down": 1}

    def test_a_rejected_event_leaves_the_frontier_and_the_strength(self, counters: Any) -> None:
        counters.rule("up", counters.candidate("Up(n)"))
        matcher = counters.matcher()
        assert counters.run(matcher, ("up", 2), ("up", 5)) == [MATCHED, REJECTED]
        assert [state[0] for state in matcher.frontier] == [2]
        assert matcher.strength.events == 1


class TestObservations:
    @pytest.mark.parametrize(
        ("left", "when", "n", "expected"),
        [
            ("x", When.AFTER, 2, MATCHED),
            ("x", When.BEFORE, 2, REJECTED),
            ("x + 2", When.BEFORE, 2, MATCHED),
            ("x' - x", When.STEP, 2, MATCHED),
            ("x' - x", When.STEP, 1, REJECTED),
        ],
    )
    def test_before_after_and_across_the_step(
        self, counters: Any, statuses: Any, left: str, when: When, n: int, expected: Status
    ) -> None:
        counters.rule("up", counters.candidate("Up(2)"), observations=[counters.observation(left, "n", when)])
        assert statuses(("up", n)) == [expected]

    def test_those_of_a_composition_speak_of_its_ends(self, counters: Any, statuses: Any) -> None:
        across = counters.observation("x' - x", "n", When.STEP)
        counters.rule("two", counters.candidate("Up(1)", "Up(1)"), observations=[across])
        assert statuses(("two", 2)) == [MATCHED]
        assert statuses(("two", 1)) == [REJECTED]

    def test_before_is_after_the_silent_steps(self, counters: Any, statuses: Any) -> None:
        before = counters.observation("y", "n", When.BEFORE)
        counters.rule("up", counters.candidate("Up(1)"), observations=[before], silent=[counters.silent("Hide", 2)])
        assert statuses(("up", 2)) == [MATCHED]
        assert statuses(("up", 3)) == [REJECTED]

    def test_values_that_cannot_be_compared_are_an_error_with_a_place(self, counters: Any, statuses: Any) -> None:
        counters.rule("up", counters.candidate("Up(1)"), observations=[counters.observation("x", "n")])
        with pytest.raises(TlatraceError, match="cannot compare") as caught:
            statuses(("up", "one"))
        assert caught.value.location is not None

    def test_a_condition_that_is_no_boolean_is_an_error(self, counters: Any, statuses: Any) -> None:
        counters.rule("up", counters.candidate("Up(1)"), observations=[counters.observation("x + 1")])
        with pytest.raises(TlatraceError, match="expected TRUE or FALSE"):
            statuses(("up", 1))

    def test_an_optional_field_may_be_missing(self, counters: Any) -> None:
        counters.rule(
            "up",
            counters.candidate("Up(1)"),
            observations=[counters.observation("x", "n", optional=(0,))],
            is_optional=True,
        )
        assert counters.matcher().advance(Event(1, {"kind": "up"})) is MATCHED
        assert counters.matcher().advance(Event(1, {"kind": "up", "n": 3})) is REJECTED

    def test_a_field_of_what_is_no_object_is_an_error_even_if_optional(self, counters: Any) -> None:
        counters.rule("up", counters.candidate("Up(1)"))
        counters.rules["up"] = replace(counters.rules["up"], inputs=(Input(("a", "n"), True, NOWHERE),))
        for absent in ({}, {"a": None}, {"a": {}}):
            assert counters.matcher().advance(Event(1, {"kind": "up", **absent})) is MATCHED
        with pytest.raises(TlatraceError, match=r"event\.a is not an object"):
            counters.matcher().advance(Event(1, {"kind": "up", "a": 5}))


class TestSilentSteps:
    def test_a_budget_that_is_part_of_the_meaning_rejects(self, counters: Any, statuses: Any) -> None:
        seen = [counters.observation("y", "n")]
        counters.rule("look", counters.candidate(), observations=seen, silent=[counters.silent("Hide", 2)])
        assert statuses(("look", 2)) == [MATCHED]
        assert statuses(("look", 3)) == [REJECTED]
        assert statuses(("look", 2), ("look", 4)) == [MATCHED, MATCHED]

    def test_a_limit_of_the_search_does_not(self, counters: Any) -> None:
        seen = [counters.observation("y", "n")]
        counters.rule(
            "look", counters.candidate(), observations=seen, silent=[counters.silent("Hide", 2, is_limit=True)]
        )
        matcher = counters.matcher()
        assert counters.run(matcher, ("look", 3)) == [UNDECIDED]
        assert "Hide" in matcher.undecided_because

    def test_what_was_cut_at_an_earlier_event_is_not_forgotten(self, counters: Any) -> None:
        """The state with y = 3 was out of reach before line 1; that nothing explains line 2 proves nothing."""
        counters.rule("up", counters.candidate("Up(1)"), silent=[counters.silent("Hide", 2, is_limit=True)])
        counters.rule("look", counters.candidate(), observations=[counters.observation("y", "n")])
        matcher = counters.matcher()
        assert counters.run(matcher, ("up", 1), ("look", 3)) == [MATCHED, UNDECIDED]
        assert "line 1" in matcher.undecided_because
        assert counters.run(counters.matcher(), ("up", 1), ("look", 2)) == [MATCHED, MATCHED]

    def test_a_limit_that_kept_nothing_out_rejects(self, counters: Any, statuses: Any) -> None:
        seen = [counters.observation("y", "n")]
        counters.rule(
            "look", counters.candidate(), observations=seen, silent=[counters.silent("Hide", 4, is_limit=True)]
        )
        assert statuses(("look", 5)) == [REJECTED]

    def test_a_step_beyond_the_limit_to_a_known_state_does_not_matter(self, counters: Any, statuses: Any) -> None:
        """Fill could be taken for ever, and leads nowhere after the first time."""
        silent = [counters.silent("Fill", 1, is_limit=True)]
        counters.rule("look", counters.candidate(), observations=[counters.observation("y", "n")], silent=silent)
        assert statuses(("look", 1)) == [REJECTED]

    def test_the_larger_budget_counts(self, counters: Any, statuses: Any) -> None:
        """x = 1 is first reached by Up and Down, which leaves no Up; then at once, which leaves one."""
        silent = [counters.silent("Up(1)", 2), counters.silent("Down", 1), counters.silent("Up(2)", 1)]
        counters.rule("look", counters.candidate(), observations=[counters.observation("x", "n")], silent=silent)
        assert statuses(("look", 4)) == [MATCHED]
        assert statuses(("look", 5)) == [REJECTED]

    def test_only_those_on_a_way_to_the_event_count_as_exercised(self, counters: Any) -> None:
        seen = [counters.observation("y", "n")]
        counters.rule("look", counters.candidate(), observations=seen, silent=[counters.silent("Hide", 2)])
        matcher = counters.matcher()
        assert counters.run(matcher, ("look", 0)) == [MATCHED]
        assert matcher.strength.actions == {}
        assert counters.run(matcher, ("look", 1)) == [MATCHED]
        assert matcher.strength.actions == {"Hide": 1}


class TestProperties:
    def test_a_step_property_is_asked_of_steps_not_of_compositions(self, counters: Any) -> None:
        counters.rule("two", counters.candidate("Up(1)", "Up(1)"))
        counters.rule("jump", counters.candidate("Up(2)"))
        one_by_one = counters.property("OneByOneProp", is_step=True)
        assert counters.run(counters.matcher(one_by_one), ("two", 0)) == [MATCHED]
        assert counters.run(counters.matcher(one_by_one), ("jump", 0)) == [VIOLATED]

    def test_an_invariant_holds_within_compositions_too(self, counters: Any) -> None:
        counters.rule("over", counters.candidate("Up(3)", "Down"))
        assert counters.run(counters.matcher(), ("over", 0)) == [MATCHED]
        assert counters.run(counters.matcher(counters.property("SmallInv")), ("over", 0)) == [VIOLATED]

    def test_and_after_silent_steps(self, counters: Any) -> None:
        silent = [counters.silent("Up(3)", 1)]
        counters.rule("down", counters.candidate("Down"), silent=silent)
        assert counters.run(counters.matcher(), ("down", 0)) == [MATCHED]
        assert counters.run(counters.matcher(counters.property("SmallInv")), ("down", 0)) == [VIOLATED]

    def test_one_that_is_no_boolean_is_an_error(self, counters: Any) -> None:
        counters.rule("two", counters.candidate("Up(2)"))
        with pytest.raises(TlatraceError, match="expected TRUE or FALSE"):
            counters.run(counters.matcher(counters.property("vars")), ("two", 0))


class TestLimits:
    def test_many_ways_to_few_states_are_no_overflow(self, counters: Any) -> None:
        """Up(1) twice over and Up(2) are three ways to two states."""
        same = [counters.candidate("Up(1)") for _ in range(20)]
        counters.rule("up", *same, counters.candidate("Up(2)"))
        matcher = counters.matcher(frontier_states_max=2)
        assert counters.run(matcher, ("up", 0)) == [MATCHED]
        assert sorted(state[0] for state in matcher.frontier) == [1, 2]

    @pytest.mark.parametrize("calls", [("Up(ANY)",), ("Up(ANY)", "Down")])
    def test_a_frontier_that_overflows_is_undecided(self, counters: Any, calls: tuple[str, ...]) -> None:
        counters.rule("up", counters.candidate(*calls))
        matcher = counters.matcher(frontier_states_max=3)
        assert counters.run(matcher, ("up", 0)) == [UNDECIDED]
        assert "--max-frontier" in matcher.undecided_because
        assert counters.run(counters.matcher(frontier_states_max=4), ("up", 0)) == [MATCHED]

    def test_silent_steps_that_overflow_are_undecided(self, counters: Any) -> None:
        counters.rule("up", counters.candidate("Up(1)"), silent=[counters.silent("Hide", 4)])
        assert counters.run(counters.matcher(frontier_states_max=4), ("up", 0)) == [UNDECIDED]
        assert counters.run(counters.matcher(frontier_states_max=5), ("up", 0)) == [MATCHED]

    def test_a_search_that_is_told_to_stop_is_undecided_in_the_middle_of_an_event(self, counters: Any) -> None:
        asked = iter(["", "", "enough"])
        counters.rule("up", counters.candidate("Up(1)"), silent=[counters.silent("Hide", 4)])
        matcher = counters.matcher(must_stop=lambda: next(asked))
        assert counters.run(matcher, ("up", 0)) == [UNDECIDED]
        assert matcher.undecided_because == "enough"
