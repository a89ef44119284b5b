"""Processes that are measured: each has its own memory and start, and caches that are the benchmark's alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from tlatrace.cache import VARIABLE as CACHE_VARIABLE

PROCESS_LIMIT_S = 600.0
"""Of one measurement: far more than any takes, so that a hanging one is an error and not a hanging benchmark."""


class Processes:
    """Runs one process after the other, with caches of compiled specifications and of Python's bytecode in ``folder``:
    the user's neither help nor are touched."""

    def __init__(self, folder: Path, *, limit_s: float = PROCESS_LIMIT_S) -> None:
        self._folder = folder
        self._limit_s = limit_s
        self._bytecode = folder / "bytecode"
        self.cache = self.empty_cache()

    def empty_cache(self) -> Path:
        """A folder for compiled specifications with nothing in it."""
        return Path(tempfile.mkdtemp(dir=self._folder, prefix="cache-"))

    def timed(self, command: list[str], cache: Path | None = None) -> float:
        """The seconds from the start of a process to its end."""
        started = time.perf_counter()
        self.run(command, cache)
        return time.perf_counter() - started

    def child(self, arguments: list[str], cache: Path | None = None) -> dict[str, Any]:
        """What :mod:`bench.child` prints."""
        found: dict[str, Any] = json.loads(self.run([sys.executable, "-m", "bench.child", *arguments], cache))
        return found

    def timed_child(self, arguments: list[str]) -> tuple[dict[str, Any], float]:
        """The same, with the seconds from the start of its process to the end."""
        started = time.perf_counter()
        found = self.child(arguments)
        return found, time.perf_counter() - started

    def run(self, command: list[str], cache: Path | None = None) -> str:
        """What the command prints.

        Raises:
            BenchError: it fails, or takes too long.
        """
        shown = " ".join(command[1:])
        # A program that is installed has its bytecode beside it, whatever this shell asks of Python.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {CACHE_VARIABLE: str(cache or self.cache), "PYTHONPYCACHEPREFIX": str(self._bytecode)}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=self._limit_s)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{shown}: not done after {self._limit_s:g} s") from None
        if done.returncode != 0:
            raise BenchError(f"{shown}: exit status {done.returncode}\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout
