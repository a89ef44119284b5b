"""SYMMETRY: states that differ only by a permutation of model values are one state.

The configuration gives a set of permutations; the group they generate is what TLC reduces by. Of a state's images
under the group one stands for all: values get numbers when they are first met, and the least tuple of numbers is
taken. TLC takes the least image in its order of values; the classes are the same, and so are the counts. Only where a
VIEW looks at the image that was taken does it matter which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import TypeAlias

from tlatrace.compile import ExpressionError
from tlatrace.engine.explore.store import Code, StateStore
from tlatrace.engine.explore.tlc_order import ValueKeys
from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.values import (
    AnySet,
    Appearance,
    FunctionValue,
    LazyFunction,
    ModelValue,
    SequenceValue,
    Value,
    elements,
    make_function,
    make_sequence,
    make_set,
    shown,
)
from tlatrace.values.functions import pairs_of

Permutation: TypeAlias = dict[ModelValue, ModelValue]

REMEMBERED_MAX = 1 << 19
"""Images kept for one permutation; then they are forgotten and collected anew."""

GROUP_SIZE_MAX = 50_000
"""Eight symmetric values have 40,320 permutations; with more, every state would cost more than it saves."""


def permutation_group(value: Value, location: Location) -> list[Permutation]:
    """The group that a set of functions on model values generates, identity first."""
    if not isinstance(value, AnySet):
        raise ExpressionError(f"SYMMETRY must be a set of permutations, not {shown(value)}", location=location)
    generators = [_permutation(each, location) for each in elements(value)]
    moved = sorted({name for each in generators for name in each}, key=lambda each: each.name)
    identity = tuple(moved)
    full = [tuple(each.get(name, name) for name in moved) for each in generators]
    position = {name: index for index, name in enumerate(moved)}
    found = {identity: None}
    pending = [identity]
    for known in pending:
        for generator in full:
            image = tuple(generator[position[name]] for name in known)
            if image not in found:
                found[image] = None
                pending.append(image)
                if len(found) > GROUP_SIZE_MAX:
                    raise ExpressionError(f"SYMMETRY has more than {GROUP_SIZE_MAX:,} permutations", location=location)
    return [{name: target for name, target in zip(moved, image, strict=True) if name is not target} for image in found]


def is_reduced(body: ast.Expr, value: Value) -> bool:
    """Whether TLC reduces by this set of permutations.

    It takes the operands of the outermost operator in SYMMETRY's definition for sets of permutations, and does without
    symmetry (after a warning) if there are no more permutations than operands: so a set ``{f, g}`` never reduces.
    """
    match body:
        case ast.SetEnumeration(items=operands) | ast.Apply(arguments=operands):
            count = len(operands)
        case ast.Name():
            count = 0
        case ast.If():
            count = 3
        case _:
            count = 1
    return isinstance(value, AnySet) and len(list(elements(value))) > count


def _permutation(value: Value, location: Location) -> Permutation:
    if not isinstance(value, (FunctionValue, LazyFunction)):
        raise ExpressionError(f"SYMMETRY has {shown(value)}, which is no permutation", location=location)
    pairs: Permutation = {}
    for key, image in pairs_of(value.table() if isinstance(value, LazyFunction) else value):
        if not isinstance(key, ModelValue) or not isinstance(image, ModelValue):
            raise ExpressionError(
                f"SYMMETRY has {shown(value)}: expected a permutation of model values", location=location
            )
        pairs[key] = image
    if pairs.keys() != set(pairs.values()):
        raise ExpressionError(f"SYMMETRY has {shown(value)}, which is no permutation", location=location)
    return pairs


class Permuter:
    """Exchanges model values inside of values; what it said is kept, also for the parts of values."""

    def __init__(self, permutation: Permutation) -> None:
        self._permutation = permutation
        self._known: dict[Value, Value] = {}

    def __call__(self, value: Value) -> Value:
        if isinstance(value, ModelValue):
            return self._permutation.get(value, value)
        if isinstance(value, (int, str)):
            return value
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            known = self._known[value] = self._made(value)
        return known

    def _made(self, value: Value) -> Value:
        if isinstance(value, LazyFunction):
            value = value.table()
        if isinstance(value, SequenceValue):
            items = [self(item) for item in value]
            return value if all(map(is_, items, value)) else make_sequence(items)
        if isinstance(value, FunctionValue):
            pairs = list(pairs_of(value))
            images = [(self(key), self(item)) for key, item in pairs]
            if all(new[0] is old[0] and new[1] is old[1] for new, old in zip(images, pairs, strict=True)):
                return value
            return make_function(images)
        if isinstance(value, AnySet):
            members = list(elements(value))
            images_of_members = [self(item) for item in members]
            return value if all(map(is_, images_of_members, members)) else make_set(images_of_members)
        return value


class Representatives:
    """One code for all images of a state under a group of permutations."""

    def __init__(self, group: list[Permutation], store: StateStore) -> None:
        self._permuters = [Permuter(each) for each in group[1:]]
        self._store = store
        self._images: dict[int, Code] = {}

    def of_code(self, code: Code) -> Code:
        """The least image of a state."""
        images = self._images
        columns = []
        for number in code:
            known = images.get(number)
            columns.append(self._images_of(number) if known is None else known)
        return min(zip(*columns, strict=True), default=())

    def _images_of(self, number: int) -> Code:
        value, number_of = self._store.value(number), self._store.number
        images = self._images[number] = (number, *(number_of(permute(value)) for permute in self._permuters))
        return images


class LeastImages:
    """The image of a state that is the least in TLC's order of values, by one variable after the other in the order
    ``variables`` of their indices.
    """

    def __init__(
        self, group: list[Permutation], store: StateStore, order: Appearance, variables: Sequence[int]
    ) -> None:
        self._variables = variables
        self._permuters: list[Permuter | None] = [None, *(Permuter(each) for each in group[1:])]
        self._store = store
        self._keys = ValueKeys(order)
        self._all = tuple(range(len(group)))
        # Of a value under some of the permutations: the least image, and the permutations that make it.
        self._known: dict[tuple[int, Code], tuple[int, Code]] = {}

    def of_code(self, code: Code) -> Code:
        """The least image of a state."""
        known, candidates = self._known, self._all
        image = list(code)
        for index in self._variables:
            number = code[index]
            found = known.get((number, candidates))
            if found is None:
                found = known[number, candidates] = self._least(number, candidates)
            image[index], candidates = found
        return tuple(image)

    def _least(self, number: int, candidates: Code) -> tuple[int, Code]:
        value, store = self._store.value(number), self._store
        images: dict[int, list[int]] = {}
        for index in candidates:
            permute = self._permuters[index]
            images.setdefault(number if permute is None else store.number(permute(value)), []).append(index)
        if len(images) == 1:
            return next(iter(images)), candidates
        least = min(images, key=lambda image: self._keys.of(store.value(image)))
        return least, tuple(images[least])
