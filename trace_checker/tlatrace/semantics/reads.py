"""Which variables an expression reads, and whether it speaks of two states, seen through definitions."""

from __future__ import annotations

from tlatrace.semantics.checking import ACTION, Checker
from tlatrace.semantics.spec import Definition, Scope, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in


def variables_read(expression: ast.Expr, scope: Scope) -> frozenset[str]:
    """The names of the variables that ``expression``, or a definition it uses, mentions, primed or not."""
    found: set[str] = set()
    seen: set[int] = set()
    pending: list[tuple[ast.Node, Scope]] = [(expression, scope)]
    while pending:
        tree, where = pending.pop()
        for name in names_in(tree):
            symbol = where.get(name)
            if isinstance(symbol, VariableSymbol):
                found.add(symbol.name)
            elif isinstance(symbol, Definition) and id(symbol) not in seen:
                seen.add(id(symbol))
                pending.append((symbol.body, symbol.scope))
    return frozenset(found)


def speaks_of_steps(expression: ast.Expr, scope: Scope) -> bool:
    """Whether the value of ``expression`` depends on two states: a prime, or something that stands for one, occurs in
    it or in a definition that it uses (``ENABLED`` speaks of one state, whatever stands below it).
    """
    return Checker(scope, None).level(expression, {}) >= ACTION
