"""Syntax trees for tools and for people: every node with its kind, its place and its parts, whatever the node is.

The kinds and the names of the parts are those of :mod:`tlatrace.syntax.ast`. A place is ``[line, column, end line, end
column]``, counted from 1, the end inclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from tlatrace.syntax import ast


def tree_object(node: ast.Node) -> dict[str, Any]:
    """A tree as plain data: ``{"node": kind, "at": place, part: …}``."""
    found: dict[str, Any] = {"node": type(node).__name__, "at": list(node.location[1:])}
    for name in _parts(node):
        found[name] = _plain(getattr(node, name))
    return found


def tree_text(node: ast.Node) -> Iterator[str]:
    """A tree as lines without ends: a line a node, its kind, its simple parts and its place; what is below it is
    indented, with the name of the part in front where the node has several parts."""
    yield from _lines(node, "", "")


def _parts(node: ast.Node) -> Iterator[str]:
    return (item.name for item in fields(node) if item.name != "location")


def _plain(value: Any) -> Any:
    if isinstance(value, ast.Node):
        return tree_object(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _lines(node: ast.Node, indent: str, label: str) -> Iterator[str]:
    simple, below = [], []
    for name in _parts(node):
        value = getattr(node, name)
        if _has_nodes(value):
            below.append((name, value))
        elif value is not None and value is not False and value != ():
            simple.append(f" {name}={_shown(value)}")
    line, column, end_line, end_column = node.location[1:]
    yield f"{indent}{label}{type(node).__name__}{''.join(simple)} @{line}:{column}-{end_line}:{end_column}"
    for name, value in below:
        yield from _below(value, f"{indent}  ", f"{name}: " if len(below) > 1 else "")


def _below(value: Any, indent: str, label: str) -> Iterator[str]:
    if isinstance(value, ast.Node):
        yield from _lines(value, indent, label)
    elif isinstance(value, tuple):
        for item in value:
            yield from _below(item, indent, label)
    elif value is not None:
        yield f"{indent}{label}{_shown(value)}"


def _has_nodes(value: Any) -> bool:
    return isinstance(value, ast.Node) or (isinstance(value, tuple) and any(map(_has_nodes, value)))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))})"
    return f'"{value}"' if isinstance(value, str) else str(value)
