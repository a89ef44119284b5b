"""What the five systems have in common.

A generator plays its system by hand, in plain Python that knows nothing of the specification, and writes down as much
of it as is asked for. A *bug* is a line of that Python that is wrong; the trace of a system with a bug may still be
one that the specification allows, if the bug did not show.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

FORMAT = "tla-conformance/trace"
SPECS = Path(__file__).parent / "specs"

Event = dict[str, Any]


class Logged(Enum):
    """How much an event says."""

    FULL = "full"
    """Name, arguments, and what the step changed."""
    NAMES = "names"
    """Name and arguments."""
    HIDDEN = "hidden"
    """Name and arguments, and some actions leave no event at all, or some arguments are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What trace is wanted: ``events`` is how many at least, unless a bug ends the run; ``bug`` one of the system's."""

    events: int
    processes: int = 3
    logged: Logged = Logged.FULL
    bug: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """A header and events."""

    header: Event
    events: tuple[Event, ...]

    def write(self, path: Path) -> Path:
        lines = (self.header, *self.events)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One of the five. ``module`` is the specification; ``<module>.yaml`` its mapping, ``<module>Hidden.yaml`` the one
    for :attr:`Logged.HIDDEN`; ``<module>Trace`` its trace specification."""

    name: str
    module: str
    bugs: tuple[str, ...]
    generate: Callable[[Knobs], Trace]

    @property
    def spec(self) -> Path:
        return SPECS / f"{self.module}.tla"

    @property
    def trace_spec(self) -> Path:
        return SPECS / f"{self.module}Trace.tla"

    @property
    def config(self) -> Path:
        """Of the trace specification."""
        return SPECS / f"{self.module}Trace.cfg"

    def mapping(self, logged: Logged) -> Path:
        return SPECS / f"{self.module}{'Hidden' if logged is Logged.HIDDEN else ''}.yaml"


def header(spec: str, logged: Logged, **constants: Any) -> Event:
    """The first line of a trace. ``hidden`` is for the trace specification, which allows hidden steps then."""
    return {
        "format": FORMAT,
        "version": 1,
        "spec": spec,
        "constants": constants,
        "hidden": logged is Logged.HIDDEN,
    }
