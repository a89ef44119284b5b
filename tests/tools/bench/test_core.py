"""The benchmark of the core: it measures what it says, its twin differs in the one test, and goals can be missed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import core
from bench.errors import BenchError
from tlaconform import CheckOptions, Decision, Workbench, check_trace
from vraft import tracing
from vraft.core import Message, Output, ProposeMany, RaftCore

SPEC = Path(__file__).parents[3] / "spec"
TINY = core.Effort(batches=2, entries=512, repeats=1, turns=3, turn_entries=64, traced_turns=1)


def test_everything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(core, "QUICK", TINY)
    out = tmp_path / "out.json"
    assert core.main(["--quick", "--json", str(out)]) == 0
    said = json.loads(out.read_text(encoding="utf-8"))
    ways = [(1, False), *((batch, together) for batch in (16, 64, 256) for together in (True, False))]
    assert [(rate["batch"], rate["together"]) for rate in said["rates"]] == ways * len(core.SETTINGS)
    assert all(rate["entries"] == 2 * rate["batch"] and rate["seconds"] > 0 for rate in said["rates"])
    apart, together = said["rates"][2], said["rates"][1]
    assert apart["steps"] - together["steps"] >= 2 * 15, "a batch of 16 is 16 inputs, or one"
    assert [row["batch"] for row in said["tracing"]] == list(core.TRACED_BATCHES)
    for row in said["tracing"]:
        assert row["traced_s"] > row["detached_s"] > 0
        assert row["low"] <= row["detached_cost"] <= row["high"]
    text = capsys.readouterr().out
    for name in core.SETTINGS:
        assert f"\n{name}\n" in text


def outputs(kind: type[RaftCore], *, observed: bool = False) -> list[Output]:
    """All that two batches do."""
    found: list[Output] = []
    trio = core.Trio(kind, batch=4, tell=lambda _, output: found.append(output))
    if observed:
        for server in trio.cores.values():
            server.observer = tracing.variables
    for together in (True, False):
        core.run(trio, 4, 1, together=together)
    return found


def test_the_twin_does_the_same() -> None:
    assert outputs(core.Untested) == outputs(RaftCore)


def test_the_twin_has_no_test_for_an_observer() -> None:
    def seen(kind: type[RaftCore]) -> set[bool]:
        actions = [action for output in outputs(kind, observed=True) for action in output.actions]
        return {action.observed is not None for action in actions[10:]}

    assert seen(RaftCore) == {False, True}, "from when it was given one"
    assert seen(core.Untested) == {False}


def test_what_is_traced_are_the_events() -> None:
    teller = core.Teller()
    trio = core.Trio(batch=1, tell=teller)
    before = teller.events
    core.run(trio, 1, 1, together=True)
    assert teller.events - before == 11
    assert teller.characters > 200 * teller.events


def write_trace(path: Path, *, without: str = "") -> None:
    """What three servers do with three batches of three, as a trace; ``without`` the request for one value."""
    events = 0

    class Observed(RaftCore):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.observer = tracing.variables

    with tracing.TraceWriter(str(path)) as writer:

        def tell(name: str, output: Output) -> None:
            nonlocal events
            for action in output.actions:
                events += 1
                if not without or action.arguments.get("v") != without:
                    writer.write(tracing.event(seq=events, time=events, node=name, action=action))

        writer.write(tracing.header(core.SERVERS, scenario="batches", seed=0, version="0"))
        core.run(core.Trio(Observed, batch=3, tell=tell), 3, 3, together=True)


def test_batches_are_committed_as_the_specification_says(tmp_path: Path) -> None:
    workbench = Workbench(CheckOptions(spec=SPEC / "Raft.tla", mapping=SPEC / "maps" / "raft.yaml"))
    whole, part = tmp_path / "whole.ndjson", tmp_path / "part.ndjson"
    write_trace(whole)
    assert check_trace(whole, workbench).decision is Decision.ACCEPTED
    (last_batch,) = core.inputs_of(3, 2, together=True)
    assert isinstance(last_batch, ProposeMany)
    write_trace(part, without=last_batch.values[2])
    verdict = check_trace(part, workbench)
    assert verdict.decision is Decision.REJECTED
    assert verdict.event is not None
    assert verdict.event["action"] == "AppendEntries", "it sends an entry that nobody asked for"
    assert len(verdict.event["sent"][0]["entries"]) == 3


def test_entries_that_are_not_committed_are_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    trio = core.Trio(batch=4)
    monkeypatch.setattr(trio, "_deliver", lambda messages: None)
    with pytest.raises(BenchError, match="has committed 1 entries, expected 9"):
        core.run(trio, 4, 2, together=True)


def test_entries_that_a_server_lacks_are_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    trio = core.Trio(batch=4)
    true = trio._deliver

    def lose(messages: Sequence[Message]) -> None:
        true([message for message in messages if message.receiver != "n3"])

    monkeypatch.setattr(trio, "_deliver", lose)
    with pytest.raises(BenchError, match="differ"):
        core.run(trio, 4, 2, together=True)


def test_the_goals() -> None:
    rate = core.Rate(settings="x", batch=64, together=True, entries=60_000, steps=120_000, seconds=1.0, noise=None)
    assert (rate.entries_per_s, rate.steps_per_s, round(rate.us_per_step, 1)) == (60_000, 120_000, 8.3)
    row = core.Tracing(
        batch=1,
        actions_per_entry=10,
        untested_s=1e-4,
        detached_s=1e-4,
        observed_s=2e-4,
        traced_s=4e-4,
        detached_cost=0.01,
        low=0.005,
        high=0.015,
        test_s=20e-9,
    )
    assert (row.judgement, row.test_cost) == ("met", pytest.approx(0.002))
    assert replace(row, low=0.02, high=0.03).judgement == "missed"
    assert replace(row, high=0.021).judgement == "too noisy to say"
    met, missed = (core.render([replace(rate, seconds=seconds)], [row]) for seconds in (1.0, 1.01))
    assert re.search(r"60,000 +met\b", met)
    assert re.search(r"59,406 +missed\b", missed)
