"""``{x \\in S : P(x)}`` where a rule gives S.

As in TLC, such a set is not listed for being asked whether something is an element: ``f \\in {g \\in [S -> T] : P(g)}``
looks at ``f`` only. A set that is asked as often as it has candidates, or is walked through a second time, is listed
after all, which is what a definition without variables needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tlatrace.values.base import Value
from tlatrace.values.errors import EvaluationError
from tlatrace.values.intervals import EXPLICIT_SIZE_MAX, LazySet
from tlatrace.values.sets import AnySet, SetValue, make_set


class FilteredSet(LazySet):
    """The elements of a finite set given by a rule that satisfy a predicate."""

    __slots__ = ("_base", "_is_walked", "_patience", "_predicate")

    def __init__(self, base: AnySet, predicate: Callable[[Value], bool]) -> None:
        super().__init__()
        self._base = base
        self._predicate = predicate
        self._patience = base.size_max()
        self._is_walked = False

    def __contains__(self, value: Value) -> bool:
        known = self._normal
        if known is not None:
            # Whether the value can be compared with the elements at all is for the base to say.
            return value in self._base and value in known
        if self._patience <= 0:
            return value in self._base and value in self.normal()
        self._patience -= 1
        return value in self._base and self._predicate(value)

    def __iter__(self) -> Iterator[Value]:
        known = self._normal
        if known is None and self._is_walked and self._base.size_max() <= EXPLICIT_SIZE_MAX:
            known = self.normal()
        if known is not None:
            return iter(known)
        self._is_walked = True
        return filter(self._predicate, self._base)

    def is_empty(self) -> bool:
        known = self._normal
        return known.is_empty() if known is not None else not any(map(self._predicate, self._base))

    def cardinality(self) -> int:
        return len(self.normal())

    def size_max(self) -> int:
        return self._base.size_max() if self._normal is None else len(self._normal)

    def normal(self) -> SetValue:
        # Filtered while the base is enumerated: it may have more elements than are ever listed.
        known = self._normal
        if known is None:
            known = self._normal = self._explicit()
        return known

    def _explicit(self) -> SetValue:
        kept: list[Value] = []
        for item in filter(self._predicate, self._base):
            kept.append(item)
            if len(kept) > EXPLICIT_SIZE_MAX:
                raise EvaluationError(f"a set has more than the {EXPLICIT_SIZE_MAX} elements that are ever listed")
        return make_set(kept)

    def __reduce__(self) -> tuple[Any, ...]:
        return make_set, (tuple(self.normal()),)
