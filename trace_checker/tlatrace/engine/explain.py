"""Why an event was rejected: for each candidate, from every state that it could start from, what stood in its way.

This runs once, after the search has ended, so it may be slow: it asks the interpreter, not the compiled actions. States
in which a candidate reads the same are explained together, so that every branch that survived is covered although few
are walked; what a bound left out is counted. States with the same obstacle make one explanation, which says in how many
they are. Nothing that goes wrong here changes the verdict: a candidate that cannot be explained says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tlatrace.compile.api import State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import why_not
from tlatrace.engine.match import Matcher
from tlatrace.engine.observation import MISSING, Candidate, Rule
from tlatrace.engine.outcomes import (
    EXCLUDED_NEARNESS,
    FAILURES_MAX,
    UNEXPLAINED_NEARNESS,
    CandidateSearch,
    Judged,
    failure_of,
    short_text,
)
from tlatrace.engine.states import key_of
from tlatrace.engine.verdict import Explanation, Failure
from tlatrace.errors import TlatraceError
from tlatrace.semantics.reads import variables_read
from tlatrace.semantics.spec import ActionInstance
from tlatrace.values import FunctionValue, to_text

GROUPS_EXPLAINED_MAX = 40
"""Of the states in which a candidate reads the same, one is walked, and so many such groups, largest first: a person
reads no more, and they rarely differ in what matters.
"""

EXPLANATIONS_MAX = 20

_IDENTIFIER = re.compile(r"\w+")


def explain(
    matcher: Matcher,
    rule: Rule,
    arguments: list[Any],
    interpreter: Interpreter,
    *,
    states: Sequence[State] | None = None,
    line: int | None = None,
    only_clean: bool = False,
) -> tuple[tuple[Explanation, ...], int]:
    """The reasons, nearest misses first, and how many more there are than are given.

    ``states`` are those that the event could start from, if they are not the matcher's own with its silent steps (the
    furthest ones of a search in another order); ``line`` is told where events of several lines are explained. With
    ``only_clean``, states that are reached only on ways that violate a property are left out: for an event that is
    explained, but on no way that violates none.
    """
    if states is None:
        nodes = [node for node in matcher.nodes if node.marks.is_clean or not only_clean]
        states = [node.state for node in matcher.starts_from(rule, arguments, nodes)]
    found = _Found(len(states), line)
    prepared = matcher.prepared(rule, arguments)
    left = prepared.expected.rule
    for candidate in left.candidates:
        if candidate not in prepared.candidates:
            found.add_excluded(candidate)
            continue
        of_candidate = CandidateSearch(matcher, left, candidate, arguments, interpreter)
        reads = _variables_of(candidate, left, interpreter)
        found.add_all(_groups(states, reads), of_candidate.explanations, of_candidate.unexplained)
    return found.ranked()


def explain_next(
    interpreter: Interpreter, states: Sequence[State], instances: Sequence[ActionInstance] | None = None
) -> tuple[tuple[Explanation, ...], int]:
    """Why no disjunct of Next is possible in ``states``: for specifications that read their trace themselves, where
    these are the furthest states that were reached.
    """
    found = _Found(len(states), None)
    for instance in interpreter.spec.actions if instances is None else instances:
        name = instance.name if instance.definition is None else instance.definition.name

        def judged(state: State, instance: ActionInstance = instance, name: str = name) -> Iterator[Judged]:
            obstacles = sorted(why_not(interpreter, instance, state), key=lambda obstacle: -obstacle.depth)
            if obstacles:
                explanation = Explanation(
                    candidate=name,
                    action=name,
                    failures=tuple(failure_of(item) for item in obstacles[:FAILURES_MAX]),
                    location=instance.location if instance.definition is None else instance.definition.location,
                )
                yield explanation, obstacles[0].depth

        def unexplained(error: TlatraceError, instance: ActionInstance = instance, name: str = name) -> Explanation:
            place = error.location or instance.location
            failure = Failure(text=name, location=place, kind="error", held=0, detail=error.message)
            return Explanation(candidate=name, action=name, failures=(failure,))

        found.add_all(_groups(states, _variables_of_action(instance, interpreter)), judged, unexplained)
    return found.ranked()


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


def _texts(failure: Failure) -> Iterable[str]:
    yield failure.text
    for expression, _ in failure.operands:
        yield expression
    for inner in failure.inner:
        yield from _texts(inner)


# ------------------------------------------------------------------------------------------------ states alike


@dataclass(frozen=True, slots=True)
class _Group:
    """States in which a candidate reads the same, of which one stands for all."""

    state: State
    count: int


def _groups(states: Sequence[State], reads: frozenset[int] | None) -> list[_Group]:
    """The states by what they have in the variables ``reads`` (all of them if None), largest groups first; of equally
    large ones those first that were found last, after the most silent steps, as they are most likely the nearest.
    """
    groups: dict[Hashable, tuple[State, int]] = {}
    for state in states:
        key = key_of(state if reads is None else tuple(state[index] for index in sorted(reads)))
        first, count = groups.get(key, (state, 0))
        groups[key] = first, count + 1
    found = [_Group(state, count) for state, count in reversed(groups.values())]
    return sorted(found, key=lambda group: -group.count)


def _variables_of(candidate: Candidate, rule: Rule, interpreter: Interpreter) -> frozenset[int] | None:
    """The variables that a candidate and the observations read; None where that cannot be told: an argument without a
    tree, or the steps before the last of a composition, which change what the next one reads.
    """
    if len(candidate.calls) > 1:
        return None
    reads = {variable for observation in rule.observations for variable in observation.variables}
    numbers = {v.index for v in interpreter.spec.variables if v.name in reads}
    for call in candidate.calls:
        if call.choices is not None or (any(a is not None for a in call.arguments) and not call.argument_trees):
            return None
        for tree in call.argument_trees:
            if tree is not None:
                names = variables_read(tree, rule.scope)
                numbers.update(v.index for v in interpreter.spec.variables if v.name in names)
        for action in call.actions:
            numbers |= _variables_of_action(action.instance, interpreter)
    return frozenset(numbers)


def _variables_of_action(instance: ActionInstance, interpreter: Interpreter) -> frozenset[int]:
    names: set[str] = set()
    for tree in (instance.body, *instance.guards, *instance.arguments):
        names |= variables_read(tree, instance.scope)
    for binder in instance.binders:
        names |= variables_read(binder.domain, binder.scope)
    return frozenset(v.index for v in interpreter.spec.variables if v.name in names)


# ------------------------------------------------------------------------------------------------ what was found


@dataclass(slots=True)
class _Entry:
    explanation: Explanation
    nearness: int
    states: int
    variants: int


class _Found:
    """Explanations by their obstacle, with the states in which it is met."""

    def __init__(self, states_total: int, line: int | None) -> None:
        self._total = states_total
        self._line = line
        self._entries: dict[Hashable, _Entry] = {}
        self._unexamined: dict[Hashable, int] = {}

    def add_all(
        self,
        groups: Sequence[_Group],
        judged: Callable[[State], Iterator[Judged]],
        unexplained: Callable[[TlatraceError], Explanation],
    ) -> None:
        """What stands in the way of one candidate in all of its groups, as far as they are looked at."""
        left_out = sum(group.count for group in groups[GROUPS_EXPLAINED_MAX:])
        for group in groups[:GROUPS_EXPLAINED_MAX]:
            here: dict[Hashable, Judged] = {}
            try:
                for explanation, nearness in judged(group.state):
                    here.setdefault(_obstacle_key(explanation), (explanation, nearness))
            except TlatraceError as error:
                explanation = unexplained(error)
                here.setdefault(_obstacle_key(explanation), (explanation, UNEXPLAINED_NEARNESS))
            for key, (explanation, nearness) in here.items():
                self._add(key, explanation, nearness, group.count)
                self._unexamined[key] = left_out

    def add_excluded(self, candidate: Candidate) -> None:
        """A candidate that is none for this event."""
        explanation = Explanation(
            candidate=candidate.text,
            action=candidate.text,
            excluded="its `when` is false of this event",
            location=candidate.location,
        )
        self._unexamined[_obstacle_key(explanation)] = 0
        self._add(_obstacle_key(explanation), explanation, EXCLUDED_NEARNESS, self._total)

    def _add(self, key: Hashable, explanation: Explanation, nearness: int, states: int) -> None:
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = _Entry(explanation, nearness, states, 1)
            return
        if explanation != entry.explanation:
            entry.variants += 1
        if nearness > entry.nearness:
            entry.explanation, entry.nearness = explanation, nearness
        entry.states += states

    def ranked(self) -> tuple[tuple[Explanation, ...], int]:
        entries = sorted(self._entries.items(), key=lambda item: (-item[1].nearness, -item[1].states))
        shown = tuple(
            replace(
                entry.explanation,
                states=entry.states,
                states_total=self._total,
                states_unexamined=self._unexamined[key],
                variants=entry.variants,
                line=self._line,
            )
            for key, entry in entries[:EXPLANATIONS_MAX]
        )
        return shown, max(0, len(entries) - EXPLANATIONS_MAX)


def _obstacle_key(explanation: Explanation) -> Hashable:
    """What is equal where the same thing is in the way, whatever the values."""
    return (
        explanation.candidate,
        explanation.action,
        explanation.arguments,
        tuple((failure.location, failure.kind) for failure in explanation.failures),
        tuple((mismatch.observation, mismatch.location) for mismatch in explanation.mismatches),
        explanation.broken_property,
    )
