"""An operator that changes who the members are, and does not take no for an answer."""

from __future__ import annotations

from collections.abc import Iterable

from vraft.core import Configuration
from vraft.emulator.clocks import MS
from vraft.emulator.cluster import Cluster

ASK_EVERY_US = 100 * MS
"""How often it asks: a round of messages takes a few milliseconds, an election some hundreds."""


class Operator:
    """Asks whoever leads for these members, again and again, until they are those that are committed."""

    def __init__(self, cluster: Cluster, *, voters: Iterable[str], learners: Iterable[str], catch_up: bool) -> None:
        self._cluster = cluster
        self._catch_up = catch_up
        self._wanted = Configuration.of(voters, learners=learners)

    def start(self) -> None:
        """Ask for the first time now."""
        self._ask()

    def _ask(self) -> None:
        cluster = self._cluster
        if cluster.referees.config == self._wanted:
            return
        cluster.change(sorted(self._wanted.voters), sorted(self._wanted.learners), catch_up=self._catch_up)
        cluster.call_at(cluster.now_us + ASK_EVERY_US, self._ask)
