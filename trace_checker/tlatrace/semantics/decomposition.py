"""Taking a next-state relation apart into the actions that it is a disjunction of.

An applied definition is *the* action, unless its body is just a choice among other named actions (``Next == A \\/ B``,
``Steps(i) == \\E m \\in messages : Receive(i, m)``); then the walk goes down into it, the arguments put in the place
of the parameters. A disjunct without a name bears the name of the definition around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlatrace.semantics.checking import ACTION, Checker, Local
from tlatrace.semantics.references import resolve
from tlatrace.semantics.spec import ActionInstance, Binder, Definition, NamedFormula, Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk


def decompose_next(formula: NamedFormula) -> tuple[ActionInstance, ...]:
    """The disjuncts of the next-state relation, in the order they are written."""
    way = _Way(scope=formula.scope, enclosing=formula.name)
    expression = formula.body
    seen: set[Definition] = set()
    while (definition := _definition(expression, way)) and not definition.parameters and definition not in seen:
        seen.add(definition)
        expression = definition.body
        way = replace(way, scope=definition.scope, enclosing=definition.name)
    return tuple(_actions(expression, way))


# ------------------------------------------------------------------------------------------ the next-state relation


@dataclass(frozen=True, slots=True)
class _Way:
    """What was passed on the way down: quantifiers, guards, LETs, and the definition that we are in."""

    scope: Scope
    enclosing: str
    binders: tuple[Binder, ...] = ()
    guards: tuple[ast.Expr, ...] = ()
    lets: tuple[ast.Let, ...] = ()

    @property
    def names(self) -> set[str]:
        """The names bound on the way."""
        bound = {binder.name for binder in self.binders}
        for let in self.lets:
            bound |= {unit.name for unit in let.definitions if isinstance(unit, _DEFINITIONS)}
        return bound

    def within(self, expression: ast.Expr) -> ast.Expr:
        """``expression`` under the LETs that it was written under."""
        if isinstance(expression, ast.Name) and any(binder.name == expression.name for binder in self.binders):
            return expression
        for let in reversed(self.lets):
            expression = replace(let, body=expression, location=expression.location)
        return expression


_DEFINITIONS = (ast.OperatorDefinition, ast.FunctionDefinition)


def _actions(expression: ast.Expr, way: _Way) -> Iterator[ActionInstance]:
    match expression:
        case ast.Label():
            yield from _actions(expression.body, way)
        case ast.Junction(operator="\\/"):
            for item in expression.items:
                yield from _actions(item, way)
        case ast.Quantifier() if _is_plain(expression, way):
            # Of several names that one quantifier binds, TLC lets the first vary fastest: it is the innermost binder.
            binders = tuple(
                Binder(name, way.within(bound.domain), way.scope)
                for bound in reversed(expression.bounds)
                if bound.domain is not None
                for name in reversed(bound.names)
            )
            yield from _actions(expression.body, replace(way, binders=way.binders + binders))
        case ast.Let() if not any(isinstance(unit, ast.Instance) for unit in expression.definitions):
            yield from _actions(expression.body, replace(way, lets=(*way.lets, expression)))
        case ast.Junction(operator="/\\") if (split := _split(expression, way)) is not None:
            branching, guards = split
            yield from _actions(branching, replace(way, guards=way.guards + tuple(map(way.within, guards))))
        case _:
            definition = _definition(expression, way)
            inner = _descend(definition, expression, way) if definition is not None else None
            if inner is not None:
                yield from _actions(*inner)
            else:
                yield _instance(expression, definition, way)


def _instance(expression: ast.Expr, definition: Definition | None, way: _Way) -> ActionInstance:
    arguments = expression.arguments if isinstance(expression, ast.Apply) and definition is not None else ()
    return ActionInstance(
        name=definition.name if definition is not None else way.enclosing,
        definition=definition,
        binders=way.binders,
        guards=way.guards,
        arguments=tuple(way.within(argument) for argument in arguments),
        body=way.within(expression),
        scope=way.scope,
        location=expression.location,
    )


def _definition(expression: ast.Expr, way: _Way) -> Definition | None:
    """The definition that ``expression`` is an application of, if it is nothing else."""
    name = _applied(expression)
    symbol = way.scope.get(name) if name is not None and name not in way.names else None
    return symbol if isinstance(symbol, Definition) and not symbol.is_function else None


def _applied(expression: ast.Expr) -> str | None:
    match expression:
        case ast.Name():
            return expression.name
        case ast.Apply():
            return expression.operator
        case _:
            return None


def _is_plain(quantifier: ast.Quantifier, way: _Way) -> bool:
    """Whether the quantifier's names can become binders: ``\\E``, no tuples, and no name that is bound already."""
    names = [name for bound in quantifier.bounds for name in bound.names]
    simple = all(bound.domain is not None and not bound.is_tuple for bound in quantifier.bounds)
    return quantifier.kind == "\\E" and simple and way.names.isdisjoint(names)


