"""TLC's printed values: what is read, what is not, and that writing and reading agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlacheck import ModelValue, TlcFunction, TlcSet, TlcValue, ValueSyntaxError, format_value, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("TRUE", True),
        ("FALSE", False),
        ("p1", ModelValue("p1")),
        ("null", ModelValue("null")),
        ('""', ""),
        (r'"a \"b\"\n\\"', 'a "b"\n\\'),
        ("{}", TlcSet()),
        ("{1, 2}", TlcSet({1, 2})),
        ("1..3", TlcSet({1, 2, 3})),
        ("-1..0", TlcSet({-1, 0})),
        ("2..1", TlcSet()),
        ("<<>>", ()),
        ("<<1, <<2>>>>", (1, (2,))),
        ("<< {p1},\n   {} >>", (TlcSet({ModelValue("p1")}), TlcSet())),
        ("[a |-> 1, b |-> {}]", TlcFunction({"a": 1, "b": TlcSet()})),
        ("(p1 :> 1 @@ p2 :> -2)", TlcFunction({ModelValue("p1"): 1, ModelValue("p2"): -2})),
        ('("a" :> 1)', TlcFunction({"a": 1})),
        ("(0 :> 1 @@ 1 :> 2)", TlcFunction({0: 1, 1: 2})),
        ("(1 :> 7 @@ 2 :> 8)", (7, 8)),
        ("(1 :> 7 @@ 1 :> 8)", (7,)),
        ("(p1)", ModelValue("p1")),
        (
            "( p1 :>\n  [ a |-> <<1>>,\n    b |-> 2 ] )",
            TlcFunction({ModelValue("p1"): TlcFunction({"a": (1,), "b": 2})}),
        ),
    ],
)
def test_reads(text: str, value: TlcValue) -> None:
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "expected a value, found the end of the text"),
        ("<<1, 2", 6, 'expected ",", found the end of the text'),
        ("{1 2}", 3, 'expected ",", found "2"'),
        ("1 2", 2, 'expected the end of the value, found "2"'),
        ("[a = 1]", 3, "unexpected character '='"),
        ("[a : 1]", 3, 'expected "|->", found ":"'),
        ("(p1 :> )", 7, 'expected a value, found ")"'),
        ('"abc', 0, "unexpected character"),
        ("1..x", 3, "expected the upper bound"),
        ("1..99999999", 3, "an interval of more than"),
        ("SUBSET {1}", 0, "TLC did not enumerate: SUBSET"),
        ("{" * 300, 201, "nested deeper than 200"),
    ],
)
def test_says_where_text_stops_being_a_value(text: str, offset: int, message: str) -> None:
    with pytest.raises(ValueSyntaxError) as caught:
        parse_value(text)

    assert message in str(caught.value)
    assert caught.value.offset == offset


def test_an_error_names_line_and_column() -> None:
    with pytest.raises(ValueSyntaxError, match="line 2, column 4 of the value"):
        parse_value("<<1,\n   ;")


def test_equal_values_are_equal_and_hash_alike() -> None:
    assert hash(TlcFunction({"a": 1, "b": 2})) == hash(TlcFunction({"b": 2, "a": 1}))
    assert {parse_value("[a |-> 1]"), parse_value('("a" :> 1)')} == {TlcFunction({"a": 1})}
    assert TlcFunction({"a": 1}) != TlcFunction({"a": 2})
    assert TlcFunction({"a": 1}) != {"a": 1}


def test_writes_sets_and_functions_in_order() -> None:
    assert format_value(TlcSet({10, 2, 1})) == "{1, 2, 10}"
    assert format_value(TlcFunction({ModelValue("p2"): 1, ModelValue("p1"): True})) == "(p1 :> TRUE @@ p2 :> 1)"
    assert repr(TlcFunction({"b": (), "a": "x"})) == '[a |-> "x", b |-> <<>>]'
    assert format_value(TlcFunction({"not a field": 1})) == '("not a field" :> 1)'


# Booleans stay out of sets and domains here: Python holds 1 and True for the same key, TLC never mixes them.
atoms = st.integers(-50, 50) | st.text(max_size=4) | st.sampled_from([ModelValue("p1"), ModelValue("none")])
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=3).map(TlcSet)
        | st.dictionaries(st.sampled_from(["a", "b_c", "term"]), inner, min_size=1, max_size=3).map(TlcFunction)
        | st.dictionaries(st.integers(-3, 0), inner, min_size=1, max_size=3).map(TlcFunction)
    ),
    max_leaves=12,
)


@given(values)
def test_reading_what_was_written_gives_the_value(value: TlcValue) -> None:
    assert parse_value(format_value(value)) == value
