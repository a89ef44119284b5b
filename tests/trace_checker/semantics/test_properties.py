"""A specification's formula becomes Init, Next and fairness; a property becomes what is checked where."""

from pathlib import Path

import pytest

from tlatrace.compile import CompiledSpec, Interpreter
from tlatrace.semantics import PropertyParts, SemanticError, SemanticErrors, Spec, load_spec, property_parts
from tlatrace.syntax import parse_config, print_expression

HEAD = """---- MODULE M ----
EXTENDS Naturals
VARIABLES x, y
A == x' = 1 /\\ y' = y
B(i) == x' = i /\\ y' = y
Tick == (x' = 1 /\\ y' = y) \\/ (x' = 2 /\\ y' = y)
Init == x = 0 /\\ y = 0
Inv == x < 5
Fair(i) == WF_x(B(i))
Live == Fair(1) /\\ <>(x = 1)
Safe == Init /\\ [][A]_x
"""
INNER = """---- MODULE Inner ----
EXTENDS Naturals
CONSTANT limit
VARIABLE v
IInit == v = 0
INext == v' = v + 1 /\\ v < limit
ISpec == IInit /\\ [][INext]_v /\\ WF_v(INext)
====
"""


def load(folder: Path, body: str, config: str = "SPECIFICATION Spec") -> Spec:
    (folder / "Inner.tla").write_text(INNER)
    (folder / "M.tla").write_text(f"{HEAD}{body}\n====\n")
    return load_spec(folder / "M.tla", parse_config(config, "M.cfg"))


@pytest.mark.parametrize(
    ("formula", "fairness"),
    [
        ("Init /\\ [][A]_x", []),
        ("Init /\\ [][A]_<<x, y>> /\\ WF_x(A) /\\ \\A i \\in 1..2 : SF_x(B(i))", ["Spec", "Spec"]),
        ("x = 0 /\\ y = 0 /\\ [][A]_x /\\ ((x = 0) ~> (x = 1)) /\\ []<>(x = 0)", ["Spec", "Spec"]),
        ("Live /\\ Safe", ["Fair", "Live"]),
        ("Safe /\\ LET k == 1 IN WF_x(B(k))", ["Spec"]),
        ("Safe /\\ []Inv", ["Spec"]),
        ("Safe /\\ TRUE", []),
    ],
)
def test_a_specification_is_taken_apart(formula: str, fairness: list[str], tmp_path: Path) -> None:
    spec = load(tmp_path, f"Spec == {formula}")
    assert spec.init is not None
    assert spec.init.name == "Init"
    assert [action.name for action in spec.actions] == ["A"]
    assert [part.name for part in spec.fairness] == fairness
    assert spec.subscript is not None
    assert next(Interpreter(spec).initial_states()) == (0, 0)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("Init /\\ [][A]_x /\\ [][Tick]_x", "two conjuncts of the form"),
        ("Init /\\ A", "an action outside"),
        ("\\EE z : Safe", "it hides variables"),
        ("LET k == 1 IN Init /\\ [][B(k)]_x", "does not say what the initial states are"),
    ],
)
def test_a_specification_that_cannot_be_taken_apart(formula: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SemanticErrors, match=message):
        load(tmp_path, f"Spec == {formula}")


def test_init_may_be_spread_over_modules(tmp_path: Path) -> None:
    instance = "I == INSTANCE Inner WITH v <- x, limit <- 2"
    spec = load(tmp_path, f"{instance}\nSpec == y \\in {{3, 4}} /\\ I!IInit /\\ [][A]_<<x, y>> /\\ WF_x(A)")
    assert spec.init is not None
    for make in (Interpreter, CompiledSpec):
        assert sorted(make(spec).initial_states()) == [(0, 3), (0, 4)]


def test_a_specification_of_an_instance(tmp_path: Path) -> None:
    instance = "I == INSTANCE Inner WITH v <- x, limit <- 2"
    spec = load(tmp_path, f"{instance}\nSpec == I!ISpec /\\ y = 0 /\\ [](y = 0)")
    assert [part.name for part in spec.fairness] == ["I!ISpec", "Spec"] or len(spec.fairness) == 2
    assert [next(Interpreter(spec).initial_states())] == [(0, 0)]


def test_a_specification_of_an_instance_with_parameters(tmp_path: Path) -> None:
    instance = "I(m) == INSTANCE Inner WITH v <- x, limit <- m"
    spec = load(tmp_path, f"{instance}\nSpec == I(1 + 1)!ISpec /\\ y = 0")
    for make in (Interpreter, CompiledSpec):
        evaluator = make(spec)
        assert list(evaluator.initial_states()) == [(0, 0)]
        assert spec.next is not None
        step = evaluator.expression(spec.next.body, spec.next.scope)
        assert (step((1, 0), (2, 0)), step((2, 0), (3, 0))) == (True, False)


def parts(folder: Path, body: str) -> PropertyParts:
    (formula,) = load(folder, body, "INIT Init NEXT Tick PROPERTY P").properties
    return property_parts(formula)


def described(found: PropertyParts) -> dict[str, list[tuple[str, str]]]:
    kinds = {
        "initial": [(part.name, print_expression(part.body)) for part in found.initial],
        "invariants": [(part.name, print_expression(part.body)) for part in found.invariants],
        "steps": [(part.name, print_expression(part.box)) for part in found.steps],
        "temporal": [(part.name, print_expression(part.body)) for part in found.temporal],
    }
    return {kind: items for kind, items in kinds.items() if items}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("P == []Inv", {"invariants": [("Inv", "Inv")]}),
        ("P == [](x < 3)", {"invariants": [("P", "x < 3")]}),
        ("P == [][A]_x", {"steps": [("P", "[A]_x")]}),
        ("P == x = 0", {"initial": [("P", "x = 0")]}),
        ("P == <>(x = 0)", {"temporal": [("P", "<>(x = 0)")]}),
        ("P == Safe /\\ []Inv /\\ <>Inv",
         {"initial": [("Init", "x = 0"), ("Init", "y = 0")], "steps": [("Safe", "[A]_x")],
          "invariants": [("Inv", "Inv")], "temporal": [("P", "<>Inv")]}),
        ("Q(n) == [](x < n)\nP == Q(3)", {"temporal": [("P", "Q(3)")]}),
        ("P == \\A i \\in 1..2 : [](x < i)", {"temporal": [("P", "\\A i \\in 1 .. 2 : [](x < i)")]}),
        ("I == INSTANCE Inner WITH v <- x, limit <- 2\nP == I!ISpec",
         {"initial": [("I!IInit", "v = 0")], "steps": [("I!ISpec", "[INext]_v")],
          "temporal": [("I!ISpec", "WF_v(INext)")]}),
    ],
)  # fmt: skip
def test_a_property_is_taken_apart(body: str, expected: dict[str, list[tuple[str, str]]], tmp_path: Path) -> None:
    found = {
        kind: [(name.replace("I!IInit", "IInit").replace("I!ISpec", "ISpec"), text) for name, text in items]
        for kind, items in described(parts(tmp_path, body)).items()
    }
    wanted = {kind: [(name.replace("I!", ""), text) for name, text in items] for kind, items in expected.items()}
    assert found == wanted


def test_an_action_is_no_property(tmp_path: Path) -> None:
    with pytest.raises(SemanticError, match=r"the property P is an action here.*\[\]\[A\]_vars"):
        parts(tmp_path, "P == A")
