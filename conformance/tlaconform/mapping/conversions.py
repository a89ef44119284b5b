"""How the fields of events become values: what a mapping says under ``fields:``, as the engine's conversions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tlaconform.errors import MappingError
from tlaconform.mapping.model import FieldEntry, Written
from tlatrace.engine.inputs import Conversion
from tlatrace.traces.readers.tla_text import NoValue, json_of_text
from tlatrace.values import EvaluationError, ModelValue, Value, from_json

Path = tuple[str, ...]


def _integer(text: str) -> Value:
    try:
        return int(text)
    except ValueError:
        raise EvaluationError(f"{text!r} is not a whole number (`read: integer`)") from None


def _boolean(text: str) -> Value:
    if text.lower() not in ("true", "false"):
        raise EvaluationError(f"{text!r} is neither true nor false (`read: boolean`)")
    return text.lower() == "true"


def _text(text: str) -> Value:
    return text


def _model(text: str) -> Value:
    return ModelValue(text)


def _tla(text: str) -> Value:
    try:
        return from_json(json_of_text(text))
    except NoValue as error:
        raise EvaluationError(f"{text!r} is no value of TLA+ ({error}; `read: tla`)") from None


READINGS: Mapping[str, Callable[[str], Value]] = {
    "integer": _integer,
    "text": _text,
    "boolean": _boolean,
    "model": _model,
    "tla": _tla,
}
"""What ``read:`` may say: a text that writes a number, a text (also of a number), true or false, the model value of
that name, the text of a value of TLA+."""


@dataclass(slots=True)
class _Node:
    """What is said of a field, and of those below it."""

    entry: FieldEntry | None = None
    below: dict[str, _Node] = field(default_factory=dict)


class Treatment:
    """What ``fields:`` says, by path."""

    def __init__(
        self, entries: Sequence[FieldEntry], path_of: Callable[[Written], Path], constant: Callable[[Written], Value]
    ) -> None:
        self._constant = constant
        self._root = _Node()
        self._optional: list[Path] = []
        for entry in entries:
            path = path_of(entry.field)
            node = self._root
            for key in path:
                node = node.below.setdefault(key, _Node())
            if node.entry is not None:
                raise MappingError(
                    f"the field {entry.field.text} stands here for the second time; expected each once",
                    location=entry.field.location,
                )
            node.entry = entry
            if entry.is_optional:
                self._optional.append(path)

    def is_optional(self, path: Path) -> bool:
        """Whether events may lack this field: it is said to be optional, or is within one that is."""
        return any(path[: len(prefix)] == prefix for prefix in self._optional)

    def of(self, path: Path) -> Conversion | None:
        """The conversion of the field at ``path``; None where nothing is said of it, nor of anything in it."""
        node, inherited = self._root, None
        for key in path:
            if node.entry is not None:
                inherited = _for_what_is_below(self._own(node.entry))
            if key not in node.below:
                return inherited
            node = node.below[key]
        return self._whole(node, inherited)

    def _own(self, entry: FieldEntry) -> Conversion:
        # Not before it is asked for: what the tables name may be known in the specification only.
        constant = self._constant
        return Conversion(
            table={text: constant(written) for text, written in entry.values.items()},
            null=None if entry.null is None else constant(entry.null),
            default=None if entry.default is None else constant(entry.default),
            read=None if entry.read is None else READINGS[entry.read],
            is_set=entry.is_set,
        )

    def _whole(self, node: _Node, inherited: Conversion | None) -> Conversion | None:
        own = inherited if node.entry is None else self._own(node.entry)
        passed_on = inherited if node.entry is None or own is None else _for_what_is_below(own)
        found = {key: self._whole(child, passed_on) for key, child in node.below.items()}
        inner = {key: conversion for key, conversion in found.items() if conversion is not None}
        if own is None and not inner:
            return None
        own = own or Conversion()
        return Conversion(own.table, own.null, own.default, own.read, own.is_set, inner)


def _for_what_is_below(own: Conversion) -> Conversion:
    return Conversion(own.table, own.null, None, own.read, own.is_set)
