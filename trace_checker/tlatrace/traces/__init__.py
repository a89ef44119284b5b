"""Recorded traces: files of events, read lazily, with the place of everything that is wrong in them."""

from tlatrace.traces.reader import FORMAT, FORMAT_VERSION, Event, TornTail, TraceError, TraceReader, open_trace

__all__ = ["FORMAT", "FORMAT_VERSION", "Event", "TornTail", "TraceError", "TraceReader", "open_trace"]
