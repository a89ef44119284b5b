"""What a configuration says about constants and definitions, as TLC takes it."""

from pathlib import Path

import pytest

from tlatrace.compile import CompiledSpec, Interpreter
from tlatrace.semantics import SemanticErrors, Spec, load_spec
from tlatrace.syntax import parse_config
from tlatrace.values import to_text

MAIN = """---- MODULE Main ----
EXTENDS Naturals, Sub
CONSTANTS A, F(_, _)
VARIABLE x
I == INSTANCE Sub
P(base) == INSTANCE Based
Init == x = 0
Next == x' = (x + 1) % 3
Inv == x < 5
Two == 2
Plus(a, b) == 7
Bar == 5
BarOf(a) == a + 50
MyNat == 0..2
Show == <<A, Use, I!Use, Foo, F(1, 2), 3 \\in Nat, P(10)!UseOf>>
====
"""
SUB = """---- MODULE Sub ----
EXTENDS Naturals
Foo == 1
Use == Foo
====
"""
BASED = """---- MODULE Based ----
EXTENDS Naturals
CONSTANT base
Of(a) == base + a
UseOf == Of(1)
====
"""


def load(folder: Path, config: str) -> Spec:
    for name, text in (("Main", MAIN), ("Sub", SUB), ("Based", BASED)):
        (folder / f"{name}.tla").write_text(text)
    return load_spec(folder / "Main.tla", parse_config(f"INIT Init NEXT Next\n{config}", "Main.cfg"))


def shown(spec: Spec) -> str:
    symbol = spec.scope["Show"]
    texts = [
        to_text(make(spec).expression(symbol.body, spec.scope)((0,), None)) for make in (Interpreter, CompiledSpec)
    ]  # type: ignore[union-attr]
    assert texts[0] == texts[1]
    return texts[0]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("CONSTANT F <- Plus A = 1", "<<1, 1, 1, 1, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A = 1 A = 2", "<<2, 1, 1, 1, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A = 1 Zork = 2 x = 3", "<<1, 1, 1, 1, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A = a", "<<a, 1, 1, 1, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A = 1 A <- Two", "<<2, 1, 1, 1, 7, TRUE, 11>>"),
        ("CONSTANT F <- + A <- Two", "<<2, 1, 1, 1, 3, TRUE, 11>>"),
        ("CONSTANT F = 3 A <- Two", "<<2, 1, 1, 1, 3, TRUE, 11>>"),
        ("CONSTANT F(1, 2) = 4 F(2, 2) = 5 A <- Two", "<<2, 1, 1, 1, 4, TRUE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Foo <- Bar", "<<2, 5, 5, 5, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Foo <- [Sub] Bar", "<<2, 5, 5, 5, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Foo = 9", "<<2, 9, 9, 9, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Foo = [Sub] 9", "<<2, 9, 9, 9, 7, TRUE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Nat <- MyNat", "<<2, 1, 1, 1, 7, FALSE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Nat <- [Naturals] MyNat", "<<2, 1, 1, 1, 7, FALSE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Nat <- [Sub] MyNat", "<<2, 1, 1, 1, 7, FALSE, 11>>"),
        ("CONSTANT F <- Plus A <- Two Of <- [Based] BarOf", "<<2, 1, 1, 1, 7, TRUE, 51>>"),
    ],
)
def test_what_a_configuration_changes(config: str, expected: str, tmp_path: Path) -> None:
    assert shown(load(tmp_path, config)) == expected


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("CONSTANT F <- Plus", "the constant A has no value (give it one by a line of the configuration"),
        ("CONSTANT F <- Plus AA = 2", "the constant A has no value"),
        ("CONSTANT F <- Plus A <- Zork", "A is to be replaced by Zork, which does not exist"),
        ("CONSTANT F <- Plus A <- x", "A is to be replaced by x, which is a variable"),
        ("CONSTANT F <- Plus A <- Inv", "the constant A cannot be replaced by Inv, which is no constant expression"),
        ("CONSTANT F <- Plus A <- Plus", "A takes 0 arguments, and Plus 2"),
        ("CONSTANT F <- Two A = 1", "F takes 2 arguments, and Two 0"),
        ("CONSTANT F <- Plus A <- Two Two <- Bar", "A is to be replaced by Two, which is itself replaced"),
        ("CONSTANT F <- Plus A = 1 Zork <- Two", "Zork is neither a constant nor a definition"),
        ("CONSTANT F <- Plus A = 1 Zork <- [Sub] Two", "the module Sub has no definition Zork"),
        ("CONSTANT F <- Plus A = 1 Int <- [Naturals] Two", "the module Naturals has no definition Int"),
        ("CONSTANT F <- Plus A = 1 Nat <- [Integers] Two", "the specification has no module Integers"),
        ("CONSTANT F <- Plus A = 1 Foo <- [Zub] Two", "the specification has no module Zub"),
        ("CONSTANT F <- Plus A(1) = 1", "A takes 0 arguments, not 1"),
        ('CONSTANT F <- Plus A = {1, "s"}', "cannot compare the integer 1 with the string"),
        ("CONSTANT F <- Plus A = 1 VIEW Zork", "the definition for VIEW Zork does not exist"),
        ("CONSTANT F <- Plus A = 1 VIEW x", "the definition for VIEW x is a variable, not a definition"),
        ("CONSTANT F <- Plus A = 1 ALIAS Plus", "the definition for ALIAS Plus takes arguments"),
        ("CONSTANT F <- Plus A = 1 INVARIANT Next", "the invariant Next is an action"),
        ("CONSTANT F <- Plus A = 1 SPECIFICATION Init", "SPECIFICATION, or INIT and NEXT, not both"),
    ],
)
def test_what_a_configuration_may_not_say(config: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SemanticErrors) as caught:
        load(tmp_path, config)
    assert message in str(caught.value)


def test_what_tlc_looks_at_is_in_the_specification(tmp_path: Path) -> None:
    lines = "SYMMETRY Two VIEW Show ALIAS Next POSTCONDITION Inv CHECK_DEADLOCK FALSE TYPE_CONSTRAINT Zork"
    spec = load(tmp_path, f"CONSTANT F <- Plus A = 1 {lines}")
    names = [None if formula is None else formula.name for formula in (spec.symmetry, spec.view, spec.alias)]
    assert names == ["Two", "Show", "Next"]
    assert spec.postcondition is not None
    assert (spec.postcondition.name, spec.check_deadlock) == ("Inv", False)
    assert load(tmp_path, "CONSTANT F <- Plus A = 1").check_deadlock is None


def test_the_configuration_is_one_of_the_sources(tmp_path: Path) -> None:
    spec = load(tmp_path, "CONSTANT F <- Plus A = b")
    assert next(iter(spec.sources.items())) == ("Main.cfg", "INIT Init NEXT Next\nCONSTANT F <- Plus A = b")
