"""Temporal formulas in negation normal form: what properties and fairness are translated to.

A formula is built of literals (an *atom*, a state predicate or an action known by its number, perhaps negated),
``/\\``, ``\\/``, ``[]``, ``<>`` and fairness; other operators are abbreviations. Formulas are plain values: equal ones
are equal. The functions that make them simplify as they go.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

from tlatrace.engine.liveness.errors import LivenessError

BRANCHES_MAX: Final = 20_000
"""More disjuncts than this come from a formula that nobody meant to write; TLC does not finish either."""


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Literal:
    """Atom number ``atom``, or its negation. ``is_action``: it speaks of a step."""

    atom: int
    is_negated: bool
    is_action: bool


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Always:
    body: Formula


@dataclass(frozen=True, slots=True)
class Eventually:
    body: Formula


@dataclass(frozen=True, slots=True)
class Fair:
    """``WF_v(A)`` or ``SF_v(A)``: the literals ``ENABLED <<A>>_v`` and ``<<A>>_v``."""

    is_strong: bool
    enabled: Literal
    action: Literal


Formula: TypeAlias = Truth | Literal | And | Or | Always | Eventually | Fair

TRUE: Final = Truth(True)
FALSE: Final = Truth(False)


def conjunction(items: tuple[Formula, ...]) -> Formula:
    """``/\\`` of the items; TRUE of none."""
    found: dict[Formula, None] = {}
    for item in items:
        found.update(dict.fromkeys(item.items if isinstance(item, And) else (item,)))
    if FALSE in found:
        return FALSE
    found.pop(TRUE, None)
    return TRUE if not found else next(iter(found)) if len(found) == 1 else And(tuple(found))


def disjunction(items: tuple[Formula, ...]) -> Formula:
    """``\\/`` of the items; FALSE of none."""
    found: dict[Formula, None] = {}
    for item in items:
        found.update(dict.fromkeys(item.items if isinstance(item, Or) else (item,)))
    if TRUE in found:
        return TRUE
    found.pop(FALSE, None)
    return FALSE if not found else next(iter(found)) if len(found) == 1 else Or(tuple(found))


def always(body: Formula) -> Formula:
    """``[]`` of the body."""
    match body:
        case Truth() | Always() | Fair():
            return body
        case Eventually(Always()):  # []<>[]F is <>[]F
            return body
        case And(items):
            return conjunction(tuple(map(always, items)))
        case _:
            return Always(body)


def eventually(body: Formula) -> Formula:
    """``<>`` of the body."""
    match body:
        case Truth() | Eventually() | Fair():
            return body
        case Always(Eventually()):  # <>[]<>F is []<>F
            return body
        case Or(items):
            return disjunction(tuple(map(eventually, items)))
        case _:
            return Eventually(body)


def negation(formula: Formula) -> Formula:
    """``~`` of the formula."""
    match formula:
        case Truth(value):
            return Truth(not value)
        case Literal(atom, is_negated, is_action):
            return Literal(atom, not is_negated, is_action)
        case And(items):
            return disjunction(tuple(map(negation, items)))
        case Or(items):
            return conjunction(tuple(map(negation, items)))
        case Always(body):
            return eventually(negation(body))
        case Eventually(body):
            return always(negation(body))
        case Fair(is_strong, enabled, action):
            possible = Always(Eventually(enabled)) if is_strong else Eventually(Always(enabled))
            return conjunction((possible, Eventually(Always(negation(action)))))


def branches(formula: Formula) -> list[tuple[Formula, ...]]:
    """The disjunctive normal form: conjunctions of formulas that are neither ``/\\`` nor ``\\/``; none for FALSE."""
    match formula:
        case Truth(value):
            return [()] if value else []
        case Or(items):
            found = [branch for item in items for branch in branches(item)]
        case And(items):
            found = [()]
            for item in items:
                found = [(*one, *other) for one, other in product(found, branches(item))]
                _check_count(found)
        case _:
            return [(formula,)]
    _check_count(found)
    return found


def is_propositional(formula: Formula) -> bool:
    """Whether the formula is built of literals, ``/\\`` and ``\\/`` alone."""
    match formula:
        case Truth() | Literal():
            return True
        case And(items) | Or(items):
            return all(map(is_propositional, items))
        case _:
            return False


def speaks_of_steps(formula: Formula) -> bool:
    """Whether an action occurs in the formula."""
    match formula:
        case Truth():
            return False
        case Literal():
            return formula.is_action
        case And(items) | Or(items):
            return any(map(speaks_of_steps, items))
        case Always(body) | Eventually(body):
            return speaks_of_steps(body)
        case Fair():
            return True


def _check_count(found: list[tuple[Formula, ...]]) -> None:
    if len(found) > BRANCHES_MAX:
        raise LivenessError(
            f"the temporal formula has more than {BRANCHES_MAX} alternatives",
            hint="check its conjuncts as properties of their own",
        )
