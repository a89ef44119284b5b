"""A whole cluster in one process, under a virtual clock and a seeded network.

It runs by itself (:meth:`Cluster.run_until`): timers run out, messages arrive, disks sync, as the seed has it.  Or it
is led by the hand (``automatic=False``), where nothing happens but what a caller says: which message arrives, which is
lost, whose election timer runs out.  Either way equal arguments give equal runs, to the byte.

This module is what one can ask of a cluster and do to it; how steps are released stands in
:mod:`vraft.emulator.servers`, how messages travel in :mod:`vraft.emulator.delivery`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from vraft import tracing
from vraft.core import (
    NO_FEATURES,
    Accepted,
    ChangeConfig,
    Configuration,
    ElectionTimeout,
    Features,
    ForgetLeader,
    HeartbeatTimeout,
    NotLeader,
    Propose,
    RaftCore,
    Read,
    ReadLost,
    Receive,
    Role,
    TransferLeadership,
)
from vraft.core.outputs import Proposal, ReadAnswer, Transfer
from vraft.emulator.clocks import MS, Agenda
from vraft.emulator.delivery import Delivery
from vraft.emulator.errors import EmulatorError
from vraft.emulator.host import Host
from vraft.emulator.network import InFlight, Network, Traffic
from vraft.emulator.options import NODES_MAX, DiskOptions, NetworkOptions, TimingOptions, node_names
from vraft.emulator.referees import Referees
from vraft.emulator.servers import Servers

OPERATION_US = 1 * MS
"""How much time passes with every operation when the cluster is led by the hand, so that times tell events apart.

