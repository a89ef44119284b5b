"""The wheel: built, installed elsewhere, and put to work from there."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment with the wheel and the extra that the hunt needs."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if sys.platform == "win32" else "bin")
    command = [str(binaries / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[hypothesis]"]
    subprocess.run(command, check=True, cwd=folder)
    return binaries


@pytest.mark.slow
def test_it_holds_what_is_needed_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "tlaconform/spec/Raft.tla",
        "tlaconform/spec/maps/raft.yaml",
        "tlaconform/report/verdict.schema.json",
        "tlatrace/modules/SequencesExt.tla",
        "tlatrace/syntax/tla.lark",
        "vraft/trace.schema.json",
        "vraft/emulator/scenarios/demo.yaml",
        "vraft/py.typed",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "spec/", "bench"))]


@pytest.mark.slow
def test_the_demo_runs_from_it(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed / "conformance", "demo", "--output", tmp_path / "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ACCEPTED" in done.stdout
    assert "REJECTED" in done.stdout
    assert (tmp_path / "out" / "demo.ndjson").is_file()


@pytest.mark.slow
def test_the_commands_say_who_they_are(installed: Path, tmp_path: Path) -> None:
    for command in ("conformance", "vraft"):
        done = subprocess.run(
            [installed / command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith(command)
