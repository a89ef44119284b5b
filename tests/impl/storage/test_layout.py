"""Segments and frames as bytes: what is read back, and what damage and torn writes look like."""

from __future__ import annotations

import random

import pytest

from vraft.storage import BatchError, CorruptionError, FormatError, layout
from vraft.storage.checksums import ALGORITHMS, CRC32, CRC32C, Algorithm, Checksum, crc32c_slow
from vraft.storage.layout import (
    BODY_END,
    FRAME_HEADER_BYTES,
    SEGMENT_HEADER_BYTES,
    Frame,
    SegmentHeader,
    decode_segment_header,
    encode_segment_header,
    frame_bytes,
    may_be_torn,
    read_frame,
    seal_body,
    segment_name,
    segment_number,
    with_seed,
)

HEADER = with_seed(
    SegmentHeader(
        algorithm=CRC32,
        number=3,
        first_index=17,
        term_before=2,
        first_sequence=5,
        previous_end=1234,
        synced=600,
        owner="cluster/n1",
    )
)


def frame(body: bytes, offset: int = 600, synced: int = 600) -> bytes:
    return frame_bytes(seal_body(body, CRC32), sequence=9, offset=offset, synced=synced, header=HEADER)


def segment(*frames: bytes, size: int = 4096) -> bytes:
    return (encode_segment_header(HEADER).ljust(600, b"\0") + b"".join(frames)).ljust(size, b"\0")


# Names and headers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["1.wal", "000000000000000x.wal", "0000000000000001.wal.tmp", "lock", "٠" * 16 + ".wal"]
)
def test_what_is_no_segment_is_none(name: str) -> None:
    assert segment_number(name) is None
    assert segment_number(segment_name(17)) == 17


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=lambda algorithm: algorithm.name)
def test_a_header_comes_back(algorithm: Algorithm) -> None:
    from dataclasses import replace

    header = with_seed(replace(HEADER, algorithm=algorithm, owner="ø" * 128))
    data = encode_segment_header(header)
    assert len(data) == SEGMENT_HEADER_BYTES
    assert decode_segment_header(data, "f") == header


def test_any_damage_to_a_header_is_seen() -> None:
    data = encode_segment_header(HEADER)
    for offset in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[offset] ^= 1 << bit
            with pytest.raises(CorruptionError, match="does not match its checksum"):
                decode_segment_header(bytes(damaged), "f")


def test_another_version_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SEGMENT_VERSION", 2)
    data = encode_segment_header(HEADER)
    monkeypatch.undo()
    with pytest.raises(FormatError, match="f, offset 8: found format version 2; expected version 1"):
        decode_segment_header(data, "f")


# Frames ---------------------------------------------------------------------------------------------------------------


def test_a_frame_comes_back() -> None:
    first, second = frame(b"first"), frame(b"", offset=600 + FRAME_HEADER_BYTES + 6)
    data = segment(first, second)
    one = read_frame(data, 600, HEADER)
    assert one == Frame(9, 600, 600 + len(first), 600, b"first")
    assert isinstance(one, Frame)
    assert read_frame(data, one.end, HEADER) == Frame(9, one.end, one.end + len(second), 600, b"")


def test_a_frame_is_none_elsewhere() -> None:
    data = segment(frame(b"x"))
    moved = data[:600] + b"\0" + data[600:]
    assert read_frame(moved, 601, HEADER) == 601 + FRAME_HEADER_BYTES
    from dataclasses import replace

    for other in (replace(HEADER, number=4), replace(HEADER, owner="cluster/n2"), replace(HEADER, first_index=18)):
        assert read_frame(data, 600, with_seed(other)) == 600 + FRAME_HEADER_BYTES


def test_any_damage_to_a_frame_is_seen_and_is_not_taken_for_a_torn_write() -> None:
    whole = frame(bytes(range(256)) * 3)
    for offset in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(segment(whole))
            damaged[600 + offset] ^= 1 << bit
            data = bytes(damaged)
            end = read_frame(data, 600, HEADER)
            assert isinstance(end, int)
            assert end == 600 + (FRAME_HEADER_BYTES if offset < FRAME_HEADER_BYTES else len(whole))
            assert not may_be_torn(data, 600, end), offset


