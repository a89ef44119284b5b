"""The whole server: one input in, one output out.

>>> from vraft.core import ElectionTimeout, RaftCore
>>> core = RaftCore(id="n1", servers=["n1"])
>>> [action.name for action in core.step(ElectionTimeout()).actions]
['Timeout', 'BecomeLeader', 'ClientRequest', 'AdvanceCommit']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from vraft.core.assertions import before_step, check_step
from vraft.core.election import Election
from vraft.core.errors import InputError
from vraft.core.features import Features
from vraft.core.inputs import (
    ChangeConfig,
    Compact,
    DiskRecovered,
    DiskStalled,
    ElectionTimeout,
    ForgetLeader,
    HeartbeatTimeout,
    Input,
    Propose,
    ProposeMany,
    Read,
    Receive,
    SetElectionTimeout,
    Tick,
    TransferLeadership,
)
from vraft.core.messages import AppendEntries, ConfirmLeader, InstallSnapshot, Message
from vraft.core.outputs import NOTHING, Output
from vraft.core.pre_vote import PreVote
from vraft.core.reads import Reads
from vraft.core.replication import Replication
from vraft.core.snapshots import Snapshots
from vraft.core.transfer import Transfer
from vraft.core.types import Recovered, Role, Server

MAX_ENTRIES = 64
"""How many entries a message carries unless told otherwise: a few kilobytes of small values."""


IN_FLIGHT_MAX = 1024
"""Batches on their way to one peer: a thousand keep any network busy, and their indexes are a few kilobytes."""

ELECTION_TICKS_MIN = 10
"""The least election timeout unless told otherwise: ten heartbeats, as the thesis advises (section 3.9)."""

NO_FEATURES = Features()


class RaftCore(Reads):
    """A Raft server as a state machine without clock, network, disk or randomness.

    ``id`` is one of ``servers``.  ``recovered`` is what was found on disk when the server comes back after a crash, and
    None for one that never ran; the first output, that of :meth:`start`, then contains the action ``Restart``.
    A message carries up to ``max_entries`` entries, with values of up to ``max_bytes`` together, and up to
    ``max_in_flight`` of them are on their way to a peer at once; with more than one the leader takes ``MoveNext``.
    With ``checks_history`` the servers compare what they have applied, and one that has diverged stops.
    ``voters`` are those of ``servers`` who vote before the first change of the configuration; all, and nobody else can
    ever join, unless they are given.
    ``heartbeat_ticks`` is how often a leader is heard from, and ``election_ticks_min`` the least election timeout that
    the host will ever draw: what the interval check, check-quorum and transfers go by.  ``assertions`` runs
    :mod:`vraft.core.assertions` after each step.  ``lease_ticks`` is how long a lease is good; the host works it out
    (:func:`vraft.core.reads.lease_ticks`) from what it knows of clocks.

    The same inputs in the same order always give the same outputs.
    """

    HANDLERS: ClassVar[Mapping[type[Message], str]] = {
        # The method that handles a message, by the message's type.  A new room adds its own table.
        **Election.ELECTION_HANDLERS,
        **Replication.REPLICATION_HANDLERS,
        **PreVote.PRE_VOTE_HANDLERS,
        **Transfer.TRANSFER_HANDLERS,
        **Reads.READ_HANDLERS,
        **Snapshots.SNAPSHOT_HANDLERS,
    }

    def __init__(
        self,
        *,
        id: Server,  # noqa: A002
        servers: Iterable[Server],
        recovered: Recovered | None = None,
        features: Features = NO_FEATURES,
        heartbeat_ticks: int = 1,
        election_ticks_min: int = ELECTION_TICKS_MIN,
        lease_ticks: int = 0,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int | None = None,
        max_in_flight: int = 1,
        checks_history: bool = False,
        assertions: bool = True,
        voters: Iterable[Server] | None = None,
    ) -> None:
        super().__init__(
            id=id, servers=servers, max_entries=max_entries, recovered=recovered, voters=voters, features=features
        )
        if heartbeat_ticks < 1:
            raise InputError(f"heartbeat_ticks must be at least 1, found {heartbeat_ticks}")
        if election_ticks_min < 1:
            raise InputError(f"election_ticks_min must be at least 1, found {election_ticks_min}")
        if max_bytes is not None and max_bytes < 1:
            raise InputError(f"max_bytes must be at least 1, found {max_bytes}")
        if not 1 <= max_in_flight <= IN_FLIGHT_MAX:
            raise InputError(f"max_in_flight must be from 1 to {IN_FLIGHT_MAX}, found {max_in_flight}")
        self.heartbeat_ticks = heartbeat_ticks
        self.max_bytes = max_bytes
        self.max_in_flight = max_in_flight
        self.checks_history = checks_history
        if recovered is None:
            self.begin_history()
        self.forget_histories()
        self.election_ticks_min = election_ticks_min
        if not 0 <= lease_ticks < election_ticks_min:
            raise InputError(f"lease_ticks must be less than {election_ticks_min}, found {lease_ticks}")
        self.lease_ticks = lease_ticks
        self.assertions = assertions
        self._recovered = recovered is not None

    def start(self) -> Output:
        """The first step: ask for an election timeout, and take ``Restart`` if there was a life before this one."""
        self.reset_election_timer()
        if self._recovered:
            self._recovered = False
            self.take("Restart")
        return self.finish_step()

    def step(self, input_: Input) -> Output:
        """Take one step; raises :class:`~vraft.core.errors.InputError` for what is no input for this server."""
        kind = type(input_)
        if kind is SetElectionTimeout:  # As frequent as messages, and touches nothing but the timer.
            self.set_election_timeout(input_.ticks)  # type: ignore[union-attr]
            return NOTHING
        if self.stopped:
            return NOTHING
        before = before_step(self) if self.assertions else None
        if kind is Receive:
            self.receive(input_.message)  # type: ignore[union-attr]
        elif kind is Tick:
            role, is_due = self.role, self.pass_time(input_.ticks)  # type: ignore[union-attr]
            self.look_at_clock()
            if is_due and self.role is role:
                self.time_is_up()
        elif kind is Propose:
            self.propose((input_.value,))  # type: ignore[union-attr]
        elif kind is ProposeMany:
            self.propose(input_.values)  # type: ignore[union-attr]
        elif kind is ElectionTimeout:
            self.campaign()
        elif kind is HeartbeatTimeout:
            self.heartbeat()
        elif kind is Compact:
            self.request_compaction(input_.index, input_.data)  # type: ignore[union-attr]
        elif kind is ChangeConfig:
            self.request_change(input_.voters, input_.learners, catch_up=input_.catch_up)  # type: ignore[union-attr]
        elif kind is Read:
            self.read(input_.id)  # type: ignore[union-attr]
        elif kind is TransferLeadership:
            self.transfer(input_.to)  # type: ignore[union-attr]
        elif kind is ForgetLeader:
            self.forget_leader()
        elif kind is DiskStalled:
            self.stall_disk()
        elif kind is DiskRecovered:
            self.disk_is_back()
        else:
            raise InputError(f"not an input: {input_!r}")
        output = self.finish_step()
        if before is not None:
            check_step(before, self, output)
        return output

    def receive(self, m: Message) -> None:
        """``UpdateTerm`` first if the message is of a newer term, then whatever its type asks for."""
        if m.receiver != self.id:
            raise InputError(f"{m.type} for {m.receiver!r} was handed to {self.id!r}")
        if m.sender == self.id or not (self.is_open or m.sender in self.servers):
            raise InputError(f"{m.type} from {m.sender!r}, which is no peer of {self.id!r}")
        handler = self.HANDLERS.get(type(m))
        if handler is None:
            raise InputError(f"not a message: {m!r}")
        self.read_clock_for(m)
        if self.may_update_term(m):
            self.update_term(m)
        getattr(self, handler)(m)

    def look_at_clock(self) -> None:
        """What time alone brings about, besides the timers: a leader is missed, a quorum lost, a transfer given up."""
        if self.has_missed_leader():
            self.miss_leader()
        if self.has_lost_quorum():
            self.step_down()
        if self.transfer_has_failed():
            self.abort_transfer()

    def time_is_up(self) -> None:
        """The timer of the server's role ran out."""
        if self.role is Role.LEADER:
            self.heartbeat()
        else:
            self.campaign()

    def hear_rival(self, m: AppendEntries | InstallSnapshot | ConfirmLeader) -> None:
        """``ElectionSafetyInv`` says that there is none."""
        assert not self.assertions, f"ElectionSafetyInv: {m.sender} and {self.id} both lead term {m.term}"
