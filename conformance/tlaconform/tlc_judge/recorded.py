"""Traces read whole: what is embedded into a module has to be in memory anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlaconform.errors import ConformanceError
from tlatrace.location import Location
from tlatrace.traces import Event, open_trace


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """A trace with all of its events, of which there is at least one."""

    name: str
    header: Mapping[str, Any]
    events: tuple[Event, ...]

    def place(self, line: int) -> Location:
        return Location(self.name, line, 1, line, 1)


def read_trace(path: str | Path) -> RecordedTrace:
    """The trace in a file; ``-`` and ``.gz`` as everywhere.

    Raises:
        TraceError: it is no trace, or its last line was cut short.
        ConformanceError: it has no event.
    """
    with open_trace(path) as reader:
        trace = RecordedTrace(reader.name, reader.header, tuple(reader))
    if not trace.events:
        raise ConformanceError(
            "the trace has a header but no event; there is nothing to judge", location=trace.place(1)
        )
    return trace
