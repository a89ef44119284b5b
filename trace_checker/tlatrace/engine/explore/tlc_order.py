"""In which order TLC holds the variables of a state, and its values.

Both matter only where a VIEW looks at a state that SYMMETRY chose: the least image is the least by its first variable,
then by its second. SANY keeps the names of a module in a Java hash table, and TLC takes the variables in the order of
that table.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from tlatrace.semantics.spec import BuiltinOperator, Spec
from tlatrace.values import AnySet, Appearance, LazyFunction, SequenceValue, Value, elements
from tlatrace.values.base import BOOL, FUNCTION, INT, SET
from tlatrace.values.functions import FunctionValue, pairs_of

Key: TypeAlias = tuple[Any, ...]

KEYS_REMEMBERED_MAX: Final = 1 << 18
"""Keys of parts of values; then they are forgotten and made anew."""

BUILTIN_COUNT: Final = 72
"""The names that SANY 2.18 puts into every module: found by adding definitions until the table grew."""

CORE: Final = "TLA+"
"""Whose operators the language itself has."""

CAPACITY_FIRST: Final = 11
"""Of a Java hash table. When it is three quarters full, it grows to twice its size and one."""


def variable_order(spec: Spec) -> tuple[int, ...]:
    """The indices of the variables, as TLC orders them."""
    own = sum(not (isinstance(symbol, BuiltinOperator) and symbol.module == CORE) for symbol in spec.scope.values())
    capacity = CAPACITY_FIRST
    while BUILTIN_COUNT + own > capacity * 3 // 4:
        capacity = 2 * capacity + 1
    buckets = [java_hash(variable.name) % capacity for variable in spec.variables]
    return tuple(sorted(range(len(buckets)), key=buckets.__getitem__))


def java_hash(text: str) -> int:
    """``String.hashCode``, without its sign."""
    value = 0
    for unit in text:
        value = (31 * value + ord(unit)) & 0xFFFFFFFF
    return value & 0x7FFFFFFF


class ValueKeys:
    """Keys that sort values as TLC does; those of the parts of values are made once."""

    def __init__(self, order: Appearance) -> None:
        self._order = order
        self._known: dict[Value, Key] = {}

    def of(self, value: Value) -> Key:
        """The key of a value; the keys of what it consists of are kept."""
        part = self._part
        if isinstance(value, LazyFunction):
            value = value.table()
        if isinstance(value, SequenceValue):
            return (FUNCTION, len(value), 0, *map(part, value))
        if isinstance(value, FunctionValue):
            pairs = sorted((part(key), part(item)) for key, item in pairs_of(value))
            return (FUNCTION, len(pairs), 1, *(each for pair in pairs for each in pair))
        if isinstance(value, AnySet):
            keys = sorted(map(part, elements(value)))
            return (SET, len(keys), *keys)
        return self._order.key(value)

    def _part(self, value: Value) -> Key:
        # Python holds 1 == True, so these are not looked up.
        if type(value) is int:
            return INT, value
        if type(value) is bool:
            return BOOL, value
        key = self._known.get(value)
        if key is None:
            if len(self._known) >= KEYS_REMEMBERED_MAX:
                self._known.clear()
            key = self._known[value] = self.of(value)
        return key
