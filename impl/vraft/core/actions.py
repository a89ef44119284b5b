"""The actions of the specification that this core can take, each with its parameters.

``i`` is the server that acts; ``m`` the message that it received.  A test compares the table with ``Next`` in
``spec/Raft.tla``.
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
