"""Randomness that is the same everywhere, and clocks that disagree."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from vraft.emulator.clocks import Agenda, NodeClock
from vraft.emulator.streams import Stream


def test_the_draws_are_these_and_no_others() -> None:
    """Written down, so that a Python that draws otherwise is found out."""
    stream = Stream(7, "network")
    assert [stream.integer(1, 1000) for _ in range(8)] == DRAWN


DRAWN = [253, 856, 639, 815, 698, 567, 765, 713]


def test_streams_are_strangers_to_one_another() -> None:
    def draws(seed: int, name: str) -> list[int]:
        stream = Stream(seed, name)
        return [stream.integer(0, 10**9) for _ in range(4)]

    different = {tuple(draws(seed, name)) for seed in (0, 1, 2**64 - 1) for name in ("a", "b", "a/b")}
    assert len(different) == 9
    assert draws(1, "a") == draws(1, "a")


def test_draws_are_even() -> None:
    stream = Stream(1, "die")
    counts = Counter(stream.integer(1, 6) for _ in range(6000))
    assert sorted(counts) == [1, 2, 3, 4, 5, 6]
    assert all(850 < count < 1150 for count in counts.values())
    assert {stream.choice("xyz") for _ in range(100)} == set("xyz")


def test_what_is_certain_costs_no_draw() -> None:
    stream, other = Stream(1, "a"), Stream(1, "a")
    assert stream.integer(5, 5) == 5
    assert not stream.chance(0)
    assert stream.integer(0, 10**9) == other.integer(0, 10**9)
    assert all(stream.chance(1_000_000) for _ in range(100))


def test_a_clock_runs_at_its_own_rate() -> None:
    for rate in (Fraction(1), Fraction(101, 100), Fraction(98, 100), Fraction(3, 7)):
        clock = NodeClock(start_us=12_345, rate=rate, tick_us=10_000)
        assert clock.ticks(12_345) == 0
        for ticks in (1, 2, 100, 12_345):
            due = clock.time_of(ticks)
            assert clock.ticks(due) == ticks
            assert clock.ticks(due - 1) == ticks - 1
    fast, slow = (NodeClock(0, Fraction(n, 100), 10_000).ticks(10_000_000) for n in (110, 90))
    assert (fast, slow) == (1100, 900)


def test_the_agenda_keeps_time_and_order() -> None:
    agenda, seen = Agenda(), []
    agenda.at(20, lambda: seen.append("late"))
    agenda.at(10, lambda: seen.append("first"))
    agenda.at(10, lambda: agenda.at(0, lambda: seen.append("in the past, so now")))
    agenda.at(10, lambda: seen.append("second"))
    while agenda.happen():
        pass
    assert seen == ["first", "second", "in the past, so now", "late"]
    assert (agenda.now_us, agenda.next_us()) == (20, None)
