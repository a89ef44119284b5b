"""MessagePack: a file of objects one after the other, as OmniLink writes them.

An event is an object ``{"operation_name": …, "operation": {…, "_op_start": …, "_op_end": …, "_did_abort": …, "_meta":
…}}``; what else it has is left as it is. Where the first one has ``_op_start`` and ``_op_end``, the operations are
ordered by those times: one that ended comes before those that started later. The line of an event is its number.

Objects with keys that are no texts become ``{"#map": [[key, value], …]}``; binary data and extensions are errors.
Reading is our own (the format is a page long), so that nothing has to be installed. Source: the MessagePack
specification.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Hashable, Mapping
from typing import Any

from tlatrace.traces.event import Event, TornTail, TraceError
from tlatrace.traces.json_text import NESTING_MAX
from tlatrace.traces.order import OrderKind, OrderRule
from tlatrace.traces.reader import LINE_BYTES_MAX, TraceReader
from tlatrace.traces.readers.format import Reader, Sample, plain


class PackedReader(TraceReader):
    """Reads objects in MessagePack."""

    def read_header(self) -> None:
        self._offset = 0
        first = self.first_event()
        self.give_back([first])
        operation = first.fields.get("operation")
        if isinstance(operation, dict) and "_op_start" in operation and "_op_end" in operation:
            self.order = OrderRule(kind=OrderKind.BOXES, start=self._time("_op_start"), end=self._time("_op_end"))

    def _time(self, name: str) -> Any:
        def time(event: Event) -> int:
            operation = event.fields.get("operation")
            if not isinstance(operation, dict):
                self.fail(event.line, 1, f"{operation!r} is no operation", f"a map with {name}, as the first one has")
            found = operation.get(name)
            if type(found) is not int:
                self.fail(event.line, 1, f"the operation has {found!r} for {name}", "a whole number")
            return found

        return time

    def next_event(self) -> Event | None:
        if self._ended:
            return None
        start = self._read(1, may_end=True)
        if not start:
            self._ended = True
            return None
        self._line += 1
        found = self._object(start[0], 0)
        if not isinstance(found, dict) or "#map" in found:
            self.fail(self._line, 1, f"object {self._line} is no map with texts as its keys", "a map")
        return Event(self._line, found)

    def _read(self, count: int, *, may_end: bool = False) -> bytes:
        if count > LINE_BYTES_MAX:
            raise self._wrong(f"a value of {count} bytes", f"at most {LINE_BYTES_MAX}")
        try:
            data = self._stream.read(count)
        except (OSError, EOFError, zlib.error) as error:
            raise self._wrong(f"the file cannot be read further ({error})", "a readable, complete file") from None
        self._digest.update(data)
        if len(data) < count and not (may_end and not data):
            raise TornTail(
                "the last object was cut short",
                location=self.place(self._line),
                hint="if the writer crashed here, --torn-tail=cut judges the events before it",
            )
        self._offset += len(data)
        return data

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._read(struct.calcsize(form)))[0]

    def _object(self, tag: int, depth: int) -> Any:
        if depth > NESTING_MAX:
            raise self._wrong(f"more than {NESTING_MAX} arrays and maps inside of each other", "less")
        if tag <= 0x7F:
            return tag
        if tag >= 0xE0:
            return tag - 0x100
        if tag <= 0x8F:
            return self._map(tag & 0x0F, depth)
        if tag <= 0x9F:
            return self._array(tag & 0x0F, depth)
        if tag <= 0xBF:
            return self._text(tag & 0x1F)
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag in _NUMBERS:
            return self._number(_NUMBERS[tag])
        if tag in _TEXTS:
            return self._text(self._number(_TEXTS[tag]))
        if tag in _ARRAYS:
            return self._array(self._number(_ARRAYS[tag]), depth)
        if tag in _MAPS:
            return self._map(self._number(_MAPS[tag]), depth)
        raise self._wrong(
            f"the byte 0x{tag:02x} (binary data, or an extension)", "numbers, texts, Booleans, arrays or maps"
        )

    def _text(self, length: int) -> str:
        try:
            return self._read(length).decode()
        except UnicodeDecodeError:
            raise self._wrong("a text that is not UTF-8", "UTF-8") from None

    def _array(self, length: int, depth: int) -> list[Any]:
        return [self._object(self._read(1)[0], depth + 1) for _ in range(length)]

    def _map(self, length: int, depth: int) -> dict[str, Any]:
        pairs = [
            [self._object(self._read(1)[0], depth + 1), self._object(self._read(1)[0], depth + 1)]
            for _ in range(length)
        ]
        if len({_hashable(key) for key, _ in pairs}) < length:
            raise self._wrong("a map in which a key stands twice", "each key once")
        if all(type(key) is str for key, _ in pairs):
            return dict(pairs)
        return {"#map": pairs}

    def _wrong(self, found: str, expected: str) -> TraceError:
        return TraceError(
            f"{found} at byte {self._offset} of the file; expected {expected}", location=self.place(self._line or 1)
        )


def _hashable(key: Any) -> Hashable:
    """What is equal for equal keys: 1, 1.0 and TRUE are three."""
    if isinstance(key, list):
        return list, tuple(map(_hashable, key))
    if isinstance(key, dict):
        return dict, frozenset((name, _hashable(item)) for name, item in key.items())
    return type(key), key


_CONSTANTS: Mapping[int, Any] = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS: Mapping[int, str] = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_TEXTS: Mapping[int, str] = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_ARRAYS: Mapping[int, str] = {0xDC: ">H", 0xDD: ">I"}
_MAPS: Mapping[int, str] = {0xDE: ">H", 0xDF: ">I"}


def _is_packed(sample: Sample) -> bool:
    start = sample.text[:1]
    return sample.has_suffix(".msgpack", ".mpk") or bool(start and 0x80 <= start[0] <= 0x8F)


OMNILINK = Reader(
    name="omnilink",
    summary="MessagePack; an event has `operation_name` and `operation`, ordered by `_op_start` and `_op_end`",
    open=plain(PackedReader),
    recognises=_is_packed,
)
