"""What the five systems have in common.

A generator plays its system by hand, in plain Python that knows nothing of the specification, and writes down as much
of it as is asked for. A *bug* is a line of that Python that is wrong; the trace of a system with a bug may still be
one that the specification allows, if the bug did not show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

FORMAT = "tla-conformance/trace"
SPECS = Path(__file__).parent / "specs"

Event = dict[str, Any]
Stamp = dict[str, int]
"""A vector clock: how many events of each process are known."""


class Logged(Enum):
    """How much an event says."""

    FULL = "full"
    """Name, arguments, and what the step changed."""
    NAMES = "names"
    """Name and arguments."""
    HIDDEN = "hidden"
    """Name and arguments, and some actions leave no event at all, or some arguments are left out."""


class Ordered(Enum):
    """What is known of the order of events."""

    TOTAL = "total"
    """One log, in the order in which things happened."""
    VECTOR = "vector"
    """A log for each process, with vector clocks."""
    NONE = "none"
    """A log for each process, and nothing that orders one against another."""


_ORDERS = {
    Ordered.TOTAL: "",
    Ordered.VECTOR: "order: {by: vector, process: event.process, clock: event.clock}\n",
    Ordered.NONE: "order: {by: file, process: event.process}\n",
}
"""What a mapping says of the order of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What trace is wanted: ``events`` is how many at least, unless a bug ends the run; ``processes`` and ``width`` how
    many there are of what the system has many of, and of values to choose from; ``bug`` one of the system's."""

    events: int
    processes: int = 3
    width: int = 3
    logged: Logged = Logged.FULL
    ordered: Ordered = Ordered.TOTAL
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
    def spec_config(self) -> Path | None:
        """The configuration of the specification by itself, which names invariants; most have none."""
        path = self.spec.with_suffix(".cfg")
        return path if path.exists() else None

    @property
    def trace_spec(self) -> Path:
        return SPECS / f"{self.module}Trace.tla"

    @property
    def config(self) -> Path:
        """Of the trace specification."""
        return self.trace_spec.with_suffix(".cfg")

    def mapping(self, logged: Logged) -> Path:
        """The mapping for traces in one order."""
        return SPECS / f"{self.module}{'Hidden' if logged is Logged.HIDDEN else ''}.yaml"

    def write_mapping(self, knobs: Knobs, folder: Path) -> Path:
        """The mapping for traces of this kind, in ``folder``."""
        text = self.mapping(knobs.logged).read_text(encoding="utf-8")
        path = folder / f"{self.module}-{knobs.logged.value}-{knobs.ordered.value}.yaml"
        path.write_text(text + _ORDERS[knobs.ordered], encoding="utf-8")
        return path


class Recorder:
    """Writes down what a system does, as much as the knobs ask for."""

    def __init__(self, knobs: Knobs, processes: Sequence[str]) -> None:
        self._knobs = knobs
        self._clocks: dict[str, Stamp] = {process: {} for process in processes}
        self._events: list[Event] = []

    def __len__(self) -> int:
        return len(self._events)

    def write(self, process: str, event: str, effect: Event | None = None, **arguments: Any) -> None:
        """An event of that process: its arguments, and where everything is logged, its effect."""
        clock = self._clocks[process]
        clock[process] = clock.get(process, 0) + 1
        said: Event = {"event": event, **arguments}
        if self._knobs.logged is Logged.FULL:
            said |= effect or {}
        if self._knobs.ordered is not Ordered.TOTAL:
            said["process"] = process
        if self._knobs.ordered is Ordered.VECTOR:
            said["clock"] = dict(clock)
        self._events.append(said)

    def stamp(self, process: str) -> Stamp:
        """What travels with a message of that process."""
        return dict(self._clocks[process])

    def receive(self, process: str, stamp: Stamp) -> None:
        """A message with that stamp has come: the next event of ``process`` is after what its sender knew."""
        clock = self._clocks[process]
        for other, count in stamp.items():
            clock[other] = max(clock.get(other, 0), count)

    def trace(self, spec: str, **constants: Any) -> Trace:
        """What was written. The logs of processes follow one another, so that the order of lines tells nothing of the
        order of events. ``hidden`` is for the trace specification, which allows hidden steps then."""
        header: Event = {
            "format": FORMAT,
            "version": 1,
            "spec": spec,
            "constants": constants,
            "hidden": self._knobs.logged is Logged.HIDDEN,
        }
        if self._knobs.ordered is Ordered.TOTAL:
            return Trace(header, tuple(self._events))
        of_process: dict[str, list[Event]] = {process: [] for process in self._clocks}
        for event in self._events:
            of_process[event["process"]].append(event)
        return Trace(
            {**header, "processes": list(self._clocks)},
            tuple(event for events in of_process.values() for event in events),
        )
