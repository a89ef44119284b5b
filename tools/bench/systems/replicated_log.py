"""Logs that a leader replicates: elections, requests, followers that catch up or cut off what was never committed."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, System, Trace, header

VALUES = ["a", "b", "c"]
ELECTION_SHARE = 0.004
"""Elections among all steps: rare, so that logs grow for long between them."""

_Entry = tuple[int, str]


class _Server:
    def __init__(self) -> None:
        self.term = 0
        self.is_leader = False
        self.log: list[_Entry] = []
        self.commit = 0

    @property
    def last_term(self) -> int:
        return self.log[-1][0] if self.log else 0


class _Cluster:
    """The servers and the log of what they did."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self.names = [f"s{number}" for number in range(1, knobs.processes + 1)]
        self._servers = {name: _Server() for name in self.names}
        self._leader = ""
        self.events: list[Event] = []

    def step(self) -> None:
        if not self._leader or self._random.random() < ELECTION_SHARE:
            self._elect()
            return
        chance = self._random.random()
        if chance < 0.25:
            self._request()
        elif chance < 0.4:
            self._commit()
        else:
            self._follow(self._random.choice([name for name in self.names if name != self._leader]))

    def _elect(self) -> None:
        quorum = sorted(self._random.sample(self.names, len(self.names) // 2 + 1))
        term = max(server.term for server in self._servers.values()) + 1
        best = max(quorum, key=lambda name: (self._servers[name].last_term, len(self._servers[name].log)))
        for name in quorum:
            self._servers[name].term = term
            self._servers[name].is_leader = name == best
        self._leader = best
        self._log("Elect", best, q=quorum, t=term)

    def _request(self) -> None:
        leader, value = self._servers[self._leader], self._random.choice(VALUES)
        leader.log.append((leader.term, value))
        self._log("ClientRequest", self._leader, effect=self._length(leader), v=value)

    def _commit(self) -> None:
        leader = self._servers[self._leader]
        index = leader.commit + 1
        while index <= len(leader.log) and leader.log[index - 1][0] != leader.term:
            index += 1
        if index > len(leader.log):
            return
        holders = [
            server
            for server in self._servers.values()
            if server.term == leader.term
            and len(server.log) >= index
            and server.log[index - 1] == leader.log[index - 1]
        ]
        needed = 1 if self._knobs.bug == "commits without a quorum" else len(self.names) // 2 + 1
        if len(holders) >= needed:
            leader.commit = index
            self._log("Commit", self._leader, effect={"commit": index}, k=index)

    def _follow(self, name: str) -> None:
        follower, leader = self._servers[name], self._servers[self._leader]
        matches = len(follower.log) <= len(leader.log) and (
            not follower.log or leader.log[len(follower.log) - 1][0] == follower.last_term
        )
        if not matches:
            del follower.log[-2 if self._knobs.bug == "cuts off too much" else -1 :]
            self._obey(follower, leader)
            self._log("Truncate", name, effect=self._length(follower), j=self._leader)
        elif follower.term == leader.term and min(leader.commit, len(follower.log)) > follower.commit:
            follower.commit = min(leader.commit, len(follower.log))
            if self._knobs.logged is not Logged.HIDDEN:
                self._log("Learn", name, effect={"commit": follower.commit}, j=self._leader)
        elif len(follower.log) < len(leader.log):
            follower.log.append(leader.log[len(follower.log)])
            self._obey(follower, leader)
            self._log("Accept", name, effect=self._length(follower), j=self._leader)

    @staticmethod
    def _obey(follower: _Server, leader: _Server) -> None:
        follower.term, follower.is_leader = leader.term, False

    @staticmethod
    def _length(server: _Server) -> dict[str, Any]:
        return {"length": len(server.log), "lastTerm": server.last_term}

    def _log(self, event: str, server: str, effect: dict[str, Any] | None = None, **arguments: Any) -> None:
        more = effect if effect is not None and self._knobs.logged is Logged.FULL else {}
        self.events.append({"event": event, "i": server, **arguments, **more})


def _generate(knobs: Knobs) -> Trace:
    cluster = _Cluster(knobs)
    while len(cluster.events) < knobs.events:
        cluster.step()
    constants = {"Server": cluster.names, "Value": VALUES}
    return Trace(header("ReplicatedLog", knobs.logged, **constants), tuple(cluster.events))


REPLICATED_LOG = System(
    name="replicated log",
    module="ReplicatedLog",
    bugs=("commits without a quorum", "cuts off too much"),
    generate=_generate,
)
