"""INSTANCE inside LET, made an instance of the module around it.

``\\E x \\in S : LET I == INSTANCE M WITH c <- x IN I!Op(1)`` means what ``J(x) == INSTANCE M WITH c <- x`` in the
module and ``\\E x \\in S : J(x)!Op(1)`` would mean: the identifiers that are bound around the INSTANCE, and that it
uses, become its parameters. So evaluators know nothing of instances, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk

N = TypeVar("N", bound=ast.Node)

Bound = Mapping[str, int]
"""The identifiers that are bound here, and how many arguments each takes."""


@dataclass(frozen=True, slots=True)
class MovedInstance:
    """An INSTANCE that was put into the module under the name ``name``.

    ``members`` are the operators it defines, with the number of arguments of each, the ``captured`` ones included.
    """

    name: str
    captured: tuple[str, ...]
    members: Mapping[str, int]

    def arguments(self) -> tuple[ast.Expr, ...]:
        return tuple(ast.Name(name) for name in self.captured)


Declared = Callable[[ast.Instance], Iterable[str]]
"""The constants and variables of the module that is instantiated."""

Put = Callable[[ast.Instance], Mapping[str, int]]
"""Puts an INSTANCE into the module, and tells its members."""


def has_local_instances(node: ast.Node) -> bool:
    """Whether an INSTANCE stands in a LET below ``node``."""
    return any(
        isinstance(part, ast.Let) and any(isinstance(unit, ast.Instance) for unit in part.definitions)
        for part in walk(node)
    )


class LocalInstances:
    """Rewrites the expressions of one module. ``declared`` and ``put`` are the elaborator's."""

    def __init__(self, declared: Declared, put: Put) -> None:
        self._declared = declared
        self._put = put

    def rewritten(self, body: N, bound: Bound) -> N:
        """``body``, in which ``bound`` are bound, without INSTANCE."""

        def change(node: ast.Node) -> ast.Node | None:
            match node:
                case ast.Let():
                    return self._let(node, bound)
                case ast.Quantifier() | ast.FunctionConstructor() | ast.SetMap():
                    return self._below(node, bound, (name for item in node.bounds for name in item.names))
                case ast.Choose() | ast.SetFilter():
                    return self._below(node, bound, node.bound.names)
                case ast.Lambda():
                    return self._below(node, bound, node.parameters)
                case _:
                    return None

        return rewrite(body, change)

    def _below(self, node: ast.Node, bound: Bound, names: Iterable[str]) -> ast.Node:
        inner = {**bound, **dict.fromkeys(names, 0)}
        changes: dict[str, Any] = {
            name: self.rewritten(value, inner)
            for name in ("body", "element", "predicate")
            if isinstance(value := getattr(node, name, None), ast.Expr)
        }
        if (domains := getattr(node, "bounds", None)) is not None:
            changes["bounds"] = tuple(self.rewritten(item, bound) for item in domains)
        elif isinstance(item := getattr(node, "bound", None), ast.Bound):
            changes["bound"] = self.rewritten(item, bound)
        return replace(node, **changes)

    def _let(self, let: ast.Let, bound: Bound) -> ast.Expr:
        inner = dict(bound)
        kept: list[ast.Unit] = []
        lifted: dict[str, MovedInstance] = {}
        for unit in let.definitions:
            match unit:
                case ast.Instance():
                    unit = _referring(unit, lifted)
                    assert unit.name is not None, "the grammar has no other INSTANCE in LET"
                    lifted[unit.name] = self._lift(unit, inner)
                case ast.OperatorDefinition():
                    own = {**inner, **{each.name: each.arity for each in unit.parameters}}
                    kept.append(replace(unit, body=self.rewritten(_referring(unit.body, lifted), own)))
                    inner[unit.name] = len(unit.parameters)
                case ast.FunctionDefinition():
                    own = {**inner, unit.name: 0, **{name: 0 for item in unit.bounds for name in item.names}}
                    unit = _referring(unit, lifted)
                    kept.append(replace(unit, body=self.rewritten(unit.body, own)))
                    inner[unit.name] = 0
                case ast.Recursive():
                    inner.update((each.name, each.arity) for each in unit.parameters)
                    kept.append(unit)
                case _:
                    kept.append(unit)
        body = self.rewritten(_referring(let.body, lifted), inner)
        return replace(let, definitions=tuple(kept), body=body) if kept else body

    def _lift(self, unit: ast.Instance, bound: Bound) -> MovedInstance:
        own = {parameter.name for parameter in unit.parameters}
        given = {substitution.name for substitution in unit.substitutions}
        used = {name for name in self._declared(unit) if name not in given}
        for substitution in unit.substitutions:
            used |= _names(substitution.value)
        captured = tuple(name for name in bound if name in used and name not in own)
        parameters = tuple(ast.Parameter(name, bound[name], location=unit.location) for name in captured)
        place = unit.location
        name = f"{unit.name}!{place.line}!{place.column}"
        members = self._put(replace(unit, name=name, parameters=parameters + unit.parameters, is_local=True))
        return MovedInstance(name, captured, members)


def _names(node: ast.Node) -> set[str]:
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Name):
            found.add(part.name)
        elif isinstance(part, ast.Apply):
            found.add(part.operator)
        elif isinstance(part, ast.Selection):
            found.add(part.steps[0].name)
    return found


def _referring(node: N, named: Mapping[str, MovedInstance]) -> N:
    """``node`` with references to members of the lifted instances."""
    if not named:
        return node

    def change(part: ast.Node) -> ast.Node | None:
        match part:
            case ast.Selection() if part.steps[0].name in named:
                instance = named[part.steps[0].name]
                steps = tuple(
                    replace(step, arguments=tuple(rewrite(each, change) for each in step.arguments))
                    for step in part.steps
                )
                first = replace(steps[0], name=instance.name, arguments=instance.arguments() + steps[0].arguments)
                member = "!".join(step.name for step in steps[1:])
                return _applied((first, *steps[1:]), instance.members.get(member), part.location)
            case _:
                return None

    return rewrite(node, change)


def _applied(steps: tuple[ast.PathStep, ...], arity: int | None, location: ast.Location) -> ast.Expr:
    """A reference to a member; where it is itself an argument, an operator of what is not given yet."""
    given = sum(len(step.arguments) for step in steps)
    if arity is None or given >= arity or given == 0:
        return ast.Selection(steps, location=location)
    names = tuple(f"{steps[-1].name}!{position}" for position in range(given, arity))
    last = replace(steps[-1], arguments=steps[-1].arguments + tuple(ast.Name(name) for name in names))
    return ast.Lambda(names, ast.Selection((*steps[:-1], last), location=location), location=location)
