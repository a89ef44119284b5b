"""Why an action is not possible in a state: for each way of binding and branching, the first conjunct that stands in
the way.

The walk is TLC's (:mod:`tlatrace.compile.interpreter_actions`) with one difference: a formula that speaks of the
present state only is looked at as a whole, since a guard that is a disjunction is one guard to a reader. What is false
is taken apart: the definition behind an application, the witness of a false ``\\A``, the parts of a false disjunction,
the values that a comparison read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tlatrace.compile.api import UNBOUND, Argument, State
from tlatrace.compile.environment import Closure, Environment, Link, Thunk
from tlatrace.compile.errors import Chain, ExpressionError
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.interpreter_actions import UNASSIGNED, InterpretedAction
from tlatrace.compile.operands import operands_of
from tlatrace.compile.source_lines import one_line
from tlatrace.semantics.checking import ACTION
from tlatrace.semantics.spec import ActionInstance, BuiltinOperator, Definition, NamedFormula
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.values import EvaluationError, Value, elements, member, same

OBSTACLES_MAX: Final = 200
"""More ways than this are a choice among values that nobody fixed; a reader needs a few of them, and to be told
that there are more.
"""

ALTERNATIVES_MAX: Final = 8
"""Of a false disjunction or ``\\E``, so many parts are explained."""

DEPTH_MAX: Final = 12
"""So many definitions and quantifiers are gone through inside one false conjunct; a recursive operator could have
thousands.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One conjunct that stands in the way.

    ``kind``: ``false``; ``error`` (it cannot be evaluated: ``detail`` says why); ``domain`` (an argument is not in the
    set that its binder ranges over, or differs from what the step would have); ``cut`` (there are more obstacles than
    are listed). ``chain`` has the definitions on the way with the places they are used, ``bindings`` the parameters
    and bound names, ``operands`` the values that the conjunct read, as text and value. ``depth`` counts the conjuncts
    that held before. ``inner`` is what is false inside a definition, an implication or a quantifier; ``alternatives``
    are the parts of a false disjunction.
    """

    conjunct: ast.Expr
    location: ast.Location
    text: str
    kind: str
    depth: int
    chain: Chain = ()
    bindings: Mapping[str, Value] = field(default_factory=dict)
    operands: tuple[tuple[str, Value], ...] = ()
    inner: Obstacle | None = None
    alternatives: tuple[Obstacle, ...] = ()
    detail: str = ""


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


class _Search:
    """One action in one state."""

    def __init__(
        self, interpreter: Interpreter, action: ActionInstance, state: State, arguments: Sequence[Argument]
    ) -> None:
        self._interpreter = interpreter
        self._action = action
        self._state = state
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
            yield self._obstacle(body, Environment({}, self._action.scope), 0, "domain", detail=detail)
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
            yield self._failed(binder.domain, inside, 0, error)
            return
        for value in chosen:
            yield from self._bound(index + 1, environment.bind(binder.name, value))

    def _outside(
        self, name: str, given: Value, expression: ast.Expr, domain: Value, environment: Environment
    ) -> Obstacle:
        text = self._text(expression)
        obstacle = self._obstacle(expression, environment.bind(name, given), 0, "domain")
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
        entered = self._definition(body, environment, self._state, None)
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
                    text = self._text(expression)
                    obstacle = self._obstacle(expression, environment, passed.depth, "domain")
                    detail = "the argument that was given has another value"
                    yield replace(obstacle, operands=((text, value), ("given", wanted)), detail=detail)  # type: ignore[arg-type]
                    return
        except EvaluationError as error:
            yield self._failed(body, environment, passed.depth, error)

    # ---------------------------------------------------------------------------------------- the walk

    def _walk(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        """Each way through ``e``: passed, or the first obstacle on it."""
        if not self._acts(e, environment):
            yield self._checked(e, environment, partial, depth)
            return
        try:
            yield from self._branches(e, environment, partial, depth)
        except (EvaluationError, RecursionError) as error:
            yield self._failed(e, environment, depth, error)

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
                    yield self._obstacle(
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
            case ast.Apply(operator="=>", arguments=(left, right)):
                if interpreter.test(left, environment, state, partial):
                    yield from self._walk(right, environment, partial, depth)
                else:
                    yield _Passed(partial, depth + 1)
            case _:
                entered = self._definition(e, environment, state, partial)
                if entered is None:
                    yield from self._leaf(e, environment, partial, depth)
                    return
                for outcome in self._walk(*entered, partial, depth):
                    yield self._around(e, environment, outcome, depth)

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
        outer = self._obstacle(e, environment, max(depth, outcome.depth), outcome.kind)
        return replace(outer, inner=outcome, detail=outcome.detail)

    def _leaf(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> Iterator[_Outcome]:
        """An assignment, or a test of the step: whatever the walker makes of it."""
        found = False
        for extended in self._interpreter.next_walker.steps(e, environment, self._state, partial):
            found = True
            yield _Passed(extended, depth + 1)
        if not found:
            yield self._obstacle(e, environment, depth, "false", partial)

    # ---------------------------------------------------------------------------------------- what is false

    def _checked(self, e: ast.Expr, environment: Environment, partial: State, depth: int) -> _Outcome:
        try:
            if self._interpreter.test(e, environment, self._state, partial):
                return _Passed(partial, depth + 1)
            return self._false(e, environment, partial, depth, 0)
        except (EvaluationError, RecursionError) as error:
            return self._failed(e, environment, depth, error)

    def _false(self, e: ast.Expr, environment: Environment, partial: State, depth: int, nested: int) -> Obstacle:
        """What makes the false formula ``e`` false."""
        if nested >= DEPTH_MAX:
            return self._obstacle(e, environment, depth, "false", partial)
        interpreter, state = self._interpreter, self._state

        def part(inner: ast.Expr, inside: Environment = environment) -> Obstacle:
            try:
                return self._false(inner, inside, partial, depth, nested + 1)
            except EvaluationError as error:
                return self._failed(inner, inside, depth, error)

        match e:
            case ast.Junction(operator="/\\"):
                for held, item in enumerate(e.items):
                    if not interpreter.test(item, environment, state, partial):
                        return self._false(item, environment, partial, depth + held, nested)
            case ast.Junction():
                outer = self._obstacle(e, environment, depth, "false")
                return replace(outer, alternatives=tuple(part(item) for item in e.items[:ALTERNATIVES_MAX]))
            case ast.Label():
                return part(e.body)
            case ast.Let():
                return self._false(e.body, interpreter.let(e, environment), partial, depth, nested)
            case ast.If():
                holds = interpreter.test(e.condition, environment, state, partial)
                return self._within(e, environment, partial, depth, part(e.then if holds else e.otherwise))
            case ast.Case():
                branch = interpreter.case_branch(e, environment, state, partial)
                return self._within(e, environment, partial, depth, part(branch))
            case ast.Apply(operator="=>", arguments=(_, right)):
                return self._within(e, environment, partial, depth, part(right))
            case ast.Quantifier(kind="\\A"):
                for witness in interpreter.bindings(e.bounds, environment, state, partial):
                    if not interpreter.test(e.body, witness, state, partial):
                        obstacle = self._within(e, environment, partial, depth, part(e.body, witness))
                        return replace(obstacle, bindings=self._bindings(witness, partial))
            case ast.Quantifier(kind="\\E"):
                tried = interpreter.bindings(e.bounds, environment, state, partial)
                some = tuple(part(e.body, each) for each, _ in zip(tried, range(ALTERNATIVES_MAX), strict=False))
                return replace(self._obstacle(e, environment, depth, "false", partial), alternatives=some)
            case _:
                entered = self._definition(e, environment, state, partial)
                if entered is not None:
                    inner = part(*entered)
                    return replace(self._within(e, environment, partial, depth, inner), operands=())
        return self._obstacle(e, environment, depth, "false", partial)

    def _within(self, e: ast.Expr, environment: Environment, partial: State, depth: int, inner: Obstacle) -> Obstacle:
        return replace(self._obstacle(e, environment, depth, "false", partial), inner=inner)

    # ---------------------------------------------------------------------------------------- pieces of an obstacle

    def _definition(
        self, e: ast.Expr, environment: Environment, state: State, partial: State | None
    ) -> tuple[ast.Expr, Environment] | None:
        """The body of the operator that ``e`` applies, and its environment; None where it applies none of the
        specification's.
        """
        arguments: tuple[ast.Expr, ...] = ()
        if isinstance(e, ast.Name):
            name = e.name
        elif isinstance(e, ast.Apply):
            name, arguments = e.operator, e.arguments
        else:
            return None
        operator = self._interpreter.operator(name, environment)
        if isinstance(operator, Thunk):
            inside = operator.environment
            link = Link(name, e.location, environment.link)
            return operator.expression, Environment(inside.names, inside.scope, link)
        if not isinstance(operator, (Closure, Definition)) or len(operator.parameters) != len(arguments):
            return None
        if isinstance(operator, Definition) and operator.is_function:
            return None
        bound = self._interpreter.arguments(operator, arguments, environment, state, partial)
        return operator.body, self._interpreter.enter(operator, bound, e.location, environment)

    def _acts(self, e: ast.Expr, environment: Environment, seen: frozenset[int] = frozenset()) -> bool:
        """Whether ``e`` speaks of the successor, itself or through what it applies."""
        for node in walk(e):
            match node:
                case ast.ActionBox():
                    return True
                case ast.Apply(operator="'" | "UNCHANGED" | "\\cdot"):
                    return True
                case ast.Apply():
                    name = node.operator
                case ast.Name():
                    name = node.name
                case _:
                    continue
            bound = environment.names.get(name)
            if bound is None:
                symbol = environment.scope.get(name)
                if isinstance(symbol, Definition) and symbol.level >= ACTION:
                    return True
            elif isinstance(bound, (Thunk, Closure)) and id(bound) not in seen:
                inner = bound.expression if isinstance(bound, Thunk) else bound.body
                if self._acts(inner, bound.environment, seen | {id(bound)}):
                    return True
        return False

    def _obstacle(
        self,
        e: ast.Expr,
        environment: Environment,
        depth: int,
        kind: str,
        partial: State | None = None,
        *,
        detail: str = "",
    ) -> Obstacle:
        """An obstacle; the operands are listed where ``partial`` is given."""
        operands: tuple[tuple[str, Value], ...] = ()
        if partial is not None:
            operands = operands_of(self._interpreter, e, environment, self._state, partial)
        return Obstacle(
            conjunct=e,
            location=e.location,
            text=self._text(e),
            kind=kind,
            depth=depth,
            chain=environment.chain(),
            bindings=self._bindings(environment, partial),
            operands=operands,
            detail=detail,
        )

    def _failed(self, e: ast.Expr, environment: Environment, depth: int, error: Exception) -> Obstacle:
        detail = error.message if isinstance(error, EvaluationError) else "the recursion is too deep"
        obstacle = self._obstacle(e, environment, depth, "error", detail=detail)
        if isinstance(error, ExpressionError) and error.location is not None:
            return replace(obstacle, location=error.location, chain=error.chain or obstacle.chain)
        return obstacle

    def _bindings(self, environment: Environment, partial: State | None) -> dict[str, Value]:
        """The values that names are bound to here. An argument that has no value here (it may never be used) is
        left out.
        """
        values: dict[str, Value] = {}
        for name, bound in environment.names.items():
            if isinstance(bound, Thunk):
                try:
                    values[name] = self._interpreter.force(bound, self._state, partial)
                except (EvaluationError, RecursionError):
                    continue
            elif not isinstance(bound, (Closure, Definition, BuiltinOperator)) and not callable(bound):
                values[name] = bound
        return values

    def _text(self, e: ast.Expr) -> str:
        return one_line(e, self._interpreter.spec.sources)
