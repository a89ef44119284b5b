"""The constants that a mapping takes from a trace: from its header, its first event, or all of its events.

``VALUES(event.node)`` is the set of the values that a field has in the trace; events that lack it do not count. The
files are read once for it before they are checked, so it cannot be had of standard input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tlaconform.errors import MappingError
from tlaconform.mapping.fields import EVENT, HEADER, Fields, Path
from tlaconform.mapping.model import VALUES, TraceMapping, Written
from tlaconform.mapping.standalone import Standalone
from tlatrace.engine.inputs import Translation, read_inputs
from tlatrace.semantics import check_expression
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk
from tlatrace.traces import Event
from tlatrace.values import Value


class Lines(Protocol):
    """What constants may ask of a trace, beside its header."""

    def first_event(self) -> Event:
        """The first line that is an event."""
        ...

    def values_of(self, path: Path) -> Value:
        """The set of the values at a place of the events."""
        ...


def constants_of(
    mapping: TraceMapping, header: Mapping[str, Any], trace: str, lines: Lines | None = None
) -> dict[str, Value]:
    """The value of every constant that ``mapping`` defines, for a trace with this header.

    Raises:
        MappingError: the header lacks a field that an expression reads, or an expression reads events where there are
        none. TlatraceError: an expression cannot be evaluated.
    """
    standalone = Standalone(mapping)
    return {name: _value(written, standalone, header, trace, lines) for name, written in mapping.constants.items()}


def _value(
    written: Written, standalone: Standalone, header: Mapping[str, Any], trace: str, lines: Lines | None
) -> Value:
    tree, gathered = _gathered(written, standalone, trace, lines)
    of_header = Fields(HEADER)
    of_header.add(tree)
    if of_header.inputs and not header:
        raise MappingError(
            f"`{written.text}` reads the trace's header, but {trace} has none; expected a first line with "
            '"format": "tla-conformance/trace"',
            location=written.location,
            hint="write the constant's value here instead",
        )
    tree = of_header.replaced(tree)
    of_event = Fields(EVENT, roots=standalone.roots, treatment=standalone.treatment)
    of_event.add(tree)
    inputs = read_inputs(of_header.inputs, Event(1, header), trace, Translation())
    if of_event.inputs:
        inputs += read_inputs(of_event.inputs, _lines(lines, written, trace).first_event(), trace, Translation())
    names = (*of_header.names, *of_event.names, *gathered, *standalone.model_values)
    scope = standalone.compiled.spec.scope
    checked = check_expression(of_event.replaced(tree), scope, names)
    evaluate = standalone.compiled.expression(checked, scope, names)
    return evaluate(None, None, *inputs, *gathered.values(), *standalone.model_values.values())


def _gathered(
    written: Written, standalone: Standalone, trace: str, lines: Lines | None
) -> tuple[ast.Expr, dict[str, Value]]:
    """The expression with names in the place of ``VALUES(…)``, and what they stand for."""
    fields = Fields(EVENT, roots=standalone.roots)
    values: dict[str, Value] = {}
    for node in walk(written.tree):
        if isinstance(node, ast.Apply) and node.operator == VALUES:
            path = fields.path_of(node.arguments[0]) if len(node.arguments) == 1 else None
            if path is None:
                raise MappingError(
                    f"{VALUES} asks for something else than one field; expected {VALUES}(event.a.b)",
                    location=node.location,
                )
            values[_name_of(path)] = _lines(lines, written, trace).values_of(path)

    def change(node: ast.Node) -> ast.Node | None:
        if isinstance(node, ast.Apply) and node.operator == VALUES:
            path = fields.path_of(node.arguments[0])
            assert path is not None
            return ast.Name(_name_of(path), location=node.location)
        return None

    return (rewrite(written.tree, change) if values else written.tree), values


def _name_of(path: Path) -> str:
    return f"{VALUES}({'.'.join(path)})"


def _lines(lines: Lines | None, written: Written, trace: str) -> Lines:
    if lines is None:
        raise MappingError(
            f"`{written.text}` reads the events of {trace}, which cannot be had before they come; expected a constant "
            "from the header",
            location=written.location,
            hint="write the constant's value here instead",
        )
    return lines
