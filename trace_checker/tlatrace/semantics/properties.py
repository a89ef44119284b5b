"""Taking temporal formulas apart: a specification's into Init, Next and fairness, a property into what is checked on
states, on steps and on behaviors.

Both are walked in the way of TLC. A conjunction is split; a name without arguments is replaced by its definition, also
one that comes through an instance; everything else is one part as a whole. So a property ``\\A i \\in S : []P(i)``, or
``Q(3)`` with ``Q(n) == []P(n)``, is a temporal formula, not an invariant. A specification is also followed through
definitions with parameters (``I(x)!Spec``): the arguments become definitions in a scope of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tlatrace.semantics.checking import CONSTANT, STATE, TEMPORAL, Checker
from tlatrace.semantics.errors import SemanticError
from tlatrace.semantics.spec import Definition, NamedFormula, PropertyParts, Scope, StepFormula, Symbol
from tlatrace.syntax import ast


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationParts:
    """What ``Init /\\ [][Next]_v /\\ fairness`` consists of; ``subscript`` is the ``v``."""

    init: NamedFormula | None
    next: NamedFormula | None
    subscript: NamedFormula | None
    fairness: tuple[NamedFormula, ...]


def specification_parts(formula: NamedFormula) -> SpecificationParts:
    """The parts of a specification's formula.

    ``[]P`` in a specification is no part of Init or Next: like fairness, it says which behaviors count. Raises
    SemanticError for a formula of another form: two next-state relations, an action that stands alone, a hidden
    variable.
    """
    initial: list[NamedFormula] = []
    nexts: list[tuple[ast.ActionBox, Scope]] = []
    fairness: list[NamedFormula] = []
    for name, conjunct, scope in _specification_conjuncts(formula.name, formula.body, formula.scope, frozenset()):
        level = level_of(conjunct, scope)
        match conjunct:
            case ast.Apply(operator="[]", arguments=(ast.ActionBox(kind="[]") as box,)):
                nexts.append((box, scope))
            case ast.Quantifier(kind="\\EE" | "\\AA"):
                raise _impossible(formula, "it hides variables, which cannot be evaluated", conjunct)
            case _ if level <= STATE:
                initial.append(NamedFormula(name, conjunct, scope, conjunct.location))
            case _ if level == TEMPORAL:
                fairness.append(NamedFormula(name, conjunct, scope, conjunct.location))
            case _:
                raise _impossible(formula, "here is an action outside [][Next]_vars", conjunct)
    if len(nexts) > 1:
        box = nexts[1][0]
        raise SemanticError(f"{formula.name} has two conjuncts of the form [][Next]_vars", location=box.location)
    step = subscript = None
    if nexts:
        box, scope = nexts[0]
        step = _named("Next", box.action, scope)
        subscript = NamedFormula("subscript", box.subscript, scope, box.subscript.location)
    return SpecificationParts(conjunction("Init", initial), step, subscript, tuple(fairness))


def property_parts(formula: NamedFormula) -> PropertyParts:
    """The parts of a property, each with the name that a violation is reported under.

    Raises SemanticError for an action that stands alone.
    """
    initial: list[NamedFormula] = []
    invariants: list[NamedFormula] = []
    steps: list[StepFormula] = []
    temporal: list[NamedFormula] = []
    for name, conjunct, scope in _property_conjuncts(formula.name, formula.body, formula.scope, frozenset()):
        level = level_of(conjunct, scope)
        match conjunct:
            case ast.Apply(operator="[]", arguments=(ast.ActionBox(kind="[]") as box,)):
                steps.append(StepFormula(name, box, scope, conjunct.location))
            case ast.Apply(operator="[]", arguments=(inner,)) if level_of(inner, scope) <= STATE:
                own = inner.name if isinstance(inner, ast.Name) else name
                invariants.append(NamedFormula(own, inner, scope, inner.location))
            case _ if level <= STATE:
                initial.append(NamedFormula(name, conjunct, scope, conjunct.location))
            case _ if level == TEMPORAL:
                temporal.append(NamedFormula(name, conjunct, scope, conjunct.location))
            case _:
                raise SemanticError(
                    f"the property {formula.name} is an action here, so it says nothing about a behavior",
                    location=conjunct.location,
                    hint="an action that every step must satisfy is written [][A]_vars",
                )
    return PropertyParts(formula.name, tuple(initial), tuple(invariants), tuple(steps), tuple(temporal))


def conjunction(name: str, parts: list[NamedFormula]) -> NamedFormula | None:
    """One formula that is true where all ``parts`` are; None if there are none.

    The parts may come from several modules: each is a definition in a scope made for the purpose, under a name that no
    identifier can have.
    """
    if not parts:
        return None
    if len(parts) == 1:
        return _named(name, parts[0].body, parts[0].scope)
    scope: dict[str, Symbol] = dict(parts[0].scope)
    items: list[ast.Expr] = []
    for position, part in enumerate(parts, 1):
        own = f"{name}!conjunct!{position}"
        level = level_of(part.body, part.scope)
        scope[own] = Definition(own, (), part.body, part.scope, "", part.location, level=level)
        items.append(ast.Name(own, location=part.location))
    return NamedFormula(name, ast.Junction("/\\", tuple(items), location=parts[0].location), scope, parts[0].location)


def level_of(expression: ast.Expr, scope: Scope) -> int:
    """The level of a formula whose names are all found in ``scope``: 0 constant … 3 temporal."""
    return Checker(scope, None).level(expression, {})


def applied_scope(definition: Definition, arguments: tuple[ast.Expr, ...], scope: Scope) -> Scope:
    """The scope in which the body of ``definition`` means its application to ``arguments``, found in ``scope``."""
    inner: dict[str, Symbol] = dict(definition.scope)
    for parameter, argument in zip(definition.parameters, arguments, strict=True):
        inner[parameter.name] = _argument(parameter, argument, scope, definition.module)
    return inner


def _argument(parameter: ast.Parameter, argument: ast.Expr, scope: Scope, module: str) -> Symbol:
    if isinstance(argument, ast.Name) and argument.name in scope:
        return scope[argument.name]
    parameters: tuple[ast.Parameter, ...] = ()
    body = argument
    if isinstance(argument, ast.Lambda):
        parameters = tuple(ast.Parameter(name, location=argument.location) for name in argument.parameters)
        body = argument.body
    elif parameter.arity > 0 and isinstance(argument, ast.Name):
        # An operator of the language, which no scope holds: F(~).
        parameters = tuple(ast.Parameter(f"{parameter.name}!{i}") for i in range(1, parameter.arity + 1))
        operands = tuple(ast.Name(each.name) for each in parameters)
        body = ast.Apply(argument.name, operands, location=argument.location)
    level = CONSTANT if parameters else level_of(body, scope)
    return Definition(parameter.name, parameters, body, scope, module, argument.location, level=level)


_Conjunct = tuple[str, ast.Expr, Scope]


def _specification_conjuncts(
    name: str, expression: ast.Expr, scope: Scope, seen: frozenset[int]
) -> Iterator[_Conjunct]:
    match expression:
        case ast.Label():
            yield from _specification_conjuncts(name, expression.body, scope, seen)
        case ast.Junction(operator="/\\"):
            for item in expression.items:
                yield from _specification_conjuncts(name, item, scope, seen)
        case ast.Name() | ast.Apply():
            definition = _definition(expression, scope)
            if definition is None or definition.level <= STATE or id(definition) in seen:
                own = expression.name if isinstance(expression, ast.Name) else name
                yield own, expression, scope
                return
            arguments = expression.arguments if isinstance(expression, ast.Apply) else ()
            inner = applied_scope(definition, arguments, scope) if arguments else definition.scope
            yield from _specification_conjuncts(definition.name, definition.body, inner, seen | {id(definition)})
        case _:
            yield name, expression, scope


def _property_conjuncts(name: str, expression: ast.Expr, scope: Scope, seen: frozenset[int]) -> Iterator[_Conjunct]:
    match expression:
        case ast.Label():
            yield from _property_conjuncts(name, expression.body, scope, seen)
        case ast.Junction(operator="/\\"):
            for item in expression.items:
                yield from _property_conjuncts(name, item, scope, seen)
        case ast.Name():
            definition = _definition(expression, scope)
            if definition is None or id(definition) in seen:
                yield expression.name, expression, scope
                return
            yield from _property_conjuncts(definition.name, definition.body, definition.scope, seen | {id(definition)})
        case _:
            yield name, expression, scope


def _definition(expression: ast.Name | ast.Apply, scope: Scope) -> Definition | None:
    name = expression.name if isinstance(expression, ast.Name) else expression.operator
    symbol = scope.get(name)
    return symbol if isinstance(symbol, Definition) and not symbol.is_function else None


def _named(name: str, expression: ast.Expr, scope: Scope) -> NamedFormula:
    """The formula, under the name of the definition that it is, if it is one."""
    symbol = scope.get(expression.name) if isinstance(expression, ast.Name) else None
    if isinstance(symbol, Definition) and not symbol.parameters:
        return NamedFormula(symbol.name, symbol.body, symbol.scope, symbol.location)
    return NamedFormula(name, expression, scope, expression.location)


def _impossible(formula: NamedFormula, what: str, conjunct: ast.Expr) -> SemanticError:
    return SemanticError(f"cannot take {formula.name} apart: {what}", location=conjunct.location)
