"""Snapshots on the disk: one file each, written aside and renamed, so that under its name a snapshot is whole.

A file is a header, a *description* (JSON: index, term, configuration, history checksum, and the term and vote of the
step that it belongs to, which count only where the log was cut off), and the data of the application, each with a
checksum.  What is damaged is damage, and an error with file and offset: no crash leaves a part of a snapshot under its
name.
"""

from __future__ import annotations

import json
import struct
from typing import TypeAlias

from vraft.core import HardState, InputError, Snapshot
from vraft.core.configuration import configuration_from_record
from vraft.core.types import Index, Term
from vraft.storage.checksums import ALGORITHMS, PREFERRED, Algorithm
from vraft.storage.errors import BatchError, CorruptionError, FormatError
from vraft.storage.files import File, Files, write_all
from vraft.storage.layout import describe_header

SNAPSHOT_MAGIC = b"VRAFTSNP"
SNAPSHOT_VERSION = 1
SNAPSHOT_SUFFIX = ".snap"
TEMPORARY_SUFFIX = ".tmp"

MAX_STATE_BYTES = 1 << 30
"""1 GiB: a snapshot is held in memory whole when it is written, and when it is read."""
MAX_DESCRIPTION_BYTES = 1 << 20
"""1 MiB: thousands of servers in a configuration."""
PIECE_BYTES = 1 << 20
"""How much is written at once, so that a large state does not need a second copy of itself."""

# magic, version, algorithm, -, length of description, length of state, their checksums; then the checksum of this
_HEADER = struct.Struct("<8sHBBIQII")
_CHECKSUM = struct.Struct("<I")
SNAPSHOT_HEADER_BYTES = _HEADER.size + _CHECKSUM.size

SnapshotKey: TypeAlias = tuple[Index, Term]
"""What a snapshot is named by: the index and term of the last entry that is in it."""

_ADVICE = (
    "The log before this snapshot was dropped, so this server cannot start from its disk: "
    "restore it from another server"
)


def key_of(snapshot: Snapshot) -> SnapshotKey:
    """What its file is named by."""
    return (snapshot.index, snapshot.term)


def snapshot_name(key: SnapshotKey) -> str:
    """The name of a snapshot's file; names sort as indexes do."""
    return f"{key[0]:020d}-{key[1]:020d}{SNAPSHOT_SUFFIX}"


def snapshot_key(name: str) -> SnapshotKey | None:
    """Which snapshot a file is, None if it is none."""
    stem = name.removesuffix(SNAPSHOT_SUFFIX)
    index, dash, term = stem.partition("-")
    if stem == name or not dash or len(index) != 20 or len(term) != 20:
        return None
    return (int(index), int(term)) if (index + term).isascii() and (index + term).isdigit() else None


def snapshot_keys(files: Files) -> list[SnapshotKey]:
    """All snapshots of a directory, oldest first."""
    return sorted(key for name in files.names() if (key := snapshot_key(name)) is not None)


def check_snapshot(snapshot: Snapshot) -> None:
    """See that it can be written.

    Raises:
        BatchError: it cannot; it is too large.
    """
    if not isinstance(snapshot.data, bytes):
        raise BatchError(f"the data of a snapshot is {type(snapshot.data).__name__}, expected bytes")
    if len(snapshot.data) > MAX_STATE_BYTES:
        raise BatchError(f"a snapshot has {len(snapshot.data)} bytes, expected at most {MAX_STATE_BYTES}")
    if len(description := _encode_description(snapshot, HardState())) > MAX_DESCRIPTION_BYTES:
        raise BatchError(
            f"the description of a snapshot has {len(description)} bytes, expected at most {MAX_DESCRIPTION_BYTES}"
        )


def write_snapshot(
    files: Files, snapshot: Snapshot, *, hard_state: HardState, algorithm: Algorithm = PREFERRED
) -> None:
    """Write a snapshot aside, and give it its name once it is on the disk; durable when this returns.

    Raises:
        BatchError: it is too large.
    """
    check_snapshot(snapshot)
    description = _encode_description(snapshot, hard_state)
    state = snapshot.data
    fixed = _HEADER.pack(
        SNAPSHOT_MAGIC,
        SNAPSHOT_VERSION,
        algorithm.number,
        0,
        len(description),
        len(state),
        algorithm.checksum(description, 0),
        algorithm.checksum(state, 0),
    )
    name = snapshot_name(key_of(snapshot))
    file = files.open(name + TEMPORARY_SUFFIX, create=True)
    try:
        head = fixed + _CHECKSUM.pack(algorithm.checksum(fixed, 0)) + description
        write_all(file, 0, head)
        for start in range(0, len(state), PIECE_BYTES):
            write_all(file, len(head) + start, state[start : start + PIECE_BYTES])
        file.sync()
    finally:
        file.close()
    files.rename(name + TEMPORARY_SUFFIX, name)
    files.sync_names()


