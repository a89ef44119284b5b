"""Randomization: subsets drawn from the run's generator, so that one seed replays a run."""

from __future__ import annotations

import random
from fractions import Fraction

from tlatrace.stdlib.module import operators
from tlatrace.stdlib.tlc import current_run, draw_below
from tlatrace.values import AnySet, EvaluationError, Value, as_set, explicit, integer, make_sequence, make_set, shown

_DRAWS_OF_TEST = 5
# A chance is compared with this many random bits.
_CHANCE_BITS = 53


def random_subset(size: Value, items: Value) -> AnySet:
    """``RandomSubset(size, items)``: a subset with ``size`` elements, all of them where there are fewer."""
    base = explicit(as_set(items, "RandomSubset")).sorted()
    wanted = integer(size, "the first argument of RandomSubset")
    if wanted < 0:
        raise EvaluationError(f"the first argument of RandomSubset must be a natural number, but is {wanted}")
    source, left = current_run().random, list(base)
    for index in range(min(wanted, len(base))):
        other = index + draw_below(source, len(left) - index)
        left[index], left[other] = left[other], left[index]
    return make_set(left[:wanted])


def random_set_of_subsets(count: Value, average: Value, items: Value) -> AnySet:
    """``RandomSetOfSubsets(count, average, items)``: each element is in each subset with probability average / size."""
    base = explicit(as_set(items, "RandomSetOfSubsets")).sorted()
    size = integer(average, "the second argument of RandomSetOfSubsets")
    if not 0 <= size <= len(base):
        raise EvaluationError(f"RandomSetOfSubsets(…, {size}, …): the set has {len(base)} elements")
    chance = Fraction(size, len(base)) if base else Fraction(0)
    return _subsets(integer(count, "the first argument of RandomSetOfSubsets"), chance, base)


def random_subset_set(count: Value, chance: Value, items: Value) -> AnySet:
    """``RandomSubsetSet(count, chance, items)``, the chance being a string such as "0.1"."""
    base = explicit(as_set(items, "RandomSubsetSet")).sorted()
    try:
        found = Fraction(chance) if type(chance) is str else Fraction(-1)
    except (ValueError, ZeroDivisionError):
        found = Fraction(-1)
    if not 0 <= found <= 1:
        message = f"the second argument of RandomSubsetSet must be a string with a number from 0 to 1: {shown(chance)}"
        raise EvaluationError(message)
    return _subsets(integer(count, "the first argument of RandomSubsetSet"), found, base)


def test_random_set_of_subsets(count: Value, average: Value, items: Value) -> Value:
    """``TestRandomSetOfSubsets(count, average, items)``"""
    draws = [random_set_of_subsets(count, average, items).cardinality() for _ in range(_DRAWS_OF_TEST)]
    return make_sequence(draws)


def _subsets(count: int, chance: Fraction, base: tuple[Value, ...]) -> AnySet:
    if not 0 <= count <= 2 ** len(base):
        raise EvaluationError(f"{count} subsets are to be drawn; a set of {len(base)} elements has {2 ** len(base)}")
    source, bound = current_run().random, int(chance * 2**_CHANCE_BITS)
    return make_set([make_set([item for item in base if _happens(source, bound)]) for _ in range(count)])


def _happens(source: random.Random, bound: int) -> bool:
    return source.getrandbits(_CHANCE_BITS) < bound


OPERATORS = operators(
    {
        "RandomSubset": (2, random_subset),
        "RandomSetOfSubsets": (3, random_set_of_subsets),
        "RandomSubsetSet": (3, random_subset_set),
        "TestRandomSetOfSubsets": (3, test_random_set_of_subsets),
    }
)
