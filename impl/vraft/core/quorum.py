"""Majorities: the only quorums there are while the cluster's members are fixed."""

from __future__ import annotations

from collections.abc import Set as AbstractSet


def is_majority(members: AbstractSet[str], servers: AbstractSet[str]) -> bool:
    """``members \\in Quorum``: ``2 * Cardinality(Q) > Cardinality(Server)``, for members that are all servers.

    >>> is_majority({"n1", "n2"}, {"n1", "n2", "n3"}), is_majority({"n1", "n2"}, {"n1", "n2", "n3", "n4"})
    (True, False)
    """
    return 2 * len(members) > len(servers)
