"""What an operator does with levels: how much it asks of its arguments, and what its value depends on.

A level is 0 (constant), 1 (state), 2 (action) or 3 (temporal). Parameters, constants and variables are *places*: each
has a bit of its own, and a set of places is an integer. So the level of an application is known before anybody says
what stands for the parameters, as *Specifying Systems*, 17.2, and SANY have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

CONSTANT, STATE, ACTION, TEMPORAL = 0, 1, 2, 3

LEVEL_NAMES: Final = ("constant", "state", "action", "temporal")

Limits = tuple[int, int, int]
"""The places that may be at most constant, at most state, at most action."""

NO_LIMITS: Final[Limits] = (0, 0, 0)
_NO_NEEDS: Final[Mapping[tuple[int, int], int]] = {}

OperatorPlace = int
"""The bit of an operator parameter; within an :class:`Effect`, ``-(i + 1)`` stands for parameter ``i`` itself."""


@dataclass(slots=True)
class Effect:
    """What is known of an operator.

    For each parameter: ``most`` is the highest level that an argument may have, ``weighs`` whether the argument's level
    becomes the application's, ``is_leibniz`` whether equals may be put for equals there. ``places`` are the free places
    that give the body its level, ``all_places`` all that it mentions, ``limits`` what it asks of them.

    For operator parameters: ``needs[o, k]`` is the level that argument ``k`` of ``o`` must allow, and ``hands`` has
    ``(o, k, p)`` where place ``p`` occurs within argument ``k`` of ``o``.
    """

    level: int = CONSTANT
    most: tuple[int, ...] = ()
    weighs: tuple[bool, ...] = ()
    is_leibniz: tuple[bool, ...] = ()
    places: int = 0
    all_places: int = 0
    non_leibniz_places: int = 0
    limits: Limits = NO_LIMITS
    needs: Mapping[tuple[OperatorPlace, int], int] = field(default_factory=lambda: _NO_NEEDS)
    hands: frozenset[tuple[OperatorPlace, int, int]] = frozenset()


def bits(places: int) -> Iterator[int]:
    """The single places of a set of them."""
    while places:
        lowest = places & -places
        yield lowest
        places ^= lowest


def lowest_limit(limits: Limits, place: int) -> int:
    """The highest level that may stand for ``place``."""
    for level, places in enumerate(limits):
        if places & place:
            return level
    return TEMPORAL


def _builtin(level: int, most: tuple[int, ...], *, weighs: bool = True) -> Effect:
    return Effect(level, most, (weighs,) * len(most), (weighs,) * len(most))


def _language() -> dict[str, Effect]:
    known = {name: _builtin(CONSTANT, ()) for name in ("TRUE", "FALSE", "BOOLEAN", "STRING")}
    known |= {symbol: _builtin(CONSTANT, (3, 3)) for symbol in ("/\\", "\\/", "=>", "<=>")}
    pairs = "= # \\in \\notin \\subseteq \\ \\cap \\cup \\X"
    known |= {symbol: _builtin(CONSTANT, (2, 2)) for symbol in pairs.split(" ")}
    known |= {symbol: _builtin(CONSTANT, (2,)) for symbol in ("SUBSET", "UNION", "DOMAIN")}
    known |= {symbol: _builtin(TEMPORAL, (3, 3), weighs=False) for symbol in ("~>", "-+->")}
    known |= {symbol: _builtin(TEMPORAL, (3,), weighs=False) for symbol in ("[]", "<>")}
    known["~"] = _builtin(CONSTANT, (3,))
    known["'"] = known["UNCHANGED"] = _builtin(ACTION, (1,), weighs=False)
    known["ENABLED"] = _builtin(STATE, (2,), weighs=False)
    known["\\cdot"] = _builtin(ACTION, (2, 2), weighs=False)
    return known


LANGUAGE: Final[Mapping[str, Effect]] = _language()
"""The operators of TLA+ that are in scope everywhere."""

# Definitions of the standard modules that do not use an argument, or use it in a formula: what is written there is not
# what TLC computes, but it is what SANY reads.
_STANDARD: Final[Mapping[tuple[str, str], Effect]] = {
    ("Naturals", "*"): Effect(CONSTANT, (3, 3), (False, False), (True, True)),
    ("TLC", "Print"): Effect(CONSTANT, (3, 3), (False, True), (True, True)),
    ("TLC", "PrintT"): Effect(CONSTANT, (3,), (False,), (True,)),
    ("TLC", "Assert"): Effect(CONSTANT, (2, 3), (True, False), (True, True)),
    ("TLC", "TLCGet"): Effect(CONSTANT, (3,), (False,), (True,)),
    ("TLC", "TLCSet"): Effect(CONSTANT, (3, 3), (False, False), (True, True)),
    ("TLC", "TLCEval"): Effect(CONSTANT, (3,), (True,), (True,)),
    ("TLC", ":>"): Effect(CONSTANT, (2, 3), (True, True), (True, True)),
}


def standard_effect(module: str, name: str, arities: tuple[int, ...]) -> Effect:
    """What the operator ``name`` of a standard module that is written in Python does with levels."""
    known = _STANDARD.get((module, name))
    if known is not None:
        return known
    count = len(arities)
    # An operator argument (the order of SortSeq, the test of SelectSeq) is applied to parts of the others.
    hands = frozenset(
        (-(i + 1), k, -(j + 1))
        for i, arity in enumerate(arities)
        for k in range(arity)
        for j, other in enumerate(arities)
        if other == 0
    )
    most = tuple(TEMPORAL if arity else ACTION for arity in arities)
    return Effect(CONSTANT, most, (True,) * count, (True,) * count, hands=hands)
