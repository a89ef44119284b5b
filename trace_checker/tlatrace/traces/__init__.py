"""Recorded traces: files of events, read lazily, and their order; what is wrong has its place."""

from tlatrace.traces.event import Event, TornTail, TraceError
from tlatrace.traces.order import FILE_ORDER, OrderKind, OrderRule, total_order
from tlatrace.traces.partial_order import PartialOrder, Positions
from tlatrace.traces.reader import FORMAT, FORMAT_VERSION, STANDARD_INPUT, TraceReader, open_trace

__all__ = [
    "FILE_ORDER",
    "FORMAT",
    "FORMAT_VERSION",
    "STANDARD_INPUT",
    "Event",
    "OrderKind",
    "OrderRule",
    "PartialOrder",
    "Positions",
    "TornTail",
    "TraceError",
    "TraceReader",
    "open_trace",
    "total_order",
]
