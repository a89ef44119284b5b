"""Subexpressions of definitions, made definitions: ``Init!2`` is an operator of the name ``Init!2``."""

from __future__ import annotations

from dataclasses import replace

from tlatrace.semantics.building import Built
from tlatrace.semantics.checking import Checker, Local
from tlatrace.semantics.errors import SemanticError
from tlatrace.semantics.references import Lifted
from tlatrace.semantics.selection import NoSuchPart, select
from tlatrace.semantics.spec import Definition
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite


def with_parts(body: ast.Expr, built: Built) -> ast.Expr:
    """``body``, in which every reference into a definition is a reference to a definition of that part; these are put
    into the scope that is being built.
    """

    def change(node: ast.Node) -> ast.Node | None:
        if not isinstance(node, ast.Selection):
            return None
        steps = tuple(
            replace(step, arguments=tuple(rewrite(argument, change) for argument in step.arguments))
            for step in node.steps
        )
        for count in range(1, len(steps)):
            name = "!".join(step.name for step in steps[:count])
            if isinstance(definition := built.names.get(name), Definition):
                return _reference(name, definition, steps, count, built, node.location)
        return replace(node, steps=steps)

    return rewrite(body, change)


def _reference(
    name: str,
    definition: Definition,
    steps: tuple[ast.PathStep, ...],
    count: int,
    built: Built,
    location: ast.Location,
) -> ast.Expr:
    whole = "!".join(step.name for step in steps)
    if whole not in built.names:
        _put(whole, name, definition, steps[count:], built, location)
    symbol = built.names[whole]
    assert isinstance(symbol, Definition)
    hidden = built.lifted[whole].hidden if whole in built.lifted else 0
    arguments = tuple(argument for step in steps for argument in step.arguments)
    missing = symbol.parameters[hidden + len(arguments) :]
    if not missing:
        return ast.Apply(whole, arguments, location=location) if arguments else ast.Name(whole, location=location)
    if not arguments:
        return ast.Name(whole, location=location)
    names = tuple(f"{whole}!{position}" for position in range(len(missing)))
    every = arguments + tuple(ast.Name(each) for each in names)
    return ast.Lambda(names, ast.Apply(whole, every, location=location), location=location)


def _put(
    whole: str,
    name: str,
    definition: Definition,
    selectors: tuple[ast.PathStep, ...],
    built: Built,
    location: ast.Location,
) -> None:
    parameters = definition.parameters
    try:
        part = select(
            definition.body, [each.name for each in parameters], [each.arity for each in parameters], selectors
        )
    except NoSuchPart as problem:
        raise SemanticError(f"{whole}: {problem}", location=location) from None
    bound = {each.name: Local(each.arity) for each in part.parameters}
    built.names[whole] = replace(
        definition,
        name=whole,
        parameters=part.parameters,
        body=part.expression,
        level=Checker(definition.scope, None).level(part.expression, bound),
        location=part.expression.location,
        is_function=False,
    )
    if name in built.lifted:
        known = built.lifted[name]
        built.lifted[whole] = Lifted(len(part.parameters) - known.hidden, known.hidden)
