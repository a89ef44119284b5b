"""Lowering of the operators that no scope holds: those that speak of steps, and those that may skip an argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from tlatrace.compile.code import Code
from tlatrace.compile.scopes import Env
from tlatrace.semantics.spec import VariableSymbol
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.references import References

Arguments: TypeAlias = tuple[ast.Expr, ...]


def _prime(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    if env.after is None:
        return lowering.failure("a primed expression is evaluated where there is no step", node, env)
    argument = arguments[0]
    if isinstance(argument, ast.Name):
        variable = env.lookup(argument.name)
        if isinstance(variable, VariableSymbol):
            return lowering.variable_value(variable, node, env.primed())
    if not lowering.program.analysis.reads(argument, env.scope, tuple(env.bindings)).is_pure:
        return Code(lowering.mark(f"primed({lowering.lazy_argument(argument, env.primed())})", node, env), depth=1)
    return lowering.value(argument, env.primed())


def _unchanged(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    if env.after is None:
        return lowering.failure("UNCHANGED is evaluated where there is no step", node, env)
    one = arguments[0]
    place = node.location
    if isinstance(one, ast.Tuple) and one.items:
        items = tuple(ast.Apply("UNCHANGED", (item,), location=place) for item in one.items)
        return lowering.value(ast.Junction("/\\", items, location=place), env)
    now, after = lowering.value(one, env), lowering.value(one, env.primed())
    return Code(
        lowering.mark(f"equal({after.text}, {now.text})", node, env), "bool", depth=1 + max(now.depth, after.depth)
    )


def _enabled(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    return lowering.enabled(arguments[0], env)


def _composition(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    assert isinstance(node, ast.Apply)
    return lowering.composition(node, env)


def _implies(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    left, right = arguments
    test = lowering.truth(left, env, "the left side of =>")
    with lowering.capture() as lines:
        then = lowering.truth(right, env, "the right side of =>")
    if not lines:
        return Code(f"(not {test.text} or {then.text})", "bool", depth=1 + max(test.depth, then.depth))
    result = lowering.fresh("t")
    lowering.emit(f"{result} = True")
    lowering.emit(f"if {test.text}:")
    lowering.lines += lines
    lowering.lines.append((lowering.level + 1, f"{result} = {then.text}"))
    return Code(result, "bool", is_atomic=True)


def _equivalent(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    left = lowering.truth(arguments[0], env, "the left side of <=>")
    right = lowering.truth(arguments[1], env, "the right side of <=>")
    return Code(f"({left.text} is {right.text})", "bool", depth=1 + max(left.depth, right.depth))


def _negation(lowering: References, arguments: Arguments, node: ast.Expr, env: Env) -> Code:
    test = lowering.truth(arguments[0], env, "the operand of ~")
    return Code(f"(not {test.text})", "bool", depth=test.depth + 1)


SPECIAL_OPERATORS: Final[dict[str, Callable[[References, Arguments, ast.Expr, Env], Code]]] = {
    "'": _prime,
    "UNCHANGED": _unchanged,
    "ENABLED": _enabled,
    "\\cdot": _composition,
    "=>": _implies,
    "<=>": _equivalent,
    "~": _negation,
}
