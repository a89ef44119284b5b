"""Edits judged over all orders: what some order explains is not noticed, though the order that was found would."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.one_order import retell
from tlatrace.engine.order_sensitivity import PIECE_EVENTS_MAX, PIECES_MAX, Piece, pieces_of, sensitivity_in_part
from tlatrace.traces import Event
from tlatrace.traces.given_order import GivenOrder, Placed

Kinds = list[tuple[str, int]]


@pytest.fixture
def kinds(counters: Any) -> Any:
    counters.rule("up", counters.candidate("Up(n)"))
    counters.rule("down", counters.candidate("Down"))
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    return counters


def order_of(*chains: Kinds) -> GivenOrder:
    """Chains without clocks between them."""
    placed = [
        [
            Placed(
                Event(index + 1, {"kind": kind, "n": n}, chain),
                tuple(index if number == chain else 0 for number in range(len(chains))),
            )
            for index, (kind, n) in enumerate(events)
        ]
        for chain, events in enumerate(chains)
    ]
    names = [f"log{number}" for number in range(len(chains))]
    return GivenOrder(names, placed, names)


def pieces(kinds: Any, order: GivenOrder) -> list[Piece]:
    search = CutSearch(kinds.matcher(), order, keep_order=True)
    assert search.run() is Status.MATCHED
    chains = search.one_order()
    assert chains is not None
    retold = retell(kinds.matcher(), order, chains, 100_000)
    assert retold.is_whole
    return pieces_of(order, ["log0", "log1"], chains, retold.trail.stretches)


def test_a_wrong_value_that_another_order_explains_goes_unnoticed(kinds: Any) -> None:
    # Wherever ``at`` stands, 0, 1 and 2 are values that x has at some time.
    order = order_of([("up", 1), ("up", 1)], [("at", 1)])
    found = sensitivity_in_part(pieces(kinds, order), 60, 7)
    count = found.by_field["event.n"]
    assert not found.in_one_order
    assert 0 < count.noticed < count.edits
    # The twin in which a clock leaves ``at`` one place.
    chains = [list(chain) for chain in order.chains]
    chains[1][0] = Placed(chains[1][0].event, (1, 0))
    chains[0][1] = Placed(chains[0][1].event, (1, 1))
    twin = sensitivity_in_part(pieces(kinds, GivenOrder(order.names, chains, ["log0", "log1"])), 60, 7)
    assert twin.by_field["event.n"].share > count.share


def test_a_short_trace_is_one_piece_and_a_long_one_several_that_are_explained(kinds: Any) -> None:
    short = pieces(kinds, order_of([("up", 1)], [("at", 1)]))
    assert [(piece.is_from_start, piece.order.is_whole, piece.order.event_count) for piece in short] == [
        (True, True, 2)
    ]
    long = pieces(kinds, order_of([("up", 1), ("down", 0)] * 300, [("at", 0)]))
    assert len(long) == PIECES_MAX
    assert (long[0].is_from_start, long[1].is_from_start) == (True, False)
    for piece in long:
        assert piece.order.event_count <= PIECE_EVENTS_MAX
        assert CutSearch(piece.matcher.fork(), piece.order).run() is Status.MATCHED
    assert long[-1].order.is_whole


def test_a_limit_is_said(kinds: Any) -> None:
    found = sensitivity_in_part(pieces(kinds, order_of([("up", 1)], [("at", 1)])), 6, 1, must_stop=lambda: "enough")
    assert (found.total.edits, found.cut.startswith("enough; 0 of ")) == (0, True)
