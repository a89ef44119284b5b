"""What is measured: how long the traces are, how often each is checked, how long TLC may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run of the benchmarks.

    ``lengths`` are in events, ascending. A trace of at most ``short_events_max`` events is checked ``repeats_short``
    times, a longer one ``repeats_long`` times, and the best time counts. ``tlc_lengths`` begins with a trace so short
    that TLC's time for it is that of starting; TLC stops at the first that takes longer than ``tlc_limit_s``.
    """

    clusters: tuple[int, ...]
    lengths: tuple[int, ...]
    short_events_max: int
    repeats_short: int
    repeats_long: int
    repeats_start: int
    repeats_parse: int
    twins_length: int
    tlc_lengths: tuple[int, ...]
    tlc_limit_s: float

    def repeats(self, length: int) -> int:
        return self.repeats_short if length <= self.short_events_max else self.repeats_long

    def trace_lengths(self, nodes: int) -> tuple[int, ...]:
        """All lengths for which a trace of a cluster of ``nodes`` servers is needed; what is measured only once is
        measured on the first cluster."""
        once = {self.twins_length, *self.tlc_lengths} if nodes == self.clusters[0] else set()
        return tuple(sorted({1, *self.lengths, *once}))


FULL = Plan(
    clusters=(3, 5),
    lengths=(1_000, 5_000, 20_000),
    short_events_max=5_000,
    repeats_short=2,
    repeats_long=1,
    repeats_start=3,
    repeats_parse=3,
    twins_length=1_000,
    tlc_lengths=(1, 500, 1_000, 2_000),
    tlc_limit_s=30.0,
)
"""Two minutes on two processors."""

QUICK = Plan(
    clusters=(3,),
    lengths=(250, 1_000),
    short_events_max=1_000,
    repeats_short=2,
    repeats_long=1,
    repeats_start=1,
    repeats_parse=2,
    twins_length=250,
    tlc_lengths=(1, 500),
    tlc_limit_s=10.0,
)
"""Less than 40 seconds: shows that everything can be measured, but no figure to quote."""
