"""``vraft log dump|verify|repair``: what it prints, what it changes, and its exit status."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from vraft import cli
from vraft.core import Configuration, Entry, HardState, LogWrite, Recovered, Snapshot
from vraft.core.history import EMPTY, extend_all
from vraft.storage import Batch, CorruptionError, DiskStorage, StorageError, StorageOptions
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


def test_dump_prints_values_that_no_file_can_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = ["half \ud800 of a pair", "all of it 😀", "", "\0\x1b\n"]
    with DiskStorage.open(tmp_path) as storage:
        storage.write(Batch(HardState(1, "\udc00"), LogWrite(1, tuple(Entry(1, value) for value in values))))
    status, out, _ = run(capsys, "dump", tmp_path, "--json")
    assert status == 0
    assert [json.loads(line)["value"] for line in out.splitlines()[1:]] == values
    status, out, _ = run(capsys, "dump", tmp_path)
    assert status == 0
    assert len(out.splitlines()) == 5
    assert '"half \\ud800 of a pair"' in out
    assert '"all of it 😀"' in out


def test_a_store_without_entries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DiskStorage.open(tmp_path).close()
    assert run(capsys, "dump", tmp_path) == (0, "store: owner none, term 0, vote none, entries none\n", "")
    _, out, _ = run(capsys, "verify", tmp_path)
    assert "segments:    1, 1 batch\n" in out
    assert "entries:     none\n" in out


def test_what_to_do_next_is_not_what_was_just_done(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(store / segment_name(2), offset_of(store, 2, 3) + 60)
    advice = {}
    for command in ("dump", "verify"):
        _, _, err = run(capsys, command, store)
        advice[command] = err.strip().rpartition(". ")[2]
    assert advice == {
        "dump": "What is printed lies before that; 'vraft log repair' shows what lies behind",
        "verify": "'vraft log dump' prints what lies before that, 'vraft log repair' shows what lies behind",
    }
    (store / segment_name(2)).unlink()
    _, _, err = run(capsys, "repair", store)
    assert err.endswith("No cut would mend that: restore this server from another one\n")


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
        "state": "whole",
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


@pytest.mark.parametrize("offset", [20, 530])
def test_the_first_damage_is_told_where_there_is_more(
    store: Path, offset: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged header is noticed before the batches in front of it are."""
    damage(store / segment_name(2), offset)
    damage(store / segment_name(3), 20)
    status, said = verdict(capsys, store)
    assert status == 1
    (problem,) = said["problems"]
    assert problem["file"] == str(store / segment_name(2))
    assert run(capsys, "dump", store)[0] == 1
    status, out, _ = run(capsys, "repair", store, "--yes")
    assert status == 0
    assert f"cut:     {segment_name(2)}:{512 if offset == 530 else 0}, and {segment_name(3)}" in out
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
        found, said = verdict(capsys, where)
        assert (found, said["state"]) == (status, "diverged" if status else "whole")
        _, out, err = run(capsys, "verify", where)
        assert ("found the history checksum 0000000000000001; expected" in err) == bool(status)
        assert out.splitlines()[-1].startswith("diverged: every byte is as it was written" if status else "whole")


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
    assert found.hard_state == HardState(3, "n2"), "of a later segment, and not that of the snapshot's step"


def test_repair_cannot_mend_a_snapshot(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(store / snapshot_name((20, 2)), 80)
    before = contents(store)
    status, _, err = run(capsys, "repair", store, "--yes")
    assert status == 1
    assert "restore it from another server" in err
    assert contents(store) == before


def lost(capsys: pytest.CaptureFixture[str], where: Path) -> tuple[str, dict[str, Any]]:
    """What people are told is lost, and what programs are told cannot be read of it."""
    _, out, _ = run(capsys, "repair", where, "--json")
    said = json.loads(out)["lost"]["unread"]
    _, out, _ = run(capsys, "repair", where)
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("lost:"))
    return "\n".join(line.strip() for line in lines[at : at + 2] if not line.startswith("warning")), said


