"""What is wrong with a mapping, or with a value that it reads: an error with its place, never a wrong verdict."""

from __future__ import annotations

from typing import Any

import pytest

from tlatrace.engine.verdict import Decision, Verdict


def changed(queue: Any, old: str, new: str) -> Verdict:
    text = queue.mapping.read_text(encoding="utf-8")
    assert old in text
    queue.mapping.write_text(text.replace(old, new, 1), encoding="utf-8")
    verdict: Verdict = queue.check()
    return verdict


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ("kind: event.op", "kind: queue", ":7:7", "`kind` reads the variable queue"),
        (
            "observe:",
            "let:\n  z: Len(queue)\nrequire:\n  - z = 0\nobserve:",
            ":9:6",
            "`let` z reads the variable queue",
        ),
        ("observe:", "values:\n  null: lost\nobserve:", ":9:9", "`values` reads the variable lost"),
        (
            "events:",
            "silent:\n  - action: Lose\n    at_most: 1\n    when: lost' = 0\nevents:",
            ":13:11",
            "`when` has a prime",
        ),
        ("put: Put(event.item)", "put: Next(event.item)", ":11:8", "Next stands for any action"),
        ("observe:", "values:\n  5: 6\nobserve:", ":9:3", "null or a string"),
        ("version: 1", "version: 2001-13-45", ":2:10", "the scalar '2001-13-45'"),
        ("version: 1", "version: !version 1", ":2:10", "the scalar '1'"),
        (
            "  put: Put",
            "  1: Put(1)\n  '1': Put(2)\n  put: Put",
            ":12:4",
            "the key '1' stands here for the second time",
        ),
        ("events:", "require:\n  - '\\E event \\in {1} : event.x = 1'\nevents:", ":11:9", "event is bound"),
        ("events:", "require:\n  - |\n    \\/ /\\ lost = 0\n       /\\ foo\nevents:", ":13:11", "unknown name foo"),
    ],
)
def test_is_an_error_at_its_place(queue: Any, old: str, new: str, place: str, expected: str) -> None:
    verdict = changed(queue, old, new)
    assert verdict.decision is Decision.INVALID
    assert expected in verdict.reason
    assert str(verdict.error_location).startswith(f"{queue.mapping}{place}")


def test_a_variable_called_event_could_not_be_observed(queue: Any) -> None:
    queue.spec.write_text(queue.spec.read_text().replace("lost", "event"))
    verdict = queue.check()
    assert verdict.decision is Decision.INVALID
    assert "the specification has a variable event" in verdict.reason


def test_a_condition_that_is_no_boolean(queue: Any) -> None:
    verdict = changed(queue, "events:", "require:\n  - lost\nevents:")
    assert (verdict.decision, verdict.line) == (Decision.INVALID, 2)
    assert "`lost` is 0; expected TRUE or FALSE" in verdict.reason


def test_values_that_cannot_be_compared_name_both_expressions(queue: Any, events: Any) -> None:
    wrong = events()
    wrong[1]["size"] = "2"
    queue.write_trace(wrong)
    verdict = queue.check()
    assert (verdict.decision, verdict.line) == (Decision.INVALID, 3)
    assert "cannot compare" in verdict.reason
    assert "`Len(queue)`" in verdict.reason
    assert "`event.size`" in verdict.reason
    assert str(verdict.error_location) == f"{queue.mapping}:9:3"


def test_fields_whose_names_run_together_are_told_apart(queue: Any) -> None:
    queue.write_trace([{"op": "put", "item": 1, "size": 1, "a": {"b": 1}, "a__b": 2}])
    verdict = changed(queue, "events:", "require:\n  - event.a.b = 1 /\\ event.a__b = 2\nevents:")
    assert verdict.decision is Decision.ACCEPTED, verdict.reason


@pytest.mark.parametrize(
    "expression", ["ENABLED (queue' = Append(queue, 1) /\\ Len(queue) < 2 /\\ lost' = lost)", "CanPut"]
)
def test_enabled_has_primes_but_speaks_of_the_state_after(queue: Any, expression: str) -> None:
    """After the second put the queue is full; before it, it was not."""
    queue.spec.write_text(
        queue.spec.read_text().replace("NothingLostInv ==", "CanPut == ENABLED Put(1)\nNothingLostInv ==")
    )
    text = queue.mapping.read_text()
    queue.mapping.write_text(
        text.replace("events:", f'require:\n  - "{expression.replace(chr(92), chr(92) * 2)}"\nevents:')
    )
    verdict = queue.check()
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 3), verdict.reason


def test_an_observation_written_the_other_way_round_counts_as_one(queue: Any) -> None:
    verdict = changed(queue, "Len(queue): event.size", "event.size: Len(queue)")
    assert verdict.decision is Decision.ACCEPTED
    assert verdict.strength.observed == {"queue": 6}


def test_comparing_the_event_with_itself_is_vacuous(queue: Any) -> None:
    verdict = changed(queue, "Len(queue): event.size", "event.size: event.size")
    assert not verdict.strength.is_vacuous, "the events give arguments"
    queue.mapping.write_text(
        queue.mapping.read_text().replace("Put(event.item)", "Next").replace("Get(event.item)", "Next")
    )
    verdict = queue.check()
    assert verdict.decision is Decision.ACCEPTED
    assert verdict.strength.is_vacuous


@pytest.mark.parametrize(
    ("let", "expected"),
    [
        ("{a: b, b: a}", "`let` a reads b, which stands after it"),
        ("{a: a}", "`let` a reads itself"),
        ("{a: foo}", "unknown name foo"),
        ("{a: 1, b: a}", None),
    ],
)
def test_names_that_nobody_uses_are_looked_up(queue: Any, let: str, expected: str | None) -> None:
    verdict = changed(queue, "observe:", f"let: {let}\nobserve:")
    assert verdict.decision is (Decision.ACCEPTED if expected is None else Decision.INVALID)
    assert expected is None or expected in verdict.reason
    assert len(verdict.problems) == (expected is not None)


def test_a_mistake_that_all_rules_share_is_told_once(queue: Any) -> None:
    verdict = changed(queue, "Len(queue)", "lenn(queue)")
    assert [(problem.message, problem.hint) for problem in verdict.problems] == [
        ("unknown name lenn", "did you mean Len?")
    ]


def test_a_star_is_no_event(queue: Any) -> None:
    verdict = changed(queue, "  put: Put", '  "*": Next\n  put: Put')
    assert "`*` has no meaning under `events`" in verdict.reason


def test_all_that_is_missing_is_told(queue: Any) -> None:
    queue.mapping.write_text("version: 1\n", encoding="utf-8")
    assert "no `kind:` and no `events:`" in queue.check().reason


def test_a_key_that_an_event_lacks_is_told_in_plain_words(queue: Any) -> None:
    verdict = changed(queue, "observe:", "order: {by: key, key: event.foo}\nobserve:")
    assert "the event has no event.foo (or it is null), which `key:` needs" in verdict.reason


def test_another_version_is_told_before_what_it_may_not_need(queue: Any) -> None:
    queue.mapping.write_text("version: 2\n", encoding="utf-8")
    assert queue.check().reason == "version 2; expected version 1"
