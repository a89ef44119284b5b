"""What is found on the disk: which batches were kept, where the log ends, and what is damage.

Reads and judges; changes nothing.  A *torn tail* is what a crash leaves behind the last group that was synced, and is
to be cut.  It is one only if all of these hold, and otherwise the store is corrupt:

- It is in the last segment.  A segment is made only after everything in those before it was synced.
- No whole frame behind it, and no header, says that what is missing was synced.
- It looks as a crash leaves things (:func:`~vraft.storage.layout.may_be_torn`): a sector was not written, or the end.

What this cannot tell: that a log was cut off at its end by something that is no crash, a file that was copied too
early for instance, or that the sectors of the very last group were put back to zeros.  Then acknowledged batches are
gone, and no byte that is left says so; only who remembers the acknowledgement can know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from vraft.core import Entry, HardState, LogWrite
from vraft.core.types import Index, Term
from vraft.storage.codec import DecodeError, Item, SnapshotMark, decode_body
from vraft.storage.errors import CorruptionError, FormatError
from vraft.storage.files import File, Files
from vraft.storage.layout import (
    ADVICE,
    FRAME_HEADER_BYTES,
    MAX_SEGMENT_BYTES,
    SEGMENT_HEADER_BYTES,
    SEGMENT_MAGIC,
    Frame,
    SegmentHeader,
    decode_segment_header,
    describe_header,
    frames_after,
    may_be_torn,
    read_frame,
    segment_name,
    segment_numbers,
)

NO_HARD_STATE = HardState()
"""Before the first election."""

NO_MARK = SnapshotMark(0, 0)
"""No snapshot yet: the log begins at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment as it was found."""

    file: str
    """How messages name it."""
    header: SegmentHeader
    size: int
    """The length of the file."""
    frames: tuple[Frame, ...]
    """The whole batches, in order."""
    end: int
    """Where they end."""
    confirmed: int
    """Up to where something on the disk says that they were synced."""
    used: int
    """Where the last byte that is not zero ends; behind ``end``, there is a torn tail in between."""
    highest: Index
    """The highest index of an entry in it, 0 if it has none."""
    doubtful: bytes
    """The bytes from ``confirmed`` to ``end``: written, whole, and perhaps never synced."""

    @property
    def torn(self) -> int:
        """The number of bytes of a torn tail."""
        return max(0, self.used - self.end)


@dataclass(slots=True)
class Replay:
    """The state that the batches of a log lead to."""

    hard_state: HardState = NO_HARD_STATE
    mark: SnapshotMark = NO_MARK
    start: Index = 1
    """The index of the first of ``entries``, present or to come."""
    entries: list[Entry] = field(default_factory=list)
    term_before: Term = 0
    """The term of the entry before ``start``; 0 if there is none, or it is not known."""

    def term_at(self, index: Index) -> Term:
        """The term of an entry; 0 where there is none, or it is not known."""
        if self.start <= index <= self.last:
            return self.entries[index - self.start].term
        return self.term_before if index == self.start - 1 else 0

    @property
    def last(self) -> Index:
        """The index of the last entry, or of what lies before the first."""
        return self.start + len(self.entries) - 1

    def apply(self, item: Item) -> str | None:
        """Take one item; returns why it cannot be, None if it can.

        >>> replay = Replay()
        >>> replay.apply(LogWrite(1, (Entry(1, "a"), Entry(1, "b"))))
        >>> replay.apply(SnapshotMark(1, 1))
        >>> replay.apply(LogWrite(2, (Entry(2, "c"),)))
        >>> replay.mark.index, replay.start, replay.entries
        (1, 2, [Entry(term=2, value='c', config=None)])
        >>> replay.apply(LogWrite(4, ()))
        'entries from 4 on, after a log that ends at 2'
        """
        if isinstance(item, HardState):
            self.hard_state = item
            return None
        if isinstance(item, LogWrite):
            return self._write(item)
        return self._mark(item)

    def _write(self, item: LogWrite) -> str | None:
        first = item.first
        if first > self.last + 1:
            return f"entries from {first} on, after a log that ends at {self.last}"
        if first <= self.mark.index:
            return f"entries from {first} on, which the snapshot of {self.mark.index} covers"
        if first < self.start:
            # What is replaced began in a segment that was dropped.
            self.entries.clear()
            self.start = first
            self.term_before = 0
        self.entries[first - self.start :] = item.entries
        return None

    def _mark(self, item: SnapshotMark) -> str | None:
        if not item.reset and item.index > self.last:
            return f"a snapshot of {item.index} that keeps a log which ends at {self.last}"
        if item.reset:
            self.entries.clear()
            self.start = item.index + 1
        elif item.index >= self.start:
            del self.entries[: item.index + 1 - self.start]
            self.start = item.index + 1
        if self.start == item.index + 1:
            self.term_before = item.term
        self.mark = SnapshotMark(item.index, item.term)
        return None


class Place(NamedTuple):
    """An offset in a segment."""

    number: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All segments, oldest first, and where they lead."""

    segments: tuple[Segment, ...]
    replay: Replay
    leftovers: tuple[str, ...]
    """Segments that a compaction had begun to remove; to be removed."""
    headless: int | None
    """The number of the last segment, if its file was cut off before its first batch ends; to be removed too."""
    until: Place | None
    """Where reading was told to end."""


