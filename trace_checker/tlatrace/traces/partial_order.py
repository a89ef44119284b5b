"""Which event may come next, where clocks order the events of a trace only in part.

:class:`PartialOrder` splits a trace into chains, one a process or one a file, and says for each cut (how many events of
each chain have been taken) which chains may move. Logs are read as far as that needs, and only the events between the
slowest and the fastest position that is asked about are held.

Nothing is guessed: clocks that contradict each other, or that refer to an event that is not in the trace, are errors
with the file and the line; so is a process whose events are in two files, as nothing says how they go together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlatrace.location import Location
from tlatrace.traces.event import Event, TraceError
from tlatrace.traces.order import Log, OrderKind, OrderRule, Takes, every_line, place_of, total_order
from tlatrace.traces.overlaps import by_times

Positions = tuple[int, ...]
"""How many events of each chain have been taken."""

EVENTS_HELD_MAX = 5_000_000
"""Events that a partial order holds at once: where all processes write one file, it may have to be read far ahead."""


class PartialOrder:
    """The events of a trace as chains, and which of them may move.

    A process is a chain. Where ``rule.processes`` does not say which there are, and the first lines of the logs do not
    tell them apart, the logs are read to their end at the start to find them. Time boxes without ``rule.process`` order
    events by their times alone, in whatever file they stand; the logs are read to their end for that as well.
    """

    def __init__(self, rule: OrderRule, logs: Sequence[Log], *, takes: Takes = every_line) -> None:
        self._feed = _feed_of(rule, logs, takes)
        self._chains = self._feed.chains
        self._constraint = _CONSTRAINTS[rule.kind](rule, self._feed)

    @property
    def log_count(self) -> int:
        """How many chains there are."""
        return len(self._chains)

    @property
    def names(self) -> tuple[str, ...]:
        """What the chains are called: processes, or files."""
        return tuple(chain.name for chain in self._chains)

    def enabled(self, at: Positions) -> Sequence[int]:
        """The chains whose next event may be next, in their order.

        Raises:
            TraceError: a line cannot be read, or clocks contradict each other.
        """
        heads = [log for log, index in enumerate(at) if self._feed.has(log, index)]
        free = self._constraint.free(at, heads)
        if heads and not free:
            raise self._constraint.circular(at, heads)
        return free

    def event(self, log: int, index: int) -> Event:
        """An event that :meth:`enabled` looked at, and that was not forgotten."""
        return self._chains[log].at(index).event

    def peek(self, log: int, index: int) -> Event | None:
        """The event of a chain with this number, read if need be; None where the chain ends before it."""
        return self._chains[log].at(index).event if self._feed.has(log, index) else None

    def waits_for(self, at: Positions, log: int) -> int | None:
        """A chain whose next event must come before the next one of ``log``; None if there is none, that is if
        :meth:`enabled` gives ``log``.
        """
        heads = [number for number, index in enumerate(at) if self._feed.has(number, index)]
        return self._constraint.waits_for(at, heads, log)

    def is_end(self, at: Positions) -> bool:
        """Whether nothing is left."""
        return not any(self._feed.has(log, index) for log, index in enumerate(at))

    def forget(self, before: Positions) -> None:
        """Let go of the events before this cut; no earlier one may be asked about any more."""
        for chain, index in zip(self._chains, before, strict=True):
            self._feed.held -= chain.forget(index)

    def place(self, event: Event) -> Location:
        """Where an event stands, for errors."""
        return self._feed.place(event)


@dataclass(frozen=True, slots=True)
class _Item:
    """An event with what its order is worked out from."""

    event: Event
    clock: Any


class _Chain:
    """The events of one process that are held."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.start = 0
        self.items: deque[_Item] = deque()
        self.ended = False
        self.last_clock: Any = None
        """That of the last line of the chain, whether or not it is an event."""
        self.ticks: list[int] = []
        """Under vector clocks: the chain's own entry at each of its lines."""
        self.events_by_tick: list[int] = []
        """How many events of the chain there are up to and with each of ``ticks``."""
        self.forgotten_ticks = 0
        """How far ``ticks`` has been forgotten: the last entry that was."""

    @property
    def end(self) -> int:
        return self.start + len(self.items)

    def at(self, index: int) -> _Item:
        assert self.start <= index < self.end, f"event {index} of {self.start}..{self.end} is not held"
        return self.items[index - self.start]

    def forget(self, index: int) -> int:
        count = 0
        while self.start < index and self.items:
            self.items.popleft()
            self.start += 1
            count += 1
        if len(self.ticks) > 2 * len(self.items) + 64:
            # Clocks of later events may still count the last event that was taken.
            keep = max(0, bisect_right(self.events_by_tick, self.start) - 1)
            if keep:
                self.forgotten_ticks = self.ticks[keep - 1]
                del self.ticks[:keep], self.events_by_tick[:keep]
        return count


