r"""Formulas with their definitions written out, so that one can see which parts of which variables they read.

``Committed(i)`` says little; ``SubSeq(log[i], 1, commitIndex[i])`` says that it depends on two values only. Every bound
identifier gets a name of its own that no other identifier has, so that parts of the result can be taken out and
evaluated elsewhere. Names of the specification that mean different things in different modules get different names in
:attr:`Expander.scope`.

LET stays where a name stands for something that is used more than once; all other definitions that are not recursive
are replaced by what they stand for, but for constants, which evaluators compute once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tlatrace.compile.analysis import TEMPORAL, Analysis
from tlatrace.semantics.references import resolve
from tlatrace.semantics.spec import Definition, Scope, Symbol, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk

NODES_MAX: Final = 20_000
"""A formula that becomes larger than this is evaluated as it stands."""

_DEPTH_MAX: Final = 60


class NotExpanded(Exception):
    """The formula has something that cannot be written out; the message says what."""


@dataclass(frozen=True, slots=True, eq=False)
class _Operator:
    """What an operator of LET, a LAMBDA or an operator handed over stands for."""

    parameters: tuple[ast.Parameter, ...]
    body: ast.Expr
    scope: Scope
    names: Mapping[str, _Meaning]


@dataclass(frozen=True, slots=True, eq=False)
class _Elsewhere:
    """An operator of the specification, by the name that it has in :attr:`Expander.scope` or in its own scope."""

    name: str
    scope: Scope


_Meaning: TypeAlias = "ast.Expr | _Operator | _Elsewhere"
_Names: TypeAlias = Mapping[str, _Meaning]


class Expander:
    """Writes formulas out. ``scope`` is what the free names of the results mean."""

    def __init__(self, scope: Scope, analysis: Analysis) -> None:
        self.scope: dict[str, Symbol] = dict(scope)
        self._analysis = analysis
        self._aliases: dict[tuple[str, int], str] = {}
        self._count = 0
        self._nodes = 0
        self._depth = 0

    def expand(self, formula: ast.Expr, scope: Scope, bound: Mapping[str, ast.Name] | None = None) -> ast.Expr:
        """``formula``, whose names mean what they do in ``scope``, written out. Names that are
        ``bound`` around it stand for those given.

        Raises:
            NotExpanded: it speaks of more than states and steps, or it becomes too large.
        """
        return self._expr(resolve(formula), scope, dict(bound or {}))

    def call(self, formula: ast.Expr, scope: Scope, bound: Mapping[str, ast.Name]) -> ast.Expr:
        """An application of a definition, of which only the arguments are written out.

        Raises:
            NotExpanded: it is no such application, or an argument cannot be written out.
        """
        match resolve(formula):
            case ast.Apply(operator=name, arguments=arguments) if name not in bound and isinstance(
                scope.get(name), Definition
            ):
                items = tuple(self.expand(each, scope, bound) for each in arguments)
                return ast.Apply(self._alias(name, scope), items, location=formula.location)
        raise NotExpanded(f"the expression at {formula.location} is no application of a definition")

    def fresh(self, name: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{name.partition('!')[0]}!{self._count}"

    # ------------------------------------------------------------------------------------------ expressions

    def _expr(self, node: ast.Expr, scope: Scope, names: _Names) -> ast.Expr:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise NotExpanded(f"written out, it has more than {NODES_MAX} parts")

        def inside(part: ast.Expr) -> ast.Expr:
            return self._expr(part, scope, names)

        match node:
            case ast.Name(name=name):
                return self._name(node, name, scope, names)
            case ast.Apply(operator=operator, arguments=arguments):
                return self._apply(node, operator, arguments, scope, names)
            case ast.Label(body=body):
                return inside(body)
            case ast.ActionBox(kind="[]", action=action, subscript=subscript):
                unchanged = ast.Apply("UNCHANGED", (inside(subscript),), location=subscript.location)
                return ast.Junction("\\/", (inside(action), unchanged), location=node.location)
            case ast.Quantifier(bounds=bounds, body=body) if node.kind in ("\\A", "\\E"):
                new, inner = self._bounds(bounds, scope, names)
                return replace(node, bounds=new, body=self._expr(body, scope, inner))
            case ast.Choose(bound=bound, body=body):
                (one,), inner = self._bounds((bound,), scope, names)
                return replace(node, bound=one, body=self._expr(body, scope, inner))
            case ast.SetFilter(bound=bound, predicate=body):
                (one,), inner = self._bounds((bound,), scope, names)
                return replace(node, bound=one, predicate=self._expr(body, scope, inner))
            case ast.SetMap(bounds=bounds, element=body):
                new, inner = self._bounds(bounds, scope, names)
                return replace(node, bounds=new, element=self._expr(body, scope, inner))
            case ast.FunctionConstructor(bounds=bounds, body=body):
                new, inner = self._bounds(bounds, scope, names)
                return replace(node, bounds=new, body=self._expr(body, scope, inner))
            case ast.Lambda():
                return self._lambda(_Operator(tuple(map(ast.Parameter, node.parameters)), node.body, scope, names))
            case ast.Let(definitions=definitions, body=body):
                return self._let(definitions, body, scope, names)
            case ast.Selection() | ast.ActionBox() | ast.Fairness() | ast.AssumeProve() | ast.Quantifier():
                raise NotExpanded(f"the expression at {node.location} is more than a formula about a step")
        return rewrite_children(node, inside)

    def _name(self, node: ast.Name, name: str, scope: Scope, names: _Names) -> ast.Expr:
        meaning = names.get(name)
        match meaning:
            case ast.Expr():
                return meaning
            case _Operator():
                return self._lambda(meaning)
            case _Elsewhere(name=target, scope=where):
                return ast.Name(self._alias(target, where), location=node.location)
        match scope.get(name):
            case Definition(parameters=(), is_recursive=False, is_function=False) as definition:
                if not self._analysis.definition(definition).is_constant:
                    return self._within(definition.body, definition.scope, {})
            case None if name not in ("TRUE", "FALSE", "BOOLEAN", "STRING"):
                raise NotExpanded(f"{name} has no meaning here")
        return ast.Name(self._alias(name, scope), location=node.location)

    def _apply(
        self, node: ast.Apply, operator: str, arguments: tuple[ast.Expr, ...], scope: Scope, names: _Names
    ) -> ast.Expr:
        meaning = names.get(operator)
        if isinstance(meaning, _Elsewhere):
            symbol, target, where = meaning.scope.get(meaning.name), meaning.name, meaning.scope
        elif isinstance(meaning, _Operator):
            return self._inline(meaning.parameters, meaning.body, meaning.scope, meaning.names, arguments, scope, names)
        elif meaning is not None:
            raise NotExpanded(f"{operator} is no operator")
        else:
            symbol, target, where = scope.get(operator), operator, scope
        if symbol is None and (target in ("ENABLED", "\\cdot") or target in TEMPORAL):
            raise NotExpanded(f"{target} speaks of more than a step")
        if isinstance(symbol, Definition) and not symbol.is_recursive and not symbol.is_function:
            at = any(isinstance(part, ast.At) for each in arguments for part in walk(each))
            if not at:
                return self._inline(symbol.parameters, symbol.body, symbol.scope, {}, arguments, scope, names)
        items = tuple(self._expr(each, scope, names) for each in arguments)
        return ast.Apply(self._alias(target, where), items, location=node.location)

    # ------------------------------------------------------------------------------------------ definitions

    def _within(self, body: ast.Expr, scope: Scope, names: _Names) -> ast.Expr:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise NotExpanded(f"definitions are nested more than {_DEPTH_MAX} deep")
        expanded = self._expr(body, scope, names)
        self._depth -= 1
        return expanded

    def _inline(
        self,
        parameters: Sequence[ast.Parameter],
        body: ast.Expr,
        scope: Scope,
        names: _Names,
        arguments: Sequence[ast.Expr],
        outer_scope: Scope,
        outer: _Names,
    ) -> ast.Expr:
        """``body`` with its parameters replaced; an argument that would be computed twice gets a name."""
        inner: dict[str, _Meaning] = dict(names)
        named: list[tuple[str, ast.Expr]] = []
        for parameter, argument in zip(parameters, arguments, strict=True):
            if parameter.arity:
                inner[parameter.name] = self._operator(argument, outer_scope, outer)
                continue
            value = self._expr(argument, outer_scope, outer)
            if is_plain(value) or _uses(parameter.name, body) < 2:
                inner[parameter.name] = value
            else:
                name = self.fresh(parameter.name)
                named.append((name, value))
                inner[parameter.name] = ast.Name(name, location=argument.location)
        return _with_let(named, self._within(body, scope, inner))

    def _operator(self, argument: ast.Expr, scope: Scope, names: _Names) -> _Operator | _Elsewhere:
        match argument:
            case ast.Lambda(parameters=parameters, body=body):
                return _Operator(tuple(map(ast.Parameter, parameters)), body, scope, names)
            case ast.Name(name=name):
                meaning = names.get(name)
                if isinstance(meaning, _Operator | _Elsewhere):
                    return meaning
                if meaning is None and name in scope:
                    return _Elsewhere(name, scope)
        raise NotExpanded(f"the operator at {argument.location} is not known")

    def _lambda(self, operator: _Operator) -> ast.Lambda:
        fresh = {parameter.name: self.fresh(parameter.name) for parameter in operator.parameters}
        if any(parameter.arity for parameter in operator.parameters):
            raise NotExpanded("an operator of operators is handed over")
        inner = {**operator.names, **{name: ast.Name(new) for name, new in fresh.items()}}
        return ast.Lambda(tuple(fresh.values()), self._within(operator.body, operator.scope, inner))

    def _let(self, definitions: tuple[ast.Unit, ...], body: ast.Expr, scope: Scope, names: _Names) -> ast.Expr:
        inner: dict[str, _Meaning] = dict(names)
        named: list[tuple[str, ast.Expr]] = []
        for position, unit in enumerate(definitions):
            match unit:
                case ast.OperatorDefinition(name=name, parameters=(), body=value):
                    pass
                case ast.OperatorDefinition(name=name, parameters=parameters, body=value):
                    inner[name] = _Operator(parameters, value, scope, dict(inner))
                    continue
                case ast.FunctionDefinition(name=name, bounds=bounds, body=value) if not _uses(name, value):
                    value = ast.FunctionConstructor(bounds, value, location=unit.location)
                case _:
                    raise NotExpanded(f"the definition at {unit.location} names itself")
            expanded = self._expr(value, scope, inner)
            uses = sum(_uses(name, user) for user in (*definitions[position + 1 :], body))
            if is_plain(expanded) or uses < 2:
                inner[name] = expanded
            else:
                fresh = self.fresh(name)
                named.append((fresh, expanded))
                inner[name] = ast.Name(fresh, location=unit.location)
        return _with_let(named, self._expr(body, scope, inner))

    # ------------------------------------------------------------------------------------------ names

    def _bounds(
        self, bounds: tuple[ast.Bound, ...], scope: Scope, names: _Names
    ) -> tuple[tuple[ast.Bound, ...], dict[str, _Meaning]]:
        inner: dict[str, _Meaning] = dict(names)
        new = []
        for bound in bounds:
            domain = None if bound.domain is None else self._expr(bound.domain, scope, names)
            fresh = tuple(self.fresh(name) for name in bound.names)
            for name, other in zip(bound.names, fresh, strict=True):
                inner[name] = ast.Name(other, location=bound.location)
            new.append(replace(bound, names=fresh, domain=domain))
        return tuple(new), inner

    def _alias(self, name: str, scope: Scope) -> str:
        """The name in :attr:`scope` of what ``name`` means in ``scope``."""
        symbol = scope.get(name)
        known = self.scope.get(name)
        if symbol is known or symbol is None:
            if symbol is None and known is not None:
                raise NotExpanded(f"{name} has no meaning there")
            return name
        if known is None:
            self.scope[name] = symbol
            return name
        if isinstance(symbol, VariableSymbol) and isinstance(known, VariableSymbol) and symbol.index == known.index:
            return name
        key = name, id(symbol)
        alias = self._aliases.get(key)
        if alias is None:
            alias = self._aliases[key] = self.fresh(name)
            self.scope[alias] = symbol
        return alias


def rewrite_children(node: ast.Expr, change_expr: Callable[[ast.Expr], ast.Expr]) -> ast.Expr:
    """``node`` with the topmost expressions below it changed."""

    def change(part: ast.Node) -> ast.Node | None:
        return change_expr(part) if part is not node and isinstance(part, ast.Expr) else None

    return rewrite(node, change)


def is_plain(node: ast.Expr) -> bool:
    """Whether evaluating ``node`` is as cheap as looking it up: names, literals, and paths of them."""
    match node:
        case ast.Name() | ast.Number() | ast.String():
            return True
        case ast.Field(record=record):
            return is_plain(record)
        case ast.FunctionApply(function=function, arguments=(argument,)):
            return is_plain(function) and is_plain(argument)
        case ast.Apply(operator="'", arguments=(argument,)):
            return is_plain(argument)
    return False


def _uses(name: str, tree: ast.Node) -> int:
    """How often ``tree`` could evaluate ``name``: under a binder, or under a prime, often. Names that are bound again
    count too.
    """
    count = 0
    pending: list[tuple[ast.Node, int]] = [(tree, 1)]
    while pending:
        node, weight = pending.pop()
        match node:
            case ast.Name(name=found) if found == name:
                count += weight
            case ast.Apply(operator=found) if found == name:
                count += weight
            case ast.Quantifier() | ast.SetFilter() | ast.SetMap() | ast.FunctionConstructor() | ast.Choose():
                weight = 2
            case ast.Lambda() | ast.OperatorDefinition() | ast.FunctionDefinition():
                weight = 2
        pending += [(child, weight) for child in node.children()]
    return count


def _with_let(named: list[tuple[str, ast.Expr]], body: ast.Expr) -> ast.Expr:
    """``body`` below definitions of ``named``; what is used under a prime is put there instead: its value differs."""
    for name, value in reversed(named):
        if _is_primed(name, body):
            body = _replaced(name, value, body)
        else:
            unit = ast.OperatorDefinition(name, (), value, location=value.location)
            body = ast.Let((unit,), body, location=body.location)
    return body


def _replaced(name: str, value: ast.Expr, body: ast.Expr) -> ast.Expr:
    return rewrite(body, lambda part: value if isinstance(part, ast.Name) and part.name == name else None)


def _is_primed(name: str, tree: ast.Expr) -> bool:
    for node in walk(tree):
        match node:
            case ast.Apply(operator="'" | "UNCHANGED") if any(
                isinstance(part, ast.Name) and part.name == name for part in walk(node)
            ):
                return True
    return False
