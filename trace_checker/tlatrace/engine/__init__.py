"""The trace engine: rules, the frontier search, explanations, verdicts."""

from tlatrace.engine.cuts import CutSearch, Furthest, NextEvent
from tlatrace.engine.explain import explain, relevant_state
from tlatrace.engine.match import (
    FRONTIER_STATES_MAX,
    Matcher,
    Prepared,
    Property,
    SearchOrder,
    Snapshot,
    Status,
    Violation,
    Witness,
)
from tlatrace.engine.observation import Call, Candidate, Input, Observation, Rule, Silent, Translation, When
from tlatrace.engine.verdict import Decision, Explanation, Failure, Mismatch, Problem, StrengthReport, Verdict

__all__ = [
    "FRONTIER_STATES_MAX",
    "Call",
    "Candidate",
    "CutSearch",
    "Decision",
    "Explanation",
    "Failure",
    "Furthest",
    "Input",
    "Matcher",
    "Mismatch",
    "NextEvent",
    "Observation",
    "Prepared",
    "Problem",
    "Property",
    "Rule",
    "SearchOrder",
    "Silent",
    "Snapshot",
    "Status",
    "StrengthReport",
    "Translation",
    "Verdict",
    "Violation",
    "When",
    "Witness",
    "explain",
    "relevant_state",
]
