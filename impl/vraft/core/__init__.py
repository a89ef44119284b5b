"""Raft as a state machine: no clock, no network, no disk, no threads, no logging, no randomness.

The contract with the host is in three places: what can happen is :mod:`vraft.core.inputs`; what comes back, and the
order in which it has to be written, released and sent, is :mod:`vraft.core.outputs`; the façade is
:class:`~vraft.core.node.RaftCore`.  Everything it does is an action of ``spec/Raft.tla``, under the same name.
"""

from vraft.core.actions import ACTIONS
from vraft.core.configuration import Configuration
from vraft.core.errors import InputError
from vraft.core.inputs import (
    ChangeConfig,
    ElectionTimeout,
    HeartbeatTimeout,
    Input,
    Propose,
    Receive,
    SetElectionTimeout,
    Tick,
)
from vraft.core.log import Log
from vraft.core.messages import (
    AppendEntries,
    AppendEntriesResponse,
    Message,
    RequestVote,
    RequestVoteResponse,
    entry_from_record,
    entry_to_record,
    from_record,
    to_record,
)
from vraft.core.node import MAX_ENTRIES, RaftCore
from vraft.core.outputs import NOTHING, Accepted, Action, Committed, NotLeader, Output, Refused, Status
from vraft.core.types import (
    Entry,
    HardState,
    LogWrite,
    Recovered,
    Role,
    Snapshot,
    config_entry,
    is_noop,
    noop_value,
)

__all__ = [
    "ACTIONS",
    "MAX_ENTRIES",
    "NOTHING",
    "Accepted",
    "Action",
    "AppendEntries",
    "AppendEntriesResponse",
    "ChangeConfig",
    "Committed",
    "Configuration",
    "ElectionTimeout",
    "Entry",
    "HardState",
    "HeartbeatTimeout",
    "Input",
    "InputError",
    "Log",
    "LogWrite",
    "Message",
    "NotLeader",
    "Output",
    "Propose",
    "RaftCore",
    "Receive",
    "Recovered",
    "Refused",
    "RequestVote",
    "RequestVoteResponse",
    "Role",
    "SetElectionTimeout",
    "Snapshot",
    "Status",
    "Tick",
    "config_entry",
    "entry_from_record",
    "entry_to_record",
    "from_record",
    "is_noop",
    "noop_value",
    "to_record",
]
