"""The frontier search: which states of the specification explain the trace so far.

A :class:`Matcher` is fed one event at a time and keeps the *frontier*, every state that explains the events it was
given. An event is explained from a state by one of its rule's candidates (a sequence of actions, or none), perhaps
after silent steps, if the states before and after it agree with what was observed. Candidates are asked for successors
with all the arguments that the event gives, so that only what it leaves open is enumerated.

The search is exact. An empty frontier means that no behavior of the specification explains the events
(:attr:`Status.REJECTED`), unless a limit cut the search short, at this event or at an earlier one; then it means
nothing, and the answer is :attr:`Status.UNDECIDED`.

States that violate an invariant of the configuration, and steps that violate a step property, explain nothing: what is
looked for is a behavior that the specification allows *and* whose properties hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tlatrace.compile.api import UNBOUND, Action, Evaluate, State
from tlatrace.engine.observation import (
    MISSING,
    Call,
    Candidate,
    EventError,
    Observation,
    Rule,
    Silent,
    Translation,
    When,
    action_name,
    read_inputs,
)
from tlatrace.engine.silent import SilentSearch, TooManyStates
from tlatrace.engine.states import StateSet, key_of
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event
from tlatrace.values import EvaluationError, Value, equal, to_text

FRONTIER_STATES_MAX = 100_000
"""More states than this at once is a mapping that leaves too much open; the user is told, and may raise it."""

_NO_ACTIONS: frozenset[str] = frozenset()


class Status(Enum):
    MATCHED = "matched"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Property:
    """Something that must hold of every state (``is_step`` false) or of every step on the way."""

    name: str
    holds: Evaluate
    is_step: bool
    location: Location | None = None


@dataclass(slots=True)
class Strength:
    """What a verdict rests on; see :mod:`tlatrace.engine.verdict` for its meaning to readers."""

    events: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    observed: Counter[str] = field(default_factory=Counter)
    arguments_given: int = 0
    observations: int = 0
    frontier_max: int = 1
    frontier_sum: int = 0


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a rule expects of an event that has a certain part of the optional fields: the observations that apply to
    it, and what they are worth. Worked out once, not at every event."""

    observations: tuple[Observation, ...]
    telling: int
    """How many of them compare something of the event with the state."""
    variables: frozenset[str]
    arguments_given: int


class _LimitReached(Exception):
    """The search of one event ended at a limit; the message says at which."""


# Enum members are slow to look up, and these are asked for at every observation.
_AFTER, _BEFORE = When.AFTER, When.BEFORE


