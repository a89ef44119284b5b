"""Temporal properties of the behaviors of a state graph."""

from tlatrace.engine.liveness.check import LivenessPlan, LivenessViolation, check_liveness, plan_liveness
from tlatrace.engine.liveness.errors import LivenessError
from tlatrace.engine.liveness.predicates import Graph
from tlatrace.engine.liveness.watch import LivenessWatch, varying_atoms

__all__ = [
    "Graph",
    "LivenessError",
    "LivenessPlan",
    "LivenessViolation",
    "LivenessWatch",
    "check_liveness",
    "plan_liveness",
    "varying_atoms",
]
