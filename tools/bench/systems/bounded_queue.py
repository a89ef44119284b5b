"""A bounded queue between producers and consumers that wait and wake each other."""

from __future__ import annotations

from random import Random

from bench.systems.system import Event, Knobs, Logged, Recorder, Stamp, System, Trace


class _Queue:
    """The queue, its threads, and the log."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self.producers = [f"p{number}" for number in range(1, knobs.processes + 1)]
        self.consumers = [f"c{number}" for number in range(1, knobs.processes + 1)]
        # With half as many places as threads, somebody can always go on.
        self.capacity = knobs.processes
        self.items = list(range(1, knobs.width + 1))
        self._buffer: list[int] = []
        self._put_at: list[Stamp] = []
        self._waiting: list[str] = []
        self.recorder = Recorder(knobs, [*self.producers, *self.consumers])

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
        item = self._random.choice(self.items)
        self._buffer.append(item)
        woken = self._wake()
        said = {} if self._knobs.logged is Logged.HIDDEN else {"x": item}
        self.recorder.write(thread, "Put", self._effect(), t=thread, **said)
        self._put_at.append(self.recorder.stamp(thread))
        self._notify(thread, woken)

    def _get(self, thread: str) -> None:
        if not self._buffer:
            self._wait("GetWaits", thread)
            return
        last = self._knobs.bug == "last in first out" and self._random.random() < 0.2
        item = self._buffer.pop(-1 if last else 0)
        self.recorder.receive(thread, self._put_at.pop(-1 if last else 0))
        woken = self._wake()
        self.recorder.write(thread, "Get", self._effect(), t=thread, x=item)
        self._notify(thread, woken)

    def _wait(self, name: str, thread: str) -> None:
        self._waiting.append(thread)
        self.recorder.write(thread, name, self._effect(), t=thread)

    def _wake(self) -> str | None:
        return self._waiting.pop(self._random.randrange(len(self._waiting))) if self._waiting else None

    def _notify(self, thread: str, woken: str | None) -> None:
        if woken is not None:
            self.recorder.receive(woken, self.recorder.stamp(thread))

    def _effect(self) -> Event:
        return {"size": len(self._buffer), "waiting": sorted(self._waiting)}


def _generate(knobs: Knobs) -> Trace:
    queue = _Queue(knobs)
    while len(queue.recorder) < knobs.events:
        queue.step()
    return queue.recorder.trace(
        "BoundedQueue", Producer=queue.producers, Consumer=queue.consumers, Capacity=queue.capacity, Item=queue.items
    )


BOUNDED_QUEUE = System(
    name="bounded queue", module="BoundedQueue", bugs=("one too many", "last in first out"), generate=_generate
)
