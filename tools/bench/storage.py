"""``python tools/bench/storage.py``: what the write-ahead log costs beside what the disk costs by itself.

Each round measures the disk alone (one write into a file that was filled before, one ``fdatasync``) and then the log,
so that both see the same disk. Of all rounds the median counts, since a disk has its moods; the tenth percentile stands
beside it, which is what both cost while the machine does nothing else. The same number of bytes is written by both.
Without fsync, and where a log is read back, the best of a few runs counts.

Goal: a group commit of 64 entries of 64 bytes costs no more than 1.3 times the disk alone. The log fills its files, so
it is held against a file that was filled; one whose blocks were only allocated is slower, and stands beside it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.command import EXIT_OK, option_parser, status_of, write_json
from bench.errors import BenchError
from vraft.core import Entry, HardState, LogWrite
from vraft.storage import Batch, DiskStorage, StorageError
from vraft.storage.checksums import PREFERRED
from vraft.storage.files import RealFile, RealFiles, write_all
from vraft.storage.recovery import read_log

GOAL = 1.3
GROUP = 64
VALUE_BYTES = 64
NO_DISK_S = 20e-6
"""An fsync that is faster than this reaches no disk, and the ratio says nothing: memory, or a cache that lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    rounds: int
    entries: int
    repeats: int


