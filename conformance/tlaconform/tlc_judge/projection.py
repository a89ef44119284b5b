"""Events cut down to what the mapping reads of them.

A recorded event may hold more than TLC can (a time stamp beyond 32 bits, a fraction), and what nobody reads only costs
time. So the record that stands for an event has the fields that the mapping reads for an event of its kind, under the
names and at the depth that they have in the event, and no others.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from tlaconform.errors import ConformanceError
from tlaconform.mapping.fields import EVENT, Fields
from tlaconform.mapping.model import EventEntry, Sections, TraceMapping, Written
from tlaconform.tlc_judge.literals import LiteralError, Literals
from tlaconform.tlc_judge.recorded import RecordedTrace
from tlatrace.engine.observation import Input
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event

_Tree = dict[str, Any]


def sections_of(mapping: TraceMapping, entry: EventEntry) -> Sections:
    """What is observed of an event of this kind, general sections included."""
    return mapping.sections.joined(entry.sections) if entry.inherit else entry.sections


def definitions_for(mapping: TraceMapping, written: list[Written]) -> dict[str, Written]:
    """The names under ``let`` that ``written`` uses, also through one another, in the order of the file."""
    used: set[str] = set()
    pending = list(written)
    while pending:
        for node in walk(pending.pop().tree):
            if isinstance(node, ast.Name) and node.name in mapping.let and node.name not in used:
                used.add(node.name)
                pending.append(mapping.let[node.name])
    return {name: written for name, written in mapping.let.items() if name in used}


def fields_of(mapping: TraceMapping, entry: EventEntry) -> Fields:
    """The fields that the mapping reads of an event of this kind; those that only ``observe_if_present`` reads are
    optional."""
    sections = sections_of(mapping, entry)
    pairs = (*sections.before, *sections.observe)
    needed = [
        mapping.kind,
        *(candidate for candidate in entry.candidates if candidate is not None),
        *(side for pair in pairs for side in (pair.left, pair.right)),
        *sections.require,
        *(part for item in mapping.silent for part in (item.action, item.when) if part is not None),
    ]
    if_present = [side for pair in sections.observe_if_present for side in (pair.left, pair.right)]
    fields = Fields(EVENT)
    for written in (*needed, *definitions_for(mapping, [*needed, *if_present]).values()):
        fields.add(written.tree, is_optional=False)
    for written in if_present:
        fields.add(written.tree, is_optional=True)
    return fields


class Projection:
    """Turns the events of traces into records of TLA+."""

    def __init__(self, mapping: TraceMapping, literals: Literals) -> None:
        self._mapping = mapping
        self._literals = literals
        self._kind_path = _path(mapping.kind.tree)
        self._inputs = {kind: fields_of(mapping, entry).inputs for kind, entry in mapping.events.items()}

    def record(self, event: Event, trace: RecordedTrace) -> str:
        """The record for ``event``.

        Raises:
            ConformanceError: a field that the mapping needs is missing, or the mapping does not know this kind of
            event.
            LiteralError: a field that the mapping reads has no value in TLC.
        """
        try:
            return record_of(event, self._inputs_for(event, trace), trace, self._literals, EVENT)
        except LiteralError as error:
            raise LiteralError(error.message, location=trace.place(event.line), hint=error.hint) from None

    def _inputs_for(self, event: Event, trace: RecordedTrace) -> tuple[Input, ...]:
        if self._kind_path is None:
            # Which rule applies is for TLC to find out: whatever one of them reads is passed on, if it is there.
            every = {item.path: item for inputs in self._inputs.values() for item in inputs}
            return tuple(Input(item.path, True, item.location) for item in every.values())
        kind = find(event.fields, self._kind_path)
        if isinstance(kind, str) and kind in self._inputs:
            return self._inputs[kind]
        if kind is ABSENT:
            return tuple(item for item in next(iter(self._inputs.values())) if item.path == self._kind_path)
        near = difflib.get_close_matches(kind, self._inputs, n=1) if isinstance(kind, str) else []
        raise ConformanceError(
            f"unknown event {kind!r}; expected one of {', '.join(self._inputs)}",
            location=trace.place(event.line),
            hint=f"did you mean {near[0]!r}?" if near else f"add it under `events:` in {self._mapping.file}",
        )


def record_of(event: Event, inputs: Sequence[Input], trace: RecordedTrace, literals: Literals, root: str) -> str:
    """The record of those fields of ``event`` (a header may stand for one) that ``inputs`` names.

    Raises:
        ConformanceError: a field that is not optional is missing.
        LiteralError: a field has no value in TLC; the error has no place yet.
    """
    tree: _Tree = {}
    # A field comes before those inside it, which it brings along.
    for item in sorted(inputs, key=lambda item: len(item.path)):
        _put(tree, item, event, trace)
    return _text(tree, root, literals)


def _text(tree: _Tree, path: str, literals: Literals) -> str:
    fields = {}
    for name, item in tree.items():
        inside = f"{path}.{name}"
        fields[name] = _text(item.tree, inside, literals) if isinstance(item, _Branch) else literals.value(item, inside)
    return literals.record(fields, path)


class _Branch:
    """A record of which only some fields are wanted; told apart from a JSON object that is wanted whole."""

    __slots__ = ("tree",)

    def __init__(self) -> None:
        self.tree: _Tree = {}


def _put(tree: _Tree, item: Input, event: Event, trace: RecordedTrace) -> None:
    found = find(event.fields, item.path)
    if found is ABSENT:
        if item.is_optional:
            return
        raise ConformanceError(
            f"the {item.root} has no field {item.text}, which {item.location} needs",
            location=trace.place(event.line),
            hint="log the field, or list the observation under `observe_if_present:`" if item.root == EVENT else None,
        )
    if not item.path:
        tree.update(found)
        return
    for key in item.path[:-1]:
        branch = tree.setdefault(key, _Branch())
        if not isinstance(branch, _Branch):
            return
        tree = branch.tree
    tree.setdefault(item.path[-1], found)


ABSENT: Any = object()
"""What :func:`find` finds where nothing is."""


def find(fields: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What stands at ``path`` in a JSON object, else ABSENT."""
    found: Any = fields
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return ABSENT
        found = found[key]
    return found


def _path(tree: ast.Node) -> tuple[str, ...] | None:
    """``event.a.b`` as ``("a", "b")``; None for anything else."""
    keys: list[str] = []
    while isinstance(tree, ast.Field):
        keys.append(tree.name)
        tree = tree.record
    return tuple(reversed(keys)) if tree == ast.Name(EVENT) else None
