"""Whether a step is what an event says, and which properties it violates: the plain way, expression by expression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tlatrace.compile.api import Evaluate, State
from tlatrace.engine.observation import MISSING, EventError, Observation, When
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import EvaluationError, Value, equal, to_text

# Enum members are slow to look up, and these are asked for at every observation.
_AFTER, _BEFORE = When.AFTER, When.BEFORE


@dataclass(frozen=True, slots=True)
class Property:
    """Something that must hold of every state (``is_step`` false) or of every step on the way. ``variables`` are the
    indexes of those that it reads, in either state; None where that is not known.
    """

    name: str
    holds: Evaluate
    is_step: bool
    location: Location | None = None
    variables: frozenset[int] | None = None


class Checker(Protocol):
    """Says which properties are violated, as a mask: bit ``n`` is for the property with the number ``n``."""

    def of_state(self, state: State) -> int:
        """The state properties that ``state`` violates."""
        ...

    def of_step(self, state: State, successor: State) -> int:
        """The step properties that this step violates."""
        ...


class PlainChecker:
    """A :class:`Checker` that evaluates every property every time."""

    def __init__(self, properties: Sequence[Property]) -> None:
        numbered = list(enumerate(properties))
        self._of_state = [(1 << number, item) for number, item in numbered if not item.is_step]
        self._of_step = [(1 << number, item) for number, item in numbered if item.is_step]

    def of_state(self, state: State) -> int:
        mask = 0
        for bit, item in self._of_state:
            if not holds(item, state, None):
                mask |= bit
        return mask

    def of_step(self, state: State, successor: State) -> int:
        mask = 0
        for bit, item in self._of_step:
            if not holds(item, state, successor):
                mask |= bit
        return mask


def holds(item: Property, state: State, successor: State | None) -> bool:
    """Whether a property holds of a state, or of a step."""
    return truth(item.holds(state, successor), item.name, item.location)


def agrees(observation: Observation, state: State, successor: State, arguments: list[Any]) -> bool:
    """Whether what the event says of this step is so."""
    left, right = sides(observation, state, successor, arguments)
    if right is MISSING:
        return truth(left, observation.text, observation.location)
    if left is right:
        return True
    try:
        return equal(left, right)
    except EvaluationError as error:
        raise EventError(
            f"{error.message}: `{observation.text}` of the specification, `{observation.right_text}` of the event",
            location=observation.location,
        ) from None


def sides(observation: Observation, state: State, successor: State, arguments: list[Any]) -> tuple[Any, Any]:
    """The specification's value and the event's; the second is MISSING for a condition, which has one side."""
    when = observation.when
    now: State = successor if when is _AFTER else state
    then: State | None = None if when is _AFTER or when is _BEFORE else successor
    left = observation.left(now, then, *arguments)
    return left, MISSING if observation.right is None else observation.right(now, then, *arguments)


def truth(value: Value, text: str, location: Location | None) -> bool:
    """``value``, which must be a Boolean; ``text`` is what has it."""
    if value is True or value is False:
        return value
    raise TlatraceError(f"`{text}` is {to_text(value)}; expected TRUE or FALSE", location=location)
