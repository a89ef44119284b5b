"""The interpreter's successors and initial states: TLC's order, multiplicity and errors.

Expected orders and counts were seen with TLC; `tests/differential` compares whole state graphs.
"""

from pathlib import Path

import pytest

from tlatrace.compile import UNBOUND, ExpressionError, Interpreter
from tlatrace.semantics import load_spec
from tlatrace.values import make_set


def load(folder: Path, body: str) -> Interpreter:
    path = folder / "M.tla"
    path.write_text(f"---- MODULE M ----\nEXTENDS Naturals\nVARIABLES x, y\n{body}\n====\n")
    return Interpreter(load_spec(path))


def successors(folder: Path, step: str, state: tuple[int, int] = (0, 5)) -> list[tuple[int, int]]:
    interpreter = load(folder, f"Set(v, e) == v' = e\nBoth == <<x, y>>\nInit == x = 0 /\\ y = 0\nNext == {step}")
    return [found for action in interpreter.actions for found, _ in action.successors(state)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("x' = 1 /\\ y' = x'", [(1, 1)]),
        ("x' = 1 /\\ x' = 2 /\\ y' = 0", []),
        ("x' \\in {2, 1} /\\ y' = x' + y", [(1, 6), (2, 7)]),
        ("x' = 2 /\\ x' \\in {1, 2} /\\ UNCHANGED y", [(2, 5)]),
        ("x' \\in {} /\\ y' = 0", []),
        ("UNCHANGED Both", [(0, 5)]),
        ("UNCHANGED <<y, <<x>>>>", [(0, 5)]),
        ("x' = 1 /\\ UNCHANGED Both", []),
        ("(x' = 1 \\/ x' = 1) /\\ y' = y", [(1, 5), (1, 5)]),
        ("(x = 0 \\/ y = 5) /\\ UNCHANGED Both", [(0, 5), (0, 5)]),
        ("~(x = 1 \\/ y = 6) /\\ UNCHANGED Both", [(0, 5)]),
        ("\\E a, b \\in 1..2 : x' = a /\\ y' = b", [(1, 1), (2, 1), (1, 2), (2, 2)]),
        ("(\\E a \\in 1..2 : a > x) /\\ UNCHANGED Both", [(0, 5), (0, 5)]),
        ("(\\A a \\in {1} : x' = a) /\\ y' = y", [(1, 5)]),
        ("(\\A a \\in 1..2 : x' = a) /\\ y' = y", []),
        ("(\\A a \\in {} : x' = a) /\\ UNCHANGED Both", [(0, 5)]),
        ("IF x = 0 THEN x' = 7 /\\ y' = 8 ELSE UNCHANGED Both", [(7, 8)]),
        ("CASE x = 1 -> UNCHANGED Both [] y = 5 -> x' = y /\\ y' = x [] OTHER -> FALSE", [(5, 0)]),
        ("(x = 0 => x' = 3) /\\ (x = 1 => y' = 3) /\\ y' = 4", [(3, 4)]),
        ("LET A == x' = 1 B(v) == y' = v IN A /\\ B(2)", [(1, 2)]),
        ("Set(x, y) /\\ Set(y, x)", [(5, 0)]),
        ("[x' = 1 /\\ y' = 1]_Both", [(1, 1), (0, 5)]),
        ("<<x' \\in 0..1 /\\ y' = y>>_Both", [(1, 5)]),
        ("lab :: (x' = 1 /\\ y' = 2)", [(1, 2)]),
        ("(x' = x + 1 /\\ y' = y) \\cdot (x' = x * 10 /\\ y' = x)", [(10, 1)]),
        ("x' = 1 /\\ y' = 2 /\\ (x + y)' = 3", [(1, 2)]),
        ("x = 1 /\\ y' = 0", []),
    ],
)  # fmt: skip
def test_successors(step: str, expected: list[tuple[int, int]], tmp_path: Path) -> None:
    assert successors(tmp_path, step) == expected


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("y' = x' /\\ x' = 1", "x' is read before it is assigned"),
        ("y' = 1 /\\ (x + y)' = 3 /\\ x' = 2", "x is read before it has a value"),
        ("x' = 1", "the action Next leaves y without a value"),
        ("x = 0", "the action Next leaves x, y without a value"),
        ("x' = 1 /\\ y", "a formula must be a boolean"),
        ("x' = \"a\" /\\ x' = 1 /\\ y' = y", "cannot compare"),
        ("x' \\in 7 /\\ y' = y", "must be a set"),
        ("x' \\in Nat /\\ y' = y", "Nat"),
    ],
)  # fmt: skip
def test_errors_of_steps(step: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExpressionError) as raised:
        successors(tmp_path, step)
    assert message in str(raised.value)
    assert raised.value.location is not None


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("x = 1 /\\ y = x + 1", [(1, 2)]),
        ("x \\in 1..2 /\\ y \\in {x, 3}", [(1, 1), (1, 3), (2, 2), (2, 3)]),
        ("x = 1 /\\ y = 1 /\\ x = y", [(1, 1)]),
        ("(x = 1 \\/ x \\in 1..2) /\\ y = 0", [(1, 0), (1, 0), (2, 0)]),
        ("\\E a \\in 1..2 : x = a /\\ y = a", [(1, 1), (2, 2)]),
        ("x = 1 /\\ y = 2 /\\ x = y", []),
    ],
)
def test_initial_states(init: str, expected: list[tuple[int, int]], tmp_path: Path) -> None:
    interpreter = load(tmp_path, f"Init == {init}\nNext == UNCHANGED <<x, y>>")
    assert list(interpreter.initial_states()) == expected


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ("x = y /\\ y = 1", "y is read before it has a value"),
        ("x = 1", "the initial predicate Init leaves y without a value"),
    ],
)
def test_errors_of_initial_states(init: str, message: str, tmp_path: Path) -> None:
    interpreter = load(tmp_path, f"Init == {init}\nNext == UNCHANGED <<x, y>>")
    with pytest.raises(ExpressionError, match=message):
        list(interpreter.initial_states())