class _Feed:
    """Reads logs into chains, as far as somebody asks."""

    def __init__(self, chains: list[_Chain], names: Sequence[str], clock_of: Callable[[_Chain, Event], Any]) -> None:
        self.chains = chains
        self.held = 0
        self._names = names
        self._clock_of = clock_of

    def has(self, log: int, index: int) -> bool:
        """Whether the chain has that many events and one more."""
        chain = self.chains[log]
        while chain.end <= index and not chain.ended:
            self.read_on(log)
        return chain.end > index

    def read_on(self, log: int) -> None:
        """Read at least one more line of this chain, or find that it has ended."""
        raise NotImplementedError

    def add(self, log: int, event: Event, *, is_event: bool) -> None:
        chain = self.chains[log]
        clock = self._clock_of(chain, event)
        if is_event:
            self.held += 1
            if self.held > EVENTS_HELD_MAX:
                raise TraceError(
                    f"more than {EVENTS_HELD_MAX} events must be held to order this trace; expected processes that "
                    "do not run so far ahead of each other",
                    location=self.place(event),
                    hint="a file for each process is read only as far as it is needed",
                )
            chain.items.append(_Item(event, clock))
        if len(chain.ticks) > len(chain.events_by_tick):
            chain.events_by_tick.append(chain.end)

    def place(self, event: Event) -> Location:
        return place_of(self._names[event.log], event)


class _FileFeed(_Feed):
    """Each log is a chain; ``process``, where it is given, must say so too."""

    def __init__(
        self,
        chains: Sequence[str],
        sources: Sequence[Iterator[Event]],
        names: Sequence[str],
        takes: Takes,
        clock_of: Callable[[_Chain, Event], Any],
        process: Callable[[Event], Hashable] | None = None,
    ) -> None:
        super().__init__([_Chain(name) for name in chains], names, clock_of)
        self._sources = sources
        self._takes = takes
        self._process = process

    def read_on(self, log: int) -> None:
        event = next(self._sources[log], None)
        chain = self.chains[log]
        if event is None:
            chain.ended = True
            return
        if self._process is not None and (found := str(self._process(event))) != chain.name:
            raise TraceError(
                f"this event is of the process {found}, but the events before it in this file are of {chain.name}; "
                "expected one process in a file",
                location=self.place(event),
                hint="for files that hold several, list the `processes:` under `order:`",
            )
        self.add(log, event, is_event=self._takes(event))


class _ProcessFeed(_Feed):
    """Logs that may hold several processes, read one after the other."""

    def __init__(
        self,
        events: Iterator[tuple[str, Event]],
        processes: Sequence[str],
        names: Sequence[str],
        takes: Takes,
        clock_of: Callable[[_Chain, Event], Any],
    ) -> None:
        super().__init__([_Chain(name) for name in processes], names, clock_of)
        self._events = events
        self._number = {name: number for number, name in enumerate(processes)}
        self._takes = takes

    def read_on(self, log: int) -> None:
        found = next(self._events, None)
        if found is None:
            for chain in self.chains:
                chain.ended = True
            return
        name, event = found
        number = self._number.get(name)
        if number is None:
            raise TraceError(
                f"this event is of the process {name}; expected one of {', '.join(self._number)}",
                location=self.place(event),
            )
        self.add(number, event, is_event=self._takes(event))


