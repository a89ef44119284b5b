"""A key-value store with snapshot isolation, and clients whose transactions overlap."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, System, Trace, header

KEYS = [f"k{number}" for number in range(1, 7)]
VALUES = ["v1", "v2", "v3", "v4"]
NO_VALUE = "none"


class _Store:
    """The store, its open transactions, and the log."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self._free = [f"t{number}" for number in range(1, knobs.processes + 1)]
        self._store: dict[str, Any] = dict.fromkeys(KEYS, NO_VALUE)
        self._snapshots: dict[str, dict[str, Any]] = {}
        self._written: dict[str, set[str]] = {}
        self._missed: dict[str, set[str]] = {}
        self.events: list[Event] = []

    def step(self) -> None:
        acts = ["open"] if self._free else []
        if self._snapshots:
            acts += ["read", "read", "put", "put", "close", "rollback"]
        getattr(self, f"_{self._random.choice(acts)}")()

    def _open(self) -> None:
        tx = self._free.pop(self._random.randrange(len(self._free)))
        self._snapshots[tx] = dict(self._store)
        self._written[tx], self._missed[tx] = set(), set()
        self._log("OpenTx", t=tx, effect={"open": len(self._snapshots)})

    def _read(self) -> None:
        tx, key = self._some(), self._random.choice(KEYS)
        value = self._snapshots[tx][key]
        if self._knobs.bug == "dirty read" and key not in self._written[tx]:
            value = self._store[key]
        self._log("Read", t=tx, k=key, v=value)

    def _put(self) -> None:
        tx, key, value = self._some(), self._random.choice(KEYS), self._random.choice(VALUES)
        self._snapshots[tx][key] = value
        self._written[tx].add(key)
        said = {} if self._knobs.logged is Logged.HIDDEN else {"v": value}
        self._log("Put", t=tx, k=key, **said)

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
        self._end(tx, "CloseTx", **({"stored": stored} if stored else {}))

    def _rollback(self) -> None:
        if self._random.random() < 0.3:
            self._end(self._some(), "Rollback")

    def _end(self, tx: str, name: str, **effect: Any) -> None:
        del self._snapshots[tx]
        self._free.append(tx)
        self._log(name, t=tx, effect={"open": len(self._snapshots), **effect})

    def _some(self) -> str:
        return self._random.choice(sorted(self._snapshots))

    def _log(self, event: str, effect: dict[str, Any] | None = None, **arguments: Any) -> None:
        more = effect if effect is not None and self._knobs.logged is Logged.FULL else {}
        self.events.append({"event": event, **arguments, **more})


def _generate(knobs: Knobs) -> Trace:
    store = _Store(knobs)
    while len(store.events) < knobs.events:
        store.step()
    members = [f"t{number}" for number in range(1, knobs.processes + 1)]
    constants = {"Key": KEYS, "Val": VALUES, "TxId": members}
    return Trace(header("SnapshotStore", knobs.logged, **constants), tuple(store.events))


SNAPSHOT_STORE = System(
    name="snapshot isolation", module="SnapshotStore", bugs=("lost update", "dirty read"), generate=_generate
)
