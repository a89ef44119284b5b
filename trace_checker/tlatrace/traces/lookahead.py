"""Events that can be looked at before their turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tlatrace.errors import TlatraceError
from tlatrace.traces.event import Event


class EventsAhead:
    """The events of an iterator, in their order; it is read ahead as far as somebody looks. What goes wrong in reading
    is raised when its turn comes, and is the end for those who look ahead.
    """

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._held: deque[Event] = deque()
        self._problem: TlatraceError | None = None

    def __iter__(self) -> Iterator[Event]:
        while self.peek(0) is not None:
            yield self._held[0]
            self._held.popleft()
        if self._problem is not None:
            raise self._problem

    def peek(self, number: int) -> Event | None:
        """The event that stands so many places after the one that was given last; None past the end."""
        while len(self._held) <= number and self._problem is None:
            try:
                event = next(self._events, None)
            except TlatraceError as problem:
                self._problem = problem
                return None
            if event is None:
                return None
            self._held.append(event)
        return self._held[number] if number < len(self._held) else None
