"""Several traces at once, in processes of their own; the verdicts come in the order of the traces, whatever the number
of jobs.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from tlaconform.checking.options import CheckOptions
from tlaconform.checking.run import Progress, check_trace
from tlaconform.checking.workbench import Workbench
from tlaconform.errors import ConformanceError
from tlatrace.compile import run_with_deep_stack
from tlatrace.engine.verdict import Verdict


def check_traces(
    traces: Sequence[str], options: CheckOptions, *, jobs: int = 1, progress: Progress | None = None
) -> list[Verdict]:
    """The verdict on each trace, in order. ``progress`` is told of traces that are checked in this process."""
    if jobs == 1 or len(traces) == 1:
        return run_with_deep_stack(lambda: _check_in_turn(traces, options, progress))
    here = [trace for trace in traces if trace == "-"]
    with ProcessPoolExecutor(min(jobs, len(traces)), initializer=_start_worker, initargs=(options,)) as pool:
        futures: dict[int, Future[Verdict]] = {}
        try:
            for position, trace in enumerate(traces):
                if trace not in here:
                    futures[position] = pool.submit(_check_one, trace)
            own = iter(run_with_deep_stack(lambda: _check_in_turn(here, options, progress)) if here else ())
            return [futures[p].result() if p in futures else next(own) for p in range(len(traces))]
        except BrokenProcessPool:
            raise ConformanceError(
                "a process that checked a trace was ended from outside (is there too little memory?)",
                hint="--jobs 1 checks one trace at a time",
            ) from None
        except KeyboardInterrupt:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _check_in_turn(traces: Sequence[str], options: CheckOptions, progress: Progress | None) -> list[Verdict]:
    workbench = Workbench(options)
    return [check_trace(trace, workbench, progress) for trace in traces]


_workbench: Workbench | None = None


def _start_worker(options: CheckOptions) -> None:
    """Each process compiles the specification once. Ctrl-C is for the parent, which ends its workers."""
    global _workbench
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _workbench = Workbench(options)


def _check_one(trace: str) -> Verdict:
    workbench = _workbench
    assert workbench is not None
    return run_with_deep_stack(lambda: check_trace(trace, workbench))
