"""The emitters that people copy: the same program in every language writes the same events."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tlaconform.cli.app import run as conformance

HERE = Path(__file__).parent
EMITTERS = HERE.parent.parent / "emitters"

EXIT_CONFORMS, EXIT_DOES_NOT_CONFORM, EXIT_INPUT_IS_WRONG = 0, 1, 2

Events = dict[str, list[dict[str, Any]]]


def test_python_writes_one_log_a_process_with_vector_clocks(tmp_path: Path) -> None:
    events = run_python(tmp_path)
    header, *sent = events["a.ndjson"]
    assert header == {
        "format": "tla-conformance/trace",
        "version": 1,
        "process": "a",
        "spec": "Channel",
        "constants": {"Process": {"#set": ["a", "b"]}},
    }
    assert [event["event"] for event in sent] == ["Send", "Think", "Receive", *["Think"] * 200]
    assert [event["clock"] for event in sent[:4]] == [{"a": 1}, {"a": 2}, {"a": 3, "b": 2}, {"a": 4, "b": 2}]
    assert sent[0]["big"] == {"#bigint": str(2**60)}
    assert sent[0]["text"] == 'π "quoted" \\ \n 𝄞'
    assert [event["clock"] for event in events["b.ndjson"][1:]] == [{"a": 1, "b": 1}, {"a": 1, "b": 2}]


def test_threads_may_share_a_tracer(tmp_path: Path) -> None:
    _header, *sent = run_python(tmp_path)["a.ndjson"]
    assert [event["clock"]["a"] for event in sent] == list(range(1, len(sent) + 1))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["go", "java", "rust", "typescript"])
def test_the_other_languages_write_what_python_writes(language: str, tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / language).mkdir()
    assert RUN[language](tmp_path / language) == run_python(tmp_path / "python")
    assert checked(tmp_path / language / "logs") == EXIT_CONFORMS


def test_what_python_writes_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_python(tmp_path)
    assert checked(tmp_path / "logs") == EXIT_CONFORMS
    assert "(205 events)" in capsys.readouterr().out


def test_a_message_that_was_never_sent_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_python(tmp_path)
    # The clocks would show that an event is missing; so it stays, and says something else.
    change(tmp_path / "logs" / "b.ndjson", '"event":"Send"', '"event":"Think"')
    assert checked(tmp_path / "logs") == EXIT_DOES_NOT_CONFORM
    assert "a.ndjson:4" in capsys.readouterr().out


def test_a_message_that_arrives_before_it_was_sent_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_python(tmp_path)
    # A receiver that did not take over the sender's clock may have been first; the sender who knew of it was not.
    change(tmp_path / "logs" / "b.ndjson", '"clock":{"b":1,"a":1}', '"clock":{"b":1}')
    change(tmp_path / "logs" / "a.ndjson", '"clock":{"a":1}', '"clock":{"a":1,"b":1}')
    assert checked(tmp_path / "logs") == EXIT_DOES_NOT_CONFORM
    assert "b.ndjson:2" in capsys.readouterr().out


def test_a_lost_line_contradicts_the_clocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_python(tmp_path)
    log = tmp_path / "logs" / "b.ndjson"
    log.write_text("".join(line for line in log.read_text("utf-8").splitlines(True) if '"Send"' not in line), "utf-8")
    assert checked(tmp_path / "logs") == EXIT_INPUT_IS_WRONG
    # The place is that of the event that knew of the lost one.
    shown = capsys.readouterr().out
    assert "a.ndjson:4" in shown
    assert "of b" in shown


def run_python(folder: Path) -> Events:
    shutil.copy(EMITTERS / "python" / "tla_trace.py", folder)
    shutil.copy(HERE / "drive.py", folder)
    return driven(["python3", "drive.py"], folder)


def run_go(folder: Path) -> Events:
    need("go")
    (folder / "tlatrace").mkdir()
    shutil.copy(EMITTERS / "go" / "tlatrace.go", folder / "tlatrace")
    shutil.copy(HERE / "drive.go", folder)
    (folder / "go.mod").write_text("module drive\n\ngo 1.18\n")
    run(["go", "vet", "./..."], folder)
    return driven(["go", "run", "."], folder)


def run_java(folder: Path) -> Events:
    need("javac")
    need("java")
    shutil.copy(EMITTERS / "java" / "TlaTrace.java", folder)
    shutil.copy(HERE / "Drive.java", folder)
    run(["javac", "-Xlint:all", "-Werror", "-encoding", "UTF-8", "TlaTrace.java", "Drive.java"], folder)
    return driven(["java", f"-Djava.io.tmpdir={folder}", "Drive"], folder)


def run_rust(folder: Path) -> Events:
    need("rustc")
    shutil.copy(EMITTERS / "rust" / "tla_trace.rs", folder)
    shutil.copy(HERE / "drive.rs", folder)
    run(["rustc", "--edition", "2021", "-D", "warnings", "-o", "drive", "drive.rs"], folder)
    return driven(["./drive"], folder)


def run_typescript(folder: Path) -> Events:
    need("node")
    need("npm")
    shutil.copy(EMITTERS / "typescript" / "tlaTrace.ts", folder)
    shutil.copy(HERE / "drive.ts", folder)
    fetch = ["npm", "install", "--silent", "--no-audit", "--no-fund", "typescript@5", "@types/node@18"]
    if subprocess.run(fetch, cwd=folder, capture_output=True, timeout=120).returncode != 0:
        pytest.skip("the TypeScript compiler could not be fetched with npm")
    options = ["--strict", "--target", "es2022", "--module", "commonjs", "--types", "node"]
    run(["npx", "tsc", *options, "drive.ts"], folder)
    return driven(["node", "drive.js"], folder)


RUN: dict[str, Callable[[Path], Events]] = {
    "go": run_go,
    "java": run_java,
    "rust": run_rust,
    "typescript": run_typescript,
}


def checked(logs: Path) -> int:
    """The exit status of ``conformance check`` on the two logs as one trace."""
    files = [str(logs / "a.ndjson"), str(logs / "b.ndjson")]
    return conformance(
        ["check", "--merge", *files, "--spec", str(HERE / "Channel.tla"), "--map", str(HERE / "channel.yaml")]
    )


def change(log: Path, old: str, new: str) -> None:
    text = log.read_text("utf-8")
    assert text.count(old) == 1
    log.write_text(text.replace(old, new), "utf-8")


def need(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def run(command: list[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, f"{' '.join(command)}: {result.stdout}{result.stderr}"
    return result.stdout


def driven(command: list[str], folder: Path) -> Events:
    """What the program wrote, by file name. The tracers refuse a field that would hide one of their own."""
    logs = folder / "logs"
    logs.mkdir()
    assert run([*command, "logs"], folder) == "refused\n"
    return {log.name: [json.loads(line) for line in log.read_text("utf-8").splitlines()] for log in logs.iterdir()}
