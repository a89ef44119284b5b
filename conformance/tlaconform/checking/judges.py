"""What gives a verdict on a trace: the seam between running over many traces and the ways to judge one.

A :class:`Judge` is made once a process, and asked for one trace after the other. :class:`MappingJudge` judges by a
specification and a mapping; a specification that reads its trace itself has a judge of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tlaconform.bugs import write_bug_report
from tlaconform.checking.options import CheckOptions
from tlaconform.checking.run import Progress, check_trace
from tlaconform.checking.source import name_of_trace, open_source
from tlaconform.checking.streaming import Streaming
from tlaconform.checking.workbench import Workbench
from tlatrace.compile import run_with_deep_stack
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.errors import TlatraceError


class Judge(Protocol):
    """Gives verdicts on traces."""

    def prepare(self, traces: Sequence[str]) -> None:
        """Load what is the same for all of ``traces``, so that processes that are forked later share it. What is wrong
        is left to be found by :meth:`judge`."""
        ...

    def judge(self, trace: str, progress: Progress | None) -> Verdict:
        """The verdict on one trace; what is wrong with the input is one too."""
        ...


MakeJudge = Callable[[], Judge]
"""Makes a judge in the process that needs it; can be pickled, for systems on which processes cannot be forked."""


class MappingJudge:
    """Judges by a specification and a mapping."""

    def __init__(
        self, options: CheckOptions, streaming: Streaming | None = None, logs: Sequence[str] | None = None
    ) -> None:
        """``logs`` are the files of the only trace that is judged, where it has several."""
        self._workbench = Workbench(options)
        self._streaming = streaming
        self._logs = logs

    def prepare(self, traces: Sequence[str]) -> None:
        # What is no file, a pipe say, can be read only once.
        first = next((trace for trace in traces if Path(trace).is_file()), None)
        if first is None:
            return
        try:
            with open_source(first, self._workbench) as source:
                self._workbench.load(source.header, source.name, source)
        except TlatraceError:
            return  # found again, and told, when the trace is judged

    def judge(self, trace: str, progress: Progress | None) -> Verdict:
        return check_trace(self._logs or trace, self._workbench, progress, self._streaming)


def judged_safely(judge: Judge, trace: str, progress: Progress | None) -> Verdict:
    """The verdict on ``trace``, whatever happens: an exception that nobody expects spoils no other trace."""
    try:
        return run_with_deep_stack(lambda: judge.judge(trace, progress))
    except MemoryError:
        return unjudged(trace, "there was too little memory to judge this trace")
    except Exception as error:
        report = write_bug_report(error)
        return unjudged(
            trace,
            f"this is a bug of conformance ({type(error).__name__}: {error})",
            hint=f"please report it with {report}",
            bug_report=str(report),
        )


def unjudged(trace: str, reason: str, *, hint: str = "", bug_report: str = "") -> Verdict:
    """What takes the place of a verdict where none was reached, through no fault of the trace."""
    return Verdict(
        trace=name_of_trace(trace), decision=Decision.INVALID, reason=reason, hint=hint, bug_report=bug_report
    )
