"""What becomes of tests marked `tlc` on a machine without TLC (`tests/conftest.py`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[2] / "conftest.py"
TESTS = """
import pytest

@pytest.mark.tlc
def test_marked(): ...

def test_by_fixture(toolchain): ...

def test_plain(): ...
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    tlc: needs TLC\n")
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # A variable that names no jar is the quickest way to have no TLC: nothing else is asked.
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environment, "TLA2TOOLS_JAR": "/no/such.jar"},
        check=False,
    )


def test_they_are_skipped_and_named(bare: Path) -> None:
    done = run(bare)

    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 skipped" in done.stdout
    summary = done.stdout.partition("tests that could not run for lack of TLC")[2]
    assert "test_it.py::test_marked\n" in summary
    assert "test_it.py::test_by_fixture\n" in summary
    assert "What to do:" in summary


def test_in_ci_they_fail(bare: Path) -> None:
    done = run(bare, CI="true")

    assert done.returncode == 1
    assert "1 passed, 2 errors" in done.stdout
    assert "CI must have a TLC" in done.stdout
