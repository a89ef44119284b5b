"""Why an action is not possible in a state: for each way of binding and branching, the first conjunct that stands in
the way.

The walk is TLC's (:mod:`tlatrace.compile.interpreter_actions`) with one difference: a formula that speaks of the
present state only is looked at as a whole, since a guard that is a disjunction is one guard to a reader. What is false
is taken apart as :mod:`tlatrace.compile.falsity` does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tlatrace.compile.api import UNBOUND, Argument, State
from tlatrace.compile.environment import Environment
from tlatrace.compile.falsity import ALTERNATIVES_MAX, Falsity
from tlatrace.compile.falsity import Obstacle as Obstacle
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.interpreter_actions import UNASSIGNED, InterpretedAction
from tlatrace.semantics.spec import ActionInstance, NamedFormula
from tlatrace.syntax import ast
from tlatrace.values import EvaluationError, Value, elements, member, same

OBSTACLES_MAX: Final = 200
"""More ways than this are a choice among values that nobody fixed; a reader needs a few of them, and to be told
that there are more.
"""


@dataclass(frozen=True, slots=True)
class _Passed:
    """A way that is open so far: the successor that was built, and how many conjuncts held."""

    partial: State
    depth: int


_Outcome = Obstacle | _Passed


def why_not(
    interpreter: Interpreter, action: ActionInstance, state: State, arguments: Sequence[Argument] = ()
) -> tuple[Obstacle, ...]:
    """What prevents ``action`` in ``state`` with these arguments, in the order of the walk; nothing where it is
    possible.

    ``arguments`` are those of :meth:`~tlatrace.compile.api.Action.successors`. At most OBSTACLES_MAX obstacles, then
    one of the kind ``cut``.
    """
    obstacles: list[Obstacle] = []
    for obstacle in _Search(interpreter, action, state, arguments).run():
        if len(obstacles) == OBSTACLES_MAX:
            detail = f"there are more than {OBSTACLES_MAX} ways to bind and branch; the rest was not looked at"
            cut = Obstacle(conjunct=action.body, location=action.location, text=action.name, kind="cut", depth=-1)
            obstacles.append(replace(cut, detail=detail))
            break
        obstacles.append(obstacle)
    return tuple(obstacles)


def why_excluded(
    interpreter: Interpreter, formula: NamedFormula, state: State, successor: State
) -> tuple[Obstacle, ...]:
    """What makes ``formula``, a constraint, false of a step that Next allows; nothing where it is true. A constraint on
    states is read in ``successor``, given for both.
    """
    action = ActionInstance(formula.name, None, (), (), (), formula.body, formula.scope, formula.location)
    found: list[Obstacle] = []
    for obstacle in _Search(interpreter, action, state, ()).excluded(successor):
        if obstacle is None:
            return ()
        found.append(obstacle)
        if len(found) == OBSTACLES_MAX:
            break
    return tuple(found)


class _Search(Falsity):
    """One action in one state."""

    def __init__(
        self, interpreter: Interpreter, action: ActionInstance, state: State, arguments: Sequence[Argument]
    ) -> None:
        super().__init__(interpreter, state)
        self._action = action
        self._given = arguments
        self._fixed = InterpretedAction(interpreter, action).fixed_binders(arguments)

    def excluded(self, successor: State) -> Iterator[Obstacle | None]:
        """The obstacles of a formula where the next state is known; None for a way in which it is true."""
        environment = Environment({}, self._action.scope)
        for outcome in self._walk(*self._entered(environment), successor, 0):
            yield outcome if isinstance(outcome, Obstacle) else None

    def run(self) -> Iterator[Obstacle]:
        if self._fixed is None:
            body = self._action.body
            detail = "two arguments give different values to one bound name"
            yield self.obstacle(body, Environment({}, self._action.scope), 0, "domain", detail=detail)
            return
        nothing = (UNASSIGNED,) * len(self._state)
        for bound in self._bound(0, Environment({}, self._action.scope)):
            if isinstance(bound, Obstacle):
                yield bound
                continue
            conjuncts = [(guard, bound) for guard in self._action.guards]
            conjuncts.append(self._entered(bound))
            for outcome in self._all_of(conjuncts, nothing, 0):
                if isinstance(outcome, Obstacle):
                    yield outcome
                else:
                    yield from self._at_the_end(outcome, bound)

    # ---------------------------------------------------------------------------------------- binders and the end

    def _bound(self, index: int, environment: Environment) -> Iterator[Environment | Obstacle]:
        """The environments of the binders, and an obstacle where a given value is outside its binder's domain."""
        if index == len(self._action.binders):
            yield environment
            return
        assert self._fixed is not None
        binder = self._action.binders[index]
        inside = Environment(environment.names, binder.scope)
        try:
            domain = self._interpreter.evaluate(binder.domain, inside, self._state, None)
            if binder.name in self._fixed:
                given = self._fixed[binder.name]
                if not member(given, domain):
                    yield self._outside(binder.name, given, binder.domain, domain, inside)
                    return
                chosen: Sequence[Value] = (given,)
            else:
                chosen = tuple(elements(domain))
        except EvaluationError as error:
            yield self.failed(binder.domain, inside, 0, error)
            return
        for value in chosen:
            yield from self._bound(index + 1, environment.bind(binder.name, value))

    def _outside(
        self, name: str, given: Value, expression: ast.Expr, domain: Value, environment: Environment
    ) -> Obstacle:
        text = self.text(expression)
        obstacle = self.obstacle(expression, environment.bind(name, given), 0, "domain")
        return replace(
            obstacle,
            text=f"{name} \\in {text}",
            operands=((name, given), (text, domain)),
            detail=f"the value given for {name} is not an element",
        )

    def _entered(self, environment: Environment) -> tuple[ast.Expr, Environment]:
        """The action's body: that of its definition, where there is one, so that its name does not count as a
        conjunct.
        """
        body = self._action.body
        entered = self.definition(body, environment, self._state, None)
        return (body, environment) if entered is None else entered

    def _at_the_end(self, passed: _Passed, environment: Environment) -> Iterator[Obstacle]:
        """All conjuncts held: what can still be wrong is a variable without a value, or an argument that differs."""
        body = self._action.body
        try:
            self._interpreter.require_complete(passed.partial, f"the action {self._action.name}", self._action.location)
            given = self._given or (UNBOUND,) * len(self._action.arguments)
            for expression, wanted in zip(self._action.arguments, given, strict=True):
                value = self._interpreter.evaluate(expression, environment, self._state, passed.partial)
                if not (wanted is UNBOUND or same(wanted, value)):  # type: ignore[arg-type]
                    text = self.text(expression)
                    obstacle = self.obstacle(expression, environment, passed.depth, "domain")
                    detail = "the argument that was given has another value"
                    yield replace(obstacle, operands=((text, value), ("given", wanted)), detail=detail)  # type: ignore[arg-type]
                    return
        except EvaluationError as error:
            yield self.failed(body, environment, passed.depth, error)

    # ---------------------------------------------------------------------------------------- the walk

    def _walk(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        """Each way through ``e``: passed, or the first obstacle on it."""
        if not self.acts(e, environment):
            yield self._checked(e, environment, partial, depth)
            return
        try:
            yield from self._branches(e, environment, partial, depth)
        except (EvaluationError, RecursionError) as error:
            yield self.failed(e, environment, depth, error)

    def _branches(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        interpreter, state = self._interpreter, self._state
        match e:
            case ast.Junction(operator="/\\"):
                yield from self._all_of([(item, environment) for item in e.items], partial, depth)
            case ast.Junction():
                for item in e.items:
                    yield from self._walk(item, environment, partial, depth)
            case ast.Quantifier(kind="\\E"):
                choices = list(interpreter.bindings(e.bounds, environment, state, partial))
                for each in choices:
                    yield from self._walk(e.body, each, partial, depth)
                if not choices:
                    yield self.obstacle(
                        e, environment, depth, "false", partial, detail="there is nothing to choose from"
                    )
            case ast.Quantifier(kind="\\A"):
                inner = [(e.body, each) for each in interpreter.bindings(e.bounds, environment, state, partial)]
                yield from self._all_of(inner, partial, depth)
            case ast.If():
                holds = interpreter.test(e.condition, environment, state, partial)
                yield from self._walk(e.then if holds else e.otherwise, environment, partial, depth)
            case ast.Case():
                branch = interpreter.case_branch(e, environment, state, partial)
                yield from self._walk(branch, environment, partial, depth)
            case ast.Let():
                yield from self._walk(e.body, interpreter.let(e, environment), partial, depth)
            case ast.Label():
                yield from self._walk(e.body, environment, partial, depth)
            case ast.Apply(operator="\\cdot"):
                yield from self._composed(e, environment, partial, depth)
            case ast.Apply(operator="=>", arguments=(left, right)):
                if interpreter.test(left, environment, state, partial):
                    yield from self._walk(right, environment, partial, depth)
                else:
                    yield _Passed(partial, depth + 1)
            case _:
                entered = self.definition(e, environment, state, partial)
                if entered is None:
                    yield from self._leaf(e, environment, partial, depth)
                    return
                for outcome in self._walk(*entered, partial, depth):
                    yield self._around(e, environment, outcome, depth)

    def _composed(self, e: ast.Apply, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        """What stands in the way of a composition: of its first action, or of the second behind every way to take the
        first.
        """
        first, second = e.arguments
        outcomes = list(self._walk(first, environment, (UNASSIGNED,) * len(self._state), depth))
        passed = [outcome for outcome in outcomes if isinstance(outcome, _Passed)]
        if not passed:
            yield from outcomes
        for way in passed[:ALTERNATIVES_MAX]:
            behind = self._interpreter.kept(first, second, environment, self._state, way.partial, partial)
            there = _Search(self._interpreter, self._action, way.partial, self._given)
            yield from there._walk(second, behind, partial, way.depth)

    def _all_of(
        self, conjuncts: Sequence[tuple[ast.Expr, Environment]], partial: State, depth: int
    ) -> Iterator[_Outcome]:
        if not conjuncts:
            yield _Passed(partial, depth)
            return
        (e, environment), *rest = conjuncts
        for outcome in self._walk(e, environment, partial, depth):
            if isinstance(outcome, Obstacle):
                yield outcome
            else:
                yield from self._all_of(rest, outcome.partial, outcome.depth)

    def _around(self, e: ast.Expr, environment: Environment, outcome: _Outcome, depth: int) -> _Outcome:
        """An obstacle inside a definition, as an obstacle of the conjunct that applies the definition."""
        if isinstance(outcome, _Passed):
            return outcome
        outer = self.obstacle(e, environment, max(depth, outcome.depth), outcome.kind)
        return replace(outer, inner=outcome, detail=outcome.detail)

    def _leaf(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        """An assignment, or a test of the step: whatever the walker makes of it."""
        found = False
        for extended in self._interpreter.next_walker.steps(e, environment, self._state, partial):
            found = True
            yield _Passed(extended, depth + 1)
        if not found:
            yield self.obstacle(e, environment, depth, "false", partial)

    # ---------------------------------------------------------------------------------------- what is false

    def _checked(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> _Outcome:
        try:
            if self._interpreter.test(e, environment, self._state, partial):
                return _Passed(partial, depth + 1)
            return self.false(e, environment, partial, depth, 0)
        except (EvaluationError, RecursionError) as error:
            return self.failed(e, environment, depth, error)
