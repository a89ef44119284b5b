"""What can go wrong with a store, told apart by what the caller can do about it.

``StorageError`` is the family.  Each message says which file, where in it, what was found and what was expected, and
what a person can do; nothing in it has to be looked up elsewhere.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping


class StorageError(Exception):
    """Anything that keeps a store from working."""


class BatchError(StorageError, ValueError):
    """The host handed in what cannot be stored: a batch that leaves a hole in the log, or is beyond a bound; or a
    ticket that stands for no batch.

    Nothing was written; the store goes on.
    """


class CorruptionError(StorageError):
    """What was known to be on the disk is not there any more, or not as it was written.

    The store does not start: what it would find is not what it promised to keep.
    """

    def __init__(self, file: str, offset: int, *, found: str, expected: str, advice: str) -> None:
        self.file = file
        self.offset = offset
        self.found = found
        self.expected = expected
        self.advice = advice
        super().__init__(f"{file}, offset {offset}: found {found}; expected {expected}. {advice}")

    def with_advice(self, advice: str) -> CorruptionError:
        """The same, with something else to do about it."""
        return CorruptionError(self.file, self.offset, found=self.found, expected=self.expected, advice=advice)


class FormatError(StorageError):
    """A file that is whole, and that this program cannot read: of a newer version, or of another server."""

    def __init__(self, file: str, offset: int, *, found: str, expected: str) -> None:
        self.file = file
        self.offset = offset
        super().__init__(f"{file}, offset {offset}: found {found}; expected {expected}")


class StoreFailedError(StorageError):
    """A write or an fsync failed, now or earlier, and this store does nothing any more.

    What was handed in since the last successful sync may be on the disk or not, and must not be acknowledged.  Trying
    the fsync again would prove nothing: a kernel that failed to write a page may have forgotten that it was dirty, and
    report success for a page that never reached the disk.  Opening the directory again is safe: recovery writes what
    is in doubt once more.
    """


def cannot_be_used(error: OSError, directory: str, *, to: str) -> StorageError:
    """What the system says where a store cannot even be opened (or read, or repaired), and what a person can do."""
    where = str(error.filename or directory)
    advice = _ADVICE.get(error.errno or 0, "See to the cause, and try again")
    if to == "read" and error.errno in (errno.EACCES, errno.EPERM):
        advice = "Let the user who runs this read the directory and all files in it; nothing is written"
    return StorageError(f"{where}: the store cannot be {to}: {error.strerror or error}. {advice}")


_WRITABLE = (
    "A store is written to: let the user who runs this write to the directory and to all files in it. "
    "'vraft log dump' and 'vraft log verify' only need to read"
)
_ADVICE: Mapping[int, str] = {
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EROFS: _WRITABLE,
    errno.ENOSPC: "Make room on the disk, and try again",
    errno.ENOENT: "Give the directory of a store",
    errno.ENOTDIR: "Give a directory: a store is one, with its segments and snapshots in it",
    errno.EEXIST: "Give a directory: a store is one, with its segments and snapshots in it",
    errno.EISDIR: "A segment, a snapshot or the lock is a directory: move it away",
}


class StoreInUseError(StorageError):
    """Another process, or another store of this one, has the directory open."""
