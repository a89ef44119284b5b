r"""What generated code calls to enumerate only the elements of a set that can matter.

:func:`within` keeps of some values those that a set has; :func:`having` finds the elements of a set that have given
values in given fields, in an index that is built once for a set. Both may give too much, never too little.

What raises here has found that it knows nothing; generated code then does without.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from tlatrace.values import (
    EvaluationError,
    FunctionValue,
    SequenceValue,
    SetValue,
    Value,
    equal,
    member,
    set_minus,
)

Paths: TypeAlias = tuple[tuple[str, ...], ...]

# Smaller sets are looked through.
_INDEXED_SIZE_MIN: Final = 8

# Indexes are remembered for so many sets, the latest: those of the states that are being looked at.
_INDEXES_MAX: Final = 256

_TRUTH: Final = {True: "TRUE", False: "FALSE"}


class Unsettled(Exception):
    """What is known does not decide."""


def needs(condition: bool) -> None:
    """Raise unless ``condition`` holds."""
    if not condition:
        raise Unsettled


def within(domain: Value, value: Value) -> tuple[Value, ...]:
    """The elements of ``domain`` that equal ``value``: one or none."""
    return (value,) if member(value, domain) else ()


def distinct(*parts: Sequence[Value]) -> list[Value]:
    """The values of all parts, each once."""
    found: list[Value] = []
    seen: set[Any] = set()
    for part in parts:
        for value in part:
            key = _TRUTH[value] if type(value) is bool else ("string", value) if type(value) is str else value
            if key not in seen:
                seen.add(key)
                found.append(value)
    return found


def only_of(container: Value) -> Value:
    """The element of a set that has one."""
    (value,) = _explicit(container)
    return value


def only_new(more: Value, fewer: Value) -> Value:
    """The element of ``more`` that ``fewer`` lacks, if that is one."""
    if isinstance(more, SetValue) and isinstance(fewer, SetValue) and len(more) > len(fewer) + 1:
        raise Unsettled
    (value,) = _explicit(set_minus(more, fewer))
    return value


def not_in(value: Value, container: Value) -> Value:
    """``value``, if ``container`` lacks it."""
    needs(not member(value, container))
    return value


def changed_key(function: Value, before: Value) -> Value:
    """The argument for which two functions differ, if it is one."""
    if isinstance(function, FunctionValue) and isinstance(before, FunctionValue):
        keys: Iterable[Value] = function.keys()
    elif isinstance(function, SequenceValue) and isinstance(before, SequenceValue) and len(function) == len(before):
        keys = range(1, len(function) + 1)
    else:
        raise Unsettled
    (key,) = [key for key in keys if not equal(function.apply(key), before.apply(key))]
    return key


def last_of(sequence: Value) -> Value:
    """The last element of a sequence."""
    if not isinstance(sequence, SequenceValue):
        raise Unsettled
    return sequence.apply(len(sequence))


def front_of(sequence: Value) -> Value:
    """A sequence without its last element."""
    if not isinstance(sequence, SequenceValue) or not len(sequence):
        raise Unsettled
    return sequence.slice(1, len(sequence) - 1)


def sum_of(one: Value, other: Value) -> int:
    """``one + other`` of two integers."""
    if type(one) is not int or type(other) is not int:
        raise Unsettled
    return one + other


def having(domain: Value, paths: Paths, values: tuple[Value, ...]) -> Sequence[Value]:
    """The elements of ``domain`` that have ``values`` at the end of ``paths``, and those that lack one of them."""
    items = _explicit(domain)
    if len(items) < _INDEXED_SIZE_MIN:
        return tuple(items)
    key = id(items), paths
    known = _indexes.get(key)
    if known is None:
        if len(_indexes) >= _INDEXES_MAX:
            del _indexes[next(iter(_indexes))]
        known = _indexes[key] = items, _index(items, paths)
    found, strangers = known[1]
    chosen = found.get(tuple(map(_key, values)), ())
    return (*chosen, *strangers) if strangers else chosen


_Index: TypeAlias = tuple[dict[tuple[Any, ...], list[Value]], list[Value]]

# By the identity of a set, which is kept alive here, and the paths.
_indexes: Final[dict[tuple[int, Paths], tuple[SetValue, _Index]]] = {}


def _index(items: SetValue, paths: Paths) -> _Index:
    found: dict[tuple[Any, ...], list[Value]] = {}
    strangers: list[Value] = []
    for item in items:
        keys: list[Any] = []
        for path in paths:
            value: Any = item
            for name in path:
                value = value.get(name) if type(value) is FunctionValue else None
                if value is None:
                    break
            else:
                keys.append(_key(value))
                continue
            strangers.append(item)
            break
        else:
            found.setdefault(tuple(keys), []).append(item)
    return found, strangers


def _key(value: Value) -> Any:
    """What stands for a value among the keys of an index: Python's TRUE is 1."""
    return _TRUTH_KEYS[value] if type(value) is bool else value


_TRUTH_KEYS: Final[dict[bool, object]] = {True: object(), False: object()}


def _explicit(container: Value) -> SetValue:
    if isinstance(container, SetValue):
        return container
    normal = getattr(container, "normal", None)
    made = None if normal is None else normal()
    if not isinstance(made, SetValue):
        raise EvaluationError("not a set that can be listed")
    return made


__all__ = [
    "changed_key",
    "distinct",
    "front_of",
    "having",
    "last_of",
    "needs",
    "not_in",
    "only_new",
    "only_of",
    "sum_of",
    "within",
]
