"""Processes that judge traces: each is given one trace after the other, and tells of its progress.

Where processes can be forked, they share what the parent has loaded; elsewhere each makes a judge of its own, from the
compiled code on disk. A process that is ended from outside costs the trace that it had, and no other; it is replaced.
Ctrl-C is for the parent, which ends its workers: none outlives :meth:`Workers.close`.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from tlaconform.checking.judges import Judge, MakeJudge, judged_safely, unjudged
from tlaconform.checking.run import Progress
from tlatrace.engine.verdict import Verdict

PROGRESS_EVERY_SECONDS = 0.2
"""No oftener than a line on a terminal is drawn anew."""

END_WITHIN_SECONDS = 5.0
"""A worker that is told to end ends at once, unless the machine is very busy; then it is killed."""

ENDED_FROM_OUTSIDE = "a process that checked this trace was ended from outside (is there too little memory?)"


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    trace: tuple[int, str] | None = None


class Workers:
    """So many processes; ``judge`` is what they share, where they can share anything."""

    def __init__(self, count: int, make: MakeJudge, judge: Judge, progress: Progress | None) -> None:
        self._is_forked = "fork" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("fork" if self._is_forked else "spawn")
        self._make = make
        self._judge = judge
        self._progress = progress
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(self._started())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def has_idle(self) -> bool:
        return any(worker.trace is None for worker in self._workers)

    @property
    def traces(self) -> list[int]:
        """The numbers of the traces that are being judged."""
        return [worker.trace[0] for worker in self._workers if worker.trace is not None]

    def give(self, number: int, trace: str) -> None:
        """Have an idle worker judge ``trace``."""
        worker = next(worker for worker in self._workers if worker.trace is None)
        worker.trace = number, trace
        try:
            worker.connection.send((number, trace))
        except OSError:
            return  # it is gone: :meth:`results` finds that out, too

    def results(self) -> Iterator[tuple[int, Verdict]]:
        """Wait until something is told; the verdicts among it."""
        by_connection = {worker.connection: worker for worker in self._workers if worker.trace is not None}
        for ready in wait(list(by_connection)):
            worker = by_connection[ready]  # type: ignore[index]
            assert worker.trace is not None
            number, trace = worker.trace
            try:
                told = worker.connection.recv()
            except (EOFError, OSError):
                self._replace(worker)
                yield number, unjudged(trace, ENDED_FROM_OUTSIDE, hint="--jobs 1 checks one trace at a time")
                continue
            if isinstance(told, Verdict):
                worker.trace = None
                yield number, told
            elif self._progress is not None:
                self._progress(*told)

    def drop(self, beyond: int) -> None:
        """End the judging of all traces with a number greater than ``beyond``."""
        for worker in self._workers:
            if worker.trace is not None and worker.trace[0] > beyond:
                self._replace(worker)

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            _end(worker)

    def _replace(self, worker: _Worker) -> None:
        _end(worker)
        self._workers[self._workers.index(worker)] = self._started()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        # What a forked process inherits would keep the pipes of the others open after their parent is gone.
        inherited = [ours, *(worker.connection for worker in self._workers)] if self._is_forked else []
        shared = self._judge if self._is_forked else None
        process = self._context.Process(
            target=_work, args=(theirs, inherited, self._make, shared, self._progress is not None), daemon=True
        )
        with _interrupts_held_back():
            process.start()
        theirs.close()
        return _Worker(process, ours)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C comes to this process afterwards; a process that is started meanwhile never hears of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(worker: _Worker) -> None:
    worker.process.terminate()
    worker.process.join(END_WITHIN_SECONDS)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.connection.close()


def _work(
    connection: Connection, inherited: Sequence[Connection], make: MakeJudge, shared: Judge | None, tells: bool
) -> None:
    """What a worker does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # This is how the parent ends it.
    for other in inherited:
        other.close()
    judge = shared if shared is not None else make()
    progress = _teller(connection) if tells else None
    try:
        while True:
            _, trace = connection.recv()
            connection.send(judged_safely(judge, trace, progress))
    except (EOFError, OSError):
        return  # the parent is gone


def _teller(connection: Connection) -> Progress:
    told = 0.0

    def tell(trace: str, events: int, seconds: float) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= PROGRESS_EVERY_SECONDS:
            told = now
            connection.send((trace, events, seconds))

    return tell
