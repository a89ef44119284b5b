"""What a mapping says of a trace alone, before there is a specification: the part of a line that is the event, which
lines are events, their order, and the constants.

Expressions here may use the standard modules and the mapping's model values, but nothing of the specification, which
needs the constants first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tlaconform.errors import MappingError
from tlaconform.mapping.conversions import Treatment
from tlaconform.mapping.fields import EVENT, Fields, Roots
from tlaconform.mapping.model import TraceMapping, Written
from tlatrace.compile import CompiledSpec, compile_spec
from tlatrace.engine.inputs import Translation, read_inputs
from tlatrace.location import Location
from tlatrace.semantics import check_expression
from tlatrace.semantics.standalone import standalone_spec
from tlatrace.traces import Event
from tlatrace.values import ModelValue, Value, to_text

MODULES = ("Integers", "Sequences", "FiniteSets", "TLC")
"""What these expressions may use."""

Path = tuple[str, ...]


def roots_of(mapping: TraceMapping) -> Roots:
    """Where in a line the event is.

    Raises:
        MappingError: ``event:`` is no field of the line.
    """
    if mapping.event is None:
        return Roots()
    path = Fields("line").path_of(mapping.event.tree)
    if not path:
        raise MappingError(
            f"`event: {mapping.event.text}` is no field of the line; expected line.a or line.a.b",
            location=mapping.event.location,
        )
    return Roots(path)


def field_path(written: Written, roots: Roots) -> Path:
    """The place in the line of a field that ``fields:`` names.

    Raises:
        MappingError: it is no field of the event or the line.
    """
    path = Fields(EVENT, roots=roots).path_of(written.tree)
    if path is None:
        raise MappingError(
            f"`{written.text}` under `fields` is no field; expected event.a, event.a.b, or line.a",
            location=written.location,
        )
    return path


class Standalone:
    """Evaluates the expressions of one mapping that need no specification."""

    def __init__(self, mapping: TraceMapping) -> None:
        self.roots = roots_of(mapping)
        self.model_values: Mapping[str, Value] = {name: ModelValue(name) for name in mapping.model_values}
        self.treatment = Treatment(mapping.fields, lambda written: field_path(written, self.roots), self.constant)
        self._compiled: CompiledSpec | None = None

    @property
    def compiled(self) -> CompiledSpec:
        if self._compiled is None:
            self._compiled = compile_spec(standalone_spec(MODULES))
        return self._compiled

    def constant(self, written: Written) -> Value:
        """The value of an expression over the model values."""
        names = tuple(self.model_values)
        scope = self.compiled.spec.scope
        evaluate = self.compiled.expression(check_expression(written.tree, scope, names), scope, names)
        return evaluate(None, None, *self.model_values.values())

    def of_event(self, written: Written) -> Callable[[Event, str], Value]:
        """The value of an expression over an event; the second argument names the trace in errors."""
        fields = Fields(EVENT, roots=self.roots, treatment=self.treatment)
        fields.add(written.tree)
        names = (*fields.names, *self.model_values)
        scope = self.compiled.spec.scope
        evaluate = self.compiled.expression(check_expression(fields.replaced(written.tree), scope, names), scope, names)
        inputs, values, translation = fields.inputs, tuple(self.model_values.values()), Translation()

        def of_event(event: Event, trace: str) -> Value:
            return evaluate(None, None, *read_inputs(inputs, event, trace, translation), *values)

        return of_event

    def condition(self, written: Written, what: str) -> Callable[[Event, str], bool]:
        """A condition over an event, which must be TRUE or FALSE."""
        evaluate = self.of_event(written)

        def holds(event: Event, trace: str) -> bool:
            value = evaluate(event, trace)
            if value is True or value is False:
                return value
            raise MappingError(
                f"`{what}: {written.text}` is {to_text(value)} for the line {event.line} of {trace}; expected TRUE or "
                "FALSE",
                location=written.location,
            )

        return holds


def event_place(trace: str, event: Event) -> Location:
    return Location(trace, event.line, 1, event.line, 1)
