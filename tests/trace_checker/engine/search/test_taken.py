"""The order of a way is kept whole, whatever its length, and beside a witness or alone."""

from __future__ import annotations

from tlatrace.engine.search.taken import LINK_EVENTS, TakenTrail, witness_in
from tlatrace.engine.search.witness import Trail


def test_chains_come_back_in_their_order() -> None:
    chains = [number % 3 for number in range(2 * LINK_EVENTS + 7)]
    trail = TakenTrail(None)
    for chain in chains:
        trail = trail.taking(chain)
    assert list(trail.chains()) == chains
    assert list(TakenTrail(None).chains()) == []


def test_ways_share_their_beginning_and_not_their_end() -> None:
    start = TakenTrail(None)
    for _ in range(LINK_EVENTS):
        start = start.taking(300)
    assert list(start.taking(1).chains()) == [*[300] * LINK_EVENTS, 1]
    assert list(start.taking(2).chains()) == [*[300] * LINK_EVENTS, 2]
    assert list(start.chains()) == [300] * LINK_EVENTS


def test_a_witness_is_kept_beside_it_only_where_there_is_one() -> None:
    alone = TakenTrail(None)
    assert alone.then("Up", (), (0,), (1,), 1, 0) is alone
    assert witness_in(alone) is None
    assert witness_in(None) is None
    both = TakenTrail(Trail(None, None, (0,))).taking(0).then("Up", (), (0,), (1,), 1, 0)
    assert isinstance(both, TakenTrail)
    assert list(both.chains()) == [0]
    witness = witness_in(both)
    assert witness is not None
    assert list(witness.states()) == [(0,), (1,)]
