"""How a large set came out of another one: links from a version to the one that it was made from.

A link holds the elements that a step added or removed, never the sets themselves. A chain of links is cut at
:data:`LINKS_MAX`, so that a run of a million steps keeps the elements of the last few steps alive and nothing else.
Two versions whose chains do not meet are simply not known to be related.
"""

from __future__ import annotations

from tlatrace.values.base import Value

LINKS_MAX = 128
"""Links that a chain has at most. Whoever remembers a version compares it with one a few steps away."""

KEPT_LINKS = LINKS_MAX // 2
"""Links that are left when a chain is cut, so that cutting costs a step's share of a walk."""


class Version:
    """The identity of one version of a set, and what changed since the one before."""

    __slots__ = ("changed", "depth", "previous")

    def __init__(self, previous: Version | None = None, changed: tuple[Value, ...] = ()) -> None:
        """``changed`` were added or removed."""
        self.previous = previous
        self.changed = changed
        self.depth: int = 0 if previous is None else previous.depth + 1
        if self.depth >= LINKS_MAX:
            self._cut()

    def _cut(self) -> None:
        """Forget what is older than ``KEPT_LINKS`` steps."""
        kept: Version = self
        for depth in range(KEPT_LINKS, -1, -1):
            kept.depth = depth
            if depth == 0 or kept.previous is None:
                break
            kept = kept.previous
        kept.previous, kept.changed = None, ()

    def changed_since(self, old: Version) -> tuple[Value, ...] | None:
        """All that was added or removed on the way from ``old`` to this version, perhaps through a version that both
        were made from; None where no such way is known.
        """
        if self is old:
            return ()
        met: dict[int, int] = {}
        back: list[Version] = []
        one: Version | None = old
        while one is not None:
            met[id(one)] = len(back)
            back.append(one)
            one = one.previous
        forth: list[Value] = []
        one = self
        while one is not None:
            at = met.get(id(one))
            if at is not None:
                for each in back[:at]:
                    forth += each.changed
                return tuple(forth)
            forth += one.changed
            one = one.previous
        return None
