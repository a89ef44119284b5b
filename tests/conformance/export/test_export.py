"""Exported folders as text: what is in them, that they are TLA+, and what cannot be said; TLC judges them in
tests/differential.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench
from tlaconform.cli.app import run
from tlaconform.cli.status import Status
from tlaconform.export import Exported, export_trace
from tlaconform.tlc_judge import TlcJudgeError
from tlaconform.tlc_judge.literals import LiteralError
from tlatrace.semantics import load_spec, read_config
from tlatrace.syntax import parse_module


@pytest.fixture
def exported(queue: Any, tmp_path: Path) -> Any:
    def export() -> Exported:
        bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
        return export_trace(queue.trace, bench, tmp_path / "out")

    return export


def with_mapping(queue: Any, old: str, new: str) -> None:
    text = queue.mapping.read_text(encoding="utf-8")
    assert old in text
    queue.mapping.write_text(text.replace(old, new), encoding="utf-8")


def test_the_folder_stands_on_its_own(queue: Any, exported: Any) -> None:
    found = exported()
    assert sorted(path.name for path in found.module.parent.iterdir()) == [
        "Queue.tla",
        "QueueTrace.cfg",
        "QueueTrace.tla",
    ]
    assert found.events == 6
    spec = load_spec(found.module, read_config(found.config))
    assert [invariant.name for invariant in spec.invariants] == ["TraceNotAccepted"]
    assert spec.name == "QueueTrace"


def test_only_what_is_used_of_an_event_is_there(queue: Any, exported: Any, events: Any) -> None:
    queue.write_trace([{**event, "ts": 10**12, "note": 1.5} for event in events()])
    text = exported().module.read_text(encoding="ascii")
    assert "[line |-> 2, rule |-> 1, given |-> <<1, 1>>]" in text
    assert "1000000000000" not in text


def test_a_value_beyond_those_of_tlc_is_an_error_with_its_line(queue: Any, exported: Any, events: Any) -> None:
    queue.write_trace([*events()[:1], {"op": "put", "item": 10**12, "size": 2}])
    with pytest.raises(LiteralError, match="beyond TLC's integers") as error:
        exported()
    assert error.value.location is not None
    assert error.value.location.line == 3


def test_names_that_are_taken_are_left_alone(queue: Any, exported: Any) -> None:
    text = queue.spec.read_text(encoding="utf-8")
    queue.spec.write_text(text.replace("ShortInv ==", "Trace == 1\nTraceInit == 2\nShortInv =="), encoding="utf-8")
    module = exported().module.read_text(encoding="ascii")
    assert "\nTrace_ == <<Chain1>>" in module
    assert "\nTraceInit_ ==" in module
    parse_module(module, "QueueTrace.tla")


def test_a_step_condition_over_a_composition_cannot_be_said(queue: Any, exported: Any) -> None:
    with_mapping(queue, "put: Put(event.item)", "put: Put(event.item) \\cdot Lose")
    with_mapping(queue, "observe:\n  Len(queue): event.size\n", "require:\n  - queue' = queue\n")
    with pytest.raises(TlcJudgeError, match="TLC sees one action at a time"):
        exported()


def test_the_command(queue: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--spec", str(queue.spec), "--map", str(queue.mapping), "-o", str(tmp_path / "out")]
    assert run(["export", str(queue.trace), *base]) is Status.CONFORMS
    out = capsys.readouterr().out
    assert "6 events" in out
    assert "-config QueueTrace.cfg QueueTrace.tla" in out
    assert run(["export", str(queue.trace), str(queue.trace), *base]) is Status.WRONG_INPUT
    assert "--merge" in capsys.readouterr().err
    queue.trace.write_text(json.dumps({"op": "pop"}) + "\n")
    assert run(["export", str(queue.trace), *base]) is Status.WRONG_INPUT


@pytest.mark.tlc
def test_conformance_tlc_judges_by_it_what_the_other_modules_do_not_say(
    queue: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], events: Any
) -> None:
    with_mapping(queue, "kind:", "where: PRESENT(event.op)\nkind:")
    queue.write_trace([{"note": 1}, *events()])
    base = [str(queue.trace), "--spec", str(queue.spec), "--map", str(queue.mapping)]
    assert run(["tlc", *base, "--keep", str(tmp_path / "kept")]) is Status.CONFORMS
    assert "all 6 events" in capsys.readouterr().out
    assert (tmp_path / "kept" / "QueueTrace.tla").exists()
    queue.write_trace([{"note": 1}, *events()[:1], {"op": "get", "item": 9, "size": 0}])
    assert run(["tlc", *base]) is Status.DOES_NOT_CONFORM
    assert f"{queue.trace}:4:" in capsys.readouterr().out


@pytest.mark.parametrize("count", [1, 2])
def test_clocks_that_count_events_which_are_not_there(
    queue: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    order = "order: {by: vector, process: event.p, clock: event.c}\n"
    queue.mapping.write_text(queue.mapping.read_text(encoding="utf-8") + order, encoding="utf-8")
    put = {"op": "put", "item": 1, "size": 1, "p": "a", "c": {"a": 1}}
    get = {"op": "get", "item": 1, "size": 0, "p": "b", "c": {"a": count, "b": 1}}
    queue.write_trace([put, get])
    against = ["--spec", str(queue.spec), "--map", str(queue.mapping)]
    said = []
    for more in (["check"], ["export", "-o", str(tmp_path / "out")]):
        status = run([*more, str(queue.trace), *against])
        assert status is (Status.CONFORMS if count == 1 else Status.WRONG_INPUT)
        said.append("".join(capsys.readouterr()))
    assert all(("the clock counts 2 of a" in text) is (count == 2) for text in said)
    assert (tmp_path / "out").exists() is (count == 1)
