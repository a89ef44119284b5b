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
#: A process stands still that uses less of one processor than this. (An idle Java machine takes a thousandth.)
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

    `folder` also takes the file of standard error. A process that has used no processor to speak of for
    `standstill_limit_s` is ended, where the system tells (Linux does). Raises `ProcessError` if the program cannot be
    started and `StoppedError` if `stop` was thrown.
    """
    stop = stop or StopSwitch()
    started = time.monotonic()
    timed_out, stood_still, over = threading.Event(), threading.Event(), threading.Event()
    with terminate_as_interrupt(), (folder / "stderr").open("w+b") as stderr:
        process: subprocess.Popen[str] | None = None
        timer: threading.Timer | None = None
        watch: threading.Thread | None = None
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
                arguments = (process, standstill_limit_s, stood_still, over)
                watch = threading.Thread(target=_end_at_standstill, args=arguments, daemon=True)
                watch.start()
            assert process.stdout is not None, "standard output is a pipe"
            for line in process.stdout:
                on_line(line.rstrip("\r\n"))
            _await_end(process)
        finally:
            over.set()
            if watch is not None:
                watch.join()
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
        at_standstill = was_killed and stood_still.is_set() and not by_time_limit
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


def _end_at_standstill(
    process: subprocess.Popen[str], limit_s: float, stood_still: threading.Event, over: threading.Event
) -> None:
    used = processor_time_s(process.pid)
    while used is not None and not over.wait(limit_s):
        before, used = used, processor_time_s(process.pid)
        if used is not None and used - before < STANDSTILL_SHARE * limit_s:
            stood_still.set()
            _kill_group(process)
            return


def processor_time_s(pid: int) -> float | None:
    """What a running process has used of the processors so far; None where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # The name of the program, in parentheses, may have spaces. Of what follows it, these are utime and stime.
    fields = text[text.rindex(")") + 1 :].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
