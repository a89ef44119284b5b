"""A store looked at from outside, offline: what is in it, whether it is whole, and what stands behind damage.

Changes nothing, and goes on where a server would refuse to start: what lies before the first damage is told, with the
error that a server would give; :func:`remains` tells what can still be read behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from vraft.core import Entry, HardState, LogWrite, Snapshot
from vraft.core.history import EMPTY, HistoryChecksum, extend, extend_all
from vraft.core.types import Index
from vraft.storage.codec import DecodeError, Item, SnapshotMark, decode_body
from vraft.storage.disk import LOCK_NAME
from vraft.storage.errors import CorruptionError, StorageError
from vraft.storage.files import Files, Lock
from vraft.storage.layout import (
    MAX_SEGMENT_BYTES,
    SEGMENT_HEADER_BYTES,
    Frame,
    SegmentHeader,
    decode_segment_header,
    frames_after,
    segment_name,
    segment_number,
    segment_numbers,
)
from vraft.storage.opening import start_of
from vraft.storage.recovery import Found, Place, Replay, read_log
from vraft.storage.snapshots import read_snapshot, snapshot_keys, snapshot_name

NO_HISTORY: HistoryChecksum = 0
"""What a snapshot says of the history where nobody kept it."""


class DivergenceError(StorageError):
    """A snapshot was made of another history than the log tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch where it lies."""

    file: str
    frame: Frame
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An entry of the log, and the execution-history checksum over all up to it."""

    index: Index
    entry: Entry
    checksum: HistoryChecksum | None
    """None where what lies before is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a store holds, up to the first damage."""

    owner: str | None
    """Whose it is; None where no segment says."""
    hard_state: HardState
    snapshot: Snapshot | None
    """The one that the log follows upon."""
    entries: tuple[LogEntry, ...]
    """The log after it."""
    segments: int
    batches: int
    torn_bytes: int
    """The length of a torn tail, which a server would cut when it starts."""
    problems: tuple[StorageError, ...] = field(default=())
    """What keeps a server from starting, or what is wrong otherwise; none where all is well."""

    @property
    def first_index(self) -> Index:
        """The index of the first entry, present or to come."""
        return self.entries[0].index if self.entries else self.last_index + 1

    @property
    def last_index(self) -> Index:
        """The index of the last entry."""
        return self.entries[-1].index if self.entries else self.snapshot.index if self.snapshot else 0

    @property
    def checksum(self) -> HistoryChecksum | None:
        """The execution-history checksum over the whole log."""
        return self.entries[-1].checksum if self.entries else self.snapshot.history if self.snapshot else EMPTY


def lock_store(files: Files) -> Lock | None:
    """Take the lock of a store, so that nobody writes to it meanwhile; None where there is none to take.

    Raises:
        StoreInUseError: somebody has it.
        StorageError: there is no store.
    """
    names = files.names()
    if not segment_numbers(names) and not snapshot_keys(files):
        raise StorageError(f"{files.path('')}: no store is here: expected segments (*.wal) or snapshots (*.snap)")
    return files.lock(LOCK_NAME) if LOCK_NAME in names else None


def inspect(files: Files) -> Inspection:
    """Read all of a store.

    Raises:
        FormatError: something in it is of another version.
    """
    problems: list[StorageError] = []
    found = read_up_to_damage(files, problems)
    snapshots = _snapshots(files, problems)
    replay = found.replay
    snapshot = next((each for each in snapshots if each.index == replay.mark.index), None)
    if not problems:
        try:
            snapshot = start_of(found, files).recovered.snapshot
        except CorruptionError as error:
            problems.append(error)
    problems += _diverged(files, snapshots, found.until)
    return Inspection(
        owner=found.segments[0].header.owner if found.segments else None,
        hard_state=replay.hard_state,
        snapshot=snapshot,
        entries=tuple(_chained(replay, snapshot)),
        segments=len(found.segments),
        batches=sum(len(segment.frames) for segment in found.segments),
        torn_bytes=found.segments[-1].torn if found.segments and found.until is None else 0,
        problems=tuple(problems),
    )


def batches(files: Files) -> Iterator[Batch]:
    """Every batch up to the first damage, where it lies, with those that later ones replaced."""
    for segment in read_up_to_damage(files, []).segments:
        for frame in segment.frames:
            yield Batch(file=segment.file, frame=frame, items=tuple(decode_body(frame.body)))


def read_up_to_damage(files: Files, problems: list[StorageError]) -> Found:
    """The log up to the first damage in it, which is added to ``problems``."""
    try:
        return read_log(files)
    except CorruptionError as error:
        first, found = first_damage(files, error)
        problems.append(first)
        return found