def test_what_a_damaged_batch_held_is_told_by_its_neighbours(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The batches of the second segment hold one entry each; the vote for n2 is the last batch of all."""
    batches = {record["index"]: record for record in _places(capsys, store)}
    middle = batches[30]
    damage(store / middle["file"], middle["offset"] + 50)
    text, said = lost(capsys, store)
    assert "(from 31 to 40)" in text
    assert text.endswith("\nand 1 batch that cannot be read, with entry 30")
    assert said == {"batches": 1, "is_least": False, "entries": [[30, 30]], "more_from": None, "may_have_voted": False}
    damage(store / batches[33]["file"], batches[33]["offset"] + 3)
    damage(store / batches[34]["file"], batches[34]["offset"] + 50)
    text, said = lost(capsys, store)
    assert text.endswith("\nand 3 batches that cannot be read, with the entries 30, from 33 to 34")
    assert (said["batches"], said["entries"]) == (3, [[30, 30], [33, 34]])


def test_what_damage_at_the_end_held_nothing_tells(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batches = {record["index"]: record for record in _places(capsys, store)}
    damage(store / batches[40]["file"], batches[40]["offset"] + 50)
    text, said = lost(capsys, store)
    assert "term 3 and the vote for n2 are carried over\nand 1 batch that cannot be read; nothing tells" in text
    assert text.endswith("; nothing tells whether there were entries from 40 on")
    assert said == {"batches": 1, "is_least": False, "entries": [], "more_from": 40, "may_have_voted": False}


def test_what_a_damaged_header_hides(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All batches of its segment: the next one says with which entry and number it goes on."""
    first = min(record["index"] for record in _places(capsys, store) if record["file"].endswith("2.wal"))
    end = max(record["index"] for record in _places(capsys, store) if record["file"].endswith("2.wal"))
    damage(store / segment_name(2), 20)
    text, said = lost(capsys, store)
    assert text.endswith(f" batches that cannot be read, with the entries from {first} to {end}")
    assert said["entries"] == [[first, end]]
    damage(store / segment_name(3), 20)
    text, said = lost(capsys, store)
    assert text.endswith(f"whether there were entries from {first} on; nor whether there was a newer term or vote")
    assert said == {"batches": 1, "is_least": True, "entries": [], "more_from": first, "may_have_voted": True}


def test_nothing_is_unread_where_nothing_is_damaged(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = f"{segment_name(3)}:{offset_of(store, 3, 4)}"
    _, out, _ = run(capsys, "repair", store, "--cut-at", place, "--json")
    said = json.loads(out)["lost"]["unread"]
    assert said == {"batches": 0, "is_least": False, "entries": [], "more_from": None, "may_have_voted": False}


def _places(capsys: pytest.CaptureFixture[str], where: Path) -> list[dict[str, Any]]:
    """Where each entry lies: the batch of it, with its index."""
    _, out, _ = run(capsys, "dump", where, "--batches", "--json")
    found, batch = [], {}
    for record in map(json.loads, out.splitlines()):
        if record["kind"] == "batch":
            batch = record
        elif record["kind"] in ("value", "configuration"):
            found.append(
                {"file": batch["file"].rpartition("/")[2], "offset": batch["offset"], "index": record["index"]}
            )
    return found


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


# Where nothing can be written -----------------------------------------------------------------------------------------


@pytest.fixture
def read_only(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of somebody else: it can be read and not written. (By a fake: root may write everywhere.)"""
    real = os.open

    def refusing(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if str(path).startswith(str(store)) and flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, flags, mode, **more)

    def refusing_directories(path: Any, *_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr("vraft.storage.files.os.open", refusing)
    monkeypatch.setattr("os.mkdir", refusing_directories)
    return store


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_store_that_can_only_be_read_is_read(
    read_only: Path, is_locked: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not is_locked:
        (read_only / "lock").unlink()
    assert run(capsys, "dump", read_only)[0] == 0
    assert verdict(capsys, read_only)[0] == 0
    damage(read_only / segment_name(3), offset_of_read_only(capsys, read_only))
    before = contents(read_only)
    status, out, err = run(capsys, "repair", read_only)
    assert (status, err) == (1, "")
    assert out.endswith("nothing was changed; with --yes it is cut there, with --cut-at elsewhere\n")
    status, out, err = run(capsys, "repair", read_only, "--yes")
    assert (status, out) == (2, "")
    file = segment_name(3) if is_locked else "lock"
    assert err.startswith(f"error: {read_only / file}: the store cannot be repaired: Permission denied. ")
    assert "let the user who runs this write to the directory and to all files in it" in err
    assert contents(read_only) == before


def offset_of_read_only(capsys: pytest.CaptureFixture[str], where: Path) -> int:
    """Somewhere in a batch in the middle of the last segment."""
    return int(next(each for each in _places(capsys, where) if each["index"] == 38)["offset"]) + 50


def test_a_server_cannot_start_where_it_cannot_write(read_only: Path) -> None:
    for where, found in ((read_only, "Permission denied"), (read_only / "new", "Read-only file system")):
        with pytest.raises(
            StorageError, match=f"the store cannot be opened: {found}. A store is written to: "
        ) as raised:
            DiskStorage.open(where)
        assert str(raised.value).startswith(f"{where}")


@pytest.mark.parametrize("command", ["dump", "verify", "repair"])
def test_a_file_is_no_store(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    status, out, err = run(capsys, command, tmp_path / "file")
    assert (status, out) == (2, "")
    assert "Not a directory. Give a directory: a store is one" in err
    with pytest.raises(StorageError, match="Give a directory: a store is one"):
        DiskStorage.open(tmp_path / "file")


# What is no segment ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            b"PK\x03\x04" + b"x" * 600,
            "no segment: the file begins with b'PK\\x03\\x04xxxxxxxxxxxx', and a segment with b'VRAFTWAL'",
        ),
        (b"hello\n", "no segment: the file begins with b'hello\\n', and a segment with b'VRAFTWAL'"),
        (b"VRBFTWAL" + b"x" * 600, "a segment header that does not match its checksum"),
        (bytes(600), "zeros"),
    ],
)
def test_what_is_no_segment_is_shown(
    tmp_path: Path, data: bytes, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / segment_name(1)).write_bytes(data)
    status, said = verdict(capsys, tmp_path)
    assert (status, [problem["found"] for problem in said["problems"]]) == (1, [found])
    with pytest.raises(CorruptionError, match="vraft log repair"):
        DiskStorage.open(tmp_path)
    assert (tmp_path / segment_name(1)).read_bytes() == data, "a server removes nothing that it did not write"


@pytest.mark.parametrize("data", [b"", b"VRAFT", bytes(100)])
def test_a_segment_that_was_cut_off_in_its_header_is_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / segment_name(1)).write_bytes(data)
    DiskStorage.open(tmp_path).close()
    DiskStorage.open(tmp_path).close()


def test_what_is_no_snapshot_is_shown(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (store / snapshot_name((20, 2))).write_bytes(b"{" * 600)
    _, said = verdict(capsys, store)
    (problem,) = said["problems"]
    assert problem["found"] == f"no snapshot: the file begins with {b'{' * 16!r}, and a snapshot with b'VRAFTSNP'"
