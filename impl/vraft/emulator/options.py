"""What a cluster is made of, as values: network, disks, timers.  Times are in microseconds, chances per million."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from vraft.core import lease_ticks
from vraft.emulator.clocks import MS

NODES_MAX = 64
"""More servers than any Raft cluster has; a cluster of them still takes milliseconds to set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """How one direction between two servers behaves."""

    delay_us: tuple[int, int] = (1 * MS, 5 * MS)
    loss: int = 0
    duplicate: int = 0
    reorder: int = 0
    """The chance that a message is held up for ``reorder_delay_us`` besides, so that later ones overtake it."""
    reorder_delay_us: tuple[int, int] = (10 * MS, 50 * MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOptions:
    """The network: how links behave, and the links that behave otherwise, by (sender, receiver)."""

    default: LinkOptions = LinkOptions()
    links: Mapping[tuple[str, str], LinkOptions] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskOptions:
    """How long a write takes to become durable; until then a crash loses it."""

    sync_us: tuple[int, int] = (0, 0)
    manual: bool = False
    """Nothing becomes durable before :meth:`~vraft.emulator.cluster.Cluster.sync` says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingOptions:
    """The length of a tick, and the timeouts in ticks."""

    tick_us: int = 10 * MS
    election_ticks: tuple[int, int] = (15, 30)
    heartbeat_ticks: int = 5
    rates: Mapping[str, Fraction] = field(default_factory=dict)
    """How fast a server's clock runs, where that is not 1."""
    drift: Fraction = Fraction(1, 20)
    """By how much a clock may be fast or slow, as far as leases are concerned: what is believed of ``rates``."""

    @property
    def lease_ticks(self) -> int:
        """How long a lease is good, if that is so."""
        return lease_ticks(self.election_ticks[0], self.drift)


def node_names(nodes: int) -> tuple[str, ...]:
    """The names that servers have unless told otherwise: n1, n2, …"""
    return tuple(f"n{number}" for number in range(1, nodes + 1))
