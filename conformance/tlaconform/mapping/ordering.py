"""``order:`` of a mapping as the rule that orders events."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from tlaconform.errors import MappingError
from tlaconform.mapping.fields import EVENT, Fields
from tlaconform.mapping.model import OrderEntry, Written
from tlaconform.mapping.standalone import Standalone, event_place
from tlatrace.engine.inputs import EventError
from tlatrace.traces import Event, OrderKind, OrderRule
from tlatrace.traces.order import REORDER_WINDOW
from tlatrace.values import AnySet, Value, to_json, to_text

Names = Callable[[Event], str]
"""What the file of an event is called."""


def order_of(entry: OrderEntry, standalone: Standalone, names: Names, processes: Value | None) -> OrderRule:
    """The rule. ``processes`` is the value of ``processes:``, if there is one.

    Raises:
        MappingError: ``processes`` is no set.
    """
    read = _Reading(standalone, names)
    return OrderRule(
        kind=OrderKind(entry.by),
        process=read.process(entry.process),
        key=read.key(entry.key),
        clock=read.clock(entry.clock, OrderKind(entry.by)),
        start=read.time(entry.start),
        end=read.time(entry.end),
        window=REORDER_WINDOW if entry.window is None else entry.window,
        has_unlogged=entry.has_unlogged,
        processes=None if entry.processes is None else _processes(entry.processes, processes),
    )


def _processes(written: Written, value: Value | None) -> tuple[Hashable, ...]:
    if not isinstance(value, AnySet) or not value.is_finite():
        shown = "nothing" if value is None else to_text(value)
        raise MappingError(f"`processes: {written.text}` is {shown}; expected a finite set", location=written.location)
    return tuple(_text(item) for item in value)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else to_text(value)


class _Reading:
    """Functions of an event. A field is read as it stands in the file, where a fraction or a date is as good as a
    number; any other expression is evaluated.
    """

    def __init__(self, standalone: Standalone, names: Names) -> None:
        self._standalone = standalone
        self._names = names

    def process(self, written: Written | None) -> Callable[[Event], Hashable] | None:
        if written is None:
            return None
        read = self._raw(written)

        def process(event: Event) -> str:
            found = read(event)
            if found is None:
                raise self._wrong(written, "process", event, found, "the name of a process")
            return found if isinstance(found, str) else str(found)

        return process

    def key(self, written: Written | None) -> Callable[[Event], Any] | None:
        if written is None:
            return None
        read = self._raw(written)

        def key(event: Event) -> Any:
            found = read(event)
            if isinstance(found, bool) or not isinstance(found, int | float | str):
                raise self._wrong(written, "key", event, found, "a number or a text")
            return found

        return key

    def time(self, written: Written | None) -> Callable[[Event], int] | None:
        if written is None:
            return None
        read = self._raw(written)

        def time(event: Event) -> int:
            found = read(event)
            if isinstance(found, bool) or not isinstance(found, int | float):
                raise self._wrong(written, "start` or `end", event, found, "a number")
            return found  # type: ignore[return-value]

        return time

    def clock(
        self, written: Written | None, kind: OrderKind
    ) -> Callable[[Event], int | Mapping[str, int] | None] | None:
        if written is None:
            return None
        read = self._raw(written)

        def clock(event: Event) -> Any:
            found = read(event)
            if isinstance(found, dict) and list(found) == ["#map"]:
                found = {str(key): value for key, value in found["#map"]}
            if isinstance(found, list):
                # A function on 1..n, or an array: processes are counted from 1.
                found = {str(number): value for number, value in enumerate(found, 1)}
            expected = Mapping if kind is OrderKind.VECTOR else int
            if found is not None and (isinstance(found, bool) or not isinstance(found, expected)):
                wanted = "an object with a number for each process" if kind is OrderKind.VECTOR else "a whole number"
                raise self._wrong(written, "clock", event, found, wanted)
            return found

        return clock

    def _raw(self, written: Written) -> Callable[[Event], Any]:
        """The JSON of a field, None where it is missing; of any other expression, its value as JSON."""
        path = Fields(EVENT, roots=self._standalone.roots).path_of(written.tree)
        if path is None:
            evaluate = self._standalone.of_event(written)
            return lambda event: to_json(evaluate(event, self._names(event)))

        def field(event: Event) -> Any:
            found: Any = event.fields
            for key in path:
                found = found.get(key) if isinstance(found, Mapping) else None
            return found

        return field

    def _wrong(self, written: Written, what: str, event: Event, found: object, expected: str) -> EventError:
        if found is None:
            found_text = f"the event has no {written.text} (or it is null), which `{what}:` needs"
        else:
            found_text = f"`{what}: {written.text}` gives {json.dumps(found, ensure_ascii=False)} here"
        return EventError(
            f"{found_text}; expected {expected}",
            location=event_place(self._names(event), event),
            hint=f"it is read at {written.location}",
        )
