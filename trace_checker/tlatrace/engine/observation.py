"""Compiled rules: what an event may be, and what it says about the step that it reports.

A :class:`Rule` belongs to one kind of event. Its *inputs* are pieces of the event's JSON, turned into values once an
event; its *bindings* are named expressions over them. Inputs and bindings together are the arguments that every other
expression of the rule is called with, after the two states of the step.

This module knows nothing of where rules come from (``tlaconform.mapping`` fills it from YAML) nor how they are searched
with (:mod:`tlatrace.engine.match`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from tlatrace.compile.api import Action, Evaluate
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event
from tlatrace.values import Value, from_json


class When(Enum):
    """Which state of the step an observation speaks of."""

    BEFORE = "before"
    AFTER = "after"
    STEP = "step"
    """Both: the expression has primes."""


class _Missing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""Stands for an input that an event does not have, where the rule allows that."""


class EventError(TlatraceError):
    """An event is not what the mapping says it is: a field is missing, or is no value."""


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the event: ``event.vars.currentTerm`` is ``("vars", "currentTerm")``; the empty path is the whole
    event.

    ``root`` is what the expression calls the object, ``location`` a place that needs the field.
    """

    path: tuple[str, ...]
    is_optional: bool
    location: Location
    root: str = "event"

    @property
    def text(self) -> str:
        return ".".join((self.root, *self.path))


@dataclass(frozen=True, slots=True)
class Call:
    """An action with what the event says of its arguments; None leaves one to be found."""

    name: str
    text: str
    actions: tuple[Action, ...]
    arguments: tuple[Evaluate | None, ...]
    location: Location


def action_name(action: Action) -> str:
    """What an action is called: the name of its definition, or of the definition that it is a part of."""
    definition = action.instance.definition
    return action.instance.name if definition is None else definition.name


@dataclass(frozen=True, slots=True)
class Candidate:
    """One explanation of an event: actions taken one after the other, or none (the event reports no change)."""

    text: str
    calls: tuple[Call, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """``left``, of the specification, must equal ``right``, of the event; a Boolean ``left`` alone must hold.

    Skipped for an event that lacks one of the inputs numbered in ``optional``. ``variables`` are those that the two
    sides read.
    """

    text: str
    left: Evaluate
    right_text: str = ""
    right: Evaluate | None = None
    when: When
    optional: tuple[int, ...] = ()
    variables: frozenset[str]
    location: Location
    is_of_event: bool = True
    """Whether it reads anything of the event; one that does not would hold, or fail, for any other event too."""


@dataclass(frozen=True, slots=True)
class Silent:
    """An action that no event reports, allowed before an event.

    ``at_most`` times before each; ``is_limit`` says that the bound is there to end the search, not part of what the
    mapping means: a rejection for which it was reached is then no rejection.
    """

    candidate: Candidate
    at_most: int
    is_limit: bool
    guard: Evaluate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All that the mapping says of one kind of event."""

    kind: str
    inputs: tuple[Input, ...]
    bindings: tuple[tuple[str, Evaluate], ...]
    candidates: tuple[Candidate, ...]
    observations: tuple[Observation, ...]
    silent: tuple[Silent, ...]
    location: Location


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
                # An object that is absent, or null, has no fields; anything else in its place is a mistake of the log.
                if item.is_optional and (found is None or type(found) is dict):
                    found = MISSING
                    break
                raise _missing(item, depth, found, event, trace)
            found = found[key]
        arguments.append(found if found is MISSING else _value(found, item, event, trace, translation))
    return arguments


def _value(found: Any, item: Input, event: Event, trace: str, translation: Translation) -> Value:
    kind = type(found)
    if kind is int or kind is bool:
        return found  # type: ignore[no-any-return]
    if kind is str:
        return translation.strings.get(found, found)
    try:
        if translation.null is None:
            return from_json(found, model_values=translation.strings, path=item.text)
        return from_json(found, null=translation.null, model_values=translation.strings, path=item.text)
    except TlatraceError as error:
        meaning = "; if null has a meaning, say which under `values:`" if "null" in error.message else ""
        raise EventError(
            f"a field of the {item.root} is no value: {error.message}",
            location=Location(trace, event.line, 1, event.line, 1),
            hint=f"it is read at {item.location}{meaning}",
        ) from None


def _missing(item: Input, depth: int, found: Any, event: Event, trace: str) -> EventError:
    parent = ".".join((item.root, *item.path[:depth]))
    if isinstance(found, dict):
        has = ", ".join(sorted(str(key) for key in found)) or "no fields"
        detail = f"{parent} has: {has}"
    else:
        detail = f"{parent} is not an object"
    return EventError(
        f"the {item.root} has no field {item.text}, which {item.location} needs ({detail})",
        location=Location(trace, event.line, 1, event.line, 1),
        hint="log it; what events may lack is observed under `observe_if_present:`" if item.root == "event" else None,
    )
