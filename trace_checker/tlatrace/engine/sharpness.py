"""Whether an observation would notice anything: what it compares is changed, and it must become false.

An observation that stays true whatever the event says is *blunt*: it compares the event with itself, or says of a
variable what is true of every value. Blunt observations count for nothing, and make a mapping look stronger than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

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

SET_MAX = 1_000
"""Elements of a set that is changed."""

SAMPLES_MAX = 24
"""An observation that stays true for every change of this many events is blunt."""

Key = tuple[str, Location, str]
"""An observation of a rule: the rule's kind, its place and its text."""


def key_of_observation(kind: str, observation: Observation) -> Key:
    return kind, observation.location, observation.text


class Sharpness:
    """Which observations were seen to become false when the event is changed."""

    def __init__(self) -> None:
        self._tried: dict[Key, int] = {}
        self._sharp: set[Key] = set()
        self._values: dict[tuple[str, int], list[Value]] = {}

    @property
    def blunt(self) -> frozenset[Key]:
        """Those that were tried and never became false."""
        return frozenset(key for key in self._tried if key not in self._sharp)

    def look_at(self, sample: Sample) -> None:
        """Change what the event of ``sample`` says, and see which of its observations notice."""
        prepared = sample.prepared
        kind = prepared.rule.kind
        for number, value in enumerate(prepared.arguments):
            known = self._values.setdefault((kind, number), [])
            if value is not MISSING and len(known) < VALUES_KEPT_MAX and not any(same(value, old) for old in known):
                known.append(value)
        for observation in prepared.observations:
            key = key_of_observation(kind, observation)
            if key in self._sharp or not observation.is_of_event or not observation.variables:
                continue
            if self._tried.get(key, 0) < SAMPLES_MAX and self._notices(observation, sample):
                self._sharp.add(key)
            self._tried[key] = self._tried.get(key, 0) + 1

    def _notices(self, observation: Observation, sample: Sample) -> bool:
        """Whether some change of what the observation reads makes it false, or impossible to evaluate."""
        if observation.when is When.STEP:
            pairs = [(way[0].state, way[-1].successor) for way in sample.ways[:1] if way]
        else:
            pairs = [(sample.before[0], sample.after[0])]
        prepared = sample.prepared
        for state, successor in pairs:
            if not _holds(observation, sample, state, successor, list(prepared.arguments)):
                continue
            for number in parameters_read(prepared.rule, observation):
                value = prepared.arguments[number]
                if value is MISSING:
                    continue
                others = self._values.get((prepared.rule.kind, number), [])
                for other in islice(_alternatives(value, others), ALTERNATIVES_MAX):
                    arguments = list(prepared.arguments)
                    arguments[number] = other
                    if not _holds(observation, sample, state, successor, arguments):
                        return True
        return False


def _holds(observation: Observation, sample: Sample, state: object, successor: object, arguments: list[object]) -> bool:
    try:
        return agrees(observation, state, successor, arguments)  # type: ignore[arg-type]
    except TlatraceError:
        return False


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
            if depth and pairs:
                (key, first), rest = pairs[0], pairs[1:]
                for other in _changed(first, depth - 1):
                    yield make_function([(key, other), *rest])
            yield make_function(pairs[1:])
        case AnySet():
            members = list(islice(elements(value), SET_MAX))
            yield make_set(members[1:])
            # Members of one set must be comparable: what is added is of the same kind.
            for other in islice(_changed(members[0], max(depth - 1, 0)), 1) if members else (0,):
                yield make_set([*members, other])
        case _:
            yield "?"
