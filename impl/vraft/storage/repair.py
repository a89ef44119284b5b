"""A damaged log cut off, where a person said so: what lies before stays, what lies behind is lost to this server.

A copy of every file that is changed or removed is made first, and is durable before anything is touched.  Nothing is
guessed: a plan says what would be lost, and :func:`repair` does what the plan says.

What is lost may have been acknowledged: entries that others count on, and a vote that could then be given a second
time (where term and vote can still be read, they are carried over).  Restoring the server from another one, as a new
member, has no such danger.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from vraft.core.types import Index
from vraft.storage.batch import Batch
from vraft.storage.disk import DiskStorage, StorageOptions
from vraft.storage.errors import CorruptionError, StorageError
from vraft.storage.files import Files, Lock, write_all
from vraft.storage.inspection import (
    Remains,
    first_damage,
    newest_snapshot,
    owner_of,
    place_of,
    readable_header,
    remains,
)
from vraft.storage.layout import SEGMENT_HEADER_BYTES, segment_name, segment_number
from vraft.storage.opening import start_of
from vraft.storage.recovery import Found, Place, read_log
from vraft.storage.snapshots import read_snapshot, snapshot_keys

BACKUP_SUFFIX = ".before-repair-"
PIECE_BYTES = 1 << 20
"""How much is copied at once."""


class RepairError(StorageError):
    """A log that cannot be repaired, or not in that way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where a log is to be cut, and what that means."""

    place: Place
    """What lies from here on goes."""
    file: str
    """The name of that segment."""
    why: CorruptionError | None
    """The damage; None where a person chose the place."""
    kept_batches: int
    kept_last: Index
    """The index of the last entry that stays, be it in the snapshot."""
    lost: Remains
    """What can still be read of what goes."""
    owner: str | None
    """Whose log it is, as the first segment says that can be read; None where none can."""


def make_plan(files: Files, at: Place | None = None) -> Plan | None:
    """What a repair would do: cut at the first damage, or at ``at``; None where nothing is damaged.

    Raises:
        RepairError: ``at`` is no place to cut.
        CorruptionError: cutting the log would not help: a snapshot or a segment is missing, or a snapshot is damaged.
        FormatError: something is of another version.
    """
    damage: CorruptionError | None = None
    try:
        readable = read_log(files)
    except CorruptionError as error:
        damage, readable = first_damage(files, error)
    else:
        start_of(readable, files)
        if at is None:
            return None
    if at is None:
        assert damage is not None
        place, kept = place_of(files, damage), readable
    else:
        _see_that_it_is_a_place(files, at, readable, damage)
        place, kept = at, read_log(files, until=at)
    return Plan(
        place=place,
        file=segment_name(place.number),
        why=damage if at is None else None,
        kept_batches=sum(len(segment.frames) for segment in kept.segments),
        kept_last=max(kept.replay.last if kept.segments else 0, newest_snapshot(files)),
        lost=remains(files, place, kept, is_damaged=damage is not None),
        owner=owner_of(files),
    )


def repair(files: Files, plan: Plan, lock: Lock | None = None) -> tuple[str, ...]:
    """Do what the plan says; returns the names of the copies.  The store opens afterwards.

    ``lock`` is the store's, if the caller holds it; it may be released by this.

    Raises:
        CorruptionError: it does not open, for there was more damage; what was there is in the copies.
    """
    copies = _back_up(files, (plan.file, *plan.lost.files))
    for name in reversed(plan.lost.files):
        files.unlink(name)
    files.sync_names()
    with closing(files.open(plan.file)) as file:
        if plan.place.offset < _first_batch_end(files, plan.file):
            # Its first batch goes too, without which a segment is none; an empty file says that there was one.
            file.truncate(0)
        else:
            write_all(file, plan.place.offset, bytes(file.size() - plan.place.offset))
        file.sync()
    _carry_over(files, plan, lock)
    return copies


def _see_that_it_is_a_place(files: Files, place: Place, readable: Found, damage: CorruptionError | None) -> None:
    """A place to cut is where a batch begins, or a segment; before the damage, or there."""
    name = segment_name(place.number)
    if name not in files.names():
        there = [each for each in files.names() if segment_number(each) is not None]
        raise RepairError(f"there is no {name}; there are {', '.join(there)}")
    if damage is not None:
        damaged = place_of(files, damage)
        if place > damaged:
            found = f"in {damage.file} at offset {damaged.offset}"
            raise RepairError(f"the log is damaged before that place, {found}; cut there or earlier")
        if place == damaged:
            return
    starts = [0, SEGMENT_HEADER_BYTES]
    segments = readable.segments
    starts += [frame.end for segment in segments if segment.header.number == place.number for frame in segment.frames]
    if place.offset not in starts:
        before = max(start for start in starts if start < place.offset)
        after = min((start for start in starts if start > place.offset), default=before)
        raise RepairError(f"no batch of {name} begins at offset {place.offset}; there are some at {before} and {after}")


def _back_up(files: Files, names: tuple[str, ...]) -> tuple[str, ...]:
    """Copy files beside themselves, under a number that was not used yet; the copies are durable."""
    present = files.names()
    number = 1
    while any(name.endswith(f"{BACKUP_SUFFIX}{number}") for name in present):
        number += 1
    copies = []
    for name in names:
        copy = f"{name}{BACKUP_SUFFIX}{number}"
        with closing(files.open(name)) as source, closing(files.open(copy, create=True)) as target:
            for offset in range(0, source.size(), PIECE_BYTES):
                write_all(target, offset, source.read(offset, PIECE_BYTES))
            target.sync()
        copies.append(copy)
    files.sync_names()
    return tuple(copies)


def _first_batch_end(files: Files, name: str) -> int:
    """Where the first batch of a segment ends; a header that is damaged goes with it."""
    header = readable_header(files, name)
    return SEGMENT_HEADER_BYTES if header is None else header.synced


def _carry_over(files: Files, plan: Plan, lock: Lock | None) -> None:
    """See that the store opens, and write again what can be saved of the rest.

    That is a newer term or vote, which it is always safe to remember, and that the newest snapshot counts, if the log
    ends before it now.
    """
    hard_state = plan.lost.hard_state
    if not read_log(files).segments and hard_state is None:
        # Opening it is for the server, which starts from the snapshot, or anew.
        return
    assert plan.owner is not None, "where a batch can be read, the header of its segment can"
    with DiskStorage(files, StorageOptions(owner=plan.owner), lock) as storage:
        keys = snapshot_keys(files)
        is_ahead = bool(keys) and keys[-1][0] > storage.last_index
        snapshot, then = read_snapshot(files, keys[-1]) if is_ahead else (None, None)
        newest = storage.hard_state
        for other in (then, hard_state):
            if other is not None and other.term >= newest.term:
                newest = other
        if newest != storage.hard_state or snapshot is not None:
            storage.write(Batch(newest, None, snapshot))
