r"""What a new value has in common with an older one: where functions differ, how far sequences agree, whether a value
is still an element of what the older one was an element of.

The cost is that of the difference wherever the new value was made from the older one. Answers err on one side: a key
that is named may be unchanged after all, one that is not named is not changed; an agreement may be longer than what is
told.
"""

from __future__ import annotations

from collections.abc import Iterable

from tlatrace.values.algebra import subset
from tlatrace.values.base import Value, same
from tlatrace.values.functions import FunctionValue, LargeFunction, keys_kind
from tlatrace.values.lazysets import FunctionSpace, PowerSet, ProductSet, RecordSpace, SequenceSpace
from tlatrace.values.sequences import SequenceValue, common_length, differing_indices
from tlatrace.values.sets import AnySet, SetValue, set_changes

ENDLESS = 1 << 62
"""How far two equal sequences agree: further than any index."""

PAIRS_MAX = 256
"""Pairs of values whose differences are remembered: many formulas ask of the same step."""

# By identity; the values are kept alive, so that their identities stay theirs.
_changed: dict[tuple[int, int, int], tuple[Value, Value, Iterable[Value] | None]] = {}
_agreed: dict[tuple[int, int, int], tuple[Value, Value, int | None]] = {}


def changed_keys(old: Value, new: Value, depth: int = 0) -> Iterable[Value] | None:
    """The arguments for which two functions have different values, or only one has any; None where that is not known.
    Of two sets, the elements that only one of them has.

    With ``depth``, the functions stand so many applications below ``old`` and ``new``, and the arguments of any of them
    are meant.
    """
    if old is new:
        return ()
    key = id(old), id(new), depth
    known = _changed.get(key)
    if known is None:
        if len(_changed) >= PAIRS_MAX:
            _changed.clear()
        known = _changed[key] = old, new, _changed_keys(old, new, depth)
    return known[2]


def _changed_keys(old: Value, new: Value, depth: int) -> Iterable[Value] | None:
    if depth:
        changed = changed_keys(old, new)
        if changed is None:
            return None
        found: list[Value] = []
        for key in changed:
            one, other = _value_at(old, key), _value_at(new, key)
            inner = None if one is None or other is None else changed_keys(one, other, depth - 1)
            if inner is None:
                return None
            found += inner
        return found
    if isinstance(old, SetValue) and isinstance(new, SetValue):
        if old.kinds != new.kinds:
            # Whether a value can be compared with the elements may have changed, for any value.
            return None
        added, removed = set_changes(old, new)
        return added + removed
    if isinstance(old, SequenceValue) and isinstance(new, SequenceValue):
        if not len(old) or not len(new):
            return None
        return differing_indices(old, new)
    if not isinstance(old, FunctionValue) or not isinstance(new, FunctionValue):
        return None
    if keys_kind(old) != keys_kind(new):
        return None
    if type(old) is LargeFunction or type(new) is LargeFunction:
        if type(old) is not type(new):
            return None
        assert isinstance(old, LargeFunction)
        assert isinstance(new, LargeFunction)
        return new.changed_since(old)
    mine, theirs = old.keys(), new.keys()
    if mine is theirs or mine == theirs:
        pairs = zip(mine, old.values(), new.values(), strict=True)
        return [key for key, one, other in pairs if one is not other and not same(one, other)]
    keys = [key for key in mine if not new.has(key) or not same(old.apply(key), new.apply(key))]
    return keys + [key for key in theirs if not old.has(key)]


def agreement(old: Value, new: Value, depth: int = 0) -> int | None:
    """How many first elements two sequences have in common, :data:`ENDLESS` if they are equal; None for anything that
    is no sequence. With ``depth``, the least such number of all sequences so many applications below.
    """
    if old is new:
        return ENDLESS
    key = id(old), id(new), depth
    known = _agreed.get(key)
    if known is None:
        if len(_agreed) >= PAIRS_MAX:
            _agreed.clear()
        known = _agreed[key] = old, new, _agreement(old, new, depth)
    return known[2]


def _agreement(old: Value, new: Value, depth: int) -> int | None:
    if depth:
        changed = changed_keys(old, new)
        if changed is None:
            return None
        least = ENDLESS
        for key in changed:
            one, other = _value_at(old, key), _value_at(new, key)
            inner = None if one is None or other is None else agreement(one, other, depth - 1)
            if inner is None:
                return None
            least = min(least, inner)
        return least
    if not isinstance(old, SequenceValue) or not isinstance(new, SequenceValue):
        return None
    shared = common_length(old, new)
    return ENDLESS if shared == len(old) == len(new) else shared


def still_member(old: Value, new: Value, container: Value) -> bool:
    """``new \\in container``, given that ``old`` is an element of it."""
    if old is new:
        return True
    match container:
        case FunctionSpace(codomain=codomain) if isinstance(old, FunctionValue | SequenceValue):
            if isinstance(new, FunctionValue | SequenceValue) and len(old) == len(new):
                keys = changed_keys(old, new)
                if keys is not None and all(old.has(key) and new.has(key) for key in keys):
                    return all(still_member(old.apply(key), new.apply(key), codomain) for key in keys)
        case SequenceSpace(base=base) if isinstance(old, SequenceValue) and isinstance(new, SequenceValue):
            shared = common_length(old, new)
            return all(new[index] in base for index in range(shared, len(new)))
        case RecordSpace(fields=fields) if isinstance(old, FunctionValue) and isinstance(new, FunctionValue):
            if old.keys() == new.keys():
                return all(still_member(old.apply(name), new.apply(name), of) for name, of in fields.items())
        case ProductSet(parts=parts) if isinstance(old, SequenceValue) and isinstance(new, SequenceValue):
            if len(old) == len(new) == len(parts):
                return all(map(still_member, old, new, parts))
        case PowerSet(base=base) if isinstance(old, SetValue) and isinstance(new, SetValue):
            added, _ = set_changes(old, new)
            return all(item in base for item in added)
    assert isinstance(container, AnySet)
    return new in container


def still_subset(old: Value, new: Value, old_container: Value, container: Value) -> bool:
    """``new \\subseteq container``, given that ``old \\subseteq old_container``."""
    if isinstance(old, SetValue) and isinstance(new, SetValue) and isinstance(container, AnySet):
        if old_container is not container:
            if not isinstance(old_container, SetValue) or not isinstance(container, SetValue):
                return subset(new, container)
            _, lost = set_changes(old_container, container)
            if any(item in new for item in lost):
                return False
        added, _ = set_changes(old, new)
        return all(item in container for item in added)
    return subset(new, container)


def _value_at(function: Value, key: Value) -> Value | None:
    if isinstance(function, SequenceValue | FunctionValue) and function.has(key):
        return function.apply(key)
    return None
