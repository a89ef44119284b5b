"""Every byte of a log, cut off there and damaged there.

Cut off, wherever: the server starts, with exactly the batches that are whole before the cut.  Damaged before the synced
end: it refuses, with file and offset.  Damaged behind it: nothing changes.  ``pytest -s`` prints how many points were
tried; the numbers are asserted too.
"""

from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from vraft.core import HardState
from vraft.storage import Batch, CorruptionError, DiskStorage, layout, recovery
from vraft.storage.faulty import SimulatedFiles

QUICK = 6
"""So many batches fit into one segment."""


def copies(files: SimulatedFiles) -> dict[str, bytes]:
    return {name: files.contents(name) for name in files.names()}


def disk_of(contents: dict[str, bytes]) -> SimulatedFiles:
    files = SimulatedFiles()
    for name, data in contents.items():
        files.put(name, data)
    return files


def whole_before(recorded: Any, name: str, offset: int) -> int:
    """How many batches end before that place."""
    return max((count for file, end, count in recorded.ends if (file, end) <= (name, offset)), default=0)


def cut_everywhere(disk: SimpleNamespace, recorded: Any, *, step: int = 1) -> Counter[str]:
    """Cut the log at each place: the file there, and those after it gone."""
    contents = copies(recorded.files)
    points: Counter[str] = Counter()
    for name in sorted(contents):
        for offset in range(0, len(contents[name]) + 1, step):
            kept = {other: data for other, data in contents.items() if other < name}
            files = disk_of({**kept, name: contents[name][:offset]})
            storage = DiskStorage.open(files, disk.SMALL)
            expected = recorded.states[whole_before(recorded, name, offset)]
            found = disk.found(storage)
            assert found == expected, f"{name} cut at {offset}"
            points["cut"] += 1
            if offset % 16 == 0:  # It goes on from there as if nothing had been.
                batch = Batch(HardState(found.hard_state.term + 1, "n9"), None)
                storage.write(batch)
                storage.sync()
                storage.abandon()
                again = DiskStorage.open(files.crash(), disk.SMALL)
                assert disk.found(again) == found.after(batch), f"{name} cut at {offset}, and written to"
                points["continued"] += 1
    return points


def damage_everywhere(disk: SimpleNamespace, recorded: Any, flips: list[int], *, step: int = 1) -> Counter[str]:
    """Change each byte, in each of these ways."""
    contents = copies(recorded.files)
    names = sorted(contents)
    ends = {name: max(end for file, end, _ in recorded.ends if file == name) for name in names}
    points: Counter[str] = Counter()
    for name in names:
        frames = [layout.SEGMENT_HEADER_BYTES, *(end for file, end, _ in recorded.ends if file == name)]
        for offset in range(0, len(contents[name]), step):
            for flip in flips:
                data = bytearray(contents[name])
                data[offset] ^= flip
                files = disk_of({**contents, name: bytes(data)})
                where = f"{name}, byte {offset} xor {flip:#x}"
                if offset < ends[name]:
                    with pytest.raises(CorruptionError) as caught:
                        DiskStorage.open(files, disk.SMALL)
                    assert caught.value.file == files.path(name), where
                    assert caught.value.offset == max((at for at in frames if at <= offset), default=0), where
                    points["refused"] += 1
                elif name == names[-1]:
                    assert disk.found(DiskStorage.open(files, disk.SMALL)) == recorded.states[-1], where
                    points["harmless"] += 1
                else:  # In what a full segment has left over.  Nothing is lost; it may say that something is odd.
                    try:
                        assert disk.found(DiskStorage.open(files, disk.SMALL)) == recorded.states[-1], where
                        points["harmless"] += 1
                    except CorruptionError:
                        points["refused"] += 1
    return points


def test_a_log_that_is_cut_off_anywhere_starts(disk: SimpleNamespace) -> None:
    points = cut_everywhere(disk, disk.record(1, QUICK))
    print(dict(points))
    assert points["cut"] == 2049
    assert points["continued"] > 100


@pytest.mark.parametrize(("flip", "confirm"), [(0x01, False), (0xFF, True)])
def test_a_log_that_is_damaged_anywhere_before_its_end_is_refused(
    disk: SimpleNamespace, flip: int, confirm: bool
) -> None:
    points = damage_everywhere(disk, disk.record(2, QUICK, confirm=confirm), [flip])
    print(dict(points))
    assert points["refused"] + points["harmless"] == 2048
    assert points["refused"] > 1000


