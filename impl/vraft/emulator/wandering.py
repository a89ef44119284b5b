"""A random execution of a whole cluster, with everything mixed: members that come and go, crashes, cut links,
snapshots, leaders that hand over, clients that write and read.

A seed says everything: how many servers there are, what they can do, how bad the network, the disks and the clocks
are, and what happens.  One thing happens after another.  After each the cluster is given time to commit a value that
was proposed afterwards; where it cannot, because too much is broken, all is mended, and then it must.  So every fault
is followed by a commit, and an execution in which nothing works any more is no execution that passed.

What clients saw is kept, each operation with its call, its return and its result, for somebody to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from vraft import tracing
from vraft.core import Accepted, Features, RaftCore, ReadLost, ReadReady, Role
from vraft.emulator.clocks import MS, SECOND
from vraft.emulator.cluster import Cluster
from vraft.emulator.faults import ALL_KINDS, RandomFaults
from vraft.emulator.options import DiskOptions, LinkOptions, NetworkOptions, TimingOptions, node_names
from vraft.emulator.referees import RefereeError
from vraft.emulator.stage import Stage
from vraft.emulator.streams import Stream

EVENTS_MIN = 500
"""So many events an execution has at least, unless told otherwise."""

FAULTS_MIN = 5
"""And so many things that happen to it; otherwise a busy client alone would make up the events."""

FAULTS_MAX = 400
"""Where an execution has not come to its events by then, nothing happens in it any more, which is a failure."""

PATIENCE_US = 2 * SECOND
"""How long a broken cluster has to commit something, before it is mended: several elections."""

PATIENCE_MENDED_US = 60 * SECOND
"""How long a mended cluster has: it must come to a commit however unlucky its elections are."""

LOOK_US = 1 * MS
"""How often clients look whether they have an answer."""

OPERATION_EVERY_US = (10 * MS, 60 * MS)
"""How long a client waits before it asks for something else."""

GIVE_UP_US = 1 * SECOND
"""How long a client waits for an answer; it never learns what became of the operation."""

CLIENTS = 3

CLIENT = "c"
"""How their names begin, and with them their values; a probe's begins otherwise."""

VOTERS = (3, 3, 3, 4, 5)
"""How many servers vote at first; three is the usual number."""

SPARE_MAX = 2
"""How many others there may be that can join."""

NODES_MAX = max(VOTERS) + SPARE_MAX

LURK_US = 50 * MS
"""How long a fault that waits for its moment does so."""

FOREVER_US = 24 * 3600 * SECOND
"""Longer than any execution."""

