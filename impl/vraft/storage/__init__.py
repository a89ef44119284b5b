"""Where a server's term, vote and log are kept.

The contract, which every storage keeps and every host relies on:

- :meth:`~vraft.storage.memory.MemoryStorage.write` takes one batch, the hard state and the log entries of one step, and
  promises nothing yet.
- ``sync`` makes durable all batches written so far, or those up to the one that is named.  A batch is durable whole or
  not at all, and never before the batches that were written before it.
- After a crash ``recover`` finds all that was synced, and nothing of a batch that was not.

So a host writes, syncs, and only then lets anybody know of the step.
"""

from vraft.storage.memory import Batch, MemoryStorage

__all__ = ["Batch", "MemoryStorage"]
