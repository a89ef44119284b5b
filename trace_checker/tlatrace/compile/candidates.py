r"""What generated code calls to enumerate only the elements of a set that can matter.

:func:`within` keeps of some values those that a set has; :func:`having` finds the elements of a set that have given
values in given fields, in an index that is built once for a set. Both may give too much, never too little. Both keep
the canonical order, so that what is found first does not differ from run to run.

What raises here has found that it knows nothing; generated code then does without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, Final, TypeAlias

from tlatrace.errors import TlatraceError
from tlatrace.values import (
    AnySet,
    EvaluationError,
    FunctionSpace,
    FunctionValue,
    RecordSpace,
    SequenceValue,
    SetValue,
    Value,
    elements,
    equal,
    kind_of,
    make_function,
    make_set,
    member,
    same,
    shown,
)
from tlatrace.values.base import comparable
from tlatrace.values.intervals import EXPLICIT_SIZE_MAX, LazySet
from tlatrace.values.order import sort_key
from tlatrace.values.sets import SMALL_SIZE_MAX, LargeSet, set_changes

Keys: TypeAlias = tuple[Value, ...]
"""A path: the arguments of one application after the other."""

Part: TypeAlias = tuple[Keys, Value]
"""A path, and what stands at its end."""

PATHS_MAX: Final = 256
"""Indexes are remembered for so many combinations of paths."""

INDEXES_MAX: Final = 4
"""So many sets, each in its latest version, are indexed by the same paths."""

_TRUTH: Final = {True: "TRUE", False: "FALSE"}


class Unsettled(Exception):
    """What is known does not decide."""


def needs(condition: bool) -> None:
    """Raise unless ``condition`` holds."""
    if not condition:
        raise Unsettled


class Impossible(Exception):
    """No element will do: the formula cannot hold, whatever it is."""


class _Nothing:
    """The type of :data:`NOTHING`."""

    __slots__ = ()


NOTHING: Final = _Nothing()
"""Stands for what an event says, where that cannot be told."""

FAILURES: Final = (Unsettled, TlatraceError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What may be raised by text that is evaluated only to find candidates."""


def settled(value: Any) -> Any:
    """``value``, if it is one."""
    if value is NOTHING:
        raise Unsettled
    return value


def listed(domain: Value) -> Iterable[Value]:
    """The elements of a set, none of which is excluded by what the event says."""
    if isinstance(domain, LazySet) and domain.is_finite():
        size = domain.size_max()
        if size > EXPLICIT_SIZE_MAX:
            raise EvaluationError(
                f"one of the {size} elements of {shown(domain)} is to be found, and the event does not tell which; "
                f"at most {EXPLICIT_SIZE_MAX} are tried"
            )
    return elements(domain)


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
    """The element of a set that must have one."""
    items = _explicit(container)
    if len(items) != 1:
        raise Impossible
    (value,) = items
    return value


def only_new(more: Value, fewer: Value) -> Value:
    """The element that must be added to ``fewer`` to give ``more``, if it is not one that is there already."""
    before, after = _explicit(fewer), _explicit(more)
    if len(after) > len(before) + 1:
        raise Impossible
    added, removed = set_changes(before, after)
    if removed:
        raise Impossible
    if not added:
        raise Unsettled
    (value,) = added
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
    found = [key for key in keys if not equal(function.apply(key), before.apply(key))]
    if len(found) > 1:
        raise Impossible
    (key,) = found
    return key


def last_of(sequence: Value) -> Value:
    """The last element of a sequence."""
    if not isinstance(sequence, SequenceValue):
        raise Unsettled
    if not len(sequence):
        raise Impossible
    return sequence.apply(len(sequence))


def front_of(sequence: Value) -> Value:
    """A sequence without its last element."""
    if not isinstance(sequence, SequenceValue):
        raise Unsettled
    if not len(sequence):
        raise Impossible
    return sequence.slice(1, len(sequence) - 1)


def sum_of(one: Value, other: Value) -> int:
    """``one + other`` of two integers."""
    if type(one) is not int or type(other) is not int:
        raise Unsettled
    return one + other


def having(domain: Value, known: Sequence[Part]) -> Sequence[Value]:
    """The elements of ``domain`` that have given values at the end of given paths, and those that lack one of them; in
    canonical order.
    """
    if isinstance(domain, LazySet) and domain.explicit_if_known is None:
        narrow = _narrowed(domain, known)
        if narrow is not domain:
            return tuple(listed(narrow))
    items = _explicit(domain)
    if len(items) <= SMALL_SIZE_MAX:
        return [item for item in items if _may_have(item, known)]
    return _index_of(items, tuple(path for path, _ in known)).find([value for _, value in known])


def _may_have(item: Value, known: Sequence[Part]) -> bool:
    for path, value in known:
        found = _at(item, path)
        if found is not None and not same(found, value) and kind_of(found) == kind_of(value):
            return False
    return True


