r"""The module Sequences. A string is a sequence to Len, ``\o``, Append, Head, Tail and SubSeq, as TLC has it."""

from __future__ import annotations

from collections.abc import Callable

from tlatrace.stdlib.module import Operator, StandardModule, operators
from tlatrace.values import (
    AnySet,
    EvaluationError,
    SequenceSpace,
    SequenceValue,
    Value,
    as_set,
    boolean,
    integer,
    make_sequence,
    sequence,
    shown,
)

_ONE_CHARACTER_EACH = "a string can only be extended by a string"


def seq(base: Value) -> AnySet:
    """``Seq(base)``"""
    return SequenceSpace(as_set(base, "Seq"))


def length(items: Value) -> int:
    """``Len(items)``"""
    if isinstance(items, SequenceValue) or type(items) is str:
        return len(items)
    return len(sequence(items, "the argument of Len"))


def concatenate(left: Value, right: Value) -> Value:
    r"""``left \o right``"""
    if type(left) is str and type(right) is str:
        return left + right
    return sequence(left, "the left operand of \\o").concat(sequence(right, "the right operand of \\o"))


def append(items: Value, item: Value) -> Value:
    """``Append(items, item)``"""
    if isinstance(items, SequenceValue):
        return items.append(item)
    if type(items) is str:
        if type(item) is not str:
            raise EvaluationError(f"{shown(item)} cannot be appended to a string: {_ONE_CHARACTER_EACH}")
        return items + item
    return sequence(items, "the first argument of Append").append(item)


def head(items: Value) -> Value:
    """``Head(items)``"""
    found = _text_or_sequence(items, "the argument of Head")
    if not len(found):
        raise EvaluationError("Head is applied to the empty sequence")
    return found[0]


def tail(items: Value) -> Value:
    """``Tail(items)``"""
    found = _text_or_sequence(items, "the argument of Tail")
    if not len(found):
        raise EvaluationError("Tail is applied to the empty sequence")
    return found[1:] if isinstance(found, str) else found.slice(1, len(found))


def sub_sequence(items: Value, start: Value, stop: Value) -> Value:
    """``SubSeq(items, start, stop)``: from index ``start`` to index ``stop``; empty when ``stop < start``."""
    found = _text_or_sequence(items, "the first argument of SubSeq")
    first, last = integer(start, "the second argument of SubSeq"), integer(stop, "the third argument of SubSeq")
    if first > last:
        return "" if isinstance(found, str) else make_sequence(())
    size = len(found)
    for index, which in ((first, "second"), (last, "third")):
        if not 1 <= index <= size:
            raise EvaluationError(
                f"the {which} argument of SubSeq must be in the domain 1..{size} of {shown(items)}, but is {index}"
            )
    return found[first - 1 : last] if isinstance(found, str) else found.slice(first - 1, last)


def select_sequence(items: Value, test: Callable[[Value], Value]) -> Value:
    """``SelectSeq(items, test)``: the elements for which ``test`` is true, in order."""
    found = sequence(items, "the first argument of SelectSeq")
    kept = [item for item in found if boolean(test(item), "the test of SelectSeq")]
    return found if len(kept) == len(found) else make_sequence(kept)


def _text_or_sequence(items: Value, what: str) -> SequenceValue | str:
    if isinstance(items, (SequenceValue, str)):
        return items
    return sequence(items, what)


SEQUENCES_MODULE = StandardModule(
    name="Sequences",
    extends=(),
    operators=operators(
        {
            "Seq": (1, seq),
            "Len": (1, length),
            "\\o": (2, concatenate),
            "Append": (2, append),
            "Head": (1, head),
            "Tail": (1, tail),
            "SubSeq": (3, sub_sequence),
        },
        (Operator(name="SelectSeq", arity=2, function=select_sequence, operator_arguments=(0, 1)),),
    ),
)
