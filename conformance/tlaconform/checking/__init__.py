"""Checking traces: what ``conformance check`` does, as functions.

:func:`check_trace` judges a recorded trace, :func:`check_traces` several; :class:`LiveCheck` judges events as they
happen. Read on in this order: ``options`` (what a check is told), ``workbench`` (files read once, specifications
compiled once), ``source`` (where events come from), ``session`` (events in, verdict out), ``run`` (one trace),
``streaming`` and ``checkpoints`` (as it comes, and another time), ``judges`` (the ways to judge one), ``many``
(several), ``workers`` (their processes).
"""

from tlaconform.checking.judges import Judge, MakeJudge
from tlaconform.checking.many import ChecksInterrupted, check_traces, is_success, judge_traces
from tlaconform.checking.options import CheckOptions
from tlaconform.checking.run import Progress, check_trace
from tlaconform.checking.session import LiveCheck
from tlaconform.checking.source import Source, Trace
from tlaconform.checking.streaming import Streaming
from tlaconform.checking.workbench import Loaded, Workbench

__all__ = [
    "CheckOptions",
    "ChecksInterrupted",
    "Judge",
    "LiveCheck",
    "Loaded",
    "MakeJudge",
    "Progress",
    "Source",
    "Streaming",
    "Trace",
    "Workbench",
    "check_trace",
    "check_traces",
    "is_success",
    "judge_traces",
]
