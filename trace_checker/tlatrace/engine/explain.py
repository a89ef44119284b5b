"""Why an event was rejected: for each candidate, from each state that it could start from, what stood in its way.

This runs once, after the search has ended, so it may be slow: it asks the interpreter, not the compiled actions. The
answers are sorted, nearest misses first: a candidate whose outcome merely differs from what was logged is nearer than
one whose fourth conjunct is false, and that one nearer than one whose first is. Nothing that goes wrong here changes
the verdict: a candidate that cannot be explained says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tlatrace.compile.api import UNBOUND, Argument, State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import Obstacle, why_not
from tlatrace.engine.match import Matcher, agrees, sides
from tlatrace.engine.observation import MISSING, Call, Candidate, Observation, Rule
from tlatrace.engine.states import StateSet
from tlatrace.engine.verdict import Explanation, Failure, Mismatch
from tlatrace.errors import TlatraceError
from tlatrace.values import FunctionValue, Value, difference, to_text

STATES_EXPLAINED_MAX = 8
"""So many states of the frontier are looked at: a person reads no more, and they rarely differ in what matters."""

EXPLANATIONS_MAX = 20
FAILURES_MAX = 4
VALUE_WIDTH_MAX = 400

_IDENTIFIER = re.compile(r"\w+")


def explain(
    matcher: Matcher, rule: Rule, arguments: list[Any], interpreter: Interpreter
) -> tuple[tuple[Explanation, ...], int]:
    """The reasons, nearest misses first, and how many more there are than are given."""
    found: dict[Explanation, int] = {}
    for state in matcher.starts_of(rule, arguments)[:STATES_EXPLAINED_MAX]:
        for candidate in rule.candidates:
            of_candidate = _CandidateSearch(matcher, rule, candidate, arguments, interpreter)
            try:
                for explanation, nearness in of_candidate.explanations(state):
                    found.setdefault(explanation, nearness)
            except TlatraceError as error:
                found.setdefault(of_candidate.unexplained(error), _UNEXPLAINED_NEARNESS)
    ranked = sorted(found, key=lambda explanation: -found[explanation])
    return tuple(ranked[:EXPLANATIONS_MAX]), max(0, len(ranked) - EXPLANATIONS_MAX)


def relevant_state(
    explanations: Sequence[Explanation], rule: Rule, arguments: Iterable[Any], state: State, interpreter: Interpreter
) -> tuple[tuple[str, str], ...]:
    """The part of ``state`` that the explanations speak of: the variables they read, and of a function whose keys
    include arguments of the event, only those entries."""
    wanted: set[str] = set()
    for observation in rule.observations:
        if any(m.observation == observation.text for e in explanations for m in e.mismatches):
            wanted |= observation.variables
    texts = " ".join(text for e in explanations for f in e.failures for text in _texts(f))
    wanted.update(_IDENTIFIER.findall(texts))
    keys = [a for a in arguments if a is not MISSING and type(a) in (str, int)]
    result = []
    for variable in interpreter.spec.variables:
        if variable.name not in wanted:
            continue
        value = state[variable.index]
        entries = dict(value.items()) if isinstance(value, FunctionValue) else {}
        chosen = [key for key in dict.fromkeys(keys) if key in entries]
        result += [(f"{variable.name}[{to_text(key)}]", short_text(entries[key])) for key in chosen]
        if not chosen:
            result.append((variable.name, short_text(value)))
    return tuple(result)


def short_text(value: Value) -> str:
    """``value`` as TLA+ text, cut in the middle where it is too long to read."""
    text = to_text(value)
    if len(text) <= VALUE_WIDTH_MAX:
        return text
    half = VALUE_WIDTH_MAX // 2
    return f"{text[:half]} … {text[-half:]}"


def _texts(failure: Failure) -> Iterable[str]:
    yield failure.text
    for expression, _ in failure.operands:
        yield expression
    for inner in failure.inner:
        yield from _texts(inner)


# Nearness: an outcome that contradicts the log is nearest, then actions by how many of their conjuncts held; each call
# of a composition that could be taken counts for more than all conjuncts of the next.
_OUTCOME_NEARNESS = 1_000_000
_CALL_NEARNESS = 1_000
_UNEXPLAINED_NEARNESS = -2


class _CandidateSearch:
    """One candidate: its calls one after the other, up to the one that stops it."""

    def __init__(
        self, matcher: Matcher, rule: Rule, candidate: Candidate, arguments: list[Any], interpreter: Interpreter
    ) -> None:
        self._matcher = matcher
        self._candidate = candidate
        self._arguments = arguments
        self._interpreter = interpreter
        self._observations = [o for o in rule.observations if all(arguments[i] is not MISSING for i in o.optional)]

    def explanations(self, state: State) -> Iterator[tuple[Explanation, int]]:
        """What stands in the way from ``state``, each with its nearness."""
        if not self._candidate.calls:
            yield self._outcome(None, state, state, state)
            return
        *first, last = self._candidate.calls
        befores: Sequence[State] = [state]
        for position, call in enumerate(first):
            steps = list(self._steps(call, befores))
            clean = tuple(StateSet(after for before, after in steps if self._broken(before, after) is None))
            if not clean:
                yield from self._stopped(call, position, befores, steps)
                return
            befores = clean
        steps = list(self._steps(last, befores))
        for before, after in steps:
            yield self._outcome(last, state, before, after)
        if not steps:
            yield from self._stopped(last, len(first), befores, steps)

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

    def _steps(self, call: Call, befores: Sequence[State]) -> Iterator[tuple[State, State]]:
        for before in befores:
            for after, _ in self._matcher.steps(call, self._arguments, before):
                yield before, after

    def _broken(self, before: State, after: State) -> str | None:
        return self._matcher.broken_property(before, after)

    def _outcome(self, last: Call | None, state: State, before: State, after: State) -> tuple[Explanation, int]:
        """The candidate could be taken, from ``state`` to ``after``, with ``before`` as the state before its last
        step; so the outcome is not what was logged, or a property is broken.
        """
        arguments = self._arguments
        mismatches = tuple(
            _mismatch(o, state, after, arguments) for o in self._observations if not agrees(o, state, after, arguments)
        )
        explanation = Explanation(
            candidate=self._candidate.text,
            action=last.text if last else "stutter",
            arguments=_argument_texts(last, arguments, before) if last else (),
            mismatches=mismatches,
            broken_property=self._broken(before, after) if not mismatches else None,
            location=_definition_place(last),
        )
        return explanation, _OUTCOME_NEARNESS - len(mismatches)

    def _stopped(
        self, call: Call, position: int, befores: Sequence[State], steps: Sequence[tuple[State, State]]
    ) -> Iterator[tuple[Explanation, int]]:
        """A call cannot be taken, or all of its steps break a property."""
        for before, after in steps[:STATES_EXPLAINED_MAX]:
            explanation = Explanation(
                candidate=self._candidate.text,
                action=call.text,
                arguments=_argument_texts(call, self._arguments, before),
                broken_property=self._broken(before, after),
                location=_definition_place(call),
            )
            yield explanation, _CALL_NEARNESS * (position + 1) - 1
        if not steps:
            for before in befores[:STATES_EXPLAINED_MAX]:
                yield self._not_allowed(call, position, before)

    def _not_allowed(self, call: Call, position: int, state: State) -> tuple[Explanation, int]:
        given: list[Argument] = [UNBOUND if a is None else a(state, None, *self._arguments) for a in call.arguments]
        obstacles: list[Obstacle] = []
        for action in call.actions:
            obstacles += why_not(self._interpreter, action.instance, state, given)
        obstacles.sort(key=lambda obstacle: -obstacle.depth)
        failures = tuple(_failure(obstacle) for obstacle in obstacles[:FAILURES_MAX])
        explanation = Explanation(
            candidate=self._candidate.text,
            action=call.text,
            arguments=_argument_texts(call, self._arguments, state),
            failures=failures,
            location=_definition_place(call),
        )
        nearness = max((obstacle.depth for obstacle in obstacles), default=-1)
        return explanation, _CALL_NEARNESS * position + nearness


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


def _definition_place(call: Call | None) -> Any:
    if call is None or len(call.actions) == 0 or call.actions[0].instance.definition is None:
        return None
    return call.actions[0].instance.definition.location


def _failure(obstacle: Obstacle) -> Failure:
    inner = (*((obstacle.inner,) if obstacle.inner is not None else ()), *obstacle.alternatives)
    return Failure(
        text=obstacle.text,
        location=obstacle.location,
        kind=obstacle.kind,
        held=obstacle.depth,
        operands=tuple((text, short_text(value)) for text, value in obstacle.operands),
        bindings=tuple((name, short_text(value)) for name, value in obstacle.bindings.items()),
        definitions=tuple(name for name, _ in obstacle.chain),
        inner=tuple(_failure(item) for item in inner),
        detail=obstacle.detail,
    )
