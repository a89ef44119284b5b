"""What every structured value shares: a kind, a cached hash, an order key, a way to print itself.

The *kind* of a value says what TLC may compare it with. Kinds are bits, so that the kinds of a set's elements are one
small integer: comparable elements are of one kind, model values being comparable with everything.

This module knows nothing of sequences, functions and sets; it only gives their classes a common base and keeps the
table from Python type to kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from tlatrace.values.errors import EvaluationError

if TYPE_CHECKING:
    from tlatrace.values.functions import FunctionValue
    from tlatrace.values.lazyfunctions import LazyFunction
    from tlatrace.values.sequences import SequenceValue
    from tlatrace.values.sets import AnySet

    Value: TypeAlias = bool | int | str | "ModelValue" | SequenceValue | FunctionValue | LazyFunction | AnySet
else:
    Value: TypeAlias = Any

MODEL, BOOL, INT, STR, FUNCTION, SET = 1, 2, 4, 8, 16, 32

_KIND_NAMES = {
    MODEL: "model value",
    BOOL: "boolean",
    INT: "integer",
    STR: "string",
    FUNCTION: "function",
    SET: "set",
}

# From the exact Python type of a value to its kind; the structured classes add themselves when they are defined.
KIND_OF: dict[type, int] = {bool: BOOL, int: INT, str: STR}

# From the set of types of some elements to the union of their kinds. A handful of entries: there are a dozen types.
_kind_of_types: dict[frozenset[type], int] = {}

# How much of an offending value a message shows.
MESSAGE_TEXT_LENGTH_MAX = 200


class Compound:
    """A value that is not a Python scalar. Immutable; the hash is computed once, at first use."""

    __slots__ = ("_hash",)

    kind: ClassVar[int] = 0
    _hash: int | None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        KIND_OF[cls] = cls.kind

    def order_key(self, out: list[Any]) -> None:
        """Append to ``out`` what places this value among others; see :mod:`tlatrace.values.order`."""
        raise NotImplementedError

    def __repr__(self) -> str:
        from tlatrace.values.printing import to_text

        return f"<{to_text(self)}>"  # type: ignore[arg-type]


class ModelValue(Compound):
    """A value that is equal only to itself, made by a configuration: ``n1``, ``Nil``.

    There is one object for a name. A name that starts with one character and an underscore (``s_a``) makes a *typed*
    model value, which TLC compares with model values of its own type and untyped ones only.
    """

    __slots__ = ("name", "type_tag")

    kind = MODEL
    _by_name: ClassVar[dict[str, ModelValue]] = {}

    name: str
    type_tag: str | None

    def __new__(cls, name: str) -> ModelValue:
        known = cls._by_name.get(name)
        if known is not None:
            return known
        made = super().__new__(cls)
        made.name = name
        made.type_tag = name[0] if len(name) > 2 and name[1] == "_" else None
        return cls._by_name.setdefault(name, made)

    # Identity, at the speed of C: there is one object for a name.
    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def order_key(self, out: list[Any]) -> None:
        out += (MODEL, self.name)

    def __reduce__(self) -> tuple[type[ModelValue], tuple[str]]:
        return ModelValue, (self.name,)


def kind_of(value: Value) -> int:
    """The kind of one value; an EvaluationError for a Python object that is not a TLA+ value."""
    kind = KIND_OF.get(type(value))
    if kind is None:
        # What stands for the lack of a value can say so itself.
        what = getattr(type(value), "description", f"a Python object of type {type(value).__name__}")
        raise EvaluationError(f"not a TLA+ value: {what}")
    return kind


def kinds_of(items: Iterable[Value]) -> int:
    """The kinds of all items together, without regard to whether they may stand in one set."""
    types = frozenset(map(type, items))
    kinds = _kind_of_types.get(types)
    if kinds is None:
        kinds = 0
        for item in items:
            kinds |= kind_of(item)
        _kind_of_types[types] = kinds
    return kinds


def comparable(kinds: int) -> bool:
    """Whether elements of these kinds may stand in one set: one kind, and any model values."""
    kinds &= ~MODEL
    return kinds & (kinds - 1) == 0


def same(left: Value, right: Value) -> bool:
    """Python's equality, without ``1 == True``. Never raises: values that TLC would refuse to compare are different."""
    return left is right or (left == right and (type(left) is bool) == (type(right) is bool))


def shown(value: Value) -> str:
    """The text of a value, cut for a message."""
    from tlatrace.values.printing import to_text_cut

    return to_text_cut(value, MESSAGE_TEXT_LENGTH_MAX)


def type_name(value: object) -> str:
    """What to call a value in a message: ``integer``, ``record``, ``set``, …"""
    kind = KIND_OF.get(type(value))
    if kind is None:
        return f"Python {type(value).__name__}"
    if kind == FUNCTION:
        return value.family  # type: ignore[attr-defined, no-any-return]
    return _KIND_NAMES[kind]


def incomparable(left: Value, right: Value) -> EvaluationError:
    """The error for two values that TLC refuses to compare."""
    return EvaluationError(
        f"cannot compare the {type_name(left)} {shown(left)} with the {type_name(right)} {shown(right)}"
    )


def is_untyped_stranger(value: Value) -> bool:
    """Whether ``value`` is a model value that is no element of sets of other values: a typed one is an error, as in
    TLC, which compares it with model values only.
    """
    if type(value) is not ModelValue:
        return False
    if value.type_tag is not None:
        raise EvaluationError(
            f"the typed model value {value.name} can only be compared with model values of its type, and untyped ones"
        )
    return True


def mixed_elements(items: Iterable[Value]) -> EvaluationError:
    """The error for elements that cannot stand in one set; names two of them."""
    first: Value | None = None
    for item in items:
        kind = kind_of(item)
        if kind == MODEL:
            continue
        if first is None:
            first = item
        elif kind_of(first) != kind:
            return incomparable(first, item)
    return EvaluationError("these elements cannot stand in one set")
