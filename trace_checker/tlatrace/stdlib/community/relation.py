"""Relation: closures by search, one element at a time."""

from __future__ import annotations

from tlatrace.stdlib.community.folds import finite
from tlatrace.stdlib.community.reachability import Successors, reachable
from tlatrace.stdlib.module import operators
from tlatrace.values import Value, apply, boolean, make_function, make_sequence


def transitive_closure(relation: Value, items: Value) -> Value:
    """``TransitiveClosure(relation, items)``"""
    return _closure(relation, items, "TransitiveClosure", is_reflexive=False)


def reflexive_transitive_closure(relation: Value, items: Value) -> Value:
    """``ReflexiveTransitiveClosure(relation, items)``"""
    return _closure(relation, items, "ReflexiveTransitiveClosure", is_reflexive=True)


def _closure(relation: Value, items: Value, operator: str, *, is_reflexive: bool) -> Value:
    base = list(finite(items, operator))
    what = f"a value of the relation of {operator}"
    successors: Successors = {
        x: [y for y in base if boolean(apply(relation, make_sequence((x, y))), what)] for x in base
    }
    pairs = []
    for x in base:
        reached = set(successors[x]).union(*(reachable(successors, y) for y in successors[x]))
        if is_reflexive:
            reached.add(x)
        pairs += [(make_sequence((x, y)), y in reached) for y in base]
    return make_function(pairs)


OPERATORS = operators(
    {
        "TransitiveClosure": (2, transitive_closure),
        "ReflexiveTransitiveClosure": (2, reflexive_transitive_closure),
    }
)
