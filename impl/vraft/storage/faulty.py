"""A disk in memory that does its worst within the rules of :mod:`vraft.storage.files`; the tests' disk.

Everything it does is decided by a seed, with ``getrandbits`` only, so a run is repeated exactly on any Python.

- A write is taken in parts, or not at all (short writes, a full disk).
- A sync fails: the program still reads what it wrote, and the disk never gets it, even when a later sync succeeds.
- The process dies within any operation (:class:`SimulatedCrash`), a write then being done in part.
- The machine dies (:meth:`SimulatedFiles.crash`): of what was not synced, each sector is as it was, or as any of the
  writes since left it; each length, each name likewise.
- Bits flip (:meth:`SimulatedFiles.corrupt`), and files end early (:meth:`SimulatedFiles.cut`).
"""

from __future__ import annotations

import errno
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from vraft.storage.errors import StoreInUseError
from vraft.storage.files import SECTOR_BYTES


class SimulatedCrash(BaseException):
    """The process died here.  No ``Exception``, so that nothing on the way takes it for one."""


@dataclass(slots=True, kw_only=True)
class Faults:
    """What goes wrong, each as one chance in so many; 0 is never."""

    short_write: int = 0
    """A write takes only a part."""
    failed_sync: int = 0
    """A sync reports an error, and has written any part of what there was."""
    crash: int = 0
    """The process dies within an operation."""


@dataclass(slots=True)
class _Contents:
    """What a file holds, for the program and on the disk."""

    seen: bytearray = field(default_factory=bytearray)
    """What a program reads."""
    durable: bytearray = field(default_factory=bytearray)
    """What is on the disk."""
    dirty: dict[int, list[bytes]] = field(default_factory=dict)
    """By sector, every content that a write since the last sync left it with, oldest first."""
    lengths: list[int] = field(default_factory=list)
    """Every length since the last sync."""


