"""What may be relaxed at one event: fields that are not looked at, a step that no event reports.

A *field* is a parameter of the rule (an input, or a name that ``let`` defines over inputs), and relaxing it drops every
observation that reads it and leaves every argument open that it gives. Rules made without trees do not say what their
expressions read; there each observation and each argument is a field of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tlatrace.compile.api import Action, State
from tlatrace.engine.match import Prepared
from tlatrace.engine.observation import MISSING, Call, Candidate, Observation, Rule, Silent
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk

ArgumentPlace = tuple[int, int, int]
"""Number of the candidate, of the call in it, and of the argument."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an event says, and what hangs on it. ``value`` is None where it is not one value."""

    name: str
    value: Any
    location: Location
    observations: frozenset[int]
    arguments: frozenset[ArgumentPlace]

    @property
    def weight(self) -> int:
        return len(self.observations) + len(self.arguments)


def fields_of(prepared: Prepared, state: State) -> list[Field]:
    """The fields of this event that may be ignored, those on which least hangs first; of fields on which the same
    hangs, the first. ``state`` is any state, for values that are read in one.
    """
    rule, arguments = prepared.rule, prepared.arguments
    fields: dict[tuple[frozenset[int], frozenset[ArgumentPlace]], Field] = {}

    def add(name: str, value: Any, location: Location, seen: Iterable[int], given: Iterable[ArgumentPlace]) -> None:
        field = Field(name, value, location, frozenset(seen), frozenset(given))
        if field.weight:
            fields.setdefault((field.observations, field.arguments), field)

    if rule.parameters:
        for number, name in enumerate(rule.parameters):
            if arguments[number] is MISSING:
                continue
            seen = [i for i, o in enumerate(prepared.observations) if name in _names(o.left_tree, o.right_tree)]
            given = [place for place, tree, _ in _arguments(prepared.candidates) if name in _names(tree)]
            location = prepared.observations[seen[0]].location if seen else rule.location
            add(parameter_text(rule, number), arguments[number], location, seen, given)
    else:
        for number, observation in enumerate(prepared.observations):
            if observation.is_of_event:
                value = _right_value(observation, state, arguments)
                add(observation.right_text or observation.text, value, observation.location, [number], [])
        for place, _, call in _arguments(prepared.candidates):
            name = call.actions[0].parameters[place[2]] if call.actions else str(place[2] + 1)
            add(f"{name} of {call.name}", None, call.location, [], [place])
    return sorted(fields.values(), key=lambda field: field.weight)


Relaxed = dict[Hashable, tuple[tuple[Candidate, ...], tuple[Observation, ...]]]
"""Relaxed rules by what they are made of: actions are compiled for a rule, which takes longer than a step."""


def without_fields(prepared: Prepared, fields: Sequence[Field], relaxed: Relaxed) -> Prepared:
    """The event with these fields ignored. Where all arguments stay given, actions are asked for all of their
    successors, and not compiled for the observations that are left.
    """
    dropped = frozenset[int]().union(*(field.observations for field in fields))
    opened = frozenset[ArgumentPlace]().union(*(field.arguments for field in fields))
    key = prepared.expected.kind, tuple(map(id, prepared.candidates)), dropped, opened
    if key not in relaxed:
        candidates = tuple(
            _opened(candidate, {place[1:] for place in opened if place[0] == number}) if opened else _plain(candidate)
            for number, candidate in enumerate(prepared.candidates)
        )
        relaxed[key] = candidates, tuple(o for n, o in enumerate(prepared.observations) if n not in dropped)
    candidates, observations = relaxed[key]
    return replace(prepared, observations=observations, candidates=candidates)


def without_field_named(prepared: Prepared, name: str, state: State, relaxed: Relaxed) -> Prepared:
    """The event with the field of this name ignored; as it is where it has none."""
    return without_fields(prepared, [field for field in fields_of(prepared, state) if field.name == name], relaxed)


def with_hidden_step(prepared: Prepared, actions: Sequence[Action]) -> Prepared:
    """The event with one step of ``actions`` allowed before it."""
    place = prepared.rule.location
    call = Call("Next", "Next", tuple(actions), (), place)
    return replace(prepared, silent=(*prepared.silent, Silent(Candidate("Next", (call,), place), 1, False, None)))


def parameter_text(rule: Rule, number: int) -> str:
    """What a parameter of the rule is called in the mapping."""
    return rule.inputs[number].text if number < len(rule.inputs) else rule.parameters[number]


def parameters_read(rule: Rule, observation: Observation) -> list[int]:
    """The numbers of the parameters that an observation reads; all of them where it does not say."""
    if not rule.parameters or observation.left_tree is None:
        return list(range(len(rule.inputs) + len(rule.bindings)))
    names = _names(observation.left_tree, observation.right_tree)
    return [number for number, name in enumerate(rule.parameters) if name in names]


def _names(*trees: ast.Expr | None) -> frozenset[str]:
    return frozenset(
        node.name for tree in trees if tree is not None for node in walk(tree) if isinstance(node, ast.Name)
    )


def _arguments(candidates: Sequence[Candidate]) -> Iterable[tuple[ArgumentPlace, ast.Expr | None, Call]]:
    """The arguments that the event gives, with their trees where there are trees."""
    for i, candidate in enumerate(candidates):
        for j, call in enumerate(candidate.calls):
            for k, argument in enumerate(call.arguments):
                if argument is not None:
                    yield (i, j, k), call.argument_trees[k] if call.argument_trees else None, call


def _opened(candidate: Candidate, places: set[tuple[int, ...]]) -> Candidate:
    """The candidate with the arguments at these places (call, argument) left open."""
    if not places:
        return candidate
    calls = []
    for j, call in enumerate(candidate.calls):
        is_open = [(j, k) in places for k in range(len(call.arguments))]
        arguments = tuple(None if o else a for o, a in zip(is_open, call.arguments, strict=True))
        trees = tuple(None if o else t for o, t in zip(is_open, call.argument_trees, strict=False))
        calls.append(replace(call, arguments=arguments, argument_trees=trees))
    return replace(candidate, calls=tuple(calls))


def _plain(candidate: Candidate) -> Candidate:
    """The candidate without what was compiled for its observations."""
    return replace(candidate, calls=tuple(replace(call, specialised=None) for call in candidate.calls))


def _right_value(observation: Observation, state: State, arguments: list[Any]) -> Any:
    """The event's side of an observation, where it has one that can be evaluated."""
    if observation.right is None:
        return None
    try:
        return observation.right(state, state, *arguments)
    except TlatraceError:
        return None
