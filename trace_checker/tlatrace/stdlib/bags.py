r"""The module Bags: functions from elements to how often they occur, which is at least once.

Source: *Specifying Systems*, section 18.3.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tlatrace.stdlib.module import Operator, StandardModule, operators
from tlatrace.values import (
    EMPTY_SEQUENCE,
    AnySet,
    EvaluationError,
    FunctionValue,
    SequenceValue,
    Value,
    domain,
    elements,
    function_over,
    make_function,
    make_set,
    merge,
    shown,
    tabulated,
)
from tlatrace.values.functions import LargeFunction, pairs_of, remove_keys

Bag = SequenceValue | FunctionValue


def is_a_bag(value: Value) -> bool:
    """``IsABag(value)``"""
    if not isinstance(value, (SequenceValue, FunctionValue)):
        return False
    return all(type(count) is int and count > 0 for _, count in pairs_of(value))


def bag_to_set(bag: Value) -> AnySet:
    """``BagToSet(bag)``"""
    return domain(_bag(bag, "BagToSet"))


def set_to_bag(items: Value) -> Value:
    """``SetToBag(items)``: each element once."""
    return function_over(items, lambda item: 1)


def bag_in(item: Value, bag: Value) -> bool:
    """``BagIn(item, bag)``"""
    return _bag(bag, "BagIn").has(item)


def copies_in(item: Value, bag: Value) -> Value:
    """``CopiesIn(item, bag)``: how often the element occurs, 0 when it does not."""
    found = _bag(bag, "CopiesIn")
    return found.apply(item) if found.has(item) else 0


def empty_bag() -> Value:
    """``EmptyBag``"""
    return EMPTY_SEQUENCE


def bag_sum(left: Value, right: Value) -> Value:
    """``left (+) right``: counts are added. Costs the smaller side where the larger one has many elements."""
    one, other = _bag(left, "(+)"), _bag(right, "(+)")
    if len(one) < len(other):
        one, other = other, one
    if not len(other):
        return one
    new = []
    for item, count in pairs_of(other):
        if one.has(item):
            one = one.replace(item, _count(one.apply(item)) + _count(count))
        else:
            new.append((item, count))
    return merge(one, make_function(new)) if new else one


def bag_difference(left: Value, right: Value) -> Value:
    """``left (-) right``: counts are subtracted; what falls to zero or below leaves the bag."""
    one, other = _bag(left, "(-)"), _bag(right, "(-)")
    gone = []
    items = pairs_of(other) if len(other) <= len(one) else ((item, other.apply(item)) for item in _shared(one, other))
    for item, count in items:
        if one.has(item):
            rest = _count(one.apply(item)) - _count(count)
            if rest > 0:
                one = one.replace(item, rest)
            else:
                gone.append(item)
    if not gone:
        return one
    if isinstance(one, LargeFunction):
        return remove_keys(one, gone)
    left_out = make_set(gone)
    return make_function([(item, count) for item, count in pairs_of(one) if item not in left_out])


def bag_union(bags: Value) -> Value:
    """``BagUnion(bags)``: the sum of a set of bags."""
    total: Value = EMPTY_SEQUENCE
    for bag in elements(bags):
        total = bag_sum(total, bag)
    return total


def is_sub_bag(left: Value, right: Value) -> bool:
    r"""``left \sqsubseteq right``"""
    one, other = _bag(left, "\\sqsubseteq"), _bag(right, "\\sqsubseteq")
    return all(other.has(item) and _count(count) <= _count(other.apply(item)) for item, count in pairs_of(one))


def sub_bags(bag: Value) -> AnySet:
    """``SubBag(bag)``: the set of all bags within it."""
    pairs = tuple(pairs_of(_bag(bag, "SubBag")))
    choices = product(*(range(_count(count) + 1) for _, count in pairs))
    return make_set(
        tuple(
            make_function([(item, count) for (item, _), count in zip(pairs, chosen, strict=True) if count])
            for chosen in choices
        )
    )


def bag_of_all(image: Callable[[Value], Value], bag: Value) -> Value:
    """``BagOfAll(image, bag)``: the bag of the images of all occurrences."""
    total: Value = EMPTY_SEQUENCE
    for item, count in pairs_of(_bag(bag, "BagOfAll")):
        total = bag_sum(total, make_function([(image(item), count)]))
    return total


def bag_cardinality(bag: Value) -> int:
    """``BagCardinality(bag)``: how many occurrences there are."""
    return sum(_count(count) for _, count in pairs_of(_bag(bag, "BagCardinality")))


def _shared(one: Bag, other: Bag) -> list[Value]:
    return [item for item, _ in pairs_of(one) if other.has(item)]


def _bag(value: Value, operator: str) -> Bag:
    return tabulated(value, f"an operand of {operator}")


def _count(value: Value) -> int:
    if type(value) is int:
        return value
    raise EvaluationError(f"a bag maps its elements to positive integers, but one to {shown(value)}")


BAGS_MODULE = StandardModule(
    name="Bags",
    extends=("TLC",),
    operators=operators(
        {
            "IsABag": (1, is_a_bag),
            "BagToSet": (1, bag_to_set),
            "SetToBag": (1, set_to_bag),
            "BagIn": (2, bag_in),
            "EmptyBag": (0, empty_bag),
            "(+)": (2, bag_sum),
            "(-)": (2, bag_difference),
            "BagUnion": (1, bag_union),
            "\\sqsubseteq": (2, is_sub_bag),
            "SubBag": (1, sub_bags),
            "BagCardinality": (1, bag_cardinality),
            "CopiesIn": (2, copies_in),
        },
        (Operator(name="BagOfAll", arity=2, function=bag_of_all, operator_arguments=(1, 0)),),
    ),
)
