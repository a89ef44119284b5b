"""The stateful test of ``vraft`` where members come and go, logs are cut, and leaders send ahead of the answers.

A change needs a leader that has committed something, and a snapshot somebody who was left behind: rules bring these
about where they are missing, since a search that waits for them comes to little else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tlaconform.drivers.cluster_machine import BATCH_SIZES, CHOICE, ClusterMachine, one_of
from vraft.core import Features
from vraft.emulator import Cluster, DiskOptions

WINDOWS = (1, 1, 3)
"""How many batches may be on their way; one in three clusters sends ahead."""

REPLICATION = ("AppendEntries", "InstallSnapshot")
"""What the messages between a leader and its peers begin with."""

EVERYBODY = 0
"""The choice of whom messages reach for which they reach all."""


class MembersMachine(ClusterMachine):
    """A cluster of ``nodes`` servers, of which the first ``voters`` vote at first."""

    voters: ClassVar[int] = 3
    features: ClassVar[Features | None] = Features()

    @initialize(batch=st.sampled_from(BATCH_SIZES), window=st.sampled_from(WINDOWS), syncs=st.integers(0, 3))
    def boot(self, batch: int, window: int, syncs: int) -> None:
        """One cluster in four has disks that must be told to sync."""
        names = [f"n{number}" for number in range(1, self.nodes + 1)]
        self.cluster = Cluster(
            names,
            voters=names[: self.voters],
            automatic=False,
            max_entries=batch,
            max_in_flight=window,
            features=self.features,
            disk=DiskOptions(manual=syncs == 3),
            node_class=self.core_class,
            assertions=not self.is_mutant,
            referees=not self.is_mutant,
            on_event=self.report,
        )

    @rule(choice=CHOICE)
    def establish(self, choice: int) -> None:
        """All is mended, somebody leads, and what it has is committed."""
        self.act(self.cluster.heal)
        for name in self.cluster.down():
            self.act(self.cluster.restart, name)
        if not self._leading():
            self.campaign(choice, EVERYBODY)
        for name in self._leading():
            self.act(self.cluster.heartbeat, name)
            self._reach(name, EVERYBODY, REPLICATION, keep=False)

    @rule(choice=CHOICE, who=CHOICE, other=CHOICE, reach=CHOICE, keep=st.booleans(), catch_up=st.booleans())
    def change(self, choice: int, who: int, other: int, reach: int, keep: bool, catch_up: bool) -> None:
        """One server, or two, become voters, learners or strangers, at once or when they have caught up; what the
        leader says to that stays on its way, or arrives at once.
        """
        if choice % 2 or not self._leading():
            self.establish(choice)
        name = one_of(self._leading() or self.cluster.up() or self.cluster.names, choice)
        core = self.cluster.node(name).core
        if core is None:
            return
        voters, learners = set(core.config.voters), set(core.config.learners)
        for part, member in ((who, one_of(self.cluster.names, who)), (other, one_of(self.cluster.names, other))):
            voters.discard(member)
            learners.discard(member)
            if part // 6 % 3 == 0:
                voters.add(member)
            elif part // 6 % 3 == 1:
                learners.add(member)
        self.act(self.cluster.change, sorted(voters), sorted(learners), name, catch_up=catch_up)
        self._reach(name, reach, REPLICATION, keep=keep)
        if other % 2:
            self._arrive_late(name, [member for member in self.cluster.names if member not in voters | learners])

    @rule(choice=CHOICE, who=CHOICE, reach=CHOICE, keep=st.booleans())
    def leave_behind(self, choice: int, who: int, reach: int, keep: bool) -> None:
        """While a server is cut off, others go on, and the leader cuts its log; then it hears from the leader."""
        if not self._leading():
            self.establish(choice)
        for name in self._leading()[:1]:
            lagging = one_of([other for other in self.cluster.names if other != name], who // 3)
            if who % 3:
                self.act(self.cluster.isolate, lagging)
            else:  # Only its answers are lost: it has more than the leader knows.
                self.act(self.cluster.cut, [lagging], [name])
            for _ in range(2 if who % 3 else 1):
                self.propose(choice)
                self._reach(name, EVERYBODY, REPLICATION, keep=False)
            self.act(self.cluster.compact, name)
            if choice % 3:
                self.act(self.cluster.heal)
            self.act(self.cluster.heartbeat, name)
            self._reach(name, reach, REPLICATION, keep=keep)

    @rule(choice=CHOICE, who=CHOICE, cuts=st.booleans())
    def usurp(self, choice: int, who: int, cuts: bool) -> None:
        """A leader is cut off, and wants other members; another is elected meanwhile; then they meet again.

        Or it takes requests, and the other has committed more and cut its log when they do.
        """
        if choice % 2 or not self._leading():
            self.establish(choice)
        for name in self._leading()[:1]:
            self.act(self.cluster.isolate, name)
            others = [other for other in self.cluster.names if other != name]
            if cuts:
                for _ in range(1 + who % 3):
                    self._propose_to(name)
            else:
                self.act(self.cluster.change, others if who % 2 else [name], [], name)
            usurper = one_of(others, who // 2)
            self.act(self.cluster.timeout, usurper)
            self._reach(usurper, EVERYBODY, (*self.CAMPAIGNING, *REPLICATION), keep=False)
            if cuts:
                self._propose_to(usurper)
                self._reach(usurper, EVERYBODY, REPLICATION, keep=False)
                self.act(self.cluster.compact, usurper)
            self.act(self.cluster.heal)
            for _ in range(2 if cuts else 1):  # The first round tells that the snapshot is needed.
                self.act(self.cluster.heartbeat, usurper)
                self._reach(usurper, EVERYBODY, REPLICATION, keep=False)

    @precondition(lambda self: self.cluster.up())
    @rule(choice=CHOICE, is_late=st.booleans(), keep=st.integers(0, 2))
    def compact(self, choice: int, is_late: bool, keep: int) -> None:
        """A server cuts its log, but for the last few entries that it has applied.

        Or it does so when it has just got entries, which arrive once more after that.
        """
        name = one_of(self.cluster.up(), choice)
        leaders = [leader for leader in self._leading() if leader != name] if is_late else []
        for leader in leaders[:1]:
            peers = [peer for peer in self.cluster.names if peer != leader]
            for _ in range(2):
                self.propose(choice)
                self._reach(leader, 3 * peers.index(name) + 1, REPLICATION, keep=True)
        self.act(self.cluster.compact, name, keep)
        if is_late:
            self._sync_all()
            self._arrive_late(name, self.cluster.names)

    def _arrive_late(self, name: str, senders: Sequence[str]) -> None:
        """All that is on its way to a server from some others arrives, but not what it causes."""
        for flight in self.cluster.pending():
            if flight.message.receiver == name and flight.message.sender in senders:
                self._arrive(flight, keep=False)
