r"""Which CHOOSE means the greatest or the least number of a set.

``CHOOSE x \in S : P(x) /\ \A y \in S : P(y) => x >= y`` goes through S for every element of S. For numbers there is at
most one such ``x``, and it can be told without going through S again when S grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, rewrite

_MIRRORED: Final = {">=": "<=", "<=": ">="}

_KINDS: Final = {">=": "greatest", "<=": "least"}


def extreme_of(tree: ast.Choose) -> tuple[str, ast.Expr] | None:
    """``greatest`` or ``least`` and the P of such a CHOOSE; None of any other."""
    match tree:
        case ast.Choose(bound=ast.Bound(names=(name,), domain=ast.Expr() as domain, is_tuple=False), body=body):
            items = body.items if isinstance(body, ast.Junction) and body.operator == "/\\" else (body,)
            for position, item in enumerate(items):
                others = (*items[:position], *items[position + 1 :])
                kind = _comparison(item, name, domain, others)
                if kind is not None:
                    return kind, _all(others, body)
    return None


def _comparison(item: ast.Expr, name: str, domain: ast.Expr, others: Sequence[ast.Expr]) -> str | None:
    r"""What ``\A y \in S : P(y) => x >= y`` makes of ``x``; ``others`` are the conjuncts of P(x)."""
    match item:
        case ast.Quantifier(
            kind="\\A", bounds=(ast.Bound(names=(other,), domain=same, is_tuple=False),), body=body
        ) if same == domain and other not in names_in(domain) and other != name:
            match body:
                case ast.Apply(operator="=>", arguments=(condition, compared)) if others:
                    renamed = _renamed(_all(others, item), name, other)
                    if any(other in names_in(each) for each in others) or condition != renamed:
                        return None
                    return _kind(compared, name, other)
                case _ if not others:
                    return _kind(body, name, other)
    return None


def _kind(compared: ast.Expr, name: str, other: str) -> str | None:
    match compared:
        case ast.Apply(operator=operator, arguments=(ast.Name(name=left), ast.Name(name=right))):
            if (left, right) == (name, other):
                return _KINDS.get(operator)
            if (left, right) == (other, name):
                return _KINDS.get(_MIRRORED.get(operator, ""))
    return None


def _all(items: Sequence[ast.Expr], place: ast.Expr) -> ast.Expr:
    if not items:
        return ast.Name("TRUE", location=place.location)
    return items[0] if len(items) == 1 else ast.Junction("/\\", tuple(items), location=place.location)


def _renamed(formula: ast.Expr, name: str, other: str) -> ast.Expr:
    def change(part: ast.Node) -> ast.Node | None:
        return ast.Name(other, location=part.location) if isinstance(part, ast.Name) and part.name == name else None

    return rewrite(formula, change)
