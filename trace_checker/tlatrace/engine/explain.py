"""Why an event was rejected: for each candidate, from each state of the frontier, what stood in its way.

This runs once, after the search has ended, so it may be slow: it asks the interpreter, not the compiled actions. The
answers are sorted, nearest misses first: a candidate whose outcome merely differs from what was logged is nearer than
one whose fourth conjunct is false, and that one nearer than one whose first is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tlatrace.compile.api import UNBOUND, Argument, State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import Obstacle, why_not
from tlatrace.engine.match import Matcher, agrees, sides
from tlatrace.engine.observation import MISSING, Call, Candidate, Observation, Rule
from tlatrace.engine.verdict import Explanation, Failure, Mismatch
from tlatrace.errors import TlatraceError
from tlatrace.values import FunctionValue, Value, difference, to_text

STATES_EXPLAINED_MAX = 8
"""So many states of the frontier are looked at: a person reads no more, and they rarely differ in what matters."""

EXPLANATIONS_MAX = 20
FAILURES_MAX = 4
VALUE_WIDTH_MAX = 400


def explain(
    matcher: Matcher, rule: Rule, arguments: list[Any], interpreter: Interpreter
) -> tuple[tuple[Explanation, ...], int]:
    """The reasons, nearest misses first, and how many more there are than are given."""
    found: dict[Explanation, int] = {}
    for state in matcher.frontier[:STATES_EXPLAINED_MAX]:
        for candidate in rule.candidates:
            for explanation, nearness in _of_candidate(matcher, rule, candidate, arguments, interpreter, state):
                found.setdefault(explanation, nearness)
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
    for variable in interpreter.spec.variables:
        if variable.name in texts:
            wanted.add(variable.name)
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


# Nearness: an outcome that contradicts the log is nearest, then actions by how many of their conjuncts held.
_OUTCOME_NEARNESS = 1_000_000


def _of_candidate(
    matcher: Matcher,
    rule: Rule,
    candidate: Candidate,
    arguments: list[Any],
    interpreter: Interpreter,
    state: State,
) -> Iterable[tuple[Explanation, int]]:
    taken = 0
    for successor in matcher.successors(candidate, arguments, state):
        taken += 1
        yield _outcome(matcher, rule, candidate, arguments, state, successor)
    if taken:
        return
    frontier = [state]
    for position, call in enumerate(candidate.calls):
        following = [
            successor
            for current in frontier
            for successor in matcher.successors(Candidate(call.text, (call,), call.location), arguments, current)
        ]
        if not following:
            for current in frontier[:STATES_EXPLAINED_MAX]:
                yield _not_allowed(candidate, call, position, arguments, interpreter, current)
            return
        frontier = following


def _outcome(
    matcher: Matcher, rule: Rule, candidate: Candidate, arguments: list[Any], state: State, successor: State
) -> tuple[Explanation, int]:
    observations = [o for o in rule.observations if all(arguments[i] is not MISSING for i in o.optional)]
    mismatches = tuple(
        _mismatch(o, state, successor, arguments) for o in observations if not agrees(o, state, successor, arguments)
    )
    last = candidate.calls[-1] if candidate.calls else None
    explanation = Explanation(
        candidate=candidate.text,
        action=last.text if last else "stutter",
        arguments=_argument_texts(last, arguments, state) if last else (),
        mismatches=mismatches,
        broken_property=matcher.broken_property(state, successor) if not mismatches else None,
        location=_definition_place(last),
    )
    return explanation, _OUTCOME_NEARNESS - len(mismatches)


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


def _not_allowed(
    candidate: Candidate, call: Call, position: int, arguments: list[Any], interpreter: Interpreter, state: State
) -> tuple[Explanation, int]:
    given: list[Argument] = [UNBOUND if a is None else a(state, None, *arguments) for a in call.arguments]
    obstacles: list[Obstacle] = []
    for action in call.actions:
        obstacles += why_not(interpreter, action.instance, state, given)
    obstacles.sort(key=lambda obstacle: -obstacle.depth)
    failures = tuple(_failure(obstacle) for obstacle in obstacles[:FAILURES_MAX])
    explanation = Explanation(
        candidate=candidate.text,
        action=call.text,
        arguments=_argument_texts(call, arguments, state),
        failures=failures,
        location=_definition_place(call),
    )
    nearness = max((obstacle.depth for obstacle in obstacles), default=-1)
    return explanation, 1000 * position + nearness


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
