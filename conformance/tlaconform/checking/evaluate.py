"""What an expression is at some line of a trace: in every state that explains the trace up to there.

Later events are not looked at: what they rule out is still possible at the line. An expression with primes is evaluated
in the step that the event of the line reports, from each state that it may start from (after any silent steps) to each
state that it leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlaconform.checking.session import LiveCheck
from tlaconform.checking.source import Trace, open_source
from tlaconform.checking.workbench import Workbench
from tlaconform.errors import ConformanceError
from tlatrace.compile.api import Evaluate, State
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.states import key_of
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics import check_expression
from tlatrace.semantics.reads import speaks_of_steps
from tlatrace.semantics.spec import Scope
from tlatrace.syntax import ast, parse_expression
from tlatrace.syntax.rewrite import walk
from tlatrace.traces import Event
from tlatrace.values import Value, to_text
from tlatrace.values.json_values import to_json

EXPRESSION = "<expression>"
"""What the expression is called in errors."""

_TEMPORAL = frozenset({"[]", "<>", "~>", "WF_", "SF_", "-+->"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value, or what is wrong where there is none (``error``), and in how many states (or steps) it is that."""

    text: str
    count: int
    json: object = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The values of an expression, the most frequent first.

    ``line`` is that of the event after which (``is_step``: in whose step) it was evaluated; None for the first states.
    ``because`` says why the trace was not followed further, where nobody asked for an earlier line.
    """

    trace: str
    expression: str
    is_step: bool
    line: int | None
    event: Mapping[str, Any] | None
    count: int
    values: tuple[Found, ...]
    because: str = ""

    @property
    def has_errors(self) -> bool:
        return any(found.error for found in self.values)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": "tla-conformance/evaluation",
            "version": 1,
            "trace": self.trace,
            "expression": self.expression,
            "of": "steps" if self.is_step else "states",
            "line": self.line,
            "event": self.event,
            "count": self.count,
            "values": [
                {"error": found.error, "count": found.count}
                if found.error
                else {"value": found.text, "json": found.json, "count": found.count}
                for found in self.values
            ],
            "because": self.because,
        }


def evaluate(expression: str, trace: Trace, workbench: Workbench, at: int | None = None) -> Evaluation:
    """Evaluate ``expression`` after the event of line ``at`` (0: in the initial states), or after the last event that
    is explained.

    Raises:
        TlatraceError: the expression is not one over the specification, the trace cannot be read as far as the line, or
            the line has no event, or is beyond the events that are explained.
    """
    with open_source(trace, workbench) as source:
        live = LiveCheck(workbench, source.header, source.name)
        scope = live.loaded.spec.scope
        tree = _tree(expression, scope)
        is_step = speaks_of_steps(tree, scope)
        if is_step and at == 0:
            raise _wrong("the initial states are no step, and this expression has primes", "a line with an event")
        if not source.is_in_order:
            raise ConformanceError(
                "the events of this trace are ordered only in part, so a line is no place in a behavior; expected one "
                "log, in its own order or by a key",
                location=Location(source.name, 0, 0, 0, 0),
            )
        for log in source.logs:
            log.cuts_torn_tail = True
        compiled = live.loaded.compiled.expression(tree, scope, ())
        reached = _reach(live, iter(source), at, keeps_before=is_step)
        if not reached.because:
            reached.because = "; ".join(note for log in source.logs if log.torn_line is not None for note in log.notes)
    if reached.event is None and is_step:
        raise _wrong("no event is explained, so there is no step, and this expression has primes", "one without")
    pairs = list(reached.steps() if is_step else ((state, None) for state in live.matcher.frontier))
    return Evaluation(
        trace=live.trace,
        expression=expression,
        is_step=is_step,
        line=None if reached.event is None else reached.event.line,
        event=None if reached.event is None else reached.event.fields,
        count=len(pairs),
        values=_values(compiled, pairs),
        because=reached.because,
    )


def _tree(expression: str, scope: Scope) -> ast.Expr:
    tree = check_expression(parse_expression(expression, EXPRESSION), scope)
    for node in walk(tree):
        if isinstance(node, ast.Apply) and node.operator in _TEMPORAL:
            raise _wrong(f"{node.operator} speaks of whole behaviors", "a formula of a state or a step", node.location)
    return tree


@dataclass(slots=True)
class _Reached:
    """How far a trace was followed: the last event, and a matcher that stands before it if that was asked for."""

    event: Event | None = None
    before: Matcher | None = None
    because: str = ""

    def steps(self) -> Iterator[tuple[State, State]]:
        """Each step that the event may report, once."""
        matcher, event = self.before, self.event
        assert matcher is not None and event is not None, "what was asked for is kept"  # noqa: PT018
        prepared = matcher.prepare(event)
        seen = set()
        for start in matcher.starts_from(prepared.rule, prepared.arguments, matcher.nodes):
            for node in matcher.stepper.explained(prepared, [start]).nodes():
                key = key_of(start.state), key_of(node.state)
                if key not in seen:
                    seen.add(key)
                    yield start.state, node.state


def _reach(live: LiveCheck, events: Iterator[Event], at: int | None, *, keeps_before: bool) -> _Reached:
    reached = _Reached()
    if at == 0:
        return reached
    for event in events:
        if at is not None and event.line > at:
            nearest = f"the event before it is in line {reached.event.line}" if reached.event else "the first event"
            raise _not_there(live, at, f"it has no event; {nearest}, the next one in line {event.line}")
        before = live.matcher.fork() if keeps_before else None
        verdict = live.feed(event)
        if verdict is not None:
            reached.because = f"the event of line {event.line} was {verdict.decision.value}: {verdict.reason}"
            break
        reached.event, reached.before = event, before
        if event.line == at:
            return reached
    if live.matcher.finish() is Status.VIOLATED and reached.event is None and not reached.because:
        reached.because = "every initial state violates a property"
    if at is not None:
        last = f"the last event that is explained is in line {reached.event.line}" if reached.event else ""
        raise _not_there(live, at, "; ".join(part for part in (reached.because, last) if part) or "there is no event")
    return reached


def _values(compiled: Evaluate, pairs: Sequence[tuple[State, State | None]]) -> tuple[Found, ...]:
    counts: dict[tuple[str, str], int] = {}
    values: dict[tuple[str, str], Value] = {}
    for state, successor in pairs:
        try:
            value = compiled(state, successor)
            key = to_text(value), ""
            values.setdefault(key, value)
        except TlatraceError as error:
            key = "", error.message
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        Found(text, count, None if error else _json(values[text, error]), error)
        for (text, error), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _json(value: Value) -> object:
    try:
        return to_json(value)
    except TlatraceError:
        return None  # infinite: its text is all there is


def _not_there(live: LiveCheck, at: int, why: str) -> ConformanceError:
    return ConformanceError(
        f"line {at} of the trace cannot be looked at: {why}; expected the line of an event that is explained",
        location=Location(live.trace, at, 1, at, 1),
    )


def _wrong(found: str, expected: str, location: Location | None = None) -> ConformanceError:
    return ConformanceError(f"{found}; expected {expected}", location=location or Location(EXPRESSION, 1, 1, 1, 1))
