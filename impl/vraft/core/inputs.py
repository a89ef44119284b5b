"""All that can happen to a server, as values.

The core never waits, never looks at a clock and never draws a random number: time is a :class:`Tick`, and the election
timeout, which must be random (thesis, section 3.4), is drawn by the host and handed in as :class:`SetElectionTimeout`
whenever an output says ``timer_reset``.

**Ticks first.**  Before a message, a read or anything else is handed in, the ticks that have passed by then have to be:
what a server promises, and until when a lease is good, goes by the ticks that it has counted (``IsFresh`` in
``Reads.tla``).  A host that is late with them breaks the promises of ``interval_check`` and ``lease_reads``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from vraft.core.configuration import NOBODY
from vraft.core.errors import InputError
from vraft.core.messages import Message
from vraft.core.types import Index, Server

PROPOSALS_MAX = 4096
"""Values that are proposed together: beyond a few hundred an entry gets no cheaper, and what a step writes has to be in
memory at once."""


@dataclass(frozen=True, slots=True)
class Receive:
    """A message arrived."""

    message: Message


@dataclass(frozen=True, slots=True)
class Tick:
    """That many ticks of the server's own clock have passed; to be handed in before any other input of that moment."""

    ticks: int = 1


@dataclass(frozen=True, slots=True)
class SetElectionTimeout:
    """The election timer starts anew, and runs out after so many ticks."""

    ticks: int


@dataclass(frozen=True, slots=True)
class ElectionTimeout:
    """The election timeout has passed, whatever the ticks say.  Of no concern to a leader, nor to a server that
    protects one (see :class:`ForgetLeader`)."""


@dataclass(frozen=True, slots=True)
class HeartbeatTimeout:
    """It is time for a leader to let its peers hear from it.  Of no concern to others."""


@dataclass(frozen=True, slots=True)
class Propose:
    """A client wants this value appended."""

    value: str


@dataclass(frozen=True, slots=True)
class ProposeMany:
    """Clients want these values appended, in this order and next to each other; all are, or none is.

    One step, one write and one batch for each peer serve them all, which is what a busy host wants.  The output's
    ``proposal`` is about the last of them.  Raises :class:`~vraft.core.errors.InputError` where there are no values, or
    more than ``PROPOSALS_MAX``.
    """

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= PROPOSALS_MAX:
            raise InputError(f"from 1 to {PROPOSALS_MAX} values are proposed together, found {len(self.values)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeConfig:
    """An operator wants these servers to be the voters and these the learners, and nobody else a member.

    With ``catch_up`` those who are to vote learn first, and the change is made when they have caught up: by this
    leader, unless it is asked for another change meanwhile; the next one would have to be asked again.
    """

    voters: frozenset[Server]
    learners: frozenset[Server] = NOBODY
    catch_up: bool = False


@dataclass(frozen=True, slots=True)
class Compact:
    """The application's state after the entry at ``index`` is ``data``, which stands for all entries up to there.

    The output has the ``snapshot``, or says why not (:class:`~vraft.core.outputs.Refused`).
    """

    index: Index
    data: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """A client wants to read; ``id`` is a name that no other read has.  Some output's ``reads`` will tell what became
    of it."""

    id: str


@dataclass(frozen=True, slots=True)
class TransferLeadership:
    """An operator wants the leader to hand over to this server.  The output's ``transfer`` says what came of it."""

    to: Server


@dataclass(frozen=True, slots=True)
class ForgetLeader:
    """An operator says that the server need not protect the leader that it heard from.  Of no concern to a leader,
    nor where there are leases, which count on the protection."""


@dataclass(frozen=True, slots=True)
class DiskStalled:
    """The oldest write that was handed out has not become durable for an election timeout: a leader steps down, and
    the server does not campaign before :class:`DiskRecovered`."""


@dataclass(frozen=True, slots=True)
class DiskRecovered:
    """What was handed out before :class:`DiskStalled` is durable."""


Input: TypeAlias = (
    Receive
    | Tick
    | SetElectionTimeout
    | ElectionTimeout
    | HeartbeatTimeout
    | Propose
    | ProposeMany
    | ChangeConfig
    | Compact
    | Read
    | TransferLeadership
    | ForgetLeader
    | DiskStalled
    | DiskRecovered
)
