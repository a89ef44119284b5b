"""The actions of the specifications that this core can take, each with its parameters.

``i`` is the server that acts; ``m`` the message that it received.  A test compares the tables with ``Next`` in the
modules of ``spec/``.
"""

from __future__ import annotations

from collections.abc import Mapping

RAFT_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "Timeout": ("i",),
    "RequestVote": ("i", "j"),
    "GrantVote": ("i", "m"),
    "DenyVote": ("i", "m"),
    "CountVote": ("i", "m"),
    "BecomeLeader": ("i",),
    "ClientRequest": ("i", "v"),
    "AppendEntries": ("i", "j", "n"),
    "ReturnToFollower": ("i", "m"),
    "AcceptEntries": ("i", "m"),
    "RejectEntries": ("i", "m"),
    "AdvanceMatch": ("i", "m"),
    "BacktrackNext": ("i", "m"),
    "AdvanceCommit": ("i", "k"),
    "UpdateTerm": ("i", "m"),
    "StepDown": ("i",),
    "Restart": ("i",),
}
"""Those of ``Raft.tla``, all but ``LearnTerm``: that is what ``UpdateTerm`` of a message of another module is for who
knows nothing of it."""

PRE_VOTE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "MissLeader": ("i",),
    "StartPreVote": ("i",),
    "RequestPreVote": ("i", "j"),
    "GrantPreVote": ("i", "m"),
    "DenyPreVote": ("i", "m"),
    "CountPreVote": ("i", "m"),
}
"""What ``PreVote.tla`` adds."""

MEMBERSHIP_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "ChangeConfig": ("i", "voters", "learners"),
    "LeaveJoint": ("i",),
}
"""What ``Membership.tla`` adds for servers that come and go."""

TRANSFER_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "TransferLeadership": ("i", "j"),
    "SendTimeoutNow": ("i",),
    "AbortTransfer": ("i",),
    "TimeoutNow": ("i", "m"),
}
"""What ``Membership.tla`` adds for leadership transfer."""

SNAPSHOT_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "Compact": ("i", "k"),
    "SendSnapshot": ("i", "j"),
    "InstallSnapshot": ("i", "m"),
    "IgnoreSnapshot": ("i", "m"),
    "MoveNext": ("i", "j", "k"),
}
"""What ``Snapshot.tla`` adds."""

READ_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "StartRead": ("i", "r"),
    "AskToConfirm": ("i", "j"),
    "ConfirmLeader": ("i", "m"),
    "CountConfirmation": ("i", "m"),
    "AnswerRead": ("i", "r", "upTo"),
    "LeaseRead": ("i", "r"),
    "ReadClock": ("i", "t", "c"),
}
"""What ``Reads.tla`` adds."""

ACTIONS: Mapping[str, tuple[str, ...]] = {
    **RAFT_ACTIONS,
    **PRE_VOTE_ACTIONS,
    **MEMBERSHIP_ACTIONS,
    **TRANSFER_ACTIONS,
    **SNAPSHOT_ACTIONS,
    **READ_ACTIONS,
}
"""All of them."""
