"""The frontier search: which states of the specification explain the trace so far.

A :class:`Matcher` is fed one event at a time and keeps the *frontier*, every state that explains the events it was
given. An event is explained from a state by one of its rule's candidates (a sequence of actions, or none), perhaps
after silent steps, if the states before and after it agree with what was observed. Candidates are asked for successors
with all the arguments that the event gives, so that only what it leaves open is enumerated.

The search is exact. An empty frontier means that no behavior of the specification explains the events
(:attr:`Status.REJECTED`), unless a limit cut the search short; then it means nothing, and the answer is
:attr:`Status.UNDECIDED`.

States that violate an invariant of the configuration, and steps that violate a step property, explain nothing: what is
looked for is a behavior that the specification allows *and* whose properties hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tlatrace.compile.api import UNBOUND, Evaluate, State
from tlatrace.engine.observation import MISSING, Candidate, Observation, Rule, Silent, Translation, When, read_inputs
from tlatrace.traces import Event
from tlatrace.values import equal

FRONTIER_STATES_MAX = 100_000
"""More states than this at once is a mapping that leaves too much open; the user is told, and may raise it."""


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
    variables: frozenset[str]
    arguments_given: int


# Enum members are slow to look up, and these are asked for at every observation.
_AFTER, _BEFORE = When.AFTER, When.BEFORE


class Matcher:
    """One trace against one specification, event by event."""

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
    ) -> None:
        self.frontier: tuple[State, ...] = tuple(dict.fromkeys(initial))
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
        self._limit = ""
        self._used: set[str] = set()
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
        self._limit = ""
        self._used.clear()
        starts = self._after_silent(rule, arguments) if rule.silent else self.frontier
        expected = self._expected(rule, arguments)
        reached = list(self._explained(rule, arguments, expected.observations, starts))
        if len(reached) > 1:
            reached = list(dict.fromkeys(reached))
        if self._limit and (not reached or len(reached) > self._frontier_states_max):
            self.undecided_because = self._limit
            return Status.UNDECIDED
        if not reached:
            return Status.REJECTED
        self.frontier = tuple(reached)
        self._count(expected)
        return Status.MATCHED

    def _expected(self, rule: Rule, arguments: list[Any]) -> _Expected:
        missing = tuple(i for i in self._optional_inputs[rule.kind] if arguments[i] is MISSING)
        expected = self._expected_by_missing.get((rule.kind, missing))
        if expected is None:
            observations = tuple(o for o in rule.observations if not set(missing).intersection(o.optional))
            expected = _Expected(
                observations,
                frozenset(variable for o in observations for variable in o.variables),
                min((_arguments_given(candidate) for candidate in rule.candidates), default=0),
            )
            self._expected_by_missing[rule.kind, missing] = expected
        return expected

    def _explained(
        self, rule: Rule, arguments: list[Any], observations: Sequence[Observation], starts: Sequence[State]
    ) -> Iterator[State]:
        found = 0
        for state in starts:
            for candidate in rule.candidates:
                for successor in self.successors(candidate, arguments, state):
                    if all(agrees(o, state, successor, arguments) for o in observations) and (
                        not self._has_properties or self.broken_property(state, successor) is None
                    ):
                        if candidate.calls:
                            self._used.update(call.name for call in candidate.calls)
                        found += 1
                        yield successor
                        if found > self._frontier_states_max:
                            self._limit = (
                                f"more than {self._frontier_states_max} states explain the trace up to here "
                                "(--max-frontier); the mapping leaves too much open"
                            )
                            return

    def successors(self, candidate: Candidate, arguments: list[Any], state: State) -> Iterator[State]:
        """The states after ``candidate`` from ``state``, whether or not they agree with what was observed."""
        calls = candidate.calls
        if not calls:
            yield state
            return
        if len(calls) == 1:
            call = calls[0]
            given = [UNBOUND if a is None else a(state, None, *arguments) for a in call.arguments]
            for action in call.actions:
                for successor, _ in action.successors(state, given):
                    yield successor
            return
        frontier = [state]
        for call in calls:
            following: dict[State, None] = {}
            for current in frontier:
                given = [UNBOUND if a is None else a(current, None, *arguments) for a in call.arguments]
                for action in call.actions:
                    for successor, _ in action.successors(current, given):
                        if not self._has_properties or self.broken_property(current, successor) is None:
                            following[successor] = None
            frontier = list(following)
        yield from frontier

    def broken_property(self, state: State, successor: State) -> str | None:
        """The name of a property that this step, or the state it leads to, violates."""
        if successor is not state:
            for item in self._state_properties:
                if not item.holds(successor, None):
                    return item.name
        for item in self._step_properties:
            if not item.holds(state, successor):
                return item.name
        return None

    def _after_silent(self, rule: Rule, arguments: list[Any]) -> Sequence[State]:
        """The frontier and all that silent steps make of it, each state once for the most budget that is left there."""
        usable = [s for s in rule.silent if s.guard is None or s.guard(None, None, *arguments) is True]
        if not usable:
            return self.frontier
        full = tuple(s.at_most for s in usable)
        best: dict[State, list[tuple[int, ...]]] = {state: [full] for state in self.frontier}
        pending = [(state, full) for state in self.frontier]
        while pending:
            layer, pending = pending, []
            for state, budget in layer:
                for index, silent in enumerate(usable):
                    self._take_silent(silent, index, state, budget, arguments, best, pending)
                    if len(best) > self._frontier_states_max:
                        self._limit = (
                            f"silent steps lead to more than {self._frontier_states_max} states (--max-frontier)"
                        )
                        return list(best)
        return list(best)

    def _take_silent(
        self,
        silent: Silent,
        index: int,
        state: State,
        budget: tuple[int, ...],
        arguments: list[Any],
        best: dict[State, list[tuple[int, ...]]],
        pending: list[tuple[State, tuple[int, ...]]],
    ) -> None:
        exhausted = budget[index] == 0
        if exhausted and not silent.is_limit:
            return
        left = (*budget[:index], budget[index] - 1, *budget[index + 1 :])
        for successor in self.successors(silent.candidate, arguments, state):
            if successor in best and any(_dominates(known, left) for known in best[successor]):
                continue
            if self._has_properties and self.broken_property(state, successor) is not None:
                continue
            if exhausted:
                self._limit = f"more than {silent.at_most} silent steps of {silent.candidate.text} may be needed here"
                return
            best.setdefault(successor, []).append(left)
            pending.append((successor, left))
            self._used.update(call.name for call in silent.candidate.calls)

    def _count(self, expected: _Expected) -> None:
        strength = self.strength
        strength.events += 1
        strength.actions.update(self._used)
        strength.observations += len(expected.observations)
        strength.observed.update(expected.variables)
        strength.arguments_given += expected.arguments_given
        strength.frontier_sum += len(self.frontier)
        strength.frontier_max = max(strength.frontier_max, len(self.frontier))


def agrees(observation: Observation, state: State, successor: State, arguments: list[Any]) -> bool:
    """Whether what the event says of this step is so."""
    left, right = sides(observation, state, successor, arguments)
    if right is MISSING:
        return left is True
    return left is right or equal(left, right)


def sides(observation: Observation, state: State, successor: State, arguments: list[Any]) -> tuple[Any, Any]:
    """The specification's value and the event's; the second is MISSING for a condition, which has one side."""
    when = observation.when
    now: State = successor if when is _AFTER else state
    then: State | None = None if when is _AFTER or when is _BEFORE else successor
    left = observation.left(now, then, *arguments)
    return left, MISSING if observation.right is None else observation.right(now, then, *arguments)


def _optional_inputs(rule: Rule) -> tuple[int, ...]:
    return tuple(sorted({i for o in rule.observations for i in o.optional}))


def _arguments_given(candidate: Candidate) -> int:
    return sum(argument is not None for call in candidate.calls for argument in call.arguments)


def _dominates(budget: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(a >= b for a, b in zip(budget, other, strict=True))
