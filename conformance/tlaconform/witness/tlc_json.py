"""A witness as TLC writes a counterexample with ``-dumpTrace json``, which ``-loadTrace`` of a newer TLC reads.

TLC's JSON knows no sets and no model values: sets are arrays like sequences, model values are strings, and a function
is an object whose keys are the texts of its arguments. An event that is explained without a step has no state.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from tlatrace.compile.api import State
from tlatrace.engine.search.witness import Witness, WitnessStep, changed
from tlatrace.location import Location
from tlatrace.semantics import ActionInstance, Spec
from tlatrace.values import AnySet, FunctionValue, ModelValue, SequenceValue, Value, to_text
from tlatrace.values.json_values import to_json


def tlc_witness(witness: Witness, spec: Spec) -> dict[str, Any]:
    """The behavior as one object."""
    names = [variable.name for variable in spec.variables]
    actions = {_name(action): action for action in reversed(spec.actions)}
    state = witness.initial
    states: list[list[Any]] = [[1, _state(names, state)]]
    steps: list[list[Any]] = []
    for step in witness.steps:
        if not step.action:
            continue
        state = changed(state, step.changes)
        after = [len(states) + 1, _state(names, state)]
        steps.append([states[-1], _action(step, actions.get(step.action)), after])
        states.append(after)
    return {"counterexample": {"action": steps, "state": states}, "vars": names}


def _name(action: ActionInstance) -> str:
    return action.name if action.definition is None else action.definition.name


def _state(names: list[str], state: State) -> dict[str, Any]:
    return {name: tlc_value(value) for name, value in zip(names, state, strict=True)}


def _action(step: WitnessStep, action: ActionInstance | None) -> dict[str, Any]:
    parameters: list[str] = []
    place: Location | None = None
    if action is not None:
        place = action.location if action.definition is None else action.definition.location
        declared = () if action.definition is None else action.definition.parameters
        parameters = [parameter.name for parameter in declared] or [binder.name for binder in action.binders]
    values = [tlc_value(value) for value in step.arguments]
    found: dict[str, Any] = {
        "name": step.action,
        "parameters": parameters[: len(values)],
        "context": dict(zip(parameters, values, strict=False)),
    }
    if place is not None:
        found["location"] = {
            "beginLine": place.line,
            "beginColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
            "module": PurePath(place.file).stem,
        }
    return found


def tlc_value(value: Value) -> Any:
    """A value as TLC's Json module writes it.

    Raises:
        EvaluationError: the value is infinite.
    """
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, ModelValue):
        return value.name
    if isinstance(value, SequenceValue):
        return [tlc_value(item) for item in value]
    if isinstance(value, FunctionValue):
        return {key if isinstance(key, str) else to_text(key): tlc_value(item) for key, item in value.items()}
    if isinstance(value, AnySet) and value.is_finite():
        return [tlc_value(item) for item in value]
    return to_json(value)
