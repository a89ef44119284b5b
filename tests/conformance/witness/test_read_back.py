"""Witnesses are traces in formats that we read: the same specification accepts them, and no longer when one value is
changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.witness import write_witness
from tlatrace.engine.verdict import Decision, Verdict

MAPPINGS = {
    "itf": """
version: 1
reader: itf
constants: {Capacity: 2, Item: 0 .. 9}
kind: '"step"'
initial:
  events: event.index = 0
  observe: {queue: event.state.queue, lost: event.state.lost}
observe: {queue: event.state.queue, lost: event.state.lost}
events: {step: Next}
""",
    "tlc": """
version: 1
reader: tlc-json
constants: {Capacity: 2, Item: 0 .. 9}
kind: event.action
initial:
  events: event.index = 1
  observe: {queue: event.state.queue, lost: event.state.lost}
observe: {queue: event.state.queue, lost: event.state.lost}
events:
  Put: Put(event.parameters.x)
  Get: Get(event.parameters.x)
""",
}


@pytest.mark.parametrize("form", ["itf", "tlc"])
def test_a_witness_is_a_trace_of_its_own(queue: Any, tmp_path: Path, form: str) -> None:
    bench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping, keep_witness=True))
    path, mapping = tmp_path / "witness.json", tmp_path / "states.yaml"
    write_witness(path, form, check_trace(queue.trace, bench), queue.trace, bench)
    mapping.write_text(MAPPINGS[form], encoding="utf-8")

    def judged() -> Verdict:
        return check_trace(path, Workbench(CheckOptions(spec=queue.spec, mapping=mapping)))

    verdict = judged()
    assert (verdict.decision, verdict.strength.events) == (Decision.ACCEPTED, 6), verdict.reason
    document = json.loads(path.read_text(encoding="utf-8"))
    if form == "itf":
        document["states"][1]["lost"] = {"#bigint": "1"}
    else:
        document["counterexample"]["state"][1][1]["lost"] = 1
    path.write_text(json.dumps(document), encoding="utf-8")
    verdict = judged()
    assert (verdict.decision, verdict.line) == (Decision.REJECTED, 2)
