"""Walking and rebuilding syntax trees, whatever their nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from tlatrace.syntax import ast

N = TypeVar("N", bound=ast.Node)


def walk(node: ast.Node) -> Iterator[ast.Node]:
    """``node`` and all nodes below it, parents first, in source order."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(current.children())))


def rewrite(node: N, change: Callable[[ast.Node], ast.Node | None]) -> N:
    """``node`` with every topmost node for which ``change`` gives a new one replaced; what does not change is
    shared.
    """
    changed = change(node)
    if changed is not None:
        return changed  # type: ignore[return-value]
    updates: dict[str, Any] = {}
    for item in fields(node):
        old = getattr(node, item.name)
        new = _rewrite_within(old, change)
        if new is not old:
            updates[item.name] = new
    return replace(node, **updates) if updates else node


def _rewrite_within(value: Any, change: Callable[[ast.Node], ast.Node | None]) -> Any:
    if isinstance(value, ast.Node):
        return rewrite(value, change)
    if isinstance(value, tuple) and not isinstance(value, ast.Location):
        elements = tuple(_rewrite_within(element, change) for element in value)
        return elements if any(a is not b for a, b in zip(elements, value, strict=True)) else value
    return value


def names_in(tree: ast.Node) -> set[str]:
    """The identifiers and operators that are used in ``tree``, bound ones too."""
    names: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.name)
        elif isinstance(node, ast.Apply):
            names.add(node.operator)
    return names
