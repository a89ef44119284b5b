"""TLC's order of variables and of values, and when it reduces by symmetry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlatrace.engine.explore.symmetry import is_reduced
from tlatrace.engine.explore.tlc_order import ValueKeys, java_hash, variable_order
from tlatrace.semantics import load_spec
from tlatrace.syntax import parse_expression
from tlatrace.values import Appearance, ModelValue, Value, make_function, make_sequence, make_set


@pytest.mark.parametrize(("definitions", "order"), [(64, "alpha gamma x delta beta"), (65, "x gamma alpha beta delta")])
def test_the_order_of_variables_is_that_of_a_java_hash_table(tmp_path: Path, definitions: int, order: str) -> None:
    # Both orders are TLC's: with the 65th definition the table grows.
    text = "".join(f"D{number}z == 1\n" for number in range(definitions))
    spec = tmp_path / "K.tla"
    names = "alpha, beta, gamma, delta, x"
    spec.write_text(
        f"---- MODULE K ----\nVARIABLES {names}\nInit == <<{names}>> = <<0, 0, 0, 0, 0>>\n"
        f"Next == UNCHANGED <<{names}>>\n{text}====\n"
    )
    (tmp_path / "K.cfg").write_text("INIT Init\nNEXT Next\n")
    loaded = load_spec(spec, tmp_path / "K.cfg")
    assert [loaded.variables[index].name for index in variable_order(loaded)] == order.split()


def test_the_hash_of_java() -> None:
    assert java_hash("hello") == 99162322
    assert java_hash("") == 0


def test_keys_sort_as_the_order_of_appearance_does() -> None:
    order = Appearance(("m2", "m1", "b", "a"))
    m1, m2 = ModelValue("m1"), ModelValue("m2")
    values: list[Value] = [
        *(m1, m2, True, False, 2, 1, "a", "b"),
        *(make_set([m1, 1]), make_set([m2]), make_sequence([1, "a"]), make_sequence([1, "b"])),
        *(make_function([("a", 1), ("b", 2)]), make_function([("a", 2), ("b", 1)]), make_function([(m1, 1)])),
    ]
    assert sorted(values, key=ValueKeys(order).of) == sorted(values, key=order.key)


@pytest.mark.parametrize(
    ("text", "count", "is_used"),
    [
        ("Permutations(S)", 2, True),
        ("Permutations(S)", 1, False),
        ("Permutations(S) \\cup Permutations(T)", 3, True),
        ("Permutations(S) \\cup Permutations(T)", 2, False),
        ("{f, g}", 2, False),
        ("Perms", 1, True),
    ],
)
def test_tlc_wants_more_permutations_than_operands(text: str, count: int, is_used: bool) -> None:
    assert is_reduced(parse_expression(text, "SYMMETRY"), make_set(list(range(count)))) is is_used
