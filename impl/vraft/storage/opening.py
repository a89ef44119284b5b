"""What a server starts from: the log and the snapshot that were found, put together.

Changes nothing.  Where the log was cut off behind a compaction, it does not reach the entries that the last snapshot
covers; then that snapshot counts although no batch says so any more, and its mark is *missed*: to be written again.
"""

from __future__ import annotations

from dataclasses import dataclass

from vraft.core import HardState, Recovered
from vraft.storage.codec import SnapshotMark
from vraft.storage.errors import CorruptionError
from vraft.storage.files import Files
from vraft.storage.layout import ADVICE, segment_name
from vraft.storage.recovery import Found, Replay
from vraft.storage.snapshots import SnapshotKey, read_snapshot, snapshot_keys, snapshot_name
from vraft.storage.terms import TermRuns
from vraft.storage.writer import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a server starts from."""

    recovered: Recovered
    before: Position
    """What the log alone leads to."""
    position: Position
    """What log and snapshot lead to."""
    terms: TermRuns
    """The terms of the entries after the snapshot."""
    missed: SnapshotMark | None
    """To be appended after ``before``, with the hard state of ``recovered``, so that ``position`` comes of it."""


def start_of(found: Found, files: Files) -> Start:
    """Put log and snapshot together.

    Raises:
        CorruptionError: they do not meet, or the snapshot is damaged or missing.
    """
    replay = found.replay
    before = _position(replay)
    missed = _missed_snapshot(found, snapshot_keys(files), files)
    if missed is not None:
        problem = replay.apply(missed.hard_state) or replay.apply(missed.mark)
        assert problem is None
    mark = replay.mark
    # Every byte of it is looked at before it is relied on.
    snapshot = read_snapshot(files, (mark.index, mark.term))[0] if mark.index else None
    terms = TermRuns(mark.index, mark.term)
    terms.replace_from(replay.start, replay.entries)
    return Start(
        recovered=Recovered(replay.hard_state, tuple(replay.entries), snapshot),
        before=before,
        position=_position(replay),
        terms=terms,
        missed=None if missed is None else missed.mark,
    )


def _position(replay: Replay) -> Position:
    return Position(replay.hard_state, replay.mark, replay.last, replay.term_at(replay.last) or None)


@dataclass(frozen=True, slots=True)
class _Missed:
    """A snapshot that counts although no batch in the log says so."""

    mark: SnapshotMark
    hard_state: HardState
    """What is durable with it: the log's, or that of the snapshot's step if it is newer."""


def _missed_snapshot(found: Found, keys: list[SnapshotKey], files: Files) -> _Missed | None:
    """See that snapshot and log meet; where they do not, see whether a newer snapshot bridges the gap.

    There is one only where the log was cut off behind a compaction.
    """
    replay = found.replay
    mark = replay.mark
    is_there = not mark.index or (mark.index, mark.term) in keys
    if is_there and replay.start == mark.index + 1 and (found.segments or not keys):
        return None
    if not found.segments and found.headless is None:
        raise CorruptionError(
            files.path(segment_name(1)),
            0,
            found=f"no file, and no other segment, beside {snapshot_name(keys[-1])}",
            expected="the log that the snapshot belongs to: the last vote was in it",
            advice=ADVICE,
        )
    if not keys or keys[-1][0] < max(mark.index, replay.start - 1):
        if is_there:
            assert found.segments, "a log without segments begins at 1, and meets every snapshot"
            raise CorruptionError(
                files.path(segment_name(found.segments[0].header.number - 1)),
                0,
                found=f"no file, and a log that begins at {replay.start}",
                expected=f"entries from {mark.index + 1} on, after the snapshot that the log names",
                advice=ADVICE,
            )
        raise CorruptionError(
            files.path(snapshot_name((mark.index, mark.term))),
            0,
            found="no file",
            expected="the snapshot that the log follows upon",
            advice=ADVICE,
        )
    index, term = keys[-1]
    _, hard_state = read_snapshot(files, (index, term))
    if hard_state.term <= replay.hard_state.term:
        hard_state = replay.hard_state
    if hard_state.term < term:
        hard_state = HardState(term, None)
    return _Missed(SnapshotMark(index, term, reset=replay.term_at(index) != term), hard_state)
