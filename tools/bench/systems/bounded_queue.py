"""A bounded queue between producers and consumers that wait and wake each other."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, System, Trace, header

ITEMS = [1, 2, 3, 4]


class _Queue:
    """The queue, its threads, and the log."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self.producers = [f"p{number}" for number in range(1, knobs.processes + 1)]
        self.consumers = [f"c{number}" for number in range(1, knobs.processes + 1)]
        # With half as many places as threads, somebody can always go on.
        self.capacity = knobs.processes
        self._buffer: list[int] = []
        self._waiting: list[str] = []
        self.events: list[Event] = []

    def step(self) -> None:
        ready = [thread for thread in (*self.producers, *self.consumers) if thread not in self._waiting]
        thread = self._random.choice(ready)
        if thread in self.producers:
            self._put(thread)
        else:
            self._get(thread)

    def _put(self, thread: str) -> None:
        room = self.capacity + (self._knobs.bug == "one too many")
        if len(self._buffer) >= room:
            self._wait("PutWaits", thread)
            return
        item = self._random.choice(ITEMS)
        self._buffer.append(item)
        self._wake()
        self._log("Put", t=thread, **({} if self._knobs.logged is Logged.HIDDEN else {"x": item}))

    def _get(self, thread: str) -> None:
        if not self._buffer:
            self._wait("GetWaits", thread)
            return
        last = self._knobs.bug == "last in first out" and self._random.random() < 0.2
        item = self._buffer.pop(-1 if last else 0)
        self._wake()
        self._log("Get", t=thread, x=item)

    def _wait(self, name: str, thread: str) -> None:
        self._waiting.append(thread)
        self._log(name, t=thread)

    def _wake(self) -> None:
        if self._waiting:
            self._waiting.pop(self._random.randrange(len(self._waiting)))

    def _log(self, event: str, **arguments: Any) -> None:
        more = {"size": len(self._buffer), "waiting": sorted(self._waiting)}
        self.events.append({"event": event, **arguments, **(more if self._knobs.logged is Logged.FULL else {})})


def _generate(knobs: Knobs) -> Trace:
    queue = _Queue(knobs)
    while len(queue.events) < knobs.events:
        queue.step()
    constants = {"Producer": queue.producers, "Consumer": queue.consumers, "Capacity": queue.capacity, "Item": ITEMS}
    return Trace(header("BoundedQueue", knobs.logged, **constants), tuple(queue.events))


BOUNDED_QUEUE = System(
    name="bounded queue", module="BoundedQueue", bugs=("one too many", "last in first out"), generate=_generate
)
