"""INSTANCE inside LET, and parts of definitions: what they mean is what the same written out means."""

from pathlib import Path

import pytest

from tlatrace.compile import Interpreter
from tlatrace.semantics import Definition, load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import Value

TEXT = r"""---- MODULE M ----
EXTENDS Naturals
VARIABLE x
---- MODULE N ----
CONSTANT c
Op(y) == c + y
A == c
a ++ b == a + b + c
THEOREM T == c > 0
Pair == <<c, c + 1>>
====
Handed(F(_), v) == F(v)
Bound == {LET I == INSTANCE N WITH c <- z IN I!Op(1) : z \in 1..2}
Parameter(z) == LET I == INSTANCE N WITH c <- z IN I!Op(1) + I!A + I!++(1, 2)
ByName(c) == LET I == INSTANCE N IN I!A
Nested(z) == LET w == z + 1  J(u) == INSTANCE N WITH c <- u + w IN J(10)!Op(100)
Standard == LET I == INSTANCE Integers IN I!+(I!-.(1), 3)
HandedOver(z) == LET I == INSTANCE N WITH c <- z IN Handed(I!Op, 5)
OfAnOperator(z) == LET F(q) == q * 2  I == INSTANCE N WITH c <- F(z) IN I!A
Theorem(z) == LET I == INSTANCE N WITH c <- z IN I!T
PartOfLocal(z) == LET I == INSTANCE N WITH c <- z IN I!Pair!2
InFunction[n \in 1..3] == LET I == INSTANCE N WITH c <- n IN I!Op(1)
RECURSIVE Fac(_)
Fac(n) == LET I == INSTANCE N WITH c <- n IN IF n = 0 THEN 1 ELSE I!A * Fac(n - 1)
K == INSTANCE N WITH c <- 7
R(n) == INSTANCE N WITH c <- n
Step == /\ x = 1
        /\ x' = 2
First == Step!1
Second == Step!2
Three(n) == <<n, {m \in 1..n : m > 1}, [m \in 1..n |-> m * n]>>
Labelled == LET d == <<1, 2>> IN <<d, LET e == d IN lab :: <<e, 3>>>>
InARow == 1 + 2 + 3
Quantified == \A m \in 1..3 : \E n \in 1..3 : LET s == m + n IN s > 3
====
"""

VALUES = {
    "Bound": "{2, 3}",
    "Parameter(10)": "34",
    "ByName(5)": "5",
    "Nested(1)": "112",
    "Standard": "2",
    "HandedOver(3)": "8",
    "OfAnOperator(3)": "6",
    "Theorem(0)": "FALSE",
    "PartOfLocal(3)": "4",
    "InFunction[2]": "3",
    "Fac(4)": "24",
    "K!T": "TRUE",
    "R(4)!++(1, 2)": "7",
    "First": "TRUE",
    "Of1": "{2, 3}",
    "Of2": "6",
    "Of3": "6",
    "Of4": "<<1, 2>>",
    "Of5": "3",
    "Of6": "TRUE",
    "Of7": "8",
    "Of8": "5",
}

PARTS = r"""
Of1 == Three(3)!2
Of2 == Three(3)!3!(2)
Of3 == LET F(a, b) == Three(a)!3!(b) IN F(3, 2)
Of4 == Labelled!lab!1
Of5 == InARow!1!1 + InARow!1!2
Of6 == Quantified!(1)!(3)
Of7 == Quantified!(1)!(3)!s + Quantified!(2)!(2)!s
Of8 == R(4)!Pair!2
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    path = tmp_path_factory.mktemp("spec") / "M.tla"
    path.write_text(TEXT.removesuffix("====\n") + PARTS + "====\n")
    return Interpreter(load_spec(path))


def value(interpreter: Interpreter, text: str) -> Value:
    scope = interpreter.spec.scope
    return interpreter.expression(parse_expression(text, "<test>"), scope)((1,), None)


@pytest.mark.parametrize(("text", "expected"), VALUES.items(), ids=VALUES)
def test_values(interpreter: Interpreter, text: str, expected: str) -> None:
    assert value(interpreter, text) == value(interpreter, expected)


def test_levels_of_parts(interpreter: Interpreter) -> None:
    levels = {}
    for name in ("First", "Second", "Step"):
        symbol = interpreter.spec.scope[name]
        assert isinstance(symbol, Definition)
        levels[name] = symbol.level
    assert levels == {"First": 1, "Second": 2, "Step": 2}


def test_only_modules_that_are_extended_assume_something(tmp_path: Path) -> None:
    (tmp_path / "A.tla").write_text("---- MODULE A ----\nASSUME InA == TRUE\n====\n")
    (tmp_path / "B.tla").write_text("---- MODULE B ----\nEXTENDS A\nASSUME InB == TRUE\n====\n")
    (tmp_path / "C.tla").write_text("---- MODULE C ----\nASSUME InC == FALSE\n====\n")
    path = tmp_path / "M.tla"
    path.write_text("---- MODULE M ----\nEXTENDS A, B\nINSTANCE C\nI == INSTANCE C\nASSUME InM == TRUE\n====\n")
    assert [each.name for each in load_spec(path).assumptions] == ["InA", "InB", "InM"]


def test_an_instance_has_the_constants_of_the_modules_that_its_module_extends(tmp_path: Path) -> None:
    (tmp_path / "Graph.tla").write_text("---- MODULE Graph ----\nCONSTANTS Nodes, Next(_)\n====\n")
    (tmp_path / "Walk.tla").write_text("---- MODULE Walk ----\nEXTENDS Graph\nEnds == {Next(n) : n \\in Nodes}\n====\n")
    path = tmp_path / "M.tla"
    path.write_text(
        "---- MODULE M ----\nEXTENDS Naturals\nNodes == {1, 2}\nNext(n) == n + 1\nVARIABLE x\n"
        "I == INSTANCE Walk\nP(Some) == INSTANCE Walk WITH Nodes <- Some\n====\n"
    )
    made = Interpreter(load_spec(path))
    assert value(made, "I!Ends") == value(made, "{2, 3}")
    assert value(made, "P({5})!Ends") == value(made, "{6}")
    assert "I!Nodes" not in made.spec.scope
