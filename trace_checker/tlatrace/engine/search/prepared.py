"""Events made ready for the search: which rule they fall under, the values of their fields, what is expected of them.

This is done once an event, whatever the number of states that it is explained from, and may be done by somebody else
than who searches: a :class:`Prepared` can be changed with :func:`dataclasses.replace` (an observation dropped, a silent
action added) and searched with as if the mapping had said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tlatrace.engine.observation import MISSING, Candidate, Observation, Rule, Silent, Translation, read_inputs
from tlatrace.engine.search.judging import truth
from tlatrace.traces import Event

KindOf = Callable[[Event, str], str]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a rule expects of an event that lacks a certain part of the optional fields, and what that is worth. Worked
    out once, not at every event.
    """

    observations: tuple[Observation, ...]
    telling: int
    """How many of them compare something of the event with the state."""
    variables: frozenset[str]
    """What those read."""
    arguments_given: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """One event, ready to be explained."""

    event: Event
    rule: Rule
    arguments: list[Any]
    """Inputs and bindings of the rule: what all expressions are called with after the two states."""
    candidates: tuple[Candidate, ...]
    observations: tuple[Observation, ...]
    silent: tuple[Silent, ...]
    """The silent actions whose guard allows this event."""
    expected: Expected


class Preparer:
    """Prepares the events of one trace."""

    def __init__(self, rules: Mapping[str, Rule], kind_of: KindOf, trace: str, translation: Translation) -> None:
        self.rules = rules
        self._kind_of = kind_of
        self._trace = trace
        self._translation = translation
        self._expected: dict[tuple[str, tuple[int, ...]], Expected] = {}
        self._optional = {kind: _optional_inputs(rule) for kind, rule in rules.items()}

    def rule_of(self, event: Event) -> Rule:
        """The rule for this event.

        Raises:
            TlatraceError: the mapping does not know this kind of event, or the event does not say its kind.
        """
        return self.rules[self._kind_of(event, self._trace)]

    def arguments_of(self, rule: Rule, event: Event) -> list[Any]:
        """Inputs and bindings of ``rule`` for ``event``."""
        arguments = read_inputs(rule.inputs, event, self._trace, self._translation)
        for _, evaluate in rule.bindings:
            arguments.append(evaluate(None, None, *arguments))
        return arguments

    def prepare(self, event: Event) -> Prepared:
        """``event``, ready to be explained.

        Raises:
            TlatraceError: the event cannot be read by the mapping, or an expression cannot be evaluated.
        """
        rule = self.rule_of(event)
        arguments = self.arguments_of(rule, event)
        optional = self._optional[rule.kind]
        missing = tuple([i for i in optional if arguments[i] is MISSING]) if optional else ()
        expected = self._expected.get((rule.kind, missing))
        if expected is None:
            expected = self._expected[rule.kind, missing] = _expected(rule, missing)
        silent = rule.silent and silent_allowed(rule, arguments)
        return Prepared(event, rule, arguments, rule.candidates, expected.observations, silent, expected)


def silent_allowed(rule: Rule, arguments: list[Any]) -> tuple[Silent, ...]:
    """The silent actions of ``rule`` that its guards allow before an event with these arguments."""
    return tuple(item for item in rule.silent if item.guard is None or _is_allowed(item, arguments))


def _is_allowed(silent: Silent, arguments: list[Any]) -> bool:
    assert silent.guard is not None
    value = silent.guard(None, None, *arguments)
    return truth(value, f"`when` of the silent action {silent.candidate.text}", silent.candidate.location)


def _expected(rule: Rule, missing: tuple[int, ...]) -> Expected:
    observations = tuple(o for o in rule.observations if not set(missing).intersection(o.optional))
    return Expected(
        observations,
        sum(o.is_of_event and bool(o.variables) for o in observations),
        frozenset(variable for o in observations if o.is_of_event for variable in o.variables),
        min((_arguments_given(candidate) for candidate in rule.candidates), default=0),
    )


def _optional_inputs(rule: Rule) -> tuple[int, ...]:
    return tuple(sorted({i for o in rule.observations for i in o.optional}))


def _arguments_given(candidate: Candidate) -> int:
    return sum(argument is not None for call in candidate.calls for argument in call.arguments)
