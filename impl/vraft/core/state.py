"""The variables of one server, and the step that is being taken.

This is the ground floor; each room above it (standing, timers, protection, terms, commit, check-quorum, replication,
snapshots, membership, election, pre-votes, transfer, reads) is a class that adds the actions of one idea and may call
the rooms beneath it, and :class:`~vraft.core.node.RaftCore` is the whole house.
Every conjunct of the specification that decides something, and every update that can be got wrong, is a small method
of its own with the conjunct in its docstring, and is called in one place, so that it can be read, tested and replaced
alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from vraft.core.configuration import Configuration
from vraft.core.errors import InputError
from vraft.core.features import Features
from vraft.core.log import Log
from vraft.core.messages import Message
from vraft.core.outputs import (
    NO_ARGUMENTS,
    NOTHING,
    Action,
    Committed,
    Divergence,
    Output,
    Proposal,
    ReadAnswer,
    Status,
    Transfer,
)
from vraft.core.progress import Progress
from vraft.core.types import HardState, Index, LogWrite, Recovered, Role, Server, Snapshot, Term

Observer: TypeAlias = Callable[[Any], object]


class ServerState:
    """The variables that the specifications give server ``i``, under the same names in snake case."""

    def __init__(
        self,
        *,
        id: Server,  # noqa: A002
        servers: Iterable[Server],
        max_entries: int,
        recovered: Recovered | None,
        features: Features,
        voters: Iterable[Server] | None = None,
    ) -> None:
        self.id: Server = id
        self.features: Features = features
        self.servers: frozenset[Server] = frozenset(servers)
        """Everybody who could be a member, as far as it is known."""
        self.is_open: bool = voters is not None
        """Whether members may come and go, also ones that nobody has heard of yet."""
        self.initial_config = Configuration(voters=self.servers if voters is None else frozenset(voters))
        self.config = self.initial_config
        self.peers: tuple[Server, ...] = tuple(sorted(self.config.members - {id}))
        """The other members."""
        self.voter_peers: tuple[Server, ...] = self.peers
        self.max_entries: int = max_entries
        if id not in self.servers:
            raise InputError(f"server {id!r} is not one of the servers {sorted(self.servers)}")
        if not self.config.voters <= self.servers:
            raise InputError(f"voters that are no servers: {sorted(self.config.voters - self.servers)}")
        if max_entries < 1:
            raise InputError(f"max_entries must be at least 1, found {max_entries}")

        # Persistent.
        self.current_term: Term = 0
        self.voted_for: Server | None = None
        self.log: Log = Log()
        self.snapshot: Snapshot | None = None
        """What stands for the entries up to ``log.offset``."""

        # Volatile.  A server that neither campaigns nor leads has the initial value in the last three.
        self.role: Role = Role.FOLLOWER
        self.commit_index: Index = 0
        self.votes_granted: set[Server] = set()
        self.next_index: dict[Server, Index] = dict.fromkeys(sorted(self.servers), 1)
        self.match_index: dict[Server, Index] = dict.fromkeys(sorted(self.servers), 0)
        self.progress: defaultdict[Server, Progress] = defaultdict(Progress)
        """What a leader keeps of its peers besides; not in the specification."""
        self.config_index: Index = 0

        # Volatile, of PreVote.tla: who would vote for this pre-candidate; whether it heard from a leader lately.
        self.pre_votes_granted: set[Server] = set()
        self.heard: bool = False

        # Volatile, of Membership.tla: to whom this leader hands over; whether this candidate was told to campaign.
        self.transferee: Server | None = None
        self.urgent: bool = False

        # Volatile, of Reads.tla: what a leader knows of its reads, and when, by its own clock, it heard a leader.
        self.pending_reads: dict[str, Any] = {}
        self.read_round: int = 0
        self.confirmed: dict[Server, int] = {}
        self.lease_start: dict[Server, int] = {}
        self.handed_over: bool = False
        self.heard_at: int = 0
        self.clock: int = 0
        """What was last read of the clock; read only where leases go by it."""
        self._asked_round: int = 0
        self._early_reads: list[str] = []

        # Not in the specification, which has no time: by this server's ticks, when a peer last answered this leader.
        self._answered_at: dict[Server, int] = {}

        # Not in the specification, which needs no leader's name: where to send clients.
        self.leader: Server | None = None

        self.observer: Observer | None = None
        """Called with the server after each action; its result goes into the action.  None costs one test."""

        # The step being taken.
        self._actions: list[Action] = []
        self._messages: list[Message] = []
        self._hard_state = HardState()
        self._hard_state_changed = False
        self._log_changed_from: Index | None = None
        self._snapshot_changed = False
        self._restored = False
        self._divergence: Divergence | None = None
        self._proposal: Proposal | None = None
        self._transfer: Transfer | None = None
        self._reads: list[ReadAnswer] = []
        self._status = Status(0, Role.FOLLOWER, None)
        self._commit_released: Index = 0
        self.timer_reset = False

        if recovered is not None:
            self.on_restart(recovered)

    def on_restart(self, recovered: Recovered) -> None:
        """``Restart(i)``: ``UNCHANGED persistent``; all else has its initial value.

        ``commitIndex`` too, but for what the snapshot holds: that is committed, and known to be.
        """
        self.current_term = recovered.hard_state.term
        self.voted_for = recovered.hard_state.vote
        snapshot = self.snapshot = recovered.snapshot
        if snapshot is None:
            self.log = Log(recovered.entries)
        else:
            self.log = Log(recovered.entries, offset=snapshot.index, offset_term=snapshot.term)
            self.commit_index = self._commit_released = snapshot.index
        self._hard_state = recovered.hard_state
        self.promise_again()

    def promise_again(self) -> None:
        """What a server that comes back has to assume of its life before."""

    # What a step consists of ------------------------------------------------------------------------------------------

    def take(
        self,
        name: str,
        arguments: Mapping[str, object] = NO_ARGUMENTS,
        *,
        message: Message | None = None,
        sent: Message | None = None,
    ) -> None:
        """Note that an action was taken; called once the variables have their new values."""
        observer = self.observer
        observed = None if observer is None else observer(self)
        self._actions.append(Action(name, arguments, message, sent, observed))
        if sent is not None:
            self._messages.append(sent)

    def persist_term(self) -> None:
        """The new ``currentTerm`` must be durable; a term begins without a vote."""
        self._hard_state = HardState(self.current_term, None)
        self._hard_state_changed = True

    def persist_vote(self) -> None:
        """The new ``votedFor`` must be durable: no second vote after a crash."""
        self._hard_state = HardState(self._hard_state.term, self.voted_for)
        self._hard_state_changed = True

    def persist_log(self, first: Index) -> None:
        """The log must be durable from index ``first`` on."""
        if self._log_changed_from is None or first < self._log_changed_from:
            self._log_changed_from = first

    def persist_snapshot(self) -> None:
        """The new snapshot must be durable; the entries for which it stands need not be any more."""
        self._snapshot_changed = True

    def restore(self) -> None:
        """The application's state is what the new snapshot holds; nothing up to there is to be applied any more."""
        self._restored = True
        self._commit_released = max(self._commit_released, self.log.offset)

    def finish_step(self) -> Output:
        """The output of the step, and a clean sheet for the next."""
        status = self._changed_status()
        has_answers = self._proposal is not None or self._transfer is not None or bool(self._reads)
        has_news = status is not None or self._divergence is not None
        if not (self._actions or has_answers or has_news or self.timer_reset):
            return NOTHING
        committed = self._newly_committed()
        if committed is not None:
            self.note_history(committed)
        output = Output(
            actions=tuple(self._actions),
            hard_state=self._hard_state if self._hard_state_changed else None,
            entries=self._log_write(),
            snapshot=self.snapshot if self._snapshot_changed else None,
            restored=self._restored,
            messages=tuple(self._messages),
            committed=committed,
            proposal=self._proposal,
            transfer=self._transfer,
            reads=tuple(self._reads),
            status=status,
            divergence=self._divergence,
            timer_reset=self.timer_reset,
        )
        self._actions.clear()
        self._messages.clear()
        self._hard_state_changed = False
        self._log_changed_from = None
        self._snapshot_changed = False
        self._restored = False
        self._divergence = None
        self._proposal = None
        self._transfer = None
        self._reads.clear()
        self.timer_reset = False
        return output

    def note_history(self, committed: Committed) -> None:
        """Entries were found to be committed; see divergence."""

    def _changed_status(self) -> Status | None:
        old = self._status
        if old.term == self.current_term and old.role is self.role and old.leader == self.leader:
            return None
        self._status = Status(self.current_term, self.role, self.leader)
        return self._status

    def _log_write(self) -> LogWrite | None:
        first = self._log_changed_from
        return None if first is None else LogWrite(first, self.log.slice(first, self.log.last_index))

    def _newly_committed(self) -> Committed | None:
        first = self._commit_released + 1
        if self.commit_index < first:
            return None
        self._commit_released = self.commit_index
        return Committed(first, self.log.slice(first, self.commit_index))
