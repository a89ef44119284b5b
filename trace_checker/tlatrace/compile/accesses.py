r"""What a step reads and writes, fine enough to tell which steps do not touch each other.

An :class:`Access` is a variable, a path of keys into it as far as they are known, and what is done there. Two accesses
*conflict* unless they certainly commute:

- what one only reads, the other may read;
- paths that part at some key are different places (``f[1]`` and ``f[2]``); a path that ends early stands for all that
  is below it;
- of a set, an element that is added, removed or asked for is a place of its own; adding commutes with adding, removing
  with removing, whatever the elements are;
- numbers that are added to a place may be added in any order.

Two steps whose footprints have no conflict are *independent*: where one is possible it stays possible, or impossible,
after the other, and both orders lead to the same state. For a step depends on nothing but the places that it reads, and
changes nothing but those that it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from tlatrace.values import Value


class Kind(Enum):
    READ = "read"
    TEST = "test"
    """Whether an element is in the set that stands there."""
    WRITE = "write"
    ADD = "add"
    """An element is in the set afterwards; the others are as they were."""
    REMOVE = "remove"
    COUNT = "count"
    """A number is added to what stands there."""
    LACK = "lack"
    """In a need (:mod:`tlatrace.compile.blockers`): an element is not in the set, and should be."""
    EXCESS = "excess"
    """In a need: an element is in the set, and should not be."""


class _Open:
    """The type of :data:`OPEN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "OPEN"


OPEN: Final = _Open()
"""An element that is not known."""

_READING: Final = (Kind.READ, Kind.TEST, Kind.LACK, Kind.EXCESS)
_OF_ELEMENTS: Final = (Kind.TEST, Kind.ADD, Kind.REMOVE, Kind.LACK, Kind.EXCESS)
_NO_HELP: Final = {(Kind.LACK, Kind.REMOVE), (Kind.EXCESS, Kind.ADD)}


def key_of_value(value: Value) -> Any:
    """What is equal for two values if and only if they are the same value; Python takes TRUE for 1."""
    return ("boolean", value) if type(value) is bool else value


@dataclass(frozen=True, slots=True)
class Access:
    """``path`` and ``element`` are made of :func:`key_of_value`; ``element`` is OPEN where it is not known, and where
    the kind has none.
    """

    variable: int
    path: tuple[Any, ...]
    kind: Kind
    element: Any = OPEN

    @property
    def is_write(self) -> bool:
        return self.kind not in _READING


def conflict(one: Access, other: Access) -> bool:
    """Whether two accesses may not commute."""
    if one.variable != other.variable:
        return False
    kind, its = one.kind, other.kind
    if kind in _READING and its in _READING:
        return False
    for key, its_key in zip(one.path, other.path, strict=False):
        if key != its_key:
            return False
    if len(one.path) != len(other.path):
        return True
    if kind is its and kind is not Kind.WRITE:
        return False
    if (kind, its) in _NO_HELP or (its, kind) in _NO_HELP:
        return False
    if kind in _OF_ELEMENTS and its in _OF_ELEMENTS:
        return one.element is OPEN or other.element is OPEN or bool(one.element == other.element)
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """All accesses of a step, or of every step that an action with some arguments may be. ``is_unknown``: anything may
    be read or written. ``overwritten`` are the variables that every such step gives a new value, which depends on the
    old one only if that is among ``reads``.
    """

    reads: tuple[Access, ...]
    writes: tuple[Access, ...]
    is_unknown: bool = False
    overwritten: frozenset[int] = frozenset()

    def depends_on(self, other: Footprint) -> bool:
        """Whether the two may not commute."""
        return _depend(self, other)


@lru_cache(maxsize=1 << 16)
def _depend(one: Footprint, other: Footprint) -> bool:
    if one.is_unknown or other.is_unknown:
        return True
    return (
        any_conflict(one.writes, other.writes)
        or any_conflict(one.writes, other.reads)
        or any_conflict(one.reads, other.writes)
    )


UNKNOWN_FOOTPRINT: Final = Footprint((), (), is_unknown=True)


def footprint_of(accesses: Iterable[Access], overwritten: frozenset[int] = frozenset()) -> Footprint:
    """The accesses as a footprint, each once."""
    found = tuple(dict.fromkeys(accesses))
    return Footprint(
        tuple(each for each in found if not each.is_write),
        tuple(each for each in found if each.is_write),
        overwritten=overwritten,
    )


def any_conflict(some: Sequence[Access], others: Sequence[Access]) -> bool:
    """Whether one of ``some`` and one of ``others`` may not commute."""
    for one in some:
        variable = one.variable
        for other in others:
            if other.variable == variable and conflict(one, other):
                return True
    return False


def joined(footprints: Sequence[Footprint], *, all_happen: bool) -> Footprint:
    """The footprint of one of several steps, or, if ``all_happen``, of all of them one after the other."""
    if any(each.is_unknown for each in footprints):
        return UNKNOWN_FOOTPRINT
    accesses = [access for each in footprints for access in (*each.reads, *each.writes)]
    sets = [each.overwritten for each in footprints]
    overwritten: frozenset[int] = frozenset()
    if sets:
        overwritten = sets[0].union(*sets[1:]) if all_happen else sets[0].intersection(*sets[1:])
    return footprint_of(accesses, overwritten)
