"""When two states are one: by their values, by the configuration's VIEW, up to its SYMMETRY."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias

from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.engine.explore.store import Code, StateStore
from tlatrace.engine.explore.symmetry import Representatives, permutation_group

Identity: TypeAlias = Callable[[State, Code], Hashable]
"""``(state, its code) -> key``."""


def identity_of(evaluator: Evaluator, store: StateStore) -> Identity | None:
    """A function whose results are equal for two states exactly if the exploration takes them for one; None where
    codes will do.

    With both, the view's value is taken up to symmetry. (TLC takes the view of the least image, which may count views
    that are images of one another more than once.)
    """
    spec = evaluator.spec
    view: Evaluate | None = None
    if spec.view is not None:
        view = evaluator.expression(spec.view.body, spec.view.scope)
    representatives: Representatives | None = None
    if spec.symmetry is not None:
        value = evaluator.expression(spec.symmetry.body, spec.symmetry.scope)((), None)
        group = permutation_group(value, spec.symmetry.location)
        if len(group) > 1:
            representatives = Representatives(group, store)
    if view is not None:
        return _viewed(view, store, representatives)
    if representatives is None:
        return None
    of_code = representatives.of_code
    return lambda state, code: of_code(code)


def _viewed(view: Evaluate, store: StateStore, representatives: Representatives | None) -> Identity:
    number_of = store.number
    if representatives is None:
        return lambda state, code: number_of(view(state, None))
    least = representatives.of_number
    return lambda state, code: least(number_of(view(state, None)))
