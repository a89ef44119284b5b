"""What a relaxation that helps says: the value that a field should have had, the step that the log lacks.

Found by trying: each value that the specification allows in the field's place, and each step that it allows before the
event, as far as the events after it are explained. Where many help, none is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tlatrace.compile.api import State
from tlatrace.engine.findings import Relaxation, Relaxing
from tlatrace.engine.match import Matcher, Prepared
from tlatrace.engine.observation import Observation, When, action_name
from tlatrace.engine.outcomes import short_text
from tlatrace.engine.relaxations import Field, parameter_text
from tlatrace.engine.reruns import Change, OutOfBudget, Reached, Reruns
from tlatrace.engine.states import key_of
from tlatrace.engine.trail import standing_at
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk

LOOKAHEAD_EVENTS = 16
"""Beyond the rejected event, to tell chance from cure before a run goes to the end."""

VALUES_MAX = 4
"""Values that would have been allowed, and instances of a hidden step: more are a choice, not an answer."""

VALUES_TRIED_MAX = 24

STEPS_TRIED_MAX = 200
"""Hidden steps that are tried one by one."""

COPY_WINDOW_EVENTS = 4
"""A line that was written twice stands this near to its copy; further off, equal lines are two equal steps."""


def relaxations(reruns: Reruns, found: Reached) -> tuple[Relaxation, ...]:
    """The changes of ``found`` as a finding tells them, as far as the budget allows."""
    told: list[Relaxation] = []
    for change in found.changes:
        plain = _plain(reruns, change)
        try:
            told += _told(reruns, change, plain, found)
        except OutOfBudget:
            told.append(plain)
    return tuple(told)


def copied(reruns: Reruns, index: int) -> int | None:
    """The line of an event just before this one that says the same."""
    fields = reruns.events[index].fields
    for other in range(index - 1, max(-1, index - 1 - COPY_WINDOW_EVENTS), -1):
        if reruns.events[other].fields == fields:
            return reruns.events[other].line
    return None


def _plain(reruns: Reruns, change: Change) -> Relaxation:
    field = change.field
    return Relaxation(
        kind=change.kind,
        line=reruns.events[change.index].line,
        what=field.name if field else "",
        logged=short_text(field.value) if field is not None and field.value is not None else "",
        location=field.location if field else None,
    )


def _told(reruns: Reruns, change: Change, plain: Relaxation, found: Reached) -> Iterator[Relaxation]:
    if change.fields:
        for field in change.fields:
            yield _plain(reruns, replace(change, field=field, fields=()))
        return
    is_alone = len(found.changes) == 1
    match change.kind:
        case Relaxing.SWAP:
            yield replace(plain, other_line=reruns.events[change.index + 1].line)
        case Relaxing.DROP:
            yield replace(plain, other_line=copied(reruns, change.index))
        case Relaxing.HIDDEN_STEP if is_alone:
            yield _hidden(reruns, change, plain, found)
        case Relaxing.FIELD if is_alone:
            yield replace(plain, allowed=_allowed(reruns, change, found))
        case Relaxing.FIELD_FROM_HERE:
            again = reruns.run((replace(change, kind=Relaxing.FIELD),), found.index)
            yield replace(plain, other_line=reruns.events[again.index].line if again.stopped else None)
        case _:
            yield plain


def _goes_as_far(reruns: Reruns, matcher: Matcher, index: int, found: Reached) -> bool:
    """Whether the events from ``index`` on are explained as far as ``found`` came, but no further than is looked
    ahead."""
    stop = min(found.index, reruns.rejected + 1 + LOOKAHEAD_EVENTS)
    while index < stop:
        if reruns.event(index) is None or reruns.step(matcher, None, index):
            return False
        index += 1
    return True


def _hidden(reruns: Reruns, change: Change, plain: Relaxation, found: Reached) -> Relaxation:
    """Which actions the hidden step may be, and with which arguments."""
    before = reruns.before(change.index)
    instances: dict[str, None] = {}
    names: dict[str, None] = {}
    tried = 0
    for action in reruns.enumerable(before):
        name = action_name(action)
        for state in before.frontier[:VALUES_TRIED_MAX]:
            for successor, values in action.successors(state, ()):
                tried += 1
                if tried > STEPS_TRIED_MAX:
                    return replace(plain, what=" or ".join(names))
                if before.broken_property(state, successor) is None and _goes_as_far(
                    reruns, standing_at(before, [successor]), change.index, found
                ):
                    names.setdefault(name)
                    instances.setdefault(f"{name}({', '.join(map(short_text, values))})" if values else name)
    few = tuple(instances) if len(instances) <= VALUES_MAX else ()
    return replace(plain, what=" or ".join(names), allowed=few)


def _allowed(reruns: Reruns, change: Change, found: Reached) -> tuple[str, ...]:
    """The values in the field's place with which the events after it are explained."""
    field = change.field
    if field is None or field.value is None:
        return ()
    before = reruns.before(change.index)
    prepared = reruns.prepared(before, change)
    after = before.fork()
    if reruns.step(after, prepared, change.index):
        return ()
    by_value: dict[str, list[State]] = {}
    for value, state in _values(before, prepared, field, after):
        by_value.setdefault(value, []).append(state)
    if len(by_value) > VALUES_TRIED_MAX:
        return ()
    good = [
        value
        for value, states in by_value.items()
        if _goes_as_far(reruns, standing_at(after, states), change.index + 1, found)
    ]
    if short_text(field.value) in good:
        return ()  # it is not this value that was in the way, but what else hangs on the field
    return tuple(good) if len(good) <= VALUES_MAX else ()


def _values(before: Matcher, prepared: Prepared, field: Field, after: Matcher) -> Iterator[tuple[str, State]]:
    """The values that the specification has in the field's place, with states that have them: of an observation whose
    one side is the field itself, or else of the one argument that it gives."""
    arguments = prepared.arguments
    original = before.prepare(prepared.event)
    for number in sorted(field.observations):
        observation = original.observations[number]
        if observation.when is When.AFTER and _is_just(observation, field, prepared):
            for state in after.frontier[: VALUES_TRIED_MAX * 4]:
                yield short_text(observation.left(state, None, *arguments)), state
            return
    if len(field.arguments) != 1:
        return
    ((candidate, number, argument),) = field.arguments
    calls = prepared.candidates[candidate].calls
    if len(calls) != 1:
        return
    known = {key_of(state) for state in after.frontier}
    call = calls[number]
    for state in before.starts_of(prepared.rule, arguments)[:VALUES_TRIED_MAX]:
        for given in call.given(state, arguments):
            for action in call.actions:
                for successor, values in action.successors(state, given):
                    if key_of(successor) in known:
                        yield short_text(values[argument]), successor


def _is_just(observation: Observation, field: Field, prepared: Prepared) -> bool:
    """Whether the event's side of the observation is the field, and nothing made of it; and the other side does not
    speak of it."""
    if observation.right is None:
        return False
    rule = prepared.rule
    if not rule.parameters or observation.right_tree is None:
        return True
    names = [name for n, name in enumerate(rule.parameters) if parameter_text(rule, n) == field.name]
    right = observation.right_tree
    return isinstance(right, ast.Name) and right.name in names and right.name not in _names_in(observation.left_tree)


def _names_in(tree: ast.Expr | None) -> set[str]:
    return set() if tree is None else {node.name for node in walk(tree) if isinstance(node, ast.Name)}