def first_damage(files: Files, error: CorruptionError) -> tuple[CorruptionError, Found]:
    """The first damage in a log, of which ``error`` is some, and the log before it.

    Headers are read before the batches that lie in front of them, so what was noticed first need not lie first.
    """
    while True:
        place = place_of(files, error)
        try:
            return error, read_log(files, until=place)
        except CorruptionError as earlier:
            error = earlier
        assert place_of(files, error) < place, "what lies behind the damage is not read"


def place_of(files: Files, error: CorruptionError) -> Place:
    """Where in the log damage is."""
    for name in files.names():
        number = segment_number(name)
        if number is not None and files.path(name) == error.file:
            return Place(number, error.offset)
    raise AssertionError(f"no segment is damaged: {error}")


def _snapshots(files: Files, problems: list[StorageError]) -> list[Snapshot]:
    """All snapshots that are whole; damage to others is added to ``problems``."""
    whole = []
    for key in snapshot_keys(files):
        try:
            whole.append(read_snapshot(files, key)[0])
        except CorruptionError as error:
            problems.append(error)
    return whole


# History --------------------------------------------------------------------------------------------------------------


def _chained(replay: Replay, snapshot: Snapshot | None) -> Iterator[LogEntry]:
    """The entries with their checksums; without them, if what lies before the first is not known."""
    before = EMPTY if snapshot is None else snapshot.history
    checksum: HistoryChecksum | None = before
    if replay.start != (1 if snapshot is None else snapshot.index + 1):
        checksum = None
    for index, entry in enumerate(replay.entries, start=replay.start):
        if checksum is not None:
            checksum = extend(checksum, entry)
        yield LogEntry(index=index, entry=entry, checksum=checksum)


class _Keeping(Replay):
    """A replay that keeps the entries that a snapshot covers, as long as the log agrees with it."""

    def _mark(self, item: SnapshotMark) -> str | None:
        if item.reset or item.index > self.last:
            return super()._mark(item)
        self.mark = SnapshotMark(item.index, item.term)
        return None


def _diverged(files: Files, snapshots: list[Snapshot], until: Place | None) -> Iterator[DivergenceError]:
    """Snapshots whose history is not that of the entries that lead to them."""
    log = read_log(files, until=until, replay=_Keeping()).replay
    index, checksum = 0, EMPTY
    for snapshot in snapshots:
        knows_way = index >= log.start - 1 and snapshot.index <= log.mark.index
        if knows_way and snapshot.history != NO_HISTORY:
            entries = log.entries[index + 1 - log.start : snapshot.index + 1 - log.start]
            computed = extend_all(checksum, entries)
            if computed != snapshot.history:
                name = files.path(snapshot_name((snapshot.index, snapshot.term)))
                yield DivergenceError(
                    f"{name}: found the history checksum {snapshot.history:016x}; expected {computed:016x}, "
                    f"which the log from {index + 1} to {snapshot.index} leads to. "
                    "What this server applied is not what its log says"
                )
        index, checksum = snapshot.index, snapshot.history


# Behind damage --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What can still be read from some place of a log on."""

    batches: int
    entries: int
    first: Index
    """The lowest index of an entry there; 0 if there is none."""
    last: Index
    """The highest one."""
    hard_state: HardState | None
    """The newest term and vote there."""
    unread: Unread
    """What was there too, and cannot be read."""
    files: tuple[str, ...]
    """The segments after the one of the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What was in a log and cannot be read, as far as what lies around it tells."""

    batches: int
    """How many batches: each has a number, and none is left out."""
    is_least: bool
    """Whether there may have been more, at the end, where nothing tells."""
    entries: tuple[tuple[Index | None, Index], ...]
    """Entries that were only in them: the first and the last index of each gap; None where the first is not known.
    Other entries in them were replaced later."""
    more_from: Index | None
    """From this index on there may have been entries in them too; None where something says that there were none, or
    no index is known."""
    may_have_voted: bool
    """Whether a term or a vote may have been in them that is newer than all that can be read."""


@dataclass(slots=True)
class _Gaps:
    """What is missing between what can be read, in the order of the log."""

    last: Index | None
    """The index of the last entry that there was; None where it is not known."""
    sequence: int | None
    """The number of the next batch; None where it is not known."""
    batches: int = 0
    entries: list[tuple[Index | None, Index]] = field(default_factory=list)
    told_at: int = 0
    """How many batches were missing where ``last`` was last told."""

    def comes(self, sequence: int) -> None:
        """The next batch is that one."""
        if self.sequence is not None and sequence > self.sequence:
            self.batches += sequence - self.sequence
        self.sequence = sequence

    def reaches(self, last: Index) -> None:
        """Something says that up to here there were entries, whatever can be read of them."""
        if self.last is None:
            if last:
                self.entries.append((None, last))
        elif last > self.last:
            first: Index | None = self.last + 1
            if self.entries and self.entries[-1][1] == self.last:
                first = self.entries.pop()[0]
            self.entries.append((first, last))

    def ends(self, last: Index) -> None:
        """Something says that the log ended here then."""
        self.last = last
        self.told_at = self.batches

    def take(self, item: Item) -> None:
        """An item that can be read."""
        if isinstance(item, LogWrite):
            self.reaches(item.first - 1)
            self.ends(item.first + len(item.entries) - 1)
        elif isinstance(item, SnapshotMark) and item.reset:
            self.ends(item.index)


