"""When two states are one: by their values, by the configuration's VIEW, up to its SYMMETRY.

With both, the view is taken of the least image, as TLC does it; so the order of values must be TLC's, and two states
with the same view may still be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias

from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.compile.appearance import appearance
from tlatrace.engine.explore.store import Code, StateStore
from tlatrace.engine.explore.symmetry import (
    LeastImages,
    Permutation,
    Representatives,
    is_reduced,
    permutation_group,
)
from tlatrace.engine.explore.tlc_order import variable_order

Identity: TypeAlias = Callable[[State, Code], Hashable]
"""``(state, its code) -> key``."""

VIEWS_REMEMBERED_MAX = 1 << 18
"""States whose view is kept: most that are generated were generated before."""


def identity_of(evaluator: Evaluator, store: StateStore, *, view_is_pure: bool = True) -> Identity | None:
    """A function whose results are equal for two states exactly if the exploration takes them for one; None where
    codes will do. ``view_is_pure``: the view depends on the state alone.
    """
    spec = evaluator.spec
    group = _group(evaluator)
    if spec.view is not None:
        view = evaluator.expression(spec.view.body, spec.view.scope)
        least = LeastImages(group, store, appearance(spec), variable_order(spec)).of_code if group else None
        return _viewed(view, store, least, view_is_pure)
    if not group:
        return None
    of_code = Representatives(group, store).of_code
    return lambda state, code: of_code(code)


def _group(evaluator: Evaluator) -> list[Permutation]:
    """The permutations, identity first; empty if there is nothing to reduce by."""
    symmetry = evaluator.spec.symmetry
    if symmetry is None:
        return []
    value = evaluator.expression(symmetry.body, symmetry.scope)((), None)
    group = permutation_group(value, symmetry.location)
    return group if len(group) > 1 and is_reduced(symmetry.body, value) else []


def symmetry_notes(evaluator: Evaluator) -> tuple[str, ...]:
    """What a user must know of a SYMMETRY that TLC does without."""
    symmetry = evaluator.spec.symmetry
    if symmetry is None:
        return ()
    value = evaluator.expression(symmetry.body, symmetry.scope)((), None)
    if is_reduced(symmetry.body, value) or len(permutation_group(value, symmetry.location)) == 1:
        return ()
    return (
        f"SYMMETRY {symmetry.name} is not used, as TLC does not use it: it has no more permutations than its "
        "definition has operands; write it with Permutations(S)",
    )


def _viewed(view: Evaluate, store: StateStore, least: Callable[[Code], Code] | None, is_pure: bool) -> Identity:
    known: dict[Code, int] = {}

    def identity(state: State, code: Code) -> int:
        if least is not None:
            image = least(code)
            if image != code:
                state, code = store.decode(image), image
        if not is_pure:
            return store.number(view(state, None))
        number = known.get(code)
        if number is None:
            if len(known) >= VIEWS_REMEMBERED_MAX:
                known.clear()
            number = known[code] = store.number(view(state, None))
        return number

    return identity
