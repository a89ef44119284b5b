"""What is equal for two states if they differ by a permutation of interchangeable model values, and only then.

:class:`Classes` holds sets of model values; a permutation may exchange the members of each set in any way. Of all
images of a state one is found that stands for them: each model value gets a *signature*, what the state says of it with
all others of its class taken for the same; the values are numbered in the order of their signatures, and the image is
the state with the first members of the class in their places. Where signatures are equal, values whose exchange changes
nothing may be numbered in any order; of the others every order is tried, and the least image is taken.

Up to :data:`ORDERS_MAX` orders are tried. Beyond that two states may get different keys although they are images of one
another; states with the same key always are. So what is told of a state by its key is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import permutations, product
from math import factorial, prod
from typing import Final, TypeAlias

from tlatrace.compile.api import State
from tlatrace.engine.states import key_of
from tlatrace.values import (
    FunctionValue,
    InfiniteSet,
    IntervalSet,
    LazyFunction,
    ModelValue,
    SequenceValue,
    SetValue,
    Value,
    elements,
    make_function,
    make_sequence,
    make_set,
    same,
)
from tlatrace.values.functions import pairs_of

ORDERS_MAX: Final = 120
"""So many numberings of values with equal signatures are tried for one state: those of five values."""

REMEMBERED_MAX: Final = 1 << 18
"""So many parts of values are remembered with what was made of them; then they are forgotten and collected anew."""

KEYS_MAX: Final = 1_024
"""Sets of variables for which a key is remembered: as many as there are sets of live ones, some ten."""

Names: TypeAlias = tuple[ModelValue, ...]

Change: TypeAlias = tuple[tuple[ModelValue, ModelValue], ...]
"""What model values become, but for those that stay."""


class Opaque(Exception):
    """A value whose parts cannot be told without enumerating what may be very large."""


class Permuter:
    """Exchanges model values within values; what it said is kept, also for the parts of values."""

    def __init__(self) -> None:
        self._known: dict[tuple[Change, Value], Value] = {}

    def image(self, value: Value, change: Change) -> Value:
        """``value`` with the change made.

        Raises:
            Opaque: the value cannot be looked into.
        """
        return self._image(value, change, dict(change))

    def _image(self, value: Value, change: Change, becomes: dict[ModelValue, ModelValue]) -> Value:
        if isinstance(value, ModelValue):
            return becomes.get(value, value)
        if is_plain(value):
            return value
        known = self._known.get((change, value))
        if known is None:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            known = self._known[change, value] = self._made(value, change, becomes)
        return known

    def _made(self, value: Value, change: Change, becomes: dict[ModelValue, ModelValue]) -> Value:
        ordered, unordered = parts_of(value)
        if not unordered:
            return make_sequence([self._image(part, change, becomes) for part in ordered]) if ordered else value
        images = [[self._image(part, change, becomes) for part in parts] for parts in unordered]
        if isinstance(value, SetValue):
            return make_set([item for (item,) in images])
        return make_function([(key, item) for key, item in images])


def is_plain(value: Value) -> bool:
    """Whether there cannot be a model value in it."""
    return isinstance(value, int | str | IntervalSet | InfiniteSet)


def parts_of(value: Value) -> tuple[Sequence[Value], Sequence[tuple[Value, ...]]]:
    """The parts of a structured value that stand in an order, or else those that do not: the elements of a set, the
    pairs of a function.

    Raises:
        Opaque: the value cannot be looked into.
    """
    if isinstance(value, LazyFunction):
        value = value.table()
    if isinstance(value, SequenceValue):
        return tuple(value), ()
    if isinstance(value, FunctionValue):
        return (), tuple(pairs_of(value))
    if isinstance(value, SetValue):
        return (), tuple((item,) for item in elements(value))
    raise Opaque


def is_alike(value: Value, classes: Sequence[Names], permuter: Permuter) -> bool:
    """Whether no permutation of the members of ``classes`` changes ``value``.

    Raises:
        Opaque: the value cannot be looked into.
    """
    for first, *others in classes:
        for name in others:
            if not same(permuter.image(value, ((name, first), (first, name))), value):
                return False
    return True


class _Shape:
    """What a value says of each model value in it (``of``), and of any that is not (``base``)."""

    __slots__ = ("base", "of")

    def __init__(self, base: int, of: dict[ModelValue, int]) -> None:
        self.base = base
        self.of = of

    def seen_by(self, name: ModelValue) -> int:
        return self.of.get(name, self.base)


class Classes:
    """``classes`` have two members or more each; no value is in two of them."""

    def __init__(self, classes: Sequence[Names]) -> None:
        self.classes = tuple(classes)
        self.is_used = False
        """Whether some state was not its own representative."""
        self._number = {name: number for number, names in enumerate(self.classes) for name in names}
        self._shapes: dict[Value, _Shape] = {}
        self._permuter = Permuter()
        self._numbers: dict[tuple[bool, Value], int] = {}
        self._keys: dict[frozenset[int], Callable[[State], Hashable]] = {}

    def key(self, state: State) -> Hashable:
        """What is equal only for states that are images of one another."""
        try:
            return key_of(self._representative(state))
        except Opaque:
            return key_of(state)

    def key_by(self, told: frozenset[int], variables_count: int) -> Callable[[State], Hashable]:
        """The same where only some of the variables, of so many, tell states apart."""
        if len(told) == variables_count:
            return self.key
        known = self._keys.get(told)
        if known is None:
            if len(self._keys) >= KEYS_MAX:
                self._keys.clear()
            variables = tuple(sorted(told))
            known = self._keys[told] = lambda state: self.key(tuple([state[index] for index in variables]))
        return known

    def _representative(self, state: State) -> State:
        shapes = [self._shape(value) for value in state]
        present = {name for shape in shapes for name in shape.of}
        if not present:
            return state
        blocks: list[list[list[Names]]] = []
        """For each class: values with equal signatures, in parts whose members may be exchanged."""
        for names in self.classes:
            signed: dict[int, list[ModelValue]] = {}
            for name in names:
                if name in present:
                    signed.setdefault(hash(tuple([shape.seen_by(name) for shape in shapes])), []).append(name)
            blocks.append([self._parts(state, signed[signature]) for signature in sorted(signed)])
        count = prod(_orders_count(block) for of_class in blocks for block in of_class)
        if count == 1 or count > ORDERS_MAX:
            first = [[name for block in of_class for part in block for name in part] for of_class in blocks]
            return self._image(state, first)
        orders = product(*(product(*map(_orders, of_class)) for of_class in blocks))
        images = [
            self._image(state, [[n for block in of_class for n in block] for of_class in each]) for each in orders
        ]
        return min(images, key=self._code)

    def _parts(self, state: State, names: list[ModelValue]) -> list[Names]:
        """``names`` in parts: to exchange two members of a part leaves the state as it is."""
        parts: list[list[ModelValue]] = []
        for name in names:
            for part in parts:
                change = ((name, part[0]), (part[0], name))
                if all(self._permuter.image(value, change) == value for value in state):
                    part.append(name)
                    break
            else:
                parts.append([name])
        return [tuple(part) for part in parts]

    def _image(self, state: State, orders: Sequence[Sequence[ModelValue]]) -> State:
        """The state with the first members of each class in the place of these, in this order."""
        change: list[tuple[ModelValue, ModelValue]] = []
        for names, order in zip(self.classes, orders, strict=True):
            change += [(name, target) for name, target in zip(order, names, strict=False) if name is not target]
        if not change:
            return state
        self.is_used = True
        key = tuple(change)
        return tuple([self._permuter.image(value, key) for value in state])

    def _code(self, state: State) -> tuple[int, ...]:
        """Values get numbers when they are first met; the order that this makes is as good as any."""
        if len(self._numbers) >= REMEMBERED_MAX:
            self._numbers.clear()
        return tuple([self._numbers.setdefault((type(value) is bool, value), len(self._numbers)) for value in state])

    # ----------------------------------------------------------------------------------------- signatures

    def _shape(self, value: Value) -> _Shape:
        if type(value) is ModelValue:
            number = self._number.get(value)
            if number is None:
                return _Shape(hash(value.name), {})
            return _Shape(hash(("class", number)), {value: hash(("this", number))})
        if is_plain(value):
            return _Shape(hash((type(value), value)), {})
        known = self._shapes.get(value)
        if known is None:
            if len(self._shapes) >= REMEMBERED_MAX:
                self._shapes.clear()
            known = self._shapes[value] = self._made(value)
        return known

    def _made(self, value: Value) -> _Shape:
        ordered, unordered = parts_of(value)
        if ordered:
            parts = [self._shape(part) for part in ordered]
            found = {name for part in parts for name in part.of}
            of = {name: hash(tuple([part.seen_by(name) for part in parts])) for name in found}
            return _Shape(hash(tuple([part.base for part in parts])), of)
        tuples = [[self._shape(part) for part in pair] for pair in unordered]
        found = {name for pair in tuples for part in pair for name in part.of}
        tag = len(unordered[0]) if unordered else 0
        bases = [hash(tuple([part.base for part in pair])) for pair in tuples]
        whole = hash((tag, tuple(sorted(bases))))
        of = {}
        for name in found:
            seen = [hash(tuple([part.seen_by(name) for part in pair])) for pair in tuples]
            of[name] = hash((tag, tuple(sorted(seen))))
        return _Shape(whole, of)


def _orders_count(block: Sequence[Names]) -> int:
    return factorial(sum(map(len, block))) // prod(factorial(len(part)) for part in block)


def _orders(block: Sequence[Names]) -> Iterator[Names]:
    """Every order of the names in a block, once up to exchanges within a part."""
    if len(block) == 1:
        yield block[0]
        return
    numbers = [number for number, part in enumerate(block) for _ in part]
    for order in dict.fromkeys(permutations(numbers)):
        rest = [iter(part) for part in block]
        yield tuple(next(rest[number]) for number in order)