def read_snapshot(files: Files, key: SnapshotKey) -> tuple[Snapshot, HardState]:
    """Read one snapshot, every byte checked, and the term and vote of when it was made.

    Raises:
        CorruptionError: it is missing, or not what was written.
        FormatError: it is of a version that this program does not know.
    """
    name = snapshot_name(key)
    path = files.path(name)
    try:
        file = files.open(name)
    except FileNotFoundError:
        raise CorruptionError(path, 0, found="no file", expected="the snapshot", advice=_ADVICE) from None
    try:
        return _read(file, path, key)
    finally:
        file.close()


def _read(file: File, path: str, key: SnapshotKey) -> tuple[Snapshot, HardState]:
    head = file.read(0, SNAPSHOT_HEADER_BYTES)
    if len(head) < SNAPSHOT_HEADER_BYTES:
        raise _cut_off(path, len(head), SNAPSHOT_HEADER_BYTES)
    magic, version, algorithm_number, _, *lengths, description_sum, state_sum = _HEADER.unpack_from(head)
    algorithm = ALGORITHMS.get(algorithm_number)
    (stored,) = _CHECKSUM.unpack_from(head, _HEADER.size)
    if algorithm is None or algorithm.checksum(head[: _HEADER.size], 0) != stored:
        found = describe_header(head, SNAPSHOT_MAGIC, "snapshot")
        raise CorruptionError(path, 0, found=found, expected="what was written", advice=_ADVICE)
    if magic != SNAPSHOT_MAGIC or version != SNAPSHOT_VERSION:
        raise FormatError(
            path,
            0,
            found=f"{magic!r}, version {version}",
            expected=f"{SNAPSHOT_MAGIC!r}, version {SNAPSHOT_VERSION}",
        )
    description_bytes, state_bytes = lengths
    total = SNAPSHOT_HEADER_BYTES + description_bytes + state_bytes
    if file.size() < total:
        raise _cut_off(path, file.size(), total)
    description = file.read(SNAPSHOT_HEADER_BYTES, description_bytes)
    if algorithm.checksum(description, 0) != description_sum:
        raise _damaged(path, SNAPSHOT_HEADER_BYTES, "a description")
    state = file.read(SNAPSHOT_HEADER_BYTES + description_bytes, state_bytes)
    if algorithm.checksum(state, 0) != state_sum:
        raise _damaged(path, SNAPSHOT_HEADER_BYTES + description_bytes, "a state")
    try:
        snapshot, hard_state = _decode_description(description, state)
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise FormatError(
            path,
            SNAPSHOT_HEADER_BYTES,
            found=f"a description that says something else: {error}",
            expected="a snapshot's; the checksum is right, so a newer program may have written this",
        ) from None
    if key_of(snapshot) != key:
        found = f"the snapshot of {key_of(snapshot)}"
        raise FormatError(path, 0, found=found, expected=f"that of {key}, as the name says")
    return snapshot, hard_state


def _damaged(path: str, offset: int, what: str) -> CorruptionError:
    return CorruptionError(
        path, offset, found=f"{what} that does not match its checksum", expected="what was written", advice=_ADVICE
    )


def _cut_off(path: str, size: int, expected: int) -> CorruptionError:
    return CorruptionError(
        path, size, found="the end of the file", expected=f"a file of {expected} bytes", advice=_ADVICE
    )


def _encode_description(snapshot: Snapshot, hard_state: HardState) -> bytes:
    description = {
        "index": snapshot.index,
        "term": snapshot.term,
        "config": snapshot.config.to_record(),
        "config_index": snapshot.config_index,
        "history": snapshot.history,
        "hard_state": {"term": hard_state.term, "vote": hard_state.vote},
    }
    return json.dumps(description, sort_keys=True).encode("ascii")


def _decode_description(data: bytes, state: bytes) -> tuple[Snapshot, HardState]:
    description = json.loads(data)
    hard_state = description["hard_state"]
    snapshot = Snapshot(
        index=description["index"],
        term=description["term"],
        config=configuration_from_record(description["config"]),
        config_index=description["config_index"],
        history=description["history"],
        data=state,
    )
    return snapshot, HardState(hard_state["term"], hard_state["vote"])
