"""What makes a formula false: the conjunct, with the values that it read; nothing where it is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter
from tlatrace.compile.falsity import Obstacle, why_false
from tlatrace.semantics import load_spec
from tlatrace.values import make_sequence, to_text

MODULE = r"""
---- MODULE Formulas ----
EXTENDS Naturals, Sequences
VARIABLES x, log
vars == <<x, log>>
Sorted == \A i \in 2 .. Len(log) : log[i - 1] <= log[i]
GoodInv == x >= 0 /\ Sorted /\ x <= Len(log)
BadInv == Head(log) = 1
RisesProp == [][x' > x]_vars
Rises == [x' > x]_vars
Init == x = 0 /\ log = << >>
Next == x' = x + 1 /\ log' = Append(log, x)
====
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    path: Path = tmp_path_factory.mktemp("formulas") / "Formulas.tla"
    path.write_text(MODULE, encoding="utf-8")
    return Interpreter(load_spec(path))


def false(interpreter: Interpreter, name: str, *states: object) -> Obstacle | None:
    definition = interpreter.spec.scope[name]
    return why_false(interpreter, definition.body, definition.scope, *states)  # type: ignore[union-attr, arg-type]


def test_a_true_formula_has_no_obstacle(interpreter: Interpreter) -> None:
    assert false(interpreter, "GoodInv", (1, make_sequence([1, 2]))) is None
    assert false(interpreter, "Rises", (1, make_sequence([])), (2, make_sequence([]))) is None
    assert false(interpreter, "Rises", (1, make_sequence([])), (1, make_sequence([]))) is None, "it stutters"


def test_the_false_conjunct_of_an_invariant_with_its_operands(interpreter: Interpreter) -> None:
    found = false(interpreter, "GoodInv", (3, make_sequence([1, 2])))
    assert found is not None
    assert found.text == "x <= Len(log)"
    assert found.depth == 2
    assert {text: to_text(value) for text, value in found.operands} == {"x": "3", "Len(log)": "2", "log": "<<1, 2>>"}


def test_a_false_quantifier_has_its_witness(interpreter: Interpreter) -> None:
    found = false(interpreter, "GoodInv", (0, make_sequence([1, 3, 2])))
    assert found is not None
    assert found.text == "Sorted"
    assert found.inner is not None
    assert found.inner.inner is not None
    assert found.inner.inner.bindings == {"i": 3}


def test_a_step_formula_is_taken_apart_in_its_step(interpreter: Interpreter) -> None:
    found = false(interpreter, "Rises", (2, make_sequence([])), (1, make_sequence([])))
    assert found is not None
    assert found.inner is not None
    assert found.inner.text == "x' > x"
    assert dict(found.inner.operands) == {"x'": 1, "x": 2}


def test_what_cannot_be_evaluated_says_so(interpreter: Interpreter) -> None:
    found = false(interpreter, "BadInv", (0, make_sequence([])))
    assert found is not None
    assert found.kind == "error"
    assert "Head" in found.detail
