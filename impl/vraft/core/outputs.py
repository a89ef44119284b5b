"""What one step hands back, and the order in which the host has to deal with it.

1. Write ``hard_state``, ``snapshot`` and ``entries`` as one batch, and wait until it is durable.  A step that writes
   nothing has nothing to wait for but the steps before it.
2. Release the events: ``actions`` are now history, and may be traced.
3. Send ``messages``, tell the client about ``proposal``, restore what was ``restored``, apply ``committed``.

A vote or an acknowledgement that leaves before it is durable can be forgotten in a crash, and then be given twice.
Steps are dealt with in the order in which they were taken.  A crash before 1 is complete erases the step: its messages
and its events must never be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from vraft.core.messages import Message
from vraft.core.types import Entry, HardState, Index, LogWrite, Role, Server, Snapshot, Term

NO_ARGUMENTS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the specification that the server took.

    ``arguments`` are by the specification's parameter names, without ``i`` (the server itself) and ``m`` (``message``).
    ``observed`` is whatever the observer made of the server right after this action; None when there is no observer.
    """

    name: str
    arguments: Mapping[str, object]
    message: Message | None = None
    sent: Message | None = None
    observed: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Status:
    """Who this server is now, and whom it takes for the leader."""

    term: Term
    role: Role
    leader: Server | None


@dataclass(frozen=True, slots=True)
class Committed:
    """Entries that were newly found to be committed; the first of them has index ``first``."""

    first: Index
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposal became the entry at ``index``, the last of many values that one; the others are right before it.

    They are not committed yet, and may still be lost."""

    index: Index
    term: Term


@dataclass(frozen=True, slots=True)
class NotLeader:
    """A request was refused, because only a leader takes it (and none that is handing over); ``leader`` is where to
    try, if it is known."""

    leader: Server | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A leader refused what it was asked for; ``reason`` says why.  (It leads, so that is where to try again.)"""

    reason: str
    leader: Server | None


Proposal: TypeAlias = Accepted | NotLeader | Refused


@dataclass(frozen=True, slots=True)
class TransferStarted:
    """The leader has begun to hand over to ``to``; a new ``status`` tells when it has succeeded, and the action
    ``AbortTransfer`` that it came to nothing."""

    to: Server


Transfer: TypeAlias = TransferStarted | NotLeader | Refused


@dataclass(frozen=True, slots=True)
class Divergence:
    """Two servers have committed different entries at or before ``index``: the checksums of their histories differ.

    With ``stops`` it is this server that a quorum disagrees with, and it takes no step any more: its host shuts it down
    and calls for help.  Without, it is ``peer``, as far as is known.
    """

    index: Index
    own: int
    theirs: int
    peer: Server
    stops: bool


@dataclass(frozen=True, slots=True)
class ReadReady:
    """A read may be served by whoever has applied all entries up to ``index``, and will be linearizable."""

    id: str
    index: Index


@dataclass(frozen=True, slots=True)
class ReadLost:
    """A read will not be answered by this server; ``leader`` is where to try, if it is known."""

    id: str
    leader: Server | None


ReadAnswer: TypeAlias = ReadReady | ReadLost


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """All that one step did.  See the module for the order in which it is to be used."""

    actions: tuple[Action, ...] = ()
    hard_state: HardState | None = None
    entries: LogWrite | None = None
    snapshot: Snapshot | None = None
    """To be written before ``entries``: the log on the disk then begins after ``snapshot.index``."""
    restored: bool = False
    """``snapshot`` came from the leader: the application's state is what it holds, and no longer what it was."""
    messages: tuple[Message, ...] = ()
    committed: Committed | None = None
    proposal: Proposal | None = None
    transfer: Transfer | None = None
    """The answer to a request to hand over."""
    reads: tuple[ReadAnswer, ...] = ()
    """What became of reads, of this input or of earlier ones."""
    status: Status | None = None
    """Set when it changed."""
    divergence: Divergence | None = None
    timer_reset: bool = False
    """The host has to draw a new election timeout and hand it in as ``SetElectionTimeout``."""

    @property
    def writes(self) -> bool:
        """Whether something must become durable before the rest may be seen."""
        return self.hard_state is not None or self.entries is not None or self.snapshot is not None


NOTHING = Output()
"""The output of a step that did nothing."""