def _feed_of(rule: OrderRule, logs: Sequence[Log], takes: Takes) -> _Feed:
    names = [log.name for log in logs]
    clock_of = _clock_reader(rule, names)
    if rule.is_total and (rule.key is not None or len(logs) == 1):
        merged = (("", event) for event in total_order(rule, logs, takes))
        return _ProcessFeed(merged, [""], names, every_line, clock_of)
    process = rule.process
    sources = [_numbered(number, log) for number, log in enumerate(logs)]
    if process is None and rule.kind is OrderKind.BOXES:
        chains, placed = by_times(rule, filter(takes, _by_turns(sources)), names, EVENTS_HELD_MAX)
        return _ProcessFeed(iter(placed), chains, names, every_line, clock_of)
    if process is None:
        return _FileFeed(names, sources, names, takes, clock_of)
    if rule.processes is not None:
        return _ProcessFeed(
            _named(process, sources, names), [str(item) for item in rule.processes], names, takes, clock_of
        )
    if len(logs) > 1:
        firsts = [next(source, None) for source in sources]
        sources = [_with(first, source) for first, source in zip(firsts, sources, strict=True)]
        found = [names[n] if first is None else str(process(first)) for n, first in enumerate(firsts)]
        if len(set(found)) == len(found):
            return _FileFeed(found, sources, names, takes, clock_of, process)
    known = list(_named(process, sources, names))
    found = sorted(dict.fromkeys(name for name, _ in known), key=lambda name: (len(name), name))
    return _ProcessFeed(iter(known), found, names, takes, clock_of)


def _numbered(number: int, log: Log) -> Iterator[Event]:
    return iter(log) if number == 0 else (event._replace(log=number) for event in log)


def _with(first: Event | None, rest: Iterator[Event]) -> Iterator[Event]:
    if first is not None:
        yield first
        yield from rest


def _named(
    process: Callable[[Event], Hashable], sources: Sequence[Iterator[Event]], names: Sequence[str]
) -> Iterator[tuple[str, Event]]:
    """The events with their processes, each of which must be in one log only."""
    firsts: dict[str, Event] = {}
    for event in _by_turns(sources):
        name = str(process(event))
        first = firsts.setdefault(name, event)
        if first.log != event.log:
            raise TraceError(
                f"this event is of the process {name}, which has one in {place_of(names[first.log], first)} too; "
                "expected the events of a process in one file, as nothing says how those of two go together",
                location=place_of(names[event.log], event),
                hint="join the files of a process, or give `order: {by: key, …}`",
            )
        yield name, event


def _by_turns(sources: Sequence[Iterator[Event]]) -> Iterator[Event]:
    """One event of each log after the other, so that no log is read far ahead of the others."""
    pending = deque(sources)
    while pending:
        source = pending.popleft()
        event = next(source, None)
        if event is not None:
            pending.append(source)
            yield event


# ---------------------------------------------------------------------------------------------------------- clocks


