"""DyadicRationals: sums reduced in one go."""

from __future__ import annotations

from math import gcd

from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, equal, field, integer, make_record, record_maker

_ZERO = make_record({"num": 0, "den": 1})
_fraction = record_maker(("num", "den"))


def add(left: Value, right: Value) -> Value:
    """``Add(left, right)``"""
    if equal(left, _ZERO):
        return right
    (n, d), (m, e) = _parts(left, "Add"), _parts(right, "Add")
    common = max(d, e)
    return _reduced(n * (common // d) + m * (common // e), common)


def half(number: Value) -> Value:
    """``Half(number)``"""
    numerator, denominator = _parts(number, "Half")
    return _reduced(numerator, 2 * denominator)


def is_dyadic_rational(number: Value) -> bool:
    """``IsDyadicRational(number)``: whether the denominator is a power of two."""
    denominator = integer(field(number, "den"), "the denominator")
    return denominator > 0 and denominator.bit_count() == 1


def _reduced(numerator: int, denominator: int) -> Value:
    common = gcd(numerator, denominator)
    return _fraction((numerator // common, denominator // common))


def _parts(number: Value, operator: str) -> tuple[int, int]:
    numerator = integer(field(number, "num"), f"the numerator in {operator}")
    denominator = integer(field(number, "den"), f"the denominator in {operator}")
    if denominator <= 0 or denominator.bit_count() != 1:
        raise EvaluationError(f"the denominator in {operator} must be a power of two, but is {denominator}")
    return numerator, denominator


OPERATORS = operators({"Add": (2, add), "Half": (1, half), "IsDyadicRational": (1, is_dyadic_rational)})