class SimulatedFiles:
    """A directory on that disk.

    ``capacity`` is how many bytes it holds.  ``counts`` says how often each kind of operation and of fault happened.
    """

    def __init__(
        self, *, seed: int = 0, faults: Faults | None = None, capacity: int = 1 << 40, sector: int = SECTOR_BYTES
    ) -> None:
        self.faults = faults or Faults()
        self.capacity = capacity
        self.counts: dict[str, int] = {}
        self.operations = 0
        self.crash_at: int | None = None
        """The number of the operation within which the process dies."""
        self.fail_sync_at: int | None = None
        """The number of the sync that fails."""
        self._random = random.Random(seed)
        self._sector = sector
        self._names: dict[str, _Contents] = {}
        self._durable_names: dict[str, _Contents] = {}
        self._changes: list[Callable[[dict[str, _Contents]], None]] = []
        self._locked: set[str] = set()

    # The protocol -----------------------------------------------------------------------------------------------------

    def path(self, name: str) -> str:
        return f"simulated/{name}" if name else "simulated"

    def names(self) -> list[str]:
        return sorted(self._names)

    def open(self, name: str, *, create: bool = False) -> SimulatedFile:
        if create:
            contents = _Contents()
            self._change("create", lambda names: names.__setitem__(name, contents))
        elif name not in self._names:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", name)
        return SimulatedFile(self, name, self._names[name])

    def rename(self, old: str, new: str) -> None:
        contents = self._names[old]

        def rename(names: dict[str, _Contents]) -> None:
            names.pop(old, None)
            names[new] = contents

        self._change("rename", rename)

    def unlink(self, name: str) -> None:
        if name not in self._names:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", name)
        self._change("unlink", lambda names: names.pop(name, None))

    def sync_names(self) -> None:
        self.operate("sync_names")
        if self._sync_fails():
            raise OSError(errno.EIO, "Input/output error (simulated)")
        self._durable_names = dict(self._names)
        self._changes.clear()

    def lock(self, name: str) -> SimulatedLock:
        if name in self._locked:
            raise StoreInUseError(f"{self.path(name)}: the lock is held")
        self._locked.add(name)
        return SimulatedLock(self._locked, name)

    def _change(self, what: str, change: Callable[[dict[str, _Contents]], object]) -> None:
        self.operate(what)

        def apply(names: dict[str, _Contents]) -> None:
            change(names)

        apply(self._names)
        self._changes.append(apply)

    # What goes wrong --------------------------------------------------------------------------------------------------

    def crash(self) -> SimulatedFiles:
        """The machine died.  Returns the disk as the next one finds it, with the same faults to come."""
        names = dict(self._durable_names)
        for change in self._changes:
            if self._chance(2):
                change(names)
            else:
                self._count("name lost")
        after = SimulatedFiles(seed=self._random.getrandbits(64), faults=self.faults, capacity=self.capacity)
        after.counts = self.counts
        after._sector = self._sector
        found = {id(contents): self._after_crash(contents) for contents in names.values()}
        after._names = {name: found[id(contents)] for name, contents in sorted(names.items())}
        after._durable_names = dict(after._names)
        return after

    def kill(self) -> SimulatedFiles:
        """The process died, and the machine went on: all that it wrote is there, and nothing more of it is durable."""
        self._locked.clear()
        self.crash_at = None
        return self

    def corrupt(self, name: str, offset: int, flip: int) -> None:
        """Change one byte on the disk: the bits of ``flip``."""
        contents = self._names[name]
        contents.seen[offset] ^= flip
        contents.durable[offset] ^= flip

    def cut(self, name: str, length: int) -> None:
        """End a file early, on the disk."""
        contents = self._names[name]
        del contents.seen[length:]
        del contents.durable[length:]

    def contents(self, name: str) -> bytes:
        """What a program reads of a file."""
        return bytes(self._names[name].seen)

    def put(self, name: str, data: bytes) -> None:
        """A file with this in it, on the disk."""
        self._names[name] = self._durable_names[name] = _Contents(bytearray(data), bytearray(data))

    def _after_crash(self, contents: _Contents) -> _Contents:
        data = bytearray(contents.durable)
        lengths = [len(data), *contents.lengths]
        length = lengths[self._below(len(lengths))]
        for sector, versions in sorted(contents.dirty.items()):
            chosen = self._below(len(versions) + 1)
            if chosen < len(versions):
                self._count("sector lost")
            if chosen == 0:
                continue
            start = sector * self._sector
            version = versions[chosen - 1]
            data.extend(bytes(max(0, start + len(version) - len(data))))
            data[start : start + len(version)] = version
        del data[length:]
        data.extend(bytes(length - len(data)))
        return _Contents(bytearray(data), bytearray(data))

    # For the files ----------------------------------------------------------------------------------------------------

    def operate(self, what: str) -> bool:
        """Count an operation; the process may die before it."""
        self._count(what)
        self.operations += 1
        if self._dies():
            raise SimulatedCrash(f"before operation {self.operations}, {what}")
        return True

    def write(self, contents: _Contents, offset: int, data: bytes) -> int:
        self._count("write")
        self.operations += 1
        dies = self._dies()
        taken = len(data)
        if dies:
            taken = self._below(len(data) + 1)
        elif self._chance(self.faults.short_write):
            self._count("short write")
            taken = 1 + self._below(len(data))
        grows = offset + taken - len(contents.seen)
        room = self.capacity - self._used()
        if grows > room:
            self._count("disk full")
            taken -= grows - room
            if taken <= 0:
                raise OSError(errno.ENOSPC, "No space left on device (simulated)")
        self._put(contents, offset, data[:taken])
        if dies:
            raise SimulatedCrash(f"within operation {self.operations}, a write of {len(data)} bytes, after {taken}")
        return taken

    def resize(self, contents: _Contents, length: int, what: str) -> None:
        self.operate(what)
        size = len(contents.seen)
        if length - size > self.capacity - self._used():
            self._count("disk full")
            raise OSError(errno.ENOSPC, "No space left on device (simulated)")
        if length > size:
            self._put(contents, size, bytes(length - size))
        elif length < size:
            del contents.seen[length:]
            contents.lengths.append(length)
            self._dirty(contents, length, size)

    def sync(self, contents: _Contents) -> None:
        self.operate("sync")
        if self._sync_fails():
            # Any part of it got there; the rest is forgotten by the kernel, though programs still read it.
            lost = {sector: versions for sector, versions in sorted(contents.dirty.items()) if self._chance(2)}
            for sector in lost:
                del contents.dirty[sector]
            self._settle(contents)
            raise OSError(errno.EIO, "Input/output error (simulated)")
        self._settle(contents)

    def _settle(self, contents: _Contents) -> None:
        length = len(contents.seen)
        for sector in contents.dirty:
            start, end = sector * self._sector, min((sector + 1) * self._sector, length)
            if start < end:
                contents.durable.extend(bytes(max(0, end - len(contents.durable))))
                contents.durable[start:end] = contents.seen[start:end]
        del contents.durable[length:]
        contents.durable.extend(bytes(length - len(contents.durable)))
        contents.dirty.clear()
        contents.lengths.clear()

    def _put(self, contents: _Contents, offset: int, data: bytes) -> None:
        end = offset + len(data)
        if end > len(contents.seen):
            contents.seen.extend(bytes(end - len(contents.seen)))
            contents.lengths.append(end)
        contents.seen[offset:end] = data
        self._dirty(contents, offset, end)

    def _dirty(self, contents: _Contents, start: int, end: int) -> None:
        for sector in range(start // self._sector, -(-end // self._sector)):
            version = bytes(contents.seen[sector * self._sector : (sector + 1) * self._sector])
            contents.dirty.setdefault(sector, []).append(version)

    def _used(self) -> int:
        return sum(len(contents.seen) for contents in {id(each): each for each in self._names.values()}.values())

    def _dies(self) -> bool:
        return self.operations == self.crash_at or self._chance(self.faults.crash)

    def _sync_fails(self) -> bool:
        number = self.counts.get("sync", 0) + self.counts.get("sync_names", 0)
        fails = number == self.fail_sync_at or self._chance(self.faults.failed_sync)
        if fails:
            self._count("failed sync")
        return fails

    def _chance(self, one_in: int) -> bool:
        return one_in > 0 and self._below(one_in) == 0

    def _below(self, bound: int) -> int:
        """A number from 0 to ``bound - 1``; the bias is far below what any test could see."""
        return self._random.getrandbits(64) % bound

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


class SimulatedFile:
    """An open file of that disk."""

    def __init__(self, disk: SimulatedFiles, name: str, contents: _Contents) -> None:
        self._disk = disk
        self._name = name
        self._contents = contents

    @property
    def name(self) -> str:
        return self._name

    def size(self) -> int:
        return len(self._contents.seen)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._contents.seen[offset : offset + length])

    def write(self, offset: int, data: bytes) -> int:
        return self._disk.write(self._contents, offset, data)

    def allocate(self, length: int) -> None:
        if length > self.size():
            self._disk.resize(self._contents, length, "allocate")

    def truncate(self, length: int) -> None:
        self._disk.resize(self._contents, length, "truncate")

    def sync(self) -> None:
        self._disk.sync(self._contents)

    def close(self) -> None:
        pass


class SimulatedLock:
    """A lock that is held in memory."""

    def __init__(self, locked: set[str], name: str) -> None:
        self._locked = locked
        self._name = name

    def release(self) -> None:
        self._locked.discard(self._name)
