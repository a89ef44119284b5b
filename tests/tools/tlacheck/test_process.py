"""A child process never outlives the call, however the call ends."""

import os
import select
import signal
import sys
import threading
from pathlib import Path

import pytest

from tlacheck import ProcessError, StoppedError, StopSwitch
from tlacheck.process import processor_time_s, run_process

#: Starts a child of its own, tells both ids, then waits for ever.
FAMILY = (
    "import os, subprocess, sys; "
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'], stdout=subprocess.DEVNULL); "
    "print(os.getpid(), child.pid, flush=True); "
    "import signal; signal.pause()"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def all_die(line: str) -> bool:
    """Whether the processes of a printed line end: the kernel takes a moment to do what a signal says."""
    for pid in map(int, line.split()):
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([descriptor], [], [], 20)
        os.close(descriptor)
        if not ended:
            return False
    return True


def test_lines_and_status(tmp_path: Path) -> None:
    lines: list[str] = []

    end = run_process(
        python("import sys; print('a'); print('é\\r'); print('woe', file=sys.stderr); sys.exit(3)"),
        folder=tmp_path,
        on_line=lines.append,
        environment={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )

    assert lines == ["a", "é"]
    assert (end.exit_code, end.timed_out, end.stderr_tail) == (3, False, "woe")


def test_the_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    lines: list[str] = []

    end = run_process(python(FAMILY), folder=tmp_path, on_line=lines.append, time_limit_s=1.0)

    assert (end.exit_code, end.timed_out) == (None, True)
    assert lines
    assert all_die(lines[0])


TELLS = pytest.mark.skipif(processor_time_s(os.getpgrp()) is None, reason="the system does not tell what is used")


@TELLS
def test_a_process_that_stands_still_is_ended_with_its_group(tmp_path: Path) -> None:
    lines: list[str] = []

    end = run_process(python(FAMILY), folder=tmp_path, on_line=lines.append, standstill_limit_s=1.0, time_limit_s=60)

    assert (end.exit_code, end.timed_out, end.stood_still) == (None, False, True)
    assert lines
    assert all_die(lines[0])


WORKS = "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass\nprint('done')"
SPEAKS = "import time\nfor _ in range(6): print('done', flush=True); time.sleep(0.25)"
HAS_A_CHILD_THAT_WORKS = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {WORKS!r}])"


@pytest.mark.parametrize("code", [WORKS, SPEAKS, HAS_A_CHILD_THAT_WORKS])
def test_one_that_works_or_speaks_is_not(tmp_path: Path, code: str) -> None:
    lines: list[str] = []

    end = run_process(python(code), folder=tmp_path, on_line=lines.append, standstill_limit_s=0.5)

    assert (end.exit_code, end.stood_still, set(lines)) == (0, False, {"done"})


def test_an_exception_of_the_reader_ends_the_whole_group(tmp_path: Path) -> None:
    lines: list[str] = []

    def fail(line: str) -> None:
        lines.append(line)
        raise LookupError(line)

    with pytest.raises(LookupError):
        run_process(python(FAMILY), folder=tmp_path, on_line=fail)

    assert all_die(lines[0])


def test_the_switch_ends_a_run_of_another_thread(tmp_path: Path) -> None:
    stop, started, raised = StopSwitch(), threading.Event(), []

    def run() -> None:
        try:
            run_process(python(FAMILY), folder=tmp_path, on_line=lambda line: started.set(), stop=stop)
        except StoppedError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(20)
    stop.throw()
    thread.join(20)

    assert len(raised) == 1


def test_a_thrown_switch_ends_a_run_that_begins_later(tmp_path: Path) -> None:
    stop = StopSwitch()
    stop.throw()

    with pytest.raises(StoppedError):
        run_process(python(FAMILY), folder=tmp_path, on_line=lambda line: None, stop=stop)


def test_sigterm_unwinds_as_an_interrupt_and_the_handler_is_put_back(tmp_path: Path) -> None:
    lines: list[str] = []

    def terminate(line: str) -> None:
        lines.append(line)
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        run_process(python(FAMILY), folder=tmp_path, on_line=terminate)

    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert all_die(lines[0])


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="cannot start /no/such/java: No such file"):
        run_process(["/no/such/java"], folder=tmp_path, on_line=lambda line: None)