def remains(files: Files, place: Place, kept: Found, *, is_damaged: bool) -> Remains:
    """What would be lost if the log ended at that place, as far as it can be read.

    ``kept`` is the log up to there; ``is_damaged`` says whether it is damage that is there.  Entries that the newest
    snapshot stands for are not lost.
    """
    count = entries = 0
    in_snapshot = newest_snapshot(files)
    indexes: list[Index] = []
    hard_state: HardState | None = None
    gaps = _gaps_after(kept, files, place)
    hidden_before_vote = 0
    unread_end = is_damaged
    numbers = segment_numbers(files.names())
    for number in numbers:
        if number < place.number:
            continue
        header, data = _segment(files, number)
        offset = place.offset if number == place.number else 0
        if header is None:
            unread_end = is_damaged
            continue
        if offset <= SEGMENT_HEADER_BYTES:
            gaps.comes(header.first_sequence)
            gaps.reaches(header.first_index - 1)
            gaps.ends(header.first_index - 1)
        end = offset
        for frame in frames_after(data, max(offset, SEGMENT_HEADER_BYTES) - 1, header):
            gaps.comes(frame.sequence)
            gaps.sequence = frame.sequence + 1
            count += 1
            end = frame.end
            for item in _items(frame):
                gaps.take(item)
                if isinstance(item, LogWrite) and item.first + len(item.entries) - 1 > in_snapshot:
                    first, last = max(item.first, in_snapshot + 1), item.first + len(item.entries) - 1
                    entries += last - first + 1
                    indexes += [first, last]
                elif isinstance(item, HardState):
                    hard_state, hidden_before_vote = item, gaps.batches
        unread_end = is_damaged and (end == offset or len(data.rstrip(b"\0")) > end)
    least = max(gaps.batches, int(unread_end))
    hides_end = unread_end or gaps.batches > gaps.told_at
    unread = Unread(
        batches=least,
        is_least=unread_end,
        entries=tuple(gaps.entries),
        more_from=None if gaps.last is None or not hides_end else gaps.last + 1,
        may_have_voted=unread_end or gaps.batches > hidden_before_vote,
    )
    return Remains(
        batches=count,
        entries=entries,
        first=min(indexes, default=0),
        last=max(indexes, default=0),
        hard_state=hard_state,
        unread=unread,
        files=tuple(segment_name(number) for number in numbers if number > place.number),
    )


def newest_snapshot(files: Files) -> Index:
    """The index up to which the newest snapshot goes; 0 if there is none."""
    keys = snapshot_keys(files)
    return keys[-1][0] if keys else 0


def owner_of(files: Files) -> str | None:
    """Whose log it is, as the first segment says whose header can be read; None where none can."""
    headers = (readable_header(files, segment_name(number)) for number in segment_numbers(files.names()))
    return next((header.owner for header in headers if header is not None), None)


def readable_header(files: Files, name: str) -> SegmentHeader | None:
    """The header of a segment; None where that is damaged, or of another version."""
    with closing(files.open(name)) as file:
        return _header_in(file.read(0, SEGMENT_HEADER_BYTES), files.path(name))


def _header_in(data: bytes, path: str) -> SegmentHeader | None:
    if len(data) < SEGMENT_HEADER_BYTES:
        return None
    try:
        return decode_segment_header(data, path)
    except StorageError:
        return None


def _gaps_after(kept: Found, files: Files, place: Place) -> _Gaps:
    """Where the log stands at that place."""
    if kept.segments:
        last = kept.segments[-1]
        return _Gaps(kept.replay.last, last.header.first_sequence + len(last.frames))
    is_first = place.number == 1 and not snapshot_keys(files)
    return _Gaps(0, 1) if is_first else _Gaps(None, None)


def _segment(files: Files, number: int) -> tuple[SegmentHeader | None, bytes]:
    """A segment, and its header; None where that is damaged."""
    name = segment_name(number)
    with closing(files.open(name)) as file:
        data = file.read(0, min(file.size(), MAX_SEGMENT_BYTES))
    return _header_in(data, files.path(name)), data


def _items(frame: Frame) -> list[Item]:
    try:
        return decode_body(frame.body)
    except DecodeError:
        return []
