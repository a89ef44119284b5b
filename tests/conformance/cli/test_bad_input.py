"""What is wrong with the input: each a clear error with its place, the right exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.app import run
from tlaconform.cli.status import Status, combined


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command and give (status, all that it printed)."""

    def invoke(arguments: list[str]) -> tuple[Status, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        text = captured.out + captured.err
        assert "Traceback" not in text
        return status, text

    return invoke


def test_an_accepted_trace_is_0(queue: Any, output: Any) -> None:
    status, text = output(queue.arguments())
    assert status is Status.CONFORMS
    assert text.startswith("ACCEPTED")


def test_a_rejected_trace_is_1_and_says_why(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    status, text = output(queue.arguments())
    assert status is Status.DOES_NOT_CONFORM
    assert f"{queue.trace}:4" in text
    assert "Len(queue) < Capacity" in text
    assert f"{queue.spec}:12:8" in text


def test_an_empty_file(queue: Any, output: Any) -> None:
    queue.trace.write_text("")
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:1:1" in text
    assert "the trace is empty" in text


def test_a_header_without_events(queue: Any, output: Any) -> None:
    queue.write_trace([])
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "no event" in text


def test_a_torn_last_line_shows_the_verdict_on_what_comes_before(queue: Any, output: Any) -> None:
    whole = queue.trace.read_text()
    queue.trace.write_text(whole[:-8])
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:7:1" in text
    assert "the 5 events before it are accepted" in text
    status, text = output(queue.arguments("--torn-tail=cut"))
    assert status is Status.CONFORMS
    assert "cut short and left out" in text


def test_a_torn_last_line_does_not_hide_a_rejection(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    with queue.trace.open("a") as file:
        file.write('{"op": "pu')
    assert output(queue.arguments("--torn-tail=cut"))[0] is Status.DOES_NOT_CONFORM


def test_a_line_that_is_not_json(queue: Any, output: Any) -> None:
    lines = queue.trace.read_text().splitlines()
    lines[2] = '{"op": "put", oops}'
    queue.trace.write_text("\n".join(lines) + "\n")
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:3:15" in text
    assert "not JSON" in text


def test_a_line_that_is_no_object(queue: Any, output: Any) -> None:
    with queue.trace.open("a") as file:
        file.write("[1, 2]\n")
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "JSON array; expected a JSON object" in text


def test_bytes_that_are_not_utf8(queue: Any, output: Any) -> None:
    with queue.trace.open("ab") as file:
        file.write(b'{"op": "\xff"}\n')
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "UTF-8" in text


def test_an_unknown_event_suggests_the_nearest(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace([*events(), {"op": "putt", "size": 0}])
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:8:1" in text
    assert "unknown event 'putt'; expected one of put, get" in text
    assert "did you mean 'put'?" in text


def test_a_missing_field_names_the_place_that_needs_it(queue: Any, output: Any, events: Any) -> None:
    changed = events()
    del changed[3]["size"]
    queue.write_trace(changed)
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:5:1" in text
    assert "no field event.size" in text
    assert f"{queue.mapping}:9:15" in text


def test_a_fraction_is_no_value(queue: Any, output: Any, events: Any) -> None:
    changed = events()
    changed[0]["size"] = 1.5
    queue.write_trace(changed)
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "event.size" in text
    assert "1.5" in text


def test_a_null_without_a_meaning(queue: Any, output: Any, events: Any) -> None:
    changed = events()
    changed[0]["size"] = None
    queue.write_trace(changed)
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "null" in text
    assert "values:" in text


def test_a_specification_with_a_syntax_error(queue: Any, output: Any) -> None:
    queue.spec.write_text(queue.spec.read_text().replace("queue' = Append(queue, x)", "queue' = Append(queue x)"))
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.spec}:13:" in text


def test_a_missing_constant(queue: Any, output: Any) -> None:
    queue.mapping.write_text(queue.mapping.read_text().replace("  Item: 0 .. 9\n", ""))
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "Item" in text
    assert f"{queue.spec}:4:" in text


def test_a_header_without_the_constant(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace(events(), {"format": "tla-conformance/trace", "version": 1, "constants": {}})
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "header.constants.Capacity" in text


def test_no_header_where_the_mapping_needs_one(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace(events(), None)
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "header" in text
    assert f"{queue.mapping}:5:13" in text


def test_a_trace_of_another_version(queue: Any, output: Any, events: Any) -> None:
    queue.write_trace(events(), {"format": "tla-conformance/trace", "version": 99})
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "version 99; expected version 1" in text


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ("put: Put(", "put: Putt(", ":11:8", "has no action Putt; expected one of Put, Get, Lose"),
        ("Put(event.item)", "Put(event.item, 1)", ":11:8", "given 2 arguments; expected 1: Put(x)"),
        ("Len(queue)", "Len(queu)", ":9:7", "queu"),
        ("kind: event.op", "knid: event.op", ":7:1", "unknown key 'knid'"),
        ("version: 1", "version: 2", ":2:10", "expected version 1"),
        ("spec: Queue", "spec: Stack", ":3:7", "the module Stack"),
        ("put: Put(event.item)", "put: Put(event.item", ":11:", "expected ) or a comma"),
        ("kind: event.op\n", "", ":2:1", "no `kind:`"),
        ("observe:", "observe:\n  - 1", ":", "YAML"),
        ("  get: Get", "  put: Get", ":12:3", "second time"),
    ],
)
def test_a_mapping_that_is_wrong(queue: Any, output: Any, old: str, new: str, place: str, expected: str) -> None:
    text = queue.mapping.read_text()
    assert old in text
    queue.mapping.write_text(text.replace(old, new, 1))
    status, printed = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.mapping}{place}" in printed
    assert expected in printed


@pytest.mark.parametrize("missing", ["trace", "spec", "mapping"])
def test_a_file_that_is_not_there(queue: Any, output: Any, missing: str) -> None:
    path = getattr(queue, missing)
    path.unlink()
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert path.name in text


def test_a_configuration_that_names_what_is_not_there(queue: Any, output: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nINVARIANT NoSuchInv\n")
    status, text = output(queue.arguments("--config", str(config)))
    assert status is Status.WRONG_INPUT
    assert f"{config}:2:11" in text
    assert "NoSuchInv" in text


def test_a_constant_with_two_values(queue: Any, output: Any) -> None:
    config = queue.folder / "Queue.cfg"
    config.write_text("SPECIFICATION Spec\nCONSTANT Capacity = 1\n")
    status, text = output(queue.arguments("--config", str(config)))
    assert status is Status.WRONG_INPUT
    assert f"{queue.mapping}:5:13" in text
    assert f"another at {config}:2:10" in text


def test_an_action_without_its_arguments(queue: Any, output: Any) -> None:
    queue.mapping.write_text(queue.mapping.read_text().replace("Put(event.item)", "Put"))
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "Put is given 0 arguments; expected 1: Put(x)" in text
    assert "ANY leaves an argument open" in text


def test_a_specification_without_a_next_state_relation(queue: Any, output: Any) -> None:
    text = queue.spec.read_text()
    queue.spec.write_text(text[: text.index("Next ==")] + "=" * 20 + "\n")
    status, printed = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert "no next-state relation" in printed


def test_a_report_to_a_device_leaves_the_device(queue: Any, output: Any) -> None:
    assert output(queue.arguments("--output", os.devnull))[0] is Status.CONFORMS
    assert not Path(os.devnull).is_file()


def test_a_report_follows_a_link_and_can_be_read_by_others(queue: Any, output: Any) -> None:
    report, link = queue.folder / "report.txt", queue.folder / "link"
    report.write_text("old")
    report.chmod(0o644)
    link.symlink_to(report)
    assert output(queue.arguments("--output", str(link)))[0] is Status.CONFORMS
    assert link.is_symlink()
    assert report.read_text().startswith("ACCEPTED")
    assert report.stat().st_mode & 0o777 == 0o644


def test_a_trace_for_another_module(queue: Any, output: Any, events: Any) -> None:
    header = {"format": "tla-conformance/trace", "version": 1, "spec": "Stack", "constants": {"Capacity": 2}}
    queue.write_trace(events(), header)
    status, text = output(queue.arguments())
    assert status is Status.WRONG_INPUT
    assert f"{queue.trace}:1:1" in text
    assert "recorded for the module Stack; expected Queue" in text


def test_a_library_that_is_not_there(queue: Any, output: Any) -> None:
    status, text = output(queue.arguments("--lib", str(queue.folder / "none")))
    assert status is Status.WRONG_INPUT
    assert "is not a folder" in text


def test_a_limit_is_3(queue: Any, output: Any) -> None:
    assert output(queue.arguments("--max-depth", "2"))[0] is Status.UNDECIDED


def test_too_little_strength_is_1(queue: Any, output: Any) -> None:
    assert output(queue.arguments("--min-strength", "0.5"))[0] is Status.CONFORMS
    status, text = output(queue.arguments("--min-strength", "0.6"))
    assert status is Status.DOES_NOT_CONFORM
    assert "0.50" in text
    assert "0.6" in text


def test_options_that_are_wrong_are_2(queue: Any, output: Any) -> None:
    assert output(["check"])[0] is Status.WRONG_INPUT
    assert output(queue.arguments("--jobs", "0"))[0] is Status.WRONG_INPUT
    assert output(["no-such-command"])[0] is Status.WRONG_INPUT


def test_several_traces_one_verdict_each_and_the_gravest_status(queue: Any, output: Any, events: Any) -> None:
    good = queue.trace.rename(queue.folder / "good.ndjson")
    bad = queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    empty = queue.folder / "empty.ndjson"
    empty.write_text("")
    files = [str(good), str(bad), str(empty)]
    base = ["--spec", str(queue.spec), "--map", str(queue.mapping), "--jobs", "2"]
    status, text = output(["check", *files, *base, "--json"])
    assert status is Status.WRONG_INPUT
    report = json.loads(text)
    assert [v["verdict"] for v in report["verdicts"]] == ["accepted", "rejected", "invalid"]
    assert [v["trace"] for v in report["verdicts"]] == files
    assert output(["check", *files[:2], *base])[0] is Status.DOES_NOT_CONFORM


def test_the_gravest_status_wins() -> None:
    assert combined([Status.CONFORMS, Status.UNDECIDED]) is Status.UNDECIDED
    assert combined([Status.UNDECIDED, Status.DOES_NOT_CONFORM]) is Status.DOES_NOT_CONFORM
    assert combined([Status.DOES_NOT_CONFORM, Status.WRONG_INPUT]) is Status.WRONG_INPUT
    assert combined([Status.WRONG_INPUT, Status.OUR_BUG]) is Status.OUR_BUG
    assert combined([]) is Status.CONFORMS


def test_a_bug_of_ours_is_4_and_names_a_report(queue: Any, output: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("impossible")

    monkeypatch.setattr("tlaconform.checking.judge_traces", broken)
    status, text = output(queue.arguments())
    assert status is Status.OUR_BUG
    assert "conformance-bug-" in text


@pytest.mark.parametrize(("invariant", "status"), [("x < 2", Status.CONFORMS), ("x < 1", Status.DOES_NOT_CONFORM)])
def test_a_closed_standard_error_changes_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invariant: str, status: Status
) -> None:
    (tmp_path / "M.tla").write_text(
        "---- MODULE M ----\nEXTENDS Naturals\nVARIABLE x\nInit == x = 0\nNext == x' = 1 - x\n"
        f"Inv == {invariant}\n====\n"
    )
    (tmp_path / "M.cfg").write_text("INIT Init\nNEXT Next\nINVARIANT Inv\n")
    monkeypatch.setattr(sys, "stderr", None)
    assert run(["explore", str(tmp_path / "M.tla")]) == status


@pytest.mark.parametrize("more", [("--follow",), ("--checkpoint", "here"), ("--sensitivity", "10"), ("--advise",)])
def test_what_cannot_be_had_depth_first(queue: Any, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(queue.arguments("--search", "depth", *more)) is Status.WRONG_INPUT
    assert f"{more[0]} cannot be had with it" in capsys.readouterr().err