def _at(item: Any, path: Keys) -> Value | None:
    """What stands at the end of a path; None where it leads nowhere."""
    for key in path:
        if isinstance(item, FunctionValue):
            item = item.get(key)
        elif isinstance(item, SequenceValue) and item.has(key):
            item = item.apply(key)
        else:
            return None
        if item is None:
            return None
    return item  # type: ignore[no-any-return]


def _narrowed(domain: AnySet, known: Sequence[Part]) -> AnySet:
    """The elements of a set given by a rule that can have what is known, as such a set again."""
    match domain:
        case RecordSpace(fields=fields):
            parts: dict[Value, AnySet] = {name: part for name, part in fields.items()}  # noqa: C416 - other keys
        case FunctionSpace(of=keys, codomain=codomain) if keys.is_finite() and keys.cardinality() <= SMALL_SIZE_MAX:
            parts = dict.fromkeys(keys, codomain)
        case _:
            return domain
    changed = False
    for path, value in known:
        inner = parts.get(path[0]) if path else None
        if inner is None or (parts and type(path[0]) is not type(next(iter(parts)))):
            continue
        narrow = (
            make_set((value,) if value in inner else ()) if len(path) == 1 else _narrowed(inner, [(path[1:], value)])
        )
        if narrow is not inner:
            parts[path[0]] = narrow
            changed = True
    if not changed:
        return domain
    if isinstance(domain, RecordSpace):
        return RecordSpace({str(name): part for name, part in parts.items()})
    return _Functions(parts)


class _Functions(LazySet):
    """The functions that have for each argument an element of the set that is given for it."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[Value, AnySet]) -> None:
        super().__init__()
        self.parts = parts

    def cardinality(self) -> int:
        return prod(part.cardinality() for part in self.parts.values())

    def is_finite(self) -> bool:
        return all(part.is_finite() for part in self.parts.values())

    def __iter__(self) -> Iterator[Value]:
        for values in product(*self.parts.values()):
            yield make_function(zip(self.parts, values, strict=True))


class _Index:
    """The elements of a set by what they have at the end of some paths. It follows the set from version to version."""

    __slots__ = ("_found", "_kinds", "_paths", "_strangers", "items")

    def __init__(self, items: SetValue, paths: tuple[Keys, ...]) -> None:
        self.items = items
        self._paths = paths
        self._found: dict[tuple[Any, ...], dict[Value, None]] = {}
        self._strangers: dict[Value, None] = {}
        self._kinds = [0] * len(paths)
        for item in items.unordered():
            self._add(item)

    def find(self, values: Sequence[Value]) -> Sequence[Value]:
        for value, kinds in zip(values, self._kinds, strict=True):
            if not comparable(kinds | kind_of(value)):
                # Comparing them is an error, for evaluation to find.
                raise Unsettled
        found = (*self._found.get(tuple(map(_key, values)), ()), *self._strangers)
        # Python's order of strings is another one in every run.
        return sorted(found, key=sort_key) if len(found) > 1 else found

    def follow(self, items: SetValue) -> None:
        """Become the index of another version of the set."""
        added, removed = set_changes(self.items, items)
        for item in removed:
            key = self._key_of(item)
            if key is None:
                del self._strangers[item]
            else:
                del self._found[key][item]
                if not self._found[key]:
                    del self._found[key]
        for item in added:
            self._add(item)
        self.items = items

    def _add(self, item: Value) -> None:
        key = self._key_of(item)
        if key is None:
            self._strangers[item] = None
        else:
            self._found.setdefault(key, {})[item] = None

    def _key_of(self, item: Value) -> tuple[Any, ...] | None:
        keys: list[Any] = []
        for number, path in enumerate(self._paths):
            value = _at(item, path)
            if value is None:
                return None
            self._kinds[number] |= kind_of(value)
            keys.append(_key(value))
        return tuple(keys)


def _index_of(items: SetValue, paths: tuple[Keys, ...]) -> _Index:
    """An index of ``items``: the one of another version of the same set, brought up to date, or a new one."""
    known = _indexes.get(paths)
    if known is None:
        if len(_indexes) >= PATHS_MAX:
            del _indexes[next(iter(_indexes))]
        known = _indexes[paths] = []
    for position, index in enumerate(known):
        if index.items is items or (
            isinstance(index.items, LargeSet)
            and isinstance(items, LargeSet)
            and items.version.changed_since(index.items.version) is not None
        ):
            # One that was interrupted on the way is of no use to anybody.
            del known[position]
            index.follow(items)
            known.insert(0, index)
            return index
    index = _Index(items, paths)
    known.insert(0, index)
    del known[INDEXES_MAX:]
    return index


_indexes: Final[dict[tuple[Keys, ...], list[_Index]]] = {}


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
    "FAILURES",
    "NOTHING",
    "Impossible",
    "changed_key",
    "distinct",
    "front_of",
    "having",
    "last_of",
    "listed",
    "needs",
    "not_in",
    "only_new",
    "only_of",
    "settled",
    "sum_of",
    "within",
]
