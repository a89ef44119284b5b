"""Temporal properties that speak of the run: ``[](P => [](TLCGet("queue") > 0 \\/ Q))``.

What such a formula says of a state depends on when it is evaluated. TLC evaluates it when all successors of a state
have been made: for the state itself and for every successor, each time it is one. The product with the tableau is made
at these moments, too, so here it grows with the graph; conditions on cycles are evaluated once for each state and step,
at the same moment. Formulas that depend on states alone are left until the graph is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tlatrace.compile.analysis import Analysis
from tlatrace.engine.liveness.arena import Arena, following
from tlatrace.engine.liveness.check import Branch, LivenessPlan, LivenessViolation
from tlatrace.engine.liveness.formulas import Always, And, Eventually, Fair, Formula, Literal, Or, negation
from tlatrace.engine.liveness.predicates import (
    Graph,
    OnState,
    OnStep,
    Predicates,
    state_evaluator,
    truth,
)
from tlatrace.engine.liveness.tableau import Tableau

SetLevel = Callable[[int], None]
"""Told the level of a state before something is evaluated on it."""


class GrowingProduct:
    """An :class:`~tlatrace.engine.liveness.arena.Arena` that is made while the search goes on."""

    def __init__(self, graph: Graph, tableau: Tableau) -> None:
        self._graph = graph
        self._tableau = tableau
        self._nodes: list[tuple[int, int]] = []
        self._targets: list[list[int]] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._of_state: dict[int, list[int]] = {}
        self._expanded: set[int] = set()
        self.initial: list[int] = []

    @property
    def count(self) -> int:
        return len(self._nodes)

    @property
    def promise_count(self) -> int:
        return self._tableau.promise_count

    def state(self, node: int) -> int:
        return self._nodes[node][0]

    def successors(self, node: int) -> Sequence[int]:
        return self._targets[node]

    def postponed(self, node: int) -> int:
        return self._tableau.choices[self._nodes[node][1]][1]

    def start(self, state: int) -> None:
        """An initial state."""
        for choice in self._tableau.unfold(self._tableau.start, state):
            self.initial.append(self._number(state, choice))

    def expand(self, state: int, set_level: SetLevel, level_of: Callable[[int], int]) -> None:
        """The successors of a state are known."""
        self._expanded.add(state)
        pending = list(self._of_state.get(state, ()))
        while pending:
            node = pending.pop()
            before, choice = self._nodes[node]
            later = self._tableau.choices[choice][0]
            level = level_of(before)
            for after in following(self._graph, before):
                set_level(level if after == before else level + 1)
                for way in self._tableau.unfold(later, after):
                    is_new = (after, way) not in self._numbers
                    target = self._number(after, way)
                    self._targets[node].append(target)
                    if is_new and after in self._expanded:
                        pending.append(target)

    def _number(self, state: int, choice: int) -> int:
        known = self._numbers.get((state, choice))
        if known is None:
            known = self._numbers[state, choice] = len(self._nodes)
            self._nodes.append((state, choice))
            self._targets.append([])
            self._of_state.setdefault(state, []).append(known)
        return known


class LivenessWatch:
    """Follows a search for the temporal properties of a plan, and decides them at its end.

    The search tells of each initial state, and of each state whose successors have just been added to the graph.
    """

    def __init__(self, plan: LivenessPlan, graph: Graph, set_level: SetLevel, level_of: Callable[[int], int]) -> None:
        self._plan = plan
        self._graph = graph
        self._set_level = set_level
        self._level_of = level_of
        varying = varying_atoms(plan)
        conditions = {atom for branch in _branches(plan) for atom in _atoms_of_conditions(branch)} & varying
        atoms = plan.atoms
        self._states = graph.states
        self._evaluated_on_state = {
            atom: state_evaluator(plan.evaluator, atoms[atom]) for atom in varying if not atoms[atom].is_action
        }
        self._evaluated_on_step = {
            atom: plan.evaluator.expression(atoms[atom].expression, atoms[atom].scope)
            for atom in varying
            if atoms[atom].is_action
        }
        self._state_results: dict[int, dict[int, bool]] = {
            atom: {} for atom in conditions if atom in self._evaluated_on_state
        }
        self._step_results: dict[int, dict[tuple[int, int], bool]] = {
            atom: {} for atom in conditions if atom in self._evaluated_on_step
        }
        now = Predicates(
            graph, atoms, plan.evaluator, {atom: self._on_state_now(atom) for atom in self._evaluated_on_state}
        )
        self._products = {
            id(branch): GrowingProduct(graph, Tableau(branch.tableau, now, is_fixed=False))
            for branch in _branches(plan)
            if varying.intersection(_literals(branch.tableau))
        }

    def initial(self, state: int) -> None:
        """``state`` is an initial one."""
        self._set_level(1)
        for product in self._products.values():
            product.start(state)

    def expanded(self, state: int) -> None:
        """The steps from ``state`` are in the graph."""
        level = self._level_of(state)
        self._set_level(level)
        for atom, results in self._state_results.items():
            results[state] = self._on_state_now(atom)(state)
        for atom, on_step in self._step_results.items():
            evaluate, subject = self._evaluated_on_step[atom], self._plan.atoms[atom]
            for after in following(self._graph, state):
                on_step[state, after] = truth(evaluate, subject, self._states[state], self._states[after])
        for product in self._products.values():
            product.expand(state, self._set_level, self._level_of)
        self._set_level(level)

    def check(self) -> LivenessViolation | None:
        """The first property that is violated."""
        predicates = Predicates(
            self._graph,
            self._plan.atoms,
            self._plan.evaluator,
            {atom: _recorded_state(results) for atom, results in self._state_results.items()},
            {atom: _recorded_step(results) for atom, results in self._step_results.items()},
        )

        def arena_of(branch: Branch) -> Arena:
            product = self._products.get(id(branch))
            return branch.arena(self._graph, predicates) if product is None else product

        return self._plan.search(predicates, arena_of)

    def _on_state_now(self, atom: int) -> OnState:
        evaluate, subject, states = self._evaluated_on_state[atom], self._plan.atoms[atom], self._states
        return lambda state: truth(evaluate, subject, states[state], None)


def varying_atoms(plan: LivenessPlan) -> set[int]:
    """The atoms whose value depends on more than states."""
    analysis = Analysis()
    return {number for number, atom in enumerate(plan.atoms) if not analysis.reads(atom.expression, atom.scope).is_pure}


def _recorded_state(results: dict[int, bool]) -> OnState:
    # A state that was not expanded is on no cycle.
    return lambda state: results.get(state, False)


def _recorded_step(results: dict[tuple[int, int], bool]) -> OnStep:
    return lambda state, after: results.get((state, after), False)


def _branches(plan: LivenessPlan) -> Iterator[Branch]:
    for _, branches in plan.properties:
        yield from branches


def _atoms_of_conditions(branch: Branch) -> Iterator[int]:
    yield from _literals((*branch.persistent, *branch.recurrent))
    for fair in branch.fair:
        yield from _literals((fair.action, negation(fair.enabled)))


def _literals(formulas: Sequence[Formula]) -> Iterator[int]:
    pending = list(formulas)
    while pending:
        match pending.pop():
            case Literal(atom=atom):
                yield atom
            case And(items) | Or(items):
                pending += items
            case Always(body) | Eventually(body):
                pending.append(body)
            case Fair() as fair:
                pending += [fair.action, fair.enabled]
            case _:
                pass
