"""A trace against a specification: accepted, and rejected for the right reason when one thing is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine.search.mixed import SearchOrder
from tlatrace.engine.verdict import Decision, Verdict

Events = Callable[[], list[dict[str, Any]]]


def reasons(verdict: Verdict) -> list[str]:
    """What the nearest candidate was refused for."""
    nearest = verdict.candidates[0]
    return [f.text for f in nearest.failures] + [m.observation for m in nearest.mismatches]


def with_mapping(queue: Any, old: str, new: str) -> None:
    text = queue.mapping.read_text(encoding="utf-8")
    assert old in text
    queue.mapping.write_text(text.replace(old, new), encoding="utf-8")


def test_a_behavior_of_the_specification_is_accepted(queue: Any) -> None:
    verdict = queue.check()
    assert verdict.decision is Decision.ACCEPTED, verdict.reason
    assert verdict.strength.events == 6
    assert verdict.strength.actions == {"Put": 3, "Get": 3}
    assert verdict.strength.actions_never == ("Lose",)
    assert verdict.strength.observed == {"queue": 6}
    assert verdict.strength.never_observed == ("lost",)
    assert verdict.strength.score == pytest.approx(0.5)


def test_a_false_guard_is_named_with_the_values_it_read(queue: Any, events: Events) -> None:
    changed = events()
    changed.insert(2, {"op": "put", "item": 9, "size": 3})
    queue.write_trace(changed)
    verdict = queue.check()
    assert verdict.decision is Decision.REJECTED
    assert verdict.line == 4
    assert verdict.event == {"op": "put", "item": 9, "size": 3}
    assert reasons(verdict) == ["Len(queue) < Capacity"]
    failure = verdict.candidates[0].failures[0]
    assert ("Capacity", "2") in failure.operands or any(v == "2" for _, v in failure.operands)
    assert failure.location.file == str(queue.spec)
    assert failure.location.line == 12
    assert failure.held == 1


def test_an_argument_that_the_action_does_not_allow(queue: Any, events: Events) -> None:
    changed = events()
    changed[2]["item"] = 2
    queue.write_trace(changed)
    verdict = queue.check()
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 4)
    assert reasons(verdict) == ["x = Head(queue)"]


def test_an_argument_outside_the_domain_of_next(queue: Any, events: Events) -> None:
    changed = events()
    changed[0]["item"] = 77
    queue.write_trace(changed)
    verdict = queue.check()
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 2)
    assert verdict.candidates[0].failures[0].kind == "domain"


def test_an_outcome_that_was_not_logged_shows_both_values(queue: Any, events: Events) -> None:
    changed = events()
    changed[3]["size"] = 1
    queue.write_trace(changed)
    verdict = queue.check()
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 5)
    mismatch = verdict.candidates[0].mismatches[0]
    assert (mismatch.observation, mismatch.expected, mismatch.logged) == ("Len(queue)", "2", "1")
    assert mismatch.location.file == str(queue.mapping)


def test_a_dropped_event_is_missed(queue: Any, events: Events) -> None:
    queue.write_trace(events()[1:])
    assert queue.check().decision is Decision.REJECTED


def test_swapped_events_are_noticed(queue: Any, events: Events) -> None:
    changed = events()
    changed[0], changed[1] = changed[1], changed[0]
    queue.write_trace(changed)
    assert queue.check().decision is Decision.REJECTED


class TestSilentSteps:
    lossy = (
        {"op": "put", "item": 1, "size": 1},
        {"op": "put", "item": 2, "size": 2},
        {"op": "get", "item": 2, "size": 0},
    )

    def test_a_hidden_step_is_found(self, queue: Any) -> None:
        queue.write_trace(self.lossy)
        with_mapping(queue, "events:", "silent:\n  - action: Lose\n    at_most: 1\nevents:")
        verdict = queue.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.strength.actions["Lose"] >= 1

    def test_without_it_the_trace_is_rejected(self, queue: Any) -> None:
        queue.write_trace(self.lossy)
        assert queue.check().decision is Decision.REJECTED

    twice = (
        {"op": "put", "item": 1, "size": 1},
        {"op": "put", "item": 2, "size": 2},
        {"op": "put", "item": 3, "size": 1},
    )

    def test_a_bound_that_is_part_of_the_mapping_rejects(self, queue: Any) -> None:
        queue.write_trace(self.twice)
        with_mapping(queue, "events:", "silent:\n  - action: Lose\n    at_most: 1\nevents:")
        assert queue.check().decision is Decision.REJECTED

    def test_a_bound_of_the_search_leaves_it_undecided(self, queue: Any) -> None:
        queue.write_trace(self.twice)
        with_mapping(queue, "events:", "silent:\n  - action: Lose\n    search_limit: 1\nevents:")
        verdict = queue.check()
        assert verdict.decision is Decision.UNDECIDED
        assert "Lose" in verdict.reason

    def test_a_guard_keeps_it_from_other_events(self, queue: Any) -> None:
        queue.write_trace(self.lossy)
        with_mapping(queue, "events:", 'silent:\n  - action: Lose\n    at_most: 1\n    when: event.op = "put"\nevents:')
        assert queue.check().decision is Decision.REJECTED


class TestCandidates:
    def test_a_composition_takes_both_steps(self, queue: Any) -> None:
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "replace", "old": 1, "item": 2, "size": 1}])
        with_mapping(queue, "events:", "events:\n  replace: Get(event.old) \\cdot Put(event.item)")
        assert queue.check().decision is Decision.ACCEPTED

    def test_a_composition_that_cannot_start_says_where_it_stopped(self, queue: Any) -> None:
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "replace", "old": 3, "item": 2, "size": 1}])
        with_mapping(queue, "events:", "events:\n  replace: Get(event.old) \\cdot Put(event.item)")
        verdict = queue.check()
        assert verdict.decision is Decision.REJECTED
        assert reasons(verdict) == ["x = Head(queue)"]

    def test_one_of_several(self, queue: Any) -> None:
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "take", "size": 0}])
        with_mapping(queue, "events:", "events:\n  take:\n    - Get(ANY)\n    - Lose")
        verdict = queue.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.strength.frontier_max == 2

    def test_stuttering_only_where_the_mapping_says_so(self, queue: Any) -> None:
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "look", "size": 1}])
        with_mapping(queue, "events:", "events:\n  look: stutter")
        assert queue.check().decision is Decision.ACCEPTED
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "look", "size": 2}])
        assert queue.check().decision is Decision.REJECTED


class TestWhenToObserve:
    def test_before_the_step(self, queue: Any, events: Events) -> None:
        changed = [{**event, "had": had} for event, had in zip(events(), (0, 1, 2, 1, 2, 1), strict=True)]
        with_mapping(queue, "events:", "before:\n  Len(queue): event.had\nevents:")
        queue.write_trace(changed)
        assert queue.check().decision is Decision.ACCEPTED
        changed[4]["had"] = 1
        queue.write_trace(changed)
        assert (queue.check().decision, queue.check().line) == (Decision.REJECTED, 6)

    def test_primes_speak_of_the_step(self, queue: Any) -> None:
        with_mapping(queue, "events:", "require:\n  - Len(queue') /= Len(queue)\nevents:")
        assert queue.check().decision is Decision.ACCEPTED
        with_mapping(queue, "/= Len(queue)", "> Len(queue)")
        assert (queue.check().decision, queue.check().line) == (Decision.REJECTED, 4)

    def test_a_field_that_may_be_missing(self, queue: Any, events: Events) -> None:
        with_mapping(queue, "events:", "observe_if_present:\n  lost: event.lost\nevents:")
        changed = events()
        changed[1]["lost"] = 0
        queue.write_trace(changed)
        verdict = queue.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.strength.observed == {"queue": 6, "lost": 1}
        changed[1]["lost"] = 1
        queue.write_trace(changed)
        assert (queue.check().decision, queue.check().line) == (Decision.REJECTED, 3)


class TestProperties:
    def config(self, queue: Any, text: str) -> Path:
        path = queue.folder / "Queue.cfg"
        path.write_text(f"SPECIFICATION Spec\n{text}\n", encoding="utf-8")
        return path

    def test_those_that_hold(self, queue: Any) -> None:
        config = self.config(queue, "INVARIANT NothingLostInv\nPROPERTY ShrinksByOneProp")
        assert queue.check(config=config).decision is Decision.ACCEPTED

    def test_an_invariant_that_a_state_breaks(self, queue: Any) -> None:
        verdict = queue.check(config=self.config(queue, "INVARIANT ShortInv"))
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, 3)
        assert verdict.candidates[0].broken_property == "ShortInv"

    def test_one_that_only_some_of_the_ways_break_is_told_and_does_not_reject(self, queue: Any) -> None:
        with_mapping(queue, "  put: Put(event.item)", "  put: Put(ANY)")
        queue.write_trace([{"op": "put", "size": 1}])
        text = queue.spec.read_text(encoding="utf-8").replace(
            "ShortInv ==", "NoNineInv == queue /= <<9>>\n\nShortInv =="
        )
        queue.spec.write_text(text, encoding="utf-8")
        config = self.config(queue, "INVARIANT NoNineInv")
        verdict = queue.check(config=config)
        assert verdict.decision is Decision.ACCEPTED
        assert [(v.property, v.line, v.on_all) for v in verdict.violations] == [("NoNineInv", 2, False)]
        with_mapping(queue, "  put: Put(ANY)", "  put: Put(9)")
        verdict = queue.check(config=config)
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, 2)
        assert [(v.property, v.line, v.on_all) for v in verdict.violations] == [("NoNineInv", 2, True)]
        assert verdict.reason == "every way to explain this event violates NoNineInv"

    def test_one_that_every_initial_state_breaks(self, queue: Any) -> None:
        text = queue.spec.read_text(encoding="utf-8").replace("ShortInv ==", "FullInv == queue /= <<>>\n\nShortInv ==")
        queue.spec.write_text(text, encoding="utf-8")
        verdict = queue.check(config=self.config(queue, "INVARIANT FullInv"))
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, None)
        assert verdict.reason == "every initial state of the specification violates FullInv"
        assert "Queue.tla" in str(verdict.error_location)

    def test_a_step_property_that_a_step_breaks(self, queue: Any) -> None:
        queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "lose", "size": 0}])
        with_mapping(queue, "events:", "events:\n  lose: Lose")
        verdict = queue.check(config=self.config(queue, "PROPERTY LostNeverRisesProp"))
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, 3)
        assert verdict.candidates[0].broken_property == "LostNeverRisesProp"


class TestConstants:
    def test_an_expression_with_operators(self, queue: Any) -> None:
        with_mapping(queue, "Item: 0 .. 9", "Item: '{n \\in 0 .. 9 : n > 0} \\cup {0}'")
        assert queue.check().decision is Decision.ACCEPTED

    def test_too_small_a_set_rejects(self, queue: Any) -> None:
        with_mapping(queue, "Item: 0 .. 9", "Item: '{n \\in 0 .. 9 : n > 1} \\cup {0}'")
        assert (queue.check().decision, queue.check().line) == (Decision.REJECTED, 2)


class TestStrength:
    def test_a_mapping_that_accepts_anything_says_that_it_observed_nothing(self, queue: Any, events: Events) -> None:
        queue.mapping.write_text(
            "version: 1\nconstants: {Capacity: 2, Item: 0 .. 9}\nkind: event.op\nevents: {put: Next, get: Next}\n",
            encoding="utf-8",
        )
        verdict = queue.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.strength.is_vacuous
        assert verdict.strength.score == 0

    @pytest.mark.parametrize(
        "observed", ["queue: queue", "'queue = queue': 'TRUE'", "'Len(queue) >= 0': 'TRUE'", "event.size: event.size"]
    )
    def test_comparing_the_specification_or_the_event_with_itself_observes_nothing(
        self, queue: Any, observed: str
    ) -> None:
        with_mapping(queue, "Len(queue): event.size", observed)
        with_mapping(queue, "put: Put(event.item)", "put: Next")
        with_mapping(queue, "get: Get(event.item)", "get: Next")
        verdict = queue.check()
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.strength.is_vacuous
        assert verdict.strength.score == 0

    def test_one_that_observes_is_not_vacuous(self, queue: Any) -> None:
        assert not queue.check().strength.is_vacuous


class TestLimits:
    def test_a_frontier_that_grows_too_large(self, queue: Any) -> None:
        with_mapping(queue, "  put: Put(event.item)", "  put: Put(ANY)")
        with_mapping(queue, "  get: Get(event.item)", "  get: Get(ANY)")
        assert queue.check(max_frontier=100).decision is Decision.ACCEPTED
        # The mixed search would follow one way instead.
        verdict = queue.check(max_frontier=9, search=SearchOrder.BREADTH)
        assert verdict.decision is Decision.UNDECIDED
        assert "--max-frontier" in verdict.reason

    def test_a_number_of_events(self, queue: Any) -> None:
        verdict = queue.check(max_events=3)
        assert (verdict.decision, verdict.line) == (Decision.UNDECIDED, 5)

    def test_a_time_also_where_a_single_step_has_no_end(self, queue: Any) -> None:
        text = queue.spec.read_text(encoding="utf-8")
        endless = "RECURSIVE Up(_)\nUp(n) == IF n < 0 THEN n ELSE Up(n + 1)\n\nPut(x) ==\n    /\\ Up(0) = 1"
        queue.spec.write_text(text.replace("Put(x) ==", endless, 1), encoding="utf-8")
        verdict = queue.check(time_limit=0.2)
        assert (verdict.decision, verdict.line) == (Decision.UNDECIDED, 2)
        assert "time limit" in verdict.reason

    def test_a_time(self, queue: Any) -> None:
        assert queue.check(time_limit=1e-9).decision is Decision.UNDECIDED


def test_the_verdict_says_what_it_was_computed_from(queue: Any) -> None:
    provenance = queue.check().provenance
    assert set(provenance["spec"]) == {"Queue.tla"}
    assert len(provenance["mapping"]) == len(provenance["trace"]) == 64
    assert set(provenance["versions"]) == {"tla-conformance", "python"}


def test_a_gzipped_trace_is_read_as_it_is(queue: Any) -> None:
    import gzip

    from tlaconform.checking import CheckOptions, Workbench, check_trace

    packed = queue.folder / "trace.ndjson.gz"
    packed.write_bytes(gzip.compress(queue.trace.read_bytes()))
    verdict = check_trace(packed, Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping)))
    assert verdict.decision is Decision.ACCEPTED


def test_what_has_read_a_specification_can_be_printed(queue: Any) -> None:
    """pytest spells out the arguments of a test that fails: compiled specifications took it gigabytes, and minutes."""
    bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
    check_trace(queue.trace, bench)
    assert len(repr(bench)) < 2_000
    assert "Queue.tla" in repr(bench)
