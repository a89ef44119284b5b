"""The actions of the specification that this core can take, each with its parameters.

``i`` is the server that acts; ``m`` the message that it received.  A test compares the tables with ``Next`` in the
modules of ``spec/``.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS: Mapping[str, tuple[str, ...]] = {
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
    "Restart": ("i",),
}
"""Those of ``Raft.tla`` that a cluster takes in which nothing else is switched on."""

MEMBERSHIP_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "ChangeConfig": ("i", "voters", "learners"),
    "LeaveJoint": ("i",),
    "StepDown": ("i",),
}
"""What ``Membership.tla`` adds for servers that come and go; a leader that was removed steps down."""
