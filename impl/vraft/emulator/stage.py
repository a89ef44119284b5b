"""What the events and conditions of a scenario see and act on: the cluster, and what the scenario remembers of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vraft.core import ReadReady, Role, is_noop
from vraft.emulator.cluster import Cluster
from vraft.emulator.document import Value
from vraft.emulator.host import Host

REFERENCES = ("leader", "follower", "stopped", "all", "outsider")
"""Servers by what they are when the event happens: the leader; the first follower by name that is a member; the one
that crashed last; all of them; the first that is no member."""


class StageError(Exception):
    """A scenario asks for something that is not there when the event happens, such as the leader when there is none."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Servers of the cluster, by name or reference."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.names)

    @classmethod
    def read(cls, value: Value, known: Iterable[str], *, may_be_none: bool = False) -> Servers:
        """One name or reference, or a list of them, which is not empty unless it may be."""
        names = (*known, *REFERENCES)
        items = [value]
        if value.is_list():
            items = value.items() if may_be_none else value.some_items("server")
        return cls(tuple(item.word(names, what="server") for item in items))

    def resolve(self, stage: Stage) -> list[str]:
        """The names of the servers that are meant now."""
        resolved: list[str] = []
        for name in self.names:
            resolved.extend(stage.resolve(name))
        return resolved


@dataclass(frozen=True, slots=True)
class Mark:
    """What was remembered, to compare with later."""

    term: int
    leader: str | None


class Stage:
    """A cluster, the clients' and faults' randomness, and the last mark."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.mark = Mark(0, None)
        self.stopped: list[str] = []
        self.loads = 0

    def resolve(self, name: str) -> list[str]:
        """The servers that a name or reference stands for now."""
        cluster = self.cluster
        if name == "all":
            return list(cluster.names)
        if name == "leader":
            leader = cluster.leader()
            if leader is None:
                raise StageError("there is no leader")
            return [leader]
        if name == "follower":
            followers = [host.name for host in self.members() if host.role is Role.FOLLOWER]
            if not followers:
                raise StageError("there is no follower")
            return followers[:1]
        if name == "outsider":
            outsiders = [other for other in cluster.names if other not in cluster.members()]
            if not outsiders:
                raise StageError("all servers are members")
            return outsiders[:1]
        if name == "stopped":
            down = [stopped for stopped in self.stopped if not cluster.node(stopped).up]
            if not down:
                raise StageError("no server is stopped")
            return down[-1:]
        return [name]

    def members(self) -> list[Host]:
        """The members, by the configuration that was committed last, that run."""
        return [self.cluster.node(name) for name in self.cluster.members() if self.cluster.node(name).up]

    def crash(self, name: str) -> None:
        """Crash a server, and remember which."""
        if self.cluster.crash(name):
            self.stopped = [stopped for stopped in self.stopped if stopped != name]
            self.stopped.append(name)

    def term(self) -> int:
        """The newest term of a running server."""
        return max((self.cluster.node(name).term for name in self.cluster.up()), default=0)

    def values(self) -> int:
        """How many values of clients are committed."""
        committed = self.cluster.referees.committed
        terms_before = (0, *(entry.term for entry in committed))
        return sum(
            not (entry.is_config or is_noop(entry, before))
            for entry, before in zip(committed, terms_before, strict=False)
        )

    def commands(self) -> int:
        """How many commands of clients the furthest state machine has applied."""
        return max((self.cluster.node(name).machine.commands for name in self.cluster.up()), default=0)

    def reads_answered(self) -> int:
        """How many reads were answered."""
        return sum(isinstance(answer, ReadReady) for answer in self.cluster.reads.values())


def read_members(parts: Mapping[str, Value], known: Iterable[str]) -> tuple[Servers, Servers]:
    """``voters`` and ``learners`` of a mapping: somebody votes, and nobody votes and learns."""
    names = tuple(known)
    voters = Servers.read(parts["voters"], names, may_be_none=True)
    learners = Servers.read(parts["learners"], names, may_be_none=True) if "learners" in parts else Servers(())
    if not voters.names:
        raise parts["voters"].error("expected at least one voter, found none")
    both = sorted(set(voters.names) & set(learners.names))
    if both:
        raise parts["learners"].error(f"a server votes or learns, not both: {', '.join(both)}")
    return voters, learners
