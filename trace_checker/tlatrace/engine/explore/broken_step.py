"""Which step a property ``[][A]_v`` does not allow, and why: its two states, and what makes the action false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlatrace.compile.api import State
from tlatrace.compile.falsity import why_false
from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.explore.outcome import Exploration, Result, TraceState
from tlatrace.engine.outcomes import failure_of, short_text
from tlatrace.engine.verdict import Explanation, Failure
from tlatrace.errors import TlatraceError
from tlatrace.semantics.properties import property_parts
from tlatrace.values import same

INITIAL = "initial state"
STEP = "step"
BEHAVIOR = "behavior"

NEAREST_MAX = 3
"""Of the actions that the step could be, so many are told why it is not; a Next of many actions and arguments has
dozens.
"""

_Way = tuple[Failure, ...]
"""From a part of a formula to what is false in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenStep:
    """The step, by its two states; ``level`` is the number of the first one in its behavior."""

    before: State
    level: int
    explanation: Explanation


def part_violated(exploration: Exploration) -> str:
    """Of which part of a property the counterexample is one, INITIAL, STEP or BEHAVIOR; "" where no temporal property
    is violated.
    """
    example = exploration.counterexample
    if exploration.result is not Result.LIVENESS or not example.states:
        return ""
    if example.loop_start is not None:
        return BEHAVIOR
    return INITIAL if example.states[-1].number == 1 else STEP


def broken_step(interpreter: Interpreter, exploration: Exploration) -> BrokenStep | None:
    """The last step of the counterexample, where that is what the property does not allow."""
    states = exploration.counterexample.states
    if part_violated(exploration) != STEP or len(states) < 2:
        return None
    before, after = states[-2:]
    (name,) = exploration.violated
    failure = _failure(interpreter, name, before.state, after.state)
    variables = interpreter.spec.variables
    changes = tuple(
        (each.name, short_text(before.state[each.index]), short_text(after.state[each.index]))
        for each in variables
        if not same(before.state[each.index], after.state[each.index])
    )
    return BrokenStep(before=before.state, level=before.number, explanation=_explanation(name, after, failure, changes))


def _explanation(
    name: str, after: TraceState, failure: Failure | None, changes: tuple[tuple[str, str, str], ...]
) -> Explanation:
    action = after.action or ""
    return Explanation(
        candidate=action,
        action=action,
        failures=() if failure is None else (failure,),
        broken_property=name,
        location=after.location,
        changes=changes,
    )


def _failure(interpreter: Interpreter, name: str, before: State, after: State) -> Failure | None:
    """What the property says of the step and is false; None where it has no value when it is asked again."""
    for formula in interpreter.spec.properties:
        if formula.name != name:
            continue
        for step in property_parts(formula).steps:
            try:
                found = why_false(interpreter, step.box, step.scope, before, after)
            except TlatraceError:
                continue
            if found is not None:
                return nearest(failure_of(found))
    return None


def nearest(failure: Failure) -> Failure:
    """A false formula with the few parts of its disjunctions that come nearest to being true: those of which most
    conjuncts hold. Disjunctions and what stands for them are left out on the way there.
    """
    ways = sorted((way for inner in failure.inner for way in _ways(inner)), key=lambda way: -way[-1].held)
    kept = tuple(map(_joined, ways[:NEAREST_MAX]))
    more = len(ways) - len(kept)
    if more:
        told = f"… and {more} other part{'s' * (more != 1)} of it, further from being true"
        kept = (*kept, replace(failure, kind="cut", operands=(), bindings=(), inner=(), detail=told))
    return replace(failure, operands=() if kept else failure.operands, inner=kept)


def _ways(failure: Failure) -> Iterator[_Way]:
    if not failure.inner:
        yield (failure,)
        return
    is_disjunction = len(failure.inner) > 1
    for inner in failure.inner:
        stands_for_one = not is_disjunction and len(inner.inner) > 1
        for way in _ways(inner):
            yield way if is_disjunction or stands_for_one else (failure, *way)


def _joined(way: _Way) -> Failure:
    first, *rest = way
    return replace(first, inner=(_joined(tuple(rest)),) if rest else ())
