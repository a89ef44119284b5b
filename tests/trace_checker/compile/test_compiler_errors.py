"""Errors of evaluation carry the place of the innermost expression, and the definitions on the way to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tlatrace.compile.api import Evaluate, State
from tlatrace.compile.compiler import CompiledSpec, compile_spec
from tlatrace.compile.errors import ExpressionError
from tlatrace.semantics import check_expression, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import make_record, make_sequence

Load = Callable[[str], CompiledSpec]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str) -> CompiledSpec:
        path = tmp_path / "Spec.tla"
        path.write_text(f"---- MODULE Spec ----\n{text}\n====\n")
        return compile_spec(load_spec(path))

    return load_text


def expression(compiled: CompiledSpec, text: str, *parameters: str) -> Evaluate:
    scope = compiled.spec.scope
    return compiled.expression(check_expression(parse_expression(text, "<map>"), scope, parameters), scope, parameters)


STEPS = r"""EXTENDS Integers, Sequences
VARIABLES x, log
Init == x = 0 /\ log = << >>
TermAt(entries, i) == IF i = 0 THEN 0 ELSE entries[i].term
LastTerm(entries) == TermAt(entries, Len(entries) + 1)
Far(i) == LastTerm(log) > i
Count(k) == /\ Far(k)
            /\ x' = x + k
            /\ UNCHANGED log
