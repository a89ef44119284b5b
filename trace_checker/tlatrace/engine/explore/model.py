"""Everything about a specification that an exploration evaluates, compiled once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tlatrace.compile.api import Evaluator
from tlatrace.compile.exploring import generators
from tlatrace.engine.explore.formulas import FormulaCompiler, StateFormula, StepTest
from tlatrace.engine.explore.identity import Identity, identity_of
from tlatrace.engine.explore.store import StateStore
from tlatrace.engine.explore.successors import Successors
from tlatrace.engine.liveness import LivenessPlan, plan_liveness
from tlatrace.semantics import property_parts
from tlatrace.semantics.spec import NamedFormula


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A specification ready to be explored. ``initial`` and ``steps`` come from properties (implied-init and
    implied-action formulas, in TLC's words); ``temporal`` is what is checked on the graph of all states.
    ``is_pure``: Next and all formulas depend on states alone, not on the run.
    """

    evaluator: Evaluator
    successors: tuple[Successors, ...]
    store: StateStore
    identity: Identity | None
    constraints: tuple[StateFormula, ...]
    action_constraints: tuple[StepTest, ...]
    invariants: tuple[StateFormula, ...]
    initial: tuple[StateFormula, ...]
    steps: tuple[StepTest, ...]
    temporal: LivenessPlan | None
    is_pure: bool


def compile_model(evaluator: Evaluator, *, is_narrow: bool = False) -> Model:
    """Compile what is evaluated on states and steps; raises what is wrong with a property or a permutation.

    ``is_narrow``: each state has few successors and is much like the one before, as where a trace is followed.
    """
    spec = evaluator.spec
    store = StateStore()
    make = FormulaCompiler(evaluator, store, is_narrow=is_narrow)
    parts = [property_parts(each) for each in spec.properties]
    initial = tuple(each for part in parts for each in part.initial)
    invariants = tuple(each for part in parts for each in part.invariants)
    # TLC does not say which of these is violated, so the name is the configuration's.
    temporal = tuple(replace(each, name=part.name) for part in parts for each in part.temporal)

    def states(formulas: tuple[NamedFormula, ...], what: str) -> tuple[StateFormula, ...]:
        return tuple(make.state_formula(each, what) for each in formulas)

    return Model(
        evaluator=evaluator,
        successors=tuple(
            Successors(each, store, len(spec.variables)) for each in generators(evaluator, is_early=is_narrow)
        ),
        store=store,
        identity=identity_of(evaluator, store, view_is_pure=spec.view is None or make.is_pure(spec.view)),
        constraints=states(spec.constraints, "constraint"),
        action_constraints=tuple(make.step_formula(each, "action constraint") for each in spec.action_constraints),
        invariants=states((*spec.invariants, *invariants), "invariant"),
        initial=states(initial, "property"),
        steps=tuple(make.box(one, part.name) for part in parts for one in part.steps),
        temporal=plan_liveness(evaluator, temporal) if temporal else None,
        is_pure=make.all_pure and (spec.next is None or make.is_pure(spec.next)),
    )
