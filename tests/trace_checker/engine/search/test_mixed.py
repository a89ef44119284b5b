"""Whatever the order of the search, the verdict is what trying everything finds; what is not known of it is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tlatrace.engine import Matcher, SearchOrder, Status
from tlatrace.engine.search import depth, mixed
from tlatrace.traces import Event

CASES = 120
LIMITS = "may be needed (`search_limit` in the mapping)"


def run(matcher: Matcher, events: Sequence[Event], order: SearchOrder) -> tuple[Status, int]:
    """The last status, and how many events were explained."""
    at = 0

    def peek(number: int) -> Event | None:
        return events[at + number] if at + number < len(events) else None

    matcher.look_ahead(peek, order)
    status = Status.MATCHED
    for at, event in enumerate(events):
        status = matcher.advance(event)
        if status is not Status.MATCHED:
            return status, at
    return status, len(events)


def same_as_trying_everything(this: Any, order: SearchOrder, *, is_lazy: bool) -> Status:
    matcher = this.matcher(is_lazy=is_lazy)
    status, explained = run(matcher, this.events, order)
    this.expect(status, matcher.undecided_because)
    if status is Status.REJECTED:
        assert explained == this.unbounded.explained
    if status is Status.VIOLATED:
        plain = this.matcher(is_lazy=is_lazy)
        assert (status, explained) == run(plain, this.events, SearchOrder.BREADTH)
        assert matcher.violations == plain.violations
    if status is Status.MATCHED:
        found = {violation.property for violation in matcher.violations}
        assert found <= this.violated_by_some(this.unbounded)
        if matcher.are_all_ways_judged:
            assert this.violated_by_some(this.bounded) <= found
        witness = matcher.witness()
        assert witness is not None
        assert [step.line for step in witness.steps if step.line is not None] == [e.line for e in this.events]
        assert matcher.strength.events == len(this.events)
    return status


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES))
class TestRandom:
    def test_depth(self, case: Any, seed: int) -> None:
        same_as_trying_everything(case(seed, 1), SearchOrder.DEPTH, is_lazy=seed % 2 == 0)

    def test_mixed(self, case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 2)
        same_as_trying_everything(case(seed, 1), SearchOrder.MIXED, is_lazy=seed % 2 == 0)

    def test_mixed_with_hardly_any_steps(self, case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 1)
        monkeypatch.setattr(mixed, "PROBE_STEPS", 3)
        same_as_trying_everything(case(seed, 1), SearchOrder.MIXED, is_lazy=seed % 2 == 0)

    def test_a_short_memory(self, case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(depth, "MEMO_STATES_MAX", 2)
        same_as_trying_everything(case(seed, 1), SearchOrder.DEPTH, is_lazy=seed % 2 == 0)


@pytest.mark.slow
def test_every_status_is_seen(case: Any) -> None:
    cases = (case(seed, 1) for seed in range(CASES))
    assert {same_as_trying_everything(each, SearchOrder.DEPTH, is_lazy=True) for each in cases} == set(Status)
