"""Witnesses for other tools: each says what the trace and the specification say, and is read back where we can."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.errors import ConformanceError
from tlaconform.report import json_report
from tlaconform.witness import format_of, write_witness
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.values import from_json, to_text

SCHEMA = json.loads((resources.files("tlaconform.report") / "verdict.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def witness(queue: Any, tmp_path: Path) -> Any:
    def written(name: str, trace: Any = None, *, keep: bool = True) -> tuple[Verdict, str]:
        bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping, keep_witness=keep))
        verdict = check_trace(trace or queue.trace, bench)
        path = tmp_path / name
        write_witness(path, format_of(path, None), verdict, trace or queue.trace, bench)
        return verdict, path.read_text(encoding="utf-8")

    return written


def queues(itf: str) -> list[str]:
    return [to_text(from_json(state["queue"])) for state in json.loads(itf)["states"]]


def test_itf_has_a_state_for_every_event(queue: Any, witness: Any) -> None:
    _, text = witness("w.itf.json")
    found = json.loads(text)
    assert found["vars"] == ["queue", "lost"]
    assert queues(text) == ["<<>>", "<<1>>", "<<1, 2>>", "<<2>>", "<<2, 3>>", "<<3>>", "<<>>"]
    assert found["states"][1] == {
        "#meta": {"index": 1, "action": "Put(1)", "line": 2},
        "queue": [{"#bigint": "1"}],
        "lost": {"#bigint": "0"},
    }


def test_a_behavior_of_a_rejected_trace_ends_before_its_event(queue: Any, witness: Any, events: Any) -> None:
    queue.write_trace([*events()[:2], {"op": "put", "item": 9, "size": 3}])
    verdict, text = witness("w.itf")
    assert verdict.decision is Decision.REJECTED
    assert queues(text) == ["<<>>", "<<1>>", "<<1, 2>>"]


def test_what_was_left_open_is_chosen_and_silent_steps_are_there(queue: Any, witness: Any, events: Any) -> None:
    text = (
        queue.mapping.read_text()
        .replace("put: Put(event.item)", "put: Put(ANY)")
        .replace("Get(event.item)", "Get(ANY)")
    )
    queue.mapping.write_text(text + "silent:\n  - {action: Lose, at_most: 1}\n")
    queue.write_trace([{"op": "put", "size": 1}, {"op": "put", "size": 2}, {"op": "get", "size": 0}])
    verdict, found = witness("w.itf")
    assert verdict.decision is Decision.ACCEPTED
    states = json.loads(found)["states"]
    assert [state["#meta"].get("line") for state in states] == [None, 2, 3, None, 4]
    assert states[3]["#meta"]["action"] == "Lose"
    assert re.fullmatch(r"Put\(\d\)", states[1]["#meta"]["action"])


def test_tlc(queue: Any, witness: Any) -> None:
    _, text = witness("w.json")
    found = json.loads(text)
    example = found["counterexample"]
    assert found["vars"] == ["queue", "lost"]
    assert [number for number, _ in example["state"]] == [1, 2, 3, 4, 5, 6, 7]
    assert example["state"][2] == [3, {"queue": [1, 2], "lost": 0}]
    before, action, after = example["action"][1]
    assert (before, after) == (example["state"][1], example["state"][2])
    assert (action["name"], action["parameters"], action["context"]) == ("Put", ["x"], {"x": 2})
    line = queue.spec.read_text().splitlines()[action["location"]["beginLine"] - 1]
    assert (line.startswith("Put(x)"), action["location"]["module"]) == (True, "Queue")


class TestShiViz:
    def logs(self, queue: Any, clocks: bool) -> list[Path]:
        text = queue.mapping.read_text().replace("observe:\n  Len(queue): event.size\n", "")
        order = "order:\n  by: vector\n  process: event.who\n  clock: event.vc\n  unlogged: true\n"
        queue.mapping.write_text(text + (order if clocks else ""))
        puts = [{"item": n, "vc": {"producer": 10 * n}} for n in (1, 2)]
        gets = [{"item": 1, "vc": {"consumer": 7, "producer": 15}}]
        paths = []
        for name, op, events in (("producer", "put", puts), ("consumer", "get", gets)):
            path = queue.folder / f"{name}.ndjson"
            header = {"format": "tla-conformance/trace", "version": 1, "constants": {"Capacity": 2}}
            lines = [header, *({"op": op, "who": name, **event} for event in events)]
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
            paths.append(path)
        return paths

    def parsed(self, text: str) -> list[tuple[str, dict[str, int], str]]:
        lines = text.splitlines()
        assert lines[0] == r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)"
        assert lines[1] == ""
        pattern = re.compile(r"(?P<host>\S*) (?P<clock>{.*})\n(?P<event>.*)\n")
        found = [
            (match["host"], json.loads(match["clock"]), match["event"])
            for match in pattern.finditer("\n".join(lines[2:]) + "\n")
        ]
        assert len(found) * 2 == len(lines) - 2
        return found

    def test_clocks_are_counted_anew(self, queue: Any, witness: Any) -> None:
        verdict, text = witness("w.shiviz", self.logs(queue, clocks=True))
        assert verdict.decision is Decision.ACCEPTED, verdict.reason
        found = self.parsed(text)
        assert [(host, clock) for host, clock, _ in found] == [
            ("producer", {"producer": 1}),
            ("producer", {"producer": 2}),
            ("consumer", {"consumer": 1, "producer": 1}),
        ]
        assert found[0][2].startswith('Put(1): {"op": "put"')

    def test_without_clocks_each_log_is_a_host(self, queue: Any, witness: Any) -> None:
        _, text = witness("w.shiviz", self.logs(queue, clocks=False))
        assert [list(clock.values()) for _, clock, _ in self.parsed(text)] == [[1], [2], [1]]

    def test_one_log_needs_to_know_its_processes(self, queue: Any, witness: Any) -> None:
        with pytest.raises(ConformanceError, match="nothing says at which process"):
            witness("w.shiviz")


def test_the_json_report_has_it_where_it_was_kept(queue: Any, witness: Any) -> None:
    verdict, _ = witness("w.itf")
    report = json.loads(json_report([verdict]))
    jsonschema.validate(report, SCHEMA)
    found = report["verdicts"][0]["witness"]
    assert found["initial"] == {"queue": [], "lost": 0}
    assert found["steps"][0] == {
        "action": "Put",
        "arguments": [1],
        "line": 2,
        "log": 0,
        "changes": {"queue": [1]},
    }


def test_none_is_kept_unless_it_is_asked_for(witness: Any) -> None:
    with pytest.raises(ConformanceError, match="no behavior was kept"):
        witness("w.itf", keep=False)


def test_a_name_that_tells_no_format() -> None:
    assert [format_of(Path(name), None) for name in ("a.itf.json", "a.itf", "a.json", "a.shiviz")] == [
        "itf",
        "itf",
        "tlc",
        "shiviz",
    ]
    assert format_of(Path("a.txt"), "tlc") == "tlc"
    with pytest.raises(ConformanceError, match="does not tell the format"):
        format_of(Path("a.txt"), None)


def test_the_command(queue: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tlaconform.cli.app import run
    from tlaconform.cli.status import Status

    path = tmp_path / "w.itf.json"
    assert run([*queue.arguments(), "--witness", str(path), "--json"]) is Status.CONFORMS
    assert "witness" not in json.loads(capsys.readouterr().out)["verdicts"][0]
    assert len(json.loads(path.read_text())["states"]) == 7
    assert run([*queue.arguments(), "--keep-witness", "--json"]) is Status.CONFORMS
    assert "witness" in json.loads(capsys.readouterr().out)["verdicts"][0]
    assert run([*queue.arguments(), "--witness", "w.txt"]) is Status.WRONG_INPUT
    assert run([*queue.arguments(), "--witness-format", "itf"]) is Status.WRONG_INPUT
    assert run([*queue.arguments(), str(queue.trace), "--witness", str(path)]) is Status.WRONG_INPUT
