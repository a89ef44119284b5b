"""What may have gone wrong on the ways to a state, exactly, in memory that does not grow with the trace.

Properties are numbered; a set of them is a *mask*, an integer with one bit for each. A frontier state is reached on
many ways, each of which violates some set of properties. Kept are the smallest of these sets (no kept set contains
another) and the union of all. The empty set is the smallest where a clean way exists; and since a way only ever
violates more as it goes on, nothing that was left out can matter to the question whether a clean way exists, nor which
properties all ways violate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple


class Marks(NamedTuple):
    """``minimal``: the smallest sets of violated properties, ascending. ``union``: all that some way violates."""

    minimal: tuple[int, ...]
    union: int

    @property
    def is_clean(self) -> bool:
        """Whether some way violates nothing."""
        return self.minimal[0] == 0

    def stepped(self, mask: int) -> Marks:
        """The marks after one more step on every way, which violates the properties of ``mask``."""
        if not mask:
            return self
        return Marks(_smallest(known | mask for known in self.minimal), self.union | mask)

    def joined(self, other: Marks) -> Marks:
        """The marks of a state that both lead to."""
        if self == other:
            return self
        union = self.union | other.union
        if self.is_clean or other.is_clean:
            return Marks((0,), union)
        return Marks(_smallest((*self.minimal, *other.minimal)), union)


CLEAN: Final = Marks((0,), 0)


def on_all_ways(marks: Iterable[Marks]) -> int:
    """The properties that every way to every one of these states violates."""
    common = -1
    for each in marks:
        for mask in each.minimal:
            common &= mask
    return max(common, 0)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the properties in ``mask``, ascending."""
    number = 0
    while mask:
        if mask & 1:
            yield number
        mask >>= 1
        number += 1


def _smallest(masks: Iterable[int]) -> tuple[int, ...]:
    ordered = sorted(set(masks), key=lambda mask: (mask.bit_count(), mask))
    kept: list[int] = []
    for mask in ordered:
        if not any(known & mask == known for known in kept):
            kept.append(mask)
    return tuple(kept)
