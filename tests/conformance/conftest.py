"""A small specification with a mapping and a trace, written into a folder for each test, to be broken there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tlaconform.check import CheckOptions, Workbench, check_trace
from tlatrace.engine.verdict import Verdict

QUEUE_TLA = r"""
------------------------------ MODULE Queue ------------------------------
EXTENDS Naturals, Sequences
CONSTANTS Capacity, Item
VARIABLES queue, lost
vars == <<queue, lost>>

Init == queue = << >> /\ lost = 0

Put(x) ==
    /\ x \in Item
    /\ Len(queue) < Capacity
    /\ queue' = Append(queue, x)
    /\ UNCHANGED lost

Get(x) ==
    /\ queue # << >>
    /\ x = Head(queue)
    /\ queue' = Tail(queue)
    /\ UNCHANGED lost

Lose ==
    /\ queue # << >>
    /\ queue' = Tail(queue)
    /\ lost' = lost + 1

Next == (\E x \in Item : Put(x)) \/ (\E x \in Item : Get(x)) \/ Lose
Spec == Init /\ [][Next]_vars

NothingLostInv == lost = 0
ShortInv == Len(queue) <= 1
ShrinksByOneProp == [][Len(queue') >= Len(queue) - 1]_vars
LostNeverRisesProp == [][lost' = lost]_vars
==========================================================================
"""

QUEUE_MAP = """
version: 1
spec: Queue
constants:
  Capacity: header.constants.Capacity
  Item: 0 .. 9
kind: event.op
observe:
  Len(queue): event.size
events:
  put: Put(event.item)
  get: Get(event.item)
"""

HEADER = {"format": "tla-conformance/trace", "version": 1, "spec": "Queue", "constants": {"Capacity": 2}}

EVENTS = (
    {"op": "put", "item": 1, "size": 1},
    {"op": "put", "item": 2, "size": 2},
    {"op": "get", "item": 1, "size": 1},
    {"op": "put", "item": 3, "size": 2},
    {"op": "get", "item": 2, "size": 1},
    {"op": "get", "item": 3, "size": 0},
)


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