OPERATORS_KINDS = ("transfer", "timeout", "compact_all")
"""What an operator does, besides what :data:`vraft.emulator.faults.ALL_KINDS` knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The cluster of an execution."""

    nodes: int
    voters: int
    features: Features
    network: NetworkOptions
    disk: DiskOptions
    timing: TimingOptions
    max_entries: int
    max_in_flight: int

    @classmethod
    def drawn(cls, seed: int) -> Setting:
        """The setting that a seed stands for."""
        draw = Stream(seed, "setting")
        voters = draw.choice(VOTERS)
        nodes = voters + draw.integer(0, SPARE_MAX)
        interval_check = draw.chance(600_000)
        features = Features(
            pre_vote=draw.chance(600_000),
            interval_check=interval_check,
            check_quorum=draw.chance(700_000),
            lease_reads=interval_check and draw.chance(600_000),
        )
        link = LinkOptions(
            delay_us=(1 * MS, draw.integer(2, 20) * MS),
            loss=draw.integer(0, 40_000),
            duplicate=draw.integer(0, 40_000),
            reorder=draw.integer(0, 100_000),
        )
        drift = TimingOptions().drift
        parts = 10
        rates = {name: 1 + drift * Fraction(draw.integer(-parts, parts), parts) for name in node_names(nodes)}
        return cls(
            nodes=nodes,
            voters=voters,
            features=features,
            network=NetworkOptions(default=link),
            disk=DiskOptions(sync_us=(0, draw.integer(0, 8) * MS)),
            timing=TimingOptions(rates=rates),
            max_entries=draw.choice((1, 2, 16)),
            max_in_flight=draw.choice((1, 1, 4)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOperation:
    """What a client asked for and was told.  ``end_us`` is None where it was never told.

    ``kind`` is ``append``, of ``value``, whose ``result`` is the position among the clients' values (from 1); or
    ``read``, whose ``result`` are the values.
    """

    client: str
    kind: str
    value: str
    call_us: int
    end_us: int | None
    result: int | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wandered:
    """What became of an execution.  ``failures`` is empty where all was as it must be.

    ``faults`` counts what happened by its kind; ``commits`` are the faults that were followed by a commit, ``mended``
    those of them that everything had to be mended for.
    """

    seed: int
    setting: Setting
    events: int
    faults: Mapping[str, int]
    commits: int
    mended: int
    history: tuple[ClientOperation, ...]
    failures: tuple[str, ...]


@dataclass(slots=True)
class _Asked:
    """An operation that waits for its answer."""

    client: str
    kind: str
    value: str
    call_us: int
    server: str
    incarnation: int
    accepted: Accepted | None = None
    end_us: int | None = None
    result: int | tuple[str, ...] | None = None
    is_over: bool = False
    """Nothing more will be heard of it."""

    def done(self) -> ClientOperation:
        return ClientOperation(
            client=self.client,
            kind=self.kind,
            value=self.value,
            call_us=self.call_us,
            end_us=self.end_us,
            result=self.result,
        )


@dataclass(slots=True)
class _Clients:
    """Clients that append and read, each one thing at a time, at whatever server they happen to believe in."""

    cluster: Cluster
    draw: Stream
    waiting: dict[str, _Asked] = field(default_factory=dict)
    history: list[_Asked] = field(default_factory=list)
    count: int = 0
    is_idle: bool = False

    def start(self) -> None:
        for number in range(1, CLIENTS + 1):
            self._next(f"{CLIENT}{number}")
        self._look()

    def _next(self, client: str) -> None:
        low, high = OPERATION_EVERY_US
        self.cluster.call_at(self.cluster.now_us + self.draw.integer(low, high), lambda: self._ask(client))

    def _ask(self, client: str) -> None:
        if client not in self.waiting and not self.is_idle:
            server = self._server()
            if server is not None:
                self._ask_of(client, server)
        self._next(client)

    def _server(self) -> str | None:
        """Mostly somebody who leads, or thinks so."""
        cluster = self.cluster
        leading = [name for name in cluster.up() if cluster.node(name).role is Role.LEADER]
        candidates = leading if leading and self.draw.chance(900_000) else list(cluster.up())
        return self.draw.choice(candidates) if candidates else None

    def _ask_of(self, client: str, server: str) -> None:
        cluster = self.cluster
        self.count += 1
        incarnation = cluster.node(server).incarnation
        if self.draw.chance(400_000):
            read = cluster.read(server, f"{client}-{self.count}")
            asked = _Asked(client, "read", read, cluster.now_us, server, incarnation)
        else:
            value = f"{client}-{self.count}"
            accepted = cluster.propose(value, server)
            if not isinstance(accepted, Accepted):
                return  # Refused: it never happened.
            asked = _Asked(client, "append", value, cluster.now_us, server, incarnation, accepted)
        self.waiting[client] = asked
        self.history.append(asked)

    def _look(self) -> None:
        for client, asked in list(self.waiting.items()):
            (self._look_for_append if asked.kind == "append" else self._look_for_read)(asked)
            if asked.is_over or self.cluster.now_us > asked.call_us + GIVE_UP_US:
                del self.waiting[client]
        self.cluster.call_at(self.cluster.now_us + LOOK_US, self._look)

    def _look_for_append(self, asked: _Asked) -> None:
        """The server tells its client once it knows the entry to be committed; nobody will, once it has crashed."""
        host, accepted = self.cluster.node(asked.server), asked.accepted
        assert accepted is not None, "an append was accepted"
        if host.incarnation != asked.incarnation or host.core is None or host.term != accepted.term:
            asked.is_over = True
        elif host.commit_index >= accepted.index:
            asked.is_over, asked.end_us = True, self.cluster.now_us
            asked.result = len(self._values(accepted.index))

    def _look_for_read(self, asked: _Asked) -> None:
        answer = self.cluster.reads[asked.value]
        host = self.cluster.node(asked.server)
        if isinstance(answer, ReadReady):
            asked.is_over, asked.end_us = True, self.cluster.now_us
            asked.result = self._values(answer.index)
        elif isinstance(answer, ReadLost) or host.incarnation != asked.incarnation or host.core is None:
            asked.is_over = True

    def _values(self, index: int) -> tuple[str, ...]:
        """What these clients appended, up to an index."""
        entries = self.cluster.referees.committed[:index]
        return tuple(entry.value for entry in entries if entry.config is None and entry.value.startswith(CLIENT))


def wander(
    seed: int,
    *,
    events_min: int = EVENTS_MIN,
    node_class: type[RaftCore] = RaftCore,
    assertions: bool = True,
    referees: bool = True,
    on_event: Callable[[tracing.Event], None] | None = None,
) -> Wandered:
    """The execution that ``seed`` stands for.

    ``node_class`` is for cores that are wrong on purpose; their own ``assertions`` should not keep them from it.  What
    the ``referees`` find is a failure.  ``on_event`` is called with each event; what it raises ends the execution.
    """
    setting = Setting.drawn(seed)
    cluster = Cluster(
        setting.nodes,
        voters=node_names(setting.nodes)[: setting.voters],
        seed=seed,
        features=setting.features,
        node_class=node_class,
        network=setting.network,
        disk=setting.disk,
        timing=setting.timing,
        max_entries=setting.max_entries,
        max_in_flight=setting.max_in_flight,
        assertions=assertions,
        referees=referees,
        on_event=on_event,
    )
    walk = _Walk(cluster, seed)
    failures = walk.failures
    try:
        walk.run(events_min)
    except RefereeError as violation:
        failures.append(str(violation))
    return Wandered(
        seed=seed,
        setting=setting,
        events=cluster.counts.events,
        faults=dict(sorted(walk.faults.items())),
        commits=walk.commits,
        mended=walk.mended,
        history=tuple(each.done() for each in walk.clients.history if each.kind == "append" or each.end_us is not None),
        failures=tuple(failures),
    )


class _Walk:
    """One fault after another, and a commit after each."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self.cluster = cluster
        self.clients = _Clients(cluster, Stream(seed, "clients"))
        self.faults: Counter[str] = Counter()
        self.commits = 0
        self.mended = 0
        self.failures: list[str] = []
        self._draw = Stream(seed, "walk")
        self._faults = RandomFaults(Stage(cluster), every_us=LURK_US, for_us=FOREVER_US, kinds=ALL_KINDS)
        self._probes = 0

    def run(self, events_min: int) -> None:
        """Until there are events and faults enough, then to a quiet end."""
        self.clients.start()
        if not self._comes_to_a_commit("the beginning", PATIENCE_MENDED_US):
            return
        while self.cluster.counts.events < events_min or self.faults.total() < FAULTS_MIN:
            if self.faults.total() >= FAULTS_MAX:
                self.failures.append(f"no {events_min} events after {FAULTS_MAX} faults")
                return
            if not self._one_fault():
                return
        self.clients.is_idle = True
        self._faults.mend()
        self._comes_to_a_commit("the end", PATIENCE_MENDED_US)

    def _one_fault(self) -> bool:
        kind = self._draw.choice((*self._faults.possible(), *OPERATORS_KINDS))
        self.faults[kind] += 1
        self._do(kind)
        self.cluster.run_to(self.cluster.now_us + self._draw.integer(0, 400) * MS)
        if self._commits(PATIENCE_US):
            self.commits += 1
            return True
        self._faults.mend()
        self.mended += 1
        if not self._comes_to_a_commit(kind, PATIENCE_MENDED_US):
            return False
        self.commits += 1
        return True

    def _do(self, kind: str) -> None:
        cluster = self.cluster
        if kind == "transfer":
            cluster.transfer(self._draw.choice(cluster.names))
        elif kind == "timeout":
            cluster.timeout(self._draw.choice(cluster.names))
        elif kind == "compact_all":  # Who is down or cut off will need what nobody has any more.
            for name in cluster.up():
                cluster.compact(name)
        else:
            self._faults.strike(kind)

    def _comes_to_a_commit(self, after: str, patience_us: int) -> bool:
        if self._commits(patience_us):
            return True
        seconds = patience_us / SECOND
        self.failures.append(
            f"no commit within {seconds:g} s after {after}, with every link and server mended "
            f"(at {self.cluster.now_us / SECOND:g} s)"
        )
        return False

    def _commits(self, patience_us: int) -> bool:
        """Whether a value that is proposed from now on comes to be committed."""
        cluster, limit = self.cluster, self.cluster.now_us + patience_us
        committed = cluster.referees.committed
        seen = len(committed)
        self._probes += 1
        mark = f"p{self._probes}-"

        def arrived() -> bool:
            nonlocal seen
            fresh = any(entry.config is None and entry.value.startswith(mark) for entry in committed[seen:])
            seen = len(committed)
            return fresh

        attempts = 0
        while cluster.now_us < limit:
            attempts += 1
            cluster.propose(f"{mark}{attempts}")
            if cluster.run_until(arrived, limit_us=min(limit, cluster.now_us + 200 * MS)):
                return True
        return False
