"""What a module defines, for people and for tools; the schema of the latter is ``outline.schema.json`` beside this
file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tlaconform.reading.judge import must_exist, with_deep_stack_if_needed
from tlaconform.style import Style
from tlatrace.location import Location
from tlatrace.semantics.outline import Declared, Outline, OutlinedFormula, OutlinedInstance, OutlinedOperator, outline

OUTLINE_VERSION = 1


def outline_of_file(path: Path, library: Sequence[Path] = ()) -> Outline:
    """The outline of the module in a file; modules that it needs are looked for beside it, then in ``library``.

    Raises:
        TlatraceError: the module itself cannot be read.
    """
    must_exist(path)
    found: Outline = with_deep_stack_if_needed(lambda: outline(path, library))
    return found


def outline_object(found: Outline, file: str) -> dict[str, Any]:
    """An outline as plain data."""
    head = {"format": "tla-conformance/outline", "version": OUTLINE_VERSION, "file": file}
    return {**head, **found.to_dict()}


def outline_lines(found: Outline, file: str, style: Style) -> Iterator[str]:
    """An outline as lines without ends: what a module defines, in the order of the text."""
    extends = f" EXTENDS {', '.join(found.extends)}" if found.extends else ""
    yield f"{style.bold(f'module {found.name}')}{extends}  {style.dim(f'{file}:{found.location.line}')}"
    entries = [*_entries(found)]
    width = max((len(text) for _, _, text, _ in entries), default=0)
    for location, kind, text, level in sorted(entries, key=lambda entry: entry[0][1:]):
        place = f"{location.line}:{location.column}"
        yield f"  {place:>8}  {kind:<10}  {f'{text:<{width}}  {level}'.rstrip()}"
    for inner in found.modules:
        yield from (f"  {line}" for line in outline_lines(inner, file, style))


def _entries(found: Outline) -> Iterator[tuple[Location, str, str, str]]:
    """Place, kind, text and level of each thing that a module defines."""
    for kind, declared in (("constant", found.constants), ("variable", found.variables)):
        yield from ((each.location, kind, _declaration(each), "") for each in declared)
    for operator in found.operators:
        kind = "function" if operator.is_function else "operator"
        yield operator.location, kind, _definition(operator), operator.level
    yield from ((each.location, "instance", _instance(each), "") for each in found.instances)
    for kind, formulas in (("theorem", found.theorems), ("assumption", found.assumptions)):
        yield from ((each.location, kind, _formula(each), "") for each in formulas)


def _declaration(declared: Declared) -> str:
    return f"{declared.name}({', '.join('_' * declared.arity)})" if declared.arity else declared.name


def _definition(operator: OutlinedOperator) -> str:
    words = ["LOCAL"] if operator.is_local else []
    words += ["RECURSIVE"] if operator.is_recursive and not operator.is_function else []
    parameters = f"({', '.join(operator.parameters)})" if operator.parameters else ""
    return " ".join((*words, f"{operator.name}{parameters}"))


def _instance(instance: OutlinedInstance) -> str:
    parameters = f"({', '.join(instance.parameters)})" if instance.parameters else ""
    name = f"{instance.name}{parameters} == " if instance.name is not None else ""
    return f"{'LOCAL ' if instance.is_local else ''}{name}INSTANCE {instance.module}"


def _formula(formula: OutlinedFormula) -> str:
    return formula.name if formula.name is not None else "(without a name)"