def read_log(
    files: Files, *, owner: str | None = None, until: Place | None = None, replay: Replay | None = None
) -> Found:
    """Read and judge every segment of a directory; with ``until``, as if there were nothing from there on.

    Raises:
        CorruptionError: something is missing or damaged that was on the disk.
        FormatError: a file is of another version, or of another owner than ``owner``.
    """
    numbers = segment_numbers(files.names())
    headless: int | None = None
    if until is not None:
        numbers = [number for number in numbers if (number, SEGMENT_HEADER_BYTES) <= until]
    elif numbers and _is_headless(files, numbers[-1], owner):
        headless = numbers.pop()
    run = _last_run(numbers)
    replay = replay or Replay()
    segments: list[Segment] = []
    following = [*run[1:], None][: len(run)]
    for number, next_number in zip(run, following, strict=True):
        next_header = None if next_number is None else _read_header(files, next_number, owner)
        segment = _read_segment(
            files,
            number,
            owner,
            following=next_header,
            is_last=next_number is None and headless is None,
            sequence=segments[-1].header.first_sequence + len(segments[-1].frames) if segments else None,
            until=until.offset if until is not None and until.number == number else None,
        )
        if not segments:
            replay.start = segment.header.first_index
            replay.term_before = segment.header.term_before
        highest = _replay_segment(segment, replay)
        segments.append(replace(segment, highest=highest))
    leftovers = tuple(segment_name(number) for number in numbers if number not in run)
    return Found(segments=tuple(segments), replay=replay, leftovers=leftovers, headless=headless, until=until)


def _last_run(numbers: list[int]) -> list[int]:
    """The numbers without a gap that end in the last; what lies before a gap, a compaction did not get to remove.

    >>> _last_run([1, 2, 5, 6, 7])
    [5, 6, 7]
    """
    run: list[int] = []
    for number in reversed(numbers):
        if run and number != run[-1] - 1:
            break
        run.append(number)
    return run[::-1]


def _is_headless(files: Files, number: int, owner: str | None) -> bool:
    """Whether a segment was cut off before its first batch was whole."""
    file = files.open(segment_name(number))
    try:
        size = file.size()
        if size < SEGMENT_HEADER_BYTES:
            _see_that_it_was_a_segment(file.read(0, size), files.path(file.name))
            return True
        return size < _header_of(file, files.path(file.name), number, owner).synced
    finally:
        file.close()


def _see_that_it_was_a_segment(data: bytes, path: str) -> None:
    """A file that was cut off in its header is removed when a server starts; one that never was a segment is not."""
    if any(data) and not SEGMENT_MAGIC.startswith(data[: len(SEGMENT_MAGIC)]):
        raise CorruptionError(
            path, 0, found=describe_header(data, SEGMENT_MAGIC, "segment"), expected="a segment", advice=ADVICE
        )


def _read_header(files: Files, number: int, owner: str | None) -> SegmentHeader:
    file = files.open(segment_name(number))
    try:
        return _header_of(file, files.path(file.name), number, owner)
    finally:
        file.close()


def _header_of(file: File, path: str, number: int, owner: str | None) -> SegmentHeader:
    data = file.read(0, SEGMENT_HEADER_BYTES)
    if len(data) < SEGMENT_HEADER_BYTES:
        raise CorruptionError(
            path,
            len(data),
            found="the end of the file",
            expected=f"a header of {SEGMENT_HEADER_BYTES} bytes, for there are later segments",
            advice=ADVICE,
        )
    header = decode_segment_header(data, path)
    if header.number != number:
        raise FormatError(path, 16, found=f"segment {header.number}", expected=f"segment {number}, as the name says")
    if owner is not None and header.owner != owner:
        raise FormatError(path, 66, found=f"a log of {header.owner!r}", expected=f"one of {owner!r}")
    return header


