"""Why a property is violated: on which step of the ways that explain the trace, and which conjunct is false there.

Asked once, after the verdict. Where every way violates something, the last events are run again and one way through
them is told: each property at the step of that way on which it was violated first. What that way does not show is
looked for at the event after which it was seen first; where the trail no longer has it, the property is named without
its conjunct.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from tlatrace.compile.api import State
from tlatrace.compile.falsity import Obstacle, why_false
from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.match import Matcher, Status, Violation, Witness
from tlatrace.engine.outcomes import failure_of, short_text
from tlatrace.engine.search.marks import CLEAN
from tlatrace.engine.search.nodes import NO_ACTIONS, Node
from tlatrace.engine.search.stepping import LimitReached
from tlatrace.engine.search.violations import Place
from tlatrace.engine.search.witness import Trail as Chain
from tlatrace.engine.search.witness import changed
from tlatrace.engine.trail import Trail
from tlatrace.engine.verdict import Violated
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import Scope, Spec
from tlatrace.syntax import ast
from tlatrace.traces import Event

EXPLAINED_MAX = 10
"""Of so many properties the conjunct is looked for; more are seldom violated at once."""

WAYS_MAX = 500
"""So many ways to explain the event are looked at until one is found that violates the property."""

LogName = Callable[[int], str]
"""The file of a log's number, where the trace has several; else ""."""

Step = tuple[State, State | None, str, tuple[tuple[str, str], ...]]
"""A state, the one after it (None for an initial state), and the action between them with its arguments."""


def explain_violations(
    violations: Sequence[Violation],
    matcher: Matcher,
    trail: Trail,
    event: Event | None,
    interpreter: Interpreter,
    log_name: LogName,
) -> tuple[Violated, ...]:
    """The violations of a check, with the conjunct that is false. ``matcher`` stands before ``event``, the one that
    could not be explained without a violation; None where all were.
    """
    explained = []
    way = () if event is None else _one_way(violations, trail, event, interpreter.spec)
    for number, violation in enumerate(violations):
        if violation.on_all and number < EXPLAINED_MAX:
            told = _first_on(way, violation, matcher, interpreter, log_name)
            if told is not None:
                explained.append(told)
                continue
        found = None
        before = _before(violation, matcher, trail, event) if number < EXPLAINED_MAX else None
        if before is not None:
            found = explained_at(violation, *before, interpreter, log_name)
        explained.append(found or plainly(violation, log_name))
    return tuple(explained)


def plainly(violation: Violation, log_name: LogName) -> Violated:
    """The violation without its conjunct."""
    log = "" if violation.line is None else log_name(violation.log)
    return Violated(property=violation.property, line=violation.line, on_all=violation.on_all, log=log)


def formula_of(spec: Spec, name: str) -> tuple[ast.Expr, Scope] | None:
    """The formula that a property of the configuration says of every state, or of every step."""
    for item in spec.invariants:
        if item.name == name:
            return item.body, item.scope
    for item in spec.properties:
        if item.name == name:
            body = item.body
            if isinstance(body, ast.Apply) and body.operator == "[]":
                return body.arguments[0], item.scope
    return None


def _one_way(
    violations: Sequence[Violation], trail: Trail, event: Event, spec: Spec
) -> Sequence[tuple[Step, Place | None]]:
    """The steps of one way to explain the last events and ``event``, each with the place of its event; none where they
    cannot be run again, or the property may have been violated before them.
    """
    if not any(violation.on_all for violation in violations):
        return ()
    recent = trail.recent
    nodes = recent.matcher.nodes
    if recent.start and any(node.marks.union for node in nodes):
        return ()
    matcher = recent.matcher.fork()
    here = matcher.snapshot()
    matcher.restore(replace(here, nodes=tuple((n.state, n.marks, Witness(n.state, ()), n.taken) for n in nodes)))
    try:
        if any(matcher.advance(before) is not Status.MATCHED for before in recent.events):
            return ()
        prepared = matcher.prepare(event)
        for start in matcher.starts_from(prepared.rule, prepared.arguments, matcher.nodes):
            for node in matcher.stepper.explanations(prepared, start):
                if node.trail is not None:
                    return _with_places(node.trail, spec, is_from_start=not recent.start)
    except (TlatraceError, LimitReached):
        return ()  # told without a way
    return ()


