"""What INSTANCE does with levels: the definitions of a module with something put for its constants and variables.

Source: *Specifying Systems*, 17.5 and 17.8; in a constant module anything of the right level may be put for a constant,
in any other module only constants for constants, and state expressions for variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tlatrace.semantics.entries import DECLARED, Entry, Kind
from tlatrace.semantics.levels import CONSTANT, STATE, TEMPORAL, Effect, bits, lowest_limit


@dataclass(frozen=True, slots=True)
class Substitute:
    """What an INSTANCE puts for a constant or variable: its level and places, and the operator that it is, if any."""

    declared: Entry
    level: int
    places: int
    all_places: int
    operator: Entry | None = None


Substitutes = Mapping[int, Substitute]
"""By the place of what is declared."""


def most_of(substitute: Substitute, *, is_constant_module: bool) -> int:
    """The level that may be put for a declaration, whatever the module does with it."""
    if is_constant_module:
        return TEMPORAL
    return CONSTANT if substitute.declared.kind is Kind.CONSTANT else STATE


def instantiate(
    effect: Effect, parameters: tuple[Entry, ...], substitutes: Substitutes, *, is_constant_module: bool
) -> Effect:
    """``effect`` with the substitutes put in, as the effect of an operator that takes the instance's ``parameters``
    in front.
    """
    if not substitutes and not parameters:
        return effect
    limits = [0, 0, 0]
    for level, places in enumerate(effect.limits):
        for place in bits(places):
            substitute = substitutes.get(place)
            most = level
            if substitute is not None and not is_constant_module:
                most = most_of(substitute, is_constant_module=False)
            limits[most] |= place if substitute is None else substitute.places
    own_most = list(effect.most)
    needs: dict[tuple[int, int], int] = {}
    hands: set[tuple[int, int, int]] = set()

    def need(operator: int, k: int, level: int) -> None:
        needs[operator, k] = max(level, needs.get((operator, k), CONSTANT))

    for (o, k), level in effect.needs.items():
        target = _operator_place(o, substitutes)
        if target is not None:
            need(target, k, level)
    for o, k, p in effect.hands:
        substitute = substitutes.get(p)
        handed = (p,) if substitute is None else tuple(bits(substitute.places))
        target = _operator_place(o, substitutes)
        if target is not None:
            if substitute is not None:
                need(target, k, substitute.level)
            hands.update((target, k, place) for place in handed)
            continue
        operator = substitutes[o].operator
        most = operator.effect.most[k] if operator is not None and operator.effect is not None else TEMPORAL
        if most < TEMPORAL:
            for place in handed:
                if place < 0:
                    own_most[-place - 1] = min(own_most[-place - 1], most)
                else:
                    limits[most] |= place
    level = max((substitutes[place].level for place in bits(effect.places) if place in substitutes), default=CONSTANT)
    body_places = _mapped(effect.places, substitutes)
    all_places = _all_mapped(effect.all_places, substitutes)
    non_leibniz = _all_mapped(effect.non_leibniz_places, substitutes)
    own = 0
    for entry in parameters:
        own |= entry.place
    count = len(parameters)
    position = {entry.place: -(i + 1) for i, entry in enumerate(parameters)}

    def moved(place: int) -> int:
        return place - count if place < 0 else position.get(place, place)

    fixed = (limits[0], limits[1], limits[2])
    return Effect(
        max(effect.level, level),
        tuple(lowest_limit(fixed, entry.place) for entry in parameters) + tuple(own_most),
        tuple(bool(body_places & entry.place) for entry in parameters) + effect.weighs,
        tuple(not non_leibniz & entry.place for entry in parameters) + effect.is_leibniz,
        body_places & ~own,
        all_places & ~own,
        non_leibniz & ~own,
        (fixed[0] & ~own, fixed[1] & ~own, fixed[2] & ~own),
        {(moved(o), k): level for (o, k), level in needs.items()},
        frozenset((moved(o), k, moved(p)) for o, k, p in hands),
    )


def _operator_place(place: int, substitutes: Substitutes) -> int | None:
    """The place that an operator's place becomes; None where a definition was put for it."""
    substitute = substitutes.get(place)
    if substitute is None or substitute.operator is None:
        return place
    return substitute.operator.place if substitute.operator.kind in DECLARED else None


def _mapped(places: int, substitutes: Substitutes) -> int:
    result = 0
    for place in bits(places):
        substitute = substitutes.get(place)
        result |= place if substitute is None else substitute.places
    return result


def _all_mapped(places: int, substitutes: Substitutes) -> int:
    result = 0
    for place in bits(places):
        substitute = substitutes.get(place)
        result |= place if substitute is None else substitute.all_places
    return result