def _split(junction: ast.Junction, way: _Way) -> tuple[ast.Expr, tuple[ast.Expr, ...]] | None:
    """The one conjunct that acts, if it is named or branches into named actions, and the guards beside it; else
    None.
    """
    if way.lets:
        return None
    checker = Checker(way.scope, None)
    bound = {name: Local() for name in way.names}
    acting = [item for item in junction.items if checker.level(item, bound) >= ACTION]
    if len(acting) != 1:
        return None
    if isinstance(acting[0], ast.Junction | ast.Quantifier):
        if not _is_choice(acting[0], way.scope, frozenset()):
            return None
    elif _definition(acting[0], way) is None:
        return None
    return acting[0], tuple(item for item in junction.items if item is not acting[0])


def _is_choice(expression: ast.Expr, scope: Scope, seen: frozenset[Definition], *, under_let: bool = False) -> bool:
    """Whether ``expression`` is a disjunction or a quantifier over named actions and nothing else.

    What is accepted here is what :func:`_actions` can walk through, so that a definition is left for its parts or not
    at all.
    """

    def named(part: ast.Expr) -> bool:
        symbol = scope.get(_applied(part) or "")
        is_action = isinstance(symbol, Definition) and symbol.level == ACTION
        return is_action or _is_choice(part, scope, seen, under_let=under_let)

    match expression:
        case ast.Label():
            return _is_choice(expression.body, scope, seen, under_let=under_let)
        case ast.Let():
            return _is_choice(expression.body, scope, seen, under_let=True)
        case ast.Junction(operator="\\/"):
            return all(named(item) for item in expression.items)
        case ast.Quantifier(kind="\\E"):
            return all(not bound.is_tuple for bound in expression.bounds) and named(expression.body)
        case ast.Junction(operator="/\\") if not under_let:
            checker = Checker(scope, None)
            acting = [item for item in expression.items if checker.level(item, {}) >= ACTION]
            branches = len(acting) == 1 and isinstance(acting[0], ast.Junction | ast.Quantifier)
            return branches and _is_choice(acting[0], scope, seen)
        case ast.Name() | ast.Apply():
            symbol = scope.get(_applied(expression) or "")
            return (
                isinstance(symbol, Definition)
                and symbol.level == ACTION
                and symbol not in seen
                and _is_choice(symbol.body, symbol.scope, seen | {symbol})
            )
        case _:
            return False


def _descend(definition: Definition, expression: ast.Expr, way: _Way) -> tuple[ast.Expr, _Way] | None:
    """The body of ``definition`` with the arguments in the parameters' place; None where the definition is itself
    the action.
    """
    if definition.is_recursive or not _is_choice(definition.body, definition.scope, frozenset({definition})):
        return None
    arguments = expression.arguments if isinstance(expression, ast.Apply) else ()
    arguments = tuple(way.within(argument) for argument in arguments)
    if any(parameter.arity > 0 for parameter in definition.parameters) or way.names & _bound_in(definition.body):
        return None
    scope = way.scope
    if not _means_the_same(definition.body, definition.scope, scope):
        plain = all(isinstance(argument, ast.Name) and argument.name in way.names for argument in arguments)
        if way.guards or way.lets or not plain:
            return None
        scope = definition.scope
    renamed = {parameter.name: value for parameter, value in zip(definition.parameters, arguments, strict=True)}
    # The LETs around the application are in the arguments already; the body was not written under them.
    return resolve(definition.body, renamed=renamed), replace(way, scope=scope, enclosing=definition.name, lets=())


def _bound_in(body: ast.Expr) -> set[str]:
    """The names that are bound somewhere in ``body``: an argument that mentions one would be captured."""
    names: set[str] = set()
    for node in walk(body):
        match node:
            case ast.Bound():
                names.update(node.names)
            case ast.Lambda():
                names.update(node.parameters)
            case ast.OperatorDefinition():
                names |= {node.name, *(parameter.name for parameter in node.parameters)}
            case ast.FunctionDefinition():
                names.add(node.name)
            case _:
                pass
    return names


def _means_the_same(body: ast.Expr, inner: Scope, outer: Scope) -> bool:
    """Whether the names of ``body`` mean in ``outer`` what they mean in ``inner``."""
    if inner is outer:
        return True
    names = {_applied(node) for node in walk(body) if isinstance(node, ast.Expr)} - {None}
    return all(inner.get(name) is outer.get(name) for name in names if name is not None)
