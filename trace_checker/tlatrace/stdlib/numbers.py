r"""Naturals, Integers and Reals, as far as TLC evaluates them.

Integers are unbounded here; an evaluator that must keep to TLC's 32 bits looks at what these operators return.
Source: *Specifying Systems*, section 18.4; ``\div`` rounds down and ``%`` wants a positive divisor, as TLC has it.
"""

from __future__ import annotations

from tlatrace.stdlib.module import StandardModule, operators
from tlatrace.values import INTEGERS, NATURALS, REALS, AnySet, EvaluationError, IntervalSet, Value, shown, type_name

# A power with more digits than anyone wants: 2^100000 takes 12 KB; without a limit one expression can fill the memory.
EXPONENT_BITS_MAX = 1_000_000


def add(left: Value, right: Value) -> int:
    """``left + right``"""
    if type(left) is int and type(right) is int:
        return left + right
    raise _not_integers("+", left, right)


def subtract(left: Value, right: Value) -> int:
    """``left - right``"""
    if type(left) is int and type(right) is int:
        return left - right
    raise _not_integers("-", left, right)


def multiply(left: Value, right: Value) -> int:
    """``left * right``"""
    if type(left) is int and type(right) is int:
        return left * right
    raise _not_integers("*", left, right)


def negate(value: Value) -> int:
    """``-value``"""
    if type(value) is int:
        return -value
    raise EvaluationError(f"the operand of - must be an integer, but is the {type_name(value)} {shown(value)}")


def power(base: Value, exponent: Value) -> int:
    """``base ^ exponent``, for a natural exponent; 0^0 is undefined."""
    if type(base) is not int or type(exponent) is not int:
        raise _not_integers("^", base, exponent)
    if exponent < 0:
        raise EvaluationError(f"the exponent of ^ must be a natural number, but is {exponent}")
    if base == 0 and exponent == 0:
        raise EvaluationError("0^0 is undefined")
    if abs(base) > 1 and base.bit_length() * exponent > EXPONENT_BITS_MAX:
        raise EvaluationError(f"{shown(base)}^{shown(exponent)} has more than {EXPONENT_BITS_MAX} bits")
    return int(base**exponent)


def divide(left: Value, right: Value) -> int:
    r"""``left \div right``, rounded down."""
    if type(left) is not int or type(right) is not int:
        raise _not_integers("\\div", left, right)
    if right == 0:
        raise EvaluationError(f"{left} \\div 0: the divisor is zero")
    return left // right


def modulo(left: Value, right: Value) -> int:
    """``left % right``, within 0..right-1."""
    if type(left) is not int or type(right) is not int:
        raise _not_integers("%", left, right)
    if right <= 0:
        raise EvaluationError(f"{left} % {right}: the divisor must be positive")
    return left % right


def interval(low: Value, high: Value) -> AnySet:
    """``low..high``"""
    if type(low) is int and type(high) is int:
        return IntervalSet(low, high)
    raise _not_integers("..", low, high)


def less(left: Value, right: Value) -> bool:
    """``left < right``"""
    if type(left) is int and type(right) is int:
        return left < right
    raise _not_integers("<", left, right)


def greater(left: Value, right: Value) -> bool:
    """``left > right``"""
    if type(left) is int and type(right) is int:
        return left > right
    raise _not_integers(">", left, right)


def at_most(left: Value, right: Value) -> bool:
    r"""``left \leq right``"""
    if type(left) is int and type(right) is int:
        return left <= right
    raise _not_integers("<=", left, right)


def at_least(left: Value, right: Value) -> bool:
    r"""``left \geq right``"""
    if type(left) is int and type(right) is int:
        return left >= right
    raise _not_integers(">=", left, right)


def quotient(left: Value, right: Value) -> Value:
    """``left / right``: TLC has no real numbers."""
    raise EvaluationError(f"{shown(left)} / {shown(right)} is a real number, which TLC cannot compute; use \\div")


def infinity() -> Value:
    """``Infinity``: not a number that TLC can compute with."""
    raise EvaluationError("Infinity is not a value that TLC can compute")


def _not_integers(operator: str, left: Value, right: Value) -> EvaluationError:
    side, value = ("left", left) if type(left) is not int else ("right", right)
    return EvaluationError(
        f"the {side} operand of {operator} must be an integer, but is the {type_name(value)} {shown(value)}"
    )


NATURALS_MODULE = StandardModule(
    name="Naturals",
    extends=(),
    operators=operators(
        {
            "Nat": (0, lambda: NATURALS),
            "+": (2, add),
            "-": (2, subtract),
            "*": (2, multiply),
            "^": (2, power),
            "..": (2, interval),
            "<": (2, less),
            ">": (2, greater),
            "<=": (2, at_most),
            ">=": (2, at_least),
            "\\div": (2, divide),
            "%": (2, modulo),
        }
    ),
)

INTEGERS_MODULE = StandardModule(
    name="Integers",
    extends=("Naturals",),
    operators=operators({"Int": (0, lambda: INTEGERS), "-.": (1, negate)}),
)

REALS_MODULE = StandardModule(
    name="Reals",
    extends=("Integers",),
    operators=operators({"Real": (0, lambda: REALS), "/": (2, quotient), "Infinity": (0, infinity)}),
)
