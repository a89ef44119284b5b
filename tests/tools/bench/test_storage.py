"""The benchmark of the log: it measures what it says, and tells a missed goal and a disk that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import storage
from bench.errors import BenchError
from vraft.storage import DiskStorage

TINY = storage.Effort(rounds=20, entries=640, repeats=1)


def test_everything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(storage, "QUICK", TINY)
    out = tmp_path / "out.json"
    assert storage.main(["--quick", "--directory", str(tmp_path), "--json", str(out)]) == 0
    said = json.loads(out.read_text(encoding="utf-8"))
    one, many = said["commits"]
    assert 64 * 64 < one["bytes"] < 64 * 70, "the values, and little else"
    assert one["bytes"] < many["bytes"] < 64 * 100
    assert all(commit["commit_s"] > 0 and commit["bare_s"] > 0 and commit["reserved_s"] > 0 for commit in (one, many))
    assert [(rate["what"], rate["value_bytes"]) for rate in said["rates"]] == [
        (what, size) for size in (64, 1024) for what in ("append, fsync each 64", "append, no fsync", "read back")
    ]
    assert [rate["entries"] for rate in said["rates"][1:3]] == [640, 640]
    text = capsys.readouterr().out
    assert "one step of 64 entries" in text
    assert "read back" in text
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"], "nothing is left behind"


def test_the_goal() -> None:
    commit = storage.Commit(
        what="x",
        bytes=1,
        bare_s=1e-3,
        reserved_s=1e-3,
        commit_s=1.29e-3,
        quiet_bare_s=1e-3,
        quiet_commit_s=1.5e-3,
        processor_s=1e-4,
    )
    assert (commit.ratio, commit.quiet_ratio) == (pytest.approx(1.29), pytest.approx(1.5))
    assert "1.3 met" in storage.render([commit], [])
    assert "1.3 missed" in storage.render([replace(commit, commit_s=1.4e-3)], [])
    assert "1.3 no disk" in storage.render([replace(commit, bare_s=1e-6)], [])


def test_a_log_that_is_not_read_back_whole_is_no_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true = DiskStorage.recover
    monkeypatch.setattr(DiskStorage, "recover", lambda self: replace(true(self), entries=true(self).entries[1:]))
    with pytest.raises(BenchError, match="read 639 entries, expected 640"):
        storage.rates(tmp_path, TINY)
