"""``conformance tlc --merge``: logs of one trace, judged by TLC as by ``check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tlaconform.cli.app import run

pytestmark = pytest.mark.tlc

QUEUE = Path(__file__).resolve().parents[2] / "examples" / "queue"


@pytest.mark.parametrize(("size", "status"), [(0, 0), (1, 1)])
def test_logs_of_one_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int, status: int) -> None:
    mapping = tmp_path / "queue.yaml"
    order = "order: {by: vector, process: event.p, clock: event.c}\n"
    mapping.write_text((QUEUE / "queue.yaml").read_text(encoding="utf-8") + order, encoding="utf-8")
    header = {"format": "tla-conformance/trace", "version": 1, "spec": "Queue", "constants": {"Capacity": 2}}
    events = {
        "a": {"op": "put", "item": 1, "size": 1, "p": "a", "c": {"a": 1}},
        "b": {"op": "get", "item": 1, "size": size, "p": "b", "c": {"a": 1, "b": 1}},
    }
    logs = [tmp_path / f"{name}.ndjson" for name in events]
    for log, event in zip(logs, events.values(), strict=True):
        log.write_text(f"{json.dumps(header)}\n{json.dumps(event)}\n", encoding="utf-8")
    against = [*map(str, logs), "--merge", "--spec", str(QUEUE / "Queue.tla"), "--map", str(mapping)]
    assert run(["check", *against]) == status, capsys.readouterr()
    assert run(["tlc", *against]) == status, capsys.readouterr()
