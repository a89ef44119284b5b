"""Combinatorics: binomial coefficients without factorials, which TLC's 32 bits could not hold."""

from __future__ import annotations

from math import comb

from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, integer


def choose(size: Value, chosen: Value) -> int:
    """``choose(size, chosen)``"""
    n, k = integer(size, "the first argument of choose"), integer(chosen, "the second argument of choose")
    if not 0 <= k <= n:
        raise EvaluationError(f"choose(n, k) is defined for k in 0..n and n in Nat, and is applied to {n} and {k}")
    return comb(n, k)


OPERATORS = operators({"choose": (2, choose)})
