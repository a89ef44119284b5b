"""Reduced searches find what trying everything finds: the same statuses, violations and furthest event."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.search import breadth
from tlatrace.traces import Event, OrderRule, PartialOrder

CASES = 120


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
    this.expect(status, matcher.undecided_because)
    if status is Status.REJECTED:
        assert explained == this.unbounded.explained
    if status is Status.MATCHED:
        found = {violation.property for violation in matcher.violations}
        assert this.violated_by_some(this.bounded) <= found <= this.violated_by_some(this.unbounded)


@pytest.mark.slow
@pytest.mark.parametrize("chains_max", [1, 3])
@pytest.mark.parametrize("seed", range(CASES))
def test_cuts(case: Any, seed: int, chains_max: int) -> None:
    this = case(seed, chains_max)
    search = CutSearch(this.matcher(), this.order())
    status = search.run()
    assert status is not None
    this.expect(status, search.undecided_because)
    if status is Status.MATCHED:
        assert search.are_all_ways_judged
        found = {violation.property for violation in search.violations}
        assert this.violated_by_some(this.bounded) <= found
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