Forgetful == x' = 1 /\ x > 5
Open == x' = x + 1
Soon == log' = <<x'>> /\ x' = 1
Wrong == (IF x THEN x' = 1 ELSE x' = 2) /\ UNCHANGED log
Next == Open \/ Soon \/ Wrong \/ \E k \in 1 .. 2 : Count(k)"""

STATE: State = (0, make_sequence([make_record({"term": 1})]))


def place(error: ExpressionError) -> tuple[int, int]:
    assert error.location is not None
    return error.location.line, error.location.column


def step_error(compiled: CompiledSpec, action: str, *arguments: int) -> ExpressionError:
    found = next(each for each in compiled.actions if each.instance.name == action)
    with pytest.raises(ExpressionError) as caught:
        list(found.successors(STATE, arguments))
    return caught.value


def test_an_error_names_its_place_and_the_way_to_it(load: Load) -> None:
    error = step_error(load(STEPS), "Count", 1)

    assert place(error) == (5, 44)
    assert [name for name, _ in error.chain] == ["Count", "Far", "LastTerm", "TermAt"]
    assert [location.line for _, location in error.chain] == [15, 8, 7, 6]
    assert "2 is not in the domain" in error.message


def test_a_variable_left_open_is_named(load: Load) -> None:
    error = step_error(load(STEPS), "Open")

    assert error.message == "the action Open leaves log without a value"
    assert place(error)[0] == 15


def test_reading_before_assignment_is_located(load: Load) -> None:
    error = step_error(load(STEPS), "Soon")

    assert error.message == "x' is read before it is assigned"
    assert place(error) == (13, 18)


def test_a_condition_that_is_no_boolean(load: Load) -> None:
    error = step_error(load(STEPS), "Wrong")

    assert error.message.startswith("the condition of IF must be a boolean")
    assert place(error) == (14, 14)


def test_initial_states_must_be_complete_and_in_order(load: Load) -> None:
    open_one = load("VARIABLES x, y\nInit == x = 1\nNext == UNCHANGED <<x, y>>")
    with pytest.raises(ExpressionError, match="the initial predicate Init leaves y without a value"):
        list(open_one.initial_states())

    early = load("VARIABLES x, y\nTwo == <<y, x>>\nInit == x = 1 /\\ y = Two[1]\nNext == UNCHANGED <<x, y>>")
    with pytest.raises(ExpressionError, match="y is read before it has a value") as caught:
        list(early.initial_states())
    assert place(caught.value) == (3, 10)

    fine = load("EXTENDS Integers\nVARIABLES x, y\nTwo == x + 1\nInit == x = 1 /\\ y = Two\nNext == UNCHANGED <<x, y>>")
    assert list(fine.initial_states()) == [(1, 2)]


def test_primes_need_a_step(load: Load) -> None:
    compiled = load(STEPS)
    grows = expression(compiled, "x' > x")

    assert grows(STATE, (1, STATE[1])) is True
    with pytest.raises(ExpressionError, match="evaluated where there is no step"):
        grows(STATE, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[1]", "the integer 0 is applied to an argument, but is not a function"),
        ("[x EXCEPT ![1] = 2]", "EXCEPT is applied to the integer 0"),
        ("log[1].leader", "has no field leader"),
        ("x + log", "must be an integer"),
        ('x = "zero"', "cannot compare"),
        ("x \\in log", "not a set"),
        ("\\A i \\in Nat : i > x", "cannot enumerate the infinite set Nat"),
        ("\\E i : i > x", "i is bound without a set"),
        ("CHOOSE i \\in {1, 2} : i > 5", "CHOOSE: no element of {1, 2}"),
        ("CASE x = 1 -> 1 [] x = 2 -> 2", "CASE: no condition is true"),
        ("x /\\ TRUE", "an operand of /\\ must be a boolean"),
        ("[]x", "a temporal formula"),
        ("{<<i, j>> \\in {1} : TRUE}", "a tuple of 2 elements is bound here"),
        ("1.5", "real number"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error_with_a_place(load: Load, text: str, message: str) -> None:
    compiled = load(STEPS)
    evaluate = expression(compiled, text)

    with pytest.raises(ExpressionError) as caught:
        evaluate(STATE, None)

    assert message in caught.value.message
    assert caught.value.location is not None
    assert caught.value.location.file == "<map>"


def test_arguments_that_are_not_needed_are_not_evaluated(load: Load) -> None:
    compiled = load(
        "EXTENDS Integers, Sequences\nVARIABLE log\nInit == log = << >>\nNext == UNCHANGED log\n"
        "Or(a, b) == a \\/ b\nIff(c, a, b) == IF c THEN a ELSE b + b\n"
        "RECURSIVE Deep(_, _)\nDeep(n, a) == IF n = 0 THEN 0 ELSE IF n = 5 THEN a ELSE Deep(n - 1, a)\n"
    )
    empty = (make_sequence(()),)

    assert expression(compiled, "Or(Len(log) = 0, log[1] = 3)")(empty, None) is True
    assert expression(compiled, "Iff(TRUE, 1, log[1])")(empty, None) == 1
    assert expression(compiled, "Deep(3, log[1])")(empty, None) == 0
    assert expression(compiled, "LET first == log[1] IN IF log = << >> THEN 7 ELSE first + first")(empty, None) == 7
    for needed in ("Or(Len(log) = 1, log[1] = 3)", "Iff(FALSE, 1, log[1])", "Deep(6, log[1])"):
        with pytest.raises(ExpressionError, match="not in the domain"):
            expression(compiled, needed)(empty, None)


def test_recursion_in_the_last_step_needs_no_stack(load: Load) -> None:
    compiled = load(
        "EXTENDS Integers\nVARIABLE x\nInit == x = 0\nNext == UNCHANGED x\n"
        "RECURSIVE Down(_, _)\nDown(n, a) == IF n = 0 THEN a ELSE Down(n - 1, a + n)\n"
        "RECURSIVE Up(_)\nUp(n) == IF n = 0 THEN 0 ELSE 1 + Up(n - 1)\n"
    )

    assert expression(compiled, "Down(100000, 0)")((0,), None) == 5000050000
    assert expression(compiled, "Up(100)")((0,), None) == 100
    with pytest.raises(ExpressionError, match="the recursion is too deep") as caught:
        expression(compiled, "Up(100000)")((0,), None)
    assert len(str(caught.value)) < 3000


def test_an_error_that_is_ours_stays_what_it_is(load: Load) -> None:
    compiled = load(STEPS)
    evaluate = expression(compiled, "i + 1", "i")

    with pytest.raises(TypeError):
        evaluate(STATE)
    with pytest.raises(ExpressionError, match="got 2 arguments"):
        list(compiled.actions[0].successors(STATE, (1, 2)))
