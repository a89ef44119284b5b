"""The stateful test of ``vraft``: Hypothesis decides what an emulated cluster meets with, the specification judges
every step.

Time does not pass by itself here: timers run out, messages arrive, are lost or arrive twice, clients ask, servers
crash, exactly when a rule says so.  Most rules do several of these at once (an election, a round of replication, all
messages of a server), since a search that needs thirty single steps for an election seldom comes to what follows it;
and whatever is delivered may leave a copy behind that arrives late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tlaconform.stateful.machine import ConformanceMachine
from vraft.core import Features, RaftCore, Role
from vraft.emulator import Cluster, DiskOptions, InFlight

MESSAGES_AT_ONCE = 16
"""So many messages a rule delivers at most: an append and its answer between a leader and six peers, with room."""

BATCH_SIZES = (1, 2, 16)
"""How many entries a message may carry: batches of one leave a follower behind for longer, in as many messages."""

CHOICE = st.integers(0, 59)
"""Reduced by the number of what there is to choose from: 60 is a multiple of 2, 3, 4, 5 and 6."""


class ClusterMachine(ConformanceMachine):
    """A cluster of ``nodes`` servers; subclasses may set ``core_class`` to a broken core."""

    nodes: ClassVar[int] = 3
    core_class: ClassVar[type[RaftCore]] = RaftCore
    features: ClassVar[Features | None] = None
    is_mutant: ClassVar[bool] = False
    """The core's own assertions and the emulator's referees are off."""

    cluster: Cluster

    CAMPAIGNING: ClassVar[tuple[str, ...]] = ("RequestVote",)
    """What the messages of a campaign begin with."""

    def __init__(self) -> None:
        super().__init__()
        self.values = 0

    @initialize(batch=st.sampled_from(BATCH_SIZES), syncs=st.integers(0, 3))
    def boot(self, batch: int, syncs: int) -> None:
        """One cluster in four has disks that must be told to sync.

        None that has leases: they are judged by the time at which a step is told of, which then has no bound.
        """
        has_leases = self.features is not None and self.features.lease_reads
        self.cluster = Cluster(
            self.nodes,
            automatic=False,
            max_entries=batch,
            features=self.features,
            disk=DiskOptions(manual=syncs == 3 and not has_leases),
            node_class=self.core_class,
            assertions=not self.is_mutant,
            referees=not self.is_mutant,
            on_event=self.report,
        )

    # What clocks do

    @precondition(lambda self: self._not_leading())
    @rule(choice=CHOICE, reach=CHOICE)
    def campaign(self, choice: int, reach: int) -> None:
        """An election timeout; the requests and their answers stay on their way, or arrive at once (at one peer, or
        all).
        """
        name = one_of(self._not_leading(), choice)
        self.act(self.cluster.timeout, name)
        self._reach(name, reach, self.CAMPAIGNING, keep=False)

    @precondition(lambda self: self._leading())
    @rule(choice=CHOICE, reach=CHOICE, keep=st.booleans())
    def replicate(self, choice: int, reach: int, keep: bool) -> None:
        """A heartbeat; it and what follows from it stay on their way, or arrive at once (at one peer, or all)."""
        name = one_of(self._leading(), choice)
        self.act(self.cluster.heartbeat, name)
        self._reach(name, reach, ("AppendEntries",), keep=keep)

    # What the network does

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=CHOICE, keep=st.booleans())
    def deliver(self, choice: int, keep: bool) -> None:
        """One message: the newest of all for a third of the choices."""
        pending = self.cluster.pending()
        self._arrive(pending[-1] if choice % 3 == 0 else one_of(pending, choice // 3), keep)

    @precondition(lambda self: self.cluster.pending())
    @rule(count=st.integers(1, MESSAGES_AT_ONCE))
    def deliver_oldest(self, count: int) -> None:
        self._deliver(lambda _: True, count)

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=CHOICE, keep=st.booleans())
    def deliver_to(self, choice: int, keep: bool) -> None:
        """All that is on its way to one server, but not what it causes."""
        name = one_of(self.cluster.names, choice)
        for flight in self.cluster.pending():
            if flight.message.receiver == name:
                self._arrive(flight, keep)

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=CHOICE)
    def drop(self, choice: int) -> None:
        """One message, or (half of the time) all to one server."""
        pending = self.cluster.pending()
        lost = one_of(pending, choice // 2)
        for flight in [f for f in pending if f.message.receiver == lost.message.receiver] if choice % 2 else [lost]:
            self.act(self.cluster.drop, flight.id)

    @precondition(lambda self: self.nodes > 1)
    @rule(choice=CHOICE, other=CHOICE)
    def links(self, choice: int, other: int) -> None:
        """Cut links are mended; where there are none, one server is cut off, or one direction between two is cut.

        (One rule, as are crashes and restarts: Hypothesis leaves out some rules of every execution, and one that only
        breaks things soon has nothing to go on with.)
        """
        names = self.cluster.names
        name = one_of(names, choice)
        if self.cluster.cuts():
            self.act(self.cluster.heal)
        elif other % 2 == 0:
            self.act(self.cluster.isolate, name)
        else:
            self.act(self.cluster.cut, [name], [one_of([n for n in names if n != name], other // 2)])

    # What clients and operators do

    @precondition(lambda self: self.cluster.up())
    @rule(choice=CHOICE)
    def propose(self, choice: int) -> None:
        """To somebody who leads, or thinks so; to anybody where nobody does."""
        self._propose_to(one_of(self._leading() or self.cluster.up(), choice))

    def _propose_to(self, name: str) -> None:
        """A value that was not proposed before."""
        self.values += 1
        self.act(self.cluster.propose, f"v{self.values}", name)

    @rule(choice=CHOICE, stays_down=st.booleans())
    def crash(self, choice: int, stays_down: bool) -> None:
        """A server that is down comes back; one that is up crashes, and may come back at once."""
        name = one_of(self.cluster.names, choice)
        is_up = self.cluster.node(name).up
        if is_up:
            self.act(self.cluster.crash, name)
        if not (is_up and stays_down):
            self.act(self.cluster.restart, name)

    @precondition(lambda self: self._unsynced())
    @rule(choice=CHOICE)
    def sync(self, choice: int) -> None:
        self.act(self.cluster.sync, one_of(self._unsynced(), choice))

    # How the rules choose

    def _leading(self) -> list[str]:
        return [name for name in self.cluster.up() if self.cluster.node(name).role is Role.LEADER]

    def _not_leading(self) -> list[str]:
        return [name for name in self.cluster.up() if self.cluster.node(name).role is not Role.LEADER]

    def _unsynced(self) -> list[str]:
        return [name for name in self.cluster.up() if self.cluster.unsynced(name)] if self.cluster.manual_sync else []

    def _reach(self, name: str, choice: int, kinds: tuple[str, ...], *, keep: bool) -> None:
        """Deliver what goes between ``name`` and nobody, one peer, or every peer, for a third of the choices each."""
        peers = [peer for peer in self.cluster.names if peer != name]
        if choice % 3 == 1 and peers:
            peers = [one_of(peers, choice // 3)]
        if choice % 3 == 2:
            peers = []
        self._deliver(lambda f: f.message.type.startswith(kinds) and _is_between(f, name, peers), keep=keep)

    def _deliver(
        self, wanted: Callable[[InFlight], bool], count: int = MESSAGES_AT_ONCE, *, keep: bool = False
    ) -> None:
        """The oldest ``count`` messages that are wanted, and those that they cause, oldest first."""
        copies: set[int] = set()
        for _ in range(count):
            self._sync_all()
            flight = next((f for f in self.cluster.pending() if f.id not in copies and wanted(f)), None)
            if flight is None:
                return
            copy = self._arrive(flight, keep)
            if copy is not None:
                copies.add(copy)
        self._sync_all()

    def _arrive(self, flight: InFlight, keep: bool) -> int | None:
        """Deliver a message; if ``keep``, a copy stays on its way, whose number is returned."""
        copy = self.act(self.cluster.duplicate, flight.id) if keep else None
        self.act(self.cluster.deliver, flight.id)
        return copy.id if copy is not None else None

    def _sync_all(self) -> None:
        for name in self._unsynced():
            self.act(self.cluster.sync, name)


def one_of(items: Iterable[Any], choice: int) -> Any:
    found = tuple(items)
    return found[choice % len(found)]


def _is_between(flight: InFlight, name: str, peers: list[str]) -> bool:
    sender, receiver = flight.message.sender, flight.message.receiver
    return (sender == name and receiver in peers) or (receiver == name and sender in peers)
