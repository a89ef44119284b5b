"""From TLA+ to :mod:`~tlatrace.engine.liveness.formulas`.

Definitions are followed, quantifiers over constant sets are spelt out, and what has no temporal operator in it becomes
an atom: an expression in a scope, evaluated later on states or steps. Bound values and arguments become symbols of a
scope made for the purpose, so an atom needs nothing besides its scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluator
from tlatrace.engine.liveness.errors import LivenessError
from tlatrace.engine.liveness.formulas import (
    Fair,
    Formula,
    Literal,
    Truth,
    always,
    conjunction,
    disjunction,
    eventually,
    negation,
)
from tlatrace.semantics import ConstantSymbol, Definition, NamedFormula, Scope, Symbol
from tlatrace.semantics.properties import applied_scope, level_of
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in
from tlatrace.values import SequenceValue, Value, elements, shown

_CONSTANT, _STATE, _ACTION = 0, 1, 2

INSTANCES_MAX: Final = 100_000
"""A quantifier over more values than this makes a formula that no search gets through."""


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """A state predicate, or an action, and where its names are found.

    ``home`` is given for the ENABLED of WF or SF: the scope of its module, without what is bound on the way.
    """

    expression: ast.Expr
    scope: Scope
    is_action: bool
    home: Scope | None = None


class Translator:
    """Translates formulas of one specification; ``atoms`` are those met so far, known by their number."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.atoms: list[Atom] = []
        self._evaluator = evaluator
        self._analysis = Analysis()
        # Atoms and boxes by the identity of expression and scope; both are kept alive by what is stored.
        self._known: dict[tuple[int, int], tuple[ast.Expr, Scope, Literal]] = {}
        self._boxes: dict[int, tuple[ast.Fairness, ast.ActionBox, ast.Apply]] = {}
        # From a scope that was made here to that of the module.
        self._homes: dict[int, tuple[Scope, Scope]] = {}

    def formula(self, named: NamedFormula) -> Formula:
        """A whole formula. Raises LivenessError where it is of no kind that can be decided."""
        return self._formula(named.body, named.scope, frozenset())

    def _formula(self, expression: ast.Expr, scope: Scope, inside: frozenset[int]) -> Formula:
        level = level_of(expression, scope)
        if level <= _ACTION:
            return self._without_time(expression, scope, level)
        match expression:
            case ast.Label():
                return self._formula(expression.body, scope, inside)
            case ast.Junction():
                items = tuple(self._formula(item, scope, inside) for item in expression.items)
                return conjunction(items) if expression.operator == "/\\" else disjunction(items)
            case ast.Apply() if expression.operator in _OPERATORS:
                return self._operator(expression, scope, inside)
            case ast.Fairness():
                return self._fairness(expression, scope)
            case ast.Quantifier(kind="\\A" | "\\E"):
                scopes = self._instances(expression, scope)
                items = tuple(self._formula(expression.body, inner, inside) for inner in scopes)
                return conjunction(items) if expression.kind == "\\A" else disjunction(items)
            case ast.If():
                condition = self._formula(expression.condition, scope, inside)
                then = self._formula(expression.then, scope, inside)
                otherwise = self._formula(expression.otherwise, scope, inside)
                chosen = conjunction((condition, then))
                return disjunction((chosen, conjunction((negation(condition), otherwise))))
            case ast.Let():
                within = self._at_home(_with_definitions(expression, scope), self._home(scope))
                return self._formula(expression.body, within, inside)
            case ast.Name() | ast.Apply():
                return self._application(expression, scope, inside)
            case _:
                raise self._unsupported(expression)

    def _without_time(self, expression: ast.Expr, scope: Scope, level: int) -> Formula:
        # What depends on the run (TLCGet) is evaluated on states, though it names no variable.
        if level == _CONSTANT and self._analysis.reads(expression, scope).is_constant:
            value = self._evaluator.expression(expression, scope)((), None)
            if isinstance(value, bool):
                return Truth(value)
        return self._literal(expression, scope, is_action=level == _ACTION)

    def _literal(self, expression: ast.Expr, scope: Scope, *, is_action: bool, home: Scope | None = None) -> Literal:
        key = id(expression), id(scope)
        if key not in self._known:
            literal = Literal(len(self.atoms), False, is_action)
            self.atoms.append(Atom(expression, scope, is_action, home))
            self._known[key] = expression, scope, literal
        return self._known[key][2]

    def _operator(self, expression: ast.Apply, scope: Scope, inside: frozenset[int]) -> Formula:
        operator = expression.operator
        operands = [self._formula(argument, scope, inside) for argument in expression.arguments]
        if operator == "[]":
            return always(operands[0])
        if operator == "<>":
            return eventually(operands[0])
        if operator == "~":
            return negation(operands[0])
        left, right = operands
        if operator == "/\\":
            return conjunction((left, right))
        if operator == "\\/":
            return disjunction((left, right))
        if operator == "=>":
            return disjunction((negation(left), right))
        assert operator == "~>"
        return always(disjunction((negation(left), eventually(right))))

    def _fairness(self, expression: ast.Fairness, scope: Scope) -> Formula:
        if id(expression) not in self._boxes:
            box = ast.ActionBox("<>", expression.action, expression.subscript, location=expression.location)
            possible = ast.Apply("ENABLED", (box,), location=expression.location)
            self._boxes[id(expression)] = expression, box, possible
        _, box, possible = self._boxes[id(expression)]
        enabled = self._literal(possible, scope, is_action=False, home=self._home(scope))
        return Fair(expression.kind == "SF", enabled, self._literal(box, scope, is_action=True))

    def _application(self, expression: ast.Name | ast.Apply, scope: Scope, inside: frozenset[int]) -> Formula:
        name = expression.name if isinstance(expression, ast.Name) else expression.operator
        symbol = scope.get(name)
        if not isinstance(symbol, Definition) or symbol.is_function:
            raise self._unsupported(expression)
        if id(symbol) in inside:
            raise LivenessError(f"the temporal formula {name} is defined by itself", location=expression.location)
        arguments = expression.arguments if isinstance(expression, ast.Apply) else ()
        inner = symbol.scope
        if arguments:
            inner = self._at_home(applied_scope(symbol, arguments, scope), symbol.scope)
        return self._formula(symbol.body, inner, inside | {id(symbol)})

    def _instances(self, quantifier: ast.Quantifier, scope: Scope) -> Iterator[Scope]:
        """The scopes in which the body of a quantifier is read, one for each choice of values."""
        choices: list[list[dict[str, Symbol]]] = []
        count = 1
        for bound in quantifier.bounds:
            if bound.domain is None:
                raise LivenessError("a quantifier without a set cannot be evaluated", location=quantifier.location)
            if level_of(bound.domain, scope) > _CONSTANT:
                raise LivenessError(
                    "a temporal formula is quantified over a set that changes from state to state",
                    location=bound.domain.location,
                    hint="quantify over a constant set, and say in the body which elements are meant",
                )
            values = list(elements(self._evaluator.expression(bound.domain, scope)((), None)))
            if bound.is_tuple:
                choices.append([self._components(bound, value) for value in values])
            else:
                for name in bound.names:
                    choices.append([{name: _constant(name, value, bound.location)} for value in values])
            count *= len(values) ** (1 if bound.is_tuple else len(bound.names))
        if count > INSTANCES_MAX:
            message = f"a temporal formula is quantified over {count} values, more than {INSTANCES_MAX}"
            raise LivenessError(message, location=quantifier.location)
        for chosen in product(*choices):
            inner: dict[str, Symbol] = dict(scope)
            for symbols in chosen:
                inner.update(symbols)
            yield self._at_home(inner, self._home(scope))

    def _home(self, scope: Scope) -> Scope:
        return self._homes[id(scope)][1] if id(scope) in self._homes else scope

    def _at_home(self, scope: Scope, home: Scope) -> Scope:
        self._homes[id(scope)] = scope, home
        return scope

    @staticmethod
    def _components(bound: ast.Bound, value: Value) -> dict[str, Symbol]:
        if not isinstance(value, SequenceValue) or len(value) != len(bound.names):
            message = f"a tuple of {len(bound.names)} components is expected here, not {shown(value)}"
            raise LivenessError(message, location=bound.location)
        pairs = zip(bound.names, value, strict=True)
        return {name: _constant(name, component, bound.location) for name, component in pairs}

    @staticmethod
    def _unsupported(expression: ast.Expr) -> LivenessError:
        return LivenessError(
            "this temporal formula cannot be checked",
            location=expression.location,
            hint="it may have [], <>, ~>, WF, SF, /\\, \\/, ~, =>, IF, and quantifiers over constant sets",
        )


