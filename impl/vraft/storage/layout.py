"""How a segment lies on the disk: its header, the frames of its batches, and how damage is told from a torn write.

A segment is one sector of header, then frames one after the other, then zeros.  A frame is a header of
``FRAME_HEADER_BYTES``, the body of one batch or of a few that were synced together, and an end byte.  ``FORMAT.md`` has
the tables.  Everything here is a function of bytes; :mod:`vraft.storage.recovery` decides what to do.

Four properties of a frame let a reader tell what a crash left from what a disk lost:

- It names its own offset and sequence number, so a frame in the wrong place is none.
- It names ``synced``, the offset up to which its segment was known to be on the disk before it was written.
- It begins and ends with bytes that are not zero, header and body each, and no sector of its body has fewer than two
  bytes that are not zero (a body with long runs of zeros is *masked*: combined with a repeated word until it has
  none).  So a sector of it that the disk never wrote, which is still zeros, can be told from one that was damaged.
- Its one checksum covers header and body, the body's through a sum that stands in the header, so that the length is
  checked before it is believed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from vraft.core.types import Index, Term
from vraft.storage.checksums import ALGORITHMS, Algorithm
from vraft.storage.errors import BatchError, CorruptionError, FormatError
from vraft.storage.files import SECTOR_BYTES

# Segments -------------------------------------------------------------------------------------------------------------

SEGMENT_MAGIC = b"VRAFTWAL"
SEGMENT_VERSION = 1
SEGMENT_HEADER_BYTES = SECTOR_BYTES
"""A sector of its own: a write of batches never touches it."""

MAX_SEGMENT_BYTES = 1 << 28
"""256 MiB: what recovery holds in memory at once, and what compaction drops at once."""

MAX_OWNER_BYTES = 256
"""The longest name of an owner, encoded; it has to fit into the header."""

SEGMENT_SUFFIX = ".wal"

# magic, version, algorithm, -, header bytes; number, first index, term before it, first sequence, previous end, synced;
# the owner's length
_SEGMENT = struct.Struct("<8sHBBIQQQQQQH")
_CHECKSUM = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHeader:
    """What a segment says of itself."""

    algorithm: Algorithm
    number: int
    """Segments are numbered from 1, without a gap."""
    first_index: Index
    """The index after the log's last when the segment was made."""
    term_before: Term
    """The term of the entry before that; 0 if there is none, or it is not known."""
    first_sequence: int
    """The sequence number of its first batch."""
    previous_end: int
    """Where the batches of the segment before it end; all of them were on the disk when this one was made."""
    synced: int
    """Where its own first batch ends, which was on the disk before the segment got its name."""
    owner: str
    """Whose log this is."""
    seed: int = 0
    """The checksum of all this, which the checksums of the frames go on from: no other segment's frames fit here, and
    nobody can write a value that would pass for a frame."""


def segment_name(number: int) -> str:
    """The name of a segment's file."""
    return f"{number:016d}{SEGMENT_SUFFIX}"


def segment_number(name: str) -> int | None:
    """The number of the segment that a file is, None if it is none."""
    stem = name.removesuffix(SEGMENT_SUFFIX)
    return int(stem) if stem != name and len(stem) == 16 and stem.isascii() and stem.isdigit() else None


