"""The storage on a disk: a write-ahead log in segments, and snapshots beside it.

It keeps the contract of :mod:`vraft.storage`.  ``write`` only encodes; ``sync`` writes everything that was handed in
with one write and one fsync, so whoever takes several steps before it syncs pays once.  One thread may write while
another syncs; everything else is for one thread at a time.

A failed write or fsync is the end of a store (:class:`~vraft.storage.errors.StoreFailedError`): nothing is tried again,
and the directory has to be opened anew, which makes certain what is on the disk.

Snapshots: a batch may have one, which ``sync`` puts into a file of its own before the batch that names it;
:meth:`DiskStorage.compact` then drops what it covers.  A snapshot that no durable batch names is not there, so a step
that installs one is durable whole or not at all, as any other.  :meth:`DiskStorage.save_snapshot` writes the file
earlier, where the group should not wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vraft.core import HardState, Recovered, Snapshot
from vraft.core.types import Index
from vraft.storage.batch import Batch, check_ticket, describe_batch
from vraft.storage.checksums import PREFERRED, Algorithm
from vraft.storage.codec import SnapshotMark, encode_body
from vraft.storage.errors import BatchError, StorageError, StoreFailedError, cannot_be_used
from vraft.storage.files import Files, Lock, RealFiles
from vraft.storage.layout import MAX_BATCH_BYTES, MAX_OWNER_BYTES, MAX_SEGMENT_BYTES, segment_name
from vraft.storage.opening import start_of
from vraft.storage.recovery import Found, read_log
from vraft.storage.snapshots import (
    TEMPORARY_SUFFIX,
    SnapshotKey,
    check_snapshot,
    key_of,
    snapshot_keys,
    snapshot_name,
    write_snapshot,
)
from vraft.storage.terms import TermRuns
from vraft.storage.writer import Pending, Position, SegmentWriter

SEGMENT_BYTES = 1 << 24
"""16 MiB: making one takes some 15 ms, which a server does not notice, and a thousand of them are a few files."""

FRAME_BYTES = 1 << 16
"""64 KiB: a thousand small batches share a checksum, and what is torn or damaged takes no more than that with it."""

MIN_SEGMENT_BYTES = 1 << 11
"""2 KiB: the header, the first batch with the longest names, and room for something."""

LOCK_NAME = "lock"
"""The file whose lock says that the store is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageOptions:
    """How a store is kept."""

    segment_bytes: int = SEGMENT_BYTES
    """How long a segment is made; a batch that is longer gets one of its own length."""
    frame_bytes: int = FRAME_BYTES
    """Batches that are synced together go into one frame up to this length; 0 is a frame for each."""
    owner: str = ""
    """Whose store it is, a cluster and a server; another one is not let in."""
    algorithm: Algorithm = PREFERRED
    """The checksum of new files."""

    def __post_init__(self) -> None:
        if not MIN_SEGMENT_BYTES <= self.segment_bytes <= MAX_SEGMENT_BYTES:
            raise BatchError(
                f"segment_bytes must be from {MIN_SEGMENT_BYTES} to {MAX_SEGMENT_BYTES}, found {self.segment_bytes}"
            )
        if not 0 <= self.frame_bytes <= MAX_BATCH_BYTES:
            raise BatchError(f"frame_bytes must be from 0 to {MAX_BATCH_BYTES}, found {self.frame_bytes}")
        if len(self.owner.encode("utf-8")) > MAX_OWNER_BYTES:
            raise BatchError(f"owner must have at most {MAX_OWNER_BYTES} bytes, found {self.owner!r}")


