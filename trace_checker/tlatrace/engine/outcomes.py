"""One candidate from one state: how far it gets, and what stands in its way there.

An explanation comes with its *nearness*: an outcome that contradicts what was logged is nearest, the fewer
contradictions the nearer; then actions by how many of their conjuncts held; each call of a composition that could be
taken counts for more than all conjuncts of the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from tlatrace.compile.api import Action, State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import Obstacle, why_not
from tlatrace.engine.match import Matcher, agrees, sides
from tlatrace.engine.observation import MISSING, Call, Candidate, Observation, Rule, action_name
from tlatrace.engine.states import key_of
from tlatrace.engine.verdict import Explanation, Failure, Mismatch
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import Value, difference, to_text

FAILURES_MAX = 4
"""Of one action, so many of its ways to fail are told, the nearest."""

STEPS_MAX = 500
"""From one state, so many outcomes of a candidate are looked at; more are a choice that the event leaves open."""

BEFORES_MAX = 8
"""Within a composition, so many states are gone on from."""

VALUE_WIDTH_MAX = 400

OUTCOME_NEARNESS = 1_000_000
CALL_NEARNESS = 1_000
UNEXPLAINED_NEARNESS = -2
EXCLUDED_NEARNESS = -3

Judged = tuple[Explanation, int]
"""An explanation and its nearness."""


@dataclass(frozen=True, slots=True)
class _Before:
    """A state that a call is taken from; ``broken`` is a step on the way to it, within a composition, that breaks a
    property.
    """

    state: State
    broken: Explanation | None = None


_Step = tuple[_Before, State, Action, tuple[Value, ...]]
"""Where a step begins, the state that it leads to, the action, and the values of its parameters."""


def short_text(value: Value) -> str:
    """``value`` as TLA+ text, cut in the middle where it is too long to read."""
    text = to_text(value)
    if len(text) <= VALUE_WIDTH_MAX:
        return text
    half = VALUE_WIDTH_MAX // 2
    return f"{text[:half]} … {text[-half:]}"


def failure_of(obstacle: Obstacle) -> Failure:
    """An obstacle as a verdict has it."""
    inner = (*((obstacle.inner,) if obstacle.inner is not None else ()), *obstacle.alternatives)
    return Failure(
        text=obstacle.text,
        location=obstacle.location,
        kind=obstacle.kind,
        held=obstacle.depth,
        operands=tuple((text, short_text(value)) for text, value in obstacle.operands),
        bindings=tuple((name, short_text(value)) for name, value in obstacle.bindings.items()),
        definitions=tuple(name for name, _ in obstacle.chain),
        inner=tuple(failure_of(item) for item in inner),
        detail=obstacle.detail,
    )


def definition_place(action: Action) -> Location | None:
    definition = action.instance.definition
    return None if definition is None else definition.location


class CandidateSearch:
    """One candidate of a rule: its calls one after the other, up to the one that stops it. ``rule`` is what is left of
    the rule for the event (:meth:`Rule.without`).
    """

    def __init__(
        self, matcher: Matcher, rule: Rule, candidate: Candidate, arguments: list[Any], interpreter: Interpreter
    ) -> None:
        self._matcher = matcher
        self._candidate = candidate
        self._arguments = arguments
        self._interpreter = interpreter
        self._observations = rule.observations

    def explanations(self, state: State) -> Iterator[Judged]:
        """What stands in the way from ``state``."""
        start = _Before(state)
        if not self._candidate.calls:
            yield self._outcome(None, state, (start, state, None, ()))
            return
        befores: Sequence[_Before] = [start]
        last = len(self._candidate.calls) - 1
        for position, call in enumerate(self._candidate.calls):
            steps = list(islice(self._steps(call, befores), STEPS_MAX))
            if position == last:
                for step in steps:
                    yield self._outcome(call, state, step)
            if not steps or position == last:
                taken = {action_name(action) for _, _, action, _ in steps}
                for before in befores:
                    yield from self._not_allowed(call, position, before.state, taken)
            if not steps:
                return
            befores = tuple(islice(self._afters(call, steps), BEFORES_MAX))

    def unexplained(self, error: TlatraceError) -> Explanation:
        """The explanation of a candidate that cannot be explained."""
        failure = Failure(
            text=self._candidate.text,
            location=error.location or self._candidate.location,
            kind="error",
            held=0,
            detail=error.message,
        )
        return Explanation(candidate=self._candidate.text, action=self._candidate.text, failures=(failure,))

    def _steps(self, call: Call, befores: Iterable[_Before]) -> Iterator[_Step]:
        for before in befores:
            for given in call.given(before.state, self._arguments):
                if call.specialised is not None:
                    found = call.specialised.steps(call, (), before.state, given, self._arguments)
                    yield from ((before, after, action, tuple(values)) for after, action, values in found)
                    continue
                for action in call.actions:
                    for after, values in action.successors(before.state, given):
                        yield before, after, action, values

    def _afters(self, call: Call, steps: Iterable[_Step]) -> Iterator[_Before]:
        """Each state that ``steps`` lead to, once; those first that break no property on the way."""
        broken: list[_Before] = []
        seen: set[Hashable] = set()
        for before, after, action, values in steps:
            fault = before.broken
            if fault is None and (name := self._matcher.broken_property(before.state, after)) is not None:
                fault = replace(self._step_taken(call, action, values), broken_property=name)
            if fault is not None:
                broken.append(_Before(after, fault))
            elif (key := key_of(after)) not in seen:
                seen.add(key)
                yield _Before(after)
        for item in broken:
            if (key := key_of(item.state)) not in seen:
                seen.add(key)
                yield item

    def _outcome(
        self, last: Call | None, state: State, step: tuple[_Before, State, Action | None, tuple[Value, ...]]
    ) -> Judged:
        """The candidate could be taken from ``state``, with ``step`` as its last step; so the outcome is not what was
        logged, or a property is broken, by this step or by one before it.
        """
        before, after, action, values = step
        arguments = self._arguments
        explanation = self._step_taken(last, action, values)
        mismatches = tuple(
            _mismatch(o, state, after, arguments) for o in self._observations if not agrees(o, state, after, arguments)
        )
        if mismatches:
            return replace(explanation, mismatches=mismatches), OUTCOME_NEARNESS - len(mismatches)
        broken = self._matcher.broken_property(before.state, after)
        return before.broken or replace(explanation, broken_property=broken), OUTCOME_NEARNESS

    def _step_taken(self, call: Call | None, action: Action | None, values: Sequence[Value]) -> Explanation:
        return Explanation(
            candidate=self._candidate.text,
            action="stutter" if call is None or action is None else self._action_text(call, action),
            arguments=() if action is None else tuple(zip(action.parameters, map(short_text, values), strict=False)),
            location=None if action is None else definition_place(action),
        )

    def _not_allowed(self, call: Call, position: int, state: State, taken: set[str]) -> Iterator[Judged]:
        """Why each action of ``call`` cannot be taken in ``state``, but for those that could be."""
        by_name: dict[str, list[Action]] = {}
        for action in call.actions:
            by_name.setdefault(action_name(action), []).append(action)
        for name, actions in by_name.items():
            if name not in taken:
                yield self._refused(call, actions, position, state)
        if not by_name:
            yield Explanation(candidate=self._candidate.text, action=call.text), CALL_NEARNESS * position - 1

    def _refused(self, call: Call, actions: Sequence[Action], position: int, state: State) -> Judged:
        obstacles: list[Obstacle] = []
        for given in islice(call.given(state, self._arguments), BEFORES_MAX):
            for action in actions:
                obstacles += why_not(self._interpreter, action.instance, state, given)
        obstacles.sort(key=lambda obstacle: -obstacle.depth)
        explanation = Explanation(
            candidate=self._candidate.text,
            action=self._action_text(call, actions[0]),
            arguments=_argument_texts(call, self._arguments, state),
            failures=tuple(failure_of(obstacle) for obstacle in obstacles[:FAILURES_MAX]),
            location=definition_place(actions[0]),
        )
        nearness = max((obstacle.depth for obstacle in obstacles), default=-1)
        return explanation, CALL_NEARNESS * position + nearness

    @staticmethod
    def _action_text(call: Call, action: Action) -> str:
        """The call as it is written; where it stands for any action, the one that it is here."""
        name = action_name(action)
        if call.name == name:
            return call.text
        return f"{name}({', '.join(action.parameters)})" if action.parameters else name


def _mismatch(observation: Observation, state: State, successor: State, arguments: list[Any]) -> Mismatch:
    left, right = sides(observation, state, successor, arguments)
    differences: tuple[tuple[str, str, str], ...] = ()
    if right is not MISSING:
        differences = tuple((d.path, _side(d.left), _side(d.right)) for d in difference(left, right) if d.path)
    return Mismatch(
        observation=observation.text,
        logged_as=observation.right_text or "required",
        location=observation.location,
        expected=short_text(left),
        logged="TRUE" if right is MISSING else short_text(right),
        differences=differences,
    )


def _side(value: Any) -> str:
    return "nothing" if value is None else short_text(value)


def _argument_texts(call: Call, arguments: list[Any], state: State) -> tuple[tuple[str, str], ...]:
    if not call.actions or not call.arguments:
        return ()
    result = []
    for name, argument in zip(call.actions[0].parameters, call.arguments, strict=True):
        if argument is not None:
            try:
                result.append((name, short_text(argument(state, None, *arguments))))
            except TlatraceError as error:
                result.append((name, f"({error.message})"))
    return tuple(result)
