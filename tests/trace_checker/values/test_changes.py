"""What has changed between two versions of a value, compared with looking at all of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tlatrace.values import (
    NATURALS,
    FunctionSpace,
    PowerSet,
    RecordSpace,
    SequenceSpace,
    Value,
    make_function,
    make_record,
    make_sequence,
    make_set,
    member,
    same,
)
from tlatrace.values.changes import ENDLESS, agreement, changed_keys, still_member, still_subset
from tlatrace.values.sequences import differing_indices

NUMBERS = st.integers(-1, 3)
LONG = st.lists(NUMBERS, max_size=200)
EDITS = st.lists(st.tuples(st.sampled_from(["append", "cut", "put"]), st.integers(0, 199), NUMBERS), max_size=6)


def edited(items: list[int], edits: list[tuple[str, int, int]]) -> tuple[Value, list[int]]:
    """A sequence after some edits, and the same as a list."""
    sequence, plain = make_sequence(items), list(items)
    for kind, place, value in edits:
        if kind == "append":
            sequence, plain = sequence.append(value), [*plain, value]
        elif kind == "cut" and plain:
            sequence, plain = sequence.prefix(place % len(plain)), plain[: place % len(plain)]
        elif plain:
            at = place % len(plain)
            sequence, plain[at] = sequence.replace(at + 1, value), value
    return sequence, plain


@given(LONG, EDITS)
def test_the_indices_at_which_sequences_differ(items: list[int], edits: list[tuple[str, int, int]]) -> None:
    old = make_sequence(items)
    new, plain = edited(items, edits)
    shorter, longer = sorted((len(items), len(plain)))
    expected = [at + 1 for at in range(shorter) if items[at] != plain[at]] + list(range(shorter + 1, longer + 1))
    assert differing_indices(old, new) == expected  # type: ignore[arg-type]
    if items and plain:
        assert list(changed_keys(old, new) or ()) == expected
    first = expected[0] - 1 if expected else ENDLESS
    assert agreement(old, new) == first


@given(st.dictionaries(st.integers(0, 60), NUMBERS, max_size=60), st.lists(st.tuples(st.integers(0, 60), NUMBERS)))
def test_the_arguments_for_which_functions_differ(table: dict[int, int], edits: list[tuple[int, int]]) -> None:
    old = new = make_function((key + 5, value) for key, value in table.items())
    changed = dict(table)
    for key, value in edits:
        if key in table:
            new = new.replace(key + 5, value)
            changed[key] = value
    expected = {key + 5 for key, value in table.items() if changed[key] != value}
    assert set(changed_keys(old, new) or ()) == expected
    apart = make_function((key + 5, value) for key, value in changed.items())
    assert set(changed_keys(old, apart) or ()) == expected


def test_a_large_function_tells_true_from_one() -> None:
    pairs = [(make_sequence((n,)), 1) for n in range(40)]
    old = make_function(pairs)
    new = old.replace(make_sequence((3,)), True)
    assert changed_keys(old, new) == [make_sequence((3,))]


def test_changes_below_a_function() -> None:
    old = make_function([("a", make_sequence((1, 2, 3))), ("b", make_sequence((4, 5)))])
    new = old.replace("a", make_sequence((1, 9, 3))).replace("b", make_sequence((4, 5, 6)))
    assert agreement(old, new, 1) == 1
    assert sorted(changed_keys(old, new, 1) or ()) == [2, 3]  # type: ignore[type-var]
    assert agreement(old, old, 1) == ENDLESS
    assert agreement(old, new) is None


def test_what_is_no_function_has_no_changes() -> None:
    assert changed_keys(1, 2) is None
    assert agreement(make_record({"a": 1}), make_sequence((1,))) is None


SPACES = [
    SequenceSpace(NATURALS),
    PowerSet(NATURALS),
    FunctionSpace(make_set(("a", "b")), SequenceSpace(NATURALS)),
    RecordSpace({"a": SequenceSpace(NATURALS), "b": NATURALS}),
]
VALUES = st.one_of(
    st.lists(NUMBERS, max_size=80).map(make_sequence),
    st.lists(NUMBERS, max_size=4).map(make_set),
    st.tuples(st.lists(NUMBERS, max_size=3).map(make_sequence), st.lists(NUMBERS, max_size=40).map(make_sequence)).map(
        lambda pair: make_record({"a": pair[0], "b": pair[1]})
    ),
    st.tuples(st.lists(NUMBERS, max_size=3).map(make_sequence), NUMBERS).map(
        lambda pair: make_record({"a": pair[0], "b": pair[1]})
    ),
)


@given(VALUES, VALUES, st.sampled_from(SPACES))
def test_still_an_element(old: Value, new: Value, space: Value) -> None:
    def ask(value: Value) -> bool | str:
        try:
            return member(value, space)
        except Exception as error:  # any error will do: both must have one
            return type(error).__name__

    if ask(old) is True:
        try:
            found: bool | str = still_member(old, new, space)
        except Exception as error:
            found = type(error).__name__
        assert found == ask(new)


SETS = st.sets(st.integers(0, 60), max_size=50)


@given(SETS, SETS, SETS)
def test_still_a_subset(old: set[int], added: set[int], container: set[int]) -> None:
    old &= container
    before, whole = make_set(old), make_set(container)
    after = make_set(old | added)
    assert still_subset(before, after, whole, whole) == ((old | added) <= container)
    smaller = make_set(container - added)
    assert still_subset(before, before, whole, smaller) == (old <= container - added)
    assert same(still_subset(before, after, whole, NATURALS), True)
