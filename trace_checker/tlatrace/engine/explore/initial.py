"""The initial states of a model, each judged when its turn comes: what all searches begin with."""

from __future__ import annotations

from collections.abc import Callable

from tlatrace.compile.api import State
from tlatrace.engine.explore.model import Model
from tlatrace.engine.explore.outcome import Result
from tlatrace.engine.explore.progress import ROOT, Finding, Progress, failure_of, first_false, violation
from tlatrace.engine.explore.store import Code
from tlatrace.errors import TlatraceError


def judge_initial_states(model: Model, progress: Progress, judge: Callable[[State], Finding | None]) -> Finding | None:
    """What ``judge`` finds first. Where Init has no value, the states that it made before are judged all the same."""
    found: list[State] = []
    failure: TlatraceError | None = None
    try:
        found.extend(model.evaluator.initial_states())
    except TlatraceError as error:
        failure = error
    for state in found:
        progress.generated += 1
        try:
            finding = judge(state)
        except TlatraceError as error:
            finding = failure_of(model, error, ROOT, state)
        if finding is not None:
            return finding
    progress.distinct = progress.queue = len(model.store)
    return None if failure is None else failure_of(model, failure, ROOT, None)


def violated_initially(model: Model, state: State, code: Code) -> Finding | None:
    """The invariant that an initial state violates, or the property that speaks of initial states alone."""
    violated = first_false(model.invariants, code)
    if violated is not None:
        return violation(violated, ROOT, state)
    violated = first_false(model.initial, code)
    return None if violated is None else violation(violated, ROOT, state, Result.LIVENESS)
