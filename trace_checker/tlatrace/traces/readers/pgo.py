"""Traces of programs that PGo compiled: one file for each node, values written as TLA+ text.

A line is a critical section: ``{"archetypeName": …, "self": …, "csElements": [{"tag": "read" | "write", "name":
{"prefix": …, "name": …, "self": …}, "indices": […], "value": …, "oldValue": …}, …], "clock": …, "startTime": …,
"endTime": …, "isAbort": …}``. An event is

    {"archetype": …, "self": …, "label": …, "next": …, "reads": {variable: value}, "writes": {variable: value},
     "elements": […], "clock": {process: n}, "start": …, "end": …}

``label`` is the program counter that the section read first, ``next`` the one that it wrote last ("" where it wrote
none). ``reads`` has what was read first of a variable, ``writes`` what was written last; a variable is called by its
name, with its prefix before a dot, and what was read or written at indices is a list of ``{"indices": […], "value":
…}``. ``elements`` are all of them in order, with values instead of texts. ``clock`` is keyed by ``archetype(self)``.
The values are JSON with the tags of ITF. Sections that were aborted changed nothing: they are left out, and counted.

Sections are ordered by their vector clocks, where they have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tlatrace.traces.event import Event
from tlatrace.traces.order import OrderKind, OrderRule
from tlatrace.traces.reader import TraceReader
from tlatrace.traces.readers.format import Reader, Sample, plain
from tlatrace.traces.readers.tla_text import NoValue, json_of_text

PROGRAM_COUNTER = ".pc"


class PgoReader(TraceReader):
    """Reads the file of one node."""

    def read_header(self) -> None:
        first = self.first_event()
        self.give_back([first])
        if first.fields["clock"]:
            # Sections that were aborted ticked, too.
            self.order = OrderRule(kind=OrderKind.VECTOR, process=_process, clock=_clock, has_unlogged=True)

    def object_of(self, line: bytes) -> Mapping[str, Any] | None:
        found = self.parse(line)
        if not isinstance(found.get("csElements"), list) or not isinstance(found.get("archetypeName"), str):
            self.fail(self.line_number, 1, "no critical section", '{"archetypeName": …, "self": …, "csElements": […]}')
        if found.get("isAbort") is True:
            self.leave_out("aborted")
            return None
        elements = [self._element(item) for item in found["csElements"]]
        counters = [item for item in elements if item["name"] == PROGRAM_COUNTER]
        others = [item for item in elements if item["name"] != PROGRAM_COUNTER]
        return {
            "archetype": found["archetypeName"],
            "self": self._value(found.get("self")),
            "label": next((item["value"] for item in counters if item["tag"] == "read"), ""),
            "next": next((item["value"] for item in reversed(counters) if item["tag"] == "write"), ""),
            "reads": _by_name([item for item in others if item["tag"] == "read"][::-1]),
            "writes": _by_name([item for item in others if item["tag"] == "write"]),
            "elements": elements,
            "clock": self._clock_of(found.get("clock")),
            "start": found.get("startTime"),
            "end": found.get("endTime"),
        }

    def _element(self, item: Any) -> dict[str, Any]:
        if (
            not isinstance(item, dict)
            or item.get("tag") not in ("read", "write")
            or not isinstance(item.get("name"), dict)
        ):
            self.fail(
                self.line_number, 1, f"the element {item!r}", '{"tag": "read" or "write", "name": {…}, "value": …}'
            )
        name, indices = item["name"], item.get("indices") or []
        if not isinstance(name.get("name", ""), str) or not isinstance(indices, list):
            self.fail(self.line_number, 1, f"the element {item!r}", "a text as its name's `name`, a list as `indices`")
        prefix = name.get("prefix") or ""
        element = {
            "tag": item["tag"],
            "name": f"{prefix}.{name.get('name', '')}" if prefix or name.get("name") == "pc" else name.get("name", ""),
            "self": self._value(name.get("self")),
            "indices": [self._value(index) for index in indices],
            "value": self._value(item.get("value")),
        }
        return element | ({"old": self._value(item["oldValue"])} if item.get("oldValue") is not None else {})

    def _value(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        try:
            return json_of_text(text)
        except NoValue as error:
            self.fail(self.line_number, 1, f"{text!r} where a value of TLA+ should stand ({error})", "a value as text")

    def _clock_of(self, clock: Any) -> dict[str, int]:
        pairs = clock.items() if isinstance(clock, dict) else clock or []
        if not isinstance(pairs, Iterable):
            self.fail(self.line_number, 1, f"the clock {clock!r}", "pairs of a process and a number")
        found: dict[str, int] = {}
        for pair in pairs:
            if not isinstance(pair, Sequence) or len(pair) != 2 or type(pair[1]) is not int:
                self.fail(self.line_number, 1, f"{pair!r} in the clock", "pairs of a process and a number")
            process, entry = pair
            if isinstance(process, list) and len(process) == 2:
                found[_named(process[0], self._value(process[1]))] = entry
            else:
                found[str(process)] = entry
        return found


def _named(archetype: Any, self_value: Any) -> str:
    return f"{archetype}({self_value})"


def _process(event: Event) -> str:
    return _named(event.fields["archetype"], event.fields["self"])


def _clock(event: Event) -> Mapping[str, int]:
    clock: Mapping[str, int] = event.fields["clock"]
    return clock


def _by_name(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The last value of each variable; of those with indices, the last at each of them."""
    found: dict[str, Any] = {}
    for item in items:
        if not item["indices"]:
            found[item["name"]] = item["value"]
            continue
        known = found.setdefault(item["name"], [])
        if isinstance(known, list):
            known[:] = [each for each in known if each["indices"] != item["indices"]]
            known.append({"indices": item["indices"], "value": item["value"]})
    return found


def _is_pgo(sample: Sample) -> bool:
    return any({"archetypeName", "csElements"} <= item.keys() for item in sample.objects[:1])


PGO = Reader(
    name="pgo",
    summary="critical sections of PGo's programs; an event has `archetype`, `self`, `label`, `next`, `reads`, `writes`",
    open=plain(PgoReader),
    recognises=_is_pgo,
)
