"""Reduced searches find what trying everything finds: the same statuses, violations and furthest event."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest

from tlatrace.engine import SearchOrder, Status, cuts
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.search import breadth
from tlatrace.traces import Event, OrderRule, PartialOrder

CASES = 120


def check_one_after_the_other(this: Any, order: SearchOrder | None = None) -> None:
    """A matcher finds what the twins find."""
    matcher = this.matcher()
    status, explained = this.advance(matcher, order)
    if status is Status.UNDECIDED and not matcher.are_all_ways_judged:
        return  # There may be a way that violates nothing, and was not looked at.
    this.expect_end(matcher, status, explained)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES))
def test_one_event_after_the_other(case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    this = case(seed, 1)
    monkeypatch.setattr(breadth, "FEW_STATES", 2)
    for states in (-1, 1):
        monkeypatch.setattr(breadth, "NARROW_STATES", states)
        check_one_after_the_other(this)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES))
def test_looking_ahead(case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is given up where there are many states is given up."""
    give_up_early(monkeypatch)
    this = case(seed, 1)
    for states in (-1, 1):
        monkeypatch.setattr(breadth, "NARROW_STATES", states)
        check_one_after_the_other(this, SearchOrder.BREADTH)


def give_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"FEW_STATES": 2, "MANY_STATES": 1, "JUDGED_STATES": 2, "JUDGED_STATES_PER_EVENT": 1}
    for name, states in limits.items():
        monkeypatch.setattr(breadth, name, states)


