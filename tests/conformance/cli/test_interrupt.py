"""Ctrl-C: exit status 130, no traceback, no process and no half-written file left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

COMMAND = [sys.executable, "-c", "from tlaconform.cli import main; main()"]
STARTED_WITHIN_SECONDS = 60


def interrupted(arguments: list[str], folder: Path, started: Any) -> subprocess.CompletedProcess[str]:
    """Run a command, and send it what Ctrl-C sends to all processes of a terminal once ``started()`` is true."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while not started() and process.poll() is None and time.monotonic() < deadline:
        pass
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def test_a_replay_that_writes_a_trace(tmp_path: Path) -> None:
    scenario = tmp_path / "long.yaml"
    work = tmp_path / "work"
    work.mkdir()
    scenario.write_text(
        "nodes: 3\nseed: 1\nuntil: 3000s\nevents:\n  - {when: one_leader, load: {every: 5ms, count: 500000}}\n"
    )

    def writing() -> bool:
        return any(path.stat().st_size for path in work.iterdir())

    done = interrupted(["replay", str(scenario), "--trace", str(work / "t.ndjson")], work, writing)
    assert done.returncode == 130, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "interrupted" in done.stderr
    assert list(work.iterdir()) == []


def test_a_check_in_several_processes(queue: Any, tmp_path: Path) -> None:
    put, get = '{"op": "put", "item": 1, "size": 1}\n', '{"op": "get", "item": 1, "size": 0}\n'
    header = queue.trace.read_text().splitlines()[0]
    for name in ("a", "b"):
        (tmp_path / f"{name}.ndjson").write_text(f"{header}\n" + (put + get) * 300_000)
    mark = time.monotonic()
    arguments = ["check", "a.ndjson", "b.ndjson", "--spec", str(queue.spec), "--map", str(queue.mapping), "--jobs", "2"]
    done = interrupted(arguments, tmp_path, lambda: time.monotonic() - mark > 2)
    assert done.returncode == 130, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_request_to_terminate_is_for_the_workers_too(queue: Any, tmp_path: Path) -> None:
    """``timeout 60 conformance check …`` sends it, to the parent alone."""
    for name in ("a", "b"):
        os.mkfifo(tmp_path / f"{name}.ndjson")
    arguments = ["check", "a.ndjson", "b.ndjson", "--spec", str(queue.spec), "--map", str(queue.mapping), "--jobs", "2"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    writers = [os.open(tmp_path / f"{name}.ndjson", os.O_WRONLY) for name in ("a", "b")]  # Both workers are at it.
    process.terminate()
    _, err = process.communicate(timeout=60)
    for writer in writers:
        os.close(writer)
    assert process.returncode == 130, err
    assert "2 traces have no verdict" in err
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_verdicts_that_were_reached_before_it_are_printed(queue: Any, tmp_path: Path) -> None:
    # Traces that do not end, in pipes. Once the second one is opened, the first trace's verdict has arrived: its worker
    # was given this one.
    for name in ("b", "c"):
        os.mkfifo(tmp_path / f"{name}.ndjson")
    writers: list[int] = []

    def opened() -> bool:
        for name in ("b", "c"):
            writers.append(os.open(tmp_path / f"{name}.ndjson", os.O_WRONLY))
        return True

    traces = [str(queue.trace), "b.ndjson", "c.ndjson"]
    arguments = ["check", *traces, "--spec", str(queue.spec), "--map", str(queue.mapping), "--jobs", "2", "--json"]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    opened()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    for writer in writers:
        os.close(writer)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert "2 traces have no verdict" in err
    assert [verdict["verdict"] for verdict in json.loads(out)["verdicts"]] == ["accepted"]
    with pytest.raises(ProcessLookupError):  # nobody of its group is left
        os.killpg(process.pid, 0)
