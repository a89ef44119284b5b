"""How values print: TLC's text, one text for equal values, cut and broken lines."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.values import (
    BOOLEAN,
    EMPTY_SET,
    NATURALS,
    FunctionSpace,
    IntervalSet,
    LazyFunction,
    ModelValue,
    PowerSet,
    ProductSet,
    RecordSpace,
    SequenceSpace,
    make_function,
    make_record,
    make_sequence,
    make_set,
    shown,
    to_text,
    type_name,
)

GOLDEN: list[tuple[Any, str]] = [
    (True, "TRUE"),
    (-5, "-5"),
    ('a"b\\c\n\t', r'"a\"b\\c\n\t"'),
    (ModelValue("n1"), "n1"),
    (make_sequence(()), "<<>>"),
    (make_sequence((1, "x", make_sequence((False,)))), '<<1, "x", <<FALSE>>>>'),
    (EMPTY_SET, "{}"),
    (make_set((3, 1, 2)), "{1, 2, 3}"),
    (make_set((2, ModelValue("m"), 0)), "{m, 0, 2}"),
    (make_set([make_sequence(one) for one in ((2,), (1, 1), (1,), ())]), "{<<>>, <<1>>, <<2>>, <<1, 1>>}"),
    (make_set([make_set(one) for one in ((1, 2), (1, 3), (3,), (0, 9))]), "{{3}, {0, 9}, {1, 2}, {1, 3}}"),
    (make_record({"b": 2, "a": 1}), "[a |-> 1, b |-> 2]"),
    (make_function({0: 1, 2: 3}), "(0 :> 1 @@ 2 :> 3)"),
    (make_function({"a b": 1}), '("a b" :> 1)'),
    (make_function({"2": 1}), '("2" :> 1)'),
    (make_function({"WF_a": 1}), '("WF_a" :> 1)'),
    (make_function({make_sequence((1, 2)): 3}), "(<<1, 2>> :> 3)"),
    (IntervalSet(1, 3), "{1, 2, 3}"),
    (IntervalSet(1, 1000), "1..1000"),
    (make_set(range(1, 1001)), "1..1000"),
    (PowerSet(make_set((1, 2))), "{{}, {1}, {2}, {1, 2}}"),
    (PowerSet(IntervalSet(1, 100)), "SUBSET 1..100"),
    (FunctionSpace(IntervalSet(1, 3), NATURALS), "[{1, 2, 3} -> Nat]"),
    (RecordSpace({"b": NATURALS, "a": BOOLEAN}), "[a: {FALSE, TRUE}, b: Nat]"),
    (ProductSet((NATURALS, BOOLEAN)), "(Nat \\X {FALSE, TRUE})"),
    (SequenceSpace(BOOLEAN), "Seq({FALSE, TRUE})"),
    (LazyFunction(NATURALS, lambda n: n), "[x \\in Nat |-> …]"),
    # As TLC 2.18 orders them: pair by pair, the key before its value.
    (
        make_set([make_record(one) for one in ({"a": 2, "b": 1}, {"a": 1, "c": 1}, {"a": 1, "b": 7}, {"a": 5})]),
        "{[a |-> 5], [a |-> 1, b |-> 7], [a |-> 1, c |-> 1], [a |-> 2, b |-> 1]}",
    ),
    (
        make_set([make_function({0: 2, 1: 3}), make_sequence((4, 4)), make_function({0: 1, 2: 3})]),
        "{(0 :> 1 @@ 2 :> 3), (0 :> 2 @@ 1 :> 3), <<4, 4>>}",
    ),
]


@pytest.mark.parametrize(("value", "text"), GOLDEN, ids=[text for _, text in GOLDEN])
def test_golden(value: Any, text: str) -> None:
    assert to_text(value) == text


def test_a_long_value_is_cut_in_a_message() -> None:
    long = make_sequence(range(100_000))
    assert len(shown(long)) == 200
    assert shown(long).startswith("<<0, 1, 2, ")
    assert shown(long).endswith("…")
    assert shown(make_sequence(range(3))) == "<<0, 1, 2>>"


def test_width_breaks_lines_where_it_must() -> None:
    value = make_record({"log": make_sequence([make_record({"term": 1, "value": "x" * 20})] * 2), "term": 3})
    assert to_text(value, width=60).split("\n") == [
        "[",
        "  log |-> <<",
        '    [term |-> 1, value |-> "xxxxxxxxxxxxxxxxxxxx"],',
        '    [term |-> 1, value |-> "xxxxxxxxxxxxxxxxxxxx"]',
        "  >>,",
        "  term |-> 3",
        "]",
    ]
    assert "\n" not in to_text(value, width=200)


def test_values_say_what_they_are() -> None:
    names = [type_name(one) for one in (True, 1, "s", ModelValue("m"), make_sequence((1,)), make_set(()), 1.5)]
    assert names == ["boolean", "integer", "string", "model value", "sequence", "set", "Python float"]
    assert type_name(make_record({"a": 1})) == "record"
    assert type_name(make_function({0: 1})) == "function"
    assert repr(make_set((1,))) == "<{1}>"
