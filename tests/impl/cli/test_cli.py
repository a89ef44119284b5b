"""The command vraft: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import vraft
from vraft import cli
from vraft.emulator import builtin_names
from vraft.storage import DiskStorage


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"vraft {vraft.__version__}\n"
    assert vraft.__version__ == version("tla-conformance")


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["emulate", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(builtin_names())


def test_a_run_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["emulate", "propose", "--seed", "1", "--nodes", "5"]) == 0
    out = capsys.readouterr().out
    assert "propose, seed 1, 5 servers" in out
    assert "5 accepted, 0 refused" in out
    assert out.endswith("\nok\n")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["emulate", "elect", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["scenario"], result["seed"], result["ok"], result["failures"]) == ("elect", 7, True, [])
    assert result["summary"]["elections"] == 1


def test_the_trace_goes_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    assert cli.main(["emulate", "elect", "--trace", str(out), "--seed", "3"]) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["source"] == {"program": "vraft", "version": vraft.__version__, "scenario": "elect", "seed": 3}
    assert [line["seq"] for line in lines[1:]] == list(range(1, len(lines)))


def test_or_to_standard_output_with_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["emulate", "elect", "--trace", "-", "--json"]) == 0
    captured = capsys.readouterr()
    assert all(json.loads(line) for line in captured.out.splitlines())
    assert json.loads(captured.err)["ok"] is True


def test_a_missed_expectation_is_1_and_the_trace_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "s.yaml", tmp_path / "out.ndjson"
    path.write_text("until: 1s\nexpect: {elections: 9}\n", encoding="utf-8")
    assert cli.main(["emulate", str(path), "--trace", str(out)]) == 1
    assert "FAILED  at the end: expected elections: 9; found: elections is 1" in capsys.readouterr().out
    assert out.exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["emulate"], "which scenario?"),
        (["emulate", "elekt"], "did you mean 'elect'"),
        (["emulate", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["emulate", "elect", "--seed", "x"], "expected an integer from 0 to 18446744073709551615, found 'x'"),
        (
            ["emulate", "elect", "--seed", "1" + "0" * 5000],
            "expected an integer from 0 to 18446744073709551615, found '1000",
        ),
        (["emulate", "elect", "--features", "pre_vote, fast"], "unknown feature 'fast', expected some of pre_vote, "),
        (["emulate", "elect", "--nodes", "0"], "expected an integer from 1 to 64, found '0'"),
        (["emulate", "demo", "--nodes", "3"], "unknown server 'n4'"),
        (["emulate", "elect", "--trace", "nowhere/out.ndjson"], "No such file"),
        (["emulate", "elect", "--sed", "1"], "unrecognized arguments"),
        (["emulates"], "invalid choice"),
    ],
)
def test_a_wrong_command_is_2(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert "Traceback" not in captured.err


def test_features_are_a_list_with_or_without_spaces(tmp_path: Path) -> None:
    traces = []
    for number, features in enumerate(("pre_vote,check_quorum", " pre_vote, check_quorum ", "none", " none")):
        traces.append(tmp_path / f"{number}.ndjson")
        assert cli.main(["emulate", "elect", "--features", features, "--trace", str(traces[-1])]) == 0
    texts = [trace.read_bytes() for trace in traces]
    assert texts[0] == texts[1] != texts[2] == texts[3]


def test_a_wrong_file_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("until: 1s\nevents:\n  - {at: 1s, crsh: n1}\n", encoding="utf-8")
    assert cli.main(["emulate", str(path)]) == 2
    complaint = f"error: {path}:3:14: unknown event key 'crsh'; did you mean 'crash'?\n"
    assert capsys.readouterr().err == complaint


def test_a_trace_does_not_take_the_place_of_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "s.yaml"
    path.write_text("until: 1s\n", encoding="utf-8")
    for trace in (str(path), "./s.yaml"):
        assert cli.main(["emulate", "s.yaml", "--trace", trace]) == 2
        assert (
            capsys.readouterr().err == f"error: {trace}: --trace would overwrite the scenario; expected another file\n"
        )
    assert path.read_text(encoding="utf-8") == "until: 1s\n"
    assert cli.main(["emulate", "s.yaml", "--trace", "t.ndjson"]) == 0


def test_our_own_bug_is_4_and_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cli, "load_scenario", lambda *_, **__: 1 / 0)
    assert cli.main(["emulate", "elect"]) == 4
    assert "this is a bug in vraft: ZeroDivisionError" in capsys.readouterr().err
    (report,) = tmp_path.iterdir()
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")


def test_an_interruption_is_130_and_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("vraft.emulator.runner.Runner.run", interrupt)
    assert cli.main(["emulate", "elect", "--trace", str(tmp_path / "out.ndjson")]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "vraft.cli", "emulate", "demo", "--trace", "-"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


def test_characters_that_the_terminal_lacks_are_escapes(tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text("name: élection\nuntil: 1s\nexpect: {elections: 9}\n", encoding="utf-8")
    for arguments, name in (([], "\\xe9lection"), (["--json"], "\\u00e9lection")):
        done = subprocess.run(
            [sys.executable, "-m", "vraft.cli", "emulate", str(scenario), *arguments],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, "")
        assert name in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    "arguments",
    [["emulate", "elect"], ["emulate", "elect", "--trace", "-"], ["emulate", "--list"], ["log", "dump", "store"]],
)
@pytest.mark.parametrize("is_buffered", [True, False])
def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path, arguments: list[str], is_buffered: bool) -> None:
    DiskStorage.open(tmp_path / "store").close()
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, *([] if is_buffered else ["-u"]), "-m", "vraft.cli", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
            cwd=tmp_path,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "error: cannot write to standard output: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_trace_that_does_not_fit_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["emulate", "elect", "--trace", "/dev/full"]) == 2
    assert capsys.readouterr().err == "error: /dev/full: No space left on device\n"


def test_without_standard_output_there_is_only_a_status(tmp_path: Path) -> None:
    DiskStorage.open(tmp_path / "store").close()
    for arguments in (["emulate", "elect", "--json"], ["log", "dump", str(tmp_path / "store"), "--json"]):
        command = [sys.executable, "-m", "vraft.cli", *arguments]
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
