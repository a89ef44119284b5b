"""Keys of states under permutations: equal exactly for images of one another, up to a bound on what is tried."""

from __future__ import annotations

import random
from itertools import permutations, product
from typing import Any

import pytest

from tlatrace.engine.search import classes as module
from tlatrace.engine.search.classes import Classes, Opaque, Permuter, is_alike
from tlatrace.engine.states import key_of
from tlatrace.values import (
    NATURALS,
    IntervalSet,
    ModelValue,
    PowerSet,
    Value,
    make_function,
    make_record,
    make_sequence,
    make_set,
)

A = tuple(ModelValue(name) for name in ("a1", "a2", "a3", "a4"))
B = tuple(ModelValue(name) for name in ("b1", "b2"))
OTHER = ModelValue("other")
CLASSES = (A, B)


def value(random_: random.Random, depth: int = 2) -> Value:
    """Any value, in which the members of the classes are likely."""
    kind = random_.randrange(8 if depth else 3)
    if kind == 0:
        return random_.choice([0, 1, True, "a1", OTHER, IntervalSet(1, 3), NATURALS])
    if kind < 3:
        return random_.choice((*A, *A, *B))
    if kind == 3:
        return make_sequence([value(random_, depth - 1) for _ in range(random_.randrange(3))])
    if kind == 4:
        return make_record({"x": value(random_, depth - 1), "y": random_.choice(A)})
    if kind == 5:
        return make_set(random_.sample((*A, *B), random_.randrange(1, 4)))
    if kind == 6:
        return make_function([(name, random_.choice((*A, OTHER))) for name in A])
    return make_set([make_sequence([random_.choice(A), random_.choice(B)]) for _ in range(random_.randrange(3))])


def images(state: tuple[Value, ...]) -> list[tuple[Value, ...]]:
    permuter = Permuter()
    changes = [
        tuple(zip((*A, *B), (*a, *b), strict=True)) for a, b in product(permutations(A), permutations(B))
    ]  # fmt: skip
    return [tuple(permuter.image(item, change) for item in state) for change in changes]


@pytest.mark.parametrize("seed", range(20))
def test_the_images_of_a_state_have_its_key_and_no_others(seed: int) -> None:
    random_ = random.Random(seed)
    states = [tuple(value(random_) for _ in range(2)) for _ in range(12)]
    tried = Classes(CLASSES)
    orbits = [{key_of(image) for image in images(state)} for state in states]
    for state, orbit in zip(states, orbits, strict=True):
        assert {tried.key(image) for image in images(state)} == {tried.key(state)}
        assert tried.key(state) in orbit
    for one, orbit in zip(states, orbits, strict=True):
        for other in states:
            assert (tried.key(one) == tried.key(other)) == (key_of(other) in orbit)


def ring(names: tuple[ModelValue, ...]) -> Value:
    return make_function(list(zip(names, (*names[1:], names[0]), strict=True)))


class TestSignaturesThatAreEqual:
    """In a ring everybody looks the same, and yet no two can be exchanged."""

    def test_every_order_is_tried(self) -> None:
        tried = Classes((A,))
        assert len({tried.key((ring(order),)) for order in permutations(A)}) == 1
        two = make_function([(A[0], A[1]), (A[1], A[0]), (A[2], A[3]), (A[3], A[2])])
        assert tried.key((two,)) != tried.key((ring(A),))

    def test_up_to_a_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "ORDERS_MAX", 1)
        tried = Classes((A,))
        keys = {tried.key((ring(order),)) for order in permutations(A)}
        assert len(keys) > 1
        assert keys <= {key_of((ring(order),)) for order in permutations(A)}

    def test_those_who_can_be_exchanged_need_no_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "ORDERS_MAX", 1)
        many = tuple(ModelValue(f"m{number}") for number in range(12))
        tried = Classes((many,))
        states: list[Any] = [(make_set(chosen), 1) for chosen in (many[:6], many[6:], many[3:9])]
        assert len({tried.key(state) for state in states}) == 1
        assert tried.key((make_set(many[:5]), 1)) != tried.key(states[0])


def test_only_some_variables_tell_states_apart() -> None:
    tried = Classes((A,))
    key = tried.key_by(frozenset({1}), 2)
    assert key((A[0], A[1])) == key((A[1], A[0])) == key((1, A[2]))
    assert key((A[0], A[1])) != key((A[0], OTHER))
    whole = tried.key_by(frozenset({0, 1}), 2)
    assert whole((A[0], A[1])) == whole((A[1], A[0])) != whole((A[0], A[0]))


def test_truth_is_not_one() -> None:
    tried = Classes((A,))
    assert tried.key((True, A[0])) != tried.key((1, A[0]))
    assert tried.key((True, A[0])) == tried.key((True, A[1]))


def test_what_cannot_be_looked_into_stands_for_itself() -> None:
    tried = Classes((A,))
    large = PowerSet(make_set(A))
    assert tried.key((large, A[0])) != tried.key((large, A[1]))
    with pytest.raises(Opaque):
        is_alike(large, (A,), Permuter())


def test_a_set_of_all_does_not_tell_them_apart() -> None:
    assert is_alike(make_sequence([make_set(A), NATURALS]), CLASSES, Permuter())
    assert not is_alike(make_set(A[:3]), CLASSES, Permuter())
    assert not is_alike(B[0], CLASSES, Permuter())
