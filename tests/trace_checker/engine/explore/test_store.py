"""Codes: equal exactly for equal states."""

from __future__ import annotations

from tlatrace.engine.explore.store import StateStore
from tlatrace.engine.explore.symmetry import Permuter
from tlatrace.values import ModelValue, make_function, make_sequence, make_set


def test_equal_states_have_equal_codes_and_come_back() -> None:
    store = StateStore()
    state = (1, "a", make_set([1, 2]))
    code = store.encode(state)
    assert store.encode((1, "a", make_set([2, 1]))) == code
    assert store.decode(code) == state


def test_true_is_not_one() -> None:
    store = StateStore()
    assert store.encode((True, 0)) != store.encode((1, False))
    assert store.decode(store.encode((True, 0)))[0] is True


def test_permuting_reaches_the_inside_of_values() -> None:
    a, b = ModelValue("a"), ModelValue("b")
    permute = Permuter({a: b, b: a})
    value = make_function([(a, make_sequence([a, b])), (b, make_sequence([]))])
    assert permute(value) == make_function([(b, make_sequence([b, a])), (a, make_sequence([]))])
    assert permute(make_set([a, b])) == make_set([a, b])
    assert permute(make_set([1, 2])) == make_set([1, 2])
    assert permute("a") == "a"
