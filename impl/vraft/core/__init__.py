"""Raft as a state machine: no clock, no network, no disk, no threads, no logging, no randomness.

The contract with the host is in three places: what can happen is :mod:`vraft.core.inputs`; what comes back, and the
order in which it has to be written, released and sent, is :mod:`vraft.core.outputs`; the façade is
:class:`~vraft.core.node.RaftCore`.  Everything it does is an action of ``spec/Raft.tla``, or of a module on
top of it where :mod:`vraft.core.features` are switched on, under the same name.
"""

from vraft.core.actions import ACTIONS, MEMBERSHIP_ACTIONS, PRE_VOTE_ACTIONS, RAFT_ACTIONS, TRANSFER_ACTIONS
from vraft.core.configuration import Configuration
from vraft.core.errors import InputError
from vraft.core.features import FEATURE_NAMES, Features
from vraft.core.inputs import (
    ChangeConfig,
    DiskRecovered,
    DiskStalled,
    ElectionTimeout,
    ForgetLeader,
    HeartbeatTimeout,
    Input,
    Propose,
    Receive,
    SetElectionTimeout,
    Tick,
    TransferLeadership,
)
from vraft.core.log import Log
from vraft.core.messages import (
    AppendEntries,
    AppendEntriesResponse,
    Message,
    RequestPreVote,
    RequestPreVoteResponse,
    RequestVote,
    RequestVoteResponse,
    TimeoutNow,
    entry_from_record,
    entry_to_record,
    from_record,
    to_record,
)
from vraft.core.node import ELECTION_TICKS_MIN, MAX_ENTRIES, NO_FEATURES, RaftCore
from vraft.core.outputs import (
    NOTHING,
    Accepted,
    Action,
    Committed,
    NotLeader,
    Output,
    Refused,
    Status,
    TransferStarted,
)
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
    "ELECTION_TICKS_MIN",
    "FEATURE_NAMES",
    "MAX_ENTRIES",
    "MEMBERSHIP_ACTIONS",
    "NOTHING",
    "NO_FEATURES",
    "PRE_VOTE_ACTIONS",
    "RAFT_ACTIONS",
    "TRANSFER_ACTIONS",
    "Accepted",
    "Action",
    "AppendEntries",
    "AppendEntriesResponse",
    "ChangeConfig",
    "Committed",
    "Configuration",
    "DiskRecovered",
    "DiskStalled",
    "ElectionTimeout",
    "Entry",
    "Features",
    "ForgetLeader",
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
    "RequestPreVote",
    "RequestPreVoteResponse",
    "RequestVote",
    "RequestVoteResponse",
    "Role",
    "SetElectionTimeout",
    "Snapshot",
    "Status",
    "Tick",
    "TimeoutNow",
    "TransferLeadership",
    "TransferStarted",
    "config_entry",
    "entry_from_record",
    "entry_to_record",
    "from_record",
    "is_noop",
    "noop_value",
    "to_record",
]
