"""A witness in the Informal Trace Format of Apalache and Quint, one state a step.

An event that is explained without a step has a state of its own, equal to the one before it, so that each event of the
trace is found: the ``#meta`` of a state says which action led to it and which line it explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlatrace.engine.search.witness import Witness
from tlatrace.semantics import Spec
from tlatrace.values import Value, to_text
from tlatrace.values.json_values import to_json


def itf_witness(witness: Witness, spec: Spec, trace: str) -> dict[str, Any]:
    """The behavior as one object."""
    names = [variable.name for variable in spec.variables]
    told: list[Mapping[str, Any]] = [{}]
    for step in witness.steps:
        meta: dict[str, Any] = {}
        if step.action:
            arguments = ", ".join(map(to_text, step.arguments))
            meta["action"] = f"{step.action}({arguments})" if arguments else step.action
        if step.line is not None:
            meta["line"] = step.line
        told.append(meta)
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "description": f"a behavior of {spec.name} that explains {trace}",
            "source": spec.name,
        },
        "vars": names,
        "states": [
            {
                "#meta": {"index": index, **meta},
                **{name: itf_value(value) for name, value in zip(names, state, strict=True)},
            }
            for index, (state, meta) in enumerate(zip(witness.states(), told, strict=True))
        ],
    }


def itf_value(value: Value) -> Any:
    """A value as ITF has it.

    Raises:
        EvaluationError: the value is infinite.
    """
    return _with_tagged_integers(to_json(value))


def _with_tagged_integers(data: Any) -> Any:
    """ITF has no plain integers: readers may take a JSON number for a float."""
    kind = type(data)
    if kind is int:
        return {"#bigint": str(data)}
    if kind is list:
        return [_with_tagged_integers(item) for item in data]
    if kind is dict:
        if "#bigint" in data:
            return data
        return {key: _with_tagged_integers(item) for key, item in data.items()}
    return data
