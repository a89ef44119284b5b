"""The tableau of a temporal formula, made as far as the states of a graph need it.

What a behavior still owes is a set of formulas, its *obligations*. In a state they are unfolded: ``[]F`` is ``F`` now
and ``[]F`` in the next state, ``<>F`` is ``F`` now or ``<>F`` in the next state, which *postpones* the promise. A
behavior satisfies the formula when the obligations can be unfolded for ever and no promise is postponed for ever.
(Manna and Pnueli, *Temporal Verification of Reactive Systems*, chapter 5; here the atoms are evaluated first, so that
few unfoldings are left.)
"""

from __future__ import annotations

from collections.abc import Sequence

from tlatrace.engine.liveness.formulas import Always, And, Eventually, Fair, Formula, Literal, Or, Truth
from tlatrace.engine.liveness.predicates import OnState, Predicates

Obligations = frozenset[Formula]


class Tableau:
    """``choices`` has the ways on that were found so far: which obligations come next (by number), and which promises
    are postponed (a bit for each). ``promise_count`` is the number of promises. ``is_fixed``: the atoms of a state do
    not change while the search goes on.
    """

    def __init__(self, formulas: Sequence[Formula], predicates: Predicates, *, is_fixed: bool = True) -> None:
        self._is_fixed = is_fixed
        self.choices: list[tuple[int, int]] = []
        self._choice_numbers: dict[tuple[int, int], int] = {}
        self._promises: dict[Formula, int] = {}
        self._literals: dict[Literal, int] = {}
        for formula in formulas:
            self._collect(formula)
        self.promise_count = len(self._promises)
        self._tests: list[OnState] = [predicates.on_state(literal) for literal in self._literals]
        self._masks: dict[int, int] = {}
        self._obligations: list[Obligations] = []
        self._obligation_numbers: dict[Obligations, int] = {}
        self._unfolded: dict[tuple[int, int], tuple[int, ...]] = {}
        self.start = self._number(frozenset(formulas))

    def unfold(self, obligations: int, state: int) -> tuple[int, ...]:
        """The numbers of the choices that a behavior has which owes ``obligations`` in ``state``."""
        mask = self._masks.get(state) if self._is_fixed else None
        if mask is None:
            mask = self._masks[state] = sum(1 << bit for bit, test in enumerate(self._tests) if test(state))
        key = obligations, mask
        found = self._unfolded.get(key)
        if found is None:
            found = self._unfolded[key] = self._unfold(self._obligations[obligations], mask)
        return found

    def _collect(self, formula: Formula) -> None:
        match formula:
            case Literal():
                self._literals.setdefault(formula, len(self._literals))
            case And(items) | Or(items):
                for item in items:
                    self._collect(item)
            case Always(body):
                self._collect(body)
            case Eventually(body):
                self._promises.setdefault(formula, len(self._promises))
                self._collect(body)
            case Truth():
                pass
            case Fair():
                raise AssertionError("fairness is a condition on components, not a part of the tableau")

    def _number(self, obligations: Obligations) -> int:
        known = self._obligation_numbers.get(obligations)
        if known is None:
            known = self._obligation_numbers[obligations] = len(self._obligations)
            self._obligations.append(obligations)
        return known

    def _unfold(self, obligations: Obligations, mask: int) -> tuple[int, ...]:
        found: dict[tuple[Obligations, int], None] = {}
        pending: list[tuple[tuple[Formula, ...], Obligations, int]] = [(tuple(obligations), frozenset(), 0)]
        while pending:
            todo, later, postponed = pending.pop()
            if not todo:
                found[later, postponed] = None
                continue
            formula, rest = todo[0], todo[1:]
            match formula:
                case Truth(value):
                    if value:
                        pending.append((rest, later, postponed))
                case Literal():
                    if mask >> self._literals[formula] & 1:
                        pending.append((rest, later, postponed))
                case And(items):
                    pending.append(((*items, *rest), later, postponed))
                case Or(items):
                    pending += [((item, *rest), later, postponed) for item in items]
                case Always(body):
                    pending.append(((body, *rest), later | {formula}, postponed))
                case Eventually(body):
                    pending.append((rest, later | {formula}, postponed | 1 << self._promises[formula]))
                    pending.append(((body, *rest), later, postponed))
                case Fair():
                    raise AssertionError("fairness is a condition on components, not a part of the tableau")
        return tuple(sorted(self._choice(later, postponed) for later, postponed in _easiest(list(found))))

    def _choice(self, later: Obligations, postponed: int) -> int:
        choice = self._number(later), postponed
        known = self._choice_numbers.get(choice)
        if known is None:
            known = self._choice_numbers[choice] = len(self.choices)
            self.choices.append(choice)
        return known


def _easiest(found: list[tuple[Obligations, int]]) -> list[tuple[Obligations, int]]:
    """Those that do not owe more and postpone more than another one does."""
    return [
        one
        for one in found
        if not any(other is not one and other[0] <= one[0] and other[1] & ~one[1] == 0 for other in found)
    ]
