"""Laws of all values: equality, hashing, order, JSON, and every persistent operation against a naive twin."""

from __future__ import annotations

import json
import pickle
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tlatrace.values import (
    EMPTY_SEQUENCE,
    EMPTY_SET,
    EvaluationError,
    IntervalSet,
    ModelValue,
    SequenceValue,
    compare,
    difference,
    domain,
    equal,
    except_,
    from_json,
    intersection,
    kind_of,
    make_function,
    make_record,
    make_sequence,
    make_set,
    member,
    merge,
    same,
    set_minus,
    sort_key,
    subset,
    to_json,
    to_text,
    union,
)

LAWS = settings(max_examples=120, deadline=None)

INTEGERS = st.integers(-3, 40)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "integers": INTEGERS,
    "strings": st.sampled_from(["", "a", "b", "n 1", 'q"\\', "term"]),
    "booleans": st.booleans(),
    "model values": st.sampled_from([ModelValue("n1"), ModelValue("n2")]),
}
NAMES = st.sampled_from(["a", "b", "term", "n 1"])


def _structures(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4).map(make_sequence),
        st.dictionaries(NAMES, inner, max_size=4).map(make_record),
        st.dictionaries(INTEGERS, inner, max_size=4).map(make_function),
        st.lists(st.one_of(INTEGERS, SCALARS["model values"]), max_size=5).map(make_set),
        st.lists(st.lists(inner, max_size=2).map(make_sequence), max_size=4).map(make_set),
        st.dictionaries(st.lists(INTEGERS, max_size=2).map(make_sequence), inner, max_size=3).map(make_function),
        st.tuples(INTEGERS, INTEGERS).map(lambda ends: IntervalSet(*ends)),
    )


VALUES: st.SearchStrategy[Any] = st.recursive(st.one_of(*SCALARS.values()), _structures, max_leaves=8)
LONG_LISTS = st.lists(st.one_of(INTEGERS, st.booleans()), max_size=200)
INTEGER_SETS = st.frozensets(st.integers(0, 120), max_size=90)


def naive(value: Any) -> Any:
    """The same value in frozensets and tuples only; kinds are spelt out, so that 1 and TRUE differ."""
    if isinstance(value, SequenceValue):
        return ("function", frozenset((naive(at), naive(item)) for at, item in enumerate(value, 1)))
    if hasattr(value, "replace") and not isinstance(value, str):
        return ("function", frozenset((naive(key), naive(item)) for key, item in value.items()))
    if hasattr(value, "cardinality"):
        return ("set", frozenset(naive(item) for item in value))
    return (type(value).__name__, value)


def rebuilt(value: Any) -> Any:
    """An equal value made by another road."""
    if isinstance(value, SequenceValue):
        return make_function([(at, rebuilt(item)) for at, item in reversed(list(enumerate(value, 1)))])
    if hasattr(value, "replace") and not isinstance(value, str):
        return make_function([(rebuilt(key), rebuilt(item)) for key, item in reversed(value.items())])
    if hasattr(value, "cardinality"):
        return make_set([rebuilt(item) for item in value])
    return value


class TestEquality:
    @LAWS
    @given(VALUES, VALUES)
    def test_agrees_with_the_naive_twin(self, left: Any, right: Any) -> None:
        assert same(left, right) == (naive(left) == naive(right))

    @LAWS
    @given(VALUES)
    def test_does_not_depend_on_how_a_value_was_made(self, value: Any) -> None:
        other = rebuilt(value)
        assert value == other
        assert hash(value) == hash(other)
        assert to_text(value) == to_text(other)
        assert equal(value, other)
        assert difference(value, other) == []

    @LAWS
    @given(VALUES, VALUES)
    def test_equal_is_symmetric_also_in_refusing(self, left: Any, right: Any) -> None:
        def outcome(one: Any, other: Any) -> bool | None:
            try:
                return equal(one, other)
            except EvaluationError:
                return None

        assert outcome(left, right) == outcome(right, left)
        if outcome(left, right) is not None:
            assert outcome(left, right) == (naive(left) == naive(right))

    @LAWS
    @given(VALUES, VALUES)
    def test_values_of_different_kinds_are_refused_unless_one_is_a_model_value(self, left: Any, right: Any) -> None:
        if kind_of(left) == kind_of(right):
            return
        if ModelValue in (type(left), type(right)):
            assert equal(left, right) is False
        else:
            with pytest.raises(EvaluationError, match="cannot compare"):
                equal(left, right)

    @LAWS
    @given(VALUES)
    def test_survives_pickling(self, value: Any) -> None:
        copy = pickle.loads(pickle.dumps(value))
        assert copy == value
        assert hash(copy) == hash(value)

    @LAWS
    @given(VALUES, VALUES)
    def test_unequal_values_have_a_difference(self, left: Any, right: Any) -> None:
        assert bool(difference(left, right)) == (naive(left) != naive(right))


