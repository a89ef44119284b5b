"""Logs in which the lines of a trace carry a tag: those of etcd's raft, of Specula, and of CCF's consensus.

What is left out by rule is counted: lines without the tag, which are the log's other messages. Text before the object
(a logger's prefix) is dropped. A line that has the tag but is no JSON object is an error.

``etcd`` (and Specula, which writes the same shape): ``{"tag": "trace", "ts": …, "event": {"name": …, "nid": …, "state":
{…}, …}}``, sorted by ``ts``. Leading lines with ``"tag": "config"`` make up the header. The flat shape of concurrent
programs, ``{"tag": "trace", "ts": …, "event": "Name", "thread": …, "state": {…}}``, is read in the same way.

``ccf``: ``{"tag": "raft_trace", "h_ts": …, "msg": {"function": …, "state": {…}, "packet": {…}, …}, "cmd": …}``, sorted
by ``h_ts``. Where ``committable_indices`` stands beside ``state``, as older versions had it, it is moved into it.

An event is the whole object of its line: ``event: line.event`` in the mapping makes the part that matters the event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tlatrace.traces.event import Event
from tlatrace.traces.order import OrderKind, OrderRule
from tlatrace.traces.reader import TraceReader
from tlatrace.traces.readers.format import Reader, Sample, key_reader, object_start, plain


class TaggedReader(TraceReader):
    """Reads the lines that have a tag."""

    tag = "trace"
    header_tag: str | None = "config"
    time = "ts"

    def read_header(self) -> None:
        self._is_started = False
        header: dict[str, Any] = {}
        event = self.first_event()
        while self.header_tag is not None and event.fields.get("tag") == self.header_tag:
            header |= {name: value for name, value in event.fields.items() if name != "tag"}
            event = self.first_event()
        self.header = header
        self._is_started = True
        self.give_back([event])
        if self.time in event.fields:
            self.order = OrderRule(kind=OrderKind.KEY, key=key_reader(self, self.time, as_number=True))

    def next_event(self) -> Event | None:
        event = super().next_event()
        if self._is_started and event is not None and event.fields.get("tag") == self.header_tag:
            self.fail(event.line, 1, f"a line tagged {self.header_tag!r} after the first event", "it before all events")
        return event

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        tags = (self.tag.encode(), (self.header_tag or self.tag).encode())
        if not any(tag in tags for tag in _TAG.findall(line)) and (line.endswith(b"\n") or b"{" not in line):
            self.leave_out(f'without "tag": "{self.tag}"')
            return None
        found = self.parse(line, object_start(line))
        if found.get("tag") not in (self.tag, self.header_tag):
            self.leave_out(f'without "tag": "{self.tag}"')
            return None
        return self.shaped(found)

    def shaped(self, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The event as it is given on."""
        if found["tag"] == self.tag and "event" not in found:
            self.fail(self.line_number, 1, "a traced line without `event`", '{"tag": "trace", "event": …}')
        return found


class CcfReader(TaggedReader):
    """Reads CCF's consensus traces."""

    tag = "raft_trace"
    header_tag = None
    time = "h_ts"

    def shaped(self, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        message = found.get("msg")
        if message is None and "cmd" in found:
            self.leave_out("a command of the test driver")
            return None
        if not isinstance(message, dict) or not isinstance(message.get("state"), dict) or "function" not in message:
            self.fail(self.line_number, 1, "a traced line without function and state", '{"msg": {"function": …, …}}')
        if "committable_indices" in message and "committable_indices" not in message["state"]:
            state = {**message["state"], "committable_indices": message["committable_indices"]}
            rest = {name: value for name, value in message.items() if name != "committable_indices"}
            return {**found, "msg": {**rest, "state": state}}
        return found


_TAG = re.compile(rb'"tag"\s*:\s*"([^"\\]*)"')


def _is_etcd(sample: Sample) -> bool:
    return any(
        (item.get("tag") == "trace" and isinstance(item.get("event"), dict | str)) or item.get("tag") == "config"
        for item in sample.objects
    )


def _is_ccf(sample: Sample) -> bool:
    return any(item.get("tag") == "raft_trace" for item in sample.objects)


ETCD = Reader(
    name="etcd",
    summary='lines with "tag": "trace" of etcd\'s raft or of Specula; an event is the whole line',
    open=plain(TaggedReader),
    recognises=_is_etcd,
)

CCF = Reader(
    name="ccf",
    summary='lines with "tag": "raft_trace" of CCF\'s consensus; an event is the whole line',
    open=plain(CcfReader),
    recognises=_is_ccf,
)
