"""Time in the emulator: one virtual clock in whole microseconds, and a clock of its own rate for every server."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

US = 1
MS = 1_000
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class NodeClock:
    """The clock of a server: how many of its ticks have passed at a virtual time.

    ``rate`` is how fast it runs: 101/100 is one that gains a hundredth.  It starts at ``start_us`` with tick 0.

    >>> clock = NodeClock(start_us=0, rate=Fraction(2), tick_us=10)
    >>> clock.ticks(14), clock.time_of(3), clock.ticks(clock.time_of(3))
    (2, 15, 3)
    """

    start_us: int
    rate: Fraction
    tick_us: int

    def ticks(self, now_us: int) -> int:
        """How many ticks have passed."""
        rate = self.rate
        return (now_us - self.start_us) * rate.numerator // rate.denominator // self.tick_us

    def time_of(self, ticks: int) -> int:
        """The first virtual time at which so many ticks have passed."""
        rate = self.rate
        return self.start_us + -(-ticks * self.tick_us * rate.denominator // rate.numerator)


class Agenda:
    """What is to happen, by time; what is due at the same time happens in the order in which it was entered."""

    __slots__ = ("_entered", "_heap", "now_us")

    def __init__(self) -> None:
        self.now_us = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._entered = 0

    def at(self, time_us: int, happening: Callable[[], None]) -> None:
        """Enter something; what lies in the past happens now."""
        self._entered += 1
        heapq.heappush(self._heap, (max(time_us, self.now_us), self._entered, happening))

    def next_us(self) -> int | None:
        """When the next thing happens; None when nothing will."""
        return self._heap[0][0] if self._heap else None

    def advance(self, to_us: int) -> None:
        """Let time pass up to ``to_us``, at which nothing earlier may be due."""
        self.now_us = max(self.now_us, to_us)

    def happen(self) -> bool:
        """Go to the next thing and do it; false when there is none."""
        if not self._heap:
            return False
        time_us, _, happening = heapq.heappop(self._heap)
        self.now_us = time_us
        happening()
        return True
