"""Recorded traces: files of events, read lazily, with the place of everything that is wrong in them."""

from tlatrace.traces.reader import (
    FORMAT,
    FORMAT_VERSION,
    STANDARD_INPUT,
    Event,
    TornTail,
    TraceError,
    TraceReader,
    open_trace,
)

__all__ = ["FORMAT", "FORMAT_VERSION", "STANDARD_INPUT", "Event", "TornTail", "TraceError", "TraceReader", "open_trace"]