def test_not_all_ways_are_judged_where_there_are_many(parcels: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """:func:`give_up_early` has the effect that :func:`test_looking_ahead` is about."""
    give_up_early(monkeypatch)
    monkeypatch.setattr(breadth, "NARROW_STATES", -1)
    parcels.rule("more", parcels.candidate("More"), silent=[parcels.silent("Send(ANY)", 9, is_limit=True)])
    events = [Event(line, {"kind": "more", "n": "a"}) for line in (1, 2)]
    matcher = parcels.matcher(parcels.property("AtInv"), evaluator=parcels.compiled)
    matcher.look_ahead(lambda n: (*events[matcher.strength.events :], None, None)[n])
    assert [matcher.advance(event) for event in events] == [Status.MATCHED] * 2
    assert not matcher.are_all_ways_judged


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


class TestSilentActionsThatSomeEventsForbid:
    """Budgets are those of the actions that the event allows, whatever an earlier one allowed."""

    @pytest.fixture(autouse=True)
    def is_lazy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(breadth, "NARROW_STATES", -1)

    def matcher(self, counters: Any) -> Any:
        guarded = replace(counters.silent("Hide", 3), guard=counters.expression("n > 0"))
        silent = [guarded, counters.silent("Up(1)", 1)]
        counters.rule("see", counters.candidate(), observations=[counters.observation("x", "n")], silent=silent)
        return counters.matcher(evaluator=counters.compiled)

    @pytest.mark.parametrize(("n", "last"), [(1, Status.MATCHED), (2, Status.REJECTED)])
    def test_after_an_event_that_forbids_one(self, counters: Any, n: int, last: Status) -> None:
        statuses = counters.run(self.matcher(counters), ("see", 0), ("see", n))
        assert statuses == [Status.MATCHED, last]

    @pytest.mark.parametrize(("n", "last"), [(0, Status.MATCHED), (-1, Status.REJECTED)])
    def test_after_an_event_that_allows_both(self, counters: Any, n: int, last: Status) -> None:
        counters.rule("down", counters.candidate("Down"), silent=())
        matcher = self.matcher(counters)
        statuses = counters.run(matcher, ("see", 1), ("down", 0), ("see", n))
        assert statuses == [Status.MATCHED, Status.MATCHED, last]


class TestStepsThatWerePutOff:
    """The frontier is wide before one event and narrow after it; a step that the first left out comes with the next."""

    @pytest.mark.parametrize(("n", "last"), [(3, Status.MATCHED), (4, Status.UNDECIDED)])
    def test_a_search_limit_is_one_for_all_events(
        self, counters: Any, n: int, last: Status, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(breadth, "NARROW_STATES", 1)
        monkeypatch.setattr(breadth, "FEW_STATES", 1)
        silent = [counters.silent("Up(1)", 1, is_limit=True)]
        counters.rule("go", counters.candidate("Fill"), counters.candidate("Hide"), silent=silent)
        counters.rule("y", counters.candidate(), observations=[counters.observation("y", "n")], silent=silent)
        counters.rule("x", counters.candidate(), observations=[counters.observation("x", "n")], silent=silent)
        matcher = counters.matcher(evaluator=counters.compiled)
        widths = []
        for line, (kind, value) in enumerate([("go", 0), ("y", 4)], 1):
            assert matcher.advance(Event(line, {"kind": kind, "n": value})) is Status.MATCHED
            widths.append(len(matcher.frontier))
        assert widths == [2, 1]
        monkeypatch.setattr(breadth, "FEW_STATES", 64)
        assert counters.run(matcher, ("x", n)) == [last]

    @pytest.mark.parametrize("how", ["fork", "fork from states", "restore"])
    def test_whoever_goes_on_knows_of_them(self, counters: Any, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(breadth, "NARROW_STATES", -1)
        silent = [counters.silent("Up(1)", 1, is_limit=True)]
        counters.rule("go", counters.candidate("Fill"), silent=silent)
        counters.rule("x", counters.candidate(), observations=[counters.observation("x", "n")], silent=silent)
        matcher = counters.matcher(evaluator=counters.compiled)
        assert counters.run(matcher, ("go", 0)) == [Status.MATCHED]
        monkeypatch.setattr(breadth, "NARROW_STATES", 16)
        if how == "restore":
            other = counters.matcher(evaluator=counters.compiled)
            other.restore(pickle.loads(pickle.dumps(matcher.snapshot())))
        else:
            other = matcher.fork(frontier=matcher.frontier if how == "fork from states" else None)
        assert counters.run(other.fork(), ("x", 2)) == [Status.MATCHED]
        assert counters.run(other, ("x", 3)) == [Status.UNDECIDED]


def test_a_restored_matcher_has_judged_what_it_has_judged(parcels: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, states in {
        "NARROW_STATES": -1,
        "FEW_STATES": 1,
        "JUDGED_STATES": 20,
        "JUDGED_STATES_PER_EVENT": 0,
    }.items():
        monkeypatch.setattr(breadth, name, states)
    silent = [parcels.silent("Send(ANY)", 9, is_limit=True)]
    parcels.rule("more", parcels.candidate("More"), silent=silent)
    parcels.rule("spend", parcels.candidate("Spend"), silent=silent)
    properties = [parcels.property("AtInv")]
    events = [Event(line, {"kind": kind, "n": "a"}) for line, kind in enumerate(("more", "spend") * 4, 1)]

    def judged(*, restores: bool) -> list[bool]:
        matcher = parcels.matcher(*properties, evaluator=parcels.compiled)
        found = []
        for event in events:
            assert matcher.advance(event) is Status.MATCHED
            found.append(matcher.are_all_ways_judged)
            if restores:
                snapshot = pickle.loads(pickle.dumps(matcher.snapshot()))
                matcher = parcels.matcher(*properties, evaluator=parcels.compiled)
                matcher.restore(snapshot)
        return found

    assert set(judged(restores=False)) == {True, False}
    assert judged(restores=True) == judged(restores=False)


class TestWhereTheEventsGetStuck:
    """That nothing can be shut is known before the end; it is told after all events that are possible."""

    @pytest.fixture
    def search(self, parcels: Any, memory_log: Any) -> CutSearch:
        silent = [parcels.silent("More", 40, is_limit=True)]
        for name in ("Send(n)", "Lose(ANY)", "Shut"):
            parcels.rule(name, parcels.candidate(name), silent=silent)
        logs = [
            memory_log("end", [{"kind": "Shut", "n": "a"}]),
            memory_log("parcels", [{"kind": "Send(n)", "n": "a"}, {"kind": "Lose(ANY)", "n": "a"}]),
        ]
        return CutSearch(parcels.matcher(evaluator=parcels.compiled), PartialOrder(OrderRule(), logs))

    def test_the_events_of_the_walk_there_are_counted(self, search: CutSearch) -> None:
        assert search.run() is Status.REJECTED
        assert (search.events_taken, search.strength.events) == (2, 2)
        assert set(search.strength.actions) == {"Send", "Lose", "More"}
        assert [kind for kind, _ in search.kept] == ["Send(n)", "Lose(ANY)"]

    def test_it_ends_where_it_is_wide(self, search: CutSearch, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cuts, "WALK_STATES_MAX", 1)
        assert search.run() is Status.REJECTED
        assert (search.events_taken, search.strength.events) == (1, 1)
