"""What an accepting verdict rests on: an honest mapping is told from one that accepts everything."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = "version: 1\nspec: Queue\nconstants:\n  Capacity: header.constants.Capacity\n  Item: 0 .. 9\nkind: event.op\n"
ACTIONS = "events:\n  put: Put(event.item)\n  get: Get(event.item)\n"
ANYTHING = "events:\n  put: Put(ANY)\n  get: Get(ANY)\n"

WILDCARDS = {
    "next": "events:\n  put: Next\n  get: Next\n",
    "any arguments": ANYTHING,
    "of all states": "observe:\n  Len(queue) >= 0: event.size >= 0\n" + ANYTHING,
    "the event with itself": "observe:\n  event.size: event.size\n" + ANYTHING,
    "true": 'observe:\n  "TRUE": "TRUE"\n' + ANYTHING,
    "true of every value": "observe:\n  Len(queue) >= 0: event.size >= 0 \\/ event.size < 0\n" + ANYTHING,
    "a difference that is always nothing": "observe:\n  Len(queue) - Len(queue) + event.size: event.size\n" + ANYTHING,
    "a requirement that cannot fail": "require:\n  - Len(queue) = Len(queue) \\/ event.size = 0\n" + ANYTHING,
    "itself, with arguments": "observe:\n  event.size: event.size\n" + ACTIONS,
}


@pytest.mark.parametrize("sections", WILDCARDS.values(), ids=WILDCARDS.keys())
def test_a_wildcard_mapping_is_too_weak(queue: Any, sections: str) -> None:
    queue.mapping.write_text(HEAD + sections, encoding="utf-8")
    verdict = queue.check(min_strength=0.1)
    assert verdict.decision.value == "accepted"
    assert verdict.strength.is_too_low
    assert verdict.strength.score == 0


def test_an_honest_mapping_is_not(queue: Any) -> None:
    verdict = queue.check(min_strength=0.1)
    assert not verdict.strength.is_too_low
    assert verdict.strength.details.blunt == ()
    assert verdict.strength.score == pytest.approx(0.5), "the queue is compared after every event, lost never"


def test_a_blunt_observation_is_named_and_does_not_count(queue: Any) -> None:
    text = queue.mapping.read_text(encoding="utf-8")
    queue.mapping.write_text(
        text.replace("observe:\n", "observe:\n  lost - lost + event.size: event.size\n"), encoding="utf-8"
    )
    strength = queue.check().strength
    assert strength.details.blunt == ("lost - lost + event.size",)
    assert strength.score == pytest.approx(0.5)


def test_the_conjuncts_that_no_step_exercised_are_named_with_their_places(queue: Any) -> None:
    (get, put) = queue.check().strength.details.coverage
    assert (get.action, put.action) == ("Get", "Put")
    assert (get.conjuncts, get.never, put.conjuncts, put.never) == (4, (), 4, ())
    text = queue.spec.read_text(encoding="utf-8")
    queue.spec.write_text(
        text.replace(
            "    /\\ queue' = Append(queue, x)\n    /\\ UNCHANGED lost\n",
            "    /\\ queue' = Append(queue, x)\n    /\\ \\/ x < 100 /\\ UNCHANGED lost\n       \\/ lost' = lost + 2\n",
        ),
        encoding="utf-8",
    )
    (get, put) = queue.check().strength.details.coverage
    assert (get.never, put.conjuncts) == ((), 6)
    line = queue.spec.read_text(encoding="utf-8").splitlines().index("       \\/ lost' = lost + 2") + 1
    # Both branches explain each event, as nothing observes `lost`; with `lost` observed, one is never taken.
    queue.mapping.write_text(
        queue.mapping.read_text(encoding="utf-8").replace("observe:\n", "observe:\n  lost: event.size - event.size\n"),
        encoding="utf-8",
    )
    (_, put) = queue.check().strength.details.coverage
    assert [(branch.text, branch.location.line) for branch in put.never] == [("lost' = lost + 2", line)]


def test_variables_are_observed_determined_or_open(queue: Any) -> None:
    details = queue.check().strength.details
    assert (details.observed, details.determined, details.open) == (1.0, 1.0, 0.0)
    assert details.never_change == ("lost",)
    text = queue.mapping.read_text(encoding="utf-8").replace("observe:\n  Len(queue): event.size\n", "")
    queue.mapping.write_text(text.replace("Put(event.item)", "Put(ANY)"), encoding="utf-8")
    queue.write_trace([{"op": "put"}, {"op": "put"}, {"op": "get", "item": 4}])
    verdict = queue.check()
    details = verdict.strength.details
    assert details.open == pytest.approx(1.0)
    assert details.open_by_variable == {"queue": 1.0}
    assert (details.widest, details.widest_line, details.ambiguous_events) == (100, 3, 3)
    assert verdict.strength.frontier_mean == pytest.approx((10 + 100 + 10) / 3)


def test_violations_name_the_conjunct(queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n", encoding="utf-8")
    verdict = queue.check(config=config)
    assert verdict.decision.value == "rejected"
    (violated,) = verdict.violations
    assert (violated.property, violated.on_all, violated.action) == ("ShortInv", True, "Put")
    assert violated.failure.text == "Len(queue) <= 1"
    assert dict(violated.failure.operands)["Len(queue)"] == "2"


def test_a_violated_step_property_names_it_in_the_step(queue: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nPROPERTY LostNeverRisesProp\n", encoding="utf-8")
    mapping = queue.mapping.read_text(encoding="utf-8")
    queue.mapping.write_text(mapping + "  lose: Lose\n", encoding="utf-8")
    queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "lose", "size": 0}])
    (violated,) = queue.check(config=config).violations
    assert (violated.property, violated.line, violated.action) == ("LostNeverRisesProp", 3, "Lose")
    assert violated.failure.inner[0].text == "lost' = lost"
    queue.write_trace([{"op": "put", "item": 1, "size": 1}, {"op": "get", "item": 1, "size": 0}])
    assert queue.check(config=config).violations == ()
