"""The search over cuts finds what trying every order of the events finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.one_order import events_in, retell
from tlatrace.traces import OrderKind, OrderRule, PartialOrder

VECTOR = OrderRule(kind=OrderKind.VECTOR, process=lambda e: e.fields["p"], clock=lambda e: e.fields["c"])

CASES = 250


def add_rules(counters: Any, random_: random.Random) -> None:
    silent = random_.choice(
        [
            [],
            [counters.silent("Down", 1)],
            [counters.silent("Hide", 1), counters.silent("Down", 1)],
            [counters.silent("Hide", 9, is_limit=True)],
            [counters.silent("Down", 1, is_limit=True)],
        ]
    )
    counters.rule("up", counters.candidate("Up(n)"), silent=silent)
    counters.rule("any", counters.candidate("Up(ANY)"), silent=silent)
    counters.rule("down", counters.candidate("Down"), silent=silent)
    counters.rule("both", counters.candidate("Up(n)", "Down"), silent=silent)
    counters.rule("some", counters.candidate("Down"), counters.candidate("Hide"), silent=silent)
    counters.rule("fill", counters.candidate("Fill"), silent=silent)
    counters.rule("look", counters.candidate(), observations=[counters.observation("y", "n")])
    counters.rule("see", counters.candidate("Up(ANY)"), observations=[counters.observation("x", "n")], silent=silent)


KINDS = ("up", "up", "any", "down", "down", "both", "some", "fill", "look", "see")


def logs_of(memory_log: Any, random_: random.Random, chains: int, events: int) -> list[Any]:
    lines: list[list[dict[str, Any]]] = [[] for _ in range(chains)]
    clocks = [dict.fromkeys(map(str, range(chains)), 0) for _ in range(chains)]
    for _ in range(events):
        chain = random_.randrange(chains)
        if random_.random() < 0.3:
            other = random_.randrange(chains)
            clocks[chain] = {p: max(c, clocks[other][p]) for p, c in clocks[chain].items()}
        clocks[chain][str(chain)] += 1
        lines[chain].append(
            {"kind": random_.choice(KINDS), "n": random_.randint(1, 3), "p": chain, "c": dict(clocks[chain])}
        )
    return [memory_log(f"log{n}", each) for n, each in enumerate(lines) if each]


@dataclass
class Example:
    matcher: Callable[[], Any]
    order: Callable[[], PartialOrder]
    bounded: Any
    unbounded: Any
    properties: list[Any]


@pytest.fixture
def example(counters: Any, behaviors: Any, memory_log: Any) -> Callable[[int], Example]:
    """A matcher and an order, made anew whenever they are asked for, and what the twin finds."""

    def make(seed: int) -> Example:
        random_ = random.Random(seed)
        add_rules(counters, random_)
        logs = logs_of(memory_log, random_, random_.randint(1, 3), random_.randint(1, 5))
        rule = random_.choice([OrderRule(), VECTOR])
        properties = random_.choice(
            [
                [],
                [counters.property("SmallInv")],
                [counters.property("SmallInv"), counters.property("OneByOneProp", is_step=True)],
            ]
        )

        def matcher() -> Any:
            return counters.matcher(*properties, keep_witness=True)

        def order() -> PartialOrder:
            return PartialOrder(rule, logs)

        bounded, unbounded = (behaviors(matcher(), order(), unbounded=each) for each in (False, True))
        return Example(matcher, order, bounded, unbounded, properties)

    return make


@pytest.mark.parametrize("seed", range(CASES))
def test_what_every_behavior_together_says(example: Callable[[int], Example], seed: int) -> None:
    case = example(seed)
    search = CutSearch(case.matcher(), case.order())
    status = search.run()
    if status is Status.UNDECIDED:
        # A limit cut a branch, and what was found without it is not enough.
        assert case.bounded.status is not Status.MATCHED
        assert case.bounded.masks != case.unbounded.masks or case.bounded.status is case.unbounded.status
        assert search.undecided_because
        return
    expected = case.unbounded
    assert status is expected.status
    if status is Status.REJECTED:
        assert search.events_taken == expected.explained
    if status is Status.MATCHED:
        assert case.bounded.ends <= set(search.states) <= expected.ends
        some = 0
        for mask in case.bounded.masks[expected.events]:
            some |= mask
        found = {violation.property for violation in search.violations}
        assert found >= {p.name for n, p in enumerate(case.properties) if some >> n & 1}
        witness = search.witness()
        assert witness is not None
        assert sum(step.line is not None for step in witness.steps) == expected.explained


@pytest.mark.parametrize("seed", range(0, CASES, 2))
def test_one_order_is_that_of_the_witness_and_explains_the_events_as_one_trace(
    example: Callable[[int], Example], seed: int
) -> None:
    case = example(seed)
    search = CutSearch(case.matcher(), case.order(), keep_order=True)
    plain = CutSearch(case.matcher(), case.order())
    status = search.run()
    assert (status, search.states) == (plain.run(), plain.states)
    assert plain.one_order() is None
    chains, witness = search.one_order(), search.witness()
    assert chains is not None
    assert witness is not None
    lines = [(event.log, event.line) for event in events_in(case.order(), chains)]
    assert lines == [(step.log, step.line) for step in witness.steps if step.line is not None]
    retold = retell(case.matcher(), case.order(), chains)
    if status is Status.MATCHED:
        assert (retold.is_whole, retold.count) == (True, len(chains))
        assert [event for stretch in retold.trail.stretches for event in stretch.events] == list(
            events_in(case.order(), chains)
        )
    if status is Status.VIOLATED:
        assert {v.property for v in search.violations if v.on_all} & set(retold.violated)


def test_every_status_is_seen(example: Callable[[int], Example]) -> None:
    found = {CutSearch(case.matcher(), case.order()).run() for case in map(example, range(CASES))}
    assert found == set(Status)
