"""The values that a false formula read, for the reader of an explanation.

``votedFor[i] \\in {Nil, m.from}`` read ``votedFor[i]``, ``{Nil, m.from}`` and ``m.from``. Literals and
bound names are left out: the reader sees the first two in the text, and the last among the bindings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tlatrace.compile.api import State
from tlatrace.compile.environment import Environment
from tlatrace.compile.source_lines import one_line
from tlatrace.semantics.checking import CONSTANT
from tlatrace.semantics.spec import ConstantSymbol, Definition, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.values import EvaluationError, Value

if TYPE_CHECKING:
    from tlatrace.compile.interpreter import Interpreter

OPERANDS_MAX: Final = 12
"""A formula that reads more than this is not understood by looking at a list."""


def operands_of(
    interpreter: Interpreter, formula: ast.Expr, environment: Environment, state: State, successor: State
) -> tuple[tuple[str, Value], ...]:
    """What ``formula`` read, outermost first, from left to right; at most OPERANDS_MAX."""
    found: dict[str, Value] = {}
    for expression in _reads(formula, environment, frozenset(), is_whole=True):
        text = one_line(expression, interpreter.spec.sources)
        if text in found:
            continue
        try:
            found[text] = interpreter.evaluate(expression, environment, state, successor)
        except (EvaluationError, RecursionError):
            continue  # It was not evaluated in the formula either: a branch not taken, a variable not assigned yet.
        if len(found) == OPERANDS_MAX:
            break
    return tuple(found.items())


def _reads(
    e: ast.Node, environment: Environment, hidden: frozenset[str], *, is_whole: bool = False
) -> Iterator[ast.Expr]:
    """The subexpressions worth showing; ``hidden`` are the names bound inside the formula, which have no one value."""
    if not isinstance(e, ast.Expr):
        for child in e.children():
            yield from _reads(child, environment, hidden)
        return
    if isinstance(e, (ast.Number, ast.String, ast.Decimal, ast.Lambda, ast.At)):
        return
    if isinstance(e, ast.Name):
        if e.name not in hidden and e.name not in environment.names and _is_variable(e.name, environment):
            yield e
        return
    if not is_whole and not _mentions(e, hidden) and _is_worth_showing(e, environment):
        yield e
        if isinstance(e, (ast.FunctionApply, ast.Field)):
            # The value of f[i] says all about f that matters; an index may have been read on its own.
            yield from _indices(e, environment, hidden)
            return
        if isinstance(e, ast.Apply) and e.operator == "'":
            return  # Without its prime, it was not read.
    inner = hidden | _bound_by(e)
    for child in e.children():
        yield from _reads(child, environment, inner)


def _indices(e: ast.Expr, environment: Environment, hidden: frozenset[str]) -> Iterator[ast.Expr]:
    while isinstance(e, (ast.FunctionApply, ast.Field)):
        if isinstance(e, ast.FunctionApply):
            for argument in e.arguments:
                yield from _reads(argument, environment, hidden)
            e = e.function
        else:
            e = e.record


def _is_variable(name: str, environment: Environment) -> bool:
    symbol = environment.scope.get(name)
    if isinstance(symbol, ConstantSymbol):
        return type(symbol.value) in (int, str, bool)  # a model value says no more than its name, a set too much
    return isinstance(symbol, VariableSymbol) or (
        isinstance(symbol, Definition) and symbol.level > CONSTANT and not symbol.parameters
    )


def _is_worth_showing(e: ast.Expr, environment: Environment) -> bool:
    """Whether ``e`` depends on anything but constants, and is no formula whose parts say more."""
    if isinstance(e, (ast.Junction, ast.Quantifier, ast.Let, ast.Label)) or _has_open_at(e):
        return False
    for node in walk(e):
        if isinstance(node, (ast.Name, ast.Apply)):
            name = node.name if isinstance(node, ast.Name) else node.operator
            if name in environment.names:
                return True
            symbol = environment.scope.get(name)
            if isinstance(symbol, VariableSymbol) or (isinstance(symbol, Definition) and symbol.level > CONSTANT):
                return True
    return False


def _has_open_at(e: ast.Node) -> bool:
    """Whether ``@`` stands in ``e`` for what an EXCEPT around it changes: no value without it."""
    if isinstance(e, ast.At):
        return True
    return not isinstance(e, ast.Except) and any(_has_open_at(child) for child in e.children())


def _mentions(e: ast.Expr, names: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.name in names for node in walk(e)) if names else False


def _bound_by(e: ast.Expr) -> frozenset[str]:
    names: set[str] = set()
    for child in e.children():
        if isinstance(child, ast.Bound):
            names.update(child.names)
        elif isinstance(child, (ast.OperatorDefinition, ast.FunctionDefinition)):
            names.add(child.name)
    return frozenset(names)
