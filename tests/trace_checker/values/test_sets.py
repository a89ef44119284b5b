"""Sets given by a rule, infinite ones, and what TLC refuses to ask of a set."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tlatrace.values import (
    ANY,
    BOOLEAN,
    EMPTY_SEQUENCE,
    EMPTY_SET,
    INTEGERS,
    NATURALS,
    STRINGS,
    AnySet,
    EvaluationError,
    FunctionSpace,
    IntervalSet,
    ModelValue,
    PowerSet,
    ProductSet,
    RecordSpace,
    SequenceSpace,
    big_union,
    compare,
    elements,
    equal,
    intersection,
    make_function,
    make_record,
    make_sequence,
    make_set,
    member,
    set_filter,
    set_minus,
    subset,
    to_text,
    union,
)

M = ModelValue("m")
ONE_TWO = make_set((1, 2))

FINITE: list[AnySet] = [
    IntervalSet(-1, 2),
    IntervalSet(2, 1),
    PowerSet(EMPTY_SET),
    PowerSet(make_set((3, 1, 2))),
    PowerSet(make_set((M, 1))),
    FunctionSpace(ONE_TWO, BOOLEAN),
    FunctionSpace(make_set("ab"), ONE_TWO),
    FunctionSpace(make_set([make_sequence((1,)), make_sequence((2,))]), ONE_TWO),
    FunctionSpace(EMPTY_SET, NATURALS),
    FunctionSpace(ONE_TWO, EMPTY_SET),
    RecordSpace({"b": BOOLEAN, "a": ONE_TWO}),
    RecordSpace({"b": NATURALS, "a": EMPTY_SET}),
    ProductSet((ONE_TWO, BOOLEAN, make_set("x"))),
    SequenceSpace(EMPTY_SET),
]


@pytest.mark.parametrize("lazy", FINITE, ids=to_text)
def test_a_finite_rule_is_the_set_of_its_elements_in_order(lazy: AnySet) -> None:
    listed = list(lazy)
    assert lazy.is_finite()
    assert len(listed) == lazy.cardinality() == len(lazy)
    assert lazy.is_empty() == (listed == [])
    assert all(compare(left, right) < 0 for left, right in itertools.pairwise(listed))
    assert all(member(item, lazy) for item in listed)
    explicit = make_set(listed)
    assert explicit == lazy
    assert lazy == explicit
    assert hash(explicit) == hash(lazy)
    assert equal(lazy, explicit)
    assert make_set([lazy, explicit]).cardinality() == 1


@pytest.mark.parametrize(
    ("value", "container", "expected"),
    [
        (1, NATURALS, True),
        (-1, NATURALS, False),
        (-1, INTEGERS, True),
        (M, NATURALS, False),
        (M, IntervalSet(1, 3), False),
        ("x", STRINGS, True),
        (M, ANY, True),
        (make_sequence((1, 2)), SequenceSpace(NATURALS), True),
        (make_sequence((1, -2)), SequenceSpace(NATURALS), False),
        (make_sequence((1, 2)), FunctionSpace(ONE_TWO, NATURALS), True),
        (make_sequence((1, 2, 3)), FunctionSpace(ONE_TWO, NATURALS), False),
        (make_function({0: 1}), FunctionSpace(make_set((0,)), NATURALS), True),
        (make_record({"a": 1}), RecordSpace({"a": NATURALS}), True),
        (make_record({"a": -1}), RecordSpace({"a": NATURALS}), False),
        (make_record({"a": 1, "b": 2}), RecordSpace({"a": NATURALS}), False),
        (make_record({"b": 1}), RecordSpace({"a": NATURALS}), False),
        (EMPTY_SEQUENCE, RecordSpace({"a": NATURALS}), False),
        (M, RecordSpace({"a": NATURALS}), False),
        (make_sequence((1, True)), ProductSet((NATURALS, BOOLEAN)), True),
        (make_sequence((1,)), ProductSet((NATURALS, BOOLEAN)), False),
        (ONE_TWO, PowerSet(NATURALS), True),
        (make_set((-1,)), PowerSet(NATURALS), False),
        ("b", set_minus(STRINGS, make_set("a")), True),
        ("a", set_minus(STRINGS, make_set("a")), False),
        (M, union(NATURALS, make_set((M,))), True),
        (5, set_filter(NATURALS, lambda n: n > 4), True),  # type: ignore[operator]
        (4, set_filter(NATURALS, lambda n: n > 4), False),  # type: ignore[operator]
        (1, EMPTY_SET, False),
    ],
)
def test_membership(value: Any, container: AnySet, expected: bool) -> None:
    assert member(value, container) is expected


@pytest.mark.parametrize(
    ("value", "container"),
    [
        ("a", NATURALS),
        (True, NATURALS),
        (True, IntervalSet(1, 3)),
        (1, make_set((True,))),
        (1, BOOLEAN),
        ("a", BOOLEAN),
        (1, STRINGS),
        (make_record({"a": 1}), SequenceSpace(NATURALS)),
        (make_record({"a": 1}), ProductSet((NATURALS, NATURALS))),
        (make_sequence((1, 2)), RecordSpace({"a": NATURALS})),
        (make_function({0: 1}), RecordSpace({"a": NATURALS})),
        (5, PowerSet(ONE_TWO)),
        (5, FunctionSpace(ONE_TWO, ONE_TWO)),
        (1, 2),
    ],
)
def test_membership_that_tlc_refuses(value: Any, container: Any) -> None:
    with pytest.raises(EvaluationError, match=r"cannot (tell whether|compare)"):
        member(value, container)


@pytest.mark.parametrize("infinite", [NATURALS, STRINGS, SequenceSpace(ONE_TWO), PowerSet(NATURALS)], ids=to_text)
def test_an_infinite_set_cannot_be_listed(infinite: AnySet) -> None:
    assert not infinite.is_finite()
    assert not infinite.is_empty()
    with pytest.raises(EvaluationError, match="infinite"):
        list(infinite)
    with pytest.raises(EvaluationError, match="infinite"):
        infinite.cardinality()
    with pytest.raises(EvaluationError, match="not both are finite"):
        equal(infinite, ONE_TWO)
    assert equal(infinite, infinite)


def test_the_algebra_of_explicit_and_given_sets() -> None:
    assert intersection(make_set((-1, 0, 1)), NATURALS) == make_set((0, 1))
    assert intersection(NATURALS, make_set((-1, 0, 1))) == make_set((0, 1))
    assert set_minus(IntervalSet(1, 5), IntervalSet(2, 4)) == make_set((1, 5))
    assert union(IntervalSet(1, 2), make_set((M,))) == make_set((1, 2, M))
    assert set_minus(make_set((1, M)), make_set((M,))) == make_set((1,))
    assert big_union(make_set([ONE_TWO, IntervalSet(2, 3)])) == IntervalSet(1, 3)
    assert big_union(EMPTY_SET) == EMPTY_SET
    assert subset(ONE_TWO, NATURALS)
    assert not subset(IntervalSet(-1, 1), NATURALS)
    assert subset(PowerSet(ONE_TWO), PowerSet(NATURALS))
    assert subset(IntervalSet(2, 10**9), IntervalSet(1, 10**9))
    assert set_filter(PowerSet(ONE_TWO), lambda s: len(s) == 1) == make_set([make_set((1,)), make_set((2,))])  # type: ignore[arg-type]


@pytest.mark.parametrize("operator", [union, intersection, set_minus, subset])
def test_the_algebra_refuses_what_tlc_refuses(operator: Any) -> None:
    with pytest.raises(EvaluationError, match=r"cannot compare the (integer 1|string) "):
        operator(make_set((1,)), make_set("a"))
    with pytest.raises(EvaluationError, match="must be a set, but is 2"):
        operator(ONE_TWO, 2)


def test_what_is_not_a_set_cannot_be_enumerated() -> None:
    assert list(elements(ONE_TWO)) == [1, 2]
    with pytest.raises(EvaluationError, match="cannot enumerate 3, which is not a set"):
        elements(3)
    with pytest.raises(EvaluationError, match="must be a set"):
        big_union(make_set((1,)))


def test_a_powerset_is_enumerated_without_being_built() -> None:
    huge = PowerSet(IntervalSet(1, 200))
    assert huge.cardinality() == 2**200
    assert next(iter(huge)) == EMPTY_SET
    with pytest.raises(EvaluationError, match="more than the 1000000"):
        hash(huge)


def test_a_set_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(EMPTY_SET)


def test_large_sets_keep_their_order_through_many_changes() -> None:
    made = make_set([make_sequence((number, number)) for number in range(0, 400, 2)])
    list(made)
    for number in range(1, 60, 2):
        made = made.with_item(make_sequence((number, number)))
        made = made.without_item(make_sequence((number + 1, number + 1)))
    assert [item[0] for item in made] == sorted(item[0] for item in make_set(tuple(made.unordered())))  # type: ignore[index]
