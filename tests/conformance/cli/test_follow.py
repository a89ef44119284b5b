"""``conformance check --follow`` and ``--checkpoint`` as commands: pipes, sockets, Ctrl-C, and their exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.app import run
from tlaconform.cli.status import Status

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")

COMMAND = [sys.executable, "-c", "from tlaconform.cli import main; main()"]
STARTED_WITHIN_SECONDS = 60


@pytest.fixture
def started(queue: Any, tmp_path: Path) -> Iterator[Any]:
    """Start a check of a trace that is being written."""
    running: list[subprocess.Popen[bytes]] = []

    def start(trace: str, *more: str) -> subprocess.Popen[bytes]:
        arguments = ["check", trace, "--spec", str(queue.spec), "--map", str(queue.mapping), "--follow", *more]
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def finished(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=STARTED_WITHIN_SECONDS)
    return process.returncode, json.loads(out)["verdicts"][0], err.decode()


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while not condition() and time.monotonic() < deadline:
        pass
    assert condition()


def test_a_pipe_is_judged_while_it_is_written(queue: Any, started: Any) -> None:
    process = started("-", "--json")
    lines = queue.trace.read_bytes().splitlines(keepends=True)
    process.stdin.write(b"".join(lines[:3]) + lines[3][:5])
    process.stdin.flush()
    # It says so at once when an event is wrong, although the writer goes on.
    process.stdin.write(lines[3][5:] + b'{"op": "get", "item": 7, "size": 0}\n')
    process.stdin.flush()
    process.wait(timeout=STARTED_WITHIN_SECONDS)
    verdict = json.loads(process.stdout.read())["verdicts"][0]
    assert (process.returncode, verdict["verdict"], verdict["line"]) == (1, "rejected", 5)


def test_a_pipe_that_ends(queue: Any, started: Any) -> None:
    process = started("-", "--json")
    process.stdin.write(queue.trace.read_bytes())
    process.stdin.close()
    process.stdin = None
    status, verdict, err = finished(process)
    assert (status, verdict["verdict"], verdict["line"], err) == (0, "accepted", 7, "")


def test_ctrl_c_gives_the_verdict_on_what_there_was(queue: Any, started: Any, tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint"
    process = started(str(queue.trace), "--json", "--checkpoint", str(checkpoint), "--checkpoint-every", "6")
    wait_until(checkpoint.exists)
    process.send_signal(signal.SIGINT)
    status, verdict, err = finished(process)
    assert (status, verdict["verdict"], verdict["line"]) == (130, "accepted", 7)
    assert "the trace was being written" in verdict["notes"][0]
    assert "interrupted" in err
    assert "Traceback" not in err
    # And another time from there.
    again = started(str(queue.trace), "--json", "--checkpoint", str(checkpoint), "--follow-idle", "0.1")
    status, verdict, err = finished(again)
    assert (status, verdict["verdict"], verdict["line"]) == (0, "accepted", 7)
    assert "going on after 6 events" in err


def test_a_socket(queue: Any, started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = started("unix:s", "--json")
    wait_until((tmp_path / "s").exists)
    client = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(tmp_path)

    def is_connected() -> bool:
        try:
            client.connect("s")
        except ConnectionRefusedError:  # bound, but not listened on yet
            return False
        return True

    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while not is_connected():
        assert time.monotonic() < deadline
    client.sendall(queue.trace.read_bytes())
    client.close()
    status, verdict, _ = finished(process)
    assert (status, verdict["verdict"], verdict["trace"]) == (0, "accepted", "unix:s")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--follow-idle", "1"], "expected both"),
        (["--checkpoint-every", "1"], "expected both"),
        (["--seed", "3"], "--seed draws the edits of --sensitivity; expected both"),
        (["--json", "--format", "junit"], "not allowed with argument"),
        (["another.ndjson", "--follow"], "are for one trace"),
        (["another.ndjson", "--checkpoint", "c"], "are for one trace"),
    ],
)
def test_options_that_do_not_go_together(
    queue: Any, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*queue.arguments(), *arguments]) is Status.WRONG_INPUT
    assert message in capsys.readouterr().err


def test_a_socket_needs_to_be_followed(queue: Any, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--spec", str(queue.spec), "--map", str(queue.mapping)]
    assert run(["check", "tcp://127.0.0.1:1", *base]) is Status.WRONG_INPUT
    assert "listened on with --follow" in capsys.readouterr().err


def test_a_checkpoint_of_another_process_with_other_hashes(queue: Any, tmp_path: Path) -> None:
    text = queue.mapping.read_text(encoding="utf-8")
    text = text.replace("put: Put(event.item)", "put: Put(ANY)").replace("Item: 0 .. 9", 'Item: \'{"a", "b", "c"}\'')
    queue.mapping.write_text(text.replace("get: Get(event.item)", "get: Get(ANY)"), encoding="utf-8")

    def checked(seed: int, *more: str) -> dict[str, Any]:
        done = subprocess.run(
            [*COMMAND, *queue.arguments("--json", "--sensitivity", "4", "--keep-witness", *more)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=False,
            timeout=STARTED_WITHIN_SECONDS,
        )
        verdict: dict[str, Any] = json.loads(done.stdout)["verdicts"][0]
        del verdict["seconds"]
        return verdict

    straight = checked(1)
    assert straight["verdict"] == "accepted"
    assert straight["strength"]["frontier"]["max"] > 3
    assert checked(2) == straight
    # Left after three events, by a limit.
    whole = queue.trace.read_bytes()
    queue.trace.write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))
    checked(3, "--checkpoint", "c")
    queue.trace.write_bytes(whole)
    assert checked(4, "--checkpoint", "c") == straight
