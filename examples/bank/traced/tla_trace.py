"""Write traces that tla-conformance reads: copy this file into your program; it needs Python 3.8 and nothing else.

One tracer a process, one file a tracer. Every line is one event with the process's vector clock, so that the logs of
several processes can be put together without synchronised clocks:

    tracer = Tracer("logs/a.ndjson", process="a", spec="Queue", constants={"Capacity": 2})
    tracer.emit("Send", to="b", item=3)
    send_to_b({"item": 3, "clock": tracer.stamp()})      # the stamp travels with the message

    tracer.receive(message["clock"])                     # at the receiver, before it writes its own event
    tracer.emit("Receive", sender="a", item=message["item"])

Write an event when its step is done and before anything that depends on it leaves the process. A line is handed to the
operating system whole; what a crash cuts off is at most the last one. Tracers may be shared by threads, but the step
and its event must then be made under one lock of yours, or another thread's event may come between them.
"""

import json
import threading


class Tracer:
    """Appends events to ``path``. ``header`` members (``spec``, ``constants``, ...) go into the first line."""

    def __init__(self, path, process, **header):
        self._process = process
        self._clock = {process: 0}
        self._lock = threading.Lock()
        self._file = open(path, "wb")  # noqa: SIM115 - closed by close()
        self._write({"format": "tla-conformance/trace", "version": 1, "process": process}, header)

    def emit(self, event, **fields):
        """Write one event. Values: integers, strings, Booleans, None, lists, dicts with string keys, sets."""
        with self._lock:
            clock = {**self._clock, self._process: self._clock[self._process] + 1}
            self._write({"event": event, "process": self._process, "clock": clock}, fields)
            self._clock = clock

    def stamp(self):
        """The clock to send along with a message, as a dict of integers."""
        with self._lock:
            return dict(self._clock)

    def receive(self, stamp):
        """Take over the clock that came with a message; the next event is then after everything the sender knew."""
        with self._lock:
            for process, count in stamp.items():
                if process != self._process:
                    self._clock[process] = max(self._clock.get(process, 0), count)

    def close(self):
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _write(self, own, more):
        for name in more:
            if name in own:
                raise ValueError(f"{name!r} is written by the tracer itself; call this field something else")
        line = json.dumps(_plain({**own, **more}), ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode("utf-8") + b"\n")
        self._file.flush()


def _plain(value):
    """JSON, with a tag where JSON has no word: ``{"#set": [...]}``, and ``{"#bigint": "..."}`` beyond 2**53."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else {"#bigint": str(value)}
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"the keys of a dict in a trace must be strings: {value!r}")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"#set": sorted((_plain(item) for item in value), key=json.dumps)}
    raise TypeError(f"a trace has no word for {value!r}, a {type(value).__name__}")
