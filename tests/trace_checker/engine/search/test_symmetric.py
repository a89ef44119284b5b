"""States that only a permutation tells apart are one: the searches that say so find what trying everything finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tlatrace.engine import SearchOrder, Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.search import breadth, mixed
from tlatrace.engine.search.symmetric import Symmetry
from tlatrace.engine.states import key_of
from tlatrace.traces import Event

CASES = 60


class Shortsighted(Symmetry):
    """What it would be if the names in the events to come did not count."""

    def _note_names(self, found: Any) -> None:
        pass


def symmetry_of(this: Any, matcher: Any, kind: type[Symmetry] = Symmetry) -> Symmetry:
    def read() -> Iterator[tuple[Event, list[Any]]]:
        for event in this.events:
            yield event, matcher.arguments_of(matcher.rule_of(event), event)

    return kind(matcher.transitions._evaluator, matcher.rules, read)


def run(this: Any, order: SearchOrder | None, kind: type[Symmetry] = Symmetry) -> tuple[Any, Symmetry, Status, int]:
    """A matcher at the end, its symmetry, the last status, and how many events were explained; with an ``order``, it
    looks ahead.
    """
    matcher = this.matcher()
    symmetry = symmetry_of(this, matcher, kind)
    matcher.merge_symmetric(symmetry.before)
    return matcher, symmetry, *this.advance(matcher, order)


def is_right(this: Any, status: Status) -> bool:
    if status is Status.UNDECIDED:
        return bool(this.has_limits and this.bounded.status is not this.unbounded.status) or (
            this.has_limits and this.bounded.status is not Status.MATCHED
        )
    return status is this.unbounded.status


def check(this: Any, order: SearchOrder | None) -> None:
    matcher, _, status, explained = run(this, order)
    if status is Status.UNDECIDED and not matcher.are_all_ways_judged:
        return  # There may be a way that violates nothing, and was not looked at.
    this.expect_end(matcher, status, explained)
    if status is Status.MATCHED:
        expect_behavior(matcher.transitions._evaluator, matcher.witness())
        assert key_of(matcher.frontier[0]) in this.unbounded.ends


def expect_behavior(evaluator: Any, witness: Any) -> None:
    states = list(witness.states())
    assert key_of(states[0]) in {key_of(state) for state in evaluator.initial_states()}
    for before, after, step in zip(states, states[1:], witness.steps, strict=False):
        if step.action:
            reached = {key_of(s) for action in evaluator.actions for s, _ in action.successors(before, ())}
            assert key_of(after) in reached


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few states there are."""
    monkeypatch.setattr(breadth, "NARROW_STATES", -1)
    monkeypatch.setattr(breadth, "FEW_STATES", 2)


