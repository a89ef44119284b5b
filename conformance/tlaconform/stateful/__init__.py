"""Hypothesis state machines that look for executions which break the specification.

Needs the extra ``tla-conformance[hypothesis]``.
"""

from tlaconform.stateful.hunt import Hunt, HuntOptions, hunt
from tlaconform.stateful.machine import ConformanceMachine, NonConformance

__all__ = ["ConformanceMachine", "Hunt", "HuntOptions", "NonConformance", "hunt"]