class DiskStorage:
    """A server's disk.

    >>> from tempfile import TemporaryDirectory
    >>> from vraft.core import Entry, LogWrite
    >>> with TemporaryDirectory() as directory:
    ...     with DiskStorage.open(directory) as storage:
    ...         _ = storage.write(Batch(HardState(1, "n1"), LogWrite(1, (Entry(1, "x"),))))
    ...         storage.sync()
    ...     with DiskStorage.open(directory) as storage:
    ...         storage.recover()
    Recovered(hard_state=HardState(term=1, vote='n1'), entries=(Entry(term=1, value='x', config=None),), snapshot=None)
    """

    def __init__(self, files: Files, options: StorageOptions, lock: Lock | None = None) -> None:
        self._files = files
        self._options = options
        self._lock = threading.Lock()
        self._failure: StoreFailedError | None = None
        self._is_open = True
        self._pending: list[Pending] = []
        self._written = 0
        self._synced = 0
        self._writer = SegmentWriter(
            files,
            owner=options.owner,
            segment_bytes=options.segment_bytes,
            frame_bytes=options.frame_bytes,
            algorithm=options.algorithm,
        )
        self._recovered: Recovered | None = None
        self._tip = self._writer.position
        self._terms = TermRuns()
        self._saved: set[SnapshotKey] = set()
        self._store_lock = lock or files.lock(LOCK_NAME)
        try:
            with self._careful("opening the store"):
                self._open()
        except BaseException:
            self.abandon()
            raise

    @classmethod
    def open(cls, where: str | Path | Files, options: StorageOptions | None = None) -> DiskStorage:
        """Open a store, and make an empty one where there is none.

        Raises:
            CorruptionError: something is missing or damaged that was on the disk; nothing was changed.
            FormatError: it is a newer program's, or another owner's.
            StoreInUseError: it is open already.
            StorageError: the directory, or a file in it, cannot be made, read or written.
        """
        try:
            files = RealFiles(where) if isinstance(where, str | Path) else where
            return cls(files, options or StorageOptions())
        except OSError as error:
            raise cannot_be_used(error, str(where), to="opened") from error

    # The contract -----------------------------------------------------------------------------------------------------

    def write(self, batch: Batch) -> int:
        """Hand in a batch; the ticket names it to :meth:`sync`.

        What lies up to the index of its snapshot, if it has one, is no part of the log any more, and neither is the
        rest if the log disagrees with the snapshot.

        Raises:
            BatchError: it cannot be stored; nothing was changed.
            StoreFailedError: nothing can, any more.
        """
        self._check()
        try:
            return self._write(batch)
        except BatchError:
            raise
        except (AttributeError, TypeError, ValueError) as error:
            # Looked at only now: what every step goes through should not pay for what a host does wrong once.
            wrong = describe_batch(batch)
            if wrong is None and not isinstance(error, ValueError):
                raise  # It is not the batch.
            raise BatchError(f"a batch cannot be stored: {wrong or error}") from error

    def _write(self, batch: Batch) -> int:
        """:meth:`write`; nothing is changed before everything has been encoded."""
        hard_state, base, last, last_term = self._tip
        snapshot, written = batch.snapshot, batch.entries
        mark = None
        if snapshot is not None:
            mark = self._mark(snapshot)
            base = SnapshotMark(mark.index, mark.term)
            if mark.reset:
                last, last_term = mark.index, mark.term
        highest = 0
        if written is not None:
            first, entries = written.first, written.entries
            if not base.index < first <= last + 1:
                raise BatchError(f"entries begin at {first}, expected from {base.index + 1} to {last + 1}")
            last = first + len(entries) - 1
            if entries:
                highest, last_term = last, entries[-1].term
        body = encode_body(batch.hard_state, written, mark)
        if len(body) > MAX_BATCH_BYTES:
            raise BatchError(f"a batch has {len(body)} bytes, expected at most {MAX_BATCH_BYTES}; write it as several")

        # Nothing can go wrong from here on.
        terms = self._terms
        if mark is not None:
            if mark.reset:
                terms = self._terms = TermRuns(mark.index, mark.term)
            else:
                terms.forget_to(mark.index, mark.term)
        if written is not None:
            terms.replace_from(written.first, written.entries)
            if not highest:
                last_term = terms.term_at(last)
        self._tip = Position(batch.hard_state or hard_state, base, last, last_term)
        self._recovered = None
        with self._lock:
            self._written += 1
            self._pending.append(Pending(self._written, body, self._tip, highest, snapshot))
            return self._written

    def sync(self, ticket: int | None = None) -> None:
        """Make durable what was written, at least up to and with the batch that ``ticket`` names.

        Raises:
            StoreFailedError: the disk did not; nothing that was not durable before may be acknowledged.
            BatchError: there is no such ticket; the caller was about to acknowledge what nobody wrote.
        """
        self._check()
        if ticket is not None:
            check_ticket(ticket, self._written)
            if ticket <= self._synced:
                return
        try:
            with self._lock:
                group, self._pending = self._pending, []
            for pending in group:
                if pending.snapshot is not None:
                    self._put_snapshot(pending.snapshot, pending.after.hard_state)
            if group:
                self._writer.append(group)
                self._synced = group[-1].ticket
        except OSError as error:
            raise self._failed("writing the log", error) from error
        except BaseException as error:
            self._interrupted("writing the log", error)
            raise

    def recover(self) -> Recovered:
        """What was found when the store was opened; the entries are those after the snapshot.

        To be asked before anything is written: the store does not keep a second copy of the log.
        """
        if self._recovered is None:
            raise StorageError("recover() tells what open() found, and is to be asked before anything is written")
        return self._recovered

    @property
    def hard_state(self) -> HardState:
        """The durable term and vote."""
        return self._writer.position.hard_state

    @property
    def durable(self) -> int:
        """The last ticket that is durable."""
        return self._synced

    @property
    def unsynced(self) -> int:
        """How many batches a crash may lose now."""
        return self._written - self._synced

    @property
    def first_index(self) -> Index:
        """The index of the first entry that is not in the snapshot, present or to come; counts what is not synced."""
        return self._tip.mark.index + 1

    @property
    def last_index(self) -> Index:
        """The index of the last entry; counts what is not synced."""
        return self._tip.last

    # Snapshots --------------------------------------------------------------------------------------------------------

    @property
    def snapshot_key(self) -> SnapshotKey | None:
        """Index and term of the snapshot that the log follows upon; None before the first.  Counts what is unsynced."""
        mark = self._tip.mark
        return (mark.index, mark.term) if mark.index else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Put a snapshot on the disk, durable when this returns; it counts once a batch that has it is durable."""
        self._check()
        self._check_snapshot(snapshot)
        with self._careful("writing a snapshot"):
            self._put_snapshot(snapshot, self._tip.hard_state)

    def compact(self) -> int:
        """Remove the segments that the durable snapshot covers, and older snapshots; returns how many files went."""
        self._check()
        mark = self._writer.position.mark
        with self._careful("removing what a snapshot covers"):
            older = [key for key in snapshot_keys(self._files) if key[0] < mark.index]
            for key in older:
                self._files.unlink(snapshot_name(key))
            if older:
                self._files.sync_names()
            self._saved = {key for key in self._saved if key[0] >= mark.index}
            return len(older) + self._writer.drop_covered()

    # The end ----------------------------------------------------------------------------------------------------------

    def confirm(self) -> None:
        """Sync, and put on the disk that everything was; to be called when there is nothing else to do.

        Each group says of those before it that they were synced, and nothing says it of the last one.  After this,
        damage to any of them can be told from a torn write.
        """
        self.sync()
        with self._careful("writing the log"):
            self._writer.confirm()

    def close(self) -> None:
        """Sync, confirm, and let others open it.  A store that failed is only let go of."""
        try:
            if self._is_open and self._failure is None:
                self.confirm()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the files as a crash of the process would, whatever is not synced."""
        if self._is_open:
            self._is_open = False
            try:
                self._writer.close()
            finally:
                self._store_lock.release()

    def __enter__(self) -> DiskStorage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Within -----------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if not self._is_open:
            raise StorageError("the store is closed")

    @contextmanager
    def _careful(self, what: str) -> Iterator[None]:
        """Whatever goes wrong in here, the store is of no use after it."""
        try:
            yield
        except OSError as error:
            raise self._failed(what, error) from error
        except BaseException as error:
            self._interrupted(what, error)
            raise

    def _failed(self, what: str, error: OSError) -> StoreFailedError:
        self._failure = StoreFailedError(
            f"{self._files.path(Path(error.filename or '').name)}: {what} failed: {error.strerror or error}. "
            "What was not durable before may be on the disk or not, and is not to be acknowledged; "
            "remove the cause and open the store again"
        )
        return self._failure

    def _interrupted(self, what: str, error: BaseException) -> None:
        self._failure = StoreFailedError(f"{what} was interrupted by {type(error).__name__}; open the store again")

    def _check_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.index <= self._tip.mark.index:
            raise BatchError(f"a snapshot of {snapshot.index}, expected one after that of {self._tip.mark.index}")
        check_snapshot(snapshot)

    def _put_snapshot(self, snapshot: Snapshot, hard_state: HardState) -> None:
        if key_of(snapshot) not in self._saved:
            write_snapshot(self._files, snapshot, hard_state=hard_state, algorithm=self._options.algorithm)
            self._saved.add(key_of(snapshot))

    def _mark(self, snapshot: Snapshot) -> SnapshotMark:
        self._check_snapshot(snapshot)
        index, term = key_of(snapshot)
        return SnapshotMark(index, term, reset=self._terms.term_at(index) != term)

    # Opening ----------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        found = read_log(self._files, owner=self._options.owner)
        start = start_of(found, self._files)
        # From here on, what is on the disk is changed.
        self._clean_up(found)
        self._tip = start.position
        self._terms = start.terms
        if not found.segments:
            self._writer.begin(1 if found.headless is None else found.headless, start.position)
        else:
            self._writer.resume(found.segments, start.before)
            if start.missed is not None:
                body = encode_body(start.recovered.hard_state, None, start.missed)
                self._writer.append([Pending(0, body, start.position, 0)])
        self._files.sync_names()
        self._recovered = start.recovered

    def _clean_up(self, found: Found) -> None:
        names = [name for name in self._files.names() if name.endswith(TEMPORARY_SUFFIX)]
        if found.headless is not None:
            names.append(segment_name(found.headless))
        for name in [*names, *found.leftovers]:
            with suppress(FileNotFoundError):
                self._files.unlink(name)
        self._files.sync_names()