def _clock_reader(rule: OrderRule, names: Sequence[str]) -> Callable[[_Chain, Event], Any]:
    """What reads the clock of a line, compares it with the line before it, and remembers it in the chain."""

    def place(event: Event) -> Location:
        return place_of(names[event.log], event)

    def lamport(chain: _Chain, event: Event) -> int:
        assert rule.clock is not None
        clock, last = rule.clock(event), chain.last_clock or 0
        if clock is None:
            return int(last)
        if type(clock) is not int:
            raise TraceError(f"the Lamport clock is {clock!r}; expected a whole number", location=place(event))
        if clock < last:
            raise TraceError(
                f"the clock of {chain.name} falls from {last} to {clock}; expected one that does not fall",
                location=place(event),
            )
        chain.last_clock = clock
        return clock

    def vector(chain: _Chain, event: Event) -> Mapping[str, int]:
        assert rule.clock is not None
        clock, last = rule.clock(event), chain.last_clock or {}
        if clock is None:
            return {}
        if not isinstance(clock, Mapping) or any(type(entry) is not int for entry in clock.values()):
            raise TraceError(
                f"the vector clock is {clock!r}; expected a whole number for each process", location=place(event)
            )
        own = clock.get(chain.name)
        if own is None:
            raise TraceError(
                f"the clock of an event of {chain.name} has no entry of its own; it has {', '.join(clock) or 'none'}",
                location=place(event),
            )
        for name, entry in clock.items():
            before = last.get(name, 0)
            if entry < before or (name == chain.name and entry == before):
                verb = "rises" if name == chain.name else "does not fall"
                raise TraceError(
                    f"the entry of {name} in the clock of {chain.name} goes from {before} to {entry}; expected one "
                    f"that {verb}",
                    location=place(event),
                )
        chain.last_clock = {**last, **clock}
        chain.ticks.append(own)
        return {name: entry for name, entry in chain.last_clock.items() if entry > 0 and name != chain.name}

    def boxes(chain: _Chain, event: Event) -> tuple[int, int]:
        assert rule.start is not None
        assert rule.end is not None
        start, end = rule.start(event), rule.end(event)
        if end < start:
            raise TraceError(f"this event ends at {end}, before it starts at {start}", location=place(event))
        latest = chain.last_clock
        if latest is not None and end < latest:
            raise TraceError(
                f"this event ends at {end}, but an event of {chain.name} that stands before it starts at {latest}; "
                "expected the events of a process in an order that their times allow",
                location=place(event),
            )
        chain.last_clock = start if latest is None else max(start, latest)
        return start, end

    readers: dict[OrderKind, Callable[[_Chain, Event], Any]] = {
        OrderKind.LAMPORT: lamport,
        OrderKind.VECTOR: vector,
        OrderKind.BOXES: boxes,
    }
    return readers.get(rule.kind, lambda chain, event: None)


class _Constraint:
    """Which heads are free to move: all of them, where nothing is known between chains."""

    def __init__(self, rule: OrderRule, feed: _Feed) -> None:
        self._feed = feed
        self._chains = feed.chains
        self._has_unlogged = rule.has_unlogged

    def free(self, at: Positions, heads: Sequence[int]) -> Sequence[int]:
        return heads

    def waits_for(self, at: Positions, heads: Sequence[int], log: int) -> int | None:
        """A chain whose next event must come before the next one of ``log``."""
        return None

    def circular(self, at: Positions, heads: Sequence[int]) -> TraceError:
        events = [self._chains[log].at(at[log]).event for log in heads]
        places = ", ".join(str(self._feed.place(event)) for event in events)
        return TraceError(
            f"the clocks contradict each other: of these events, each comes after another ({places})",
            location=self._feed.place(events[0]),
        )


class _Lamport(_Constraint):
    def free(self, at: Positions, heads: Sequence[int]) -> Sequence[int]:
        clocks = [self._chains[log].at(at[log]).clock for log in heads]
        least = min(clocks, default=0)
        return [log for log, clock in zip(heads, clocks, strict=True) if clock == least]

    def waits_for(self, at: Positions, heads: Sequence[int], log: int) -> int | None:
        first = min(heads, key=lambda head: self._chains[head].at(at[head]).clock)
        is_before = self._chains[first].at(at[first]).clock < self._chains[log].at(at[log]).clock
        return first if is_before else None


