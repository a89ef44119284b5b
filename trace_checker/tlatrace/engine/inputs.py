"""Inputs of a rule: which pieces of an event's JSON it reads, and how they become values.

A piece that is not there has a default, or is MISSING where the rule allows that, or is an error that names it. Strings
are translated: by the table of the field, by the way the field is read, else by what the mapping says of all strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event
from tlatrace.values import EvaluationError, Value, from_json, make_function, make_record, make_sequence, make_set


class _Missing:
    """What an expression is given for a field that is not there. Most never look at it; one that does, though it asked
    PRESENT of the field, gets an error for whatever it wants of it.
    """

    __slots__ = ()

    description = "a field that the event does not have, which only an expression that is not reached may read"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise EvaluationError(f"this reads {self.description}")

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""Stands for an input that an event does not have, where the rule allows that."""


class EventError(TlatraceError):
    """An event is not what the mapping says it is: a field is missing, or is no value."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What becomes of the JSON at a field, and below it.

    ``table`` says what certain strings stand for, ``null`` what null does, ``default`` what a field that is not there
    does. ``read`` makes values of all other strings (of their text) and numbers; ``is_set`` takes an array for a set.
    ``inner`` are the conversions of the fields below; those of the elements of an array are written as if the array
    were not there.
    """

    table: Mapping[str, Value] = field(default_factory=dict)
    null: Value | None = None
    default: Value | None = None
    read: Callable[[str], Value] | None = None
    is_set: bool = False
    inner: Mapping[str, Conversion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the event: ``event.vars.currentTerm`` is ``("vars", "currentTerm")``; the empty path is the whole
    event.

    ``root`` is what the expression calls the object, ``location`` a place that needs the field. Where ``is_presence``
    is set, the input is TRUE or FALSE: whether the field is there, and is not null.
    """

    path: tuple[str, ...]
    is_optional: bool
    location: Location
    root: str = "event"
    is_presence: bool = False
    conversion: Conversion | None = None

    @property
    def text(self) -> str:
        return ".".join((self.root, *self.path))


@dataclass(frozen=True, slots=True)
class Translation:
    """What null and some strings of the trace stand for in the specification; None where null has no meaning."""

    null: Value | None = None
    strings: Mapping[str, Value] = field(default_factory=dict)


def read_inputs(inputs: tuple[Input, ...], event: Event, trace: str, translation: Translation) -> list[Any]:
    """The values of ``inputs`` in ``event``; MISSING for an optional one that is not there.

    Raises:
        EventError: a field is missing, or holds what is no value of TLA+ (a fraction, a null that the mapping gives no
        meaning).
    """
    arguments: list[Any] = []
    for item in inputs:
        found: Any = event.fields
        for depth, key in enumerate(item.path):
            if type(found) is not dict or key not in found:
                found = _absent(item, depth, found, event, trace)
                break
            found = found[key]
        else:
            if item.is_presence:
                found = found is not None
            elif found is not None or not _is_null_missing(item, translation):
                found = _value(found, item, event, trace, translation)
            else:
                found = _absent(item, len(item.path), None, event, trace)
        arguments.append(found)
    return arguments


def _absent(item: Input, depth: int, found: Any, event: Event, trace: str) -> Any:
    """What stands for a field that is not there.

    An object that is absent, or null, has no fields; anything else in its place is a mistake of the log.
    """
    if found is None or isinstance(found, dict):
        if item.is_presence:
            return False
        if item.conversion is not None and item.conversion.default is not None:
            return item.conversion.default
        if item.is_optional:
            return MISSING
    raise _missing(item, depth, found, event, trace)


def _is_null_missing(item: Input, translation: Translation) -> bool:
    """Whether null at this field is as good as no field: it has no meaning of its own, and the field need not be
    there.
    """
    conversion = item.conversion
    has_meaning = translation.null is not None or (conversion is not None and conversion.null is not None)
    may_be_absent = item.is_optional or (conversion is not None and conversion.default is not None)
    return may_be_absent and not has_meaning


def _value(found: Any, item: Input, event: Event, trace: str, translation: Translation) -> Value:
    if item.conversion is None:
        kind = type(found)
        if kind is int or kind is bool:
            return found  # type: ignore[no-any-return]
        if kind is str:
            return translation.strings.get(found, found)
    try:
        if item.conversion is not None:
            return _converted(found, item.conversion, translation, item.text)
        return _plain(found, translation, item.text)
    except TlatraceError as error:
        meaning = "; if null has a meaning, say which under `values:`" if "null" in error.message else ""
        raise EventError(
            f"a field of the {item.root} is no value: {error.message}",
            location=Location(trace, event.line, 1, event.line, 1),
            hint=f"it is read at {item.location}{meaning}",
        ) from None


def _plain(found: Any, translation: Translation, path: str) -> Value:
    if translation.null is None:
        return from_json(found, model_values=translation.strings, path=path)
    return from_json(found, null=translation.null, model_values=translation.strings, path=path)


def _converted(found: Any, conversion: Conversion, translation: Translation, path: str) -> Value:
    kind = type(found)
    if found is None:
        return conversion.null if conversion.null is not None else _plain(found, translation, path)
    if kind is str:
        if found in conversion.table:
            return conversion.table[found]
        return _read(conversion.read, found, path) if conversion.read is not None else _plain(found, translation, path)
    if kind is int or kind is bool:
        # The tables are written in YAML, whose keys are texts here.
        text = str(found) if kind is int else str(found).lower()
        if text in conversion.table:
            return conversion.table[text]
        if conversion.read is not None and kind is int:
            return _read(conversion.read, text, path)
        return found  # type: ignore[no-any-return]
    if kind is list:
        items = [_converted(item, conversion, translation, f"{path}[{i}]") for i, item in enumerate(found)]
        return make_set(items) if conversion.is_set else make_sequence(items)
    if kind is dict:
        return _object(found, conversion, translation, path)
    return _plain(found, translation, path)


def _object(found: dict[str, Any], conversion: Conversion, translation: Translation, path: str) -> Value:
    tag = next(iter(found)) if len(found) == 1 else ""
    content = found.get(tag)
    if tag in ("#set", "#tup") and type(content) is list:
        items = [_converted(item, conversion, translation, f"{path}{tag}[{i}]") for i, item in enumerate(content)]
        return make_set(items) if tag == "#set" else make_sequence(items)
    if tag == "#map" and type(content) is list and all(type(pair) is list and len(pair) == 2 for pair in content):
        pairs = [
            (
                _converted(key, conversion, translation, f"{path}{tag}[{i}][0]"),
                _converted(value, conversion, translation, f"{path}{tag}[{i}][1]"),
            )
            for i, (key, value) in enumerate(content)
        ]
        made = make_function(pairs)
        if len(made) != len(pairs):
            raise EvaluationError(f"{path}: a key stands twice")
        return made
    if any(key.startswith("#") for key in found):
        return _plain(found, translation, path)
    table: dict[str, Value] = {}
    below = None
    for key, item in found.items():
        inner = conversion.inner.get(key)
        if inner is None:
            # What is said of a field holds for all that stands in it, but for what has a conversion of its own.
            below = below or Conversion(conversion.table, conversion.null, None, conversion.read, conversion.is_set)
            inner = below
        table[key] = _converted(item, inner, translation, f"{path}.{key}")
    for key, inner in conversion.inner.items():
        if key not in found and inner.default is not None:
            table[key] = inner.default
    return make_record(table)


def _read(read: Callable[[str], Value], text: str, path: str) -> Value:
    try:
        return read(text)
    except TlatraceError as error:
        raise EvaluationError(f"{path}: {error.message}") from None


def _missing(item: Input, depth: int, found: Any, event: Event, trace: str) -> EventError:
    parent = ".".join((item.root, *item.path[:depth]))
    if depth == len(item.path):
        detail = f"{parent} is null"
    elif isinstance(found, dict):
        has = ", ".join(sorted(str(key) for key in found)) or "no fields"
        detail = f"{parent} has: {has}"
    else:
        detail = f"{parent} is not an object"
    return EventError(
        f"the {item.root} has no field {item.text}, which {item.location} needs ({detail})",
        location=Location(trace, event.line, 1, event.line, 1),
        hint="log it; what events may lack is observed under `observe_if_present:`, or is `optional:` under `fields:`"
        if item.root in ("event", "line")
        else None,
    )
