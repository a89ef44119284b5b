"""Clients that propose one value after another, or read again and again, and look for the leader by themselves."""

from __future__ import annotations

from vraft.core import Accepted, Role
from vraft.emulator.cluster import Cluster
from vraft.emulator.streams import Stream


class Client:
    """Proposes ``count`` values, one every ``every_us``.

    It sticks to the server that took the last one.  When that one refuses or is down, the value is tried again next
    time: where the refusal pointed to, else at some server that runs.
    """

    def __init__(self, cluster: Cluster, *, name: str, every_us: int, count: int) -> None:
        self._cluster = cluster
        self._name = name
        self._every_us = every_us
        self._count = count
        self._accepted = 0
        self._target: str | None = None
        self._stream = Stream(cluster.seed, f"client/{name}")

    def start(self) -> None:
        """Propose the first value now."""
        self._cluster.call_at(self._cluster.now_us, self._propose)

    def _propose(self) -> None:
        cluster = self._cluster
        target = self._target
        if target is None or not cluster.node(target).up:
            running = cluster.up()
            target = self._stream.choice(running) if running else None
        if target is not None:
            proposal = cluster.propose(f"{self._name}-{self._accepted + 1}", target)
            if isinstance(proposal, Accepted):
                self._accepted += 1
            else:
                target = proposal.leader
        self._target = target
        if self._accepted < self._count:
            cluster.call_at(cluster.now_us + self._every_us, self._propose)


class Reader:
    """Asks whoever leads for ``count`` reads, one every ``every_us``; where nobody leads, for one less."""

    def __init__(self, cluster: Cluster, *, every_us: int, count: int) -> None:
        self._cluster = cluster
        self._every_us = every_us
        self._left = count

    def start(self) -> None:
        """Ask for the first read now."""
        self._cluster.call_at(self._cluster.now_us, self._ask)

    def _ask(self) -> None:
        cluster = self._cluster
        for name in cluster.up():  # Also those who only think that they lead.
            if cluster.node(name).role is Role.LEADER:
                cluster.read(name)
        self._left -= 1
        if self._left > 0:
            cluster.call_at(cluster.now_us + self._every_us, self._ask)