PARAMETERS = """
S == 1..3
Go(i, n) == x' = i /\\ y' = n
Same(i, j, k) == x' = i /\\ y' = j + k
Init == x = 0 /\\ y = 0
Next == (\\E i \\in S : \\E m \\in i..3 : Go(i, m + 10)) \\/ \\E i \\in S : Same(i, i, 7)
"""


def test_arguments_bind_and_filter(tmp_path: Path) -> None:
    interpreter = load(tmp_path, PARAMETERS)
    go, same = interpreter.actions
    state = (0, 0)
    assert (go.parameters, same.parameters) == (("i", "n"), ("i", "j", "k"))
    assert len(list(go.successors(state))) == 6
    assert list(go.successors(state, (2, UNBOUND))) == [((2, 12), (2, 12)), ((2, 13), (2, 13))]
    assert list(go.successors(state, (UNBOUND, 12))) == [((1, 12), (1, 12)), ((2, 12), (2, 12))]
    assert list(go.successors(state, (3, 12))) == []
    assert list(go.successors(state, (4, UNBOUND))) == []
    assert list(same.successors(state, (2, UNBOUND, 7))) == [((2, 9), (2, 2, 7))]
    assert list(same.successors(state, (2, 3, UNBOUND))) == []
    assert list(same.successors(state, (UNBOUND, UNBOUND, 8))) == []
    with pytest.raises(ExpressionError, match="the action Go has 2 parameters, not 1"):
        list(go.successors(state, (1,)))


def test_a_value_of_another_kind_is_an_error_and_no_silent_mismatch(tmp_path: Path) -> None:
    interpreter = load(
        tmp_path, "Go(i) == x' = i /\\ y' = y\nInit == x = 0 /\\ y = 0\nNext == \\E i \\in {1, 2} : Go(i)"
    )
    (go,) = interpreter.actions
    with pytest.raises(ExpressionError, match="compare"):
        list(go.successors((0, 0), ("one",)))
    assert list(go.successors((0, make_set([])), (1,))) == [((1, make_set([])), (1,))]