def segment_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the segments among these files, in order."""
    return sorted(number for name in names if (number := segment_number(name)) is not None)


def encode_segment_header(header: SegmentHeader) -> bytes:
    """The sector that a segment begins with."""
    owner = header.owner.encode("utf-8")
    assert len(owner) <= MAX_OWNER_BYTES
    fixed = _SEGMENT.pack(
        SEGMENT_MAGIC,
        SEGMENT_VERSION,
        header.algorithm.number,
        0,
        SEGMENT_HEADER_BYTES,
        header.number,
        header.first_index,
        header.term_before,
        header.first_sequence,
        header.previous_end,
        header.synced,
        len(owner),
    )
    data = (fixed + owner).ljust(SEGMENT_HEADER_BYTES - _CHECKSUM.size, b"\0")
    return data + _CHECKSUM.pack(header.algorithm.checksum(data, 0))


def with_seed(header: SegmentHeader) -> SegmentHeader:
    """The header with the checksum that it is written with."""
    (seed,) = _CHECKSUM.unpack(encode_segment_header(header)[-_CHECKSUM.size :])
    return replace(header, seed=seed)


def decode_segment_header(data: bytes, file: str) -> SegmentHeader:
    """What the first sector of a segment says.

    Raises:
        CorruptionError: it is not what was written there.
        FormatError: it is, and it is of a version that this program does not know.
    """
    assert len(data) >= SEGMENT_HEADER_BYTES
    data = data[:SEGMENT_HEADER_BYTES]
    magic, version, algorithm_number, _, length, *numbers, owner_length = _SEGMENT.unpack_from(data)
    algorithm = ALGORITHMS.get(algorithm_number)
    (stored,) = _CHECKSUM.unpack_from(data, SEGMENT_HEADER_BYTES - _CHECKSUM.size)
    body = data[: -_CHECKSUM.size]
    if algorithm is None or algorithm.checksum(body, 0) != stored:
        known = magic == SEGMENT_MAGIC and any(
            candidate.checksum(body, 0) == stored for candidate in ALGORITHMS.values()
        )
        if known:
            raise FormatError(file, 10, found=f"checksum algorithm {algorithm_number}", expected=_known_algorithms())
        raise CorruptionError(
            file,
            0,
            found=describe_header(data, SEGMENT_MAGIC, "segment"),
            expected="the header that was on the disk before the segment got its name",
            advice=ADVICE,
        )
    if magic != SEGMENT_MAGIC:
        raise FormatError(file, 0, found=repr(magic), expected=f"{SEGMENT_MAGIC!r}, the beginning of a segment")
    if version != SEGMENT_VERSION or length != SEGMENT_HEADER_BYTES:
        raise FormatError(file, 8, found=f"format version {version}", expected=f"version {SEGMENT_VERSION}")
    number, first_index, term_before, first_sequence, previous_end, synced = numbers
    owner = data[_SEGMENT.size : _SEGMENT.size + owner_length].decode("utf-8")
    return SegmentHeader(
        algorithm=algorithm,
        number=number,
        first_index=first_index,
        term_before=term_before,
        first_sequence=first_sequence,
        previous_end=previous_end,
        synced=synced,
        owner=owner,
        seed=stored,
    )


def describe_header(data: bytes, magic: bytes, what: str) -> str:
    """What stands where the header of a file should, which does not match its checksum."""
    if not data:
        return "nothing: the file is empty"
    if not any(data):
        return "zeros"
    if sum(a != b for a, b in zip(data, magic, strict=False)) <= MAGIC_DAMAGE_MAX:
        return f"a {what} header that does not match its checksum"
    return f"no {what}: the file begins with {data[:SHOWN_BYTES]!r}, and a {what} with {magic!r}"


MAGIC_DAMAGE_MAX = 2
"""So many bytes of a magic may be damaged, and still it is known for what it was."""

SHOWN_BYTES = 16
"""So many bytes show a person what kind of file it is."""


def _known_algorithms() -> str:
    return "one of " + ", ".join(f"{number} ({algorithm.name})" for number, algorithm in sorted(ALGORITHMS.items()))


ADVICE = (
    "What was acknowledged may be lost: restore this server from another one, or look at the log with "
    "'vraft log dump' and see what 'vraft log repair' would keep"
)
"""What to do about a log that cannot be trusted."""


# Frames ---------------------------------------------------------------------------------------------------------------

FRAME_MAGIC = b"vB\xa7\x01"
FRAME_END = b"\xe5\x0a\x5c\xd3"
"""The last bytes of a frame's header; like the magic, none of them is zero."""
BODY_END = b"\xc9"
"""The last byte of a body; not zero."""

# magic, length of body and end byte, sequence, own offset, synced, mask, checksum of the body; checksum, end
_FRAME = struct.Struct("<4sIQQQII")
_FRAME_END = struct.Struct("<I4s")
FRAME_HEADER_BYTES = _FRAME.size + _FRAME_END.size

MAX_BATCH_BYTES = 1 << 27
"""128 MiB of body: half of the largest segment, so that a batch always finds one that it fits into."""

