"""Reduced searches find what trying everything finds: the same statuses, violations and furthest event."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.search import breadth
from tlatrace.traces import Event, OrderKind, OrderRule, PartialOrder

CASES = 120

VECTOR = OrderRule(kind=OrderKind.VECTOR, process=lambda e: e.fields["p"], clock=lambda e: e.fields["c"])

CALLS = (
    "Send(n)", "See(n)", "Forget(n)", "More", "Spend", "Shut", "Some", "Reset", "Hop(n)", "Settled(n)",
    "Send(ANY)", "See(ANY)", "Lose(ANY)", "Gone(ANY)", "Hop(ANY)",
)  # fmt: skip
SILENT = ("Send(ANY)", "See(ANY)", "Lose(ANY)", "Forget(ANY)", "More", "Spend", "Hop(ANY)", "Settled(ANY)")
OBSERVED = (("count", "count"), ("Cardinality(seen)", 'IF n = "a" THEN 1 ELSE 2'), ("at[n]", "1"), ("msgs", "{}"))
PROPERTIES = ("CountInv", "SeenInv", "AtInv", "PhaseInv", "TypeInv", "CountStep")


@dataclass
class Case:
    """A trace with its rules. The two twins say what is so: one keeps bounds that are only there to end the search, the
    other does not.
    """

    matcher: Callable[..., Any]
    order: Callable[[], PartialOrder]
    properties: list[Any]
    bounded: Any
    unbounded: Any
    has_limits: bool
    chains: int
    events: list[Event]


@pytest.fixture
def case(parcels: Any, behaviors: Any, memory_log: Any) -> Callable[[int, int], Case]:
    """A case by its number, with at most so many chains."""

    def make(seed: int, chains_max: int) -> Case:
        random_ = random.Random(seed)
        chosen = random_.sample(SILENT, random_.choice((0, 1, 1, 2, 2, 3)))
        is_meaning = random_.random() < 0.3
        silent = [
            parcels.silent(call, *((random_.randint(1, 2),) if is_meaning else (random_.choice((1, 40)),)),
                           is_limit=not is_meaning)
            for call in chosen
        ]  # fmt: skip
        kinds = random_.sample(CALLS, 6)
        for number, call in enumerate(kinds):
            candidates = [parcels.candidate(call)]
            if random_.random() < 0.15:
                candidates.append(parcels.candidate(random_.choice(CALLS)))
            if random_.random() < 0.15:
                candidates.append(parcels.candidate(call, random_.choice(CALLS)))
            seen = [parcels.observation(*random_.choice(OBSERVED))] if random_.random() < 0.2 else []
            parcels.rule(f"k{number}", *candidates, observations=seen, silent=silent)
        names = random_.sample(PROPERTIES, random_.choice((0, 0, 1, 2)))
        properties = [parcels.property(name, is_step=name == "CountStep") for name in names]
        chains = random_.randint(1, chains_max)
        rule = random_.choice([OrderRule(), VECTOR])

        def matcher(*, is_lazy: bool = True, **options: Any) -> Any:
            evaluator = parcels.compiled if is_lazy else None
            return parcels.matcher(*properties, keep_witness=True, evaluator=evaluator, **options)

        logs = logs_of(memory_log, random_, chains, walked(matcher(is_lazy=False), random_))

        def order() -> PartialOrder:
            return PartialOrder(rule, logs)

        bounded, unbounded = (behaviors(matcher(is_lazy=False), order(), unbounded=each) for each in (False, True))
        return Case(matcher, order, properties, bounded, unbounded, not is_meaning, len(logs), list(logs[0]))

    return make


def walked(matcher: Any, random_: random.Random) -> list[tuple[str, str]]:
    """Events of a behavior that hides its silent steps; sometimes with a mistake in it."""
    node = matcher.nodes[0]
    events: list[tuple[str, str]] = []
    wanted = random_.randint(1, 4)
    for _ in range(60):
        if len(events) == wanted:
            break
        kind, n = f"k{random_.randrange(6)}", random_.choice("ab")
        prepared = matcher.prepare(Event(1, {"kind": kind, "n": n}))
        if prepared.silent and random_.random() < 0.5:
            silent = random_.choice(prepared.silent)
            reached = list(matcher.stepper.silent_steps(silent, prepared.arguments, node))
        else:
            reached = list(matcher.stepper.explanations(prepared, node))
            if reached:
                events.append((kind, n))
        node = random_.choice(reached) if reached else node
    if not events or random_.random() < 0.4:
        events.insert(random_.randint(0, len(events)), (f"k{random_.randrange(6)}", random_.choice("ab")))
    return events


def logs_of(memory_log: Any, random_: random.Random, chains: int, events: list[tuple[str, str]]) -> list[Any]:
    lines: list[list[dict[str, Any]]] = [[] for _ in range(chains)]
    clocks = [dict.fromkeys(map(str, range(chains)), 0) for _ in range(chains)]
    for kind, n in events:
        chain = random_.randrange(chains)
        if random_.random() < 0.3:
            other = random_.randrange(chains)
            clocks[chain] = {p: max(c, clocks[other][p]) for p, c in clocks[chain].items()}
        clocks[chain][str(chain)] += 1
        lines[chain].append({"kind": kind, "n": n, "p": chain, "c": dict(clocks[chain])})
    return [memory_log(f"log{n}", each) for n, each in enumerate(lines) if each]


def expect(case: Case, status: Status, because: str) -> None:
    """``status`` is what the twins say, or undecided where a limit cut a branch that matters."""
    if status is Status.UNDECIDED:
        assert case.has_limits
        assert case.bounded.status is not Status.MATCHED or case.unbounded.status is not Status.MATCHED
        assert because
    else:
        assert status is case.unbounded.status


def violated_by_some(case: Case, found: Any) -> set[str]:
    some = 0
    for mask in found.masks.get(found.events, ()):
        some |= mask
    return {p.name for n, p in enumerate(case.properties) if some >> n & 1}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES))
def test_one_event_after_the_other(case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breadth, "NARROW_STATES", -1)
    this = case(seed, 1)
    matcher = this.matcher()
    status, explained = Status.MATCHED, 0
    for event in this.events:
        status = matcher.advance(event)
        if status is not Status.MATCHED:
            break
        explained += 1
    expect(this, status, matcher.undecided_because)
    if status is Status.REJECTED:
        assert explained == this.unbounded.explained
    if status is Status.MATCHED:
        found = {violation.property for violation in matcher.violations}
        assert violated_by_some(this, this.bounded) <= found <= violated_by_some(this, this.unbounded)


@pytest.mark.slow
@pytest.mark.parametrize("chains_max", [1, 3])
@pytest.mark.parametrize("seed", range(CASES))
def test_cuts(case: Any, seed: int, chains_max: int) -> None:
    this = case(seed, chains_max)
    search = CutSearch(this.matcher(), this.order())
    status = search.run()
    assert status is not None
    expect(this, status, search.undecided_because)
    if status is Status.MATCHED:
        assert search.are_all_ways_judged
        found = {violation.property for violation in search.violations}
        assert violated_by_some(this, this.bounded) <= found
        witness = search.witness()
        assert witness is not None
        assert sum(step.line is not None for step in witness.steps) == this.unbounded.events
    if status is Status.REJECTED and this.chains == 1:
        assert search.events_taken == this.unbounded.explained


@pytest.mark.slow
@pytest.mark.parametrize("chains_max", [1, 3])
def test_every_status_is_seen(case: Any, chains_max: int) -> None:
    statuses = set()
    for seed in range(CASES):
        this = case(seed, chains_max)
        statuses.add(CutSearch(this.matcher(), this.order()).run())
    assert statuses == set(Status)


class TestSilentStepsThatCannotWait:
    """A parcel must be seen before it is lost, although losing it is possible at once."""

    def events(self, parcels: Any, *calls: str, silent: bool) -> list[dict[str, Any]]:
        hidden = [parcels.silent("See(ANY)", 40, is_limit=True)] if silent else []
        lines = []
        for call in calls:
            name, _, n = call.partition(" ")
            parcels.rule(name, parcels.candidate(name), silent=hidden)
            lines.append({"kind": name, "n": n})
        return lines

    @pytest.mark.parametrize("silent", [True, False])
    def test_one_event_after_the_other(self, parcels: Any, silent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(breadth, "NARROW_STATES", -1)
        lines = self.events(parcels, "Send(n) a", "Send(n) b", "Lose(ANY)", "Lose(ANY)", "Shut", silent=silent)
        matcher = parcels.matcher(evaluator=parcels.compiled)
        statuses = [matcher.advance(Event(line, fields)) for line, fields in enumerate(lines, 1)]
        assert statuses[-1] is (Status.MATCHED if silent else Status.REJECTED)

    @pytest.mark.parametrize("silent", [True, False])
    def test_several_logs(self, parcels: Any, memory_log: Any, silent: bool) -> None:
        one = self.events(parcels, "Send(n) a", "Lose(ANY)", silent=silent)
        other = self.events(parcels, "Send(n) b", "Lose(ANY)", silent=silent)
        last = self.events(parcels, "Shut", silent=silent)
        order = PartialOrder(OrderRule(), [memory_log(str(n), each) for n, each in enumerate((one, other, last))])
        search = CutSearch(parcels.matcher(evaluator=parcels.compiled), order)
        assert search.run() is (Status.MATCHED if silent else Status.REJECTED)

    @pytest.mark.parametrize("seen", ["a", "b"])
    def test_an_event_of_another_log_that_cannot_wait(self, parcels: Any, memory_log: Any, seen: str) -> None:
        one = self.events(parcels, "Send(n) a", "Lose(ANY)", silent=False)
        other = self.events(parcels, f"See(n) {seen}", silent=False)
        order = PartialOrder(OrderRule(), [memory_log("one", one), memory_log("other", other)])
        search = CutSearch(parcels.matcher(evaluator=parcels.compiled), order)
        assert search.run() is (Status.MATCHED if seen == "a" else Status.REJECTED)