None where the servers have features, some of which go by time: there it passes only when somebody waits."""


class Cluster:
    """A cluster of ``nodes`` servers (a number, or their names), of which ``voters`` vote at first.

    Without ``voters`` all do, and the members never change.  ``features`` are what the servers do beyond basic Raft.
    Without either, the trace is one of ``Raft.tla``.
    ``node_class`` is the core that the servers run.  ``assertions`` and ``referees`` can be switched off for cores that
    are wrong on purpose.  ``on_event`` is called with each event, as :mod:`vraft.tracing` describes it, when it is
    released; where it is None, no event is made.

    >>> cluster = Cluster(3, seed=1)
    >>> cluster.run_until(lambda: cluster.leader() is not None, limit_us=5_000_000)
    True
    """

    def __init__(
        self,
        nodes: int | Sequence[str] = 3,
        *,
        voters: Sequence[str] | None = None,
        seed: int = 0,
        features: Features | None = None,
        node_class: type[RaftCore] = RaftCore,
        network: NetworkOptions | None = None,
        disk: DiskOptions | None = None,
        timing: TimingOptions | None = None,
        max_entries: int = 16,
        max_bytes: int | None = None,
        max_in_flight: int = 1,
        assertions: bool = True,
        referees: bool = True,
        automatic: bool = True,
        on_event: Callable[[tracing.Event], None] | None = None,
    ) -> None:
        self.names: tuple[str, ...] = node_names(nodes) if isinstance(nodes, int) else tuple(nodes)
        if not 1 <= len(set(self.names)) == len(self.names) <= NODES_MAX:
            raise EmulatorError(f"a cluster has 1 to {NODES_MAX} servers with names of their own, found {nodes!r}")
        if voters is not None and not (set(voters) and set(voters) <= set(self.names)):
            raise EmulatorError(f"the first voters must be some of {', '.join(self.names)}, found {voters!r}")
        self.voters: tuple[str, ...] | None = None if voters is None else tuple(voters)
        self.seed = seed
        self.features = features
        self.automatic = automatic
        self.max_entries = max_entries
        self.max_bytes = max_bytes
        self.max_in_flight = max_in_flight
        self.manual_sync = bool(disk is not None and disk.manual)
        self.operations: list[tuple[str, object]] = []
        """What was done to the cluster by hand, in order; see :func:`vraft.emulator.scenario.recorded`."""
        self._agenda = Agenda()
        self._hosts = {
            name: Host(
                name,
                self.names,
                voters=self.voters,
                node_class=node_class,
                features=features or NO_FEATURES,
                timing=timing or TimingOptions(),
                max_entries=max_entries,
                max_bytes=max_bytes,
                max_in_flight=max_in_flight,
                assertions=assertions,
                seed=seed,
                observer=None if on_event is None else tracing.variables,
            )
            for name in self.names
        }
        disks = {name: host.storage for name, host in self._hosts.items()}
        if max_in_flight > 1:
            self._is_more_than_basic("waits for an answer to each batch")
        initial = Configuration.of(self.names if voters is None else voters)
        self.referees = Referees(disks, initial, seed=seed, strict=referees)
        self._network = Network(network or NetworkOptions(), seed=seed)
        self._delivery = Delivery(
            self._network,
            agenda=self._agenda,
            automatic=automatic,
            is_up=lambda name: self._hosts[name].up,
            receive=lambda message: self._servers.give(self._hosts[message.receiver], Receive(message)),
        )
        self._servers = Servers(
            self._hosts,
            agenda=self._agenda,
            referees=self.referees,
            features=features,
            disk=disk or DiskOptions(),
            timing=timing or TimingOptions(),
            seed=seed,
            automatic=automatic,
            send=self._delivery.send,
            on_event=on_event,
        )
        self.counts = self._servers.counts
        self.reads: dict[str, ReadAnswer | None] = self._servers.reads
        """What became of each read that was asked for; None while it waits (or if its server crashed)."""
        for host in self._hosts.values():
            self._servers.boot(host)

    # Looking ----------------------------------------------------------------------------------------------------------

    @property
    def now_us(self) -> int:
        """The virtual time."""
        return self._agenda.now_us

    @property
    def traffic(self) -> Traffic:
        """What became of the messages."""
        return self._network.traffic

    def node(self, name: str) -> Host:
        """A server by its name."""
        host = self._hosts.get(name)
        if host is None:
            raise EmulatorError(f"there is no server {name!r}, only {', '.join(self.names)}")
        return host

    def up(self) -> tuple[str, ...]:
        """The servers that run."""
        return tuple(name for name, host in self._hosts.items() if host.up)

    def down(self) -> tuple[str, ...]:
        """The servers that crashed and are not back."""
        return tuple(name for name, host in self._hosts.items() if not host.up)

    def leader(self) -> str | None:
        """The running leader of the newest term that has one."""
        leaders = [(host.term, name) for name, host in self._hosts.items() if host.up and host.role is Role.LEADER]
        return max(leaders)[1] if leaders else None

    def members(self) -> tuple[str, ...]:
        """The members of the configuration that was committed last."""
        members = self.referees.config.members
        return tuple(name for name in self.names if name in members)

    def pending(self) -> tuple[InFlight, ...]:
        """The messages on their way, in the order in which they were sent."""
        return self._network.pending()

    def unsynced(self, name: str) -> int:
        """How many steps of a server are not released yet, and would be lost in a crash."""
        return len(self.node(name).waiting)

    def cuts(self) -> tuple[tuple[str, str], ...]:
        """The links (sender, receiver) that are cut."""
        return tuple(self._network.cuts())

    # Running ----------------------------------------------------------------------------------------------------------

    def run_until(self, condition: Callable[[], bool], *, limit_us: int) -> bool:
        """Run until the condition holds, or the virtual time ``limit_us`` has come; whether it holds."""
        while not condition():
            due = self._agenda.next_us()
            if due is None or due > limit_us:
                self._agenda.advance(limit_us)
                return condition()
            self._agenda.happen()
        return True

    def run_to(self, time_us: int) -> None:
        """Run until the virtual time ``time_us``."""
        self.run_until(lambda: False, limit_us=time_us)

    def call_at(self, time_us: int, happening: Callable[[], None]) -> None:
        """Have something done at a virtual time."""
        self._agenda.at(time_us, happening)

    # Doing things to servers ------------------------------------------------------------------------------------------

    def timeout(self, name: str) -> None:
        """The election timer of a server runs out; nothing happens if it leads or is down.

        It is an operator's order: a server that protects a leader forgets it first (not so where there are leases).
        """
        self._operation("timeout", name)
        host = self.node(name)
        if self.features is not None and self.features.interval_check:
            self._servers.give(host, ForgetLeader())
        self._servers.give(host, ElectionTimeout())

    def wait(self, duration_us: int) -> None:
        """Time passes, and the clock of every server runs on at once; only for a cluster that is led by the hand.

        What runs out by that, runs out: this is the only operation by which more than one server may take a step.
        """
        if self.automatic:
            raise EmulatorError("a cluster that runs by itself waits for nobody")
        self._operation("wait", f"{duration_us}us")
        self._agenda.advance(self.now_us + duration_us)
        for host in self._hosts.values():
            if host.up:
                self._servers.tick(host)

    def transfer(self, to: str, name: str | None = None) -> Transfer:
        """An operator asks a server (the leader, if none is named) to hand over leadership."""
        if self.features is None:
            raise EmulatorError("a cluster of basic Raft hands over no leadership: it needs features (be they all off)")
        target = name or self.leader()
        self.node(to)
        self._operation("transfer", {"to": to} if target is None else {"to": to, "from": target})
        output = None if target is None else self._servers.give(self.node(target), TransferLeadership(to))
        return NotLeader(None) if output is None or output.transfer is None else output.transfer

    def read(self, name: str | None = None, id_: str | None = None) -> str:
        """A client asks a server (the leader, if none is named) for a linearizable read, by a name of its own.

        Returns the name; what became of the read is in :attr:`reads` once its step is released.
        """
        self._is_more_than_basic("answers no reads")
        target = name or self.leader()
        read = id_ or f"r{len(self.reads) + 1}"
        if read in self.reads:
            raise EmulatorError(f"there was a read {read!r} already")
        self._operation("read", {"id": read} if target is None else {"id": read, "from": target})
        self.reads[read] = None
        self.referees.asked(read)
        if target is None or self._servers.give(self.node(target), Read(read)) is None:
            self.reads[read] = ReadLost(read, None)
        return read

    def heartbeat(self, name: str) -> None:
        """The heartbeat timer of a leader runs out; nothing happens if the server does not lead."""
        self._operation("heartbeat", name)
        self._servers.give(self.node(name), HeartbeatTimeout())

    def propose(self, value: str, name: str | None = None) -> Proposal:
        """A client proposes a value to a server: the leader, if none is named.  A server that is down refuses.

        What is returned is the server's answer before it is durable, let alone committed; a real one would wait.
        """
        target = name or self.leader()
        self._operation("propose", {"value": value} if target is None else {"value": value, "to": target})
        output = None if target is None else self._servers.give(self.node(target), Propose(value))
        proposal = NotLeader(None) if output is None or output.proposal is None else output.proposal
        if isinstance(proposal, Accepted):
            self.counts.accepted += 1
        else:
            self.counts.refused += 1
        return proposal

    def change(
        self,
        voters: Iterable[str],
        learners: Iterable[str] = (),
        name: str | None = None,
        *,
        catch_up: bool = False,
    ) -> Proposal:
        """An operator asks a server (the leader, if none is named) for a change of the configuration."""
        self._is_more_than_basic("never changes its members")
        wanted = {"voters": list(voters), "learners": list(learners)}
        for member in (*wanted["voters"], *wanted["learners"]):
            self.node(member)
        target = name or self.leader()
        more = {"catch_up": True} if catch_up else {}
        self._operation("change", {**wanted, **more} if target is None else {**wanted, **more, "to": target})
        change = ChangeConfig(
            voters=frozenset(wanted["voters"]), learners=frozenset(wanted["learners"]), catch_up=catch_up
        )
        output = None if target is None else self._servers.give(self.node(target), change)
        return NotLeader(None) if output is None or output.proposal is None else output.proposal

    def compact(self, name: str, keep: int = 0) -> bool:
        """A server makes a snapshot of what it has applied, but for the last ``keep`` entries of that.

        False if it is down, or has a snapshot of as much already.
        """
        self._is_more_than_basic("cuts no logs")
        self._operation("compact", {"server": name, "keep": keep} if keep else name)
        host = self.node(name)
        if not host.up or len(host.applied) - keep <= host.storage.first_index - 1:
            return False
        output = self._servers.give(host, host.compaction(keep))
        made = output is not None and output.snapshot is not None
        self.counts.snapshots += made
        return made

    def crash(self, name: str) -> bool:
        """A server dies, and loses what was not synced; false if it was down already."""
        self._operation("crash", name)
        host = self.node(name)
        if not host.up:
            return False
        self.counts.crashes += 1
        self.counts.steps_lost += host.crash()
        return True

    def restart(self, name: str) -> bool:
        """A server that crashed comes back with what is on its disk; false if it was up."""
        self._operation("restart", name)
        host = self.node(name)
        if host.up:
            return False
        self.counts.restarts += 1
        self._servers.boot(host)
        return True

    def sync(self, name: str) -> int:
        """All that a server has written becomes durable, and its steps are released; returns how many."""
        self._operation("sync", name)
        return self._servers.sync(self.node(name))

    def stall(self, name: str) -> None:
        """A server's disk finishes nothing any more; with check-quorum its host notices after an election timeout."""
        self._is_more_than_basic("has no disks that stall")
        host = self.node(name)
        if not self.automatic:
            raise EmulatorError("a disk stalls in a cluster that runs by itself; by hand it syncs when it is told to")
        self._servers.stall(host)

    def mend(self, name: str) -> None:
        """A disk that stalled finishes all that it was handed, and works again."""
        self._servers.mend(self.node(name))

    # Doing things to the network --------------------------------------------------------------------------------------

    def deliver(self, id_: int) -> bool:
        """A message arrives; false if its link is cut or its receiver down, and it is lost."""
        flight = self._flight(id_)
        self._operation("deliver", id_)
        return self._delivery.arrive(flight)

    def drop(self, id_: int) -> None:
        """A message is lost."""
        self._flight(id_)
        self._operation("drop", id_)
        self._network.lose(id_)

    def duplicate(self, id_: int) -> InFlight:
        """There is a second copy of a message on its way."""
        flight = self._flight(id_)
        self._operation("duplicate", id_)
        return self._delivery.duplicate(flight)

    def cut(self, senders: Iterable[str], receivers: Iterable[str]) -> None:
        """Nothing that the first send reaches the second any more; the other direction stays as it is."""
        sources, targets = list(senders), list(receivers)
        for name in (*sources, *targets):
            self.node(name)
        links = [(source, target) for source in sources for target in targets if source != target]
        if not links:
            raise EmulatorError(f"expected two servers, found no link from {_some(sources)} to {_some(targets)}")
        self._operation("cut", {"from": sources, "to": targets})
        self._network.cut(links)

    def isolate(self, name: str) -> None:
        """A server is cut off from all others, in both directions."""
        self._operation("isolate", name)
        self.node(name)
        others = [other for other in self.names if other != name]
        self._network.cut([(name, other) for other in others] + [(other, name) for other in others])

    def partition(self, groups: Iterable[Iterable[str]]) -> None:
        """Only servers of one group reach one another; those that are in none make up one more group."""
        parts = [list(group) for group in groups]
        named = [name for part in parts for name in part]
        for name in named:
            self.node(name)
        if len(set(named)) != len(named):
            raise EmulatorError(f"a server can be in one group only: {parts}")
        rest = [name for name in self.names if name not in named]
        if sum(map(bool, (*parts, rest))) < 2:
            raise EmulatorError("expected at least two groups of servers, found all in one; heal mends all links")
        self._operation("partition", parts)
        parts.append(rest)
        of = {name: number for number, part in enumerate(parts) for name in part}
        self._network.heal()
        self._network.cut((a, b) for a in self.names for b in self.names if of[a] != of[b])

    def heal(self) -> None:
        """All links work again."""
        self._operation("heal", None)
        self._network.heal()

    # Inside -----------------------------------------------------------------------------------------------------------

    def _operation(self, name: str, argument: object) -> None:
        if not self.automatic:
            self.operations.append((name, argument))
            if self.features is None:
                self._agenda.advance(self.now_us + OPERATION_US)

    def _is_more_than_basic(self, what: str) -> None:
        if self.voters is None and self.features is None:
            raise EmulatorError(f"a cluster of basic Raft {what}: give it voters or features")

    def _flight(self, id_: int) -> InFlight:
        flight = self._network.get(id_)
        if flight is None:
            raise EmulatorError(f"there is no message {id_} on its way")
        return flight


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) or "nobody"