_ZERO_RUN = bytes(SECTOR_BYTES // 2 - 1)
"""A sector without such a run has at least two bytes that are not zero; damage to one of them leaves another."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One batch, or a few, as they lie in a segment, from ``offset`` to ``end``."""

    sequence: int
    offset: int
    end: int
    synced: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A body that is ready to be put anywhere in a segment of that algorithm: masked, ended, summed up."""

    data: bytes
    mask: int
    checksum: int

    @property
    def frame_bytes(self) -> int:
        """What it takes in a segment."""
        return FRAME_HEADER_BYTES + len(self.data)


def seal_body(body: bytes, algorithm: Algorithm) -> Sealed:
    """Make a body ready.

    Raises:
        BatchError: it is longer than ``MAX_BATCH_BYTES``.
    """
    if len(body) > MAX_BATCH_BYTES:
        raise BatchError(f"a batch has {len(body)} bytes, expected at most {MAX_BATCH_BYTES}; write it as several")
    mask = 0
    data = body
    if _ZERO_RUN in body:
        # Begin where nobody can aim at: a value cannot contain a run of a word that depends on the whole body.
        mask = algorithm.checksum(body, 0) or 1
        while _ZERO_RUN in (data := _masked(body, mask)):
            mask = mask % 0xFFFFFFFF + 1
    data += BODY_END
    return Sealed(data, mask, algorithm.checksum(data, 0))


def _masked(body: bytes, mask: int) -> bytes:
    """Combine with the word of that mask, over and over; twice is as if never.

    >>> _masked(_masked(b"abcde", 7), 7)
    b'abcde'
    """
    word = (mask * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")  # Odd, so no two masks agree.
    repeated = (word * (len(body) // 8 + 1))[: len(body)]
    return (int.from_bytes(body, "little") ^ int.from_bytes(repeated, "little")).to_bytes(len(body), "little")


def frame_bytes(sealed: Sealed, *, sequence: int, offset: int, synced: int, header: SegmentHeader) -> bytes:
    """The frame of a body at its place; the checksums of one segment fit no other."""
    assert SEGMENT_HEADER_BYTES <= synced <= offset
    fixed = _FRAME.pack(FRAME_MAGIC, len(sealed.data), sequence, offset, synced, sealed.mask, sealed.checksum)
    checksum = header.algorithm.checksum(fixed, header.seed)
    return b"".join((fixed, _FRAME_END.pack(checksum, FRAME_END), sealed.data))


def read_frame(data: bytes, offset: int, header: SegmentHeader) -> Frame | int:
    """The frame at ``offset``, or, where there is none that is whole, up to where it would have been.

    That end is the frame's own where its header can be believed, and that of the header where it cannot.
    """
    header_end = offset + FRAME_HEADER_BYTES
    if header_end > len(data):
        return header_end
    fixed = data[offset : offset + _FRAME.size]
    magic, length, sequence, at, synced, mask, body_checksum = _FRAME.unpack(fixed)
    checksum, end_mark = _FRAME_END.unpack_from(data, offset + _FRAME.size)
    if (
        magic != FRAME_MAGIC
        or end_mark != FRAME_END
        or at != offset
        or header.algorithm.checksum(fixed, header.seed) != checksum
    ):
        return header_end
    end: int = header_end + length
    body = data[header_end:end]
    if len(body) < length or header.algorithm.checksum(body, 0) != body_checksum:
        return end
    body = body[:-1]
    return Frame(sequence, offset, end, synced, _masked(body, mask) if mask else body)


def frames_after(data: bytes, offset: int, header: SegmentHeader) -> Iterator[Frame]:
    """Every whole frame that begins after ``offset``, wherever, and however damaged what lies between."""
    at = data.find(FRAME_MAGIC, offset + 1)
    while at >= 0:
        frame = read_frame(data, at, header)
        if isinstance(frame, Frame):
            yield frame
            at = frame.end - 1
        at = data.find(FRAME_MAGIC, at + 1)


def may_be_torn(data: bytes, offset: int, end: int) -> bool:
    """Whether what should be a frame from ``offset`` to ``end`` can be one that a crash kept from being written whole.

    A crash leaves each sector as it was, which is zeros, or as it was to be; and what a program had no time to write
    is missing from the end.  So: a part of the frame in one sector that is zeros, or a last byte that is zero, or was
    cut off with the file.  A frame that was written and is wrong has neither.
    """
    if end > len(data) or data[end - 1] == 0:
        return True
    if not any(data[offset : offset + len(FRAME_MAGIC)]):
        return True  # Nothing was written here: damage to a header that was would have to hit all of its magic.
    boundary = offset - offset % SECTOR_BYTES + SECTOR_BYTES
    if not any(data[offset : min(boundary, end)]):
        return True
    return not all(any(data[start : min(start + SECTOR_BYTES, end)]) for start in range(boundary, end, SECTOR_BYTES))
