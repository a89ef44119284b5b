"""Questions that are asked once there is a verdict end, whatever happens to them, and the verdict stands."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tlaconform.alarm import alarm
from tlaconform.checking import CheckOptions, ChecksInterrupted, Workbench, check_trace, check_traces
from tlaconform.checking import questions as questions_module
from tlaconform.checking import session as session_module
from tlatrace.engine.verdict import Decision

ENDLESS = """---- MODULE Endless ----
EXTENDS Integers
VARIABLE n
Init == n = 0
Set(v) == n' = v
Big == \\E v \\in 0..100000000 : v * v = 0 - 1 /\\ n' = v
Next == (\\E v \\in {1, 2} : Set(v)) \\/ Big
====
"""
MAPPING = "version: 1\nspec: Endless\nkind: event.e\nevents: {set: Set(event.v)}\nobserve: {n: event.n}\n"


def options(folder: Path, n: int = 2, **more: object) -> CheckOptions:
    """A trace whose only event is a step to 1 after which ``n`` was logged."""
    (folder / "Endless.tla").write_text(ENDLESS)
    (folder / "m.yaml").write_text(MAPPING)
    (folder / "t.ndjson").write_text(json.dumps({"e": "set", "v": 1, "n": n}) + "\n")
    return CheckOptions(spec=folder / "Endless.tla", mapping=folder / "m.yaml", **more)  # type: ignore[arg-type]


def test_the_seconds_hold_within_one_evaluation(tmp_path: Path) -> None:
    started = time.monotonic()
    verdict = check_trace(tmp_path / "t.ndjson", Workbench(options(tmp_path, blame=True, blame_seconds=0.2)))
    assert verdict.decision is Decision.REJECTED
    assert verdict.candidates
    assert verdict.blame is None
    assert any("is to blame is not known: 0.2 s were spent" in note for note in verdict.notes)
    assert time.monotonic() - started < 20


def test_the_time_limit_holds_too_and_leaves_the_verdict(tmp_path: Path) -> None:
    verdict = check_trace(tmp_path / "t.ndjson", Workbench(options(tmp_path, blame=True, time_limit=1.0)))
    assert verdict.decision is Decision.REJECTED
    assert any("not known: the time limit of 1 s was reached" in note for note in verdict.notes)


def test_a_trace_that_obeys_is_accepted_as_before(tmp_path: Path) -> None:
    verdict = check_trace(tmp_path / "t.ndjson", Workbench(options(tmp_path, 1, blame=True, blame_seconds=0.2)))
    assert verdict.decision is Decision.ACCEPTED
    assert not any("not known" in note for note in verdict.notes)


def test_too_little_memory_for_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_little(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(session_module, "explain", too_little)
    verdict = check_trace(tmp_path / "t.ndjson", Workbench(options(tmp_path)))
    assert verdict.decision is Decision.REJECTED
    assert verdict.notes[-1].endswith("is not known: there was too little memory")


def test_an_interrupt_during_a_question_gives_the_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted_blame(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            time.sleep(0.01)

    monkeypatch.setattr(questions_module, "blame", interrupted_blame)
    with pytest.raises(ChecksInterrupted) as interrupted:
        check_traces([str(tmp_path / "t.ndjson")] * 2, options(tmp_path, blame=True))
    (verdict,) = interrupted.value.verdicts
    assert verdict.decision is Decision.REJECTED
    assert any("to blame is not known: the search was interrupted" in note for note in verdict.notes)


def test_an_alarm_that_is_turned_off_does_not_ring() -> None:
    with alarm(0.05) as turn_off:
        turn_off()
        time.sleep(0.2)
