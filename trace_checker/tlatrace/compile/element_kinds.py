r"""What kind the elements of a set are, as far as its expression tells: enough for ``\A i \in 1..N`` and
``\E p \in Proc``.
"""

from __future__ import annotations

from typing import Final

from tlatrace.compile.scopes import Delayed, Env, StateView
from tlatrace.semantics.spec import BuiltinOperator, ConstantSymbol, Definition
from tlatrace.syntax import ast
from tlatrace.values import ModelValue, SetValue, Value

_OF_BUILTIN: Final = {"Nat": "int", "Int": "int", "BOOLEAN": "bool", "STRING": "str"}
_OF_TYPE: Final = {int: "int", bool: "bool", str: "str"}

# Definitions that are followed, one in another.
_DEPTH_MAX: Final = 8


def kind_of_scalar(value: Value) -> str:
    """``int``, ``bool``, ``str``; ``model`` for an untyped model value, which equals nothing but itself and may be
    compared with anything but typed ones; empty for all others.
    """
    if isinstance(value, ModelValue):
        return "model" if value.type_tag is None else ""
    return _OF_TYPE.get(type(value), "")


def element_kind(expression: ast.Expr, env: Env, depth: int = 0) -> str:
    """The kind of the elements of ``expression``; empty where it is not known, or not the same for all."""
    if depth > _DEPTH_MAX:
        return ""
    match expression:
        case ast.Apply(operator=".."):
            return "int" if isinstance(env.lookup(".."), BuiltinOperator) else ""
        case ast.Apply(operator="\\cup" | "\\cap" as operator, arguments=(left, right)):
            if not isinstance(env.lookup(operator), BuiltinOperator):
                return ""
            one = element_kind(left, env, depth + 1)
            return one if one == element_kind(right, env, depth + 1) else ""
        case ast.Apply(operator="\\", arguments=(left, _)):
            return element_kind(left, env, depth + 1) if isinstance(env.lookup("\\"), BuiltinOperator) else ""
        case ast.SetEnumeration(items=items) if items:
            kinds = {_kind(item, env) for item in items}
            return kinds.pop() if len(kinds) == 1 else ""
        case ast.SetFilter(bound=ast.Bound(domain=ast.Expr() as domain, is_tuple=False)):
            return element_kind(domain, env, depth + 1)
        case ast.Name(name=name):
            match env.lookup(name):
                case ConstantSymbol(value=SetValue() as value):
                    found = {kind_of_scalar(item) for item in value}
                    return found.pop() if len(found) == 1 else ""
                case BuiltinOperator(name=known):
                    return _OF_BUILTIN.get(known, "")
                case Definition(parameters=(), is_function=False, is_recursive=False) as definition:
                    return element_kind(definition.body, Env(definition.scope, StateView("s"), None), depth + 1)
                case Delayed(expression=inner, env=inner_env):
                    return element_kind(inner, inner_env, depth + 1)
    return ""


def _kind(expression: ast.Expr, env: Env) -> str:
    match expression:
        case ast.Number():
            return "int"
        case ast.String():
            return "str"
        case ast.Name(name=name):
            symbol = env.lookup(name)
            if isinstance(symbol, ConstantSymbol) and symbol.value is not None:
                return kind_of_scalar(symbol.value)
    return ""
