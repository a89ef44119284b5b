"""What of the five systems is measured: one entry a question, with the traces that answer it, from small to large.

A trace is made from its knobs alone, so that everybody measures the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.systems import Knobs, Logged, Ordered, System
from bench.systems.bounded_queue import BOUNDED_QUEUE
from bench.systems.replicated_log import REPLICATED_LOG
from bench.systems.snapshot_store import SNAPSHOT_STORE
from bench.systems.token_ring import TOKEN_RING
from bench.systems.two_phase import TWO_PHASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One question. ``points`` are in ascending size; ``large`` are further ones that take minutes.

    ``expected`` is the verdict, ``accepted`` or ``rejected``. TLC judges the same traces, up to the first that it does
    not finish; with ``is_largest_for_tlc`` it is also given the last of ``points``, which is what the entry is about.
    """

    name: str
    system: System
    points: tuple[Knobs, ...]
    large: tuple[Knobs, ...] = ()
    expected: str = "accepted"
    is_largest_for_tlc: bool = False


def _lengths(knobs: Knobs, lengths: Iterable[int]) -> tuple[Knobs, ...]:
    return tuple(replace(knobs, events=length) for length in lengths)


def _managers(knobs: Knobs, counts: Iterable[int]) -> tuple[Knobs, ...]:
    """One transaction with that many resource managers; every one of them prepares, and hears of the decision."""
    return tuple(replace(knobs, processes=count) for count in counts)


_FLAT = tuple(
    Benchmark(
        name=f"{system.name}, everything logged",
        system=system,
        points=_lengths(Knobs(events=0, width=4, seed=1), (1_000, 3_000, 10_000, 30_000)),
        large=_lengths(Knobs(events=0, width=4, seed=1), large),
    )
    for system, large in (
        (TWO_PHASE, (100_000,)),
        (SNAPSHOT_STORE, (100_000,)),
        (TOKEN_RING, (100_000, 1_000_000)),
        (BOUNDED_QUEUE, (100_000,)),
    )
)
"""Traces without branching: the time per event must not grow with the length, nor the memory."""

_ONE_ROUND = Knobs(events=1, logged=Logged.HIDDEN, seed=1)

BENCHMARKS = (
    *_FLAT,
    Benchmark(
        name="replicated log, everything logged, eight invariants over logs that grow",
        system=REPLICATED_LOG,
        points=_lengths(Knobs(events=0, seed=1), (100, 250, 500, 1_000, 2_500, 5_000)),
        large=_lengths(Knobs(events=0, seed=1), (20_000,)),
        is_largest_for_tlc=True,
    ),
    Benchmark(
        name="two-phase commit, names and arguments, what the manager receives is hidden",
        system=TWO_PHASE,
        points=_managers(_ONE_ROUND, (4, 8, 12, 16, 20, 24)),
        is_largest_for_tlc=True,
    ),
    Benchmark(
        name="two-phase commit, the same, but it commits without one",
        system=TWO_PHASE,
        points=_managers(replace(_ONE_ROUND, bug="commits without one"), (4, 8, 12, 16, 20, 24)),
        expected="rejected",
        is_largest_for_tlc=True,
    ),
    Benchmark(
        name="two-phase commit, a log for each process, no clocks",
        system=TWO_PHASE,
        points=_managers(replace(_ONE_ROUND, logged=Logged.NAMES, ordered=Ordered.NONE), (2, 4, 6, 8, 12, 16)),
        is_largest_for_tlc=True,
    ),
    Benchmark(
        name="two-phase commit, a log for each process, no clocks, one aborts a commit",
        system=TWO_PHASE,
        points=_managers(
            replace(_ONE_ROUND, logged=Logged.NAMES, ordered=Ordered.NONE, bug="one aborts a commit"),
            (2, 4, 6, 8, 12, 16),
        ),
        expected="rejected",
        is_largest_for_tlc=True,
    ),
    Benchmark(
        name="two-phase commit, vector clocks",
        system=TWO_PHASE,
        points=_lengths(Knobs(events=0, ordered=Ordered.VECTOR, seed=1), (100, 300, 1_000, 3_000)),
    ),
    Benchmark(
        name="token ring, hidden: who becomes idle, and to whom work is sent",
        system=TOKEN_RING,
        points=_lengths(Knobs(events=0, processes=6, logged=Logged.HIDDEN, seed=1), (30, 100, 300, 1_000)),
    ),
    Benchmark(
        name="snapshot isolation, hidden: what is written",
        system=SNAPSHOT_STORE,
        points=_lengths(Knobs(events=0, width=4, logged=Logged.HIDDEN, seed=1), (30, 100, 300, 1_000)),
    ),
    Benchmark(
        name="bounded queue, hidden: what is put",
        system=BOUNDED_QUEUE,
        points=_lengths(Knobs(events=0, width=4, logged=Logged.HIDDEN, seed=1), (30, 100, 300, 1_000)),
    ),
)
