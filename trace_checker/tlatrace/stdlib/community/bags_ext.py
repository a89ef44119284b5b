"""BagsExt: single copies without a new function each time, folds without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from tlatrace.stdlib.bags import bag_difference, bag_sum
from tlatrace.stdlib.community.folds import Binary, Unary, finite
from tlatrace.stdlib.module import Operator, operators
from tlatrace.stdlib.numbers import add, multiply
from tlatrace.values import Value, apply, domain, function_over, integer, make_function, make_set, set_minus, tabulated


def bag_add(bag: Value, item: Value) -> Value:
    """``BagAdd(bag, item)``"""
    return bag_sum(bag, make_function([(item, 1)]))


def bag_remove(bag: Value, item: Value) -> Value:
    """``BagRemove(bag, item)``"""
    return bag_difference(bag, make_function([(item, 1)]))


def bag_remove_all(bag: Value, item: Value) -> Value:
    """``BagRemoveAll(bag, item)``"""
    table = tabulated(bag, "the first argument of BagRemoveAll")
    if not table.has(item):
        return table
    return function_over(set_minus(table.domain(), make_set([item])), table.apply)


def map_then_fold_bag(op: Binary, base: Value, f: Unary, choose: Unary, bag: Value) -> Value:
    """``MapThenFoldBag(op, base, f, choose, bag)``: what the copies of an element give together is joined with what
    the other elements give; ``choose`` is set aside, as in the published definition."""
    result = base
    for item, count in reversed(list(_counts(bag, "MapThenFoldBag"))):
        image = f(item)
        copies = base
        for _ in range(count):
            copies = op(copies, image)
        result = op(copies, result)
    return result


def fold_bag(op: Binary, base: Value, bag: Value) -> Value:
    """``FoldBag(op, base, bag)``: as TLC's Java, which gives what was joined so far to ``op`` first, unlike the
    published definition.
    """
    result = base
    for item, count in _counts(bag, "FoldBag"):
        for _ in range(count):
            result = op(result, item)
    return result


def sum_bag(bag: Value) -> Value:
    """``SumBag(bag)``"""
    total: Value = 0
    for item, count in _counts(bag, "SumBag"):
        total = add(total, multiply(item, count))
    return total


def product_bag(bag: Value) -> Value:
    """``ProductBag(bag)``"""
    total = 1
    for item, count in _counts(bag, "ProductBag"):
        total *= integer(item, "an element of the argument of ProductBag") ** count
    return total


def _counts(bag: Value, operator: str) -> Iterator[tuple[Value, int]]:
    for item in finite(domain(bag), operator):
        yield item, integer(apply(bag, item), f"a number of copies in the bag of {operator}")


OPERATORS = operators(
    {
        "BagAdd": (2, bag_add),
        "BagRemove": (2, bag_remove),
        "BagRemoveAll": (2, bag_remove_all),
        "SumBag": (1, sum_bag),
        "ProductBag": (1, product_bag),
    },
    (
        Operator(name="MapThenFoldBag", arity=5, function=map_then_fold_bag, operator_arguments=(2, 0, 1, 1, 0)),
        Operator(name="FoldBag", arity=3, function=fold_bag, operator_arguments=(2, 0, 0)),
    ),
)