FULL = Effort(rounds=400, entries=200_000, repeats=3)
"""Some 20 seconds on a quiet machine."""
QUICK = Effort(rounds=60, entries=20_000, repeats=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A way to commit a group, beside the disk alone; seconds are medians, but for ``quiet``."""

    what: str
    bytes: int
    bare_s: float
    reserved_s: float
    """The disk alone, with blocks that are reserved and were not written before."""
    commit_s: float
    quiet_bare_s: float
    quiet_commit_s: float
    processor_s: float
    """By how much more of the processor's time the log takes than the disk alone: encoding and checksums."""

    @property
    def ratio(self) -> float:
        """The log over the disk alone."""
        return self.commit_s / self.bare_s

    @property
    def quiet_ratio(self) -> float:
        """The same of the tenth percentiles."""
        return self.quiet_commit_s / self.quiet_bare_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast entries are written or read."""

    what: str
    value_bytes: int
    entries: int
    seconds: float
    log_bytes: int

    @property
    def entries_per_s(self) -> float:
        return self.entries / self.seconds

    @property
    def megabytes_per_s(self) -> float:
        """Megabytes (of 10^6 bytes) of log."""
        return self.log_bytes / self.seconds / 1e6


class NoSync(RealFiles):
    """A directory whose files are never synced."""

    def open(self, name: str, *, create: bool = False) -> RealFile:
        file = super().open(name, create=create)
        file.sync = lambda: None  # type: ignore[method-assign]
        return file

    def sync_names(self) -> None:
        pass


# Measuring ------------------------------------------------------------------------------------------------------------


def commits(folder: Path, effort: Effort) -> list[Commit]:
    """The disk alone and both ways to hand in a group, by turns."""
    ways: list[tuple[str, Callable[[int], list[Batch]]]] = [
        (
            f"one step of {GROUP} entries",
            lambda first: [Batch(None, LogWrite(first, _entries(first, GROUP, VALUE_BYTES)))],
        ),
        (
            f"{GROUP} steps of one entry",
            lambda first: [
                Batch(None, LogWrite(index, _entries(index, 1, VALUE_BYTES))) for index in range(first, first + GROUP)
            ],
        ),
    ]
    return [_commit(folder / str(number), what, make, effort) for number, (what, make) in enumerate(ways)]


def _commit(folder: Path, what: str, make: Callable[[int], list[Batch]], effort: Effort) -> Commit:
    size = _log_bytes(make(1))
    files = RealFiles(folder / "bare")
    bare, reserving, committed, processor = [], [], [], []
    with (
        DiskStorage.open(folder / "log") as storage,
        closing(files.open("filled", create=True)) as filled,
        closing(files.open("reserved", create=True)) as reserved,
    ):
        length = size * effort.rounds
        filled.allocate(length)
        filled.sync()
        _reserve(reserved, length)
        data = b"y" * size
        for round_ in range(effort.rounds):
            at = round_ * size
            reserving.append(_timed(partial(_write_bare, reserved, at, data)))
            before = time.process_time()
            bare.append(_timed(partial(_write_bare, filled, at, data)))
            between = time.process_time()
            batches = make(round_ * GROUP + 1)  # Now, as a server has just read what it is to write.
            begun = time.process_time()
            committed.append(_timed(partial(_write_log, storage, batches)))
            processor.append(time.process_time() - begun - (between - before))
    return Commit(
        what=what,
        bytes=size,
        bare_s=statistics.median(bare),
        reserved_s=statistics.median(reserving),
        commit_s=statistics.median(committed),
        quiet_bare_s=statistics.quantiles(bare, n=10)[0],
        quiet_commit_s=statistics.quantiles(committed, n=10)[0],
        processor_s=statistics.median(processor),
    )


def _write_bare(file: RealFile, offset: int, data: bytes) -> None:
    write_all(file, offset, data)
    file.sync()


def _write_log(storage: DiskStorage, batches: Sequence[Batch]) -> None:
    for batch in batches:
        storage.write(batch)
    storage.sync()


def _reserve(file: RealFile, length: int) -> None:
    """Take the place on the disk only, where the system can do that."""
    file.reserve(length)
    file.sync()


def _log_bytes(batches: Sequence[Batch]) -> int:
    """How many bytes of log a group is."""
    with tempfile.TemporaryDirectory() as folder:
        files = NoSync(folder)
        with DiskStorage.open(files) as storage:
            _write_log(storage, batches)
        return _frame_bytes(files)


def _frame_bytes(files: RealFiles) -> int:
    """The length of everything in a log but what each segment begins with, and the last, empty frame."""
    frames = [frame for segment in read_log(files).segments for frame in segment.frames[1:] if frame.body]
    return sum(frame.end - frame.offset for frame in frames)


def rates(folder: Path, effort: Effort) -> list[Rate]:
    """Appending and reading back, for small values and larger ones."""
    found: list[Rate] = []
    for value_bytes in (VALUE_BYTES, 1024):
        entries = effort.entries * VALUE_BYTES // value_bytes
        synced = max(GROUP, min(entries, effort.rounds * GROUP))
        found.append(_appended(folder, f"append, fsync each {GROUP}", RealFiles, value_bytes, synced, effort))
        found.append(_appended(folder, "append, no fsync", NoSync, value_bytes, entries, effort))
        found.append(_replayed(folder, value_bytes, entries, effort))
    return found


def _appended(folder: Path, what: str, kind: type[RealFiles], value_bytes: int, entries: int, effort: Effort) -> Rate:
    best, size = float("inf"), 0
    for repeat in range(effort.repeats):
        files = kind(folder / f"{what}, {value_bytes}, {repeat}")
        groups = _groups(value_bytes, entries)
        with DiskStorage.open(files) as storage:
            best = min(best, _timed(partial(_append, storage, groups)))
        size = _frame_bytes(files)
    return Rate(what=what, value_bytes=value_bytes, entries=entries, seconds=best, log_bytes=size)


def _append(storage: DiskStorage, groups: Sequence[Batch]) -> None:
    for batch in groups:
        storage.write(batch)
        storage.sync()


def _groups(value_bytes: int, entries: int) -> list[Batch]:
    return [
        Batch(
            HardState(1, "n1") if first == 1 else None,
            LogWrite(first, _entries(first, min(GROUP, entries + 1 - first), value_bytes)),
        )
        for first in range(1, entries + 1, GROUP)
    ]


def _entries(first: int, count: int, value_bytes: int) -> tuple[Entry, ...]:
    """Entries each with a value of its own, as clients send them."""
    return tuple([Entry(1, str(index).rjust(value_bytes, "x")) for index in range(first, first + count)])


def _replayed(folder: Path, value_bytes: int, entries: int, effort: Effort) -> Rate:
    files = NoSync(folder / f"replay, {value_bytes}")
    with DiskStorage.open(files) as storage:
        _append(storage, _groups(value_bytes, entries))
    best = float("inf")
    for _ in range(effort.repeats):
        started = time.perf_counter()
        with DiskStorage.open(files) as storage:
            best = min(best, time.perf_counter() - started)
            if len(storage.recover().entries) != entries:
                raise BenchError(f"{files.path('')}: read {len(storage.recover().entries)} entries, expected {entries}")
    return Rate(what="read back", value_bytes=value_bytes, entries=entries, seconds=best, log_bytes=_frame_bytes(files))


def _timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


# Telling --------------------------------------------------------------------------------------------------------------


def render(found: Sequence[Commit], measured: Sequence[Rate]) -> str:
    """The tables for people."""
    lines = [
        f"Write-ahead log: a group of {GROUP} entries of {VALUE_BYTES} bytes, checksum {PREFERRED.name}",
        "",
        f"  {'':24} {'bytes':>6} {'log':>9} {'filled':>9} {'ratio':>6} {'goal':>11} {'quiet':>6}"
        f" {'reserved':>9} {'ratio':>6} {'processor':>10}",
    ]
    for commit in found:
        goal = "no disk" if commit.bare_s < NO_DISK_S else "met" if commit.ratio <= GOAL else "missed"
        lines.append(
            f"  {commit.what:24} {commit.bytes:6,} {commit.commit_s * 1e6:6,.0f} us {commit.bare_s * 1e6:6,.0f} us "
            f"{commit.ratio:6.2f} {f'{GOAL} {goal}':>11} {commit.quiet_ratio:6.2f} "
            f"{commit.reserved_s * 1e6:6,.0f} us {commit.commit_s / commit.reserved_s:6.2f} "
            f"{commit.processor_s * 1e6:7,.0f} us"
        )
    lines += [
        "",
        "  filled: the disk alone, one write of as many bytes into a file that was filled with zeros, one fdatasync;",
        "  reserved: the same where the blocks were only allocated. Medians of rounds that measure each in turn;",
        "  quiet: the ratio of the tenth percentiles; processor: what the log takes more of it than the disk alone",
        "",
        f"  {'':24} {'value':>7} {'entries/s':>11} {'MB/s':>9}",
    ]
    for rate in measured:
        lines.append(
            f"  {rate.what:24} {rate.value_bytes:5,} B {rate.entries_per_s:11,.0f} {rate.megabytes_per_s:9,.1f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, return the exit status."""
    parser = option_parser("bench.storage", __doc__)
    parser.add_argument("--directory", type=Path, metavar="DIR", help="a directory on the disk to be measured")
    options = parser.parse_args(arguments)
    return status_of(lambda: _measure(options), failures=(StorageError,))


def _measure(options: argparse.Namespace) -> int:
    effort = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="tla-conformance-bench-", dir=options.directory) as name:
        found = commits(Path(name), effort)
        measured = rates(Path(name), effort)
    print(render(found, measured))
    write_json(options, lambda: as_dict(found, measured))
    return EXIT_OK


def as_dict(found: Sequence[Commit], measured: Sequence[Rate]) -> dict[str, Any]:
    """The results, for ``--json``."""
    return {
        "commits": [asdict(commit) | {"ratio": commit.ratio, "quiet_ratio": commit.quiet_ratio} for commit in found],
        "rates": [
            asdict(rate) | {"entries_per_s": rate.entries_per_s, "megabytes_per_s": rate.megabytes_per_s}
            for rate in measured
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
