"""Lowering of the operators of the language and of the standard modules that are worth better than a call.

Each entry of :data:`OPERATORS` gives Python text for an application, or None where a call of the operator's own
function will do. The fast text is guarded by exact types; when a guard fails, the operator's function decides, and
raises its error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from tlatrace.compile.bounded import INTEGER_MAX, INTEGER_MIN, fits
from tlatrace.compile.code import Code
from tlatrace.compile.scopes import Env
from tlatrace.semantics.spec import BuiltinOperator
from tlatrace.syntax import ast

if TYPE_CHECKING:
    from tlatrace.compile.references import References

Arguments: TypeAlias = tuple[ast.Expr, ...]
Lower: TypeAlias = "Callable[[References, Arguments, ast.Apply, Env], Code | None]"

_SCALARS: Final = ("bool", "int", "str")


def _arithmetic(symbol: str, kind: str) -> Lower:
    """A Python operator on two integers."""

    def lower(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code | None:
        left, right = (lowering.value(argument, env) for argument in arguments)
        depth = 1 + max(left.depth, right.depth)
        if kind == "int" and lowering.program.bounded_integers:
            return _bounded(lowering, symbol, left, right, node, env)
        if left.kind == right.kind == "int":
            return Code(f"({left.text} {symbol} {right.text})", kind, depth=depth)
        tests: list[str] = []
        left, right = (_guarded(lowering, code, "int", tests) for code in (left, right))
        slow = _slow(lowering, node, env, left, right)
        text = f"({left.text} {symbol} {right.text} if {' & '.join(tests)} else {slow})"
        return Code(lowering.mark(text, node, env), kind, depth=depth)

    return lower


def _bounded(lowering: References, symbol: str, left: Code, right: Code, node: ast.Apply, env: Env) -> Code:
    """Arithmetic whose result must fit TLC's integers."""
    depth = 2 + max(left.depth, right.depth)
    tests: list[str] = []
    if left.kind == right.kind == "int":
        left_text, left = _noted(lowering, left)
        right_text, right = _noted(lowering, right)
        slow = f"overflow({symbol!r}, {left.text}, {right.text})"
    else:
        left, right = (_guarded(lowering, code, "int", tests) for code in (left, right))
        left_text, right_text = left.text, right.text
        # The operator's own function looks at everything anew, and tells what is wrong.
        slow = _slow(lowering, node, env, left, right)
    name = lowering.fresh("t")
    in_range = f"{INTEGER_MIN} <= ({name} := {left_text} {symbol} {right_text}) <= {INTEGER_MAX}"
    condition = f"({' & '.join(tests)}) and {in_range}" if tests else in_range
    return Code(lowering.mark(f"({name} if {condition} else {slow})", node, env), "int", depth=depth)


def _noted(lowering: References, code: Code) -> tuple[str, Code]:
    """Text that computes ``code`` and gives it a name, and the name."""
    if code.is_atomic:
        return code.text, code
    name = lowering.fresh("t")
    return f"({name} := {code.text})", Code(name, code.kind, is_atomic=True)


def _guarded(lowering: References, code: Code, kind: str, tests: list[str]) -> Code:
    """``code`` with a test that its value is of ``kind``; a name for it where the text may not be repeated."""
    if code.kind == kind and code.is_atomic:
        return code
    if code.is_atomic:
        tests.append(f"(type({code.text}) is {kind})")
        return code
    name = lowering.fresh("t")
    tests.append(f"(type({name} := {code.text}) is {kind})")
    return Code(name, code.kind, is_atomic=True)


def _slow(lowering: References, node: ast.Apply, env: Env, *operands: Code) -> str:
    symbol = env.lookup(node.operator)
    assert isinstance(symbol, BuiltinOperator)
    return f"{lowering.program.builtin(symbol)}({', '.join(code.text for code in operands)})"


