"""JSON as TLA+ text. That TLC reads the text as meant is seen where traces are judged (tests/differential)."""

from __future__ import annotations

from typing import Any

import pytest

from tlaconform.tlc_judge.literals import (
    INTEGER_MAX,
    INTEGER_MIN,
    LiteralError,
    Literals,
    is_field_name,
    sequence_definitions,
    spell,
)
from tlatrace.syntax import ast, parse_expression, parse_module, print_expression


def written(data: object, **options: Any) -> str:
    return Literals(**options).value(data, "event")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (True, "TRUE"),
        (0, "0"),
        (-3, "(-3)"),
        (INTEGER_MAX, "2147483647"),
        (INTEGER_MIN, "(-2147483647 - 1)"),
        ("n1", '"n1"'),
        ([], "<< >>"),
        ([1, [2]], "<<1, <<2>>>>"),
        ({}, "<< >>"),
        ({"a": 1, "b": {"c": []}}, "[a |-> 1, b |-> [c |-> << >>]]"),
        ({"node-1": 1, "n2": 2}, '("node-1" :> 1 @@ "n2" :> 2)'),
        ({"IN": 1}, '("IN" :> 1)'),
        ({"#set": []}, "{ }"),
        ({"#set": ["a", "b"]}, '{"a", "b"}'),
        ({"#tup": [1]}, "<<1>>"),
        ({"#map": []}, "<< >>"),
        ({"#map": [[1, "a"], [2, "b"]]}, '(1 :> "a" @@ 2 :> "b")'),
        ({"#bigint": "-7"}, "(-7)"),
    ],
)
def test_json_becomes_tla(data: object, text: str) -> None:
    assert written(data) == text


def test_what_is_written_parses_to_what_was_meant() -> None:
    text = written({"a": [1, -2], "b": {"#set": ['say "hi"\\', "tab\t"]}, "key with space": {"#map": [[[1], False]]}})

    assert parse_expression(print_expression(parse_expression(text, "literal")), "literal") == parse_expression(
        text, "literal"
    )


def test_null_and_strings_may_stand_for_something_else_but_names_do_not() -> None:
    text = written({"-": "-", "vote": None, "n": "-x"}, null="Nil", strings={"-": "None"})

    assert text == '("-" :> None @@ "vote" :> Nil @@ "n" :> "-x")'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"vote": None}, r"event\.vote: null has no value"),
        ({"share": [0, 0.5]}, r"event\.share\[1\]: 0\.5 is no value"),
        ({"time": INTEGER_MAX + 1}, r"event\.time: 2147483648 is beyond TLC's integers"),
        ({"time": {"#bigint": "-2147483649"}}, r'event\.time\["#bigint"\]: -2147483649 is beyond'),
        ({"#bigint": "1.5"}, "decimal digits"),
        ({"#set": {}}, "an array is expected"),
        ({"#set": [], "more": 1}, "must stand alone"),
        ({"#bag": []}, "unknown tag #bag"),
        ({"#map": [[1]]}, "a pair of key and value"),
        ({"#map": [[1, 1], [1, 2]]}, "the key 1 stands twice"),
    ],
)
def test_what_tlc_cannot_hold_is_an_error_with_its_path(data: object, message: str) -> None:
    with pytest.raises(LiteralError, match=message):
        written(data)


@pytest.mark.parametrize("text", ["plain", 'a "b" \\ c', "tab\tline\n", "caf\u00e9", "\U0001f600", "\x00\x7f", ""])
def test_strings_are_spelled_in_ascii(text: str) -> None:
    spelled = spell(text)

    assert spelled.isascii()
    assert "\n" not in spelled
    parsed = parse_expression(spelled, "literal")
    assert isinstance(parsed, ast.String)
    assert (parsed.value == text) == all(" " <= character <= "~" or character in "\t\n\r\f" for character in text)


def test_different_strings_stay_different_or_are_refused() -> None:
    literals = Literals()

    assert literals.string("\u00e9") != literals.string("\u00e8")
    assert literals.string("\u00e9") == literals.string("\u00e9")
    with pytest.raises(LiteralError, match="both"):
        literals.string("\\u{e9}")


@pytest.mark.parametrize(
    ("name", "may"), [("term", True), ("1a", True), ("12", False), ("a.b", False), ("LET", False), ("WF_x", False)]
)
def test_names_of_fields(name: str, may: bool) -> None:
    assert is_field_name(name) is may


@pytest.mark.parametrize("length", [0, 1, 3, 4, 10])
def test_long_sequences_are_put_together_from_chunks(length: int) -> None:
    items = [str(number) for number in range(length)]

    text = sequence_definitions("Trace", items, items_in_chunk=3)

    module = parse_module(f"---- MODULE M ----\nEXTENDS Sequences\n{text}\n====\n", "M.tla")
    defined = {unit.name: unit.body for unit in module.units if isinstance(unit, ast.OperatorDefinition)}
    assert elements(defined["Trace"], defined) == items
    assert all(len(body.items) <= 3 for body in defined.values() if isinstance(body, ast.Tuple))


def elements(body: ast.Expr, defined: dict[str, ast.Expr]) -> list[str]:
    """The items of a sequence that is given by tuples, names and concatenations."""
    if isinstance(body, ast.Tuple):
        return [print_expression(item) for item in body.items]
    if isinstance(body, ast.Name):
        return elements(defined[body.name], defined)
    assert isinstance(body, ast.Apply)
    assert body.operator == "\\o"
    return [item for argument in body.arguments for item in elements(argument, defined)]
