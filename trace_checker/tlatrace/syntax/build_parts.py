"""What the functions of the grammar's rules hand to one another, where it is no syntax tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from tlatrace.syntax.ast import Expr, Location
from tlatrace.syntax.operators import Operator
from tlatrace.syntax.precedence import spanning
from tlatrace.syntax.tokens import Token

Parts: TypeAlias = list[Any]
"""What the parts of a rule became: tokens, nodes, and the tuples below, in the order of the grammar."""


class Names(NamedTuple):
    names: tuple[Token, ...]
    location: Location

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(name.value for name in self.names)


class Target(NamedTuple):
    names: tuple[str, ...]
    is_tuple: bool
    location: Location


class Arguments(NamedTuple):
    items: tuple[Expr, ...]
    location: Location


class Ranked(NamedTuple):
    """An expression and the operator at its top, where infix or postfix; parentheses hide it."""

    node: Expr
    operator: Operator | None
    location: Location


class Subscript(NamedTuple):
    """The steps of a subscript; each is its name and the argument lists written after it."""

    steps: tuple[tuple[Token, tuple[Arguments, ...]], ...]
    location: Location


def span(parts: Sequence[Any]) -> Location:
    """From the begin of the first part of a rule to the end of the last."""
    return spanning(parts[0].location, parts[-1].location)
