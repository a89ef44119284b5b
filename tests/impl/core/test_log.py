"""The log against the dumbest twin there is: a list that is searched recursively, as the specification does."""

from __future__ import annotations

import itertools

from vraft.core import Entry, Log


def last_not_after(terms: list[int], index: int, term: int) -> int:
    """LastNotAfter, word for word."""
    if index == 0 or terms[index - 1] <= term:
        return index
    return last_not_after(terms, index - 1, term)


def test_last_not_after_is_that_of_the_specification() -> None:
    for terms in itertools.combinations_with_replacement(range(1, 4), 4):
        log = Log(Entry(term, "x") for term in terms)
        for index, term in itertools.product(range(5), range(5)):
            assert log.last_not_after(index, term) == last_not_after(list(terms), index, term)


def test_indexes_count_from_one() -> None:
    log = Log([Entry(1, "a"), Entry(2, "b")])
    assert (log.term_at(0), log.term_at(1), log.term_at(2)) == (0, 1, 2)
    assert (log.term_at(-1), log.term_at(3)) == (0, 0)
    assert log.entry(2) == Entry(2, "b")
    assert log.slice(1, 2) == (Entry(1, "a"), Entry(2, "b"))
    assert log.slice(3, 2) == ()
    assert (len(log), log.last_index, log.last_term) == (2, 2, 2)
    assert (Log().last_index, Log().last_term) == (0, 0)


def test_replacing_cuts_the_rest() -> None:
    log = Log([Entry(1, "a"), Entry(1, "b"), Entry(1, "c")])
    log.replace_from(2, [Entry(2, "d")])
    assert log.slice(1, log.last_index) == (Entry(1, "a"), Entry(2, "d"))
    log.append(Entry(2, "e"))
    assert log.last_index == 3


def test_a_snapshot_in_the_middle_keeps_the_term_of_its_last_entry() -> None:
    log = Log([Entry(1, "a"), Entry(2, "b"), Entry(3, "c")])
    log.compact(2)
    assert [log.term_at(index) for index in range(4)] == [0, 0, 2, 3]
    log.compact(3)
    assert [log.term_at(index) for index in range(2, 5)] == [0, 3, 0]