class TestOrder:
    @LAWS
    @given(st.lists(VALUES, max_size=6))
    def test_is_total_and_consistent_with_equality(self, values: list[Any]) -> None:
        for left in values:
            for right in values:
                assert compare(left, right) == -compare(right, left)
                assert (compare(left, right) == 0) == same(left, right)

    @LAWS
    @given(st.lists(VALUES, max_size=8))
    def test_is_transitive(self, values: list[Any]) -> None:
        ordered = sorted(values, key=sort_key)
        for at, left in enumerate(ordered):
            assert all(compare(left, right) <= 0 for right in ordered[at:])

    @LAWS
    @given(st.lists(st.one_of(INTEGERS, SCALARS["model values"]), max_size=60))
    def test_sets_iterate_in_it(self, items: list[Any]) -> None:
        assert all(compare(left, right) < 0 for left, right in pairwise(make_set(items)))

    @LAWS
    @given(LONG_LISTS, LONG_LISTS)
    def test_compares_long_sequences_by_length_and_then_from_the_left(self, left: list[Any], right: list[Any]) -> None:
        def key(items: list[Any]) -> tuple[int, list[tuple[int, Any]]]:
            return len(items), [(0 if type(item) is bool else 1, item) for item in items]

        assert (compare(make_sequence(left), make_sequence(right)) < 0) == (key(left) < key(right))


class TestSequencesAgainstLists:
    @LAWS
    @given(LONG_LISTS, st.data())
    def test_every_operation(self, items: list[Any], data: st.DataObject) -> None:
        sequence = make_sequence(items)
        hash(sequence)
        for _ in range(8):
            match data.draw(st.integers(0, 4)):
                case 0:
                    more = data.draw(st.lists(INTEGERS, max_size=70))
                    items, sequence = items + more, sequence.concat(make_sequence(more))
                case 1:
                    items, sequence = [*items, True], sequence.append(True)
                case 2:
                    length = data.draw(st.integers(0, len(items)))
                    items, sequence = items[:length], sequence.prefix(length)
                case 3 if items:
                    index = data.draw(st.integers(1, len(items)))
                    items = [*items[: index - 1], "new", *items[index:]]
                    sequence = sequence.replace(index, "new")
                case _:
                    start = data.draw(st.integers(0, len(items)))
                    items, sequence = items[start:], sequence.slice(start, len(items))
            assert len(sequence) == len(items)
            fresh = make_sequence(items)
            assert type(fresh) is type(sequence)
            assert hash(fresh) == hash(sequence)
            assert fresh == sequence
            assert list(map(repr, sequence)) == list(map(repr, items))
        for index in range(1, len(items) + 1):
            assert sequence.apply(index) is items[index - 1] or sequence.apply(index) == items[index - 1]

    @LAWS
    @given(LONG_LISTS, st.data())
    def test_one_changed_element_is_noticed(self, items: list[Any], data: st.DataObject) -> None:
        if not items:
            return
        at = data.draw(st.integers(0, len(items) - 1))
        changed = make_sequence(items).replace(at + 1, "other")
        assert changed != make_sequence(items)
        assert [found.path for found in difference(make_sequence(items), changed)] == [f"[{at + 1}]"]

    @LAWS
    @given(st.integers(0, 150))
    def test_true_is_not_one(self, length: int) -> None:
        zeros = [0] * length
        assert make_sequence([*zeros, 1]) != make_sequence([*zeros, True])
        assert make_sequence([1, *zeros]) != make_sequence([True, *zeros])


