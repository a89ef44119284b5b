"""TLC's 32-bit integers: what an evaluator with ``bounded_integers`` does to numbers that TLC could not hold.

The result of every operator that computes an integer is looked at, and so is every literal; one out of range is an
evaluation error that names the operator and its operands. Integers elsewhere are parts of values that passed here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NoReturn

from tlatrace.semantics.spec import BuiltinOperator
from tlatrace.values import EvaluationError, Value, shown

INTEGER_MIN: Final = -(2**31)
INTEGER_MAX: Final = 2**31 - 1

# The operators whose result can be larger than what they were given.
_GROWING: Final = frozenset(("+", "-", "*", "^", "\\div", "-.", "Cardinality", "BagCardinality", "CopiesIn"))


def fits(value: int) -> bool:
    """Whether TLC can hold the integer."""
    return INTEGER_MIN <= value <= INTEGER_MAX


def overflow(operator: str, *operands: Value) -> NoReturn:
    """The error for a result that TLC cannot hold."""
    if len(operands) == 2:
        what = f"{shown(operands[0])} {operator} {shown(operands[1])}"
    else:
        what = f"{operator}({', '.join(map(shown, operands))})"
    raise EvaluationError(f"overflow when computing {what}: TLC's integers end at {INTEGER_MIN} and {INTEGER_MAX}")


def literal_too_big(value: int) -> str:
    """The message for a literal that TLC cannot hold."""
    return f"the number {value} is too big: TLC's integers end at {INTEGER_MAX}"


def bounded(builtin: BuiltinOperator) -> Callable[..., Any]:
    """The function of a builtin operator, with its result looked at where that can be too large."""
    return _checked(builtin.name, builtin.function) if builtin.name in _GROWING else builtin.function


@cache
def _checked(name: str, function: Callable[..., Value]) -> Callable[..., Value]:
    symbol = "-" if name == "-." else name

    def check(*operands: Value) -> Value:
        value = function(*operands)
        if type(value) is int and not INTEGER_MIN <= value <= INTEGER_MAX:
            overflow(symbol, *operands)
        return value

    return check
