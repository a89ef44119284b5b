"""From a mapping as it was written to the rules that the engine runs.

Each kind of event becomes one :class:`~tlatrace.engine.observation.Rule`. Fields of the event that an expression names
(``event.vars.term``) become its inputs, so that only they are turned into values; names under ``let:`` that are used
become its bindings. Everything that the mapping names is looked up here, before the first event is read.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tlaconform.errors import Collected, MappingError
from tlaconform.mapping.conversions import Treatment
from tlaconform.mapping.expressions import Context, Reads, Together, names_used
from tlaconform.mapping.fields import EVENT, LINE
from tlaconform.mapping.initial import CompiledInitial
from tlaconform.mapping.model import ANY, PRESENT, TraceMapping, Written
from tlaconform.mapping.rules import RuleCompiler
from tlaconform.mapping.standalone import field_path, roots_of
from tlatrace.compile.api import Evaluator
from tlatrace.engine.inputs import EventError, Translation
from tlatrace.engine.observation import Rule
from tlatrace.engine.specialise import specialise
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics.spec import Scope, VariableSymbol
from tlatrace.traces import Event
from tlatrace.values import Value, to_text

KindOf = Callable[[Event, str], str]
"""The kind of an event; the second argument names the trace in errors."""


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """Rules by kind of event, how to tell the kind, what scalars of the trace stand for, and what makes the initial
    states where Init does not say it all.
    """

    rules: Mapping[str, Rule]
    kind_of: KindOf
    translation: Translation
    initial: CompiledInitial | None = None


def compile_mapping(mapping: TraceMapping, evaluator: Evaluator) -> CompiledMapping:
    """Compile ``mapping`` for one specification.

    Raises:
        MappingError: an action that Next does not have, a wrong number of arguments, a name under ``let:`` that the
        specification has. TlatraceError: an unknown name in an expression. MappingErrors: several of these.
    """
    spec = evaluator.spec
    if mapping.spec is not None and mapping.spec not in spec.modules and mapping.spec != spec.name:
        raise MappingError(
            f"this mapping is for the module {mapping.spec}; expected `spec: {spec.name}`, or another specification",
            location=mapping.locations["spec"],
        )
    reads = Reads(spec.scope)
    collected = Collected()
    _refuse_names(mapping, spec.scope, reads, collected)
    collected.stop_on_errors()
    context = _context(mapping, evaluator, reads)
    _check_lets(context, collected)
    collected.stop_on_errors()
    rules: dict[str, Rule] = {}
    for kind, entry in mapping.events.items():
        with collected.part():
            rules[kind] = specialise(RuleCompiler(mapping, entry, context).compile())
    initial = None
    if mapping.initial is not None:
        with collected.part():
            initial = CompiledInitial(mapping.initial, context)
    collected.stop_on_errors()
    return CompiledMapping(rules, _kind_reader(mapping, context), context.translation, initial)


def _refuse_names(mapping: TraceMapping, scope: Scope, reads: Reads, collected: Collected) -> None:
    """Names that mean two things, and variables where there is no state."""
    for name, written in mapping.let.items():
        with collected.part():
            reads.refuse_variables(written, f"`let` {name}")
            if name in scope or name in (EVENT, LINE, ANY, PRESENT):
                raise MappingError(
                    f"`let` defines {name}, which means something already; expected a new name",
                    location=written.location,
                )
    taken = (EVENT, LINE) if mapping.event is not None else (EVENT,)
    for name in taken:
        if isinstance(variable := scope.get(name), VariableSymbol):
            raise MappingError(
                f"the specification has a variable {name}; in a mapping, {name} is a line of the trace",
                location=variable.location,
                hint="give the variable another name",
            )
    for written in (mapping.kind, *mapping.strings.values(), *([] if mapping.null is None else [mapping.null])):
        with collected.part():
            reads.refuse_variables(written, "`kind`" if written is mapping.kind else "`values`")
    for entry in mapping.fields:
        tables = (*entry.values.values(), *(item for item in (entry.null, entry.default) if item is not None))
        for written in tables:
            with collected.part():
                reads.refuse_variables(written, "`fields`")


def _check_lets(context: Context, collected: Collected) -> None:
    """Look up what the names under ``let`` read, whether or not anybody uses them: the event and earlier names."""
    let = context.let
    wrong: set[str] = set()
    for number, (name, written) in enumerate(let.items()):
        if names_used(let, (written,)) & wrong:
            continue  # What is wrong with those is told.
        with collected.part():
            wrong.add(name)
            later = [other for other in list(let)[number:] if other in names_used({other: written}, (written,))]
            try:
                together = Together(context, (written,))
                together.bindings()
                together.compiled(written)
            except TlatraceError:
                if not later:
                    raise
                found = "itself" if later[0] == name else f"{later[0]}, which stands after it"
                raise MappingError(
                    f"`let` {name} reads {found}; expected an expression over the event and earlier names",
                    location=written.location,
                ) from None
            wrong.discard(name)


def _context(mapping: TraceMapping, evaluator: Evaluator, reads: Reads) -> Context:
    roots = roots_of(mapping)

    def constant(written: Written) -> Value:
        return plain.plain(written)(None, None)

    treatment = Treatment(mapping.fields, lambda written: field_path(written, roots), constant)
    plain = Context(evaluator, roots, treatment, Translation(), mapping.let, reads)
    translation = Translation(
        None if mapping.null is None else constant(mapping.null),
        {text: constant(written) for text, written in mapping.strings.items()},
    )
    return Context(evaluator, roots, treatment, translation, mapping.let, reads)


def _kind_reader(mapping: TraceMapping, context: Context) -> KindOf:
    together = Together(context, (mapping.kind,))
    evaluate, read, kinds = together.compiled(mapping.kind), together.reader(), mapping.events

    def kind_of(event: Event, trace: str) -> str:
        kind = evaluate(None, None, *read(event, trace))
        if isinstance(kind, str) and kind in kinds:
            return kind
        place = Location(trace, event.line, 1, event.line, 1)
        if not isinstance(kind, str):
            raise EventError(
                f"`kind: {mapping.kind.text}` gives {to_text(kind)} here; expected a string, one of `events:`",
                location=place,
            )
        near = difflib.get_close_matches(kind, kinds, n=1)
        raise EventError(
            f"unknown event {kind!r}; expected one of {', '.join(kinds)}",
            location=place,
            hint=f"did you mean {near[0]!r}?"
            if near
            else f"add it under `events:` in {mapping.file}, or under `ignore:` if it is to be left out",
        )

    return kind_of
