"""Shrinking over all orders: what is left is stuck at the same event for the same reason, and no event more can go."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.compile import Interpreter
from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.order_shrink import Suborder, shrink_in_part
from tlatrace.engine.stuck import why_stuck
from tlatrace.traces import Event
from tlatrace.traces.given_order import GivenOrder, Placed


@pytest.fixture
def kinds(counters: Any) -> Any:
    counters.rule("up", counters.candidate("Up(n)"))
    counters.rule("down", counters.candidate("Down"))
    counters.rule("fill", counters.candidate("Fill"))
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    return counters


def order_of(*chains: list[tuple[str, int]], after: dict[tuple[int, int], tuple[int, ...]] | None = None) -> GivenOrder:
    """Chains with what must come before some of their events."""
    placed = []
    for chain, events in enumerate(chains):
        least = [0] * len(chains)
        placed.append([])
        for index, (kind, n) in enumerate(events):
            least = list(map(max, least, (after or {}).get((chain, index), (0,) * len(chains))))
            least[chain] = index
            placed[-1].append(Placed(Event(index + 1, {"kind": kind, "n": n}, chain), tuple(least)))
    names = [f"log{number}" for number in range(len(chains))]
    return GivenOrder(names, placed, names)


def shrunk(kinds: Any, order: GivenOrder, **options: Any) -> Suborder | str:
    more = {"clocks_count": False, **options}
    return shrink_in_part(kinds.matcher(), order, Interpreter(kinds.compiled.spec), **more)


def lines(found: Suborder | str) -> list[tuple[int, int]]:
    assert isinstance(found, Suborder)
    return [(event.log, event.line) for event in found.events]


NOISE = [("fill", 0)] * 3


def test_only_what_the_conjunct_needs_is_kept(kinds: Any) -> None:
    order = order_of([*NOISE, ("up", 3), *NOISE, ("up", 2)], [*NOISE, ("at", 9), *NOISE])
    found = shrunk(kinds, order)
    assert (found.cut, found.reason.text) == ("", "stutter: x is not what was logged")
    assert lines(found) == [(1, 4)]


def test_an_order_that_is_explained_has_nothing_to_shrink(kinds: Any) -> None:
    assert shrunk(kinds, order_of([*NOISE, ("up", 3)], [("at", 3)])) == "it is not rejected when it is read again"


def test_what_counts_an_event_that_is_left_out_goes_with_it(kinds: Any) -> None:
    order = order_of([("fill", 0), ("up", 1)], [("fill", 0), ("at", 9)], after={(1, 1): (2, 0)})
    assert lines(shrunk(kinds, order, clocks_count=True)) == [(0, 1), (0, 2), (1, 2)]
    # Where clocks only say what came first, what is left out is not missed.
    assert lines(shrunk(kinds, order)) == [(1, 2)]


def test_no_event_more_can_be_left_out(kinds: Any) -> None:
    order = order_of([("up", 3), *NOISE, ("up", 2)], [*NOISE, ("up", 1), ("fill", 0)])
    found = shrunk(kinds, order)
    kept = lines(found)
    every = [(n, index) for n, chain in enumerate(order.chains) for index in range(len(chain))]
    interpreter = Interpreter(kinds.compiled.spec)

    def stuck_event(keys: list[tuple[int, int]]) -> tuple[int, int] | None:
        search = CutSearch(kinds.matcher(), order.without({key for key in every if key not in keys}))
        if search.run() is not Status.REJECTED:
            return None
        (_, event), *_ = why_stuck(search, kinds.matcher(), interpreter)[0]
        return event.log, event.line

    keys = [(log, line - 1) for log, line in kept]
    stuck = stuck_event(keys)
    assert stuck == stuck_event(every)
    for key in keys:
        assert stuck_event([other for other in keys if other != key]) != stuck


def test_a_limit_is_said(kinds: Any) -> None:
    order = order_of([*NOISE * 4, ("up", 3)], [*NOISE, ("at", 9)])
    asked = 0

    def must_stop() -> str:
        nonlocal asked
        asked += 1
        return "enough" if asked > limit else ""

    limit = 1_000_000
    whole = shrunk(kinds, order, must_stop=must_stop)
    limit, asked = asked * 2 // 3, 0
    found = shrunk(kinds, order, must_stop=must_stop)
    assert (whole.cut, found.cut) == ("", "enough")
    assert lines(found)[-1] == lines(whole)[-1]
    limit, asked = 0, 0
    assert shrunk(kinds, order, must_stop=must_stop) == "enough"
