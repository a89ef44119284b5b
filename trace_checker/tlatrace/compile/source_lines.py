"""Expressions as a person wrote them, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tlatrace.syntax import ast, print_expression, source_text


def one_line(expression: ast.Expr, sources: Mapping[str, str]) -> str:
    """The source text of ``expression`` without line ends; printed anew where the source is not at hand, or has
    comments in it.
    """
    location = expression.location
    text = sources.get(location.file)
    if text is None or location.line < 1:
        return _printed(expression)
    written = _written(location, text)
    return written if written is not None else _printed(expression)


@lru_cache(maxsize=1024)
def _written(location: ast.Location, text: str) -> str | None:
    found = source_text(location, text)
    return None if "\\*" in found or "(*" in found else " ".join(found.split())


def _printed(expression: ast.Expr) -> str:
    return " ".join(print_expression(expression).split())
