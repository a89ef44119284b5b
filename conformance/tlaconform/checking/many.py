"""Several traces: one after the other or at once, with verdicts in the order of the traces whatever the number of jobs.

With ``fail_fast``, no trace is begun after one (in the order in which they were given) that is not accepted, and what
was begun after it is dropped: which traces have a verdict does not depend on the number of jobs either.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from tlaconform.checking.judges import Judge, MakeJudge, MappingJudge, judged_safely
from tlaconform.checking.options import CheckOptions
from tlaconform.checking.questions import CheckInterrupted
from tlaconform.checking.run import Progress
from tlaconform.checking.workers import Workers
from tlatrace.compile import run_with_deep_stack
from tlatrace.engine.verdict import Decision, Verdict

Arrived = Callable[[int, Verdict], None]
"""Called with the number of a trace (from 0) and its verdict, as soon as there is one."""


class ChecksInterrupted(KeyboardInterrupt):
    """Ctrl-C; ``verdicts`` are those that were reached before it, in the order of the traces."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        super().__init__()
        self.verdicts = list(verdicts)


def check_traces(
    traces: Sequence[str],
    options: CheckOptions,
    *,
    jobs: int = 1,
    fail_fast: bool = False,
    progress: Progress | None = None,
    arrived: Arrived | None = None,
) -> list[Verdict]:
    """The verdict on each trace, in order; with ``fail_fast``, up to the first that is not accepted.

    Raises:
        ChecksInterrupted: Ctrl-C, with the verdicts that were reached before it.
    """
    make = functools.partial(MappingJudge, options)
    return judge_traces(traces, make, jobs=jobs, fail_fast=fail_fast, progress=progress, arrived=arrived)


def judge_traces(
    traces: Sequence[str],
    make: MakeJudge,
    *,
    jobs: int = 1,
    fail_fast: bool = False,
    progress: Progress | None = None,
    arrived: Arrived | None = None,
) -> list[Verdict]:
    """As :func:`check_traces`, by judges of any kind."""
    run = _Run(traces, make, fail_fast, progress, arrived)
    try:
        if jobs == 1 or len(traces) == 1:
            run.in_turn(range(len(traces)), make())
        else:
            run.at_once(min(jobs, len(traces)))
    except KeyboardInterrupt:
        raise ChecksInterrupted(run.verdicts) from None
    return run.verdicts


def is_success(verdict: Verdict) -> bool:
    """Whether the trace conforms, by all that was asked for."""
    return verdict.decision is Decision.ACCEPTED and not verdict.strength.is_too_low


class _Run:
    """The verdicts so far, and how many there will be."""

    def __init__(
        self,
        traces: Sequence[str],
        make: MakeJudge,
        fail_fast: bool,
        progress: Progress | None,
        arrived: Arrived | None,
    ) -> None:
        self._traces = traces
        self._make = make
        self._fail_fast = fail_fast
        self._progress = progress
        self._arrived = arrived
        self._found: dict[int, Verdict] = {}
        self._end = len(traces)
        """No trace from this number on is judged."""

    @property
    def verdicts(self) -> list[Verdict]:
        return [self._found[number] for number in sorted(self._found) if number < self._end]

    def in_turn(self, numbers: Sequence[int], judge: Judge) -> None:
        """Judge these traces in this process."""
        for number in numbers:
            if number < self._end:
                try:
                    verdict = judged_safely(judge, self._traces[number], self._progress)
                except CheckInterrupted as interrupted:
                    self._add(number, interrupted.verdict)
                    raise
                self._add(number, verdict)

    def at_once(self, jobs: int) -> None:
        """Judge all traces, in so many processes."""
        judge = self._make()
        run_with_deep_stack(lambda: judge.prepare(self._traces))
        # Standard input belongs to this process.
        here = [number for number, trace in enumerate(self._traces) if trace == "-"]
        waiting = [number for number, trace in enumerate(self._traces) if trace != "-"]
        with Workers(jobs, self._make, judge, self._progress) as workers:
            self._hand_out(waiting, workers)
            self.in_turn(here, judge)
            while workers.traces:
                for number, verdict in workers.results():
                    self._add(number, verdict)
                workers.drop(beyond=self._end - 1)
                self._hand_out(waiting, workers)

    def _hand_out(self, waiting: list[int], workers: Workers) -> None:
        while waiting and waiting[0] < self._end and workers.has_idle:
            workers.give(waiting[0], self._traces[waiting[0]])
            del waiting[0]

    def _add(self, number: int, verdict: Verdict) -> None:
        self._found[number] = verdict
        if self._fail_fast and not is_success(verdict):
            self._end = min(self._end, number + 1)
        if self._arrived is not None:
            self._arrived(number, verdict)
