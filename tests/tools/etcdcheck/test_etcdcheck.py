"""etcd's Raft against our specification: accepted as it is, rejected with a bug, and a clear word where there is no Go.

The tests that drive it need Go, and its module proxy the first time. Without them they are skipped, and say so.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from etcdcheck import golang
from etcdcheck.bugs import BUGS, Bug, BugError, put_into
from etcdcheck.golang import BuildFailed, Go, GoMissing, build, build_with, copy_module, find_go
from etcdcheck.judging import coverage, is_for, judge, reasons
from etcdcheck.main import EXIT_OK, hunt, main
from etcdcheck.profiles import PROFILES, write_traces
from tlaconform import Decision

SEEDS = 2
"""Of each profile, here; `make check-etcd` runs many."""


@pytest.fixture(scope="module")
def go() -> Go:
    try:
        return find_go()
    except GoMissing as error:
        pytest.skip(f"etcd's Raft cannot be driven: {error}")


@pytest.fixture(scope="module")
def driver(go: Go, tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return build(go, tmp_path_factory.mktemp("driver") / "driver")
    except BuildFailed as error:
        pytest.skip(f"etcd's Raft cannot be driven: {error}")


@pytest.mark.slow
def test_traces_of_every_profile_are_accepted(driver: Path, tmp_path: Path) -> None:
    verdicts = []
    for profile in PROFILES:
        traces = write_traces(driver, profile, tmp_path / profile.name, first=1, count=SEEDS)
        assert traces.panics == ()
        verdicts += judge(traces.paths)
    assert [verdict.trace for verdict in verdicts if verdict.decision is not Decision.ACCEPTED] == []
    assert min(verdict.events for verdict in verdicts) >= 400
    covered = coverage(verdicts)
    assert {"AdvanceCommit", "Restart", "ChangeConfig", "LearnTerm", "Compact", "MoveNext"} <= {*covered.counts}


@pytest.mark.slow
def test_a_seed_gives_the_same_trace_again(driver: Path, tmp_path: Path) -> None:
    for profile in PROFILES:
        (one,) = write_traces(driver, profile, tmp_path / "one", first=7, count=1).paths
        (other,) = write_traces(driver, profile, tmp_path / "other", first=7, count=1).paths
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_a_trace_with_one_lie_is_rejected(driver: Path, tmp_path: Path) -> None:
    (path,) = write_traces(driver, PROFILES[0], tmp_path, first=1, count=1).paths
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lied = next(line for line in lines if line.get("event", {}).get("name") == "Apply")
    lied["event"]["value"] += "!"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (verdict,) = judge([path])
    assert verdict.decision is Decision.REJECTED
    assert verdict.line == lines.index(lied) + 1
    assert any(action == "Apply" for action, _text in reasons(verdict))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["votes-for-short-logs", "heartbeats-commit-too-much"])
def test_a_copy_with_a_bug_is_rejected_for_it(name: str, go: Go, driver: Path, tmp_path: Path) -> None:
    (bug,) = [bug for bug in BUGS if bug.name == name]
    module = copy_module(go, tmp_path / "copy" / "raft")
    with put_into(module, bug):
        binary = build_with(go, module, tmp_path / "buggy")
    _seeds, verdict = hunt(binary, bug, tmp_path / "traces")
    assert verdict is not None
    assert is_for(verdict, bug), [*reasons(verdict)]
    other = next(other for other in BUGS if other.conjunct != bug.conjunct)
    assert not is_for(verdict, other)


@pytest.mark.slow
def test_every_bug_changes_one_line_that_is_there(go: Go, driver: Path, tmp_path: Path) -> None:
    module = copy_module(go, tmp_path / "raft")
    for bug in BUGS:
        assert "\n" not in bug.new.strip()
        before = (module / bug.file).read_text("utf-8")
        with put_into(module, bug):
            changed = (module / bug.file).read_text("utf-8")
            lines = zip(before.splitlines(), changed.splitlines(), strict=True)
            assert sum(old != new for old, new in lines) == 1
        assert (module / bug.file).read_text("utf-8") == before


def test_a_bug_whose_line_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "raft.go").write_text("package raft\n", "utf-8")
    bug = Bug(name="b", about="", file="raft.go", old="return", new="", profile="faults", actions=(), conjunct="")
    with pytest.raises(BugError, match=r"b: raft\.go has 0 times 'return'; expected once"), put_into(tmp_path, bug):
        pass


def test_bugs_and_profiles_have_names_of_their_own() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert len({profile.name for profile in PROFILES}) == len(PROFILES)
    assert {bug.profile for bug in BUGS} <= {profile.name for profile in PROFILES}


# --------------------------------------------------------------------------------------------------------------- no Go


def test_without_go_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert main([]) == EXIT_OK
    shown = capsys.readouterr().out
    assert "Go 1.23 or later is needed, and there is no `go` on the path" in shown
    assert "Nothing was checked" in shown


def test_an_old_go_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/go")
    monkeypatch.setattr(golang.Go, "run", lambda *_arguments, **_options: "go1.22.1\n")
    with pytest.raises(GoMissing, match=r"the one on the path is go1\.22\.1"):
        find_go()
