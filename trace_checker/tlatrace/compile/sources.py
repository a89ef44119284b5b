"""What is known of values that have no name yet: the data that solving works on.

A *fact* is known of a variable of the next state, a *source* of an identifier. Both lead along a *path*, through
applications and fields, to a place of which Python text gives the value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tlatrace.compile.scopes import Bound, Env
from tlatrace.semantics.spec import VariableSymbol
from tlatrace.syntax import ast

Known: TypeAlias = Callable[[], str]
"""Emits statements, and gives Python text for a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """``[key]``, or ``.name`` (then ``key`` is a string)."""

    key: ast.Expr
    env: Env

    @property
    def field(self) -> str | None:
        """The name of a field."""
        return self.key.value if isinstance(self.key, ast.String) else None


Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """What is known of a variable of the next state: ``x'.path = known``; or, for an element, ``known \\in x'``."""

    path: Path
    known: Known
    is_element: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where the formula holds, ``target.path`` is ``known``; or else one of the ``branches`` holds, each of them a
    list of sources. Without a target it is a *check*: where the formula holds, ``known`` is true.
    """

    target: Bound | None
    path: tuple[str, ...]
    known: Known
    branches: tuple[tuple[Source, ...], ...] = ()


def path_of(expression: ast.Expr, env: Env, after: bool) -> tuple[VariableSymbol, Path] | None:
    """The variable that ``expression`` (``x[n].f``, or with primes if ``after``) is read from, and the way there."""
    match expression:
        case ast.Label(body=body):
            return path_of(body, env, after)
        case ast.Apply(operator="'", arguments=(inner,)) if after:
            return path_of(inner, env, False)
        case ast.Name(name=name) if not after:
            match env.lookup(name):
                case VariableSymbol() as variable:
                    return variable, ()
        case ast.Field(record=record, name=name):
            place = path_of(record, env, after)
            return None if place is None else (place[0], (*place[1], Step(ast.String(name), env)))
        case ast.FunctionApply(function=function, arguments=arguments):
            place = path_of(function, env, after)
            return None if place is None else (place[0], (*place[1], Step(one_key(arguments, expression), env)))
    return None


def one_key(arguments: tuple[ast.Expr, ...], node: ast.Node) -> ast.Expr:
    """The argument of an application: a tuple where several are written."""
    return arguments[0] if len(arguments) == 1 else ast.Tuple(arguments, location=node.location)
