"""Logs that a leader replicates: elections, requests, followers that catch up or cut off what was never committed."""

from __future__ import annotations

from random import Random

from bench.systems.system import Event, Knobs, Logged, Recorder, Stamp, System, Trace

ELECTION_SHARE = 0.004
"""Elections among all steps: rare, so that logs grow for long between them."""
ELECTIONS_MIN = 4
"""About how many elections a short trace has nevertheless."""

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
        self._election_share = max(ELECTION_SHARE, ELECTIONS_MIN / knobs.events)
        self.names = [f"s{number}" for number in range(1, knobs.processes + 1)]
        self.values = [f"v{number}" for number in range(1, knobs.width + 1)]
        self._servers = {name: _Server() for name in self.names}
        self._leader = ""
        self.recorder = Recorder(knobs, self.names)

    def step(self) -> None:
        if not self._leader or self._random.random() < self._election_share:
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
        for name in quorum:
            self.recorder.receive(best, self.recorder.stamp(name))
        self.recorder.write(best, "Elect", i=best, q=quorum, t=term)
        for name in quorum:
            self.recorder.receive(name, self.recorder.stamp(best))

    def _request(self) -> None:
        leader, value = self._servers[self._leader], self._random.choice(self.values)
        leader.log.append((leader.term, value))
        self.recorder.write(self._leader, "ClientRequest", self._length(leader), i=self._leader, v=value)

    def _commit(self) -> None:
        leader = self._servers[self._leader]
        index = leader.commit + 1
        while index <= len(leader.log) and leader.log[index - 1][0] != leader.term:
            index += 1
        if index > len(leader.log):
            return
        holders = [
            name
            for name, server in self._servers.items()
            if server.term == leader.term
            and len(server.log) >= index
            and server.log[index - 1] == leader.log[index - 1]
        ]
        needed = 1 if self._knobs.bug == "commits without a quorum" else len(self.names) // 2 + 1
        if len(holders) >= needed:
            leader.commit = index
            for name in holders:
                self.recorder.receive(self._leader, self.recorder.stamp(name))
            self.recorder.write(self._leader, "Commit", {"commit": index}, i=self._leader, k=index)

    def _follow(self, name: str) -> None:
        follower, leader = self._servers[name], self._servers[self._leader]
        heard = self.recorder.stamp(self._leader)
        matches = len(follower.log) <= len(leader.log) and (
            not follower.log or leader.log[len(follower.log) - 1][0] == follower.last_term
        )
        if not matches:
            del follower.log[-2 if self._knobs.bug == "cuts off too much" else -1 :]
            self._obey(follower, leader)
            self._write(name, "Truncate", self._length(follower), heard)
        elif follower.term == leader.term and min(leader.commit, len(follower.log)) > follower.commit:
            follower.commit = min(leader.commit, len(follower.log))
            if self._knobs.logged is not Logged.HIDDEN:
                self._write(name, "Learn", {"commit": follower.commit}, heard)
        elif len(follower.log) < len(leader.log):
            follower.log.append(leader.log[len(follower.log)])
            self._obey(follower, leader)
            self._write(name, "Accept", self._length(follower), heard)

    @staticmethod
    def _obey(follower: _Server, leader: _Server) -> None:
        follower.term, follower.is_leader = leader.term, False

    @staticmethod
    def _length(server: _Server) -> Event:
        return {"length": len(server.log), "lastTerm": server.last_term}

    def _write(self, name: str, event: str, effect: Event, heard: Stamp) -> None:
        self.recorder.receive(name, heard)
        self.recorder.write(name, event, effect, i=name, j=self._leader)


def _generate(knobs: Knobs) -> Trace:
    cluster = _Cluster(knobs)
    while len(cluster.recorder) < knobs.events:
        cluster.step()
    return cluster.recorder.trace("ReplicatedLog", Server=cluster.names, Value=cluster.values)


REPLICATED_LOG = System(
    name="replicated log",
    module="ReplicatedLog",
    bugs=("commits without a quorum", "cuts off too much"),
    generate=_generate,
)
