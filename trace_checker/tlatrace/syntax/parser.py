"""Texts to syntax trees: modules and single expressions.

The work is done in four passes: words (:mod:`tokens`), columns and symbols of several meanings (:mod:`layout`),
structure (``tla.lark``, an LALR(1) grammar), precedence (:mod:`precedence`). Only here does the parser's complaint
become a :class:`ParseError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from tlatrace.location import Location, with_plain_line_ends
from tlatrace.syntax import ast
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.layout import lay_out
from tlatrace.syntax.precedence import node_of
from tlatrace.syntax.proofs import with_numbered_references
from tlatrace.syntax.tokens import LineMap, Token, module_begin, tokenize


def parse_module(text: str, file: str) -> ast.Module:
    """The first module of a text; what stands before ``---- MODULE`` and after its ``====`` is not read.

    Raises :class:`ParseError`.
    """
    text = with_plain_line_ends(text)
    start = module_begin(text)
    if start is None:
        raise ParseError(
            "there is no module in this text", location=Location(file, 1, 1, 1, 1), expected=("---- MODULE Name ----",)
        )
    tokens = list(_one_module(tokenize(text, file, start=start)))
    module = _parse(tokens, "module", file)
    assert isinstance(module, ast.Module)
    named = [token for token in tokens if token.type == "STEP_NAME"]
    _check_step_names(module, named)
    return with_numbered_references(module) if any(token.value[1] == "*" for token in named) else module


def parse_expression(text: str, file: str, line: int = 1, column: int = 1) -> ast.Expr:
    """The expression that a text is.

    ``line`` and ``column`` say where in ``file`` the text stands: the place of its first character, and of the left
    edge of all its further lines (so that a bulleted list keeps its shape). Raises :class:`ParseError`.
    """
    text = with_plain_line_ends(text)
    raw = list(tokenize(text, file, first_line=line, first_column=column))
    if not raw:
        raise ParseError("there is no expression here", location=Location(file, line, column, line, column))
    expression = _parse(raw, "expression", file)
    assert isinstance(expression, ast.Expr)
    return expression


def source_text(location: Location, text: str) -> str:
    """The part of ``text``, the whole text of the file, that a location covers, as it was written."""
    text = with_plain_line_ends(text)
    lines = LineMap(text)
    return text[lines.offset(location.line, location.column) : lines.offset(location.end_line, location.end_column) + 1]


def _check_step_names(module: ast.Module, named: list[Token]) -> None:
    """Steps are named only in proofs that have some."""
    within = [(proof.location[1:3], proof.location[3:5]) for proof in _proofs(module)] if named else []
    for token in named:
        if not any(first <= token.location[1:3] <= last for first, last in within):
            raise ParseError(
                f'found "{token.value}": a step of a proof is named outside of it',
                location=token.location,
                found=token.value,
            )


def _proofs(module: ast.Module) -> Iterator[ast.StructuredProof]:
    for unit in module.units:
        if isinstance(unit, ast.Theorem) and isinstance(unit.proof, ast.StructuredProof):
            yield unit.proof
        elif isinstance(unit, ast.Module):
            yield from _proofs(unit)


def _one_module(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens up to the ``====`` that ends the first module."""
    depth = 0
    for token in tokens:
        yield token
        if token.type == "BEGIN_MODULE":
            depth += 1
        elif token.type == "END_MODULE":
            depth -= 1
            if depth == 0:
                return


def _parse(raw: list[Token], start: Literal["module", "expression"], file: str) -> Any:
    # The parser is slow to import, and a command whose modules are all in the cache of trees does without it.
    from lark.exceptions import UnexpectedToken

    from tlatrace.syntax.diagnosis import in_context, unexpected
    from tlatrace.syntax.tables import parser

    kinds = [token.type for token in raw]
    try:
        result: Any = parser().parse(lay_out(raw), start=start)
    except UnexpectedToken as problem:
        raise unexpected(problem, _as_read(raw, kinds), file) from None
    except ParseError as problem:
        raise in_context(problem, _as_read(raw, kinds)) from None
    return node_of(result) if start == "expression" else result


def _as_read(raw: list[Token], kinds: list[str]) -> list[Token]:
    """The tokens as they were before the layout pass renamed them."""
    return [Token(kind, token.value, token.location) for token, kind in zip(raw, kinds, strict=True)]
