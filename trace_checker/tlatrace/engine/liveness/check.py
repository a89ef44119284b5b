"""Liveness: does every fair behavior of a finished state graph satisfy the temporal properties?

The negation of a property is conjoined with the fairness of the specification and brought into disjunctive normal
form. In each disjunct, what speaks of all but finitely many, or of infinitely many, states or steps (``<>[]``,
``[]<>``, WF, SF) becomes a condition on cycles; the rest becomes a tableau, and the graph is replaced by its product
with that. A component that satisfies all conditions is a counterexample. Actions can stand in such conditions only, as
in TLC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import Evaluator
from tlatrace.engine.liveness.arena import Arena, GraphArena, ProductArena
from tlatrace.engine.liveness.components import Conditions, CycleSearch, Recurrent, Response
from tlatrace.engine.liveness.errors import LivenessError
from tlatrace.engine.liveness.formulas import (
    Always,
    Eventually,
    Fair,
    Formula,
    branches,
    conjunction,
    is_propositional,
    negation,
    speaks_of_steps,
)
from tlatrace.engine.liveness.lasso import Lasso, lasso
from tlatrace.engine.liveness.predicates import Graph, OnState, OnStep, Predicates
from tlatrace.engine.liveness.tableau import Tableau
from tlatrace.engine.liveness.translation import Atom, Translator
from tlatrace.semantics import NamedFormula

_SYMMETRY_WARNING = (
    "the configuration declares SYMMETRY, and temporal properties are checked: a violation may be missed, or reported "
    "of a behavior that does not exist"
)


@dataclass(frozen=True, slots=True)
class LivenessViolation:
    """A fair behavior that does not satisfy the property ``name``: ``states`` are numbers of the graph's states, from
    ``loop_start`` on gone through for ever; ``is_stuttering``: the last one alone.
    """

    name: str
    states: tuple[int, ...]
    loop_start: int
    is_stuttering: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One disjunct of a negated property, sorted by the way in which it is decided."""

    persistent: tuple[Formula, ...]
    recurrent: tuple[Formula, ...]
    fair: tuple[Fair, ...]
    tableau: tuple[Formula, ...]

    def arena(self, graph: Graph, predicates: Predicates) -> Arena:
        """Where cycles are looked for in a graph that is finished."""
        if self.tableau:
            return ProductArena(graph, Tableau(self.tableau, predicates))
        return GraphArena(graph)


@dataclass(frozen=True, slots=True)
class LivenessPlan:
    """Temporal properties that are ready to be decided, made before the states are known, so that a formula of the
    wrong kind is reported at once. ``warnings`` are for people.
    """

    properties: tuple[tuple[str, tuple[Branch, ...]], ...]
    atoms: tuple[Atom, ...]
    evaluator: Evaluator
    warnings: tuple[str, ...]

    def check(self, graph: Graph) -> LivenessViolation | None:
        """The first property that a fair behavior of ``graph`` violates, with that behavior.

        Raises the evaluator's error where a predicate has no value.
        """
        predicates = Predicates(graph, self.atoms, self.evaluator)
        return self.search(predicates, lambda branch: branch.arena(graph, predicates))

    def search(self, predicates: Predicates, arena_of: Callable[[Branch], Arena]) -> LivenessViolation | None:
        """The first violation, with the truth of atoms from ``predicates`` and the arena that is given for a branch."""
        for name, found in self.properties:
            for branch in found:
                counterexample = _counterexample(arena_of(branch), branch, predicates)
                if counterexample is not None:
                    states, start = counterexample.states, counterexample.loop_start
                    return LivenessViolation(name, states, start, counterexample.is_stuttering)
        return None


def plan_liveness(evaluator: Evaluator, properties: Sequence[NamedFormula]) -> LivenessPlan:
    """The temporal ``properties`` under the fairness of the evaluator's specification.

    Raises LivenessError for formulas that cannot be decided.
    """
    translator = Translator(evaluator)
    spec = evaluator.spec
    assumed = conjunction(tuple(map(translator.formula, spec.fairness))) if properties else conjunction(())
    planned: list[tuple[str, tuple[Branch, ...]]] = []
    for formula in properties:
        refuted = conjunction((negation(translator.formula(formula)), assumed))
        planned.append((formula.name, tuple(_sorted(branch, formula) for branch in branches(refuted))))
    warnings = (_SYMMETRY_WARNING,) if properties and spec.symmetry is not None else ()
    return LivenessPlan(tuple(planned), tuple(translator.atoms), evaluator, warnings)


def check_liveness(evaluator: Evaluator, graph: Graph, properties: Sequence[NamedFormula]) -> LivenessViolation | None:
    """The first of ``properties`` that a fair behavior of ``graph`` violates; None if all hold."""
    return plan_liveness(evaluator, properties).check(graph)


def _sorted(branch: tuple[Formula, ...], source: NamedFormula) -> Branch:
    persistent: list[Formula] = []
    recurrent: list[Formula] = []
    fair: list[Fair] = []
    tableau: list[Formula] = []
    for formula in branch:
        match formula:
            case Fair():
                fair.append(formula)
            case Always(Eventually(body)) if is_propositional(body):
                recurrent.append(body)
            case Eventually(Always(body)) if is_propositional(body):
                persistent.append(body)
            case _ if speaks_of_steps(formula):
                raise LivenessError(
                    f"{source.name}: an action in a temporal formula must stand in []<><<A>>_v, <>[][A]_v, WF or SF",
                    location=source.location,
                    hint="an action that every step must satisfy is a property [][A]_v of its own",
                )
            case _:
                tableau.append(formula)
    return Branch(tuple(persistent), tuple(recurrent), tuple(fair), tuple(tableau))


def _counterexample(arena: Arena, branch: Branch, predicates: Predicates) -> Lasso | None:
    conditions = _conditions(branch, predicates)
    search = CycleSearch(arena, conditions)
    members = search.find()
    return None if members is None else lasso(arena, search, conditions, members)


def _conditions(branch: Branch, predicates: Predicates) -> Conditions:
    persistent_states: list[OnState] = []
    persistent_steps: list[OnStep] = []
    recurrent: list[Recurrent] = []
    responses: list[Response] = []
    for body in branch.persistent:
        if speaks_of_steps(body):
            persistent_steps.append(predicates.on_step(body))
        else:
            persistent_states.append(predicates.on_state(body))
    for body in branch.recurrent:
        if speaks_of_steps(body):
            recurrent.append(Recurrent(None, predicates.on_step(body)))
        else:
            recurrent.append(Recurrent(predicates.on_state(body), None))
    for fair in branch.fair:
        on_step = predicates.on_step(fair.action)
        if fair.is_strong:
            responses.append(Response(predicates.on_state(fair.enabled), on_step))
        else:
            recurrent.append(Recurrent(predicates.on_state(negation(fair.enabled)), on_step))
    return Conditions(
        persistent_states=tuple(persistent_states),
        persistent_steps=tuple(persistent_steps),
        recurrent=tuple(recurrent),
        responses=tuple(responses),
    )
