"""The formulas that are evaluated on every state or step, ready to be called.

A formula that reads only some of the variables is asked once for each combination of their values: what it said is
kept. Formulas whose value depends on more than the state (``TLCGet``, ``RandomElement``) or that have effects are
evaluated every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from tlatrace.compile import ExpressionError
from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.engine.explore.store import Code
from tlatrace.location import Location
from tlatrace.semantics.spec import NamedFormula, Scope, StepFormula
from tlatrace.syntax import ast
from tlatrace.values import Value, type_name

Holds: TypeAlias = Callable[[State, Code], bool]
"""``(state, its code)``"""

StepHolds: TypeAlias = Callable[[State, State, Code, Code], bool]
"""``(state, successor, code of the state, code of the successor)``"""

REMEMBERED_MAX = 1 << 20
"""Answers kept for one formula; then they are forgotten and collected anew, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, eq=False)
class StateFormula:
    """A formula about one state. ``is_pure``: its value depends on the state alone."""

    name: str
    location: Location
    holds: Holds
    is_pure: bool


@dataclass(frozen=True, slots=True, eq=False)
class StepTest:
    """A formula about a step."""

    name: str
    location: Location
    holds: StepHolds
    is_pure: bool


class FormulaCompiler:
    """Makes formulas callable, for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._analysis = Analysis()
        self.all_pure = True
        """Whether all formulas made so far are pure."""
        self._variable_count = len(evaluator.spec.variables)

    def is_pure(self, formula: NamedFormula) -> bool:
        """Whether what the formula says depends on states alone."""
        return self._analysis.reads(formula.body, formula.scope, ()).is_pure

    def state_formula(self, formula: NamedFormula, what: str) -> StateFormula:
        evaluate = self._evaluator.expression(formula.body, formula.scope)
        reads = self._analysis.reads(formula.body, formula.scope, ())
        self.all_pure = self.all_pure and reads.is_pure
        truth = _state_truth(evaluate, f"{what} {formula.name}", formula.location)
        holds = truth
        if reads.is_pure and len(reads.now) < self._variable_count:
            holds = _remembering_states(truth, tuple(sorted(reads.now)))
        return StateFormula(formula.name, formula.location, holds, reads.is_pure)

    def step_formula(self, formula: NamedFormula, what: str) -> StepTest:
        return self._step(formula.name, formula.body, formula.scope, formula.location, what)

    def box(self, formula: StepFormula, name: str) -> StepTest:
        """``[A]_v`` of a property ``[][A]_v``; ``name`` is what the configuration calls the property."""
        return self._step(name, formula.box, formula.scope, formula.location, "property")

    def _step(self, name: str, body: ast.Expr, scope: Scope, location: Location, what: str) -> StepTest:
        evaluate = self._evaluator.expression(body, scope)
        reads = self._analysis.reads(body, scope, ())
        self.all_pure = self.all_pure and reads.is_pure
        truth = _step_truth(evaluate, f"{what} {name}", location)
        holds = truth
        if reads.is_pure and len(reads.now | reads.after) < self._variable_count:
            holds = _remembering_steps(truth, tuple(sorted(reads.now)), tuple(sorted(reads.after)))
        return StepTest(name, location, holds, reads.is_pure)


def _state_truth(evaluate: Evaluate, what: str, location: Location) -> Holds:
    def truth(state: State, code: Code) -> bool:
        value = evaluate(state, None)
        if value is True or value is False:
            return value
        raise ExpressionError(f"the {what} is {_indefinite(value)}, not TRUE or FALSE", location=location)

    return truth


def _step_truth(evaluate: Evaluate, what: str, location: Location) -> StepHolds:
    def truth(state: State, successor: State, code: Code, successor_code: Code) -> bool:
        value = evaluate(state, successor)
        if value is True or value is False:
            return value
        raise ExpressionError(f"the {what} is {_indefinite(value)}, not TRUE or FALSE", location=location)

    return truth


def _indefinite(value: Value) -> str:
    kind = type_name(value)
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _remembering_states(truth: Holds, read: tuple[int, ...]) -> Holds:
    known: dict[Any, bool] = {}
    get = _getter(read)

    def holds(state: State, code: Code) -> bool:
        key = get(code)
        answer = known.get(key)
        if answer is None:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            answer = known[key] = truth(state, code)
        return answer

    return holds


def _remembering_steps(truth: StepHolds, now: tuple[int, ...], after: tuple[int, ...]) -> StepHolds:
    known: dict[Any, bool] = {}
    get_now, get_after = _getter(now), _getter(after)

    def holds(state: State, successor: State, code: Code, successor_code: Code) -> bool:
        key = get_now(code), get_after(successor_code)
        answer = known.get(key)
        if answer is None:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            answer = known[key] = truth(state, successor, code, successor_code)
        return answer

    return holds


def _getter(read: tuple[int, ...]) -> Callable[[Code], Any]:
    """The numbers of the values that are read."""
    return itemgetter(*read) if read else lambda code: ()
