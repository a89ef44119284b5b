"""What makes a formula false: the conjunct of it that is, taken apart as far as a reader needs.

The definition behind an application, the witness of a false ``\\A``, the parts of a false disjunction, the branch of an
IF, the values that a comparison read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tlatrace.compile.api import State
from tlatrace.compile.environment import Closure, Environment, Link, Thunk
from tlatrace.compile.errors import Chain, ExpressionError
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.operands import operands_of
from tlatrace.compile.source_lines import one_line
from tlatrace.semantics.checking import ACTION
from tlatrace.semantics.spec import BuiltinOperator, Definition, Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.values import EvaluationError, Value

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


def why_false(
    interpreter: Interpreter, formula: ast.Expr, scope: Scope, state: State, successor: State | None = None
) -> Obstacle | None:
    """What makes ``formula`` false in ``state``, or in the step to ``successor``; None where it is true."""
    pieces = Falsity(interpreter, state)
    environment = Environment({}, scope)
    partial = state if successor is None else successor
    try:
        if interpreter.test(formula, environment, state, successor):
            return None
        return pieces.false(formula, environment, partial, 0)
    except (EvaluationError, RecursionError) as error:
        return pieces.failed(formula, environment, 0, error)


class Falsity:
    """Takes false formulas apart in one state; ``partial`` is the successor as far as it is known."""

    def __init__(self, interpreter: Interpreter, state: State) -> None:
        self._interpreter = interpreter
        self._state = state

    def false(self, e: ast.Expr, environment: Environment, partial: State, depth: int, nested: int = 0) -> Obstacle:
        """What makes the false formula ``e`` false."""
        if nested >= DEPTH_MAX:
            return self.obstacle(e, environment, depth, "false", partial)
        interpreter, state = self._interpreter, self._state

        def part(inner: ast.Expr, inside: Environment = environment) -> Obstacle:
            try:
                return self.false(inner, inside, partial, depth, nested + 1)
            except EvaluationError as error:
                return self.failed(inner, inside, depth, error)

        match e:
            case ast.Junction(operator="/\\"):
                for held, item in enumerate(e.items):
                    if not interpreter.test(item, environment, state, partial):
                        return self.false(item, environment, partial, depth + held, nested)
            case ast.Junction():
                outer = self.obstacle(e, environment, depth, "false")
                return replace(outer, alternatives=tuple(part(item) for item in e.items[:ALTERNATIVES_MAX]))
            case ast.Label():
                return part(e.body)
            case ast.ActionBox(kind="[]"):
                return self._within(e, environment, partial, depth, part(e.action))
            case ast.Let():
                return self.false(e.body, interpreter.let(e, environment), partial, depth, nested)
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
                return replace(self.obstacle(e, environment, depth, "false", partial), alternatives=some)
            case _:
                entered = self.definition(e, environment, state, partial)
                if entered is not None:
                    inner = part(*entered)
                    return replace(self._within(e, environment, partial, depth, inner), operands=())
        return self.obstacle(e, environment, depth, "false", partial)

    def _within(self, e: ast.Expr, environment: Environment, partial: State, depth: int, inner: Obstacle) -> Obstacle:
        return replace(self.obstacle(e, environment, depth, "false", partial), inner=inner)

    # ---------------------------------------------------------------------------------------- pieces of an obstacle

    def definition(
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

    def acts(self, e: ast.Expr, environment: Environment, seen: frozenset[int] = frozenset()) -> bool:
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
                if self.acts(inner, bound.environment, seen | {id(bound)}):
                    return True
        return False

    def obstacle(
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
            text=self.text(e),
            kind=kind,
            depth=depth,
            chain=environment.chain(),
            bindings=self._bindings(environment, partial),
            operands=operands,
            detail=detail,
        )

    def failed(self, e: ast.Expr, environment: Environment, depth: int, error: Exception) -> Obstacle:
        detail = error.message if isinstance(error, EvaluationError) else "the recursion is too deep"
        obstacle = self.obstacle(e, environment, depth, "error", detail=detail)
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

    def text(self, e: ast.Expr) -> str:
        return one_line(e, self._interpreter.spec.sources)
