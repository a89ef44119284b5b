"""Events that are looked at before their turn: each is given once, in its order, and an error waits for its turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tlatrace.traces import Event, TraceError
from tlatrace.traces.lookahead import EventsAhead


class Source:
    """Events of the lines 1 to ``count``, then an error if it is broken; ``read`` is how many were asked for."""

    def __init__(self, count: int, *, is_broken: bool = False) -> None:
        self.read = 0
        self._count = count
        self._is_broken = is_broken

    def __iter__(self) -> Iterator[Event]:
        for line in range(1, self._count + 1):
            self.read = line
            yield Event(line, {})
        if self._is_broken:
            raise TraceError("this line is not JSON")


def line(event: Event | None) -> int | None:
    return None if event is None else event.line


def test_every_event_comes_once_whatever_was_looked_at() -> None:
    ahead = EventsAhead(iter(Source(4)))
    seen = []
    for event in ahead:
        seen.append((event.line, line(ahead.peek(0)), line(ahead.peek(1)), line(ahead.peek(2))))
    assert seen == [(1, 1, 2, 3), (2, 2, 3, 4), (3, 3, 4, None), (4, 4, None, None)]
    assert ahead.peek(0) is None


def test_nothing_is_read_that_nobody_asked_for() -> None:
    source = Source(100)
    ahead = EventsAhead(iter(source))
    events = iter(ahead)
    assert (next(events).line, source.read) == (1, 1)
    assert (line(ahead.peek(3)), source.read) == (4, 4)
    assert (next(events).line, source.read) == (2, 4)
    assert (line(ahead.peek(1)), source.read) == (3, 4)


def test_an_error_is_raised_at_its_turn_and_is_the_end_for_those_who_look() -> None:
    ahead = EventsAhead(iter(Source(2, is_broken=True)))
    events = iter(ahead)
    assert (line(ahead.peek(1)), ahead.peek(2), ahead.peek(9)) == (2, None, None)
    assert [next(events).line, next(events).line] == [1, 2]
    assert (line(ahead.peek(0)), ahead.peek(1)) == (2, None)
    with pytest.raises(TraceError, match="not JSON"):
        next(events)
    assert ahead.peek(0) is None


def test_an_error_that_nobody_saw_coming() -> None:
    with pytest.raises(TraceError, match="not JSON"):
        list(EventsAhead(iter(Source(2, is_broken=True))))
    assert len(list(EventsAhead(iter(Source(2))))) == 2