def _with_places(chain: Chain, spec: Spec, *, is_from_start: bool) -> Sequence[tuple[Step, Place | None]]:
    """The steps of a way, each with the place of the event that it belongs to: a silent one to the next event."""
    witness = chain.witness()
    places = [None if step.line is None else (step.log, step.line) for step in witness.steps]
    for number in range(len(places) - 2, -1, -1):
        places[number] = places[number + 1] if places[number] is None else places[number]
    first: list[tuple[Step, Place | None]] = [((witness.initial, None, "", ()), None)] if is_from_start else []
    return [*first, *zip(_steps_of(chain, _parameters(spec)), places, strict=True)]


def _first_on(
    way: Iterable[tuple[Step, Place | None]],
    violation: Violation,
    matcher: Matcher,
    interpreter: Interpreter,
    log_name: LogName,
) -> Violated | None:
    """The first step of a way that violates a property."""
    formula = formula_of(interpreter.spec, violation.property)
    if formula is None:
        return None
    is_step = any(item.is_step for item in matcher.properties if item.name == violation.property)
    try:
        for (state, successor, action, arguments), place in way:
            if is_step and successor is None:
                continue
            found = _false(formula, state, successor, is_step, interpreter)
            if found is not None:
                return Violated(
                    property=violation.property,
                    line=None if place is None else place[1],
                    on_all=violation.on_all,
                    log="" if place is None else log_name(place[0]),
                    action=action,
                    arguments=arguments,
                    failure=failure_of(found),
                )
    except TlatraceError:
        return None  # What cannot be evaluated again is named without its conjunct; the verdict stands.
    return None


def _before(
    violation: Violation, matcher: Matcher, trail: Trail, event: Event | None
) -> tuple[Matcher, Event | None] | None:
    """A matcher that stands before the event of the violation, and the event; without one for an initial state."""
    if violation.line is None:
        start = trail.before(0)
        return (start.matcher, None) if start.start == 0 else None
    if event is not None and (event.log, event.line) == (violation.log, violation.line):
        return matcher, event
    return trail.standing_before(violation.log, violation.line)


def explained_at(
    violation: Violation, matcher: Matcher, event: Event | None, interpreter: Interpreter, log_name: LogName
) -> Violated | None:
    """The violation with the conjunct that is false on some way to explain ``event`` from where ``matcher`` stands
    (in the initial state, without an event); None where no way shows it.
    """
    formula = formula_of(interpreter.spec, violation.property)
    if formula is None:
        return None
    is_step = any(item.is_step for item in matcher.properties if item.name == violation.property)
    try:
        for state, successor, action, arguments in islice(_steps(matcher, event, interpreter.spec), WAYS_MAX):
            if is_step and successor is None:
                continue
            found = _false(formula, state, successor, is_step, interpreter)
            if found is not None:
                return Violated(
                    property=violation.property,
                    line=violation.line,
                    on_all=violation.on_all,
                    log=log_name(violation.log) if violation.line is not None else "",
                    action=action,
                    arguments=arguments,
                    failure=failure_of(found),
                )
    except (TlatraceError, LimitReached):
        return None  # What cannot be found again is named without its conjunct; the verdict stands.
    return None


def _false(
    formula: tuple[ast.Expr, Scope], state: State, successor: State | None, is_step: bool, interpreter: Interpreter
) -> Obstacle | None:
    tree, scope = formula
    if is_step:
        return why_false(interpreter, tree, scope, state, successor)
    return why_false(interpreter, tree, scope, state if successor is None else successor)


def _steps(matcher: Matcher, event: Event | None, spec: Spec) -> Iterator[Step]:
    """Every step on the ways to explain the event, silent ones and those within a composition included."""
    if event is None:
        for node in matcher.nodes:
            yield node.state, None, "", ()
        return
    prepared = matcher.prepare(event)
    names = _parameters(spec)
    fresh = [Node(node.state, CLEAN, NO_ACTIONS, Chain(None, None, node.state)) for node in matcher.nodes]
    for start in matcher.starts_from(prepared.rule, prepared.arguments, fresh):
        for node in matcher.stepper.explanations(prepared, start):
            if node.trail is not None:
                yield from _steps_of(node.trail, names)


def _parameters(spec: Spec) -> dict[str, tuple[str, ...]]:
    """The names of the parameters of actions."""
    return {
        a.definition.name: tuple(p.name for p in a.definition.parameters)
        for a in spec.actions
        if a.definition is not None
    }


def _steps_of(chain: Chain, names: Mapping[str, tuple[str, ...]]) -> Iterator[Step]:
    witness = chain.witness()
    state = witness.initial
    for step in witness.steps:
        successor = changed(state, step.changes)
        arguments = tuple(zip(names.get(step.action, ()), map(short_text, step.arguments), strict=False))
        yield state, successor, step.action, arguments
        state = successor
