"""``conformance demo``: the main job, and a bug found out, in words for somebody who has never seen it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status


def test_it_shows_an_accepted_cluster_and_a_rejected_one(command: Any, tmp_path: Path) -> None:
    status, out, err = command("demo", "--output", tmp_path / "out")
    assert status is Status.CONFORMS
    assert err == ""
    accepted = re.search(r"ACCEPTED .*\(([\d,]+) events", out)
    assert accepted is not None
    assert int(accepted[1].replace(",", "")) >= 2000
    numbers = re.search(r"(\d+) leaders elected, (\d+) values of clients committed, (\d+) crashes", out)
    assert numbers is not None
    assert all(int(number) >= 3 for number in numbers.groups())
    assert "a partition" in out
    assert "REJECTED" in out
    assert "votedFor[i] \\in {Nil, m.from}" in out
    assert out.index("ACCEPTED") < out.index("REJECTED")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["demo-broken.ndjson", "demo.ndjson"]


def test_the_commands_that_it_shows_do_what_it_did(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, out, _ = command("demo")
    shown = [line.removeprefix("   $ ").split() for line in out.splitlines() if line.startswith("   $ conformance")]
    check, replay = (words[1:] for words in shown)
    assert command(*check)[0] is Status.CONFORMS
    before = (tmp_path / "out" / "demo-broken.ndjson").read_bytes()
    assert command(*replay)[0] is Status.DOES_NOT_CONFORM
    assert (tmp_path / "out" / "demo-broken.ndjson").read_bytes() == before


def test_a_bug_that_the_scenario_does_not_bring_out(command: Any, tmp_path: Path) -> None:
    status, _, err = command("demo", "--output", tmp_path, "--mutant", "commit-old-term")
    assert status is Status.DOES_NOT_CONFORM
    assert "the broken cluster (commit-old-term) was accepted, and should have been rejected" in err


def test_a_folder_that_cannot_be_made(command: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, _, err = command("demo", "--output", tmp_path / "file" / "out")
    assert status is Status.WRONG_INPUT
    assert "cannot make this folder" in err