class TestSetsAgainstFrozensets:
    @LAWS
    @given(INTEGER_SETS, INTEGER_SETS)
    def test_algebra(self, left: frozenset[int], right: frozenset[int]) -> None:
        one, other = make_set(left), make_set(right)
        hash(one)
        for made, expected in (
            (union(one, other), left | right),
            (intersection(one, other), left & right),
            (set_minus(one, other), left - right),
        ):
            fresh = make_set(expected)
            assert type(made) is type(fresh)
            assert made == fresh
            assert hash(made) == hash(fresh)
            assert list(made) == sorted(expected)
        assert subset(one, other) == (left <= right)

    @LAWS
    @given(INTEGER_SETS, st.lists(st.tuples(st.booleans(), st.integers(0, 120)), max_size=80))
    def test_adding_and_removing_one_by_one(self, items: frozenset[int], changes: list[tuple[bool, int]]) -> None:
        made, expected = make_set(items), set(items)
        list(made)
        for at, (adds, item) in enumerate(changes):
            made = made.with_item(item) if adds else made.without_item(item)
            (expected.add if adds else expected.discard)(item)
            if at % 3 == 0:
                assert list(made) == sorted(expected)
            assert member(item, made) == adds
            assert made == make_set(expected)
            assert hash(made) == hash(make_set(expected))
        assert list(made) == sorted(expected)

    @LAWS
    @given(st.lists(VALUES, max_size=50))
    def test_elements_that_cannot_be_compared_never_share_a_set(self, items: list[Any]) -> None:
        kinds = {kind_of(item) for item in items} - {kind_of(ModelValue("n1"))}
        if len(kinds) > 1:
            with pytest.raises(EvaluationError, match="cannot compare"):
                make_set(items)
        else:
            assert all(member(item, make_set(items)) for item in items)

    def test_changing_nothing_gives_the_same_object(self) -> None:
        for size in (3, 100):
            made = make_set(range(size))
            assert union(made, make_set([1])) is made
            assert set_minus(made, make_set([-1])) is made
            assert made.with_item(2) is made


KEYS = st.one_of(INTEGERS, st.lists(INTEGERS, max_size=2).map(make_sequence))


class TestFunctionsAgainstDictionaries:
    @LAWS
    @given(st.dictionaries(st.integers(0, 90), INTEGERS, max_size=70), st.data())
    def test_except_and_apply(self, table: dict[int, int], data: st.DataObject) -> None:
        made = make_function(table)
        hash(made)
        for _ in range(6):
            key = data.draw(st.integers(0, 90))
            made = except_(made, (key,), -key)
            if key in table:
                table[key] = -key
                assert made.apply(key) == -key  # type: ignore[union-attr]
            fresh = make_function(table)
            assert type(fresh) is type(made)
            assert made == fresh
            assert hash(made) == hash(fresh)
        assert list(domain(made)) == sorted(table)

    @LAWS
    @given(st.dictionaries(st.integers(0, 60), INTEGERS), st.dictionaries(st.integers(0, 60), INTEGERS))
    def test_merge(self, left: dict[int, int], right: dict[int, int]) -> None:
        made, expected = merge(make_function(left), make_function(right)), make_function({**right, **left})
        assert type(made) is type(expected)
        assert made == expected
        assert hash(made) == hash(expected)
        assert list(domain(made)) == list(domain(expected))

    @LAWS
    @given(st.lists(INTEGERS, max_size=70))
    def test_a_domain_of_one_to_n_is_a_sequence(self, items: list[int]) -> None:
        made = make_function(dict(reversed(list(enumerate(items, 1)))))
        assert type(made) is type(make_sequence(items))
        assert made == make_sequence(items)

    def test_true_is_not_one(self) -> None:
        assert make_function({0: 1, 5: 1}) != make_function({0: 1, 5: True})
        assert make_function({True: "x"}) != make_function({1: "x"})
        for function in (make_function({0: "x", 1: "y"}), make_function(dict.fromkeys(range(100), "x"))):
            with pytest.raises(EvaluationError, match="TRUE is not in the domain"):
                function.apply(True)
        with pytest.raises(EvaluationError, match="cannot compare"):
            make_function([(1, "x"), (True, "y")])


class TestJson:
    @LAWS
    @given(VALUES)
    def test_round_trip(self, value: Any) -> None:
        names = {"n1": ModelValue("n1"), "n2": ModelValue("n2")}
        text = json.dumps(to_json(value))
        assert same(from_json(json.loads(text), model_values=names), value)

    @LAWS
    @given(st.integers())
    def test_integers_of_any_size(self, value: int) -> None:
        assert from_json(json.loads(json.dumps(to_json(value)))) == value


class TestEmpties:
    def test_the_empty_function_is_the_empty_sequence(self) -> None:
        assert make_function({}) is EMPTY_SEQUENCE
        assert make_record({}) is EMPTY_SEQUENCE
        assert make_sequence([]) is EMPTY_SEQUENCE

    def test_empty_sets_are_equal_however_written(self) -> None:
        assert IntervalSet(3, 1) == EMPTY_SET
        assert hash(IntervalSet(3, 1)) == hash(EMPTY_SET)
        assert EMPTY_SET != EMPTY_SEQUENCE