def _read_segment(
    files: Files,
    number: int,
    owner: str | None,
    *,
    following: SegmentHeader | None,
    is_last: bool,
    sequence: int | None,
    until: int | None,
) -> Segment:
    """One segment, judged.

    ``following`` is the header of the next one, if there is one.  ``sequence`` is the number that its first batch must
    have, if that is known from the segment before it.  ``until`` is where to stop without a look at what comes after.
    """
    file = files.open(segment_name(number))
    try:
        path = files.path(file.name)
        header = _header_of(file, path, number, owner)
        size = file.size()
        if size > MAX_SEGMENT_BYTES:
            raise FormatError(path, 0, found=f"a segment of {size} bytes", expected=f"at most {MAX_SEGMENT_BYTES}")
        data = file.read(0, size if until is None else until)
    finally:
        file.close()
    if sequence is not None and header.first_sequence != sequence:
        raise CorruptionError(
            path,
            40,
            found=f"a segment whose first batch is number {header.first_sequence}",
            expected=f"number {sequence}, after the segment before it",
            advice=ADVICE,
        )
    frames: list[Frame] = []
    offset = SEGMENT_HEADER_BYTES
    for frame in whole_frames(data, header):
        if frame.sequence != header.first_sequence + len(frames) or frame.synced > frame.offset:
            raise CorruptionError(
                path,
                offset,
                found=f"batch number {frame.sequence}, written after {frame.synced} bytes were synced",
                expected=f"batch number {header.first_sequence + len(frames)}, and at most {offset} bytes",
                advice=ADVICE,
            )
        frames.append(frame)
        offset = frame.end
    used = len(data.rstrip(b"\0"))
    known = offset
    if until is None:
        known = _known_synced(data, offset, header, following, path=path, used=used, is_last=is_last)
    claims = [frame.synced for frame in frames]
    return Segment(
        file=path,
        header=header,
        size=size,
        frames=tuple(frames),
        end=offset,
        confirmed=min(offset, max([known, *claims])),
        used=used,
        highest=0,
        doubtful=data[min(offset, max([known, *claims])) : offset],
    )


def whole_frames(data: bytes, header: SegmentHeader) -> Iterator[Frame]:
    """The frames of a segment up to the first that is not whole, whatever their numbers."""
    offset = SEGMENT_HEADER_BYTES
    while isinstance(frame := read_frame(data, offset, header), Frame):
        yield frame
        offset = frame.end


def _known_synced(
    data: bytes,
    end: int,
    header: SegmentHeader,
    following: SegmentHeader | None,
    *,
    path: str,
    used: int,
    is_last: bool,
) -> int:
    """Judge what lies behind ``end``, where the whole frames end; returns up to where the segment is known synced.

    Raises:
        CorruptionError: it is not what a crash leaves.
    """
    bad_end = read_frame(data, end, header)
    assert not isinstance(bad_end, Frame)
    witness = max(frames_after(data, end, header), key=lambda frame: frame.synced, default=None)
    found = _describe(data, end, bad_end, used)
    if following is not None and following.previous_end != end:
        raise CorruptionError(
            path,
            end,
            found=found,
            expected=f"batches up to offset {following.previous_end}, as the header of the next segment says",
            advice=ADVICE,
        )
    if witness is not None and witness.synced > end:
        raise CorruptionError(
            path,
            end,
            found=found,
            expected=f"a whole batch: the one at offset {witness.offset} says that {witness.synced} bytes were synced",
            advice=ADVICE,
        )
    if not is_last:
        if following is None and used > end:
            raise CorruptionError(
                path,
                end,
                found=found,
                expected="zeros: a later segment was made, so all batches of this one were synced",
                advice=ADVICE,
            )
        return end
    if header.synced > end:
        raise CorruptionError(
            path,
            end,
            found=found,
            expected=f"a whole batch: the header says that {header.synced} bytes were synced",
            advice=ADVICE,
        )
    if used > end and not may_be_torn(data, end, bad_end):
        raise CorruptionError(
            path,
            end,
            found=found,
            expected="a whole batch, or one that a crash kept from being written: but no sector of it is missing",
            advice=ADVICE,
        )
    return header.synced


def _describe(data: bytes, offset: int, bad_end: int, used: int) -> str:
    """What stands where a frame should."""
    if offset >= len(data):
        return "the end of the file"
    if used <= offset:
        return "zeros"
    if bad_end > len(data):
        return "a batch that the end of the file cuts off"
    if bad_end == offset + FRAME_HEADER_BYTES:
        return "what is no header of a batch"
    return f"a batch of {bad_end - offset} bytes that does not match its checksum"


def _replay_segment(segment: Segment, replay: Replay) -> Index:
    """Take all batches of a segment; returns the highest index that an entry in it has."""
    highest = 0
    for frame in segment.frames:
        try:
            items = decode_body(frame.body)
        except DecodeError as error:
            raise FormatError(
                segment.file,
                frame.offset + FRAME_HEADER_BYTES + error.offset,
                found=error.found,
                expected=f"{error.expected}; the checksum is right, so a newer program may have written this",
            ) from None
        for item in items:
            if isinstance(item, LogWrite) and item.entries:
                highest = max(highest, item.first + len(item.entries) - 1)
            problem = replay.apply(item)
            if problem is not None:
                raise CorruptionError(
                    segment.file,
                    frame.offset,
                    found=problem,
                    expected="batches that follow upon each other",
                    advice=ADVICE,
                )
    return highest
