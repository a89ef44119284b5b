"""What a step exercised: the conjuncts and branches that were true on it, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter
from tlatrace.compile.exercised import exercised, parts_of
from tlatrace.semantics import load_spec

MODULE = r"""
---- MODULE Parts ----
EXTENDS Naturals
VARIABLES x, y
Small == x < 3
Set(v) == x' = v
Move(n) ==
    /\ Small \/ y = 9
    /\ \/ x > 0 /\ Set(0)
       \/ LET twice == 2 * n IN Set(twice)
    /\ IF y = 0 THEN y' = 1 ELSE y' = n
Choose ==
    \E v \in 0 .. 5 :
        /\ v > 3
        /\ x' = v
        /\ CASE v = 4 -> UNCHANGED y
             [] v = 5 -> y' = 0
             [] OTHER -> y' = 7
Init == x = 0 /\ y = 0
Next == (\E n \in 1 .. 2 : Move(n)) \/ Choose
====
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    path: Path = tmp_path_factory.mktemp("parts") / "Parts.tla"
    path.write_text(MODULE, encoding="utf-8")
    return Interpreter(load_spec(path))


def texts(
    interpreter: Interpreter, name: str, state: tuple[int, ...], successor: tuple[int, ...], *given: int
) -> list[str]:
    """The parts of an action that a step exercised."""
    (action,) = [a for a in interpreter.spec.actions if a.definition is not None and a.definition.name == name]
    places = exercised(interpreter, action, state, successor, given)
    return [part.text for part in parts_of(interpreter, action) if part.location in places]


def test_the_parts_are_the_conjuncts_of_all_branches_through_definitions(interpreter: Interpreter) -> None:
    move, choose = interpreter.spec.actions
    assert [part.text for part in parts_of(interpreter, move)] == [
        "Small", "y = 9", "x > 0", "x' = v", "y' = 1", "y' = n",
    ]  # fmt: skip
    assert [part.text for part in parts_of(interpreter, choose)] == [
        "v > 3", "x' = v", "UNCHANGED y", "y' = 0", "y' = 7",
    ]  # fmt: skip


def test_a_step_exercises_the_branch_that_it_took(interpreter: Interpreter) -> None:
    assert texts(interpreter, "Move", (1, 0), (0, 1), 1) == ["Small", "x > 0", "x' = v", "y' = 1"]
    assert texts(interpreter, "Move", (1, 5), (2, 1), 1) == ["Small", "x' = v", "y' = n"]


def test_every_true_disjunct_of_a_guard_counts(interpreter: Interpreter) -> None:
    assert texts(interpreter, "Move", (0, 9), (2, 1), 1)[:2] == ["Small", "y = 9"]
    assert texts(interpreter, "Move", (7, 9), (2, 1), 1)[:1] == ["y = 9"]


def test_hidden_choices_are_found_from_the_successor(interpreter: Interpreter) -> None:
    assert texts(interpreter, "Choose", (0, 0), (4, 0)) == ["v > 3", "x' = v", "UNCHANGED y"]
    assert texts(interpreter, "Choose", (0, 3), (5, 0)) == ["v > 3", "x' = v", "y' = 0"]


def test_a_step_that_the_action_does_not_make_exercises_nothing(interpreter: Interpreter) -> None:
    assert texts(interpreter, "Move", (1, 0), (0, 2), 1) == []
    assert texts(interpreter, "Move", (7, 0), (2, 1), 1) == []
    assert texts(interpreter, "Choose", (0, 0), (3, 0)) == []
    assert texts(interpreter, "Move", (1, 0), (4, 1), 1) == [], "the argument is another one"
