"""Explanations on the five systems: of very many states, the one that comes nearest to what was logged is shown."""

from __future__ import annotations

import json
from pathlib import Path

from bench.systems.system import SPECS
from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine.verdict import Decision, Verdict

NAMES = [f"r{number:02}" for number in range(16)]


def committed(folder: Path, prepared: list[str]) -> Verdict:
    """The verdict on a commit once these have prepared; it is not logged that the manager hears of it."""
    header = {"format": "tla-conformance/trace", "version": 1, "constants": {"RM": NAMES}}
    events = [*({"event": "RMPrepare", "rm": name} for name in prepared), {"event": "TMCommit"}]
    trace = folder / "trace.ndjson"
    trace.write_text("".join(json.dumps(line) + "\n" for line in (header, *events)), encoding="utf-8")
    options = CheckOptions(spec=SPECS / "TwoPhase.tla", mapping=SPECS / "TwoPhaseHidden.yaml")
    return check_trace(trace, Workbench(options))


def test_a_commit_is_explained_by_who_had_not_prepared(tmp_path: Path) -> None:
    """Of 32,768 sets of those whom the manager has heard of, the largest."""
    assert committed(tmp_path, NAMES).decision is Decision.ACCEPTED
    verdict = committed(tmp_path, NAMES[:-1])
    assert verdict.decision is Decision.REJECTED
    (failure,) = verdict.candidates[0].failures
    assert failure.text == "tmPrepared = RM"
    everybody_else = ", ".join(f'"{name}"' for name in NAMES[:-1])
    assert dict(failure.operands)["tmPrepared"] == f"{{{everybody_else}}}"
