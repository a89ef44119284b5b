"""What tells states apart at a cut: some of their variables, and a memory of such keys that is bounded."""

from __future__ import annotations

from tlatrace.engine.search.outlook import KEYS_MAX, key_by


def test_states_are_told_apart_by_the_variables_that_are_told() -> None:
    some, every = key_by(frozenset((0, 2)), 3), key_by(frozenset((0, 1, 2)), 3)
    assert some((1, 2, 3)) == some((1, 9, 3)) != some((1, 2, 4))
    assert every((1, 2, 3)) != every((1, 9, 3))
    # Python's TRUE is 1.
    assert some((1, 2, 3)) != some((True, 2, 3))


def test_keys_are_not_kept_without_end() -> None:
    first = key_by(frozenset((0,)), 2 * KEYS_MAX)
    assert key_by(frozenset((0,)), 2 * KEYS_MAX) is first
    for index in range(1, KEYS_MAX + 10):
        key_by(frozenset((index,)), 2 * KEYS_MAX)
    assert key_by.cache_info().currsize == KEYS_MAX
    again = key_by(frozenset((0,)), 2 * KEYS_MAX)
    assert again is not first
    state = tuple(range(2 * KEYS_MAX))
    assert again(state) == first(state)
