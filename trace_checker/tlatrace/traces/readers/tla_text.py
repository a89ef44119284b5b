"""Values written as TLA+, as JSON: ``<<1, {"a"}>>`` is ``[1, {"#set": ["a"]}]``.

Only what a value is written with is understood: numbers, strings, Booleans, sets, tuples, records, intervals and
functions as ``(a :> 1 @@ b :> 2)``. A name is a model value, and becomes a text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tlatrace.syntax import ParseError, ast, parse_expression

VALUES_KEPT = 4096
"""Parsing costs more than anything else that a reader does, and the values of a program repeat."""

INTERVAL_MAX = 100_000
"""Elements of an interval that is written out."""


class NoValue(Exception):
    """What is not the text of a value, and why."""


@lru_cache(maxsize=VALUES_KEPT)
def json_of_text(text: str) -> Any:
    """The value that ``text`` writes, as JSON with the tags of ITF.

    Raises:
        NoValue: it writes none.
    """
    try:
        tree = parse_expression(text, "<value>")
    except ParseError as error:
        raise NoValue(error.message) from None
    return _json(tree)


def _json(tree: ast.Expr) -> Any:
    match tree:
        case ast.Number(value=value) | ast.String(value=value):
            return value
        case ast.Name(name="TRUE"):
            return True
        case ast.Name(name="FALSE"):
            return False
        case ast.Name(name=name):
            return name
        case ast.Tuple(items=items):
            return [_json(item) for item in items]
        case ast.SetEnumeration(items=items):
            return {"#set": [_json(item) for item in items]}
        case ast.Record(items=items):
            return {item.name: _json(item.value) for item in items}
        case ast.Apply(operator="-." | "-", arguments=(ast.Number(value=value),)):
            return -value
        case ast.Apply(operator=":>" | "@@"):
            pairs = _pairs(tree)
            if pairs and all(type(key) is str and not key.startswith("#") for key, _ in pairs):
                return dict(reversed(pairs))
            return {"#map": [list(pair) for pair in pairs]}
        case ast.Apply(operator="..", arguments=(ast.Number(value=low), ast.Number(value=high))):
            if high - low > INTERVAL_MAX:
                raise NoValue(f"an interval of more than {INTERVAL_MAX} numbers")
            return {"#set": list(range(low, high + 1))}
    raise NoValue("this is no value written out (a number, text, set, tuple, record or function)")


def _pairs(tree: ast.Expr) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    pending = [tree]
    while pending:  # A large function is a chain that is deeper than Python's calls go.
        match pending.pop():
            case ast.Apply(operator="@@", arguments=(left, right)):
                pending += (right, left)
            case ast.Apply(operator=":>", arguments=(key, value)):
                pairs.append((_json(key), _json(value)))
            case _:
                raise NoValue("expected a function written as `key :> value`, joined by @@")
    return pairs