@pytest.mark.slow
def test_ten_thousand_crash_points(disk: SimpleNamespace) -> None:
    points: Counter[str] = Counter()
    for seed in range(10, 12):
        recorded = disk.record(seed, 24)  # Three segments.
        points += cut_everywhere(disk, recorded)
        points += damage_everywhere(disk, recorded, [1 << seed % 8])
    large = disk.record(99, 120, value_bytes=900)
    points += random_points(disk, large, 1_000)
    print(dict(points))
    assert len(large.files.names()) > 30
    assert points["cut"] > 10_000
    assert points["refused"] > 10_000


def random_points(disk: SimpleNamespace, recorded: Any, count: int) -> Counter[str]:
    """Random places of a large log, cut and damaged by turns."""
    rng = random.Random(count)
    contents = copies(recorded.files)
    names = sorted(contents)
    ends = {name: max(end for file, end, _ in recorded.ends if file == name) for name in names}
    points: Counter[str] = Counter()
    for number in range(count):
        name = names[disk.below(rng, len(names))]
        if number % 2:
            offset = disk.below(rng, len(contents[name]) + 1)
            kept = {other: data for other, data in contents.items() if other < name}
            storage = DiskStorage.open(disk_of({**kept, name: contents[name][:offset]}), disk.SMALL)
            assert disk.found(storage) == recorded.states[whole_before(recorded, name, offset)], f"{name} at {offset}"
            points["cut"] += 1
        else:
            offset = disk.below(rng, ends[name])
            data = bytearray(contents[name])
            data[offset] ^= 1 << disk.below(rng, 8)
            with pytest.raises(CorruptionError) as caught:
                DiskStorage.open(disk_of({**contents, name: bytes(data)}), disk.SMALL)
            assert caught.value.file.endswith(name)
            assert caught.value.offset <= offset
            points["refused"] += 1
    return points


# What a broken recovery does ------------------------------------------------------------------------------------------


def test_a_recovery_that_skips_the_checksum_is_caught(disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = disk.record(2, QUICK)
    for module in (layout, recovery):
        monkeypatch.setattr(module, "read_frame", trusting_read_frame)
    with pytest.raises((pytest.fail.Exception, AssertionError)):
        damage_everywhere(disk, recorded, [0x01])


def trusting_read_frame(data: bytes, offset: int, header: Any) -> Any:
    """A frame is whatever its header says."""
    end = offset + layout.FRAME_HEADER_BYTES
    if end > len(data) or data[offset : offset + 4] != layout.FRAME_MAGIC:
        return end
    _, length, sequence, _, synced, _, _ = layout._FRAME.unpack_from(data, offset)
    if end + length > len(data):
        return end + length
    return layout.Frame(sequence, offset, end + length, synced, data[end : end + length - 1])


def test_a_recovery_that_cuts_whatever_is_wrong_is_caught(
    disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = disk.record(2, QUICK)
    monkeypatch.setattr(recovery, "may_be_torn", lambda *_: True)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        damage_everywhere(disk, recorded, [0x01])


def test_a_recovery_that_hears_no_witness_is_caught(disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every sector of a batch lost in the middle of the log, only later batches tell that it was synced."""
    recorded = disk.record(2, QUICK)
    name, end, _ = recorded.ends[2]
    contents = copies(recorded.files)
    data = bytearray(contents[name])
    start = recorded.ends[1][1]
    data[start:end] = bytes(end - start)
    files = disk_of({**contents, name: bytes(data)})
    with pytest.raises(CorruptionError, match=r"says that .* bytes were synced"):
        DiskStorage.open(files, disk.SMALL)
    monkeypatch.setattr(recovery, "frames_after", lambda *_: iter(()))
    assert disk.found(DiskStorage.open(files, disk.SMALL)) != recorded.states[-1]


def test_a_recovery_that_refuses_what_is_torn_is_caught(disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "may_be_torn", lambda *_: False)
    with pytest.raises(CorruptionError):
        cut_everywhere(disk, disk.record(1, QUICK))
