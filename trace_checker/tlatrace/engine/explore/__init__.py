"""Breadth-first exploration of a specification's states, with TLC's verdicts and TLC's numbers."""

from tlatrace.engine.explore.exploring import ExploreOptions, explore
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.engine.explore.outcome import Counterexample, Counts, Exploration, Result, TraceState
from tlatrace.engine.explore.progress import Limits, Progress

__all__ = [
    "Counterexample",
    "Counts",
    "Exploration",
    "ExploreOptions",
    "Limits",
    "Progress",
    "Result",
    "StateGraph",
    "TraceState",
    "explore",
]
