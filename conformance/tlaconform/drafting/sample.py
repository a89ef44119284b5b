"""The fields of a sample of events: where they are, how often, with which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from tlaconform.mapping import open_logs
from tlatrace.traces import OrderRule
from tlatrace.traces.readers.registry import name_of

EVENTS_MAX = 5_000
"""Events that are looked at; kinds that come later are found by `conformance map check`."""

VALUES_MAX = 200
"""Different values of a field that are kept."""

Path = tuple[str, ...]


@dataclass(slots=True)
class SeenField:
    """A field: in how many events it is, and its different values (the first of them)."""

    path: Path
    events: int = 0
    values: list[Any] = field(default_factory=list)
    has_null: bool = False

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def is_object(self) -> bool:
        return any(isinstance(value, Mapping) for value in self.values)

    def all_are(self, *types: type) -> bool:
        """Whether its values, but for null, are all of these types."""
        return bool(self.values) and all(type(value) in types for value in self.values)

    def note(self, value: Any) -> None:
        self.events += 1
        if value is None:
            self.has_null = True
        elif len(self.values) < VALUES_MAX and value not in self.values:
            self.values.append(value)


@dataclass(frozen=True, slots=True)
class Sample:
    """Events of one trace."""

    file: str
    reader: str
    header: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    order: OrderRule | None

    def fields(self, events: Sequence[Mapping[str, Any]] | None = None) -> dict[Path, SeenField]:
        """The fields of all events, or of some, objects included."""
        found: dict[Path, SeenField] = {}
        for event in self.events if events is None else events:
            for path, value in _fields(event, ()):
                found.setdefault(path, SeenField(path)).note(value)
        return found


def read_sample(trace: str | FilePath, reader: str | None = None) -> Sample:
    """The first events of a trace.

    Raises:
        TlatraceError: it cannot be read, or has no event.
    """
    with open_logs([trace], reader=reader) as source:
        (log,) = source.logs
        source.first_event()
        events = [event.fields for event in islice(log, EVENTS_MAX)]
        return Sample(log.name, name_of(log), log.header, events, log.order)


def _fields(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items():
        if not key.isidentifier():
            continue  # TLA+ cannot name it
        yield (*path, key), item
        if isinstance(item, Mapping) and not any(inner.startswith("#") for inner in item):
            yield from _fields(item, (*path, key))
