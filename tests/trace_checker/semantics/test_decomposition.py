"""Next becomes actions."""

from pathlib import Path

import pytest

from tlatrace.semantics import ActionInstance, SemanticErrors, Spec, load_spec
from tlatrace.syntax import print_expression

HEAD = """---- MODULE M ----
EXTENDS Naturals
CONSTANT S
VARIABLES x, y
A == x' = 1 /\\ y' = y
B(i) == x' = i /\\ y' = y
C(i, j) == x' = i /\\ y' = j
Tick == (x' = 1 /\\ y' = y) \\/ (x' = 2 /\\ y' = y)
Init == x = 0 /\\ y = 0
"""


def load(folder: Path, body: str) -> Spec:
    path = folder / "M.tla"
    path.write_text(f"{HEAD}{body}\n====\n")
    return load_spec(path, without_constants=True)


def described(action: ActionInstance) -> str:
    """``name(arguments) | guards | binders``, outermost binder first."""
    arguments = ", ".join(map(print_expression, action.arguments))
    guards = ", ".join(map(print_expression, action.guards))
    binders = ", ".join(f"{binder.name} \\in {print_expression(binder.domain)}" for binder in action.binders)
    return f"{action.name}({arguments}) | {guards} | {binders}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Next == A \\/ B(1)", ["A() |  | ", "B(1) |  | "]),
        ("Next == \\E i \\in S : B(i)", ["B(i) |  | i \\in S"]),
        ("Next == \\E i, j \\in S, k \\in Nat : C(i, j)", ["C(i, j) |  | k \\in Nat, j \\in S, i \\in S"]),
        ("Next == \\E i \\in S : \\E j \\in 0..i : C(j, i)", ["C(j, i) |  | i \\in S, j \\in 0 .. i"]),
        ("Next == x > 0 /\\ (A \\/ Tick)", ["A() | x > 0 | ", "Tick() | x > 0 | "]),
        ("Next == A \\/ (x = 1 /\\ B(x))", ["A() |  | ", "B(x) | x = 1 | "]),
        ("Next == A \\/ x' = 3", ["A() |  | ", "Next() |  | "]),
        ("N(i) == B(i) \\/ \\E j \\in S : C(i, j)\nNext == \\E p \\in S : N(p)",
         ["B(p) |  | p \\in S", "C(p, j) |  | p \\in S, j \\in S"]),
        ("N(i) == x = i /\\ (A \\/ B(i))\nNext == N(1) \\/ N(x + 1)",
         ["A() | x = 1 | ", "B(1) | x = 1 | ", "A() | x = x + 1 | ", "B(x + 1) | x = x + 1 | "]),
        ("N == A\nNext == N \\/ Tick", ["N() |  | ", "Tick() |  | "]),
        ("N(i) == \\E j \\in S : x = 1 /\\ C(i, j)\nNext == \\E j \\in S : N(j)", ["N(j) |  | j \\in S"]),
        ("Step == A \\/ B(2)\nNext == Step", ["A() |  | ", "B(2) |  | "]),
        ("Next == \\E <<i, j>> \\in S \\X S : C(i, j)", ["Next() |  | "]),
    ],
)  # fmt: skip
def test_next_is_decomposed(body: str, expected: list[str], tmp_path: Path) -> None:
    assert [described(action) for action in load(tmp_path, body).actions] == expected


def test_a_let_is_carried_to_the_actions(tmp_path: Path) -> None:
    (first, second) = load(tmp_path, "Next == LET k == x + 1 IN B(k) \\/ \\E i \\in 0..k : C(i, k)").actions
    assert print_expression(first.arguments[0]).split() == ["LET", "k", "==", "x", "+", "1", "IN", "k"]
    assert print_expression(second.arguments[0]) == "i"
    assert print_expression(second.binders[0].domain).split() == ["LET", "k", "==", "x", "+", "1", "IN", "0", "..", "k"]


def test_a_definition_is_left_for_named_parts_or_not_at_all(tmp_path: Path) -> None:
    under_let = "N(i) == LET k == i IN k > 0 /\\ (A \\/ B(i))"
    tuples = "T == \\E <<i, j>> \\in S \\X S : C(i, j)"
    spec = load(tmp_path, f"{under_let}\n{tuples}\nNext == T \\/ \\E i \\in S : N(i)")
    assert [described(action) for action in spec.actions] == ["T() |  | ", "N(i) |  | i \\in S"]


def test_an_argument_is_never_captured(tmp_path: Path) -> None:
    # The j of N is another than the j of Next: N stays an action of its own.
    actions = load(tmp_path, "N(i) == A \\/ \\E j \\in S : C(i, j)\nNext == \\E j \\in S : N(j)").actions
    assert [described(action) for action in actions] == ["N(j) |  | j \\in S"]


def test_next_of_another_module(tmp_path: Path) -> None:
    load(tmp_path, "N(i) == B(i) \\/ A\nNext == \\E i \\in S : N(i)")
    (tmp_path / "MC.tla").write_text("---- MODULE MC ----\nEXTENDS M\nMCNext == Next /\\ x < 3\nFull == Next\n====\n")
    whole = load_spec(tmp_path / "MC.tla", without_constants=True, next="Full")
    assert [described(action) for action in whole.actions] == ["B(i) |  | i \\in S", "A() |  | i \\in S"]
    bounded = load_spec(tmp_path / "MC.tla", without_constants=True, next="MCNext")
    assert [described(action) for action in bounded.actions] == ["B(i) | x < 3 | i \\in S", "A() | x < 3 | i \\in S"]


def test_a_module_without_behaviors(tmp_path: Path) -> None:
    (tmp_path / "M.tla").write_text("---- MODULE M ----\nOne == 1\n====\n")
    spec = load_spec(tmp_path / "M.tla")
    assert (spec.init, spec.next, spec.actions) == (None, None, ())


def test_the_usual_names_used_otherwise(tmp_path: Path) -> None:
    (tmp_path / "M.tla").write_text("---- MODULE M ----\nVARIABLE v\nNext(x) == x'\nSpec(x) == x\nInit == v\n====\n")
    spec = load_spec(tmp_path / "M.tla")
    assert (spec.next, spec.actions) == (None, ())
    with pytest.raises(SemanticErrors, match=r"^the next-state relation Next takes arguments"):
        load_spec(tmp_path / "M.tla", next="Next")
