"""Where two values differ: short paths for a report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tlatrace.values.base import FUNCTION, SET, Value, kind_of, same
from tlatrace.values.functions import FunctionValue, pairs_of
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.order import sort_values
from tlatrace.values.printing import is_identifier, to_text
from tlatrace.values.sequences import LongSequence, SequenceValue
from tlatrace.values.sets import AnySet, SetValue

# A report of more differences is not read; two values that differ so much are better shown whole.
DIFFERENCES_MAX = 50


class Difference(NamedTuple):
    """One place where two values differ. ``path`` is TLA+: ``.term``, ``["n 1"][3]``, and ``{}`` for an element of a
    set.

    A side is None where it has nothing at that place: no such field, index or element.
    """

    path: str
    left: Value | None
    right: Value | None


def difference(left: Value, right: Value, *, limit: int = DIFFERENCES_MAX) -> list[Difference]:
    """The places where the values differ, outermost first in canonical order, at most ``limit``; none for equal
    values."""
    return list(islice(_differences("", left, right), limit))


def _differences(path: str, left: Value, right: Value) -> Iterator[Difference]:
    if same(left, right):
        return
    kind = kind_of(left)
    if kind != kind_of(right):
        yield Difference(path, left, right)
    elif kind == FUNCTION:
        yield from _in_functions(path, left, right)
    elif kind == SET:
        yield from _in_sets(path, left, right)
    else:
        yield Difference(path, left, right)


def _in_functions(path: str, left: Value, right: Value) -> Iterator[Difference]:
    if isinstance(left, LazyFunction) or isinstance(right, LazyFunction):
        yield Difference(path, left, right)
    elif isinstance(left, SequenceValue) and isinstance(right, SequenceValue):
        for at in range(_first_index(left, right), max(len(left), len(right))):
            mine, theirs = _at(left, at), _at(right, at)
            yield from _pair(f"{path}[{at + 1}]", mine, theirs)
    elif isinstance(left, FunctionValue) and isinstance(right, FunctionValue):
        mine_by_key, theirs_by_key = dict(pairs_of(left)), dict(pairs_of(right))
        if not mine_by_key.keys() & theirs_by_key.keys():
            yield Difference(path, left, right)
            return
        as_fields = left.is_record() and right.is_record()
        for key in sort_values(mine_by_key.keys() | theirs_by_key.keys(), 0):
            step = f".{key}" if as_fields and is_identifier(str(key)) else f"[{to_text(key)}]"
            yield from _pair(path + step, mine_by_key.get(key), theirs_by_key.get(key))
    else:
        yield Difference(path, left, right)


def _pair(path: str, left: Value | None, right: Value | None) -> Iterator[Difference]:
    if left is None or right is None:
        yield Difference(path, left, right)
    else:
        yield from _differences(path, left, right)


def _in_sets(path: str, left: Value, right: Value) -> Iterator[Difference]:
    assert isinstance(left, AnySet)
    assert isinstance(right, AnySet)
    mine, theirs = left.normal(), right.normal()
    if not isinstance(mine, SetValue) or not isinstance(theirs, SetValue) or not mine.kinds & theirs.kinds:
        yield Difference(path, left, right)
        return
    yield from (Difference(path + "{}", item, None) for item in mine if not _holds(theirs, item))
    yield from (Difference(path + "{}", None, item) for item in theirs if not _holds(mine, item))


def _holds(container: SetValue, item: Value) -> bool:
    return bool(kind_of(item) & container.kinds) and item in container


def _first_index(left: SequenceValue, right: SequenceValue) -> int:
    """Where to start looking: behind the chunks that two long sequences share."""
    if isinstance(left, LongSequence) and isinstance(right, LongSequence):
        return left.shared_length(right)
    return 0


def _at(items: SequenceValue, index: int) -> Value | None:
    return items[index] if index < len(items) else None
