"""One child process in a process group of its own, which does not outlive the call that started it.

However `run_process` is left (the end of the process, a limit, Ctrl-C, SIGTERM, a `StopSwitch`, an exception in
`on_line`) the whole group is dead afterwards. Nothing here knows Java or TLC.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tlacheck.errors import ProcessError, StoppedError

#: Of what a process writes to standard error, the last part is kept for error messages.
STDERR_TAIL_BYTES = 4_000
#: A group of processes stands still that uses less of one processor than this, and says nothing. (An idle Java machine
#: takes a thousandth.)
STANDSTILL_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEnd:
    """`exit_code` is None when a limit ended the process: the time limit, or that for standing still."""

    exit_code: int | None
    timed_out: bool
    stood_still: bool
    duration_s: float
    stderr_tail: str


class StopSwitch:
    """Ends runs in other threads: Ctrl-C reaches the main thread only, so whoever runs several passes one switch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._thrown = False

    @property
    def thrown(self) -> bool:
        return self._thrown

    def throw(self) -> None:
        """Kill every process that runs under this switch; later ones end as soon as they begin."""
        with self._lock:
            self._thrown = True
            for process in self._running:
                _kill_group(process)

    def add(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._running.add(process)
            if self._thrown:
                _kill_group(process)

    def discard(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._running.discard(process)


def run_process(
    argv: Sequence[str],
    *,
    folder: Path,
    on_line: Callable[[str], None],
    time_limit_s: float | None = None,
    standstill_limit_s: float | None = None,
    environment: Mapping[str, str] | None = None,
    stop: StopSwitch | None = None,
) -> ProcessEnd:
    """Run `argv` in `folder`, passing every line of its standard output, without line end, to `on_line`.

    `folder` also takes the file of standard error. A group that for `standstill_limit_s` has printed nothing, and used
    no processor to speak of, is ended, where the system tells (Linux does). Raises `ProcessError` if the program cannot
    be started and `StoppedError` if `stop` was thrown.
    """
    stop = stop or StopSwitch()
    started = time.monotonic()
    timed_out = threading.Event()
    watch: _StandstillWatch | None = None
    with terminate_as_interrupt(), (folder / "stderr").open("w+b") as stderr:
        process: subprocess.Popen[str] | None = None
        timer: threading.Timer | None = None
        try:
            try:
                process = subprocess.Popen(
                    list(argv),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    encoding="utf-8",
                    errors="replace",
                    env=dict(environment) if environment is not None else None,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProcessError(f"cannot start {argv[0]}: {error.strerror or error}") from error
            stop.add(process)
            if time_limit_s is not None:
                timer = threading.Timer(max(0.0, time_limit_s), _time_out, (process, timed_out))
                timer.daemon = True
                timer.start()
            if standstill_limit_s is not None:
                watch = _StandstillWatch(process, standstill_limit_s)
            assert process.stdout is not None, "standard output is a pipe"
            for line in process.stdout:
                if watch is not None:
                    watch.lines += 1
                on_line(line.rstrip("\r\n"))
            _await_end(process)
        finally:
            if watch is not None:
                watch.end()
            if timer is not None:
                timer.cancel()
                timer.join()
            if process is not None:
                # Not reaped until here, so the group's id still belongs to it and nobody else can be hit.
                _kill_group(process)
                stop.discard(process)
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
        if stop.thrown:
            raise StoppedError("the run was stopped")
        exit_code = process.returncode
        was_killed = exit_code < 0 or os.name == "nt"
        by_time_limit = was_killed and timed_out.is_set()
        at_standstill = was_killed and watch is not None and watch.has_struck and not by_time_limit
        return ProcessEnd(
            exit_code=None if by_time_limit or at_standstill else exit_code,
            timed_out=by_time_limit,
            stood_still=at_standstill,
            duration_s=time.monotonic() - started,
            stderr_tail=_tail(folder / "stderr"),
        )


@contextlib.contextmanager
def terminate_as_interrupt() -> Iterator[None]:
    """Inside, SIGTERM unwinds this process as Ctrl-C does. A handler of the caller's own is left alone."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _time_out(process: subprocess.Popen[str], timed_out: threading.Event) -> None:
    timed_out.set()
    _kill_group(process)


class _StandstillWatch:
    """Looks at a process and its group every so often, and ends it if nothing has come of it since the last look."""

    def __init__(self, process: subprocess.Popen[str], limit_s: float) -> None:
        self.lines = 0
        self.has_struck = False
        self._process = process
        self._limit_s = limit_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """The process is over, whatever ended it."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        lines, used = self.lines, processor_time_s(self._process.pid)
        while used is not None and not self._over.wait(self._limit_s):
            lines_before, lines = lines, self.lines
            before, used = used, processor_time_s(self._process.pid)
            if used is not None and lines == lines_before and used - before < STANDSTILL_SHARE * self._limit_s:
                self.has_struck = True
                _kill_group(self._process)
                return


def processor_time_s(group: int) -> float | None:
    """What the running processes of a group have used of the processors; None where the system does not tell."""
    ticks = None
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="ascii", errors="replace")
        except OSError:
            continue  # It has ended since.
        # The name of the program, in parentheses, may have spaces. After it: state, parent, group; from the twelfth on,
        # what it has used, for itself and the system, and the same of its children that have ended.
        fields = text[text.rindex(")") + 1 :].split()
        if int(fields[2]) == group:
            ticks = (ticks or 0) + sum(map(int, fields[11:15]))
    return None if ticks is None else ticks / os.sysconf("SC_CLK_TCK")


def _await_end(process: subprocess.Popen[str]) -> None:
    """Wait until the process has ended, leaving it to be reaped."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()


def _kill_group(process: subprocess.Popen[str]) -> None:
    """SIGKILL, because all that the group has on disk is in a folder that is removed next."""
    if hasattr(os, "killpg"):
        # The leader may be gone while its children are not.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - STDERR_TAIL_BYTES))
        return file.read().decode("utf-8", errors="replace").strip()
