"""A small specification with a mapping and a trace, written into a folder for each test, to be broken there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine.verdict import Verdict

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "queue"
QUEUE_TLA = (EXAMPLE / "Queue.tla").read_text(encoding="utf-8")
QUEUE_MAP = (EXAMPLE / "queue.yaml").read_text(encoding="utf-8")

HEADER = {"format": "tla-conformance/trace", "version": 1, "spec": "Queue", "constants": {"Capacity": 2}}

EVENTS = tuple(json.loads(line) for line in (EXAMPLE / "trace.ndjson").read_text(encoding="utf-8").splitlines()[1:])


@dataclass(frozen=True)
class QueueFiles:
    """The files of one check."""

    folder: Path

    @property
    def spec(self) -> Path:
        return self.folder / "Queue.tla"

    @property
    def mapping(self) -> Path:
        return self.folder / "queue.yaml"

    @property
    def trace(self) -> Path:
        return self.folder / "trace.ndjson"

    def write_trace(self, events: Sequence[Mapping[str, Any]], header: Mapping[str, Any] | None = HEADER) -> Path:
        lines = [json.dumps(line) for line in (*([header] if header is not None else []), *events)]
        self.trace.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return self.trace

    def check(self, **options: Any) -> Verdict:
        """The verdict on the trace."""
        return check_trace(self.trace, Workbench(CheckOptions(spec=self.spec, mapping=self.mapping, **options)))

    def arguments(self, *more: str) -> list[str]:
        """The command line that checks the trace."""
        return ["check", str(self.trace), "--spec", str(self.spec), "--map", str(self.mapping), *more]


@pytest.fixture(scope="session")
def queue_module() -> str:
    """The text of the specification."""
    return QUEUE_TLA


@pytest.fixture
def queue(tmp_path: Path) -> QueueFiles:
    files = QueueFiles(tmp_path)
    files.spec.write_text(QUEUE_TLA, encoding="utf-8")
    files.mapping.write_text(QUEUE_MAP, encoding="utf-8")
    files.write_trace(EVENTS)
    return files


@pytest.fixture
def events() -> Callable[[], list[dict[str, Any]]]:
    """The events of the accepted trace, to be changed."""
    return lambda: [dict(event) for event in EVENTS]
