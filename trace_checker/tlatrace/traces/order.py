"""How the events of a trace are ordered, and total orders.

An :class:`OrderRule` says what an event's clock is, as plain Python callables. Under a *total* order (one file as it
is, or a key to sort by) :func:`total_order` gives the events one after the other; partial orders are in
:mod:`tlatrace.traces.partial_order`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any, Protocol

from tlatrace.location import Location
from tlatrace.traces.event import Event, TraceError

REORDER_WINDOW = 10_000
"""How many events of a file are held to be put in the order of a key; what comes later than that is an error. Buffers
of loggers hold some hundreds of lines."""


class OrderKind(Enum):
    FILE = "file"
    """Each chain as it was written; nothing is known between chains."""
    KEY = "key"
    """One order of all events, by a number or a text that each of them has."""
    LAMPORT = "lamport"
    """A smaller clock comes first; events with equal clocks are concurrent."""
    VECTOR = "vector"
    """An event comes before those whose clocks count it."""
    BOXES = "boxes"
    """An event that ended comes before those that started later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """How the events of a trace are ordered.

    ``process`` names the process of an event; without it, each file is a process, but under boxes, which order events
    by their times alone then. ``key`` is what a total order sorts
    by. ``clock`` gives the Lamport clock, or the vector clock by process (as text); None is for an event that has none,
    which follows the one before it in its chain. ``start`` and ``end`` are the times of a box. ``window`` bounds the
    reordering by a key; 0 sorts the whole file. ``has_unlogged`` allows vector clocks to count steps that no event
    reports. ``processes`` are all that ``process`` can give; without it they are found by reading.
    """

    kind: OrderKind = OrderKind.FILE
    process: Callable[[Event], Hashable] | None = None
    key: Callable[[Event], Any] | None = None
    clock: Callable[[Event], int | Mapping[str, int] | None] | None = None
    start: Callable[[Event], int] | None = None
    end: Callable[[Event], int] | None = None
    window: int = REORDER_WINDOW
    has_unlogged: bool = False
    processes: tuple[Hashable, ...] | None = None

    @property
    def is_total(self) -> bool:
        """Whether one file under this rule is one sequence."""
        return self.kind is OrderKind.KEY or (self.kind is OrderKind.FILE and self.process is None)


FILE_ORDER = OrderRule()


class Log(Protocol):
    """A file of a trace: what :class:`~tlatrace.traces.reader.TraceReader` is."""

    @property
    def name(self) -> str: ...

    def __iter__(self) -> Iterator[Event]: ...


Takes = Callable[[Event], bool]
"""Whether a line is an event of the trace; one that is not still counts as a tick of its process."""


def every_line(event: Event) -> bool:
    return True


def total_order(rule: OrderRule, logs: Sequence[Log], takes: Takes = every_line) -> Iterator[Event]:
    """The events of all logs in one sequence; for a rule that is total.

    Raises:
        TraceError: an event has a smaller key than one that was given before it, which the window could not mend.
    """
    if rule.key is None:
        for number, log in enumerate(logs):
            yield from _taken(number, log, takes)
        return
    sorted_logs = [
        _sorted_by_key(rule.key, _taken(number, log, takes), rule.window, log.name) for number, log in enumerate(logs)
    ]
    yield from _merged(sorted_logs, [log.name for log in logs])


def _taken(number: int, log: Log, takes: Takes) -> Iterator[Event]:
    for event in log:
        if takes(event):
            yield event if number == 0 else event._replace(log=number)


Keyed = tuple[tuple[Any, int, int], Event]


def _merged(sorted_logs: Sequence[Iterator[Keyed]], names: Sequence[str]) -> Iterator[Event]:
    heads: dict[int, Keyed] = {}
    """What was read last of each log: what the merge compares."""

    def noted(number: int, log: Iterator[Keyed]) -> Iterator[Keyed]:
        for item in log:
            heads[number] = item
            yield item

    try:
        for _, event in heapq.merge(*(noted(n, log) for n, log in enumerate(sorted_logs)), key=lambda item: item[0]):
            yield event
    except TypeError:
        for one, other in combinations((heads[number] for number in sorted(heads)), 2):
            if not _are_comparable(one, other):
                raise _incomparable(other, one, names[other[1].log], f" of {names[one[1].log]}") from None
        raise


def _are_comparable(one: Keyed, other: Keyed) -> bool:
    try:
        _ = one[0] < other[0]
    except TypeError:
        return False
    return True


def _sorted_by_key(key: Callable[[Event], Any], events: Iterable[Event], window: int, name: str) -> Iterator[Keyed]:
    held: list[Keyed] = []
    last: Keyed | None = None

    def given(item: Keyed) -> Keyed:
        nonlocal last
        if last is not None and item[0][0] < last[0][0]:
            raise TraceError(
                f"this event's key is {item[0][0]!r}, but the event of line {last[1].line} with the key "
                f"{last[0][0]!r} went before it; expected events that are out of order by fewer than {window} lines",
                location=place_of(name, item[1]),
                hint="a larger `window:` under `order:` holds more of them",
            )
        last = item
        return item

    for count, event in enumerate(events):
        item = ((key(event), event.log, count), event)
        try:
            heapq.heappush(held, item)
            if window and len(held) > window:
                yield given(heapq.heappop(held))
        except TypeError:
            raise _incomparable(item, held[0] if held[0] is not item else held[-1], name) from None
    while held:
        yield given(heapq.heappop(held))


def _incomparable(item: Keyed, other: Keyed, name: str, of_other: str = "") -> TraceError:
    return TraceError(
        f"this event's key is {item[0][0]!r}, which cannot be compared with {other[0][0]!r} of line {other[1].line}"
        f"{of_other}; expected all numbers or all texts",
        location=place_of(name, item[1]),
    )


def place_of(name: str, event: Event) -> Location:
    """Where an event of the file ``name`` stands."""
    return Location(name, event.line, 1, event.line, 1)
