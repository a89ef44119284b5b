"""Of a way through a partial order: the order in which it took the events, in about a byte an event.

A search over cuts that keeps no witness forgets how it came to a node. The order of the events is enough to find the
way again: the events in that order are one trace, whose states are found as those of any trace. So a trail of this kind
holds the chains of the events, one after the other, and no state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tlatrace.compile.api import State
from tlatrace.engine.search.witness import Trail, Witness

LINK_EVENTS = 256
"""Events of one link: copied whole at each event, so few enough; each link costs as much as some hundred events."""


class TakenTrail(Trail):
    """The chains of the events that a way took; ``inner`` is the trail of its steps, where a witness is kept too."""

    __slots__ = ("_chains", "_earlier", "inner")

    def __init__(self, inner: Trail | None, earlier: TakenTrail | None = None, chains: str = "") -> None:
        super().__init__(None, None)
        self.inner = inner
        self._earlier = earlier
        self._chains = chains

    def then(
        self, action: str, arguments: Sequence[Any], state: State, successor: State, line: int | None, log: int
    ) -> Trail:
        if self.inner is None:
            return self
        inner = self.inner.then(action, arguments, state, successor, line, log)
        return TakenTrail(inner, self._earlier, self._chains)

    def taking(self, chain: int) -> TakenTrail:
        """The trail with one event more, the next of ``chain``."""
        if len(self._chains) == LINK_EVENTS:
            return TakenTrail(self.inner, self, chr(chain))
        return TakenTrail(self.inner, self._earlier, self._chains + chr(chain))

    def chains(self) -> Iterator[int]:
        """The chain of each event, in the order in which they were taken."""
        texts: list[str] = []
        link: TakenTrail | None = self
        while link is not None:
            texts.append(link._chains)
            link = link._earlier
        for text in reversed(texts):
            yield from map(ord, text)


def witness_in(trail: Trail | None) -> Witness | None:
    """The behavior that a trail of either kind holds; None where none was kept."""
    if isinstance(trail, TakenTrail):
        trail = trail.inner
    return None if trail is None else trail.witness()
