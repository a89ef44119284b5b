"""Do we group what is written as another parser does? SANY says only whether a text is accepted; the grammar of
tree-sitter, written by others, also tells where each subexpression begins and ends.

Compared are the places of operator applications, quantifiers, IF, CASE, LET, CHOOSE and the like. Parentheses have
nodes of their own there and none here, so both sides are stripped of them at their ends; chains of ``/\\``, ``\\/``
and ``\\X`` are one node here and nested pairs there, so that only whole chains count.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_tlaplus

from tlatrace.syntax import ast, parse_module
from tlatrace.syntax.rewrite import walk

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("spec", "trace_checker/tlatrace/modules", "tests/differential/specs", "examples")
    for path in ROOT.glob(f"{folder}/**/*.tla")
)

Span = tuple[int, int]

# Their names for what is compared.
_COMPARED = frozenset(
    (
        "bounded_quantification",
        "bound_infix_op",
        "bound_postfix_op",
        "bound_prefix_op",
        "case",
        "choose",
        "except",
        "function_literal",
        "if_then_else",
        "let_in",
        "set_filter",
        "set_map",
        "unbounded_quantification",
    )
)
_CHAINED = frozenset(("land", "lor", "times"))


@dataclass(frozen=True)
class _Text:
    """A source text and the offset of every line's first character."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Text:
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return cls(text, tuple(starts))

    def span(self, location: ast.Location) -> Span:
        start = self.starts[location.line - 1] + location.column - 1
        return self.stripped(start, self.starts[location.end_line - 1] + location.end_column)

    def stripped(self, start: int, end: int) -> Span:
        """The span without the parentheses and blanks at its ends."""
        while self.text[start] in "( \n":
            start += 1
        while self.text[end - 1] in ") \n":
            end -= 1
        return start, end


def _parser() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the binding, about its own pointer
        return tree_sitter.Parser(tree_sitter.Language(tree_sitter_tlaplus.language()))


def theirs(text: str) -> dict[Span, str]:
    """The spans of the compared nodes, with the kind of node."""
    source = _Text.of(text)
    root = _parser().parse(text.encode())
    found: dict[Span, str] = {}

    def visit(node: Any, parent: Any) -> None:
        if node.type in _COMPARED and not _inside_a_chain(node, parent):
            found[source.stripped(node.start_byte, _end(node))] = node.type
        for child in node.children:
            if child.type != "pcal_algorithm":  # to us, a comment
                visit(child, node)

    visit(root.root_node, None)
    return found


def _end(node: Any) -> int:
    """Where the last word of a node ends; their junction lists also have the blanks and comments that follow."""
    for child in reversed(node.children):
        if child.end_byte > child.start_byte and child.type not in ("comment", "block_comment"):
            return _end(child)
    return int(node.end_byte)


def _inside_a_chain(node: Any, parent: Any) -> bool:
    own, outer = _operator(node), _operator(parent)
    return own in _CHAINED and own == outer


def _operator(node: Any) -> str | None:
    if node is None or node.type != "bound_infix_op":
        return None
    return str(node.children[1].type)


def ours(text: str, file: str) -> Iterator[tuple[Span, ast.Node]]:
    """The spans of every expression of the module."""
    source = _Text.of(text)
    module = parse_module(text, file)
    for node in walk(module):
        if isinstance(node, ast.Expr) and node.location.line:
            yield source.span(node.location), node


def differences(their_text: str, our_text: str, file: str) -> list[str]:
    """What they group and we do not."""
    spans = {span for span, _ in ours(our_text, file)}
    return [
        f"{kind}: {their_text[start:end]!r}"
        for (start, end), kind in theirs(their_text).items()
        if (start, end) not in spans
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_subexpression_of_theirs_is_one_of_ours(path: Path) -> None:
    text = path.read_text(encoding="utf-8").expandtabs(8)
    if not text.isascii():
        pytest.skip("their places are counted in bytes")
    assert differences(text, text, str(path)) == []


def test_another_grouping_is_seen() -> None:
    texts = [
        f"---- MODULE M ----\nEXTENDS Naturals\nF(a, b, c) == a {one} b {two} c\n====" for one, two in ("+*", "*+")
    ]
    assert differences(texts[0], texts[0], "M.tla") == []
    assert differences(texts[0], texts[1], "M.tla") == ["bound_infix_op: 'b * c'"]
