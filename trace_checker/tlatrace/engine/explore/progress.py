"""What both searches share: limits, what was found, how far the search is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.engine.explore.formulas import StateFormula, StepTest
from tlatrace.engine.explore.model import Model
from tlatrace.engine.explore.outcome import Result
from tlatrace.engine.explore.store import Code
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.stdlib.tlc import ASSERT_FAILED
from tlatrace.values import EvaluationError

ROOT = -1
"""The predecessor of an initial state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a search ends undecided. ``depth`` counts states on a path."""

    depth: int | None = None
    states: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a search ended early: ``state`` is the number of the last state of the path, ``successor`` the state after
    it, where the violation is there (which has no number, or need not have one).
    """

    result: Result
    state: int = ROOT
    successor: State | None = None
    violated: tuple[str, ...] = ()
    location: Location | None = None
    error: TlatraceError | None = None
    limit: str = ""


@dataclass(slots=True)
class Progress:
    """What a progress line and ``TLCGet`` show."""

    depth: int = 0
    generated: int = 0
    distinct: int = 0
    queue: int = 0
    level: int = 0
    current: int = ROOT


Tell = Callable[[Progress], None]


def is_assertion(error: TlatraceError) -> bool:
    """Whether the error is ``Assert(FALSE, …)``."""
    return isinstance(error, EvaluationError) and error.message.startswith(ASSERT_FAILED)


def first_false(formulas: tuple[StateFormula, ...], code: Code) -> StateFormula | None:
    for formula in formulas:
        if not formula.holds(code):
            return formula
    return None


def violation(
    formula: StateFormula | StepTest, state: int, successor: State, result: Result = Result.SAFETY
) -> Finding:
    return Finding(result=result, state=state, successor=successor, violated=(formula.name,), location=formula.location)


def failure_of(model: Model, error: TlatraceError, state: int, successor: State | None) -> Finding:
    """What an error makes of a search: in expanding ``state``, or in judging its ``successor``."""
    return Finding(
        result=Result.ASSERTION if is_assertion(error) else Result.ERROR,
        state=state,
        successor=successor,
        violated=() if successor is None else at_fault(model, state, successor),
        error=error,
        location=error.location,
    )


def at_fault(model: Model, number: int, successor: State) -> tuple[str, ...]:
    """The invariant or property whose evaluation failed on a successor of state ``number``, found by evaluating once
    more.
    """
    code = model.store.encode(successor)
    formulas = model.invariants if number != ROOT else (*model.invariants, *model.initial)
    for formula in formulas:
        try:
            formula.holds(code)
        except TlatraceError:
            return (formula.name,)
    for step in model.steps if number != ROOT else ():
        try:
            step.holds(model.store.codes[number], code)
        except TlatraceError:
            return (step.name,)
    return ()