_OPERATORS: Final = frozenset(("[]", "<>", "~>", "~", "/\\", "\\/", "=>"))


def _constant(name: str, value: Value, location: ast.Location) -> ConstantSymbol:
    return ConstantSymbol(name, value, 0, location)


def _with_definitions(let: ast.Let, scope: Scope) -> Scope:
    """``scope`` with what a LET defines; the definitions see one another."""
    inner: dict[str, Symbol] = dict(scope)
    for unit in let.definitions:
        parameters: tuple[ast.Parameter, ...] = ()
        match unit:
            case ast.OperatorDefinition():
                body, parameters = unit.body, unit.parameters
            case ast.FunctionDefinition():
                body = ast.FunctionConstructor(unit.bounds, unit.body, location=unit.location)
            case ast.Recursive():
                continue
            case _:
                raise LivenessError("INSTANCE below LET in a temporal formula", location=unit.location)
        is_function = isinstance(unit, ast.FunctionDefinition)
        is_recursive = unit.name in names_in(body)
        level = _level_of_body(body, parameters, unit.name, inner)
        inner[unit.name] = Definition(
            unit.name, parameters, body, inner, "", unit.location, is_recursive, is_function, False, level
        )
    return inner


def _level_of_body(body: ast.Expr, parameters: tuple[ast.Parameter, ...], name: str, scope: Scope) -> int:
    known: dict[str, Symbol] = dict(scope)
    for parameter in (*parameters, ast.Parameter(name)):
        known[parameter.name] = ConstantSymbol(parameter.name, None, parameter.arity, parameter.location)
    return level_of(body, known)
