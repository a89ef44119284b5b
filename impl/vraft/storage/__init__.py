"""Where a server's term, vote and log are kept.

The contract, which every storage keeps and every host relies on:

- ``write`` takes one batch, the hard state and the log entries of one step, and promises nothing yet.
- ``sync`` makes durable all batches written so far, or at least those up to the one that is named.  A batch is durable
  whole or not at all, and never before the batches that were written before it.
- After a crash ``recover`` finds all that was synced, and of the batches after it a first part, perhaps none.

So a host writes, syncs, and only then lets anybody know of the step.

:class:`MemoryStorage` keeps it in memory, for the emulator; :class:`DiskStorage` on a disk.  Reading order of the
latter: ``FORMAT.md``, ``batch.py``, ``files.py`` (what is asked of a disk), ``layout.py`` and ``codec.py`` (bytes),
``recovery.py`` (what is found), ``writer.py`` (the order of writes), ``snapshots.py``, ``disk.py`` (the store).
"""

from vraft.storage.batch import Batch
from vraft.storage.disk import DiskStorage, StorageOptions
from vraft.storage.errors import (
    BatchError,
    CorruptionError,
    FormatError,
    StorageError,
    StoreFailedError,
    StoreInUseError,
)
from vraft.storage.memory import MemoryStorage

__all__ = [
    "Batch",
    "BatchError",
    "CorruptionError",
    "DiskStorage",
    "FormatError",
    "MemoryStorage",
    "StorageError",
    "StorageOptions",
    "StoreFailedError",
    "StoreInUseError",
]
