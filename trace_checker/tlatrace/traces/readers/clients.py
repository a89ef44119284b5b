"""Lists of JSON objects whose shape is checked, and whose order is known: CCF's consistency traces, EWD998's, and
those of TV (trace validation by variable updates).

``ccf-consistency``: ``{"action": …, "type": …, "tx": …, "tx_id": [view, seqno], "status": …}``, in the order of the
file.

``ewd998``: a first line ``{"N": …}``, which is the header, then ``{"event": "<" | ">" | "d", "node": …, "pkt": {"vc":
{"0": …}, …}}``, ordered by the vector clocks.

``tv``: ``{"clock": …, "<variable>": [{"op": …, "path": […], "args": […]}], "event": …, "event_args": […]}``, sorted by
``clock``. What an event says of variables is gathered: ``{"clock": …, "event": …, "event_args": […], "updates":
{"<variable>": […]}}``, ``event`` being "" where it is not logged. A ``__exception`` is an error: the run that wrote the
trace failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlatrace.traces.event import Event
from tlatrace.traces.order import OrderKind, OrderRule
from tlatrace.traces.reader import TraceReader
from tlatrace.traces.readers.format import Reader, Sample, key_reader, plain


class ConsistencyReader(TraceReader):
    """Reads CCF's consistency traces."""

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        found = self.parse(line)
        if not isinstance(found.get("action"), str):
            self.fail(self.line_number, 1, "a line without `action`", '{"action": …, "type": …, "tx": …}')
        return found


class Ewd998Reader(TraceReader):
    """Reads the traces of the termination detector EWD998."""

    _is_started = False

    def read_header(self) -> None:
        first = self.first_event()
        if "N" not in first.fields or "event" in first.fields:
            self.fail(first.line, 1, "the first line does not say how many nodes there are", 'a line {"N": …}')
        self.header = first.fields
        self._is_started = True
        self.order = OrderRule(kind=OrderKind.VECTOR, process=_node, clock=_clock)

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        found = self.parse(line)
        is_whole = "event" in found and "node" in found and isinstance(found.get("pkt"), dict)
        if not is_whole and (self._is_started or "event" in found):
            self.fail(
                self.line_number,
                1,
                "an event without `node` and `pkt`, or without `event`",
                '{"event": …, "node": …, "pkt": {…}}',
            )
        return found


def _node(event: Event) -> str:
    return str(event.fields.get("node"))


def _clock(event: Event) -> Mapping[str, int] | None:
    clock: Mapping[str, int] | None = event.fields["pkt"].get("vc")
    return clock


class UpdatesReader(TraceReader):
    """Reads TV's traces."""

    def read_header(self) -> None:
        super().read_header()
        self.order = OrderRule(kind=OrderKind.KEY, key=key_reader(self, "clock"))

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        found = self.parse(line)
        if "clock" not in found:
            return found
        if "__exception" in found:
            self.fail(
                self.line_number, 1, f"the run that wrote this trace failed ({found['__exception']!r})", "a whole run"
            )
        event: dict[str, Any] = {"clock": found["clock"], "event": found.get("event", "")}
        if "event_args" in found:
            event["event_args"] = found["event_args"]
        updates: dict[str, Any] = {}
        for name, value in found.items():
            if _is_updates(value):
                updates[name] = value
            elif name not in event:
                event[name] = value
        return {**event, "updates": updates}


def _is_updates(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "op" in item for item in value)


def _is_consistency(sample: Sample) -> bool:
    first = sample.objects[:1]
    return bool(first) and {"action", "type", "tx"} <= first[0].keys()


def _is_ewd998(sample: Sample) -> bool:
    objects = sample.objects
    return len(objects) > 1 and objects[0].keys() == {"N"} and {"event", "node", "pkt"} <= objects[1].keys()


def _is_tv(sample: Sample) -> bool:
    return any("clock" in item and any(_is_updates(value) for value in item.values()) for item in sample.objects)


CCF_CONSISTENCY = Reader(
    name="ccf-consistency",
    summary="CCF's client traces; an event is an object with `action`, `type`, `tx`",
    open=plain(ConsistencyReader),
    recognises=_is_consistency,
)

EWD998 = Reader(
    name="ewd998",
    summary='a header {"N": …}, then events with `event`, `node` and `pkt`, ordered by the vector clocks `pkt.vc`',
    open=plain(Ewd998Reader),
    recognises=_is_ewd998,
)

TV = Reader(
    name="tv",
    summary="updates of variables; an event has `clock`, `event`, `event_args` and `updates`, by variable",
    open=plain(UpdatesReader),
    recognises=_is_tv,
)
