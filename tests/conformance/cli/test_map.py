"""``conformance map check``: what a mapping leaves out, and what keeps traces from being checked."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from tlaconform.cli.status import Status

SCHEMA = json.loads((files("tlaconform.surveying") / "survey.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def surveyed(command: Any, queue: Any) -> Any:
    """The status and the JSON of a survey, after texts in the mapping were replaced."""

    def look(*changes: tuple[str, str], traces: bool = True) -> tuple[Status, dict[str, Any]]:
        text = queue.mapping.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        queue.mapping.write_text(text, encoding="utf-8")
        given = (queue.trace,) if traces else ()
        status, out, err = command("map", "check", queue.mapping, "--spec", queue.spec, *given, "--json")
        assert err == ""
        found: dict[str, Any] = json.loads(out)
        jsonschema.validate(found, SCHEMA)
        return status, found

    return look


def test_what_a_good_mapping_leaves_out(surveyed: Any) -> None:
    status, found = surveyed()
    assert status is Status.CONFORMS
    assert (found["events"], found["kinds"]) == (6, {"put": 3, "get": 3})
    assert found["variables_unobserved"] == ["lost"]
    assert found["actions_unreachable"] == ["Lose"]
    assert not found["fields_unread"]
    assert not found["kinds_vacuous"]


def test_a_field_that_nobody_reads(surveyed: Any) -> None:
    status, found = surveyed(("  Len(queue): event.size", "  lost: 0"))
    assert status is Status.CONFORMS
    assert found["fields_unread"] == [{"field": "event.size", "kinds": ["get", "put"], "events": 6, "example": 1}]
    assert found["variables_unobserved"] == ["lost", "queue"] or found["variables_unobserved"] == ["queue", "lost"]


def test_a_silent_step_makes_an_action_possible(surveyed: Any) -> None:
    _, found = surveyed(("events:", "silent:\n  - action: Lose\n    at_most: 1\nevents:"))
    assert found["actions_unreachable"] == []


def test_events_without_a_rule_are_an_obstacle(surveyed: Any) -> None:
    status, found = surveyed(("  get: Get(event.item)", "  take: Get(event.item)"))
    assert status is Status.DOES_NOT_CONFORM
    (obstacle,) = found["obstacles"]
    assert (obstacle["events"], obstacle["line"]) == (3, 4)
    assert "unknown event 'get'" in obstacle["message"]
    assert found["rules_unused"] == ["take"]
    assert not found["is_fit"]


def test_events_that_are_left_out_by_rule_are_no_obstacle_and_are_told(surveyed: Any) -> None:
    status, found = surveyed(("  get: Get(event.item)\n", ""), ("events:", "ignore: [get]\nevents:"))
    assert status is Status.CONFORMS
    assert found["notes"] == ["3 events left out by `ignore: get`"]


def test_events_that_lack_a_field_are_an_obstacle(surveyed: Any) -> None:
    status, found = surveyed(("event.size", "event.length"))
    assert status is Status.DOES_NOT_CONFORM
    (obstacle,) = found["obstacles"]
    assert "has no field event.length" in obstacle["message"]
    assert obstacle["events"] == 6


def test_a_mapping_that_compares_nothing_is_vacuous(surveyed: Any) -> None:
    open_to_all = (
        ("observe:\n  Len(queue): event.size\n", ""),
        ("Put(event.item)", "Next"),
        ("Get(event.item)", "Get(ANY)"),
    )
    status, found = surveyed(*open_to_all)
    assert status is Status.DOES_NOT_CONFORM
    assert found["is_vacuous"]
    assert found["kinds_vacuous"] == ["put", "get"]


def test_one_kind_that_is_compared_with_something_is_enough(surveyed: Any) -> None:
    status, found = surveyed(("observe:\n  Len(queue): event.size\n", ""), ("Get(event.item)", "Get(ANY)"))
    assert status is Status.CONFORMS
    assert found["kinds_vacuous"] == ["get"]


def test_names_that_nothing_reads(surveyed: Any) -> None:
    _, found = surveyed(
        ("observe:", "let:\n  used: event.size\n  unused: event.item\nobserve:"), ("): event.size", "): used")
    )
    assert found["names_unused"] == ["unused"]


def test_without_a_trace_only_the_mapping_is_looked_at(surveyed: Any) -> None:
    status, found = surveyed(("header.constants.Capacity", "2"), traces=False)
    assert status is Status.CONFORMS
    assert found["traces"] == []
    assert found["rules_unused"] == []
    assert any("no trace was given" in note for note in found["notes"])


def test_constants_of_the_header_need_a_trace(command: Any, queue: Any) -> None:
    status, _, err = command("map", "check", queue.mapping, "--spec", queue.spec)
    assert status is Status.WRONG_INPUT
    assert "give a trace, from which the mapping takes its constants" in err


def test_mistakes_in_the_mapping_are_all_told(command: Any, queue: Any) -> None:
    text = queue.mapping.read_text().replace("Put(event.item)", "Putt(event.item)").replace("Len(queue)", "Len(qeue)")
    queue.mapping.write_text(text)
    status, _, err = command("map", "check", queue.mapping, "--spec", queue.spec, queue.trace)
    assert status is Status.WRONG_INPUT
    assert "did you mean Put?" in err
    assert "qeue" in err


def test_for_people(command: Any, queue: Any) -> None:
    status, out, _ = command("map", "check", queue.mapping, queue.trace, "--spec", queue.spec)
    assert status is Status.CONFORMS
    assert "6 events of 1 trace" in out
    assert "never observed: lost" in out
    assert "no event can be: Lose" in out
    assert out.endswith("nothing keeps traces from being checked\n")
