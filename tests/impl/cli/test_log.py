"""``vraft log dump|verify|repair``: what it prints, what it changes, and its exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from vraft import cli
from vraft.core import Configuration, Entry, HardState, LogWrite, Recovered, Snapshot
from vraft.core.history import EMPTY, extend_all
from vraft.storage import Batch, DiskStorage, StorageOptions
from vraft.storage.layout import segment_name
from vraft.storage.snapshots import snapshot_name

OPTIONS = StorageOptions(segment_bytes=2048, frame_bytes=0, owner="c/n1")
JOINT = Configuration.of(["n1", "n2"], outgoing=["n1", "n3"])
LOG = [Entry(2, "noop:2"), Entry(2, "", JOINT), *(Entry(2, f"value {number}") for number in range(3, 41))]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three segments; a snapshot of 20; nothing removed; the vote of term 3 is the last batch."""
    where = tmp_path / "store"
    with DiskStorage.open(where, OPTIONS) as storage:
        storage.write(Batch(HardState(2, "n1"), None))
        for index, entry in enumerate(LOG, start=1):
            snapshot = None
            if index == 22:
                history = extend_all(EMPTY, LOG[:20])
                snapshot = Snapshot(index=20, term=2, config=JOINT, config_index=2, history=history, data=b"state")
            storage.write(Batch(None, LogWrite(index, (entry,)), snapshot))
            if index % 3 == 0:
                storage.sync()
        storage.write(Batch(HardState(3, "n2"), None))
    assert len(list(where.glob("*.wal"))) == 3
    return where


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main(["log", *map(str, arguments)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, captured.out, captured.err


def contents(where: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(where.iterdir())}


def damage(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x20
    path.write_bytes(bytes(data))


def recovered(where: Path) -> Recovered:
    storage = DiskStorage.open(where, OPTIONS)
    found = storage.recover()
    storage.abandon()
    return found


def offset_of(where: Path, number: int, place: int) -> int:
    """Where a batch of a segment begins."""
    from vraft.storage.files import RealFiles
    from vraft.storage.recovery import read_log

    return read_log(RealFiles(where)).segments[number - 1].frames[place].offset


# dump -----------------------------------------------------------------------------------------------------------------


def test_dump_prints_the_log_with_its_checksums(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(store)
    status, out, err = run(capsys, "dump", store, "--json")
    assert (status, err) == (0, "")
    records = [json.loads(line) for line in out.splitlines()]
    assert records[0] == {"kind": "store", "owner": "c/n1", "term": 3, "vote": "n2", "first": 21, "last": 40}
    assert records[1] == {
        "kind": "snapshot",
        "index": 20,
        "term": 2,
        "config": JOINT.to_record(),
        "config_index": 2,
        "bytes": 5,
        "checksum": f"{extend_all(EMPTY, LOG[:20]):016x}",
    }
    assert records[2:] == [
        {
            "kind": "value",
            "index": index,
            "term": 2,
            "value": f"value {index}",
            "checksum": f"{extend_all(EMPTY, LOG[:index]):016x}",
        }
        for index in range(21, 41)
    ]
    assert contents(store) == before


def test_dump_prints_each_batch_where_it_lies(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "dump", store, "--batches", "--json")
    assert status == 0
    records = [json.loads(line) for line in out.splitlines()]
    entries = [record for record in records if record["kind"] in ("value", "configuration")]
    assert [entry["index"] for entry in entries] == list(range(1, 41))
    assert entries[1] == {"kind": "configuration", "index": 2, "term": 2, "value": "", "config": JOINT.to_record()}
    frames = [record for record in records if record["kind"] == "batch"]
    assert [frame["sequence"] for frame in frames] == list(range(1, len(frames) + 1))
    assert {record["index"] for record in records if record["kind"] == "mark"} == {0, 20}


def test_dump_for_people_has_a_line_for_each(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "dump", store)
    lines = out.splitlines()
    assert lines[0] == "store: owner c/n1, term 3, vote n2, first 21, last 40"
    assert len(lines) == 22
    checksum = f"{extend_all(EMPTY, LOG[:21]):016x}"
    assert lines[2] == f'        21  term 2      {checksum}  value          "value 21"'
    _, out, _ = run(capsys, "dump", store, "--batches")
    assert f"{store / segment_name(1)}:512  batch 1, to" in out
    assert "configuration  voters n1,n2 outgoing n1,n3 learners -" in out


def test_dump_prints_what_lies_before_damage_and_complains(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offset = offset_of(store, 2, 3)
    damage(store / segment_name(2), offset + 60)
    status, out, err = run(capsys, "dump", store)
    assert status == 1
    lines = out.splitlines()
    assert lines[-1].split()[0] == str(len(lines) - 1), "from 1 on: the batch that names the snapshot lies behind"
    assert err.startswith(f"error: {store / segment_name(2)}, offset {offset}: found a batch of")


# verify ---------------------------------------------------------------------------------------------------------------


def verdict(capsys: pytest.CaptureFixture[str], where: Path) -> tuple[int, dict[str, Any]]:
    status, out, _ = run(capsys, "verify", where, "--json")
    return status, json.loads(out)


def test_verify_a_whole_store(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(store)
    status, said = verdict(capsys, store)
    assert status == 0
    assert said == {
        "whole": True,
        "owner": "c/n1",
        "segments": 3,
        "batches": 46,
        "first": 21,
        "last": 40,
        "term": 3,
        "vote": "n2",
        "snapshot": 20,
        "checksum": f"{extend_all(EMPTY, LOG):016x}",
        "torn_bytes": 0,
        "problems": [],
    }
    status, out, err = run(capsys, "verify", store)
    assert (status, err, out.splitlines()[-1]) == (0, "", "whole")
    assert contents(store) == before


def test_verify_a_torn_tail(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = store / segment_name(3)
    data = last.read_bytes()
    used = len(data.rstrip(b"\0"))
    last.write_bytes(data[: used - 10])
    status, said = verdict(capsys, store)
    assert (status, said["whole"], said["torn_bytes"] > 0) == (0, True, True)
    _, out, _ = run(capsys, "verify", store)
    assert "torn tail:" in out


@pytest.mark.parametrize("number", [1, 2, 3])
def test_verify_damage_anywhere(store: Path, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    where = offset_of(store, number, 2)
    for offset in (5, where + 3, where + 50):
        damage(store / segment_name(number), offset)
        status, said = verdict(capsys, store)
        assert (status, said["whole"]) == (1, False)
        (problem,) = said["problems"]
        assert problem["file"] == str(store / segment_name(number))
        assert problem["offset"] == (0 if offset == 5 else where)
        damage(store / segment_name(number), offset)
    assert verdict(capsys, store)[0] == 0


def test_verify_a_damaged_or_missing_snapshot(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = store / snapshot_name((20, 2))
    damage(path, 80)
    status, said = verdict(capsys, store)
    assert (status, [problem["file"] for problem in said["problems"]]) == (1, [str(path)])
    path.unlink()
    status, said = verdict(capsys, store)
    assert (status, [problem["found"] for problem in said["problems"]]) == (1, ["no file"])


def test_verify_a_missing_segment(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (store / segment_name(2)).unlink()
    status, said = verdict(capsys, store)
    assert status == 1
    assert [problem["file"] for problem in said["problems"]] == [str(store / segment_name(2))]


def test_verify_a_history_that_diverged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for history, status in ((0, 0), (extend_all(EMPTY, LOG[:20]), 0), (1, 1)):
        where = tmp_path / f"{history:x}"
        with DiskStorage.open(where, OPTIONS) as storage:
            storage.write(Batch(HardState(2, "n1"), LogWrite(1, tuple(LOG))))
            storage.write(Batch(None, None, Snapshot(index=20, term=2, config=JOINT, history=history)))
        assert verdict(capsys, where)[0] == status
        _, _, err = run(capsys, "verify", where)
        assert ("found the history checksum 0000000000000001; expected" in err) == bool(status)


# repair ---------------------------------------------------------------------------------------------------------------


def test_repair_has_nothing_to_do(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(store)
    assert run(capsys, "repair", store, "--yes") == (0, "whole: nothing to repair\n", "")
    assert contents(store) == before


def test_repair_shows_what_would_be_lost_and_changes_nothing(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offset = offset_of(store, 3, 2)
    damage(store / segment_name(3), offset + 60)
    before = contents(store)
    status, out, _ = run(capsys, "repair", store)
    assert status == 1
    assert f"cut:     {segment_name(3)}:{offset}\n" in out
    assert "and the vote for n2 are carried over" in out
    assert "a server that forgets its vote may give it a second time" in out
    assert out.endswith("nothing was changed; with --yes it is cut there, with --cut-at elsewhere\n")
    status, out, _ = run(capsys, "repair", store, "--json")
    said = json.loads(out)
    assert (status, said["done"], said["cut_at"]) == (1, False, f"{segment_name(3)}:{offset}")
    assert said["kept"]["last"] + 1 + said["lost"]["entries"] == said["lost"]["last"] == 40
    assert contents(store) == before


@pytest.mark.parametrize("number", [1, 2, 3])
def test_repair_cuts_there_keeps_copies_and_the_vote(
    store: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    offset = offset_of(store, number, 2)
    damage(store / segment_name(number), offset + 50)
    before = contents(store)
    _, out, _ = run(capsys, "repair", store, "--json")
    kept = json.loads(out)["kept"]["last"]
    status, out, _ = run(capsys, "repair", store, "--yes", "--json")
    assert status == 0
    copies = json.loads(out)["copies"]
    assert copies == [f"{segment_name(at)}.before-repair-1" for at in range(number, 4)]
    after = contents(store)
    assert [after[copy] for copy in copies] == [before[segment_name(at)] for at in range(number, 4)]
    found = recovered(store)
    assert found.hard_state == HardState(3, "n2")
    assert found.snapshot is not None
    assert found.snapshot.index == 20, "it counts although the batch that named it may be gone"
    assert found.entries == tuple(LOG[20:kept])
    assert verdict(capsys, store)[0] == 0


def test_repair_where_a_person_says_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offset = offset_of(store, 3, 4)
    status, out, _ = run(capsys, "repair", store, "--cut-at", f"{store / segment_name(3)}:{offset}")
    assert status == 0
    assert "damage:" not in out
    assert "done; what was there is in 0000000000000003.wal.before-repair-1" in out
    found = recovered(store)
    assert found.hard_state == HardState(3, "n2")
    assert 20 < 20 + len(found.entries) < 40
    offset = offset_of(store, 3, 2)
    _, out, _ = run(capsys, "repair", store, "--cut-at", f"{segment_name(3)}:{offset}", "--json")
    assert json.loads(out)["copies"] == [f"{segment_name(3)}.before-repair-2"]


@pytest.mark.parametrize(("damaged", "offset"), [(20, 0), (600, 0), (600, 512), (2000, 512)])
def test_repair_may_take_a_whole_segment(
    store: Path, damaged: int, offset: int, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(store / segment_name(2), damaged)
    assert run(capsys, "repair", store, "--cut-at", f"{segment_name(2)}:{offset}")[0] == 0
    found = recovered(store)
    assert found.snapshot is not None
    assert (found.hard_state, found.snapshot.index, found.entries) == (HardState(3, "n2"), 20, ())
    assert [path.name for path in sorted(store.glob("*.wal"))][:1] == [segment_name(1)]


def test_repair_of_the_only_segment_leaves_the_snapshot(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(store / segment_name(1), 20)
    assert run(capsys, "repair", store, "--yes")[0] == 0
    found = recovered(store)
    assert found.snapshot is not None
    assert (found.snapshot.index, found.entries) == (20, ())
    assert found.hard_state == HardState(2, "n1"), "that of the snapshot's step"


def test_repair_cannot_mend_a_snapshot(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(store / snapshot_name((20, 2)), 80)
    before = contents(store)
    status, _, err = run(capsys, "repair", store, "--yes")
    assert status == 1
    assert "restore it from another server" in err
    assert contents(store) == before


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["dump", "verify", "repair"])
def test_a_store_in_use_is_2(store: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with DiskStorage.open(store, OPTIONS):
        status, out, err = run(capsys, command, store)
    assert (status, out) == (2, "")
    assert "the lock is held" in err


@pytest.mark.parametrize("command", ["dump", "verify", "repair"])
def test_no_store_is_2_and_none_is_made(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    for where, complaint in ((tmp_path / "empty", "no store is here"), (tmp_path / "nowhere", "No such file")):
        status, out, err = run(capsys, command, where)
        assert (status, out) == (2, "")
        assert complaint in err
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("0000000000000001.wal", "expected a segment and an offset"),
        ("1.wal:512", "expected a segment and an offset"),
        (f"{segment_name(1)}:-1", "expected a segment and an offset"),
        (f"{segment_name(9)}:512", "there is no 0000000000000009.wal; there are 0000000000000001.wal, "),
        (f"{segment_name(1)}:513", "no batch of 0000000000000001.wal begins at offset 513; there are some at 512 and"),
    ],
)
def test_a_place_that_is_none_is_2(store: Path, place: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(store)
    status, _, err = run(capsys, "repair", store, "--cut-at", place)
    assert status == 2
    assert complaint in err
    assert contents(store) == before


def test_a_place_behind_damage_is_2(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offset = offset_of(store, 2, 1)
    later = offset_of(store, 2, 2)
    damage(store / segment_name(2), offset + 50)
    status, _, err = run(capsys, "repair", store, "--cut-at", f"{segment_name(2)}:{later}")
    assert status == 2
    assert f"the log is damaged before that place, in {store / segment_name(2)} at offset {offset}" in err


def test_a_copy_without_a_lock_can_be_read(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    (copy / "lock").unlink()
    assert run(capsys, "verify", copy)[0] == 0
    assert not (copy / "lock").exists()
