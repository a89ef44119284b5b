"""The constants that a mapping takes from a trace's header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlaconform.errors import MappingError
from tlaconform.mapping.fields import HEADER, Fields
from tlaconform.mapping.model import TraceMapping, Written
from tlatrace.compile import Interpreter
from tlatrace.engine.observation import Translation, read_inputs
from tlatrace.semantics.standalone import standalone_spec
from tlatrace.traces import Event
from tlatrace.values import ModelValue, Value

MODULES = ("Integers", "Sequences", "FiniteSets", "TLC")
"""What an expression under ``constants:`` may use; the specification itself cannot be, as it needs the constants first.
"""


def constants_of(mapping: TraceMapping, header: Mapping[str, Any], trace: str) -> dict[str, Value]:
    """The value of every constant that ``mapping`` defines, for a trace with this header.

    Raises:
        MappingError: the header lacks a field that an expression reads.
        TlatraceError: an expression cannot be evaluated.
    """
    model_values = {name: ModelValue(name) for name in mapping.model_values}
    return {name: _value(written, model_values, header, trace) for name, written in mapping.constants.items()}


def _value(written: Written, model_values: Mapping[str, Value], header: Mapping[str, Any], trace: str) -> Value:
    fields = Fields(HEADER)
    fields.add(written.tree)
    if fields.inputs and not header:
        raise MappingError(
            f"`{written.text}` reads the trace's header, but {trace} has none; expected a first line with "
            '"format": "tla-conformance/trace"',
            location=written.location,
            hint="write the constant's value here instead",
        )
    spec = standalone_spec(MODULES)
    evaluate = Interpreter(spec).expression(fields.replaced(written.tree), spec.scope, (*fields.names, *model_values))
    inputs = read_inputs(fields.inputs, Event(1, header), trace, Translation())
    return evaluate(None, None, *inputs, *model_values.values())
