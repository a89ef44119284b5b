"""The successors of a state by one action, as codes.

What an action changes depends on the variables that it reads. Where these are not all variables, what it changed is
remembered under their numbers, and the successors of another state with the same numbers are put together from that,
without evaluating anything. An action that seldom meets the same numbers again stops remembering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from tlatrace.compile.exploring import Change, Generator
from tlatrace.engine.explore.store import Code, StateStore

Put: TypeAlias = Callable[[Code, Code], Code]
"""``(code of a state, numbers of the changed variables) -> code of the successor``"""

Remembered: TypeAlias = "list[tuple[Put, Code]]"

REMEMBERED_MAX = 1 << 17
"""Combinations of numbers that one action remembers; then it forgets them and begins anew."""

TRIALS = 2048
"""States after which an action looks whether remembering is worth it: at least one in four must have been met."""


class Successors:
    """The successors by one disjunct of Next."""

    def __init__(self, generator: Generator, store: StateStore, variable_count: int) -> None:
        self._generate = generator.generate
        self._store = store
        self._puts = generator.assigned
        self._made: dict[int, Put] = {}
        self._assigned = generator.assigned
        self._variable_count = variable_count
        self._remembered: dict[Any, Remembered] = {}
        self._met = self._asked = 0
        reads = generator.reads
        self._key: Callable[[Code], Any] | None = None
        self.is_pure = reads is not None
        """Whether the same state always has the same successors, and nothing is seen of their being made."""
        if reads is not None and len(reads) < variable_count:
            self._key = itemgetter(*reads) if reads else _nothing

    def add_to(self, found: list[Code], code: Code) -> None:
        """Append the codes of the successors to ``found``, in TLC's order and multiplicity.

        Raises what evaluation raises; ``found`` then has the successors that were made before that.
        """
        key_of = self._key
        if key_of is None:
            for put, numbers in self._changes(code, found):
                found.append(put(code, numbers))
            return
        key = key_of(code)
        known = self._remembered.get(key)
        self._asked += 1
        if known is None:
            known = self._changes(code, found)
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            self._remembered[key] = known
        else:
            self._met += 1
        if self._asked == TRIALS and self._met * 4 < TRIALS:
            self._key = None
            self._remembered.clear()
        for put, numbers in known:
            found.append(put(code, numbers))

    def send(self, code: Code, out: Callable[[Code], object]) -> None:
        """Call ``out`` with the code of each successor at the moment that it is made; what it raises comes through."""
        number = self._store.number

        def changed(change: Change) -> None:
            out(self._put(change[0])(code, tuple([number(value) for value in change[1:]])))

        self._generate(self._store.state(code), changed)

    def _changes(self, code: Code, found: list[Code]) -> Remembered:
        store = self._store
        made: list[Change] = []
        try:
            self._generate(store.state(code), made.append)
        except BaseException:
            found.extend(put(code, numbers) for put, numbers in self._numbered(made))
            raise
        return self._numbered(made)

    def _numbered(self, made: Sequence[Change]) -> Remembered:
        number, put = self._store.number, self._put
        return [(put(change[0]), tuple([number(value) for value in change[1:]])) for change in made]

    def _put(self, which: int) -> Put:
        put = self._made.get(which)
        if put is None:
            put = self._made[which] = putting(self._assigned[which], self._variable_count)
        return put


def putting(changed: Sequence[int], count: int) -> Put:
    """A function that puts numbers in the places ``changed`` of a code of ``count`` numbers."""
    at = {index: position for position, index in enumerate(changed)}
    items = "".join(f"new[{at[index]}], " if index in at else f"code[{index}], " for index in range(count))
    put: Put = eval(f"lambda code, new: ({items})")
    return put


def _nothing(code: Code) -> Code:
    return ()
