"""A traffic light and a trace of it, written into a folder for each test together with a trace specification."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tlaconform.trace_specs import TraceSpecOptions, check_trace_spec
from tlatrace.engine.verdict import Verdict

LIGHT = """---- MODULE Light ----
EXTENDS Naturals
VARIABLES color, cars
vars == <<color, cars>>

Init ==
  /\\ color = "red"
  /\\ cars = 0

Change(to) ==
  /\\ to = CASE color = "red" -> "green" [] color = "green" -> "yellow" [] color = "yellow" -> "red"
  /\\ color' = to
  /\\ UNCHANGED cars

Arrive ==
  /\\ color # "green"
  /\\ cars' = cars + 1
  /\\ UNCHANGED color

Leave ==
  /\\ color = "green"
  /\\ cars > 0
  /\\ cars' = cars - 1
  /\\ UNCHANGED color

Next == (\\E to \\in {"red", "green", "yellow"} : Change(to)) \\/ Arrive \\/ Leave
Spec == Init /\\ [][Next]_vars
====
"""

EVENTS: tuple[dict[str, Any], ...] = (
    {"event": "arrive", "cars": 1},
    {"event": "arrive", "cars": 2},
    {"event": "change", "to": "green"},
    {"event": "leave", "cars": 1},
    {"event": "change", "to": "yellow"},
    {"event": "arrive", "cars": 2},
    {"event": "change", "to": "red"},
    {"event": "change", "to": "green"},
    {"event": "leave", "cars": 1},
    {"event": "leave", "cars": 0},
)


@dataclass(frozen=True)
class LightFiles:
    """The files of one check."""

    folder: Path

    @property
    def spec(self) -> Path:
        return self.folder / "Trace.tla"

    @property
    def trace(self) -> Path:
        return self.folder / "trace.ndjson"

    def write(self, body: str, config: str, events: Sequence[dict[str, Any]] = EVENTS) -> None:
        (self.folder / "Light.tla").write_text(LIGHT, encoding="utf-8")
        self.spec.write_text(f"---- MODULE Trace ----{body}====\n", encoding="utf-8")
        self.spec.with_suffix(".cfg").write_text(config, encoding="utf-8")
        self.log(events)

    def log(self, events: Sequence[dict[str, Any]]) -> Path:
        self.trace.write_text("".join(f"{json.dumps(event)}\n" for event in events), encoding="utf-8")
        return self.trace

    def check(self, **options: Any) -> Verdict:
        return check_trace_spec(self.trace, TraceSpecOptions(spec=self.spec, **options))


@pytest.fixture
def light(tmp_path: Path) -> LightFiles:
    return LightFiles(tmp_path)


@pytest.fixture
def events() -> Callable[[], list[dict[str, Any]]]:
    """The events of the trace, anew each time."""
    return lambda: [dict(event) for event in EVENTS]
