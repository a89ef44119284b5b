"""The end of the log: where the next group of batches goes, and when the next segment is made.

A group costs one write and one fsync, unless it goes over into another segment.  The order in which things reach the
disk is all that matters here:

1. A group is in its segment, and synced, before a next segment is made.
2. A segment is written aside with its header and a first batch that carries what the dropped ones would have told;
   it is synced, renamed, and its name is synced, before anything else is written into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vraft.core import HardState, Snapshot
from vraft.core.types import Index, Term
from vraft.storage.checksums import Algorithm
from vraft.storage.codec import SnapshotMark, encode_body
from vraft.storage.files import File, Files, write_all
from vraft.storage.layout import (
    FRAME_HEADER_BYTES,
    MAX_SEGMENT_BYTES,
    SEGMENT_HEADER_BYTES,
    SegmentHeader,
    encode_segment_header,
    frame_bytes,
    seal_body,
    segment_name,
    with_seed,
)
from vraft.storage.recovery import Segment
from vraft.storage.snapshots import TEMPORARY_SUFFIX


class Position(NamedTuple):
    """What a log has come to after some batch; enough to begin a segment with."""

    hard_state: HardState
    mark: SnapshotMark
    last: Index
    last_term: Term | None
    """The term of the entry at ``last``; None if it is not known, or there is none."""


class Pending(NamedTuple):
    """A batch that was handed in and is not on the disk.  (A tuple, because one is made for each step.)"""

    ticket: int
    body: bytes
    after: Position
    highest: Index
    """The highest index of an entry in it, 0 if it has none."""
    snapshot: Snapshot | None = None
    """The snapshot that its mark names; to be on the disk before it is."""


class SegmentWriter:
    """Appends to the last segment of a directory; makes the next one when it is full."""

    def __init__(self, files: Files, *, owner: str, segment_bytes: int, frame_bytes: int, algorithm: Algorithm) -> None:
        self._files = files
        self._owner = owner
        self._segment_bytes = segment_bytes
        self._frame_bytes = frame_bytes
        self._algorithm = algorithm
        self._file: File | None = None
        self._header: SegmentHeader | None = None
        self._capacity = 0
        self._end = 0
        self._synced = 0
        self._claimed = 0
        self._sequence = 1
        self.position = Position(HardState(), SnapshotMark(0, 0), 0, None)
        """After the last batch that is in a segment."""
        self.highest: dict[int, Index] = {}
        """For each segment by number, oldest first, the highest index of an entry that was written into it."""

    # Beginning --------------------------------------------------------------------------------------------------------

    def begin(self, number: int, position: Position) -> None:
        """Make the first segment of a directory that has none."""
        self.position = position
        self._make_segment(number, previous_end=0, room=0)

    def resume(self, segments: Sequence[Segment], position: Position) -> None:
        """Go on behind the last segment that was found: make certain that it is on the disk, and nothing behind it.

        What nothing on the disk confirms is written once more: it may be there because a crash kept it, or because an
        fsync failed and the kernel shows what it did not write.
        """
        last = segments[-1]
        self.position = position
        self.highest = {segment.header.number: segment.highest for segment in segments}
        file = self._files.open(segment_name(last.header.number))
        self._file, self._header = file, last.header
        self._capacity = last.size  # Not made longer: a server has to start on a full disk too.
        if last.doubtful:
            write_all(file, last.confirmed, last.doubtful)
        if last.torn:
            write_all(file, last.end, bytes(last.torn))
        file.sync()
        self._end = self._synced = last.end
        self._claimed = last.confirmed
        self._sequence = last.header.first_sequence + len(last.frames)

    # Going on ---------------------------------------------------------------------------------------------------------

    def append(self, group: Sequence[Pending]) -> None:
        """Write batches and sync them; when this returns they are on the disk."""
        parts: list[bytes] = []
        start = end = self._end
        first = 0
        while first < len(group):
            size = FRAME_HEADER_BYTES + len(group[first].body) + 1
            if end + size > self._capacity:
                self._put(start, end, parts)
                self._rotate(size)
                parts = []
                start = end = self._end
            assert self._header is not None
            frame = self._together(group, first, self._capacity - end - size)
            body = frame[0].body if len(frame) == 1 else b"".join([pending.body for pending in frame])
            sealed = seal_body(body, self._header.algorithm)
            parts.append(
                frame_bytes(sealed, sequence=self._sequence, offset=end, synced=self._synced, header=self._header)
            )
            self._sequence += 1
            end += sealed.frame_bytes
            self.position = frame[-1].after
            number = self._header.number
            self.highest[number] = max(self.highest[number], *[pending.highest for pending in frame])
            first += len(frame)
        self._put(start, end, parts)

    def _together(self, group: Sequence[Pending], first: int, room: int) -> Sequence[Pending]:
        """The batches from ``first`` on that go into one frame; those after the first have ``room`` bytes at most.

        Batches of one group are acknowledged together, so they may be lost together.
        """
        size = len(group[first].body)
        last = first + 1
        while last < len(group):
            more = len(group[last].body)
            room -= more
            size += more
            if room < 0 or size > self._frame_bytes:
                break
            last += 1
        return group[first:last]

    def confirm(self) -> None:
        """Put on the disk that what is there was synced, if nothing there says so yet."""
        if self._claimed < self._synced:
            self.append([Pending(0, b"", self.position, 0)])

    def drop_covered(self) -> int:
        """Remove the oldest segments that the snapshot of the position covers; returns how many.

        A segment may go if every entry that was ever written into it is in the snapshot: what comes after begins with
        a batch that carries the rest.
        """
        assert self._header is not None
        dropped = 0
        for number, highest in list(self.highest.items()):
            if number == self._header.number or highest > self.position.mark.index:
                break
            self._files.unlink(segment_name(number))
            del self.highest[number]
            dropped += 1
        if dropped:
            self._files.sync_names()
        return dropped

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, None  # Before it is closed: its number may be another file's a moment later.
        if file is not None:
            file.close()

    def _put(self, start: int, end: int, parts: Sequence[bytes]) -> None:
        if not parts:
            return
        assert self._file is not None
        assert end <= self._capacity
        write_all(self._file, start, parts[0] if len(parts) == 1 else b"".join(parts))
        self._file.sync()
        self._claimed = self._synced  # What the frames just written say.
        self._end = self._synced = end

    def _rotate(self, room: int) -> None:
        assert self._file is not None
        assert self._header is not None
        assert self._synced == self._end, "a segment is made only after everything before it was synced"
        self.close()
        self._make_segment(self._header.number + 1, previous_end=self._end, room=room)

    def _make_segment(self, number: int, *, previous_end: int, room: int) -> None:
        """Make a segment that has room for a frame of ``room`` bytes, with its first batch."""
        hard_state, mark, last, last_term = self.position
        sealed = seal_body(encode_body(hard_state, None, mark), self._algorithm)
        synced = SEGMENT_HEADER_BYTES + sealed.frame_bytes
        header = with_seed(
            SegmentHeader(
                algorithm=self._algorithm,
                number=number,
                first_index=last + 1,
                term_before=last_term or 0,
                first_sequence=self._sequence,
                previous_end=previous_end,
                synced=synced,
                owner=self._owner,
            )
        )
        frame = frame_bytes(
            sealed, sequence=self._sequence, offset=SEGMENT_HEADER_BYTES, synced=SEGMENT_HEADER_BYTES, header=header
        )
        capacity = max(self._segment_bytes, synced + room)
        assert capacity <= MAX_SEGMENT_BYTES
        name = segment_name(number)
        temporary = name + TEMPORARY_SUFFIX
        file = self._files.open(temporary, create=True)
        try:
            file.allocate(capacity)
            write_all(file, 0, encode_segment_header(header) + frame)
            file.sync()
            self._files.rename(temporary, name)
            self._files.sync_names()
        except BaseException:
            file.close()
            raise
        self._file, self._header, self._capacity = file, header, capacity
        self._sequence += 1
        self._end = self._synced = self._claimed = synced
        self.highest[number] = 0
