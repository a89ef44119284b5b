"""What is worth logging: which unlogged value would tell the states apart that explain a trace.

After an ambiguous event, several states explain the trace. An expression parts them into groups with the same value;
had the value been logged, the group of the state that really was would be left. Its expected size, if all states are
equally likely, is the measure, on average over the ambiguous events that are looked at.

Looked at are variables, their entries for arguments of the event (``log[n]``), the lengths and sizes of what is long
(``Len(log[n])``, ``Cardinality(votes)``), and the arguments that the event leaves open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from tlatrace.compile.api import State
from tlatrace.engine.findings import Advice, Suggestion
from tlatrace.engine.observation import MISSING, action_name
from tlatrace.engine.relaxations import parameter_text
from tlatrace.engine.sampling import Sample, samples
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.trail import Trail
from tlatrace.semantics.spec import Spec
from tlatrace.values import AnySet, FunctionValue, SequenceValue, Value, elements, same

EVENTS_MAX = 1_024
"""So many events are run again to find ambiguous ones."""

STATES_MAX = 500
"""Of a wide frontier, so many states stand for all."""

SUGGESTIONS_MAX = 12

REMOVES_MIN = 0.01
"""What would remove less of the ambiguity than this is not worth a line."""

NOTHING: Hashable = ("nothing",)
"""Stands for the value of an expression that has none in a state."""


def advise(trail: Trail, spec: Spec) -> Advice:
    """What to log, that removes most of the ambiguity first."""
    found = _Found(spec)
    for sample in samples(trail, EVENTS_MAX, STATES_MAX):
        if len(sample.after) > 1 and not sample.is_first:
            found.look_at(sample)
    return Advice(suggestions=tuple(found.suggestions()), events=found.events, ambiguous_events=trail.ambiguous)


@dataclass(slots=True)
class _Tally:
    """What one expression would have done: the states left, summed over the events at which it can be logged, and at
    how many of them there are fewer."""

    saved: float = 0.0
    events: int = 0


@dataclass(slots=True)
class _Found:
    spec: Spec
    events: int = 0
    states: int = 0
    tallies: dict[str, _Tally] = field(default_factory=dict)

    def look_at(self, sample: Sample) -> None:
        states = sample.after[:STATES_MAX]
        self.events += 1
        self.states += len(states)
        for text, parts in _partitions(sample, states, self.spec):
            left = _expected_size(parts)
            if left < len(states):
                tally = self.tallies.setdefault(text, _Tally())
                tally.saved += len(states) - left
                tally.events += 1

    def suggestions(self) -> Iterator[Suggestion]:
        if not self.events:
            return
        before = self.states / self.events
        # Of expressions that do the same, the shortest is the cheapest to log.
        ranked = sorted(self.tallies.items(), key=lambda item: (-round(item[1].saved, 6), len(item[0]), item[0]))
        for text, tally in ranked[:SUGGESTIONS_MAX]:
            found = Suggestion(
                expression=text, before=before, after=before - tally.saved / self.events, events=tally.events
            )
            if found.removes >= REMOVES_MIN:
                yield found


def _expected_size(parts: Sequence[frozenset[Hashable]]) -> float:
    """The expected number of states left if one of the values of a state is told; most have one value only."""
    by_value: Counter[Hashable] = Counter(value for values in parts for value in values)
    return sum(sum(by_value[value] for value in values) / len(values) for values in parts) / len(parts)


def _partitions(
    sample: Sample, states: Sequence[State], spec: Spec
) -> Iterator[tuple[str, Sequence[frozenset[Hashable]]]]:
    """Expressions that are not logged, with the values that each of the states has for them."""
    logged = {observation.text for observation in sample.prepared.observations}
    keys = _keys(sample.prepared)
    for variable in spec.variables:
        if _is_the_same(states, variable.index):
            continue
        for text, value_of in _expressions(variable.name, states[0][variable.index], keys):
            if text not in logged:
                yield text, [frozenset((_hashable(value_of(state[variable.index])),)) for state in states]
    yield from _open_arguments(sample, states)


def _is_the_same(states: Sequence[State], index: int) -> bool:
    first = states[0][index]
    return all(state[index] is first or same(state[index], first) for state in states)


def _keys(prepared: Prepared) -> dict[str, Value]:
    """What the event says that may be a key of a function, under the name that the mapping has for it."""
    return {
        parameter_text(prepared.rule, number): value
        for number, value in enumerate(prepared.arguments)
        if value is not MISSING and not isinstance(value, (bool, SequenceValue, FunctionValue, AnySet))
    }


_ValueOf = Callable[[Value], Value | None]


def _expressions(name: str, example: Value, keys: dict[str, Value]) -> Iterator[tuple[str, _ValueOf]]:
    """What could be logged of a variable, with how its value is found; ``example`` is one of its values."""
    yield name, lambda value: value
    yield from _size(name, example, lambda value: value)
    if isinstance(example, FunctionValue):
        entries = dict(example.items())
        for text, key in keys.items():
            if key in entries and not isinstance(key, bool):
                entry_of = _entry(key)
                yield f"{name}[{text}]", entry_of
                yield from _size(f"{name}[{text}]", entries[key], entry_of)


def _size(name: str, example: Value, value_of: _ValueOf) -> Iterator[tuple[str, _ValueOf]]:
    if isinstance(example, SequenceValue):
        yield f"Len({name})", lambda value: _length(value_of(value))
    elif isinstance(example, AnySet):
        yield f"Cardinality({name})", lambda value: _length(value_of(value))


def _entry(key: Value) -> _ValueOf:
    def entry_of(value: Value) -> Value | None:
        return dict(value.items()).get(key) if isinstance(value, FunctionValue) else None

    return entry_of


def _length(value: Value | None) -> Value | None:
    if isinstance(value, SequenceValue):
        return len(value)
    return sum(1 for _ in elements(value)) if isinstance(value, AnySet) else None


def _hashable(value: Value | None) -> Hashable:
    return NOTHING if value is None else (type(value) is bool, value)


def _open_arguments(sample: Sample, states: Sequence[State]) -> Iterator[tuple[str, Sequence[frozenset[Hashable]]]]:
    """The arguments that the event leaves open, with the values that they have on the ways to each state."""
    calls = {
        action_name(action): (call, action.parameters)
        for candidate in sample.prepared.candidates
        for call in candidate.calls
        for action in call.actions
    }
    numbers = {_state_key(state): number for number, state in enumerate(states)}
    for name, (call, parameters) in calls.items():
        for place, parameter in enumerate(parameters):
            if call.arguments and call.arguments[place] is not None:
                continue
            values: list[set[Hashable]] = [set() for _ in states]
            for way in sample.ways:
                number = numbers.get(_state_key(way[-1].successor)) if way else None
                if number is not None and way[-1].action == name:
                    values[number].add(_hashable(way[-1].arguments[place]))
            if any(values):
                yield f"{parameter} of {name}", [frozenset(found or {NOTHING}) for found in values]


def _state_key(state: State) -> Hashable:
    return tuple((type(value) is bool, value) for value in state)
