"""The formulas that are evaluated on every state or step, ready to be called.

A formula is taken apart into its conjuncts, through definitions. One that reads only some of the variables is asked
once for each combination of their values: what it said is kept. Formulas whose value depends on more than the state
(``TLCGet``, ``RandomElement``) or that have effects are evaluated every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from tlatrace.compile import ExpressionError, incremental
from tlatrace.compile.analysis import Analysis, Reads
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.compile.early import step_test
from tlatrace.engine.explore.store import Code, StateStore
from tlatrace.location import Location
from tlatrace.semantics.spec import Definition, NamedFormula, Scope, StepFormula
from tlatrace.syntax import ast
from tlatrace.values import Value, type_name

Holds: TypeAlias = Callable[[Code], bool]
"""``(code of a state)``"""

StepHolds: TypeAlias = Callable[[Code, Code], bool]
"""``(code of a state, code of its successor)``"""

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


def _expression(evaluator: Evaluator, body: ast.Expr, scope: Scope) -> Evaluate:
    return evaluator.expression(body, scope)


class FormulaCompiler:
    """Makes formulas callable, for one evaluator. ``is_narrow``: they will be asked of states that come one out of
    the other, which differ by little; where states come from all sides, remembering what changed does not pay.
    """

    def __init__(self, evaluator: Evaluator, store: StateStore, *, is_narrow: bool = False) -> None:
        self._expression = incremental if is_narrow else _expression
        self._allowed = step_test if is_narrow else _expression
        self._evaluator = evaluator
        self._state_of = store.state
        self._analysis = Analysis()
        self.all_pure = True
        """Whether all formulas made so far are pure."""
        self._variable_count = len(evaluator.spec.variables)

    def is_pure(self, formula: NamedFormula) -> bool:
        """Whether what the formula says depends on states alone."""
        return self._analysis.reads(formula.body, formula.scope, ()).is_pure

    def state_formula(self, formula: NamedFormula, what: str) -> StateFormula:
        parts: list[Holds] = []
        is_pure = True
        for body, scope in _conjuncts(formula.body, formula.scope):
            reads = self._reads(body, scope)
            is_pure = is_pure and reads.is_pure
            evaluate = self._expression(self._evaluator, body, scope)
            truth = _state_truth(evaluate, self._state_of, f"{what} {formula.name}", formula.location)
            if reads.is_pure and len(reads.now) < self._variable_count:
                truth = _remembering_states(truth, tuple(sorted(reads.now)))
            parts.append(truth)
        return StateFormula(formula.name, formula.location, _all_states(parts), is_pure)

    def step_formula(self, formula: NamedFormula, what: str) -> StepTest:
        holds, is_pure = self._steps(formula.body, formula.scope, f"{what} {formula.name}", formula.location)
        return StepTest(formula.name, formula.location, holds, is_pure)

    def box(self, formula: StepFormula, name: str) -> StepTest:
        """``[A]_v`` of a property ``[][A]_v``; ``name`` is what the configuration calls the property."""
        what = f"property {name}"
        box = formula.box
        unchanged = ast.Apply("UNCHANGED", (box.subscript,), location=box.subscript.location)
        stutters, _ = self._steps(unchanged, formula.scope, what, formula.location)
        acts, is_pure = self._steps(box.action, formula.scope, what, formula.location, self._allowed)

        # The action may be long to evaluate; that nothing changed is not, and has no error.
        def holds(code: Code, successor: Code) -> bool:
            return stutters(code, successor) or acts(code, successor)

        return StepTest(name, formula.location, holds, is_pure)

    def _steps(
        self,
        body: ast.Expr,
        scope: Scope,
        what: str,
        location: Location,
        compiled: Callable[[Evaluator, ast.Expr, Scope], Evaluate] | None = None,
    ) -> tuple[StepHolds, bool]:
        """Whether all conjuncts of ``body`` hold of a step; whether that depends on the step alone."""
        parts: list[StepHolds] = []
        is_pure = True
        for part, inner in _conjuncts(body, scope):
            reads = self._reads(part, inner)
            is_pure = is_pure and reads.is_pure
            evaluate = (compiled or self._expression)(self._evaluator, part, inner)
            truth = _step_truth(evaluate, self._state_of, what, location)
            if reads.is_pure and len(reads.now | reads.after) < self._variable_count:
                truth = _remembering_steps(truth, tuple(sorted(reads.now)), tuple(sorted(reads.after)))
            parts.append(truth)
        return _all_steps(parts), is_pure

    def _reads(self, body: ast.Expr, scope: Scope) -> Reads:
        reads = self._analysis.reads(body, scope, ())
        self.all_pure = self.all_pure and reads.is_pure
        return reads


def _conjuncts(body: ast.Expr, scope: Scope) -> Iterator[tuple[ast.Expr, Scope]]:
    """The conjuncts of a formula in their order, each with the scope that its names are read in."""
    match body:
        case ast.Junction(operator="/\\", items=items):
            for item in items:
                yield from _conjuncts(item, scope)
        case ast.Label(body=inner):
            yield from _conjuncts(inner, scope)
        case ast.Name(name=name):
            match scope.get(name):
                case Definition(parameters=(), is_recursive=False, is_function=False) as definition:
                    yield from _conjuncts(definition.body, definition.scope)
                case _:
                    yield body, scope
        case _:
            yield body, scope


def _all_states(parts: list[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def holds(code: Code) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs more than the loop
            if not part(code):
                return False
        return True

    return holds


def _all_steps(parts: list[StepHolds]) -> StepHolds:
    if len(parts) == 1:
        return parts[0]

    def holds(code: Code, successor: Code) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs more than the loop
            if not part(code, successor):
                return False
        return True

    return holds


def _state_truth(evaluate: Evaluate, state_of: Callable[[Code], State], what: str, location: Location) -> Holds:
    def truth(code: Code) -> bool:
        value = evaluate(state_of(code), None)
        if value is True or value is False:
            return value
        raise ExpressionError(f"the {what} is {_indefinite(value)}, not TRUE or FALSE", location=location)

    return truth


def _step_truth(evaluate: Evaluate, state_of: Callable[[Code], State], what: str, location: Location) -> StepHolds:
    def truth(code: Code, successor: Code) -> bool:
        value = evaluate(state_of(code), state_of(successor))
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

    def holds(code: Code) -> bool:
        key = get(code)
        answer = known.get(key)
        if answer is None:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            answer = known[key] = truth(code)
        return answer

    return holds


def _remembering_steps(truth: StepHolds, now: tuple[int, ...], after: tuple[int, ...]) -> StepHolds:
    known: dict[Any, bool] = {}
    get_now, get_after = _getter(now), _getter(after)

    def holds(code: Code, successor: Code) -> bool:
        key = get_now(code), get_after(successor)
        answer = known.get(key)
        if answer is None:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            answer = known[key] = truth(code, successor)
        return answer

    return holds


def _getter(read: tuple[int, ...]) -> Callable[[Code], Any]:
    """The numbers of the values that are read."""
    return itemgetter(*read) if read else lambda code: ()