@pytest.mark.slow
@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(CASES))
class TestRandom:
    def test_one_event_after_the_other(self, herd_case: Any, seed: int) -> None:
        check(herd_case(seed, 1), None)

    def test_looking_ahead(self, herd_case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(breadth, "MANY_STATES", 1)
        check(herd_case(seed, 1), SearchOrder.BREADTH)

    def test_depth(self, herd_case: Any, seed: int) -> None:
        check(herd_case(seed, 1), SearchOrder.DEPTH)

    def test_mixed(self, herd_case: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixed, "WIDE_STATES", 2)
        check(herd_case(seed, 1), SearchOrder.MIXED)

    def test_cuts(self, herd_case: Any, seed: int) -> None:
        this = herd_case(seed, 3)
        matcher, order = this.matcher(is_lazy=seed % 4 != 0), this.order()
        evaluator = this.matcher().transitions._evaluator
        symmetry = symmetry_of(this, this.matcher())
        search = CutSearch(matcher, order, merging=symmetry.at_cuts(order, is_by_line=seed % 5 != 0))
        status = search.run()
        assert status is not None
        this.expect(status, search.undecided_because)
        if status is Status.MATCHED:
            assert search.are_all_ways_judged
            found = {violation.property for violation in search.violations}
            assert this.violated_by_some(this.bounded) <= found <= this.violated_by_some(this.unbounded)
            expect_behavior(evaluator, search.witness())

    def test_an_order_in_the_mapping(self, herd_case: Any, seed: int) -> None:
        this = herd_case(seed, 1, observed=(("at[First]", "1"), ("CHOOSE p \\in P : at[p] = 0 \\/ p = p1", "p1")))
        check(this, None)

    def test_a_name_in_the_mapping(self, herd_case: Any, seed: int) -> None:
        check(herd_case(seed, 1, observed=(("at[p1]", "1"), ("p1 \\in held", "TRUE"))), None)


@pytest.mark.slow
@pytest.mark.usefixtures("always")
def test_what_is_fixed_must_be_fixed(herd_case: Any) -> None:
    """Of the same cases, some are wrong where the names in the events to come do not count; and symmetry is used."""
    wrong, used = 0, 0
    for seed in range(CASES):
        this = herd_case(seed, 1)
        wrong += not is_right(this, run(this, None, Shortsighted)[2])
        symmetry = run(this, None)[1]
        used += symmetry.is_used
    assert wrong >= 3
    assert used >= CASES // 3


def statuses(herd: Any, lines: Sequence[tuple[str, str]], kind: type[Symmetry] = Symmetry) -> tuple[Status, list[int]]:
    """The last status, and how many states explained each event."""
    events = [Event(number, {"kind": name, "n": n}) for number, (name, n) in enumerate(lines, 1)]
    matcher = herd.matcher(evaluator=herd.compiled)
    read = lambda: [(event, matcher.arguments_of(matcher.rule_of(event), event)) for event in events]  # noqa: E731
    matcher.merge_symmetric(kind(herd.compiled, matcher.rules, read).before)
    status, widths = Status.MATCHED, []
    for event in events:
        status = matcher.advance(event)
        if status is not Status.MATCHED:
            break
        widths.append(len(matcher.frontier))
    return status, widths


@pytest.mark.usefixtures("always")
class TestNamesToCome:
    """Somebody moves; then somebody is seen who has moved, or has not."""

    @pytest.fixture(autouse=True)
    def rules(self, herd: Any) -> None:
        herd.rule("move", herd.candidate("Move(ANY)"))
        herd.rule("seen", herd.candidate(), observations=[herd.observation("at[n]", "1")])
        herd.rule("twice", herd.candidate(), observations=[herd.observation("at[n]", "2")])

    def test_who_is_named_later_is_told_apart(self, herd: Any) -> None:
        status, widths = statuses(herd, [("move", ""), ("seen", "p3")])
        assert (status, widths) == (Status.MATCHED, [2, 1])

    def test_without_that_the_trace_would_be_rejected(self, herd: Any) -> None:
        assert statuses(herd, [("move", ""), ("seen", "p3")], Shortsighted)[0] is Status.REJECTED

    def test_who_did_not_move_is_not_seen(self, herd: Any) -> None:
        assert statuses(herd, [("move", ""), ("twice", "p3")]) == (Status.REJECTED, [2])

    def test_who_is_not_named_any_more_is_like_the_others(self, herd: Any) -> None:
        lines = [("move", ""), ("seen", "p2"), *[("move", "")] * 2]
        status, widths = statuses(herd, lines)
        # p2 has moved, or another one; then p2 has; then one of them twice, or two; then one twice and one, or three.
        assert (status, widths) == (Status.MATCHED, [2, 1, 2, 2])
        status, widths = statuses(herd, [*lines, *[("seen", name) for name in ("p1", "p2", "p3")]])
        assert (status, widths[:4]) == (Status.MATCHED, [3, 1, 3, 5])

    def test_a_set_of_all_names_is_none(self, herd: Any) -> None:
        herd.rule("all", herd.candidate(), observations=[herd.observation("DOMAIN at", "n")])
        everybody: Any = {"#set": ["p1", "p2", "p3"]}
        assert statuses(herd, [("move", ""), ("all", everybody)]) == (Status.MATCHED, [1, 1])
        some: Any = {"#set": ["p1", "p2"]}
        assert statuses(herd, [("move", ""), ("all", some)]) == (Status.REJECTED, [3])


@pytest.mark.usefixtures("always")
class TestMappingsThatTellThemApart:
    def widths(self, herd: Any, left: str, right: str) -> tuple[Status, list[int]]:
        herd.rule("move", herd.candidate("Move(ANY)"))
        herd.rule("look", herd.candidate(), observations=[herd.observation(left, right)])
        return statuses(herd, [("move", ""), ("look", "")])

    def test_one_that_does_not(self, herd: Any) -> None:
        assert self.widths(herd, "Cardinality({p \\in P : at[p] = 1})", "1") == (Status.MATCHED, [1, 1])

    @pytest.mark.parametrize("who", ["p1", "First", "CHOOSE p \\in P : p # p1", "LET q == First IN q"])
    def test_one_that_does(self, herd: Any, who: str) -> None:
        status, widths = self.widths(herd, f"at[{who}]", "1")
        assert status is Status.MATCHED
        assert widths[0] > 1

    def test_one_that_names_them_all(self, herd: Any) -> None:
        assert self.widths(herd, "DOMAIN at", "P")[1] == [1, 1]

    def test_by_their_text(self, herd: Any) -> None:
        assert self.widths(herd, '\\E p \\in P : at[p] = 1 /\\ ToString(p) = "p3"', "TRUE") == (Status.MATCHED, [3, 1])


@pytest.mark.usefixtures("always")
def test_rules_without_trees_are_not_looked_into(herd: Any) -> None:
    from dataclasses import replace

    herd.rule("move", herd.candidate("Move(ANY)"))
    seen = replace(herd.observation("at[p1]", "1"), left_tree=None)
    herd.rule("look", herd.candidate(), observations=[seen])
    assert statuses(herd, [("move", ""), ("look", "")]) == (Status.MATCHED, [3, 1])


def test_few_states_are_told_apart(herd: Any) -> None:
    herd.rule("move", herd.candidate("Move(ANY)"))
    lines = [("move", "")] * 4
    assert statuses(herd, lines)[1] == [3, 6, 7, 6]
