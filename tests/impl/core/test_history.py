"""The execution-history checksum: the same for the same entries, everywhere; another for any others."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from vraft.core import Configuration, Entry
from vraft.core.history import EMPTY, _plain, canonical, extend, extend_all

HISTORY = [Entry(1, "noop:1"), Entry(1, "x"), Entry(2, "noop:2"), Entry(2, "ø")]


def test_the_numbers_are_fixed() -> None:
    """They are exchanged between servers and kept on disks: they never change."""
    numbers = [extend_all(EMPTY, HISTORY[:count]) for count in range(5)]
    assert [f"{number:016x}" for number in numbers] == [
        "0000000000000000",
        "6c327c7af95ad9f8",
        "ae99e6e68ed0a6ac",
        "d0dee4a9f966e28f",
        "d910e577efb4f37c",
    ]


def test_any_difference_is_seen_from_there_on() -> None:
    true = [extend_all(EMPTY, HISTORY[:count]) for count in range(1, 5)]
    others = [
        [Entry(2, "noop:1"), *HISTORY[1:]],
        [HISTORY[0], Entry(1, "y"), *HISTORY[2:]],
        [HISTORY[1], HISTORY[0], *HISTORY[2:]],
        [HISTORY[0], Entry(1, "x\0"), *HISTORY[2:]],
    ]
    for other in others:
        numbers = [extend_all(EMPTY, other[:count]) for count in range(1, 5)]
        first = next(at for at in range(4) if HISTORY[at] != other[at])
        assert [a == b for a, b in zip(true, numbers, strict=True)] == [True] * first + [False] * (4 - first)


def test_it_is_the_same_under_every_hash_seed() -> None:
    program = (
        "from vraft.core import Entry; from vraft.core.history import canonical, extend;"
        "print(extend(7, Entry(3, 'v')), canonical(frozenset({'n1', 'n2', 'n3'})))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


class Wider(NamedTuple):
    term: int
    value: str
    config: Configuration | None = None
    session: Any = None


def test_a_field_that_is_added_changes_nothing_until_it_is_used() -> None:
    assert canonical(Wider(1, "x")) == canonical(Entry(1, "x"))
    with_config = Wider(1, "x", Configuration.of(["n1", "n2"]))
    forms = [
        canonical(Wider(1, "x")),
        canonical(with_config),
        canonical(with_config._replace(config=Configuration.of(["n1"], learners=["n2"]))),
        canonical(with_config._replace(config=None, session=Configuration.of(["n1", "n2"]))),
    ]
    assert len(set(forms)) == len(forms)


def test_the_short_way_is_the_long_one() -> None:
    for entry in (*HISTORY, Entry(0, ""), Entry(2**70, "\ud800"), Entry(1, "s1:x" * 99)):
        assert _plain(entry) == canonical(entry)
        assert extend(EMPTY, entry) == extend(EMPTY, Wider(*entry))  # type: ignore[arg-type]


def test_different_values_have_different_forms() -> None:
    values = [0, 1, -1, 10, "", "1", "0", b"", b"1", None, True, False, (), ("",), ("", ""), (("",), ""), ((), ())]
    values += [("ab", "c"), ("a", "bc"), (None,), frozenset(), frozenset({"a"}), frozenset({("a",)})]
    assert len({canonical(value) for value in values}) == len(values)
    assert canonical(["a", "b"]) == canonical(("a", "b"))


def test_what_has_no_order_or_no_bytes_is_refused() -> None:
    with pytest.raises(TypeError, match="has no canonical form"):
        canonical(1.5)
    with pytest.raises(TypeError, match="has no canonical form"):
        canonical({"a": 1})
