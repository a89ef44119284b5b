"""The systems by name."""

from __future__ import annotations

from bench.systems.bounded_queue import BOUNDED_QUEUE
from bench.systems.replicated_log import REPLICATED_LOG
from bench.systems.snapshot_store import SNAPSHOT_STORE
from bench.systems.system import System
from bench.systems.token_ring import TOKEN_RING
from bench.systems.two_phase import TWO_PHASE

SYSTEMS = (TWO_PHASE, SNAPSHOT_STORE, TOKEN_RING, BOUNDED_QUEUE, REPLICATED_LOG)


def system_named(name: str) -> System:
    """The system of that name.

    Raises:
        KeyError: there is none.
    """
    return {system.name: system for system in SYSTEMS}[name]
