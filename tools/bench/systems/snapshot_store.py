"""A key-value store with snapshot isolation, and clients whose transactions overlap."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, Recorder, Stamp, System, Trace

NO_VALUE = "none"


class _Store:
    """The store, its open transactions, and the log."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self.clients = [f"t{number}" for number in range(1, knobs.processes + 1)]
        self.keys = [f"k{number}" for number in range(1, knobs.width + 1)]
        self.values = [f"v{number}" for number in range(1, knobs.width + 1)]
        self._free = list(self.clients)
        self._store: dict[str, str] = dict.fromkeys(self.keys, NO_VALUE)
        self._stored_at: Stamp = {}
        self._snapshots: dict[str, dict[str, str]] = {}
        self._written: dict[str, set[str]] = {}
        self._missed: dict[str, set[str]] = {}
        self.recorder = Recorder(knobs, self.clients)

    def step(self) -> None:
        acts = ["open"] if self._free else []
        if self._snapshots:
            acts += ["read", "read", "put", "put", "close", "rollback"]
        getattr(self, f"_{self._random.choice(acts)}")()

    def _open(self) -> None:
        tx = self._free.pop(self._random.randrange(len(self._free)))
        self._snapshots[tx] = dict(self._store)
        self._written[tx], self._missed[tx] = set(), set()
        self.recorder.receive(tx, self._stored_at)
        self.recorder.write(tx, "OpenTx", {"open": len(self._snapshots)}, t=tx)

    def _read(self) -> None:
        tx, key = self._some(), self._random.choice(self.keys)
        value = self._snapshots[tx][key]
        if self._knobs.bug == "dirty read" and key not in self._written[tx]:
            value = self._store[key]
        self.recorder.write(tx, "Read", t=tx, k=key, v=value)

    def _put(self) -> None:
        tx, key, value = self._some(), self._random.choice(self.keys), self._random.choice(self.values)
        self._snapshots[tx][key] = value
        self._written[tx].add(key)
        said: Event = {} if self._knobs.logged is Logged.HIDDEN else {"v": value}
        self.recorder.write(tx, "Put", t=tx, k=key, **said)

    def _close(self) -> None:
        tx = self._some()
        if self._missed[tx] & self._written[tx] and self._knobs.bug != "lost update":
            self._end(tx, "Rollback")
            return
        for key in self._written[tx]:
            self._store[key] = self._snapshots[tx][key]
        for other in self._snapshots:
            self._missed[other] |= self._written[tx]
        stored = {key: self._store[key] for key in sorted(self._written[tx])}
        self.recorder.receive(tx, self._stored_at)
        self._end(tx, "CloseTx", **({"stored": stored} if stored else {}))
        self._stored_at = self.recorder.stamp(tx)

    def _rollback(self) -> None:
        if self._random.random() < 0.3:
            self._end(self._some(), "Rollback")

    def _end(self, tx: str, name: str, **effect: Any) -> None:
        del self._snapshots[tx]
        self._free.append(tx)
        self.recorder.write(tx, name, {"open": len(self._snapshots), **effect}, t=tx)

    def _some(self) -> str:
        return self._random.choice(sorted(self._snapshots))


def _generate(knobs: Knobs) -> Trace:
    store = _Store(knobs)
    while len(store.recorder) < knobs.events:
        store.step()
    return store.recorder.trace("SnapshotStore", Key=store.keys, Val=store.values, TxId=store.clients)


SNAPSHOT_STORE = System(
    name="snapshot isolation", module="SnapshotStore", bugs=("lost update", "dirty read"), generate=_generate
)
