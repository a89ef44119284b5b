"""How far a search came in the trace that the specification reads, and why it came no further.

The furthest states are those that wait for the last event that any state waits for; where a specification has no
cursor, those at the greatest depth. For each of them: what makes the disjuncts of Next impossible, and which constraint
forbids a step that Next allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tlatrace.compile.api import Action, Evaluator, State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import why_excluded
from tlatrace.engine.explain import explain_next
from tlatrace.engine.explore.cursor import Cursor
from tlatrace.engine.explore.progress import ROOT
from tlatrace.engine.explore.search import Search
from tlatrace.engine.explore.stepwise import StepwiseSearch
from tlatrace.engine.outcomes import FAILURES_MAX, failure_of, short_text
from tlatrace.engine.states import key_of
from tlatrace.engine.verdict import Explanation
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import Spec
from tlatrace.values import Value

STATES_EXPLAINED_MAX = 40
"""Of the furthest states, so many are asked; a person reads no more, and they rarely differ in what matters."""

STEPS_EXPLAINED_MAX = 200
"""Of the steps that constraints forbid, so many are asked; an action that leaves everything open has millions."""

EXPLANATIONS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Furthest:
    """The furthest states of a search: at ``level``, waiting for the event ``position`` (None without a cursor).

    ``count`` of them there are; ``states`` has the first STATES_EXPLAINED_MAX.
    """

    level: int
    position: int | None
    states: tuple[State, ...]
    count: int


def furthest_of(search: Search | StepwiseSearch, cursor: Cursor | None, beyond: State | None = None) -> Furthest:
    """The furthest states of a search; ``beyond`` is the successor that a violation was found in, which the search
    need not have kept.
    """
    store, parents = search.model.store, search.parents
    levels: list[int] = []
    best = (ROOT, ROOT)
    numbers: list[int] = []
    for number, parent in enumerate(parents):
        # A state is found before those that are found from it.
        level = 1 if parent == ROOT else levels[parent] + 1
        levels.append(level)
        position = 0 if cursor is None else cursor.position(store[number], level) or 0
        rank = (position, 0) if cursor is not None and cursor.variable is not None else (position, level)
        if rank > best:
            best, numbers = rank, []
        if rank == best:
            numbers.append(number)
    states = [store[number] for number in numbers[:STATES_EXPLAINED_MAX]]
    level = max((levels[number] for number in numbers), default=0)
    if beyond is not None and cursor is not None and cursor.variable is not None:
        position = cursor.position(beyond, 0) or 0
        if position > best[0]:
            return Furthest(level=level + 1, position=position, states=(beyond,), count=1)
    return Furthest(
        level=level, position=best[0] if cursor is not None else None, states=tuple(states), count=len(numbers)
    )


def why_no_further(
    evaluator: Evaluator, interpreter: Interpreter, search: Search | StepwiseSearch, furthest: Furthest
) -> tuple[tuple[Explanation, ...], int]:
    """What stands in the way from the furthest states, nearest misses first, and how many more there are.

    The search's own run must be the current one: constraints may ask for the level.
    """
    search.progress.level = furthest.level
    excluded, steps = _excluded(evaluator, interpreter, search, furthest)
    blocked = [action for action in evaluator.actions if action.instance.name not in steps]
    impossible, omitted = explain_next(interpreter, furthest.states, [action.instance for action in blocked])
    found = [*excluded, *impossible]
    return tuple(found[:EXPLANATIONS_MAX]), omitted + max(0, len(found) - EXPLANATIONS_MAX)


def _excluded(
    evaluator: Evaluator, interpreter: Interpreter, search: Search | StepwiseSearch, furthest: Furthest
) -> tuple[list[Explanation], set[str]]:
    """Why the steps that Next allows are forbidden, by conjunct, and the names of the actions that have such steps."""
    found: dict[tuple[object, ...], Explanation] = {}
    taken: set[str] = set()
    left = STEPS_EXPLAINED_MAX
    for state in furthest.states:
        for action in evaluator.actions:
            for successor, arguments in _steps(action, state):
                taken.add(action.instance.name)
                if left == 0:
                    return _ranked(found), taken
                left -= 1
                values = tuple(zip(action.parameters, map(short_text, arguments), strict=False))
                explanation = _forbidden(evaluator.spec, interpreter, search, furthest.level, state, successor)
                if explanation is None:
                    continue
                key = action.instance.name, explanation.failures[0].location
                nearer = found.get(key)
                if nearer is None or explanation.failures[0].held > nearer.failures[0].held:
                    found[key] = replace(
                        explanation,
                        candidate=action.instance.name,
                        action=action.instance.name,
                        arguments=values,
                        states=1,
                        states_total=furthest.count,
                    )
    return _ranked(found), taken


def _ranked(found: dict[tuple[object, ...], Explanation]) -> list[Explanation]:
    return sorted(found.values(), key=lambda each: -each.failures[0].held)


def _steps(action: Action, state: State) -> Iterator[tuple[State, Sequence[Value]]]:
    seen = set()
    try:
        for successor, arguments in action.successors(state):
            key = key_of(successor)
            if key not in seen:
                seen.add(key)
                yield successor, arguments
    except TlatraceError:
        # Next has no value here: explain_next says where, for this action.
        return


def _forbidden(
    spec: Spec,
    interpreter: Interpreter,
    search: Search | StepwiseSearch,
    level: int,
    state: State,
    successor: State,
) -> Explanation | None:
    """The first constraint that forbids a step, None if none does (then the step leads to a state that was seen)."""
    formulas = [(each, successor, level + 1) for each in spec.constraints]
    formulas += [(each, state, level) for each in spec.action_constraints]
    for formula, before, level_seen in formulas:
        search.progress.level = level_seen
        try:
            obstacles = why_excluded(interpreter, formula, before, successor)
        except TlatraceError:
            continue
        finally:
            search.progress.level = level
        if obstacles:
            nearest = sorted(obstacles, key=lambda each: -each.depth)[:FAILURES_MAX]
            return Explanation(
                candidate=formula.name,
                action=formula.name,
                failures=tuple(map(failure_of, nearest)),
                location=formula.location,
            )
    return None
