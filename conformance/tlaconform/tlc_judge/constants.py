"""The constants of a generated module: from the mapping, which reads the trace's header, and from the configuration.

What the mapping gives becomes a definition, put in the constant's place by the configuration that is written for TLC;
what only the given configuration has is passed on. Its other statements are not: what Init, Next and the properties are
is written into the module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tlaconform.mapping.fields import HEADER, Fields
from tlaconform.mapping.model import TraceMapping, Written
from tlaconform.tlc_judge.literals import LiteralError, Literals
from tlaconform.tlc_judge.projection import record_of
from tlaconform.tlc_judge.recorded import RecordedTrace
from tlaconform.tlc_judge.wording import Wording
from tlatrace.syntax import Config, ast, print_expression
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event


@dataclass(frozen=True, slots=True)
class Constants:
    """Text for the module, and the lines of its configuration below CONSTANTS."""

    definitions: str
    assignments: tuple[str, ...]


def header_text(mapping: TraceMapping, trace: RecordedTrace) -> str:
    """The header as a record, as far as the mapping reads it; traces in which it is the same have the same constants.

    Raises:
        ConformanceError: the header lacks a field.
        LiteralError: a field has no value in TLC.
    """
    fields = Fields(HEADER)
    for written in mapping.constants.values():
        fields.add(written.tree)
    try:
        return record_of(Event(1, trace.header), fields.inputs, trace, Literals(), HEADER)
    except LiteralError as error:
        raise LiteralError(error.message, location=trace.place(1), hint=error.hint) from None


def constants_for(mapping: TraceMapping, config: Config | None, header: str, wording: Wording) -> Constants:
    """The constants for traces with this header (as :func:`header_text` gives it)."""
    definitions: list[str] = []
    assignments: list[str] = []
    model_values: dict[str, str] = {}
    for name in _model_values_within(mapping):
        model_values[name] = wording.fresh(f"ModelValue_{name}")
        definitions.append(f"CONSTANT {model_values[name]}\n")
        assignments.append(f"{model_values[name]} = {name}")
    if header != "<< >>":
        definitions.append(f"{wording.header} == {header}\n")
    for name, written in mapping.constants.items():
        if _is_model_value(written, mapping):
            assignments.append(f"{name} = {written.text}")
            continue
        definition = wording.fresh(f"Constant_{name}")
        definitions.append(f"{definition} == {wording.of_mapping(written.tree, model_values)}\n")
        assignments.append(f"{name} <- {definition}")
    if config is not None:
        assignments += passed_on(config, mapping.constants)
    return Constants("\n".join(definitions), tuple(assignments))


def _is_model_value(written: Written, mapping: TraceMapping) -> bool:
    """Whether a constant is a model value and nothing else, as a configuration says directly."""
    return isinstance(written.tree, ast.Name) and written.tree.name in mapping.model_values


def _model_values_within(mapping: TraceMapping) -> dict[str, None]:
    """The model values that occur inside larger expressions, which need a name for them."""
    return {
        node.name: None
        for written in mapping.constants.values()
        if not _is_model_value(written, mapping)
        for node in walk(written.tree)
        if isinstance(node, ast.Name) and node.name in mapping.model_values
    }


def passed_on(config: Config, given: Mapping[str, object]) -> Iterator[str]:
    """The configuration's own constants, but for those that the mapping gives."""
    for assignment in config.constants:
        if assignment.name not in given:
            arguments = ", ".join(map(print_expression, assignment.arguments))
            left = f"{assignment.name}({arguments})" if arguments else assignment.name
            yield f"{left} = {_of_module(assignment.module)}{print_expression(assignment.value)}"
    for substitution in config.substitutions:
        if substitution.name not in given:
            yield f"{substitution.name} <- {_of_module(substitution.module)}{substitution.target}"


def _of_module(name: str | None) -> str:
    return f"[{name}]" if name is not None else ""
