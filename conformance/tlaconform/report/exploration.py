"""An exploration as a person reads it, and as one JSON object (``exploration.schema.json``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlaconform.problems import problems_of
from tlaconform.report.terminal import Style, render_problems
from tlaconform.report.text import printable
from tlatrace.compile import ExpressionError
from tlatrace.engine.explore import Exploration, Result, TraceState
from tlatrace.engine.verdict import location_json
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.values import FunctionValue, ModelValue, SequenceValue, SetValue, same, shown, to_text

if TYPE_CHECKING:
    from tlaconform.explore import ExploreOutcome

WIDTH = 120
"""Values longer than a line are broken as TLA+ is written."""

REPORT_VERSION = 1

_SHOWN = (bool, int, str, ModelValue, SequenceValue, FunctionValue, SetValue)
"""What a name can stand for and be printed at once; a set given by a rule may be too large for it."""


def exploration_object(outcome: ExploreOutcome) -> dict[str, Any]:
    """What ``--json`` prints."""
    found = outcome.exploration
    example = found.counterexample
    result: dict[str, Any] = {
        "format": "tla-conformance/exploration",
        "version": REPORT_VERSION,
        "spec": outcome.spec.name,
        "result": found.result.value,
        "distinct_states": found.counts.distinct_states,
        "generated_states": found.counts.generated_states,
        "depth": found.counts.depth,
        "queue": found.counts.queue,
        "trace_length": len(example.states),
        "violated": list(found.violated),
        "location": None if found.location is None else location_json(found.location),
        "error": None if found.error is None else str(found.error),
        "limit": found.limit or None,
        "trace": [_state_json(state) for state in example.states],
        "loop_start": example.loop_start,
        "has_behavior": found.has_behavior,
        "seconds": round(found.seconds, 3),
        "notes": list(found.notes),
        "provenance": outcome.provenance,
    }
    return result


def exploration_json(outcome: ExploreOutcome) -> str:
    """One line of JSON with its end."""
    return json.dumps(exploration_object(outcome), ensure_ascii=False) + "\n"


def invalid_json(spec: Path, error: TlatraceError) -> str:
    """The same for a specification that cannot be explored: all that is wrong with it."""
    found = {
        "format": "tla-conformance/exploration",
        "version": REPORT_VERSION,
        "spec": spec.stem,
        "result": "invalid",
        "errors": [problem.to_json() for problem in problems_of(error)],
    }
    return json.dumps(found, ensure_ascii=False) + "\n"


def _state_json(state: TraceState) -> dict[str, Any]:
    return {
        "number": state.number,
        "action": state.action,
        "location": None if state.location is None else location_json(state.location),
        "values": {name: to_text(value) for name, value in state.values},
    }


def render_exploration(outcome: ExploreOutcome, style: Style, *, full: bool = False) -> str:
    """The verdict, the counterexample (what changed from state to state; ``full``: whole states), the counts."""
    return "".join(f"{line}\n" for line in _lines(outcome, style, full))


def _lines(outcome: ExploreOutcome, style: Style, full: bool) -> Iterator[str]:
    found = outcome.exploration
    yield _headline(outcome, style)
    if found.error is not None:
        from tlaconform.problems import problems_of

        yield from render_problems(problems_of(found.error), style)
        line = "" if found.error.location is None else outcome.spec.source_line(found.error.location).strip()
        if line:
            yield f"    {style.dim(line)}"
        yield from _bound(found.error, outcome)
    elif found.location is not None:
        yield f"  {_place(found.location)}"
    yield from _trace(found, style, full)
    for note in found.notes:
        yield f"note: {note}"
    counts = found.counts
    if found.has_behavior:
        rate = f", {counts.generated_states / found.seconds:,.0f} generated/s" if found.seconds >= 0.1 else ""
        yield (
            f"{counts.distinct_states:,} distinct states, {counts.generated_states:,} generated, depth {counts.depth}, "
            f"{counts.queue:,} left in the queue; {found.seconds:.1f} s{rate}"
        )


def _bound(error: TlatraceError, outcome: ExploreOutcome) -> Iterator[str]:
    """The values of the names in the expression that failed."""
    if not isinstance(error, ExpressionError) or error.location is None:
        return
    names = set(re.findall(r"\w+", outcome.spec.source_line(error.location)))
    for name, value in error.bound:
        if name in names and isinstance(value, _SHOWN):
            yield f"    where {name} = {printable(shown(value))}"


def _headline(outcome: ExploreOutcome, style: Style) -> str:
    found, name = outcome.exploration, outcome.spec.name
    violated = " and ".join(found.violated)
    match found.result:
        case Result.SUCCESS if not found.has_behavior:
            count = len(outcome.spec.assumptions)
            return style.good("success") + f"   {name}: no behavior; {count} assumption{'s' * (count != 1)} hold"
        case Result.SUCCESS:
            return style.good("success") + f"   {name}: {_checked(outcome)}"
        case Result.SAFETY:
            return style.bad("violated") + f"  {violated} does not hold of every state"
        case Result.LIVENESS if found.counterexample.loop_start is None:
            what = "does not allow the last step" if len(found.counterexample.states) > 1 else "does not hold initially"
            return style.bad("violated") + f"  {violated} {what}"
        case Result.LIVENESS:
            return style.bad("violated") + f"  {violated} does not hold of a behavior that never ends"
        case Result.DEADLOCK:
            return style.bad("deadlock") + "  the last state has no successor"
        case Result.ASSUMPTION:
            return style.bad("violated") + f"  {violated} " + ("is FALSE" if found.error is None else "has no value")
        case Result.ASSERTION:
            return style.bad("violated") + "  an assertion"
        case Result.ERROR:
            what = violated or "an expression"
            return style.bad("error") + f"     {what} cannot be evaluated"
        case Result.UNDECIDED:
            return style.warn("undecided") + f" {name}: stopped by {found.limit}; nothing is violated so far"


def _checked(outcome: ExploreOutcome) -> str:
    spec = outcome.spec
    names = [each.name for each in (*spec.invariants, *spec.properties)]
    if not names:
        return "all states explored; no invariant and no property was given"
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"{shown} hold" if len(names) > 1 else f"{shown} holds"


def _trace(found: Exploration, style: Style, full: bool) -> Iterator[str]:
    before: TraceState | None = None
    for state in found.counterexample.states:
        action = state.action or "initial state"
        place = f"  {style.dim(_place(state.location))}" if state.location is not None else ""
        yield style.bold(f"{state.number}: {action}") + place
        known = {} if before is None or full else dict(before.values)
        changed = [(n, v) for n, v in state.values if n not in known or not same(known[n], v)]
        for name, value in changed:
            yield from _assignment(name, to_text(value, WIDTH - len(name) - 7))
        if not changed:
            yield "    (nothing changed)"
        before = state
    start = found.counterexample.loop_start
    if start is not None and before is not None:
        yield style.bold("and so on for ever: " + ("stuttering" if start == before.number else f"back to {start}"))


def _assignment(name: str, text: str) -> Iterator[str]:
    first, *rest = printable(text).split("\n")
    yield f"    {name} = {first}"
    indent = " " * (len(name) + 7)
    yield from (indent + line for line in rest)


def _place(location: Location) -> str:
    return f"{location.file}:{location.line}:{location.column}"
