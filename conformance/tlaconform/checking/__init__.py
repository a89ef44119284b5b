"""Checking traces: what ``conformance check`` does, as functions.

:func:`check_trace` judges a recorded trace, :func:`check_traces` several; :class:`LiveCheck` judges events as they
happen. Read on in this order: ``options`` (what a check is told), ``workbench`` (files read once, specifications
compiled once), ``source`` (where events come from), ``session`` (events in, verdict out), ``run`` (one trace), ``many``
(several).
"""

from tlaconform.checking.many import check_traces
from tlaconform.checking.options import CheckOptions
from tlaconform.checking.run import Progress, check_trace
from tlaconform.checking.session import LiveCheck
from tlaconform.checking.source import Source
from tlaconform.checking.workbench import Loaded, Workbench

__all__ = [
    "CheckOptions",
    "LiveCheck",
    "Loaded",
    "Progress",
    "Source",
    "Workbench",
    "check_trace",
    "check_traces",
]
