"""The stateful test of ``vraft``: Hypothesis decides what an emulated cluster meets with, the specification judges every step.

Time does not pass by itself here: timers run out, messages arrive, are lost or arrive twice, clients ask, servers crash, exactly when a
rule says so.  A few rules do several of these at once (a whole election, all messages of a server), since a search that needs thirty single
steps for an election seldom comes to what follows it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tlaconform.check import CheckOptions, Workbench
from tlaconform.resources import spec_folder
from tlaconform.stateful.machine import ConformanceMachine
from tlatrace.engine.verdict import Verdict
from vraft.core import RaftCore
from vraft.emulator import Cluster, recorded

MESSAGES_AT_ONCE = 12
"""So many messages a burst delivers at most: an append and its answer between a leader and five peers, with room."""

_CHOICE = st.integers(0, 7)


def raft_workbench(
    spec: Path | None = None, mapping: Path | None = None, config: Path | None = None, library: tuple[Path, ...] = ()
) -> Workbench:
    """The specification and the mapping that come with the package, or others."""
    folder = spec_folder()
    return Workbench(
        CheckOptions(
            spec=spec or folder / "Raft.tla",
            mapping=mapping or folder / "maps" / "raft.yaml",
            config=config,
            library=library,
        )
    )


def raft_header(nodes: int) -> dict[str, Any]:
    """The header of a trace of a cluster with that many servers, as far as the mapping reads it."""
    names = [f"n{number}" for number in range(1, nodes + 1)]
    return {"constants": {"Server": {"#set": names}}, "nodes": names}


class ClusterMachine(ConformanceMachine):
    """A cluster of ``nodes`` servers; subclasses may set ``core_class`` to a broken core."""

    nodes: ClassVar[int] = 3
    core_class: ClassVar[type[RaftCore]] = RaftCore
    is_mutant: ClassVar[bool] = False
    last_failure: ClassVar[tuple[str, Verdict] | None] = None
    """The scenario (YAML) and the verdict of the last example that failed, which after shrinking is the shortest."""

    def __init__(self) -> None:
        super().__init__()
        self.values = 0
        self.cluster = Cluster(
            self.nodes,
            automatic=False,
            node_class=self.core_class,
            assertions=not self.is_mutant,
            referees=not self.is_mutant,
            on_event=self.report,
        )

    def failed(self, verdict: Verdict) -> None:
        ClusterMachine.last_failure = (recorded(self.cluster, name="found"), verdict)

    # What clocks do

    @rule(choice=_CHOICE)
    def timeout(self, choice: int) -> None:
        self.cluster.timeout(self._server(choice))

    @rule(choice=_CHOICE)
    def heartbeat(self, choice: int) -> None:
        leader = self.cluster.leader()
        self.cluster.heartbeat(leader if leader is not None and choice < 6 else self._server(choice))

    @rule(choice=_CHOICE)
    def elect(self, choice: int) -> None:
        """A campaign whose requests and answers arrive at once, as far as links and servers allow."""
        name = self._server(choice)
        self.cluster.timeout(name)
        self._deliver(MESSAGES_AT_ONCE, only=("RequestVote", "RequestVoteResponse"), of=name)

    # What the network does

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=st.integers(0, 30))
    def deliver(self, choice: int) -> None:
        pending = self.cluster.pending()
        self.cluster.deliver(pending[choice % len(pending)].id)

    @precondition(lambda self: self.cluster.pending())
    @rule(count=st.integers(1, MESSAGES_AT_ONCE))
    def deliver_oldest(self, count: int) -> None:
        self._deliver(count)

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=_CHOICE)
    def deliver_to(self, choice: int) -> None:
        name = self._server(choice)
        for flight in self.cluster.pending():
            if flight.message.receiver == name:
                self.cluster.deliver(flight.id)

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=st.integers(0, 30))
    def duplicate(self, choice: int) -> None:
        pending = self.cluster.pending()
        self.cluster.duplicate(pending[choice % len(pending)].id)

    @precondition(lambda self: self.cluster.pending())
    @rule(choice=st.integers(0, 30))
    def drop(self, choice: int) -> None:
        pending = self.cluster.pending()
        self.cluster.drop(pending[choice % len(pending)].id)

    @precondition(lambda self: self.nodes > 1)
    @rule(choice=_CHOICE)
    def isolate(self, choice: int) -> None:
        self.cluster.isolate(self._server(choice))

    @precondition(lambda self: self.nodes > 1)
    @rule(sender=_CHOICE, receiver=_CHOICE)
    def cut(self, sender: int, receiver: int) -> None:
        self.cluster.cut([self._server(sender)], [self._server(receiver)])

    @precondition(lambda self: self.cluster.cuts())
    @rule()
    def heal(self) -> None:
        self.cluster.heal()

    # What clients and operators do

    @precondition(lambda self: self.cluster.leader() is not None)
    @rule()
    def propose(self) -> None:
        self.values += 1
        self.cluster.propose(f"v{self.values}")

    @rule(choice=_CHOICE)
    def propose_to(self, choice: int) -> None:
        self.values += 1
        self.cluster.propose(f"v{self.values}", self._server(choice))

    @rule(choice=_CHOICE)
    def crash(self, choice: int) -> None:
        self.cluster.crash(self._server(choice))

    @precondition(lambda self: self.cluster.down())
    @rule(choice=_CHOICE)
    def restart(self, choice: int) -> None:
        down = self.cluster.down()
        self.cluster.restart(down[choice % len(down)])

    @rule(choice=_CHOICE)
    def bounce(self, choice: int) -> None:
        """A crash and the restart right after it."""
        name = self._server(choice)
        self.cluster.crash(name)
        self.cluster.restart(name)

    # How the rules choose

    def _server(self, choice: int) -> str:
        return self.cluster.names[choice % self.nodes]

    def _deliver(self, count: int, only: tuple[str, ...] = (), of: str | None = None) -> None:
        """The oldest ``count`` messages, and those that they cause, oldest first."""
        for _ in range(count):
            flight = next(
                (
                    f
                    for f in self.cluster.pending()
                    if (not only or f.message.type in only)
                    and (of is None or of in (f.message.sender, f.message.receiver))
                ),
                None,
            )
            if flight is None:
                return
            self.cluster.deliver(flight.id)
