"""Whatever the order of the search, the verdict is what trying everything finds; what is not known of it is said."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tlatrace.compile import compile_spec
from tlatrace.engine import SearchOrder, Status
from tlatrace.engine.search import depth, mixed
from tlatrace.errors import TlatraceError
from tlatrace.semantics import load_spec
from tlatrace.traces import Event

CASES = 80


def same_as_trying_everything(this: Any, order: SearchOrder, *, is_lazy: bool) -> Status:
    matcher = this.matcher(is_lazy=is_lazy)
    status, explained = this.advance(matcher, order)
    this.expect_end(matcher, status, explained)
    if status is Status.VIOLATED:
        plain = this.matcher(is_lazy=is_lazy)
        assert (status, explained) == this.advance(plain, SearchOrder.BREADTH)
        assert matcher.violations == plain.violations
    if status is Status.MATCHED:
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


WIDE_TLA = """
---- MODULE Wide ----
EXTENDS Integers, FiniteSets
CONSTANT Most
VARIABLES hidden, left
vars == <<hidden, left>>
Init == hidden = {} /\\ left = 1 .. Most
Put(v) == v \\in left /\\ hidden' = hidden \\cup {v} /\\ left' = left \\ {v}
Count(n) == Cardinality(hidden) = n /\\ 1 \\in hidden /\\ UNCHANGED vars
Next == (\\E v \\in 1 .. Most : Put(v)) \\/ (\\E n \\in 0 .. Most : Count(n))
NoTwo == 2 \\notin hidden
NotMany == Cardinality(hidden) < 4
====
"""


@pytest.fixture
def wide(counters: Any, tmp_path: Path) -> Callable[[int], Any]:
    """A specification of which every event but the last leaves open what happened, with so many things to happen."""

    def make(most: int) -> Any:
        module = tmp_path / "Wide.tla"
        module.write_text(WIDE_TLA, encoding="utf-8")
        config = tmp_path / "Wide.cfg"
        config.write_text(f"INIT Init\nNEXT Next\nCONSTANT Most = {most}\n", encoding="utf-8")
        made = type(counters)(compile_spec(load_spec(module, config)))
        made.rule("put", made.candidate("Put(ANY)"))
        made.rule("count", made.candidate("Count(n)"))
        return made

    return make


def puts(number: int, told: int) -> list[Event]:
    """So many things that happened, and how many they are told to have been."""
    kinds = [*(("put", 0) for _ in range(number)), ("count", told), ("put", 0)]
    return [Event(line, {"kind": kind, "n": n}) for line, (kind, n) in enumerate(kinds, 1)]


class TestWide:
    @pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
    def test_a_witness_where_more_than_100_000_states_explain_the_trace(
        self, run: Any, wide: Callable[[int], Any], order: SearchOrder
    ) -> None:
        matcher = wide(30).matcher(keep_witness=True)
        assert run(matcher, puts(15, 15), order) == (Status.MATCHED, 17)
        assert len(matcher.witness().steps) == 17
        assert matcher.followed_from == (1 if order is SearchOrder.DEPTH else 4)

    @pytest.mark.slow
    def test_breadth_first_it_is_undecided(self, run: Any, wide: Callable[[int], Any]) -> None:
        matcher = wide(30).matcher()
        assert run(matcher, puts(15, 15), SearchOrder.BREADTH)[0] is Status.UNDECIDED
        assert "100000 states" in matcher.undecided_because

    @pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
    def test_its_twin_is_rejected_where_breadth_first_it_is_undecided(
        self, run: Any, wide: Callable[[int], Any], order: SearchOrder
    ) -> None:
        matcher = wide(12).matcher(frontier_states_max=500)
        assert run(matcher, puts(6, 7), order) == (Status.REJECTED, 6)
        assert matcher.is_exhausted
        assert all(len(state[0]) == 6 for state in matcher.frontier)
        assert len(matcher.frontier) == depth.FURTHEST_STATES_MAX
        plain = wide(12).matcher(frontier_states_max=500)
        assert run(plain, puts(6, 7), SearchOrder.BREADTH)[0] is Status.UNDECIDED

    @pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
    def test_ways_that_violate_something_are_left_out(
        self, run: Any, wide: Callable[[int], Any], order: SearchOrder
    ) -> None:
        made = wide(30)
        matcher = made.matcher(made.property("NoTwo"), keep_witness=True)
        assert run(matcher, puts(15, 15), order) == (Status.MATCHED, 17)
        assert not matcher.are_all_ways_judged
        assert 2 not in {value for state in matcher.witness().states() for value in state[0]}

    @pytest.mark.parametrize("order", list(SearchOrder))
    def test_what_all_ways_violate(
        self, run: Any, wide: Callable[[int], Any], order: SearchOrder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 10)
        made = wide(10)
        matcher = made.matcher(made.property("NoTwo"), made.property("NotMany"))
        assert run(matcher, puts(6, 6), order) == (Status.VIOLATED, 3)
        assert [(each.property, each.line, each.on_all) for each in matcher.violations] == [
            ("NotMany", 4, True),
            ("NoTwo", 1, False),
        ]

    def test_probes_get_longer(self, run: Any, wide: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 1)
        monkeypatch.setattr(mixed, "PROBE_STEPS", 1)
        matcher = wide(30).matcher()
        assert run(matcher, puts(15, 15), SearchOrder.MIXED) == (Status.MATCHED, 17)
        assert matcher.followed_from == 2

    @pytest.mark.parametrize("order", [SearchOrder.DEPTH, SearchOrder.MIXED])
    def test_the_time_that_is_up(
        self, run: Any, wide: Callable[[int], Any], order: SearchOrder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 1)
        asked = count()
        matcher = wide(30).matcher(must_stop=lambda: "the time is up" if next(asked) > 10 else "")
        assert run(matcher, puts(15, 16), order) == (Status.UNDECIDED, 0)
        assert matcher.undecided_because == "the time is up"

    def test_an_event_that_cannot_be_read_is_an_error_when_its_turn_comes(
        self, run: Any, wide: Callable[[int], Any]
    ) -> None:
        matcher = wide(30).matcher()
        events = [*puts(15, 15), Event(18, {"kind": "other"})]
        with pytest.raises(TlatraceError, match="unknown event other"):
            run(matcher, events, SearchOrder.DEPTH)
        assert matcher.strength.events == 17

    def test_a_fork_knows_nothing_of_the_way(self, wide: Callable[[int], Any]) -> None:
        matcher = wide(12).matcher()
        events = puts(6, 6)
        matcher.look_ahead(lambda number: events[number], SearchOrder.DEPTH)
        fork = matcher.fork()
        assert fork.advance(Event(1, {"kind": "put", "n": 0})) is Status.MATCHED
        assert len(fork.frontier) == 12
        assert fork.followed_from is None
