"""Traces: their form, their bytes, and how they get into a file."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import vraft
from vraft import tracing
from vraft.core import ElectionTimeout
from vraft.emulator import Runner, load_scenario

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    text = (resources.files("vraft") / "trace.schema.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def trace(path: Path, out: Path) -> bytes:
    scenario = load_scenario(str(path))
    with tracing.TraceWriter(str(out)) as writer:
        version = vraft.__version__
        writer.write(tracing.header(scenario.nodes, scenario=scenario.name, seed=scenario.seed, version=version))
        assert Runner(scenario, on_event=writer.write).run().ok
    return out.read_bytes()


def test_the_golden_trace(tmp_path: Path) -> None:
    """After a change that is meant: vraft emulate small.yaml --trace small.ndjson, in the folder of the goldens."""
    assert trace(GOLDEN / "small.yaml", tmp_path / "out.ndjson") == (GOLDEN / "small.ndjson").read_bytes()


def test_every_line_obeys_the_schema(schema: jsonschema.Draft202012Validator, tmp_path: Path) -> None:
    lines = (GOLDEN / "small.ndjson").read_text(encoding="utf-8").splitlines()
    for line in lines:
        schema.validate(json.loads(line))
    scenario = load_scenario("chaos3")
    events: list[tracing.Event] = []
    Runner(scenario, on_event=events.append).run()
    seen = set()
    for event in events:
        if event["action"] not in seen or event["seq"] % 50 == 0:  # Validating is slow; each action at least once.
            seen.add(event["action"])
            schema.validate(json.loads(tracing.line(event)))


@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("GrantVote", {"message": None}),
        ("GrantVote", {"sent": []}),
        ("GrantVote", {"action": "GrantVotes"}),
        ("GrantVote", {"time": 1.5}),
        ("GrantVote", {"seq": 0}),
        ("ClientRequest", {"args": {}}),
        ("ClientRequest", {"args": {"v": "x", "w": "y"}}),
        ("Timeout", {"message": {"type": "RequestVote"}}),
        ("Timeout", {"vars": {}}),
        ("Timeout", {"more": 1}),
    ],
)
def test_what_the_schema_refuses(
    schema: jsonschema.Draft202012Validator, action: str, change: dict[str, object]
) -> None:
    lines = (GOLDEN / "small.ndjson").read_text(encoding="utf-8").splitlines()[1:]
    event = next(event for event in map(json.loads, lines) if event["action"] == action)
    assert schema.is_valid(event)
    assert not schema.is_valid({**event, **change})


def test_variables_of_roles_are_there_only_for_the_role(schema: jsonschema.Draft202012Validator) -> None:
    lines = (GOLDEN / "small.ndjson").read_text(encoding="utf-8").splitlines()[1:]
    for event in map(json.loads, lines):
        role = event["vars"]["role"]
        assert ("votesGranted" in event["vars"]) == (role == "Candidate")
        assert ("nextIndex" in event["vars"]) == ("matchIndex" in event["vars"]) == (role == "Leader")
        assert not schema.is_valid({**event, "vars": {**event["vars"], "role": "Nobody"}})


def test_variables_are_those_after_each_action_not_after_the_step(raft: Any) -> None:
    core = raft.make_candidate()
    core.observer = tracing.variables
    output = raft.hear(core, raft.vote(1))
    roles = [(action.name, action.observed["role"], action.observed["logLength"]) for action in output.actions]
    assert roles == [
        ("CountVote", "Candidate", 0),
        ("BecomeLeader", "Leader", 0),
        ("ClientRequest", "Leader", 1),
        ("AppendEntries", "Leader", 1),
        ("AppendEntries", "Leader", 1),
    ]


def test_without_an_observer_nothing_is_observed(raft: Any) -> None:
    output = raft.make_core().step(ElectionTimeout())
    assert [action.observed for action in output.actions] == [None, None, None]


def test_keys_come_in_order() -> None:
    for line in (GOLDEN / "small.ndjson").read_text(encoding="utf-8").splitlines()[1:]:
        keys = [key for key in json.loads(line) if key != "message"]
        assert keys == ["seq", "time", "node", "action", "args", "vars", "sent"]
        assert line == tracing.line(json.loads(line))


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_bytes_do_not_depend_on_the_hash_seed(hash_seed: str, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    done = subprocess.run(
        [sys.executable, "-m", "vraft.cli", "emulate", "chaos3", "--trace", str(out)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scenario = load_scenario("chaos3")
    lines: list[str] = []
    Runner(scenario, on_event=lambda event: lines.append(tracing.line(event))).run()
    assert out.read_text(encoding="utf-8").splitlines()[1:] == lines


def test_a_compressed_trace_is_the_same_trace_and_bears_no_time(tmp_path: Path) -> None:
    plain = trace(GOLDEN / "small.yaml", tmp_path / "out.ndjson")
    packed = trace(GOLDEN / "small.yaml", tmp_path / "out.ndjson.gz")
    assert gzip.decompress(packed) == plain
    assert packed[4:8] == bytes(4)
    assert trace(GOLDEN / "small.yaml", tmp_path / "again.ndjson.gz") == packed


@pytest.mark.parametrize("name", ["out.ndjson", "out.ndjson.gz"])
def test_an_interrupted_trace_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("what was there before")

    def interrupted() -> None:
        with tracing.TraceWriter(str(tmp_path / name)) as writer:
            writer.write({"half": "written"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "what was there before"


def test_a_streamed_trace_can_be_read_along(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    writer = tracing.TraceWriter(str(out), stream=True)
    writer.write({"seq": 1})
    assert out.read_text() == '{"seq":1}\n'
    writer.abort()
    assert out.read_text() == '{"seq":1}\n'


def test_standard_output_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    with tracing.TraceWriter("-") as writer:
        writer.write({"value": "grün"})
    assert out.buffer.getvalue() == '{"value":"grün"}\n'.encode()  # type: ignore[attr-defined]
    assert not out.buffer.closed


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tracing.TraceWriter(str(tmp_path / "nowhere" / "out.ndjson"))
