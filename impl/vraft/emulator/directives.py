"""What the events of a scenario can do.  Each directive is a class: how it is read from YAML, and what it does.

Servers are named, or referred to by what they are when the event happens (see :data:`vraft.emulator.stage.REFERENCES`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vraft.emulator.client import Client, Reader
from vraft.emulator.clocks import SECOND
from vraft.emulator.conditions import Condition, read_conditions
from vraft.emulator.document import Value, shown
from vraft.emulator.faults import ALL_KINDS, KINDS, RandomFaults
from vraft.emulator.operators import Operator
from vraft.emulator.stage import Mark, Servers, Stage, StageError, read_members

COUNT_MAX = 1_000_000
"""Values of one load: more would not fit into memory with their traces."""


class Directive(Protocol):
    """Something that an event does."""

    def run(self, stage: Stage) -> None:
        """Do it; raises :class:`~vraft.emulator.stage.StageError` where it cannot be done."""


@dataclass(frozen=True, slots=True)
class ProposeValues:
    """``propose: x``, ``propose: [x, y]`` or ``propose: {value: x, to: n1}``; to the leader, if nobody is named."""

    values: tuple[str, ...]
    to: Servers | None = None

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> ProposeValues:
        """Read it."""
        if value.is_mapping():
            parts = value.mapping(("value", "to"), required=("value",))
            return cls((parts["value"].given_text(),), Servers.read(parts["to"], servers) if "to" in parts else None)
        return cls(tuple(item.given_text() for item in (value.some_items("value") if value.is_list() else [value])))

    def run(self, stage: Stage) -> None:
        for value in self.values:
            for name in [None] if self.to is None else self.to.resolve(stage):
                stage.cluster.propose(value, name)


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """``change: {voters: [n1, n2, n4], learners: [n5]}``: an operator asks for these members until they are.

    With ``catch_up: true`` those who are to vote learn first.  Where nothing happens by itself, and with ``to: n1``,
    it asks once.
    """

    voters: Servers
    learners: Servers
    to: Servers | None = None
    catch_up: bool = False

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> ChangeMembers:
        """Read it."""
        parts = value.mapping(("voters", "learners", "to", "catch_up"), required=("voters",))
        catch_up = "catch_up" in parts and parts["catch_up"].boolean()
        voters, learners = read_members(parts, servers)
        to = Servers.read(parts["to"], servers) if "to" in parts else None
        return cls(voters, learners, to, catch_up)

    def run(self, stage: Stage) -> None:
        voters, learners = self.voters.resolve(stage), self.learners.resolve(stage)
        if set(voters) & set(learners):
            raise StageError(f"a server votes or learns, not both: {', '.join(sorted(set(voters) & set(learners)))}")
        if stage.cluster.automatic and self.to is None:
            Operator(stage.cluster, voters=voters, learners=learners, catch_up=self.catch_up).start()
            return
        for name in [None] if self.to is None else self.to.resolve(stage):
            stage.cluster.change(voters, learners, name, catch_up=self.catch_up)


@dataclass(frozen=True, slots=True)
class EachServer:
    """``crash: n1``, ``isolate: leader`` and the like: one thing done to each of some servers.

    It is done to those to which it can be: ``restart: all`` starts those that are down, and those that run go on.
    """

    verb: str
    servers: Servers

    def run(self, stage: Stage) -> None:
        for name in self.servers.resolve(stage):
            _SERVER_VERBS[self.verb](stage, name)


_SERVER_VERBS: Mapping[str, Callable[[Stage, str], object]] = {
    "crash": lambda stage, name: stage.crash(name),
    "restart": lambda stage, name: stage.cluster.restart(name),
    "isolate": lambda stage, name: stage.cluster.isolate(name),
    "timeout": lambda stage, name: stage.cluster.timeout(name),
    "heartbeat": lambda stage, name: stage.cluster.heartbeat(name),
    "sync": lambda stage, name: stage.cluster.sync(name),
    "stall": lambda stage, name: stage.cluster.stall(name),
    "mend": lambda stage, name: stage.cluster.mend(name),
}


@dataclass(frozen=True, slots=True)
class CutLog:
    """``compact: n1`` or ``compact: {server: n1, keep: 2}``: servers cut their logs, but for the last so many entries
    that they have applied."""

    servers: Servers
    keep: int = 0

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> CutLog:
        """Read it."""
        if not value.is_mapping():
            return cls(Servers.read(value, servers))
        parts = value.mapping(("server", "keep"), required=("server", "keep"))
        return cls(Servers.read(parts["server"], servers), parts["keep"].integer(0, COUNT_MAX))

    def run(self, stage: Stage) -> None:
        for name in self.servers.resolve(stage):
            stage.cluster.compact(name, keep=self.keep)


@dataclass(frozen=True, slots=True)
class OfMessage:
    """``deliver: 3``, ``drop: 3``, ``duplicate: 3``: something done to a message, by its number."""

    verb: str
    id: int

    def run(self, stage: Stage) -> None:
        _MESSAGE_VERBS[self.verb](stage, self.id)


_MESSAGE_VERBS: Mapping[str, Callable[[Stage, int], object]] = {
    "deliver": lambda stage, id_: stage.cluster.deliver(id_),
    "drop": lambda stage, id_: stage.cluster.drop(id_),
    "duplicate": lambda stage, id_: stage.cluster.duplicate(id_),
}


@dataclass(frozen=True, slots=True)
class CutLinks:
    """``cut: {from: n1, to: n2}``: one direction only.  A server has no link to itself, so of ``{from: all, to: n2}``
    those of the others are cut; there must be one."""

    senders: Servers
    receivers: Servers

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> CutLinks:
        """Read it."""
        parts = value.mapping(("from", "to"), required=("from", "to"))
        cut = cls(Servers.read(parts["from"], servers), Servers.read(parts["to"], servers))
        named = {*cut.senders.names, *cut.receivers.names}
        if len(named) == 1 and named != {"all"}:
            raise value.error(f"expected two servers, found {cut.senders} only, which has no link to itself")
        return cut

    def run(self, stage: Stage) -> None:
        stage.cluster.cut(self.senders.resolve(stage), self.receivers.resolve(stage))


@dataclass(frozen=True, slots=True)
class HandOver:
    """``transfer: n2`` or ``transfer: {to: n2, from: n1}``: a server (the leader, if nobody is named) is asked to hand
    over leadership."""

    to: Servers
    source: Servers | None = None

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> HandOver:
        """Read it."""
        if not value.is_mapping():
            return cls(Servers.read(value, servers))
        parts = value.mapping(("to", "from"), required=("to",))
        return cls(
            Servers.read(parts["to"], servers), Servers.read(parts["from"], servers) if "from" in parts else None
        )

    def run(self, stage: Stage) -> None:
        for source in [None] if self.source is None else self.source.resolve(stage):
            for to in self.to.resolve(stage):
                stage.cluster.transfer(to, source)


@dataclass(frozen=True, slots=True)
class AskForReads:
    """``read:``, ``read: 5`` or ``read: {from: n1, count: 5, id: x}``: clients ask the leader, or a server, to read."""

    source: Servers | None = None
    count: int = 1
    id: str | None = None

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> AskForReads:
        """Read it."""
        if value.is_null():
            return cls()
        if not value.is_mapping():
            return cls(count=value.integer(1, COUNT_MAX))
        parts = value.mapping(("from", "count", "id"))
        return cls(
            source=Servers.read(parts["from"], servers) if "from" in parts else None,
            count=parts["count"].integer(1, COUNT_MAX) if "count" in parts else 1,
            id=parts["id"].text() if "id" in parts else None,
        )

    def run(self, stage: Stage) -> None:
        for name in [None] if self.source is None else self.source.resolve(stage):
            for _ in range(self.count):
                stage.cluster.read(name, self.id)


@dataclass(frozen=True, slots=True)
class StartReads:
    """``reads: {every: 20ms, count: 100}``: a client asks whoever leads for one read after another."""

    every_us: int
    count: int

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> StartReads:
        """Read it."""
        return cls(*_every_and_count(value))

    def run(self, stage: Stage) -> None:
        Reader(stage.cluster, every_us=self.every_us, count=self.count).start()


@dataclass(frozen=True, slots=True)
class Wait:
    """``wait: 150ms``: in a manual scenario, time passes."""

    us: int

    def run(self, stage: Stage) -> None:
        stage.cluster.wait(self.us)


@dataclass(frozen=True, slots=True)
class PartitionGroups:
    """``partition: [[n1, n2], [n3]]``; servers that are not named make up one more group.  Links between servers of
    one group work again.  ``heal`` is what makes all of them one group."""

    groups: tuple[Servers, ...]

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> PartitionGroups:
        """Read it."""
        return cls(tuple(Servers.read(group, servers) for group in value.some_items("group of servers")))

    def run(self, stage: Stage) -> None:
        stage.cluster.partition([group.resolve(stage) for group in self.groups])


@dataclass(frozen=True, slots=True)
class Heal:
    """``heal:``: all links work again."""

    def run(self, stage: Stage) -> None:
        stage.cluster.heal()


@dataclass(frozen=True, slots=True)
class MarkState:
    """``mark:``: remember the term and the leader, for ``same``, ``risen`` and ``changed``."""

    def run(self, stage: Stage) -> None:
        stage.mark = Mark(stage.term(), stage.cluster.leader())


@dataclass(frozen=True, slots=True)
class Expect:
    """``expect: CONDITION``: it must hold now."""

    conditions: tuple[Condition, ...]

    def run(self, stage: Stage) -> None:
        for condition in self.conditions:
            if not condition.holds(stage):
                raise StageError(f"expected {condition}; found: {condition.found(stage)}")


@dataclass(frozen=True, slots=True)
class StartLoad:
    """``load: {every: 20ms, count: 100}``: a client proposes values."""

    every_us: int
    count: int

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> StartLoad:
        """Read it."""
        return cls(*_every_and_count(value))

    def run(self, stage: Stage) -> None:
        stage.loads += 1
        Client(stage.cluster, name=f"c{stage.loads}", every_us=self.every_us, count=self.count).start()


@dataclass(frozen=True, slots=True)
class StartFaults:
    """``random_faults: {every: 500ms, for: 20s, kinds: [crash, partition]}``; if none are named all kinds but changes
    of the members and compaction."""

    every_us: int
    for_us: int
    kinds: tuple[str, ...]

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> StartFaults:
        """Read it."""
        parts = value.mapping(("every", "for", "kinds"), required=("every", "for"))
        kinds: tuple[str, ...] = KINDS
        if "kinds" in parts:
            kinds = tuple(kind.word(ALL_KINDS, what="kind of fault") for kind in parts["kinds"].some_items("kind"))
        return cls(_positive(parts["every"]), _positive(parts["for"]), kinds)

    def run(self, stage: Stage) -> None:
        RandomFaults(stage, every_us=self.every_us, for_us=self.for_us, kinds=self.kinds).start()


def _every_and_count(value: Value) -> tuple[int, int]:
    """``{every: 20ms, count: 100}``: how often something is done again, and how many times."""
    parts = value.mapping(("every", "count"), required=("every", "count"))
    return _positive(parts["every"]), parts["count"].integer(1, COUNT_MAX)


def _positive(value: Value) -> int:
    """A duration that is not nothing, and no longer than a year of virtual time would make sense."""
    us = value.duration_us()
    if not 0 < us <= 3600 * SECOND:
        raise value.error(f"expected a duration of more than nothing and at most an hour, found {shown(value.text())}")
    return us


ReadDirective = Callable[[Value, Sequence[str]], Directive]


def _each(verb: str) -> ReadDirective:
    return lambda value, servers: EachServer(verb, Servers.read(value, servers))


def _message(verb: str) -> ReadDirective:
    return lambda value, servers: OfMessage(verb, value.integer(1, COUNT_MAX))


def _alone(directive: Directive) -> ReadDirective:
    def read(value: Value, servers: Sequence[str]) -> Directive:
        if not (value.is_null() or value.node.value == "all"):
            raise value.error(f"expected nothing here, found {value.describe()}")
        return directive

    return read


UNATTENDED = ("load", "reads", "random_faults")
"""What goes on by itself, and so only in a cluster that does."""

DIRECTIVES: Mapping[str, ReadDirective] = {
    "propose": ProposeValues.read,
    "change": ChangeMembers.read,
    **{verb: _each(verb) for verb in _SERVER_VERBS},
    **{verb: _message(verb) for verb in _MESSAGE_VERBS},
    "stop_leader": _alone(EachServer("crash", Servers(("leader",)))),
    "transfer": HandOver.read,
    "compact": CutLog.read,
    "read": AskForReads.read,
    "reads": StartReads.read,
    "wait": lambda value, servers: Wait(_positive(value)),
    "cut": CutLinks.read,
    "partition": PartitionGroups.read,
    "heal": _alone(Heal()),
    "mark": _alone(MarkState()),
    "expect": lambda value, servers: Expect(read_conditions(value, servers)),
    "load": StartLoad.read,
    "random_faults": StartFaults.read,
}
