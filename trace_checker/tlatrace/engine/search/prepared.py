"""Events made ready for the search: which rule they fall under, the values of their fields, what is expected of them.

This is done once an event, whatever the number of states that it is explained from, and may be done by somebody else
than who searches: a :class:`Prepared` can be changed with :func:`dataclasses.replace` (an observation dropped, a silent
action added) and searched with as if the mapping had said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tlatrace.compile.api import State
from tlatrace.engine.observation import MISSING, Candidate, Observation, Rule, Silent, Translation, read_inputs
from tlatrace.engine.search.judging import truth
from tlatrace.traces import Event

KindOf = Callable[[Event, str], str]

Kind = tuple[str, tuple[int, ...]]
"""Of an event: the kind of its rule, and the numbers of the optional parameters that it lacks."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a rule expects of an event that lacks a certain part of the optional fields, and what that is worth. Worked
    out once, not at every event. ``rule`` is what is left of the rule for such events.
    """

    kind: Kind
    rule: Rule
    observations: tuple[Observation, ...]
    telling: int
    """How many of them compare something of the event with the state."""
    variables: frozenset[str]
    """What those read."""
    arguments_given: int
    is_plain: bool
    """Whether no candidate has a guard."""


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
    """The silent actions whose guard allows this event, as far as the guard speaks of the event alone."""
    expected: Expected


class Preparer:
    """Prepares the events of one trace."""

    def __init__(
        self, rules: Mapping[str, Rule], kind_of: KindOf, trace: str | Callable[[Event], str], translation: Translation
    ) -> None:
        """``trace`` is what errors call the trace, or the file of an event where it has several."""
        self.rules = rules
        self._kind_of = kind_of
        self._name_of: Callable[[Event], str] = trace if callable(trace) else lambda event: trace
        self._translation = translation
        self._expected: dict[Kind, Expected] = {}
        self._optional = {kind: rule.optional for kind, rule in rules.items()}

    def rule_of(self, event: Event) -> Rule:
        """The rule for this event.

        Raises:
            TlatraceError: the mapping does not know this kind of event, or the event does not say its kind.
        """
        return self.rules[self._kind_of(event, self._name_of(event))]

    def arguments_of(self, rule: Rule, event: Event) -> list[Any]:
        """Inputs and bindings of ``rule`` for ``event``."""
        arguments = read_inputs(rule.inputs, event, self._name_of(event), self._translation)
        for _, evaluate in rule.bindings:
            arguments.append(evaluate(None, None, *arguments))
        return arguments

    def prepare(self, event: Event) -> Prepared:
        """``event``, ready to be explained.

        Raises:
            TlatraceError: the event cannot be read by the mapping, or an expression cannot be evaluated.
        """
        rule = self.rule_of(event)
        return self.prepared(event, rule, self.arguments_of(rule, event))

    def prepared(self, event: Event, rule: Rule, arguments: list[Any]) -> Prepared:
        """As :meth:`prepare`, with what :meth:`rule_of` and :meth:`arguments_of` gave."""
        optional = self._optional[rule.kind]
        missing = tuple([i for i in optional if arguments[i] is MISSING]) if optional else ()
        expected = self.expected((rule.kind, missing))
        left = expected.rule
        silent = left.silent and silent_allowed(left, arguments)
        candidates = left.candidates if expected.is_plain else candidates_allowed(left, arguments)
        return Prepared(event, rule, arguments, candidates, expected.observations, silent, expected)

    def expected(self, kind: Kind) -> Expected:
        """What is expected of an event of this kind."""
        known = self._expected.get(kind)
        if known is None:
            name, missing = kind
            known = self._expected[kind] = _expected(kind, self.rules[name].without(missing))
        return known


def silent_allowed(rule: Rule, arguments: list[Any]) -> tuple[Silent, ...]:
    """The silent actions of ``rule`` that its guards allow before an event with these arguments; those whose guard
    reads the state are asked in each state (:func:`is_allowed_in`).
    """
    return tuple(
        item
        for item in rule.silent
        if item.guard is None or item.guard_reads_state or is_allowed_in(item, None, arguments)
    )


def candidates_allowed(rule: Rule, arguments: list[Any]) -> tuple[Candidate, ...]:
    """The candidates of ``rule`` that are there for an event with these arguments."""
    return tuple(item for item in rule.candidates if item.guard is None or _is_there(item, arguments))


def is_allowed_in(silent: Silent, state: State | None, arguments: list[Any]) -> bool:
    """Whether the guard of a silent action holds, in ``state`` if it reads one."""
    if silent.guard is None:
        return True
    value = silent.guard(state, None, *arguments)
    return truth(value, f"`when` of the silent action {silent.candidate.text}", silent.candidate.location)


def _is_there(candidate: Candidate, arguments: list[Any]) -> bool:
    assert candidate.guard is not None
    return truth(
        candidate.guard(None, None, *arguments), f"`when` of the candidate {candidate.text}", candidate.location
    )


def _expected(kind: Kind, rule: Rule) -> Expected:
    observations = rule.observations
    return Expected(
        kind,
        rule,
        observations,
        sum(o.is_of_event and bool(o.variables) for o in observations),
        frozenset(variable for o in observations if o.is_of_event for variable in o.variables),
        min((_arguments_given(candidate) for candidate in rule.candidates), default=0),
        all(candidate.guard is None for candidate in rule.candidates),
    )


def _arguments_given(candidate: Candidate) -> int:
    return sum(argument is not None for call in candidate.calls for argument in (call.choices or call).arguments)
