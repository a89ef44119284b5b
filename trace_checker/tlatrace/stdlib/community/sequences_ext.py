"""SequencesExt: searches, folds and conversions in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from itertools import chain, combinations, permutations, product
from typing import Any, Final

from tlatrace.stdlib.community.folds import Binary, Unary, finite
from tlatrace.stdlib.module import Operator, operators
from tlatrace.stdlib.sequences import append, concatenate, length, sub_sequence
from tlatrace.values import (
    AnySet,
    EvaluationError,
    FunctionSpace,
    InfiniteSet,
    IntervalSet,
    SequenceValue,
    Value,
    as_set,
    boolean,
    equal,
    explicit,
    integer,
    make_function,
    make_sequence,
    make_set,
    sequence,
    shown,
    tabulated,
)
from tlatrace.values.functions import pairs_of

Items = SequenceValue | str


def to_set(items: Value) -> AnySet:
    """``ToSet(items)``, of any function."""
    return make_set([value for _, value in pairs_of(tabulated(items, "the argument of ToSet"))])


def to_bag(items: Value) -> Value:
    """``ToBag(items)``"""
    values = [value for _, value in pairs_of(tabulated(items, "the argument of ToBag"))]
    counts: dict[Value, int] = {}
    keys = make_set(values)  # Refuses what TLC cannot compare.
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return make_function([(key, counts[key]) for key in keys])


def set_to_seq(items: Value) -> Value:
    """``SetToSeq(items)``"""
    return make_sequence(explicit(finite(items, "SetToSeq")).sorted())


def set_to_seqs(items: Value) -> AnySet:
    """``SetToSeqs(items)``"""
    return make_set(tuple(map(make_sequence, permutations(explicit(finite(items, "SetToSeqs")).sorted()))))


def set_to_all_permutations(items: Value) -> AnySet:
    """``SetToAllKPermutations(items)``"""
    found = explicit(finite(items, "SetToAllKPermutations")).sorted()
    sizes = range(len(found) + 1)
    return make_set(tuple(map(make_sequence, chain.from_iterable(permutations(found, size) for size in sizes))))


def set_to_sort_seq(items: Value, before: Binary) -> Value:
    """``SetToSortSeq(items, before)``"""

    def order(left: Value, right: Value) -> int:
        if boolean(before(left, right), "the order of SetToSortSeq"):
            return -1
        return 1 if boolean(before(right, left), "the order of SetToSortSeq") else 0

    return make_sequence(sorted(explicit(finite(items, "SetToSortSeq")).sorted(), key=cmp_to_key(order)))


def contains(items: Value, item: Value) -> bool:
    """``Contains(items, item)``"""
    return any(equal(each, item) for each in _items(items, "Contains"))


def reverse(items: Value) -> Value:
    """``Reverse(items)``"""
    found = _items(items, "Reverse")
    return found[::-1] if isinstance(found, str) else make_sequence(tuple(found)[::-1])


def remove(items: Value, item: Value) -> Value:
    """``Remove(items, item)``"""
    found = sequence(items, "the first argument of Remove")
    kept = [each for each in found if not equal(each, item)]
    return found if len(kept) == len(found) else make_sequence(kept)


def replace_all(items: Value, old: Value, new: Value) -> Value:
    """``ReplaceAll(items, old, new)``"""
    return make_sequence([new if equal(item, old) else item for item in _items(items, "ReplaceAll")])


def remove_first(items: Value, item: Value) -> Value:
    """``RemoveFirst(items, item)``"""
    return remove_first_match(items, lambda each: equal(each, item))


def remove_first_match(items: Value, test: Unary) -> Value:
    """``RemoveFirstMatch(items, test)``"""
    found = _items(items, "RemoveFirstMatch")
    index = _first(found, test, "RemoveFirstMatch")
    if not index:
        return found
    return concatenate(sub_sequence(found, 1, index - 1), sub_sequence(found, index + 1, len(found)))


def select_in_seq(items: Value, test: Unary) -> int:
    """``SelectInSeq(items, test)``"""
    return _first(_items(items, "SelectInSeq"), test, "SelectInSeq")


def select_last_in_seq(items: Value, test: Unary) -> int:
    """``SelectLastInSeq(items, test)``"""
    found = _items(items, "SelectLastInSeq")
    for index in range(len(found), 0, -1):
        if boolean(test(found[index - 1]), "the test of SelectLastInSeq"):
            return index
    return 0


def is_prefix(left: Value, right: Value) -> bool:
    """``IsPrefix(left, right)``"""
    size = length(left)
    return size <= length(right) and equal(sub_sequence(right, 1, size), sub_sequence(left, 1, size))


def is_suffix(left: Value, right: Value) -> bool:
    """``IsSuffix(left, right)``"""
    size, whole = length(left), length(right)
    return size <= whole and equal(sub_sequence(right, whole - size + 1, whole), sub_sequence(left, 1, size))


def prefixes(items: Value) -> AnySet:
    """``Prefixes(items)``"""
    return make_set(tuple(sub_sequence(items, 1, size) for size in range(length(items) + 1)))


def suffixes(items: Value) -> AnySet:
    """``Suffixes(items)``"""
    size = length(items)
    return make_set(tuple(sub_sequence(items, start, size) for start in range(1, size + 2)))


def longest_common_prefix(items: Value) -> Value:
    """``LongestCommonPrefix(items)``"""
    found = list(explicit(finite(items, "LongestCommonPrefix")).sorted())
    if not found:
        raise EvaluationError("LongestCommonPrefix is applied to the empty set")
    shortest = min(found, key=length)
    size = length(shortest)
    while size and not all(is_prefix(sub_sequence(shortest, 1, size), each) for each in found):
        size -= 1
    return sub_sequence(shortest, 1, size)


def fold_left(op: Binary, base: Value, items: Value) -> Value:
    """``FoldLeft(op, base, items)``"""
    result = base
    for _, item in _pairs(items, "FoldLeft"):
        result = op(result, item)
    return result


def fold_right(op: Binary, items: Value, base: Value) -> Value:
    """``FoldRight(op, items, base)``; FoldSeq takes the same order."""
    result = base
    for _, item in reversed(_pairs(items, "FoldRight")):
        result = op(item, result)
    return result


def fold_seq(op: Binary, base: Value, items: Value) -> Value:
    """``FoldSeq(op, base, items)``"""
    return fold_right(op, items, base)


def fold_left_domain(op: Binary, base: Value, items: Value) -> Value:
    """``FoldLeftDomain(op, base, items)``"""
    result = base
    for index, _ in _pairs(items, "FoldLeftDomain"):
        result = op(result, index)
    return result


def fold_right_domain(op: Binary, items: Value, base: Value) -> Value:
    """``FoldRightDomain(op, items, base)``"""
    result = base
    for index, _ in reversed(_pairs(items, "FoldRightDomain")):
        result = op(index, result)
    return result


def flatten_seq(items: Value) -> Value:
    """``FlattenSeq(items)``"""
    parts = list(sequence(items, "the argument of FlattenSeq"))
    if not parts:
        return make_sequence(())
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    return make_sequence(list(chain.from_iterable(sequence(part, "an element of FlattenSeq") for part in parts)))


def zip_sequences(left: Value, right: Value) -> Value:
    """``Zip(left, right)``"""
    pairs = zip(_items(left, "Zip"), _items(right, "Zip"), strict=False)
    return make_sequence([make_sequence(pair) for pair in pairs])


def sub_seqs(items: Value) -> AnySet:
    """``SubSeqs(items)``"""
    size = length(items)
    stretches = [sub_sequence(items, i, j) for i in range(1, size + 1) for j in range(i, size + 1)]
    return make_set([sub_sequence(items, 1, 0), *stretches])


def all_sub_seqs(items: Value) -> AnySet:
    """``AllSubSeqs(items)``"""
    found = tuple(sequence(items, "the argument of AllSubSeqs"))
    kept = chain.from_iterable(combinations(found, size) for size in range(len(found) + 1))
    return make_set(tuple(map(make_sequence, kept)))


def index_first_sub_seq(part: Value, whole: Value) -> int:
    """``IndexFirstSubSeq(part, whole)``"""
    for index in range(1, length(whole) + 2):
        if _stands_at(part, whole, index):
            return index
    raise EvaluationError(f"IndexFirstSubSeq: {shown(part)} does not stand in {shown(whole)}")


def replace_sub_seq_at(index: Value, new: Value, old: Value, whole: Value) -> Value:
    """``ReplaceSubSeqAt(index, new, old, whole)``"""
    at = integer(index, "the first argument of ReplaceSubSeqAt")
    before = sub_sequence(whole, 1, at - 1)
    return concatenate(concatenate(before, new), sub_sequence(whole, at + length(old), length(whole)))


def replace_first_sub_seq(new: Value, old: Value, whole: Value) -> Value:
    """``ReplaceFirstSubSeq(new, old, whole)``"""
    for index in range(1, length(whole) + 2):
        if _stands_at(old, whole, index):
            return replace_sub_seq_at(index, new, old, whole)
    return whole


def replace_all_sub_seqs(new: Value, old: Value, whole: Value) -> Value:
    """``ReplaceAllSubSeqs(new, old, whole)``"""
    if equal(old, whole):
        return new
    size, step = length(whole), length(old)
    result, index = sub_sequence(whole, 1, 0), 1
    while index <= size:
        stands = _stands_at(old, whole, index)
        if stands:
            result = concatenate(result, new)
        if not stands or step == 0:
            result = concatenate(result, sub_sequence(whole, index, index))
        index += step if stands and step else 1
    return result


def cons(item: Value, items: Value) -> Value:
    """``Cons(item, items)``"""
    return concatenate(make_sequence((item,)), items)


def snoc(item: Value, items: Value) -> Value:
    """``Snoc(item, items)``"""
    return append(items, item)


# Up to this size SeqOf gives an explicit set, which is also what it prints as.
LISTED_SIZE_MAX: Final = 1_000


class BoundedSequences(InfiniteSet):
    """The sequences over ``base`` of up to ``longest`` elements, told by their text like an infinite set; membership
    looks at the sequence alone.
    """

    __slots__ = ("base", "longest")

    def __init__(self, base: AnySet, longest: int) -> None:
        super().__init__(f"SeqOf({shown(base)}, {longest})", self._accepts)
        self.base = base
        self.longest = longest

    def _accepts(self, value: Value) -> bool:
        if isinstance(value, SequenceValue):
            return len(value) <= self.longest and all(item in self.base for item in value)
        return value in FunctionSpace(IntervalSet(1, max(1, self.longest)), self.base)

    def is_finite(self) -> bool:
        return self.longest <= 0 or self.base.is_finite()

    def cardinality(self) -> int:
        size = self.base.cardinality() if self.longest > 0 else 0
        return sum(size**length for length in range(self.longest + 1))

    def __iter__(self) -> Iterator[Value]:
        items = explicit(self.base).sorted() if self.longest > 0 else ()
        for size in range(self.longest + 1):
            yield from map(make_sequence, product(items, repeat=size))

    def __hash__(self) -> int:
        return AnySet.__hash__(self) if self.is_finite() else super().__hash__()

    def __eq__(self, other: object) -> bool:
        return AnySet.__eq__(self, other) if self.is_finite() else super().__eq__(other)

    def order_key(self, out: list[Any]) -> None:
        if self.is_finite():
            AnySet.order_key(self, out)
        else:
            super().order_key(out)

    def __reduce__(self) -> tuple[Any, ...]:
        return BoundedSequences, (self.base, self.longest)


def bounded_sequences(items: Value, size: Value) -> AnySet:
    """``SeqOf(items, size)``"""
    found = BoundedSequences(as_set(items, "SeqOf"), integer(size, "the second argument of SeqOf"))
    return explicit(found) if found.is_finite() and found.cardinality() <= LISTED_SIZE_MAX else found


def _stands_at(part: Value, whole: Value, index: int) -> bool:
    size = length(part)
    last = index + size - 1
    return last <= length(whole) and equal(sub_sequence(whole, index, last), sub_sequence(part, 1, size))


def _first(found: Items, test: Unary, operator: str) -> int:
    for index, item in enumerate(found, 1):
        if boolean(test(item), f"the test of {operator}"):
            return index
    return 0


def _items(value: Value, operator: str) -> SequenceValue:
    return sequence(value, f"an argument of {operator}")


def _pairs(value: Value, operator: str) -> list[tuple[Value, Value]]:
    """Index and element, in order of the indices."""
    return list(pairs_of(tabulated(value, f"an argument of {operator}")))


def _higher(name: str, function: Callable[..., Value], *arities: int) -> Operator:
    return Operator(name=name, arity=len(arities), function=function, operator_arguments=arities)


OPERATORS = operators(
    {
        "ToSet": (1, to_set),
        "ToBag": (1, to_bag),
        "SetToSeq": (1, set_to_seq),
        "SetToSeqs": (1, set_to_seqs),
        "SetToAllKPermutations": (1, set_to_all_permutations),
        "SeqOf": (2, bounded_sequences),
        "BoundedSeq": (2, bounded_sequences),
        "Contains": (2, contains),
        "Reverse": (1, reverse),
        "Remove": (2, remove),
        "RemoveFirst": (2, remove_first),
        "ReplaceAll": (3, replace_all),
        "Cons": (2, cons),
        "Snoc": (2, snoc),
        "IsPrefix": (2, is_prefix),
        "IsSuffix": (2, is_suffix),
        "Prefixes": (1, prefixes),
        "Suffixes": (1, suffixes),
        "LongestCommonPrefix": (1, longest_common_prefix),
        "FlattenSeq": (1, flatten_seq),
        "Zip": (2, zip_sequences),
        "SubSeqs": (1, sub_seqs),
        "AllSubSeqs": (1, all_sub_seqs),
        "IndexFirstSubSeq": (2, index_first_sub_seq),
        "ReplaceSubSeqAt": (4, replace_sub_seq_at),
        "ReplaceFirstSubSeq": (3, replace_first_sub_seq),
        "ReplaceAllSubSeqs": (3, replace_all_sub_seqs),
    },
    (
        _higher("SetToSortSeq", set_to_sort_seq, 0, 2),
        _higher("RemoveFirstMatch", remove_first_match, 0, 1),
        _higher("SelectInSeq", select_in_seq, 0, 1),
        _higher("SelectLastInSeq", select_last_in_seq, 0, 1),
        _higher("FoldSeq", fold_seq, 2, 0, 0),
        _higher("FoldLeft", fold_left, 2, 0, 0),
        _higher("FoldRight", fold_right, 2, 0, 0),
        _higher("FoldLeftDomain", fold_left_domain, 2, 0, 0),
        _higher("FoldRightDomain", fold_right_domain, 2, 0, 0),
    ),
)
