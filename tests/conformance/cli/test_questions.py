"""What ``conformance check`` is asked beside its verdict: blame, a smaller trace, sensitivity, advice."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tlaconform.cli.app import run as main

BROKEN = [
    {"op": "put", "item": 1, "size": 1},
    {"op": "get", "item": 1, "size": 0},
    {"op": "put", "item": 2, "size": 1},
    {"op": "put", "item": 3, "size": 2},
    {"op": "put", "item": 4, "size": 3},
    {"op": "get", "item": 2, "size": 1},
]
MISTAKEN = [
    {"op": "put", "item": 1, "size": 1},
    {"op": "put", "item": 2, "size": 1},
    {"op": "get", "item": 1, "size": 1},
]


def report(queue: Any, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """The only verdict of a report that obeys the schema."""
    main(queue.arguments("--json", *more))
    found = json.loads(capsys.readouterr().out)
    schema = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    (verdict,) = found["verdicts"]
    return verdict  # type: ignore[no-any-return]


def test_a_mistake_of_the_log_is_told_from_a_bug(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    queue.write_trace(MISTAKEN)
    verdict = report(queue, capsys, "--blame")
    assert verdict["blame"]["suspect"] == "log"
    (relaxation,) = verdict["blame"]["findings"][0]["relaxations"]
    assert (relaxation["what"], relaxation["line"], relaxation["allowed"]) == ("event.size", 3, ["2"])
    queue.write_trace([*BROKEN, {"op": "put", "item": 5, "size": 3}, {"op": "put", "item": 5, "size": 4}])
    assert report(queue, capsys, "--blame")["blame"]["suspect"] != "log"


def test_blame_is_asked_in_the_terminal_only_unless_somebody_says_so(
    queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    queue.write_trace(MISTAKEN)
    assert main(queue.arguments()) == 1
    text = capsys.readouterr().out
    assert "Log or implementation? most likely the log" in text
    assert "Line 3 has event.size = 1 where the specification has 2." in " ".join(text.split())
    assert main(queue.arguments("--no-blame")) == 1
    assert "Log or implementation" not in capsys.readouterr().out
    assert "blame" not in report(queue, capsys)


def test_the_smaller_trace_is_rejected_for_the_same_conjunct(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    queue.write_trace(BROKEN)
    small = queue.folder / "small.ndjson"
    verdict = report(queue, capsys, "--shrink", str(small))
    assert verdict["shrunk"]["lines"] == [4, 5, 6]
    assert (verdict["shrunk"]["minimal"], verdict["shrunk"]["file"]) == (True, str(small))
    lines = queue.trace.read_text(encoding="utf-8").splitlines()
    assert small.read_text(encoding="utf-8").splitlines() == [lines[0], *lines[3:6]]
    queue.trace.write_text(small.read_text(encoding="utf-8"), encoding="utf-8")
    again = report(queue, capsys)
    assert again["verdict"] == "rejected"
    for found in (verdict, again):
        assert found["candidates"][0]["failures"][0]["conjunct"] == "Len(queue) < Capacity"
    assert again["candidates"][0]["failures"][0]["location"] == verdict["candidates"][0]["failures"][0]["location"]


def test_an_accepted_trace_is_not_shrunk(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    small = queue.folder / "small.ndjson"
    assert "shrunk" not in report(queue, capsys, "--shrink", str(small))
    assert not small.exists()


def test_a_violated_invariant_is_shrunk_to_what_violates_it(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT ShortInv\n", encoding="utf-8")
    queue.write_trace(BROKEN[:4])
    small = queue.folder / "small.ndjson"
    verdict = report(queue, capsys, "--config", str(config), "--shrink", str(small))
    assert verdict["shrunk"]["lines"] == [2, 5]
    assert verdict["violations"][0]["failure"]["conjunct"] == "Len(queue) <= 1"


def test_sensitivity_lowers_the_score_and_does_not_depend_on_jobs(
    queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    other = queue.folder / "other.ndjson"
    other.write_text(queue.trace.read_text(encoding="utf-8"), encoding="utf-8")
    found = []
    for jobs in ("1", "2"):
        arguments = queue.arguments("--json", "--sensitivity", "30", "--seed", "4", "--jobs", jobs)
        assert main([arguments[0], str(other), *arguments[1:]]) == 0
        verdicts = json.loads(capsys.readouterr().out)["verdicts"]
        found.append([verdict["strength"]["sensitivity"] for verdict in verdicts])
    assert found[0] == found[1]
    assert found[0][0] == found[0][1]
    assert found[0][0]["edits"] == 30
    # A mapping that asks for nothing but the kind of event notices few edits.
    queue.mapping.write_text(
        queue.mapping.read_text(encoding="utf-8")
        .replace("event.item", "ANY")
        .replace("  Len(queue): event.size\n", "  Len(queue) >= 0: event.size >= 0\n"),
        encoding="utf-8",
    )
    verdict = report(queue, capsys, "--sensitivity", "30", "--min-strength", "0.1")
    assert verdict["strength"]["score"] <= verdict["strength"]["sensitivity"]["share"] < 0.7
    assert "event.item" in verdict["strength"]["sensitivity"]["unread_fields"]
    assert main(queue.arguments("--sensitivity", "30", "--min-strength", "0.1")) == 1
    assert "unread:    event.item" in capsys.readouterr().out


def test_advice_names_what_would_help(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = queue.mapping.read_text(encoding="utf-8").replace("Put(event.item)", "Put(ANY)")
    queue.mapping.write_text(text, encoding="utf-8")
    queue.write_trace([{"op": "put", "size": 1}, {"op": "put", "size": 2}, {"op": "get", "item": 4, "size": 1}])
    verdict = report(queue, capsys, "--advise")
    assert [item["log"] for item in verdict["advice"]["suggestions"]] == ["queue", "x of Put"]
    assert main(queue.arguments("--advise")) == 0
    assert "queue would remove 100% of the ambiguity" in capsys.readouterr().out


def test_one_smaller_trace_cannot_be_that_of_two(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = queue.arguments("--shrink", str(queue.folder / "small.ndjson"))
    assert main([arguments[0], str(queue.trace), *arguments[1:]]) == 2
    assert "--shrink is for one trace" in capsys.readouterr().err
