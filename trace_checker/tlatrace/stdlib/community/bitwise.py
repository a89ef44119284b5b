"""Bitwise: Python's own operators on whole numbers."""

from __future__ import annotations

from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, integer


def bits_and(left: Value, right: Value) -> int:
    """``left & right``"""
    return integer(left, "the left operand of &") & integer(right, "the right operand of &")


def bits_or(left: Value, right: Value) -> int:
    """``left | right``"""
    return integer(left, "the left operand of |") | integer(right, "the right operand of |")


def bits_xor(left: Value, right: Value) -> int:
    """``left ^^ right``"""
    return integer(left, "the left operand of ^^") ^ integer(right, "the right operand of ^^")


def shift_right(number: Value, positions: Value) -> int:
    """``shiftR(number, positions)``"""
    bits = integer(number, "the first argument of shiftR")
    count = integer(positions, "the second argument of shiftR")
    if bits < 0 or count < 0:
        raise EvaluationError(f"shiftR is defined for natural numbers, and is applied to {bits} and {count}")
    return bits >> count


OPERATORS = operators(
    {"&": (2, bits_and), "|": (2, bits_or), "^^": (2, bits_xor), "shiftR": (2, shift_right)},
)
