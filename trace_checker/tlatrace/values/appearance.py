"""TLC's own order of values, where it depends on the specification: strings, the fields of records and model values
stand in the order in which TLC first met their names.

Everything else keeps the canonical order (:mod:`tlatrace.values.order`), which does not depend on names: states,
messages and text are the same whatever order a specification gives its strings. Only a choice among values follows
this one, because the value chosen is part of what a specification means to TLC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any, Final

from tlatrace.values.algebra import elements
from tlatrace.values.base import BOOL, FUNCTION, INT, MODEL, SET, STR, ModelValue, Value
from tlatrace.values.functions import FunctionValue, make_function
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.lazyfunctions import LazyFunction
from tlatrace.values.lazysets import FunctionSpace, PowerSet, ProductSet, RecordSpace
from tlatrace.values.sequences import SequenceValue, make_sequence
from tlatrace.values.sets import AnySet, SetValue, make_set

# The sorted elements of this many sets are remembered: a specification chooses from the same few sets again and again.
SETS_REMEMBERED_MAX: Final = 10_000


class Appearance:
    """The order of values for a specification whose names TLC meets in the order of ``names``.

    A name that is not among them stands behind all that are, in alphabetical order.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._rank = {name: at for at, name in reversed(list(enumerate(names)))}
        self._last = len(names)
        self._sorted: dict[SetValue, tuple[Value, ...]] = {}
        self._keys: dict[Value, tuple[Any, ...]] = {}

    def ordered(self, domain: Value) -> Iterable[Value]:
        """The elements of a set in TLC's order; those of a set given by a rule one after the other."""
        if isinstance(domain, SetValue):
            if domain.kinds in (INT, BOOL) or len(domain) < 2:
                return domain
            known = self._sorted.get(domain)
            if known is None:
                if len(self._sorted) >= SETS_REMEMBERED_MAX:
                    self._sorted.clear()
                known = self._sorted[domain] = tuple(sorted(domain.unordered(), key=self._known_key))
            return known
        if isinstance(domain, IntervalSet) or not isinstance(domain, AnySet) or not domain.is_finite():
            return elements(domain)
        return self._of_rule(domain)

    def choose(self, domain: Value, predicate: Callable[[Value], bool]) -> Value | None:
        """The first element that satisfies ``predicate``; None without one."""
        for item in self.ordered(domain):
            if predicate(item):
                return item
        return None

    def key(self, value: Value) -> tuple[Any, ...]:
        """What sorts values as TLC does."""
        out: list[Any] = []
        self._extend(value, out)
        return tuple(out)

    def _known_key(self, value: Value) -> tuple[Any, ...]:
        """The key of an element of a set: sets of messages have most elements in common."""
        if isinstance(value, (int, str)):
            return self.key(value)
        known = self._keys.get(value)
        if known is None:
            if len(self._keys) >= SETS_REMEMBERED_MAX:
                self._keys.clear()
            known = self._keys[value] = self.key(value)
        return known

    def _of_rule(self, domain: AnySet) -> Iterator[Value]:
        if domain.is_empty():
            return
        match domain:
            case PowerSet():
                items = tuple(self.ordered(domain.base))
                for size in range(len(items) + 1):
                    yield from map(make_set, combinations(items, size))
            case FunctionSpace():
                keys = tuple(self.ordered(domain.of))
                for values in product(tuple(self.ordered(domain.codomain)), repeat=len(keys)):
                    yield make_function(zip(keys, values, strict=True))
            case RecordSpace():
                names = sorted(domain.fields, key=self._name_key)
                for values in product(*(tuple(self.ordered(domain.fields[name])) for name in names)):
                    yield make_function(zip(names, values, strict=True))
            case ProductSet():
                yield from map(make_sequence, product(*(tuple(self.ordered(part)) for part in domain.parts)))
            case _:
                listed = domain.normal()
                yield from self.ordered(listed) if isinstance(listed, SetValue) else sorted(domain, key=self.key)

    def _name_key(self, name: str) -> tuple[int, str]:
        return self._rank.get(name, self._last), name

    def _extend(self, value: Value, out: list[Any]) -> None:
        kind = type(value)
        if kind is int:
            out += (INT, value)
        elif kind is bool:
            out += (BOOL, value)
        elif isinstance(value, str):
            out += (STR, *self._name_key(value))
        elif isinstance(value, ModelValue):
            out += (MODEL, *self._name_key(value.name))
        elif isinstance(value, AnySet):
            items = tuple(self.ordered(value))
            out += (SET, len(items))
            for item in items:
                self._extend(item, out)
        else:
            self._extend_with_function(value, out)

    def _extend_with_function(self, value: Value, out: list[Any]) -> None:
        if isinstance(value, LazyFunction):
            value = value.table()
        if isinstance(value, SequenceValue):
            out += (FUNCTION, len(value), 0)
            for item in value:
                self._extend(item, out)
            return
        assert isinstance(value, FunctionValue)
        out += (FUNCTION, len(value), 1)
        for key in self.ordered(value.domain()):
            self._extend(key, out)
            self._extend(value.apply(key), out)
