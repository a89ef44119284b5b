"""Statistics: Pearson's chi-squared test of a distribution."""

from __future__ import annotations

from math import exp, lgamma, log

from tlatrace.stdlib.community.folds import finite
from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, apply, domain, integer, shown

# The series and the fraction below gain a digit every few terms; far fewer than these are ever needed.
TERMS_MAX = 10_000
_PRECISION = 1e-15


def chi_square(expected: Value, actual: Value, alpha: Value) -> bool:
    """``ChiSquare(expected, actual, alpha)``: FALSE where the counts differ significantly at the level ``alpha``. The
    expected counts are scaled to the total of the actual ones."""
    wanted = _counts(expected, "first", at_least=1)
    found = _counts(actual, "second", at_least=0)
    if len(wanted) != len(found) or len(wanted) < 2:
        raise EvaluationError(f"ChiSquare compares two or more counts each, but has {len(wanted)} and {len(found)}")
    ratio = sum(found) / sum(wanted)
    if ratio == 0:
        raise EvaluationError("ChiSquare: all actual counts are 0")
    statistic = sum((count - ratio * one) ** 2 / (ratio * one) for one, count in zip(wanted, found, strict=True))
    return tail_of_gamma((len(wanted) - 1) / 2, statistic / 2) >= _level(alpha)


def tail_of_gamma(a: float, x: float) -> float:
    """The upper regularised incomplete gamma function Q(a, x), for a > 0 and x >= 0: by the series of its complement
    where that converges fast, else by Lentz's continued fraction (Numerical Recipes, section 6.2)."""
    if x <= 0:
        return 1.0
    factor = exp(a * log(x) - x - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, TERMS_MAX):
            term *= x / (a + n)
            total += term
            if term < total * _PRECISION:
                break
        return 1 - factor * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    result = d
    for n in range(1, TERMS_MAX):
        numerator = n * (a - n)
        b += 2
        d = 1 / (numerator * d + b or tiny)
        c = b + numerator / c or tiny
        result *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return factor * result


def _counts(function: Value, which: str, *, at_least: int) -> list[int]:
    counts = []
    for key in finite(domain(function), "ChiSquare"):
        count = integer(apply(function, key), f"a count in the {which} argument of ChiSquare")
        if count < at_least:
            raise EvaluationError(f"a count in the {which} argument of ChiSquare is {count}, less than {at_least}")
        counts.append(count)
    return counts


def _level(alpha: Value) -> float:
    if type(alpha) is str:
        try:
            level = float(alpha)
        except ValueError:
            level = 0.0
        if 0 < level <= 0.5:
            return level
    raise EvaluationError(
        f'the third argument of ChiSquare must be a string such as "0.05", a number above 0 and up to 0.5, '
        f"but is {shown(alpha)}"
    )


OPERATORS = operators({"ChiSquare": (3, chi_square)})
