"""Look-ups among the elements of sets: what an index finds is what looking through finds, from version to version."""

from __future__ import annotations

import random

import pytest

from tlatrace.compile.candidates import Impossible, Unsettled, having, last_of, listed, only_new, only_of, within
from tlatrace.values import (
    NATURALS,
    STRINGS,
    EvaluationError,
    FunctionSpace,
    PowerSet,
    RecordSpace,
    SetValue,
    Value,
    make_record,
    make_sequence,
    make_set,
    member,
)


def message(chance: random.Random) -> Value:
    fields: dict[str, Value] = {"kind": chance.choice(["vote", "ack"]), "term": chance.randrange(6)}
    if chance.random() < 0.2:
        fields["entry"] = make_record({"term": chance.randrange(3)})
    return make_record(fields)


@pytest.mark.parametrize("size", [5, 100])
def test_elements_are_found_by_their_fields_in_every_version_of_a_set(size: int) -> None:
    chance = random.Random(size)
    start = make_set(make_record({"kind": "vote", "term": n, "n": n}) for n in range(size))
    versions: list[SetValue] = [start]
    for _ in range(300):
        old = chance.choice(versions[-3:])
        new = old.with_item(message(chance))
        if chance.random() < 0.3:
            new = new.without_item(chance.choice(list(new)))
        versions.append(new)
        kind, term = chance.choice(["vote", "ack"]), chance.randrange(6)
        found = list(having(new, [(("kind",), kind), (("term",), term)]))
        expected = [item for item in new if item.apply("kind") == kind and item.apply("term") == term]  # type: ignore[union-attr]
        assert found == expected
        # An element that lacks the field is kept: evaluating it is an error, for evaluation to find.
        by_entry = having(new, [(("entry", "term"), 1)])
        assert list(by_entry) == list(make_set(by_entry))
        strangers = {item for item in new if not item.has("entry")}  # type: ignore[union-attr]
        assert strangers <= set(by_entry)
        assert all(item in strangers or item.apply("entry").apply("term") == 1 for item in by_entry)  # type: ignore[union-attr]


def test_a_value_of_another_kind_is_not_looked_up() -> None:
    numbers = make_set(make_record({"term": n}) for n in range(100))
    with pytest.raises(Unsettled):
        having(numbers, [(("term",), "one")])
    assert list(having(numbers, [(("term",), 1)])) == [make_record({"term": 1})]


def test_sets_given_by_a_rule_are_narrowed() -> None:
    records = RecordSpace({"to": make_set(("a", "b")), "term": NATURALS})
    assert set(having(records, [(("term",), 7)])) == {make_record({"to": to, "term": 7}) for to in ("a", "b")}
    assert list(having(records, [(("term",), -1)])) == []
    functions = FunctionSpace(make_set(("a", "b")), make_set((1, 2)))
    assert set(having(functions, [(("a",), 2)])) == {make_record({"a": 2, "b": n}) for n in (1, 2)}


def test_one_element_of_a_set_without_end() -> None:
    assert within(NATURALS, 10**9) == (10**9,)
    assert within(NATURALS, -1) == ()
    assert within(STRINGS, "x") == ("x",)


def test_too_many_elements_are_an_error_that_says_how_many() -> None:
    with pytest.raises(EvaluationError, match="one of the 33554432 elements"):
        listed(PowerSet(make_set(range(25))))
    assert len(list(listed(PowerSet(make_set(range(3)))))) == 8


def test_what_cannot_be_is_told_apart_from_what_is_not_known() -> None:
    one, two = make_set((1,)), make_set((1, 2))
    assert only_new(two, one) == 2
    with pytest.raises(Unsettled):
        only_new(one, one)
    for more, fewer in ((one, two), (make_set((1, 2, 3)), one), (make_set((2, 3)), one)):
        with pytest.raises(Impossible):
            only_new(more, fewer)
    assert only_of(one) == 1
    with pytest.raises(Impossible):
        only_of(two)
    with pytest.raises(Impossible):
        last_of(make_sequence(()))
    assert member(last_of(make_sequence((1, 2))), two)
