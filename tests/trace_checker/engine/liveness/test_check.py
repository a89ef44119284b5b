"""Temporal properties of small specifications, and the counterexamples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tlatrace.engine.liveness import LivenessError, LivenessViolation, check_liveness, plan_liveness
from tlatrace.errors import TlatraceError

CLOCK = """---- MODULE M ----
EXTENDS Naturals
VARIABLE h
Init == h = 0
Tick == h' = (h + 1) % 4
Jump == h = 1 /\\ h' = 3
Next == Tick \\/ Jump
Unfair == Init /\\ [][Next]_h
Weak == Unfair /\\ WF_h(Next)
Strong == Weak /\\ SF_h(Jump)
Apply(F(_), n) == WF_h(F(n))
To(n) == h' = n /\\ Next
Given == Unfair /\\ \\A i \\in 0..3 : Apply(To, i)
Goal == %s
====
"""


@pytest.fixture
def violation(explored: Callable[[str, str], Any]) -> Callable[[str, str], LivenessViolation | None]:
    """What is wrong with a goal, under one of the specifications of the clock."""

    def check(specification: str, goal: str) -> LivenessViolation | None:
        evaluator, graph = explored(CLOCK.replace("%s", goal), f"SPECIFICATION {specification} PROPERTY Goal")
        return check_liveness(evaluator, graph, evaluator.spec.properties)

    return check


# The number of a state is its h; expected are the states of the lasso.
@pytest.mark.parametrize(
    ("specification", "goal", "expected"),
    [
        ("Unfair", "<>(h = 1)", (0,)),
        ("Weak", "<>(h = 1)", None),
        ("Unfair", "[](h # 2)", (0, 1, 2)),
        ("Weak", "[]<>(h = 2)", (0, 1, 3)),
        ("Weak", "(h = 1) ~> (h = 2)", (0, 1, 3)),
        ("Weak", "(h = 0) ~> (h = 3)", None),
        ("Weak", "<>[](h = 0)", (0, 1, 3)),
        ("Weak", "[]<><<Jump>>_h", (0, 1, 2, 3)),
        ("Strong", "[]<><<Jump>>_h", None),
        ("Strong", "<>[][~Jump]_h", (0, 1, 3)),
        ("Unfair", "WF_h(Tick)", (0,)),
        ("Unfair", "WF_h(Jump)", (0, 1)),
        ("Weak", "WF_h(Jump)", None),
        ("Weak", "SF_h(Jump)", (0, 1, 2, 3)),
        ("Unfair", "WF_h(Next) => <>(h = 3)", None),
        ("Unfair", "WF_h(Next) => <>(h = 2)", (0, 1, 3)),
        ("Given", "<>(h = 3)", None),
        ("Weak", "\\A i \\in {0, 1, 3} : []<>(h = i)", None),
        ("Weak", "\\E i \\in 0..3 : <>[](h = i)", (0, 1, 3)),
        ("Weak", "\\A <<a, b>> \\in {<<0, 1>>} : (h = a) ~> (h = b)", None),
        ("Weak", "LET At(i) == h = i IN At(0) ~> At(1)", None),
        ("Weak", "IF h = 0 THEN <>(h = 1) ELSE <>(h = 5)", None),
        ("Weak", "[](h = 0 => <>(h = 1 /\\ <>(h = 2)))", (0, 1, 3)),
        ("Unfair", "TRUE", None),
    ],
)
def test_a_goal(
    specification: str,
    goal: str,
    expected: tuple[int, ...] | None,
    violation: Callable[[str, str], LivenessViolation | None],
) -> None:
    found = violation(specification, goal)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert found.name == "Goal"
        assert tuple(sorted(set(found.states))) == expected
        assert found.is_stuttering == (found.loop_start == len(found.states) - 1)


def test_a_lasso_has_a_way_in_and_a_loop(violation: Callable[[str, str], LivenessViolation | None]) -> None:
    found = violation("Unfair", "<>[](h = 0) \\/ []<>(h = 3)")
    assert found == LivenessViolation("Goal", (0, 1), 1, True)
    found = violation("Weak", "(h = 0) ~> (h = 2)")
    assert found is not None
    assert (found.loop_start, found.is_stuttering, len(found.states)) == (0, False, 3)


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ("<><<Jump>>_h", "an action in a temporal formula must stand in"),
        ("[](h = 0 => []<><<Jump>>_h)", "an action in a temporal formula must stand in"),
        ("\\A i \\in {h} : <>(h = i)", "quantified over a set that changes from state to state"),
        ("\\A i : <>(h = i)", "a quantifier without a set"),
        ("\\A <<a, b>> \\in {1} : <>(h = a)", "a tuple of 2 components is expected here, not 1"),
        ("<>(h = 1) -+-> <>(h = 2)", "this temporal formula cannot be checked"),
        ("(<>(h = 1)) <=> []<>(h = 2)", "this temporal formula cannot be checked"),
        ("\\EE x : <>(h = 2)", "this temporal formula cannot be checked"),
    ],
)
def test_what_cannot_be_checked(goal: str, message: str, explored: Callable[[str, str], Any]) -> None:
    evaluator, _ = explored(CLOCK.replace("%s", goal), "SPECIFICATION Weak PROPERTY Goal")
    with pytest.raises(LivenessError, match=message.replace("(", r"\(")) as caught:
        plan_liveness(evaluator, evaluator.spec.properties)
    assert caught.value.location is not None


def test_a_formula_without_a_truth_value(violation: Callable[[str, str], LivenessViolation | None]) -> None:
    with pytest.raises(TlatraceError, match="a formula must be TRUE or FALSE, and this is 0"):
        violation("Weak", "<>(IF h = 0 THEN h ELSE FALSE)")


def test_symmetry_is_warned_of(explored: Callable[[str, str], Any]) -> None:
    text = CLOCK.replace("Init ==", "Perms == {}\nInit ==").replace("%s", "<>(h = 1)")
    evaluator, _ = explored(text, "SPECIFICATION Weak PROPERTY Goal SYMMETRY Perms")
    assert "SYMMETRY" in plan_liveness(evaluator, evaluator.spec.properties).warnings[0]
    assert plan_liveness(evaluator, ()).warnings == ()


def test_a_ring_of_many_states_is_searched_without_recursion(explored: Callable[[str, str], Any]) -> None:
    text = CLOCK.replace("% 4", "% 20000").replace("%s", "[]<>(h = 2)")
    evaluator, graph = explored(text, "SPECIFICATION Weak PROPERTY Goal")
    found = check_liveness(evaluator, graph, evaluator.spec.properties)
    assert found is not None
    assert (len(found.states), found.loop_start) == (19_999, 0)
    text = CLOCK.replace("% 4", "% 20000").replace("h' = 3", "h' = 2").replace("%s", "(h = 1) ~> (h = 7777)")
    evaluator, graph = explored(text, "SPECIFICATION Weak PROPERTY Goal")
    assert check_liveness(evaluator, graph, evaluator.spec.properties) is None
