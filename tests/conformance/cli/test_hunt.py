"""``conformance hunt``: 0 when nothing is found within the limits, else 1, the explanation, and a file to replay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status
from vraft.core import RaftCore


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_real_core_is_clean(command: Any, tmp_path: Path) -> None:
    status, out, err = command("hunt", "--examples", 15)
    assert status is Status.CONFORMS
    assert out.startswith("nothing found: 15 executions, ")
    assert "all executions were run" in out
    assert "of 18 exercised" in out
    assert err == ""  # Progress is for terminals.
    assert list(tmp_path.iterdir()) == []


def test_members_come_and_go_where_they_are_to(command: Any) -> None:
    status, out, _ = command("hunt", "--members", "--examples", 15)
    assert status is Status.CONFORMS
    assert "ChangeConfig" in out.split("never:")[0]
    assert "Compact" in out.split("never:")[0]
    status, _, err = command("hunt", "--members", "--mutant", "double-vote")
    assert status is Status.WRONG_INPUT
    assert "--members has no meaning with --mutant: double-vote says itself what it needs" in err


@pytest.mark.parametrize(
    ("arguments", "most"),
    [
        (("hunt", "--nodes", 1000), 64),
        (("mutants", "double-vote", "--nodes", 65), 64),
        (("mutants", "change-before-commit-in-term", "--nodes", 64), 63),
    ],
)
def test_no_cluster_has_so_many_servers(command: Any, arguments: tuple[Any, ...], most: int) -> None:
    status, _, err = command(*arguments, "--examples", 2)
    assert status is Status.WRONG_INPUT
    assert err == f"error: expected from 1 to {most} servers, found {arguments[-1]:,}\n"


def test_the_time_limit_is_a_success(command: Any) -> None:
    status, out, _ = command("hunt", "--examples", 100000, "--time-limit", 0.5)
    assert status is Status.CONFORMS
    assert "the time was up" in out


def test_a_mutant_is_found_explained_and_saved_and_replays(command: Any, tmp_path: Path) -> None:
    status, out, _ = command("hunt", "--mutant", "double-vote", "--seed", 3)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("REJECTED  trace of found-3.yaml")
    assert "votedFor[i] \\in {Nil, m.from}" in out
    assert out.endswith("\n  conformance replay found-3.yaml --mutant double-vote\n")
    assert [path.name for path in tmp_path.iterdir()] == ["found-3.yaml"]

    status, again, _ = command("replay", "found-3.yaml", "--mutant", "double-vote")
    assert status is Status.DOES_NOT_CONFORM
    assert "votedFor[i] \\in {Nil, m.from}" in again
    status, sound, _ = command("replay", "found-3.yaml")
    assert status is Status.CONFORMS
    assert sound.startswith("ACCEPTED")


def test_where_to_save(command: Any, tmp_path: Path) -> None:
    status, _, _ = command("hunt", "--mutant", "wrong-quorum", "--no-shrink", "--save", "here.yaml")
    assert status is Status.DOES_NOT_CONFORM
    assert (tmp_path / "here.yaml").is_file()
    status, _, err = command("hunt", "--mutant", "wrong-quorum", "--no-shrink", "--save", "none/here.yaml")
    assert status is Status.WRONG_INPUT
    assert "cannot write here" in err


def test_an_unknown_mutant(command: Any) -> None:
    status, _, err = command("hunt", "--mutant", "duble-vote")
    assert status is Status.WRONG_INPUT
    assert "did you mean double-vote?" in err


def test_a_core_that_crashes(command: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fall_over(self: object, m: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(RaftCore, "grant_vote", fall_over)
    status, out, _ = command("hunt", "--examples", 30)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("CRASHED  found-0.yaml\n  IndexError: list index out of range")
    assert (tmp_path / "found-0.yaml").is_file()
    status, out, err = command("replay", "found-0.yaml")
    assert status is Status.DOES_NOT_CONFORM
    assert "the core crashed: IndexError" in err


def test_a_mutant_that_only_crashes(command: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fall_over(self: object, m: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(RaftCore, "grant_vote", fall_over)
    status, out, _ = command("hunt", "--mutant", "leader-overwrites", "--examples", 5)
    assert status is Status.DOES_NOT_CONFORM
    assert out.startswith("CRASHED  the core fell over in ")
    assert list(tmp_path.iterdir()) == []


def test_without_hypothesis(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlaconform.cli.hunting.find_spec", lambda name: None)
    for arguments in (("hunt",), ("mutants",)):
        status, _, err = command(*arguments)
        assert status is Status.WRONG_INPUT
        assert "tla-conformance[hypothesis]" in err
