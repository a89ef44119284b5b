"""Whether an observation would notice anything: what it compares is changed, and it must become false.

An observation is *sharp* if some change of what the event says makes it false, and some change of what the state has
does too. Any other is *blunt*: it compares the event with itself, or says of a variable what is true of every value.
Blunt observations count for nothing; they make a mapping look stronger than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from tlatrace.compile.api import State
from tlatrace.engine.match import agrees
from tlatrace.engine.observation import MISSING, Observation, When
from tlatrace.engine.relaxations import parameters_read
from tlatrace.engine.sampling import Sample
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import (
    AnySet,
    FunctionValue,
    SequenceValue,
    Value,
    elements,
    make_function,
    make_sequence,
    make_set,
    same,
)

VALUES_KEPT_MAX = 8
"""Of each parameter, so many values of other events are kept, to be put in its place."""

ALTERNATIVES_MAX = 12
"""So many other values are put in the place of one parameter, of one event."""

STATE_ALTERNATIVES_MAX = 40
"""So many other values are put in the place of one variable: it may be of one key of a function that is spoken of."""

KEYS_CHANGED_MAX = 8
"""Of a function, so many entries are changed, one at a time."""

SET_MAX = 1_000
"""Elements of a set that is changed."""

SAMPLES_MAX = 24
"""An observation that stays true for every change of this many events is blunt."""

STATE = -1
"""In the place of a parameter's number: of a variable."""

Key = tuple[str, Location, str]
"""An observation of a rule: the rule's kind, its place and its text."""


def key_of_observation(kind: str, observation: Observation) -> Key:
    return kind, observation.location, observation.text


class Sharpness:
    """Which observations were seen to become false when the event is changed."""

    def __init__(self, variables: Sequence[str]) -> None:
        """``variables`` are the names of the specification's."""
        self._indexes = {name: index for index, name in enumerate(variables)}
        self._tried: dict[Key, int] = {}
        self._of_event: set[Key] = set()
        """Those that noticed a change of the event; ``_of_state``, of the state."""
        self._of_state: set[Key] = set()
        self._values: dict[tuple[str, int], list[Value]] = {}

    @property
    def blunt(self) -> frozenset[Key]:
        """Those that were tried and are not sharp."""
        return frozenset(self._tried) - (self._of_event & self._of_state)

    def look_at(self, sample: Sample, *, only_after: bool = False) -> None:
        """Change what the event of ``sample`` says, and see which of its observations notice; of those ``only_after``
        the event, where the sample knows no other state.
        """
        prepared = sample.prepared
        kind = prepared.rule.kind
        for number, value in enumerate(prepared.arguments):
            if value is not MISSING:
                self._keep((kind, number), value)
        for name, index in self._indexes.items():
            self._keep((name, STATE), sample.after[0][index])
        for observation in prepared.observations:
            key = key_of_observation(kind, observation)
            is_known = key in self._of_event and key in self._of_state
            if is_known or not observation.is_of_event or not observation.variables:
                continue
            if only_after and observation.when is not When.AFTER:
                continue
            tried = self._tried.get(key, 0)
            states = _states(observation, sample) if tried < SAMPLES_MAX else None
            if states is not None:
                self._tried[key] = tried + 1
                if key not in self._of_event and self._notices_event(observation, sample, *states):
                    self._of_event.add(key)
                if key not in self._of_state and self._notices_state(observation, sample, *states):
                    self._of_state.add(key)

    def _keep(self, where: tuple[str, int], value: Value) -> None:
        known = self._values.setdefault(where, [])
        if len(known) < VALUES_KEPT_MAX and not any(same(value, old) for old in known):
            known.append(value)

    def _notices_event(self, observation: Observation, sample: Sample, state: State, successor: State) -> bool:
        """Whether some change of what it reads of the event makes the observation false, or impossible to evaluate."""
        prepared = sample.prepared
        for number in parameters_read(prepared.rule, observation):
            value = prepared.arguments[number]
            if value is MISSING:
                continue
            others = self._values[prepared.rule.kind, number]
            for other in islice(_alternatives(value, others), ALTERNATIVES_MAX):
                arguments = list(prepared.arguments)
                arguments[number] = other
                if _holds(observation, state, successor, arguments) is not True:
                    return True
        return False

    def _notices_state(self, observation: Observation, sample: Sample, state: State, successor: State) -> bool:
        """Whether some change of a variable that it reads makes the observation false."""
        arguments = sample.prepared.arguments
        is_before = observation.when is When.BEFORE
        for name in sorted(observation.variables):
            index = self._indexes.get(name)
            if index is None:
                continue
            changed = state if is_before else successor
            others = self._values[name, STATE]
            for other in islice(_alternatives(changed[index], others), STATE_ALTERNATIVES_MAX):
                instead = (*changed[:index], other, *changed[index + 1 :])
                states = (instead, successor) if is_before else (state, instead)
                if _holds(observation, *states, arguments) is False:
                    return True
        return False


def _states(observation: Observation, sample: Sample) -> tuple[State, State] | None:
    """States before and after the event between which the observation holds, as it is."""
    states = sample.before[0], sample.after[0]
    if observation.when is When.STEP:
        if not sample.ways or not sample.ways[0]:
            return None
        states = sample.ways[0][0].state, sample.ways[0][-1].successor
    return states if _holds(observation, *states, sample.prepared.arguments) is True else None


def _holds(observation: Observation, state: State, successor: State, arguments: list[Any]) -> bool | None:
    """Whether the observation holds; None where it has no value."""
    try:
        return agrees(observation, state, successor, arguments)
    except (TlatraceError, RecursionError):
        return None


def _alternatives(value: Value, others: list[Value]) -> Iterator[Value]:
    """Other values in the place of ``value``: those of other events, then what is near it."""
    for other in (*others, *_changed(value, 2)):
        if not same(other, value):
            yield other


def _changed(value: Value, depth: int) -> Iterator[Value]:
    """Values that differ from ``value`` a little."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1, -value, 0, value + 1_000)
        case str():
            yield f"{value}?"
        case SequenceValue():
            items = list(value)
            yield make_sequence([*items, items[-1] if items else 0])
            if items:
                yield make_sequence(items[:-1])
                if depth:
                    for other in _changed(items[0], depth - 1):
                        yield make_sequence([other, *items[1:]])
        case FunctionValue():
            pairs = list(value.items())
            for number, (key, entry) in enumerate(pairs[:KEYS_CHANGED_MAX] if depth else ()):
                for other in _changed(entry, depth - 1):
                    yield make_function([*pairs[:number], (key, other), *pairs[number + 1 :]])
            yield make_function(pairs[1:])
        case AnySet():
            members = list(islice(elements(value), SET_MAX))
            yield make_set(members[1:])
            # Members of one set must be comparable: what is added is of the same kind.
            for other in islice(_changed(members[0], max(depth - 1, 0)), 1) if members else (0,):
                yield make_set([*members, other])
        case _:
            yield "?"