def _equal(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code:
    left, right = (lowering.value(argument, env) for argument in arguments)
    return equality(lowering, left, right, node, env)


def equality(lowering: References, left: Code, right: Code, node: ast.Node, env: Env) -> Code:
    """``left = right``"""
    depth = 1 + max(left.depth, right.depth)
    if left.kind == right.kind and left.kind in _SCALARS:
        return Code(f"({left.text} == {right.text})", "bool", depth=depth)
    if "model" in (left.kind, right.kind) and not ({left.kind, right.kind} & set(_SCALARS)):
        # There is one object for a model value, and an untyped one differs from everything else.
        return Code(f"({left.text} is {right.text})", "bool", depth=depth)
    tests: list[str] = []
    if right.kind in _SCALARS and right.is_atomic and not left.kind:
        left = _guarded(lowering, left, right.kind, tests)
    elif left.kind in _SCALARS and left.is_atomic and not right.kind:
        right = _guarded(lowering, right, left.kind, tests)
    if tests:
        text = f"({left.text} == {right.text} if {tests[0]} else equal({left.text}, {right.text}))"
        return Code(lowering.mark(text, node, env), "bool", depth=depth)
    return Code(lowering.mark(f"equal({left.text}, {right.text})", node, env), "bool", depth=depth)


def _different(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code:
    same = _equal(lowering, arguments, node, env)
    return Code(f"(not {same.text})", "bool", depth=same.depth + 1)


def _member(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code:
    return membership(lowering, lowering.value(arguments[0], env), arguments[1], node, env)


def _not_member(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code:
    inside = _member(lowering, arguments, node, env)
    return Code(f"(not {inside.text})", "bool", depth=inside.depth + 1)


def membership(lowering: References, item: Code, container: ast.Expr, node: ast.Node, env: Env) -> Code:
    """``item \\in container``, without making the set where that can be helped; the order of evaluation is TLC's."""
    if not isinstance(container, ast.SetEnumeration) and lowering.program.constant(container, env) is not None:
        name = _standard_name(container, env)
        if name != "Nat":
            return _ask(lowering, item, lowering.value(container, env), node, env)
    match container:
        case ast.Name() if _standard_name(container, env) == "Nat":
            tests: list[str] = []
            item = _guarded(lowering, item, "int", tests)
            if not tests:
                return Code(f"({item.text} >= 0)", "bool", depth=1)
            slow = f"member({item.text}, {lowering.value(container, env).text})"
            text = f"({item.text} >= 0 if {tests[0]} else {slow})"
            return Code(lowering.mark(text, node, env), "bool", depth=item.depth + 1)
        case ast.Apply(operator="..", arguments=bounds) if _is_standard("..", env):
            return _within(lowering, item, bounds, node, env)
        case ast.Apply(operator="\\cup" | "\\cap" | "\\" as operator) if _is_standard(operator, env):
            test = _tester(lowering, container, node, env)
            return test(lowering.atom(item))
        case ast.SetEnumeration(items=items) if items:
            codes = [lowering.value(each, env) for each in items]
            listed = ", ".join(code.text for code in codes)
            depth = 1 + max(item.depth, *(code.depth for code in codes))
            if item.kind in _SCALARS and all(code.kind == item.kind for code in codes):
                return Code(f"({item.text} in ({listed},))", "bool", depth=depth)
            kinds = {code.kind for code in codes}
            if len(kinds) == 1 and kinds <= set(_SCALARS) and all(code.is_atomic for code in codes):
                tests = []
                item = _guarded(lowering, item, kinds.pop(), tests)
                text = f"({item.text} in ({listed},) if {tests[0]} else among({item.text}, {listed}))"
                return Code(lowering.mark(text, node, env), "bool", depth=depth)
            return Code(lowering.mark(f"among({item.text}, {listed})", node, env), "bool", depth=depth)
    return _ask(lowering, item, lowering.value(container, env), node, env)


def _tester(lowering: References, container: ast.Expr, node: ast.Node, env: Env) -> Callable[[Code], Code]:
    """What asks a set for an atomic item. As in TLC, the parts of the set are computed first, whatever the item
    turns out to be.
    """
    is_constant = lowering.program.constant(container, env) is not None
    match container:
        case ast.Apply(operator="\\cup" | "\\cap" | "\\" as operator, arguments=(left, right)) if (
            not is_constant and _is_standard(operator, env)
        ):
            one, other = _tester(lowering, left, node, env), _tester(lowering, right, node, env)
            return lambda item: _combined(lowering, operator, one, other, item)
        case _:
            # Also a constant, which is computed when it is first read.
            whole = lowering.fresh("set")
            lowering.emit(f"{whole} = {lowering.value(container, env).text}")
            return lambda item: _ask(lowering, item, Code(whole, is_atomic=True), node, env)


def _combined(
    lowering: References, operator: str, one: Callable[[Code], Code], other: Callable[[Code], Code], item: Code
) -> Code:
    """Membership in a union, an intersection or a difference."""
    first = one(item)
    with lowering.capture() as lines:
        second = other(item)
    word = {"\\cup": "or", "\\cap": "and", "\\": "and not"}[operator]
    if not lines:
        return Code(f"({first.text} {word} {second.text})", "bool", depth=1 + max(first.depth, second.depth))
    result = lowering.fresh("t")
    lowering.emit(f"{result} = {first.text}")
    lowering.emit(f"if not {result}:" if word == "or" else f"if {result}:")
    lowering.lines += lines
    lowering.lines.append((lowering.level + 1, f"{result} = {'not ' if word == 'and not' else ''}{second.text}"))
    return Code(result, "bool", is_atomic=True)


def _ask(lowering: References, item: Code, container: Code, node: ast.Node, env: Env) -> Code:
    text = f"member({item.text}, {container.text})"
    return Code(lowering.mark(text, node, env), "bool", depth=1 + max(item.depth, container.depth))


def _within(lowering: References, item: Code, bounds: Arguments, node: ast.Node, env: Env) -> Code:
    """``item \\in low .. high``"""
    low, high = (lowering.value(bound, env) for bound in bounds)
    depth = 1 + max(item.depth, low.depth, high.depth)
    if item.kind == low.kind == high.kind == "int":
        return Code(f"({low.text} <= {item.text} <= {high.text})", "bool", depth=depth)
    tests: list[str] = []
    item, low, high = (_guarded(lowering, code, "int", tests) for code in (item, low, high))
    symbol = env.lookup("..")
    assert isinstance(symbol, BuiltinOperator)
    slow = f"member({item.text}, {lowering.program.builtin(symbol)}({low.text}, {high.text}))"
    text = f"({low.text} <= {item.text} <= {high.text} if {' & '.join(tests)} else {slow})"
    return Code(lowering.mark(text, node, env), "bool", depth=depth)


def _union(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code | None:
    left, right = arguments
    if isinstance(right, ast.SetEnumeration) and len(right.items) == 1:
        base, item = lowering.value(left, env), lowering.value(right.items[0], env)
        text = f"with_item({base.text}, {item.text})"
        return Code(lowering.mark(text, node, env), "set", depth=1 + max(base.depth, item.depth))
    return None


def _big_union(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code | None:
    """``UNION {…}``: as in TLC, the sets whose union it is are not compared with one another."""
    match arguments[0]:
        case ast.SetMap() as sets:
            return lowering.collected("union_of", sets, node, env)
        case ast.SetEnumeration(items=items) if items:
            codes = [lowering.value(each, env) for each in items]
            text = f"union_of(({', '.join(code.text for code in codes)},))"
            return Code(lowering.mark(text, node, env), "set", depth=1 + max(code.depth for code in codes))
    return None


def _negative(lowering: References, arguments: Arguments, node: ast.Apply, env: Env) -> Code | None:
    if isinstance(arguments[0], ast.Number) and (not lowering.program.bounded_integers or fits(arguments[0].value)):
        return Code(f"(-{arguments[0].value})", "int", is_atomic=True)
    return None


def _standard_name(expression: ast.Expr, env: Env) -> str:
    """The name of the standard operator without arguments that ``expression`` is; empty for anything else."""
    if isinstance(expression, ast.Name):
        symbol = env.lookup(expression.name)
        if isinstance(symbol, BuiltinOperator):
            return symbol.name
    return ""


def _is_standard(operator: str, env: Env) -> bool:
    return isinstance(env.lookup(operator), BuiltinOperator)


OPERATORS: Final[dict[str, Lower]] = {
    "+": _arithmetic("+", "int"),
    "-": _arithmetic("-", "int"),
    "*": _arithmetic("*", "int"),
    "<": _arithmetic("<", "bool"),
    ">": _arithmetic(">", "bool"),
    "<=": _arithmetic("<=", "bool"),
    ">=": _arithmetic(">=", "bool"),
    "-.": _negative,
    "=": _equal,
    "#": _different,
    "\\in": _member,
    "\\notin": _not_member,
    "\\cup": _union,
    "UNION": _big_union,
}

RESULT_KINDS: Final = {
    "Len": "int",
    "Cardinality": "int",
    "\\div": "int",
    "%": "int",
    "^": "int",
    "-.": "int",
    "\\subseteq": "bool",
    "IsFiniteSet": "bool",
    "..": "set",
    "\\cap": "set",
    "\\cup": "set",
    "\\": "set",
    "SUBSET": "set",
    "UNION": "set",
    "DOMAIN": "set",
    "Append": "function",
    "\\o": "function",
    "SubSeq": "function",
    "Tail": "function",
}
