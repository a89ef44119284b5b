"""All randomness of the emulator: named streams that are drawn from one seed.

Each use has a stream of its own (one for every link, one for every server's timeouts, one for faults, …), so that a
change in one leaves the others alone.  Everything comes from ``random.Random(seed).getrandbits``, which gives the same
bits on every version of Python; none of the methods whose way of drawing has changed over the versions is used.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

MILLION = 1_000_000
"""Probabilities are in parts per million: integers, so that no rounding can differ between machines."""


class Stream:
    """A stream of random draws that is determined by a seed and a name.

    >>> [Stream(7, "network").integer(1, 6) for _ in range(2)] == [Stream(7, "network").integer(1, 6)] * 2
    True
    """

    __slots__ = ("_bits",)

    def __init__(self, seed: int, name: str) -> None:
        digest = sha256(f"{seed}/{name}".encode()).digest()
        self._bits = random.Random(int.from_bytes(digest[:16], "big")).getrandbits

    def integer(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included, each as likely; nothing is drawn where they are equal."""
        span = high - low
        if span == 0:
            return low
        width = span.bit_length()
        while True:  # By rejection: fewer than two rounds on the average.
            drawn = self._bits(width)
            if drawn <= span:
                return low + drawn

    def chance(self, per_million: int) -> bool:
        """True with that probability; nothing is drawn where it is 0."""
        return per_million > 0 and self.integer(1, MILLION) <= per_million

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.integer(0, len(items) - 1)]
