"""Standard input that is closed, standard output that is full, and a witness that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.status import Status

COMMAND = [sys.executable, "-c", "from tlaconform.cli import main; main()"]
FULL = Path("/dev/full")


def test_standard_input_that_is_closed(queue: Any, command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    status, out, _ = command("check", "-", "--spec", queue.spec, "--map", queue.mapping)
    assert status is Status.WRONG_INPUT
    assert "<stdin>: standard input is closed; expected a trace there, or a file instead of -" in out


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_standard_output_that_is_full(queue: Any) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *queue.arguments()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write to standard output: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_witness_that_cannot_be_written_does_not_take_the_verdict_along(
    queue: Any, command: Any, tmp_path: Path
) -> None:
    file = tmp_path / "missing" / "x.json"
    status, out, err = command(*queue.arguments("--witness", str(file)))
    assert status is Status.WRONG_INPUT
    assert out.startswith("ACCEPTED")
    assert "x.json" in err
    assert not file.exists()


def test_a_witness_that_has_no_processes_is_refused_before_the_check(queue: Any, command: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.shiviz"
    status, out, err = command(*queue.arguments("--witness", str(file)))
    assert (status, out) == (Status.WRONG_INPUT, "")
    assert "nothing says at which process an event happened" in err
    text = queue.mapping.read_text(encoding="utf-8")
    queue.mapping.write_text(f"{text}order: {{by: file, process: event.op}}\n", encoding="utf-8")
    status, out, _ = command(*queue.arguments("--witness", str(file)))
    assert status is Status.CONFORMS
    assert file.exists()
