"""Events, and the errors of reading them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tlatrace.errors import TlatraceError


class TraceError(TlatraceError):
    """The trace is not what a trace must be."""


class TornTail(TraceError):
    """The last line has no end and is not JSON: the writer was cut off in the middle of it."""


class Event(NamedTuple):
    """One line of a trace: its number (from 1) and the object that stands there; ``log`` numbers its file (from 0)
    among the logs that make up the trace."""

    line: int
    fields: Mapping[str, Any]
    log: int = 0
