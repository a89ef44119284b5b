"""Unions, intersections and differences with sets given by a rule: asked, not listed, and still sets like any other."""

from __future__ import annotations

import pytest

from tlatrace.values import (
    INTEGERS,
    NATURALS,
    AnySet,
    EvaluationError,
    FunctionSpace,
    IntervalSet,
    ModelValue,
    PowerSet,
    RecordSpace,
    SequenceSpace,
    SetValue,
    Value,
    big_union,
    equal,
    intersection,
    make_record,
    make_sequence,
    make_set,
    member,
    set_minus,
    subset,
    to_text,
    union,
    union_of,
)
from tlatrace.values.combined import SelectedSet, UnionSet

MANY = PowerSet(IntervalSet(1, 60))
FEW = PowerSet(IntervalSet(1, 3))
NOTHING = make_set([])


def messages() -> AnySet:
    votes = RecordSpace({"type": make_set(["vote"]), "by": MANY})
    return union(votes, RecordSpace({"type": make_set(["ask"]), "of": MANY}))


def test_a_union_that_nobody_could_list_is_asked() -> None:
    vote = make_record({"type": "vote", "by": make_set([1, 60])})
    stray = make_record({"type": "vote", "by": make_set([61])})

    assert member(vote, messages())
    assert not member(stray, messages())
    assert subset(make_set([vote]), messages())
    assert not subset(make_set([vote, stray]), messages())


def test_a_union_that_nobody_could_list_is_not_listed() -> None:
    with pytest.raises(EvaluationError, match="more than the 1000000 that are ever listed"):
        equal(messages(), NOTHING)


def test_the_first_part_that_decides_leaves_the_others_unasked() -> None:
    mixed = union(make_set([1]), FEW)

    assert member(1, mixed)
    with pytest.raises(EvaluationError, match="cannot compare"):
        member(make_set([1]), mixed)


def test_unions_are_equal_to_the_same_sets_listed() -> None:
    both = union(FEW, make_set([make_set([9])]))
    listed = make_set([*FEW, make_set([9])])

    assert isinstance(both, UnionSet)
    assert equal(both, listed)
    assert hash(both) == hash(listed)
    assert len(both) == 9
    assert list(both) == list(listed)
    assert not equal(both, FEW)


def test_a_difference_is_asked_and_walked_through() -> None:
    proper = set_minus(MANY, make_set([NOTHING]))

    assert isinstance(proper, SelectedSet)
    assert member(make_set([3]), proper)
    assert not member(NOTHING, proper)
    assert next(iter(proper)) == make_set([1])
    assert set_minus(FEW, FEW).is_empty()
    assert not proper.is_empty()
    assert len(set_minus(FEW, make_set([NOTHING]))) == 7


def test_intersections() -> None:
    assert to_text(intersection(FEW, PowerSet(IntervalSet(3, 9)))) == "{{}, {3}}"
    assert isinstance(intersection(FEW, make_set([make_set([1])])), SetValue)
    assert equal(intersection(NATURALS, INTEGERS), intersection(NATURALS, INTEGERS))


def test_the_sets_of_a_union_are_not_compared_with_one_another() -> None:
    sequences = union_of([FunctionSpace(IntervalSet(1, size), NATURALS) for size in range(4)])

    assert member(make_sequence([5, 6, 7]), sequences)
    assert not member(make_sequence([5, 6, 7, 8]), sequences)
    assert not member(make_sequence([-1]), sequences)
    assert equal(big_union(make_set([make_set([1]), IntervalSet(2, 3)])), IntervalSet(1, 3))


@pytest.mark.parametrize("sets", [[make_set([1]), make_set(["a"])], [make_set([1]), 2]])
def test_a_union_of_what_cannot_be_united(sets: list[Value]) -> None:
    with pytest.raises(EvaluationError):
        union_of(sets)


def test_infinite_sets_made_alike_are_equal() -> None:
    assert equal(SequenceSpace(make_set([1])), SequenceSpace(make_set([1])))
    assert len(make_set([SequenceSpace(NATURALS), SequenceSpace(NATURALS)])) == 1
    assert equal(set_minus(NATURALS, make_set([0])), set_minus(NATURALS, make_set([0])))
    with pytest.raises(EvaluationError, match="not both are finite"):
        equal(SequenceSpace(make_set([1])), SequenceSpace(make_set([2])))


@pytest.mark.parametrize("container", [make_set([1]), IntervalSet(1, 2), NATURALS, FEW, SequenceSpace(NATURALS)])
def test_a_typed_model_value_is_no_element_of_other_values(container: AnySet) -> None:
    assert not member(ModelValue("untyped"), container)
    with pytest.raises(EvaluationError, match="typed model value A_a"):
        member(ModelValue("A_a"), container)


def test_large_combinations_print_their_rule() -> None:
    assert to_text(set_minus(MANY, make_set([NOTHING]))) == r"(SUBSET 1..60 \ {{}})"
    assert to_text(union(NATURALS, make_set([-1]))) == r"(Nat \cup {-1})"