class _Vector(_Constraint):
    def __init__(self, rule: OrderRule, feed: _Feed) -> None:
        super().__init__(rule, feed)
        self._numbers = {chain.name: number for number, chain in enumerate(feed.chains)}

    def free(self, at: Positions, heads: Sequence[int]) -> Sequence[int]:
        return [log for log in heads if self._is_free(at, self._chains[log].at(at[log]))]

    def _is_free(self, at: Positions, item: _Item) -> bool:
        is_free = True
        for name, entry in item.clock.items():
            # Every entry is looked at, even after one that is not met: what is wrong with a clock is told early.
            is_free = self._has_taken(at, item, name, entry) and is_free
        return is_free

    def waits_for(self, at: Positions, heads: Sequence[int], log: int) -> int | None:
        item = self._chains[log].at(at[log])
        for name, entry in item.clock.items():
            if not self._has_taken(at, item, name, entry):
                return self._numbers[name]
        return None

    def _has_taken(self, at: Positions, item: _Item, name: str, entry: int) -> bool:
        """Whether all events of ``name`` that a clock counts with ``entry`` have been taken."""
        number = self._numbers.get(name)
        if number is None:
            if self._has_unlogged:
                return True
            raise TraceError(
                f"the clock counts {entry} of {name}, which has no event in this trace",
                location=self._feed.place(item.event),
                hint=f"its processes are {', '.join(self._numbers)}",
            )
        chain = self._chains[number]
        if entry <= chain.forgotten_ticks:
            return True
        while not chain.ended and (not chain.ticks or chain.ticks[-1] < entry) and chain.end <= at[number]:
            self._feed.read_on(number)
        counted = bisect_right(chain.ticks, entry)
        if not self._has_unlogged and (counted == 0 or chain.ticks[counted - 1] != entry):
            if counted < len(chain.ticks) or chain.ended:
                raise self._missing(item, name, entry, chain)
            return False
        if counted == len(chain.ticks) and not chain.ended and (not chain.ticks or chain.ticks[-1] < entry):
            return False
        return counted == 0 or at[number] >= chain.events_by_tick[counted - 1]

    def _missing(self, item: _Item, name: str, entry: int, chain: _Chain) -> TraceError:
        last = chain.ticks[-1] if chain.ticks else 0
        detail = f"its last entry is {last}" if entry > last else "its events around it have other entries"
        return TraceError(
            f"the clock counts {entry} of {name}, but no event of {name} has that entry ({detail})",
            location=self._feed.place(item.event),
            hint="if processes tick without logging, say `unlogged: true` under `order:`",
        )


class _Boxes(_Constraint):
    def free(self, at: Positions, heads: Sequence[int]) -> Sequence[int]:
        starts = [self._chains[log].at(at[log]).clock[0] for log in heads]
        return [log for log, start in zip(heads, starts, strict=True) if self._awaited(at, log, start) is None]

    def waits_for(self, at: Positions, heads: Sequence[int], log: int) -> int | None:
        return self._awaited(at, log, self._chains[log].at(at[log]).clock[0])

    def _awaited(self, at: Positions, log: int, start: int) -> int | None:
        """Another chain with an event that has not been taken and ended before ``start``."""
        for number, chain in enumerate(self._chains):
            if number == log:
                continue
            # Whatever comes after an event that starts at ``start`` or later ends no earlier (the reader saw to it).
            while not chain.ended and (chain.last_clock is None or chain.last_clock < start):
                self._feed.read_on(number)
            for index in range(at[number], chain.end):
                begin, end = chain.at(index).clock
                if end < start:
                    return number
                if begin >= start:
                    break
        return None


_CONSTRAINTS: Mapping[OrderKind, type[_Constraint]] = {
    OrderKind.FILE: _Constraint,
    OrderKind.KEY: _Constraint,
    OrderKind.LAMPORT: _Lamport,
    OrderKind.VECTOR: _Vector,
    OrderKind.BOXES: _Boxes,
}