class Matcher:
    """One trace against one specification, event by event.

    ``must_stop`` is asked again and again while the search goes on; a text that it gives says why to end it.
    """

    def __init__(
        self,
        initial: Sequence[State],
        rules: Mapping[str, Rule],
        kind_of: Callable[[Event, str], str],
        *,
        trace: str,
        translation: Translation,
        properties: Sequence[Property] = (),
        frontier_states_max: int = FRONTIER_STATES_MAX,
        must_stop: Callable[[], str] | None = None,
    ) -> None:
        self.frontier: tuple[State, ...] = tuple(StateSet(initial))
        self.strength = Strength()
        self.undecided_because = ""
        self._rules = rules
        self._kind_of = kind_of
        self._trace = trace
        self._translation = translation
        self._state_properties = tuple(p for p in properties if not p.is_step)
        self._step_properties = tuple(p for p in properties if p.is_step)
        self._has_properties = bool(properties)
        self._frontier_states_max = frontier_states_max
        self._must_stop = must_stop
        self._cut = ""
        """Why the frontier may lack states, from the first event on at which that happened."""
        self._expected_by_missing: dict[tuple[str, tuple[int, ...]], _Expected] = {}
        self._optional_inputs = {kind: _optional_inputs(rule) for kind, rule in rules.items()}

    def rule_of(self, event: Event) -> Rule:
        """The rule for this event.

        Raises:
            TlatraceError: the mapping does not know this kind of event, or the event does not say its kind.
        """
        return self._rules[self._kind_of(event, self._trace)]

    def arguments_of(self, rule: Rule, event: Event) -> list[Any]:
        """Inputs and bindings of ``rule`` for ``event``: what its expressions are called with after the two states."""
        arguments = read_inputs(rule.inputs, event, self._trace, self._translation)
        for _, evaluate in rule.bindings:
            arguments.append(evaluate(None, None, *arguments))
        return arguments

    def advance(self, event: Event) -> Status:
        """Explain one more event. The frontier is left as it was unless the event is explained.

        Raises:
            TlatraceError: the event cannot be read by the mapping, or an expression cannot be evaluated.
        """
        rule = self.rule_of(event)
        arguments = self.arguments_of(rule, event)
        expected = self._expected(rule, arguments)
        try:
            starts, cut = self._starts(rule, arguments)
            reached, actions = self._explained(rule, arguments, expected.observations, starts)
        except _LimitReached as limit:
            self.undecided_because = str(limit)
            return Status.UNDECIDED
        if cut is not None and not self._cut:
            self._cut = (
                f"before the event of line {event.line}, more than {cut.at_most} silent steps of "
                f"{cut.candidate.text} may be needed (`search_limit` in the mapping)"
            )
        if not reached:
            self.undecided_because = self._cut
            return Status.UNDECIDED if self._cut else Status.REJECTED
        self.frontier = tuple(reached)
        self._count(expected, actions)
        return Status.MATCHED

    def starts_of(self, rule: Rule, arguments: list[Any]) -> list[State]:
        """The states that an event may be explained from: the frontier first, then what silent steps make of it."""
        try:
            return [state for state, _ in self._starts(rule, arguments)[0]]
        except _LimitReached:
            return list(self.frontier)

    def steps(self, call: Call, arguments: list[Any], state: State) -> Iterator[tuple[State, Action]]:
        """Every successor by ``call`` with the action that leads to it, whether or not properties hold and it agrees
        with what was observed.
        """
        given = [UNBOUND if a is None else a(state, None, *arguments) for a in call.arguments]
        for action in call.actions:
            for successor, _ in action.successors(state, given):
                yield successor, action

    def broken_property(self, state: State, successor: State) -> str | None:
        """The name of a property that this step, or the state it leads to, violates."""
        if successor is not state:
            for item in self._state_properties:
                if not holds(item, successor, None):
                    return item.name
        for item in self._step_properties:
            if not holds(item, state, successor):
                return item.name
        return None

    def _expected(self, rule: Rule, arguments: list[Any]) -> _Expected:
        missing = tuple(i for i in self._optional_inputs[rule.kind] if arguments[i] is MISSING)
        expected = self._expected_by_missing.get((rule.kind, missing))
        if expected is None:
            observations = tuple(o for o in rule.observations if not set(missing).intersection(o.optional))
            expected = _Expected(
                observations,
                sum(o.is_of_event and bool(o.variables) for o in observations),
                frozenset(variable for o in observations if o.is_of_event for variable in o.variables),
                min((_arguments_given(candidate) for candidate in rule.candidates), default=0),
            )
            self._expected_by_missing[rule.kind, missing] = expected
        return expected

    def _starts(self, rule: Rule, arguments: list[Any]) -> tuple[list[tuple[State, frozenset[str]]], Silent | None]:
        """The states that an event may be explained from, each with the silent actions on a way to it; and a silent
        action whose search limit kept states out.
        """
        silent = [s for s in rule.silent if s.guard is None or _is_allowed(s, s.guard(None, None, *arguments))]
        if not silent:
            return [(state, _NO_ACTIONS) for state in self.frontier], None

        def expand(candidate: Candidate, state: State) -> Iterator[tuple[State, tuple[str, ...]]]:
            for before, successor, names in self._outcomes(candidate, arguments, state):
                if self._is_clean(before, successor):
                    yield successor, names

        try:
            starts, cut = SilentSearch(silent, expand, self._frontier_states_max).run(self.frontier)
        except TooManyStates:
            raise _LimitReached(
                f"silent steps lead to more than {self._frontier_states_max} states (--max-frontier)"
            ) from None
        return [(start.state, start.actions) for start in starts], cut

    def _explained(
        self,
        rule: Rule,
        arguments: list[Any],
        observations: Sequence[Observation],
        starts: Sequence[tuple[State, frozenset[str]]],
    ) -> tuple[StateSet, set[str]]:
        """The states after the event, and the actions on the ways there."""
        reached = StateSet()
        actions: set[str] = set()
        for state, silent in starts:
            for candidate in rule.candidates:
                for before, successor, names in self._outcomes(candidate, arguments, state):
                    for observation in observations:
                        if not agrees(observation, state, successor, arguments):
                            break
                    else:
                        if self._is_clean(before, successor):
                            reached.add(successor)
                            actions.update(names, silent)
                            if len(reached) > self._frontier_states_max:
                                raise self._overflow("explain the trace up to here")
        return reached, actions

    def _outcomes(
        self, candidate: Candidate, arguments: list[Any], state: State
    ) -> Iterator[tuple[State, State, tuple[str, ...]]]:
        """The last step of each way to take ``candidate`` from ``state`` (as the states before and after it), with the
        names of all actions taken. Steps before the last break no property; the last one is for the caller to judge,
        who looks at what was observed first, since that costs less.
        """
        if self._must_stop is not None and (reason := self._must_stop()):
            raise _LimitReached(reason)
        if not candidate.calls:
            yield state, state, ()
            return
        *first, last = candidate.calls
        for before, names in self._before_last(candidate, first, arguments, state) if first else ((state, ()),):
            for successor, action in self.steps(last, arguments, before):
                yield before, successor, (*names, action_name(action))

    def _before_last(
        self, candidate: Candidate, first: Sequence[Call], arguments: list[Any], state: State
    ) -> Sequence[tuple[State, tuple[str, ...]]]:
        """The states after all calls of a composition but the last, each with the actions on one way to it."""
        befores: list[tuple[State, tuple[str, ...]]] = [(state, ())]
        for call in first:
            middles: dict[Hashable, tuple[State, tuple[str, ...]]] = {}
            for before, names in befores:
                for successor, action in self.steps(call, arguments, before):
                    if self._is_clean(before, successor):
                        middles.setdefault(key_of(successor), (successor, (*names, action_name(action))))
                        if len(middles) > self._frontier_states_max:
                            raise self._overflow(f"lie within {candidate.text}")
            befores = list(middles.values())
        return befores

    def _is_clean(self, state: State, successor: State) -> bool:
        return not self._has_properties or self.broken_property(state, successor) is None

    def _overflow(self, what: str) -> _LimitReached:
        return _LimitReached(
            f"more than {self._frontier_states_max} states {what} (--max-frontier); the mapping leaves too much open"
        )

    def _count(self, expected: _Expected, actions: set[str]) -> None:
        strength = self.strength
        strength.events += 1
        strength.actions.update(actions)
        strength.observations += expected.telling
        strength.observed.update(expected.variables)
        strength.arguments_given += expected.arguments_given
        strength.frontier_sum += len(self.frontier)
        strength.frontier_max = max(strength.frontier_max, len(self.frontier))


def holds(item: Property, state: State, successor: State | None) -> bool:
    """Whether a property holds of a state, or of a step."""
    return _truth(item.holds(state, successor), item.name, item.location)


def agrees(observation: Observation, state: State, successor: State, arguments: list[Any]) -> bool:
    """Whether what the event says of this step is so."""
    left, right = sides(observation, state, successor, arguments)
    if right is MISSING:
        return _truth(left, observation.text, observation.location)
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


def _truth(value: Value, text: str, location: Location | None) -> bool:
    if value is True or value is False:
        return value
    raise TlatraceError(f"`{text}` is {to_text(value)}; expected TRUE or FALSE", location=location)


def _is_allowed(silent: Silent, value: Value) -> bool:
    return _truth(value, f"`when` of the silent action {silent.candidate.text}", silent.candidate.location)


def _optional_inputs(rule: Rule) -> tuple[int, ...]:
    return tuple(sorted({i for o in rule.observations for i in o.optional}))


def _arguments_given(candidate: Candidate) -> int:
    return sum(argument is not None for call in candidate.calls for argument in call.arguments)