def test_whatever_sectors_are_missing_is_taken_for_a_torn_write() -> None:
    """And it is so for every place of a frame relative to the sectors, and for bodies of zeros too."""
    rng = random.Random(1)
    missing = 0
    for body in (b"", b"x" * 100, bytes(1500), bytes(2000) + b"x" + bytes(1000), b"\xff" * 1400):
        for shift in range(0, 512, 7):
            offset = 600 + shift
            whole = segment(bytes(shift), frame(body, offset=offset, synced=offset))
            at = read_frame(whole, offset, HEADER)
            assert isinstance(at, Frame)
            assert at.body == body
            sectors = range(offset // 512, -(-at.end // 512))
            for _ in range(3):
                lost = [sector for sector in sectors if rng.getrandbits(1)] or [sectors[0]]
                data = bytearray(whole)
                for sector in lost:
                    start, end = max(offset, sector * 512), min(at.end, sector * 512 + 512)
                    data[start:end] = bytes(end - start)
                found = read_frame(bytes(data), offset, HEADER)
                assert isinstance(found, int)
                assert may_be_torn(bytes(data), offset, found), (len(body), shift, lost)
                missing += 1
    assert missing > 1000


def test_whatever_end_is_missing_is_taken_for_a_torn_write() -> None:
    whole = segment(frame(b"x" * 700))
    end = 600 + FRAME_HEADER_BYTES + 701
    for kept in range(600, end):
        for data in (whole[:kept], whole[:kept].ljust(4096, b"\0")):
            found = read_frame(data, 600, HEADER)
            assert isinstance(found, int)
            assert may_be_torn(data, 600, found), kept


@pytest.mark.parametrize("body", [bytes(511), bytes(600), b"\x01" + bytes(3000), bytes(254) + b"\x01" + bytes(255)])
def test_a_body_with_runs_of_zeros_is_masked_until_it_has_none(body: bytes) -> None:
    sealed = seal_body(body, CRC32)
    assert sealed.mask
    assert bytes(255) not in sealed.data
    assert sealed.data[-1:] == BODY_END
    at = read_frame(segment(frame(body)), 600, HEADER)
    assert isinstance(at, Frame)
    assert at.body == body


def test_a_body_that_aims_at_a_mask_gets_another() -> None:
    """A run of the very word that a mask is made of becomes zeros under it."""
    calls = 0

    def checksum(data: bytes, seed: int = 0) -> int:
        nonlocal calls
        calls += 1
        return 5

    word = (5 * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
    sealed = seal_body(bytes(800) + word * 100, Algorithm(1, "known", checksum))
    assert sealed.mask == 6
    assert bytes(255) not in sealed.data


def test_a_body_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_BATCH_BYTES", 10)
    seal_body(b"x" * 10, CRC32)
    with pytest.raises(BatchError, match="a batch has 11 bytes, expected at most 10"):
        seal_body(b"x" * 11, CRC32)


# Checksums ------------------------------------------------------------------------------------------------------------


def test_the_checksums_are_those_of_the_books() -> None:
    assert CRC32.checksum(b"123456789", 0) == 0xCBF43926
    assert CRC32C.checksum(b"123456789", 0) == 0xE3069283
    assert crc32c_slow(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


@pytest.mark.parametrize("checksum", [CRC32.checksum, CRC32C.checksum, crc32c_slow])
def test_a_checksum_can_be_taken_in_parts(checksum: Checksum) -> None:
    data = bytes(range(256))
    assert checksum(data[100:], checksum(data[:100], 0)) == checksum(data, 0)


def test_the_fast_checksum_and_the_slow_one_agree() -> None:
    """Where google-crc32c is not installed, they are the same one, and the books have been asked above."""
    for length in range(0, 300, 7):
        data = bytes(range(256)) * 2
        assert CRC32C.checksum(data[:length], 5) == crc32c_slow(data[:length], 5)
