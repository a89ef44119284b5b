"""The few things a store asks of a disk, as a protocol, and the real disk.

Names are those of files in one directory.  What may be relied on, and nothing else:

- What was written is on the disk after :meth:`File.sync` returned, and not before.  Of what was written since, a crash
  keeps any part, in units of sectors: each sector of ``SECTOR_BYTES`` is found as it was, or as some write left it.
- A file that was made, renamed or removed is so after a crash only if :meth:`Files.sync_names` returned in between;
  without it, each of these may have happened or not.  A rename is done whole or not at all.
- A failed ``sync`` promises nothing about any byte since the last one that succeeded, ever.

:class:`~vraft.storage.faulty.SimulatedFiles` is a disk in memory that does its worst within these rules.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Protocol

from vraft.storage.errors import StorageError, StoreInUseError

if sys.platform != "win32":
    import fcntl

SECTOR_BYTES = 512
"""What a disk writes whole or not at all: the smallest sector in use.  A disk with larger ones keeps that too."""

FILL_BYTES = 1 << 20
"""How much is written at once where a file is filled with zeros: large enough to be fast, small enough for memory."""


class File(Protocol):
    """An open file."""

    @property
    def name(self) -> str:
        """Its name in the directory when it was opened."""

    def size(self) -> int:
        """Its length in bytes."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes; fewer only where the file ends."""

    def write(self, offset: int, data: bytes) -> int:
        """Write some of ``data`` at ``offset``, at least one byte, and say how many bytes that were."""

    def allocate(self, length: int) -> None:
        """Make the file ``length`` bytes long, zeros where nothing was written, with its place on the disk taken."""

    def truncate(self, length: int) -> None:
        """Cut the file to ``length`` bytes."""

    def sync(self) -> None:
        """Wait until what was written, and the file's length, are on the disk."""

    def close(self) -> None:
        """Let go of it; nothing is made durable by that."""


class Lock(Protocol):
    """A lock that is held."""

    def release(self) -> None:
        """Let others have it; a second time does nothing."""


class Files(Protocol):
    """One directory."""

    def path(self, name: str) -> str:
        """How a message names this file."""

    def names(self) -> list[str]:
        """The names of all files, sorted."""

    def open(self, name: str, *, create: bool = False) -> File:
        """Open a file to read and write; with ``create``, a new and empty one in the place of what is there."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in the place of what bore it."""

    def unlink(self, name: str) -> None:
        """Remove a name."""

    def sync_names(self) -> None:
        """Wait until everything that was made, renamed and removed is so on the disk."""

    def lock(self, name: str) -> Lock:
        """Take the lock that this file stands for.

        Raises:
            StoreInUseError: somebody else has it.
        """


def write_all(file: File, offset: int, data: bytes) -> None:
    """Write everything, however often the disk takes only a part."""
    done = file.write(offset, data)
    while done < len(data):
        done += file.write(offset + done, data[done:])


# The real disk --------------------------------------------------------------------------------------------------------


class RealFile:
    """A file of the operating system."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        data = os.pread(self._descriptor, length, offset)
        if len(data) == length or not data:
            return data
        parts = [data]
        got = len(data)
        while got < length:  # A signal, or a length beyond what one call reads, makes a short read.
            data = os.pread(self._descriptor, length - got, offset + got)
            if not data:
                break
            parts.append(data)
            got += len(data)
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> int:
        return os.pwrite(self._descriptor, data, offset)

    def allocate(self, length: int) -> None:
        """Take the place on the disk, then fill what is new with zeros.

        Blocks that were only reserved have to be marked as written in the journal of the file system when they are
        written first, and the ``fdatasync`` after it waits for that: it took twice as long, where it was measured, as
        one over blocks that hold zeros.
        """
        size = self.size()
        if size >= length:
            return
        self.reserve(length)
        zeros = bytes(FILL_BYTES)
        for offset in range(size, length, FILL_BYTES):
            write_all(self, offset, zeros[: length - offset])

    def reserve(self, length: int) -> None:
        """Take the place on the disk, where the system can do that, and write nothing."""
        try:
            if sys.platform == "linux":
                os.posix_fallocate(self._descriptor, 0, length)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise

    def truncate(self, length: int) -> None:
        os.ftruncate(self._descriptor, length)

    def sync(self) -> None:
        if sys.platform == "darwin":
            fcntl.fcntl(self._descriptor, fcntl.F_FULLFSYNC)  # fsync() there leaves the data in the drive's cache.
        else:
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class RealLock:
    """``flock`` on a file; the operating system lets go of it when the process ends, however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class RealFiles:
    """A directory of the operating system; made, durably, if it is not there.

    With ``read_only`` nothing is made or changed, and files are opened to be read.
    """

    def __init__(self, directory: str | os.PathLike[str], *, read_only: bool = False) -> None:
        if sys.platform == "win32":
            raise StorageError("a store needs a POSIX system: it relies on pwrite, fdatasync and flock")
        self._directory = Path(directory)
        self._read_only = read_only
        if not read_only:
            _make_directory(self._directory)

    def path(self, name: str) -> str:
        return str(self._directory / name)

    def names(self) -> list[str]:
        return sorted(os.listdir(self._directory))

    def open(self, name: str, *, create: bool = False) -> RealFile:
        flags = os.O_RDONLY if self._read_only else os.O_RDWR | (os.O_CREAT | os.O_TRUNC if create else 0)
        flags |= os.O_CLOEXEC
        return RealFile(os.open(self._directory / name, flags, 0o644), name)

    def rename(self, old: str, new: str) -> None:
        os.rename(self._directory / old, self._directory / new)

    def unlink(self, name: str) -> None:
        os.unlink(self._directory / name)

    def sync_names(self) -> None:
        _sync_directory(self._directory)

    def lock(self, name: str) -> RealLock:
        flags = os.O_RDONLY if self._read_only else os.O_RDWR | os.O_CREAT
        descriptor = os.open(self._directory / name, flags | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StoreInUseError(
                f"{self.path(name)}: the lock is held: another process has this store open. "
                "Stop it first, or give this one a directory of its own"
            ) from None
        return RealLock(descriptor)


def _make_directory(directory: Path) -> None:
    """Make it and what it lies in, each durable in the one above before anything is put in."""
    if directory.is_dir():
        return
    _make_directory(directory.parent)
    directory.mkdir()
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
