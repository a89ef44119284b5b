"""The tutorial: what it shows is what the commands print, from its first line to its last.

The ``console`` blocks are run one after the other, in one folder; a ``diff`` block is an edit that the reader makes. A
line ``...`` of an output stands for any lines, and times may be others.

    python tests/docs/test_tutorial.py

writes what the commands print now into the tutorial, where that is something else than it shows; read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
TIMES = re.compile(r"\d+\.\d+ s, [\d,]+ generated/s")
LEFT_OUT = "..."
COMMAND_LIMIT_S = 120

Block = tuple[str, str, int]
"""Its language, its text, and the line in which it starts."""


def blocks() -> Iterator[Block]:
    text = TUTORIAL.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield found[1], found[2], text.count("\n", 0, found.start()) + 1


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that follow it."""
    command, shown = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif command.endswith("\\") and not shown:
            command = command[:-1] + line
        else:
            shown.append(line)
    if command:
        yield command, shown


def agrees(printed: list[str], shown: list[str]) -> bool:
    """Whether the lines are those that are shown, with anything in the place of what was left out."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == LEFT_OUT else re.escape(TIMES.sub("TIME", line.rstrip())) + "\n"
        for line in shown
    )
    text = "".join(TIMES.sub("TIME", line.rstrip()) + "\n" for line in printed)
    return re.fullmatch(pattern, text) is not None


def edit(folder: Path, diff: str) -> None:
    """Make the change in the file that the first line names; the old text must be there once."""
    name, *lines = diff.splitlines()
    path = folder / name.removeprefix("--- ")
    old = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "-"))
    new = "".join(line[1:] + "\n" for line in lines if line[:1] in (" ", "+"))
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{name}: this is there {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


class Reader:
    """Somebody at a shell, who stays in the folder that the last command went to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        for name, arguments in (("conformance", " -c 'from tlaconform.cli import main; main()'"), ("python3", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable}{arguments} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        roots = [str(ROOT / name) for name in ("impl", "trace_checker", "conformance", "tools")]
        self._environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(roots),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }

    def runs(self, command: str) -> list[str]:
        done = subprocess.run(
            ["sh", "-c", f"{command}\nstatus=$?\npwd > '{self.folder}.pwd'\nexit $status"],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
        )
        assert "Traceback" not in done.stderr, done.stderr
        place = Path(f"{self.folder}.pwd")
        here = Path(place.read_text(encoding="utf-8").strip())
        place.unlink()
        self.folder = here
        return done.stdout.splitlines()


def followed(folder: Path) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """Every command, with its block's line, what it should print, and what it does."""
    for name in ("examples", "emitters"):
        shutil.copytree(ROOT / name, folder / name)
    reader = Reader(folder)
    for language, text, line in blocks():
        if language == "diff":
            edit(reader.folder, text)
        elif language == "console":
            for command, shown in commands(text):
                yield line, command, shown, reader.runs(command)


@pytest.mark.slow
def test_the_tutorial_shows_what_the_commands_print(tmp_path: Path) -> None:
    count = 0
    for line, command, shown, printed in followed(tmp_path):
        assert agrees(printed, shown), f"{TUTORIAL}:{line}: $ {command}\n" + "\n".join(printed)
        count += 1
    assert count > 10


def test_the_example_has_the_emitter_as_it_is() -> None:
    copied = ROOT / "examples" / "bank" / "traced" / "tla_trace.py"
    assert copied.read_bytes() == (ROOT / "emitters" / "python" / "tla_trace.py").read_bytes()


def test_files_that_are_shown_are_as_they_are_shown() -> None:
    shown = {language: text for language, text, _ in blocks() if language in ("tla", "yaml")}
    assert shown["yaml"] in (ROOT / "examples" / "bank" / "bank.yaml").read_text(encoding="utf-8")
    assert shown["tla"] in (ROOT / "examples" / "bank" / "Bank.tla").read_text(encoding="utf-8")


# The harness ----------------------------------------------------------------------------------------------------------


def test_outputs_are_compared_line_by_line() -> None:
    assert agrees(["a", "b"], ["a", "b"])
    assert not agrees(["a", "b"], ["a"])
    assert not agrees(["a"], ["a", "b"])
    assert agrees(["a", "b", "c"], ["a", "..."])
    assert agrees(["a", "b", "c"], ["...", "c"])
    assert not agrees(["a", "b", "c"], ["...", "b"])
    assert agrees(["x; 1.0 s, 20,255 generated/s"], ["x; 0.3 s, 9 generated/s"])


def test_commands_are_told_from_what_they_print() -> None:
    assert list(commands("$ a \\\n  b\nout\n$ c\n")) == [("a   b", ["out"]), ("c", [])]


def rewrite(folder: Path) -> None:
    """Show in the tutorial what the commands print."""
    text = TUTORIAL.read_text(encoding="utf-8")
    for _, command, shown, printed in followed(folder):
        if not agrees(printed, shown):
            old, new = (
                "".join(line.rstrip() + "\n" for line in [f"$ {command}", *lines]) for lines in (shown, printed)
            )
            text = text.replace(old, new, 1)
    TUTORIAL.write_text(text, encoding="utf-8")


def _as_shown(command: str, lines: list[str]) -> str:
    return "".join(line.rstrip() + "\n" for line in [f"$ {command}", *lines])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        rewrite(Path(name))
