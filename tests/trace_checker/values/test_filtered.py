"""Sets that a predicate picks from a set given by a rule: asked without being listed, and still sets like any other."""

import pickle
from collections.abc import Callable

import pytest

from tlatrace.values import (
    EvaluationError,
    FunctionSpace,
    IntervalSet,
    PowerSet,
    SetValue,
    Value,
    make_function,
    make_sequence,
    make_set,
    set_filter,
)
from tlatrace.values.filtered import FilteredSet
from tlatrace.values.sets import AnySet


class Asked:
    """A predicate that counts how often it was asked."""

    def __init__(self, test: Callable[[Value], bool]) -> None:
        self.count = 0
        self._test = test

    def __call__(self, value: Value) -> bool:
        self.count += 1
        return self._test(value)


def pairs(asked: Callable[[Value], bool]) -> AnySet:
    return set_filter(PowerSet(IntervalSet(1, 4)), asked)


def is_pair(value: Value) -> bool:
    assert isinstance(value, AnySet)
    return value.cardinality() == 2


def test_an_element_is_looked_at_alone() -> None:
    asked = Asked(lambda function: function.apply(1) > function.apply(2))  # type: ignore[union-attr]
    falling = set_filter(FunctionSpace(IntervalSet(1, 60), IntervalSet(0, 9)), asked)
    assert make_sequence([5] + [2] * 59) in falling
    assert make_sequence([2] * 60) not in falling
    assert make_sequence([5] + [2] * 58) not in falling
    assert asked.count == 2


def test_a_value_that_the_base_refuses_is_refused() -> None:
    chosen = pairs(is_pair)
    for _ in range(2):
        with pytest.raises(EvaluationError):
            assert 7 in chosen
        assert chosen.cardinality() == 6


def test_it_is_a_set_like_any_other() -> None:
    explicit = make_set([make_set([low, high]) for low in range(1, 5) for high in range(low + 1, 5)])
    assert pairs(is_pair) == explicit
    assert explicit == pairs(is_pair)
    assert hash(pairs(is_pair)) == hash(explicit)
    assert list(pairs(is_pair)) == list(explicit)
    assert pickle.loads(pickle.dumps(pairs(is_pair))) == explicit
    assert pairs(is_pair) != pairs(lambda value: not is_pair(value))
    assert not pairs(is_pair).is_empty()
    assert pairs(lambda value: False).is_empty()
    assert pairs(lambda value: False) == make_set([])
    assert make_set([1, 2]) not in make_set([pairs(is_pair)])


def test_walking_twice_or_asking_often_lists_it() -> None:
    asked = Asked(is_pair)
    chosen = pairs(asked)
    for _ in range(5):
        assert len(list(chosen)) == 6
    assert asked.count == 2 * 16
    asked = Asked(is_pair)
    chosen = pairs(asked)
    for _ in range(100):
        assert make_set([1, 3]) in chosen
        assert make_set([1, 3, 4]) not in chosen
    assert asked.count == 2 * 16


def test_explicit_sets_and_intervals_are_filtered_at_once() -> None:
    for base in (make_set([1, 2, 3]), IntervalSet(1, 3)):
        assert type(set_filter(base, lambda value: value == 2)) is SetValue
    assert type(pairs(is_pair)) is FilteredSet
    function = make_function([("a", 1)])
    assert function not in set_filter(FunctionSpace(make_set(["a"]), IntervalSet(2, 3)), lambda value: True)
