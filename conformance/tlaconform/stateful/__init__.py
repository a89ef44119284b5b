"""Hypothesis state machines that look for executions which break the specification.

Needs the extra ``tla-conformance[hypothesis]``.
"""

from tlaconform.stateful.causes import Cause, cause_of
from tlaconform.stateful.hunts import Hunt, HuntOptions, hunt
from tlaconform.stateful.machine import ConformanceMachine, NonConformance, SystemCrashed

__all__ = [
    "Cause",
    "ConformanceMachine",
    "Hunt",
    "HuntOptions",
    "NonConformance",
    "SystemCrashed",
    "cause_of",
    "hunt",
]
