"""A partial order in memory lets move what the one it was loaded from lets move, and keeps that when it is changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tlatrace.traces import Event, OrderKind, OrderRule, PartialOrder, Positions
from tlatrace.traces.given_order import GivenOrder, Placed, load

RULES = {
    "file": OrderRule(),
    "lamport": OrderRule(kind=OrderKind.LAMPORT, clock=lambda e: e.fields["l"]),
    "vector": OrderRule(kind=OrderKind.VECTOR, process=lambda e: e.fields["p"], clock=lambda e: e.fields["c"]),
    "boxes": OrderRule(
        kind=OrderKind.BOXES,
        process=lambda e: e.fields["p"],
        start=lambda e: e.fields["s"],
        end=lambda e: e.fields["e"],
    ),
    "times": OrderRule(kind=OrderKind.BOXES, start=lambda e: e.fields["s"], end=lambda e: e.fields["e"]),
}


@dataclass
class MemoryLog:
    name: str
    lines: list[dict[str, Any]]

    def __iter__(self) -> Iterator[Event]:
        return iter([Event(number, line) for number, line in enumerate(self.lines, 1)])


def logs_of(seed: int) -> list[MemoryLog]:
    """Logs whose events have clocks of every kind."""
    random_ = random.Random(seed)
    chains = random_.randint(1, 3)
    lines: list[list[dict[str, Any]]] = [[] for _ in range(chains)]
    clocks = [dict.fromkeys(map(str, range(chains)), 0) for _ in range(chains)]
    for now in range(random_.randint(1, 9)):
        chain = random_.randrange(chains)
        if random_.random() < 0.4:
            other = random_.randrange(chains)
            clocks[chain] = {p: max(c, clocks[other][p]) for p, c in clocks[chain].items()}
        clocks[chain][str(chain)] += 1
        clock = {p: c for p, c in clocks[chain].items() if c}
        lines[chain].append({"p": chain, "c": clock, "l": now // 2, "s": now, "e": now + random_.randint(0, 2)})
    return [MemoryLog(f"log{number}", each) for number, each in enumerate(lines) if each]


def cuts(order: PartialOrder) -> dict[Positions, tuple[int, ...]]:
    """Every cut that can be reached, with the chains that may move there."""
    found: dict[Positions, tuple[int, ...]] = {}
    pending = [(0,) * order.log_count]
    while pending:
        at = pending.pop()
        if at not in found:
            found[at] = tuple(order.enabled(at))
            pending += [tuple(count + (n == chain) for n, count in enumerate(at)) for chain in found[at]]
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(20))
def test_the_same_chains_may_move_at_every_cut(rule: str, seed: int) -> None:
    logs = logs_of(seed)
    names = [log.name for log in logs]
    order = PartialOrder(RULES[rule], logs)
    given = load(order, (0,) * order.log_count, names, 100)
    assert given.is_whole
    assert given.event_count == sum(len(log.lines) for log in logs)
    assert cuts(given) == cuts(PartialOrder(RULES[rule], logs))
    # From a later cut on, it is what is left.
    order = PartialOrder(RULES[rule], logs)
    all_cuts = cuts(order)
    start = sorted(all_cuts)[len(all_cuts) // 2]
    rest = load(order, start, names, 100)
    expected = {
        tuple(count - first for count, first in zip(at, start, strict=True)): chains
        for at, chains in all_cuts.items()
        if all(count >= first for count, first in zip(at, start, strict=True))
    }
    assert cuts(rest) == expected


def test_no_more_is_loaded_than_asked_for() -> None:
    logs = [MemoryLog("a", [{}] * 5), MemoryLog("b", [{}] * 5)]
    given = load(PartialOrder(OrderRule(), logs), (0, 0), ["a", "b"], 4)
    assert (given.event_count, given.is_whole, [len(chain) for chain in given.chains]) == (4, False, [2, 2])


@pytest.fixture
def three() -> GivenOrder:
    """Two events of one chain, the last of them before the second one of another."""
    a = [Placed(Event(1, {"n": 1}), (0, 0)), Placed(Event(2, {"n": 2}), (1, 0))]
    b = [Placed(Event(1, {"n": 3}, 1), (0, 0)), Placed(Event(2, {"n": 4}, 1), (2, 1))]
    return GivenOrder(["a", "b"], [a, b], ["a", "b"])


def test_what_was_left_out_no_longer_has_to_come_first(three: GivenOrder) -> None:
    assert three.enabled((1, 1)) == [0]
    left = three.without({(0, 1)})
    assert left.enabled((0, 1)) == [0]  # but what came before it has
    assert left.enabled((1, 1)) == [1]
    assert left.is_end((1, 2))
    assert three.enabled((1, 1)) == [0]


def test_what_was_put_in_comes_before_what_it_stands_before(three: GivenOrder) -> None:
    more = three.inserted(0, 1, Event(2, {"n": "new"}))
    assert [placed.event.fields["n"] for placed in more.chains[0]] == [1, "new", 2]
    assert more.enabled((2, 1)) == [0]
    assert more.enabled((3, 1)) == [1]
    assert more.waits_for((2, 1), 1) == 0


def test_two_that_change_places(three: GivenOrder) -> None:
    other = three.swapped(0, 0)
    assert [placed.event.fields["n"] for placed in other.chains[0]] == [2, 1]
    assert cuts(other) == cuts(three)
