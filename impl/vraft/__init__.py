"""Raft, built to be checked: the core (:mod:`vraft.core`), the emulator (:mod:`vraft.emulator`), traces.

Reading order: ``core/types.py``, ``core/messages.py``, ``core/inputs.py``, ``core/outputs.py``, then the rooms from the
ground up (``state``, ``timers``, ``terms``, ``commit``, ``replication``, ``election``), ``core/node.py``; then
``tracing.py`` and ``emulator/cluster.py``.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
