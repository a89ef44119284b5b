"""Entries for exploration: a disjunct of Next that hands over successors alone, without the action's arguments.

Which arguments led to a state matters only to a counterexample, which asks again. So nothing is computed for them,
nor fails: TLC does not evaluate an argument that the action does not use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tlatrace.compile.api import Action, Evaluator, State
from tlatrace.compile.compiler import CompiledSpec
from tlatrace.compile.lowering import NotCompiled
from tlatrace.semantics.spec import ActionInstance

Generator: TypeAlias = Callable[[State, Callable[[State], object]], object]
"""``generate(state, out)`` calls ``out`` with every successor by one action, in TLC's order and multiplicity."""


def generators(evaluator: Evaluator) -> list[Generator]:
    """A generator for each of ``evaluator.actions``, in its order."""
    if not isinstance(evaluator, CompiledSpec):
        return [_from_action(action) for action in evaluator.actions]
    made: list[Generator] = []
    for action in evaluator.actions:
        try:
            made.append(_compiled(evaluator, action.instance))
        except NotCompiled:
            made.append(_from_action(action))
    return made


def _compiled(evaluator: CompiledSpec, instance: ActionInstance) -> Generator:
    return evaluator.program.add_entry(
        f"explore_{instance.name}", "s, out", lambda lowering: lowering.explored(instance)
    )


def _from_action(action: Action) -> Generator:
    def generate(state: State, out: Callable[[State], object]) -> None:
        for successor, _ in action.successors(state):
            out(successor)

    return generate
