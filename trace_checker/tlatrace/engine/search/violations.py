"""What was seen of the properties' violations while a trace is searched: the place of each first one, and when no way
was clean any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tlatrace.engine.search.marks import bits, on_all_ways
from tlatrace.engine.search.nodes import Node

Place = tuple[int, int]
"""The number of a log, and a line of it."""

Found = tuple[int, Place | None, bool]
"""A property's number, the event after which it was violated first, and whether it is on all ways."""


class Violations:
    """``seen`` are the properties that some way was seen to violate, with the first such place. ``violated_at`` is
    what every way violated when no clean one was left, and the place of that.
    """

    def __init__(self, seen: dict[int, Place | None] | None = None, at: tuple[int, Place | None] | None = None) -> None:
        self.seen: dict[int, Place | None] = {} if seen is None else seen
        self.violated_at = at

    def note(self, nodes: Sequence[Node], place: Place | None) -> None:
        """``nodes`` explain the events up to ``place``: all there are."""
        is_clean = False
        for node in nodes:
            marks = node.marks
            if marks.is_clean:
                is_clean = True
            if marks.union:
                self.note_some(marks.union, place)
        if not is_clean and nodes and self.violated_at is None:
            every = on_all_ways(node.marks for node in nodes)
            if not every:
                for node in nodes:
                    for mask in node.marks.minimal:
                        every |= mask
            self.violated_at = every, place

    def note_some(self, mask: int, place: Place | None) -> None:
        """Some way violates the properties of ``mask``."""
        for number in bits(mask):
            self.seen.setdefault(number, place)

    def found(self, nodes: Sequence[Node]) -> Iterator[Found]:
        """What ``nodes``, in the end, violate: on all ways first."""
        some = 0
        for node in nodes:
            some |= node.marks.union
        every, place = (0, None) if self.violated_at is None else self.violated_at
        for on_all, mask in ((True, every), (False, some & ~every)):
            for number in bits(mask):
                yield number, place if on_all else self.seen.get(number), on_all

    def copy(self) -> Violations:
        return Violations(dict(self.seen), self.violated_at)
