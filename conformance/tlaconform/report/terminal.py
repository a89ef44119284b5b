"""Verdicts as a person reads them.

A rejection answers, in this order: where in the trace, what was logged, what the last accepted state was (only what
matters), and for every candidate action which conjunct forbids it, at which place of the specification, with which
values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tlaconform.report.findings import (
    advice_lines,
    blame_lines,
    shrunk_lines,
    strength_lines,
    violation_lines,
    widest_text,
)
from tlaconform.report.summary import summary_table
from tlaconform.report.text import NAMES_SHOWN_MAX, cut, names_text, place_text, printable, table
from tlaconform.style import Style as Style
from tlatrace.engine.spec_run import SpecRun
from tlatrace.engine.verdict import Decision, Explanation, Failure, Mismatch, Problem, Verdict

EVENT_WIDTH_MAX = 600
RATED_EVENTS_MIN = 1_000
"""Fewer events than this take no time that is worth telling."""

LONG_OPERAND = 60
CANDIDATES_SHOWN_MAX = 8
"""Nearest misses first: what comes after these seldom is what went wrong."""

PRINTED_SHOWN_MAX = 3


def render_verdicts(verdicts: Sequence[Verdict], style: Style) -> str:
    """All verdicts; for several, then a table of them, how many there are of each, and the coverage of all together."""
    verdicts = [_printable(verdict) for verdict in verdicts]
    blocks = [_block(verdict, style) for verdict in verdicts]
    if len(verdicts) > 1:
        blocks.append("\n".join(summary_table(verdicts, style)) + "\n")
        blocks.append(_summary(verdicts, style))
    return "\n".join(blocks)


def render_verdict(verdict: Verdict, style: Style) -> str:
    """One verdict; the text ends with a newline."""
    return _block(_printable(verdict), style)


def _printable(verdict: Verdict) -> Verdict:
    """The event stays as it is: its characters are escaped when it is JSON, lest that escape the escapes."""
    return replace(printable(verdict), event=verdict.event)


def _block(verdict: Verdict, style: Style) -> str:
    return "\n".join(_lines(verdict, style)) + "\n"


def render_problems(problems: Iterable[Problem], style: Style, indent: str = "  ") -> Iterator[str]:
    """What is wrong with the input, with its places; the lines have no ends."""
    for problem in printable(tuple(problems)):
        place = f"{place_text(problem.location)}: " if problem.location else ""
        yield f"{indent}{place}{problem.message}"
        yield from (f"{indent}  {line}" for line in problem.context)
        if problem.hint:
            yield f"{indent}{style.dim('hint:')} {problem.hint}"


def _lines(verdict: Verdict, style: Style) -> Iterator[str]:
    yield _headline(verdict, style)
    if verdict.problems:
        yield from render_problems(verdict.problems, style)
    elif verdict.decision is Decision.REJECTED and (verdict.event is not None or verdict.candidates):
        yield from _rejection(verdict, style)
    else:
        if verdict.reason:
            problem = Problem(message=verdict.reason, location=verdict.error_location, hint=verdict.hint)
            yield from render_problems((problem,), style)
        yield from _violations(verdict, style)
    for note in verdict.notes:
        yield f"  note: {note}"
    if verdict.run is not None:
        yield from _run(verdict.run, verdict.decision)
    if verdict.strength.events and verdict.decision is not Decision.REJECTED:
        yield from _strength(verdict, style)


_PARTS = {"initial state": "it does not hold initially", "step": "a step that it does not allow"}
"""How a property of a trace specification is violated, where TLC's word for it does not say."""


def _run(run: SpecRun, decision: Decision) -> Iterator[str]:
    if run.decided_by:
        how = _PARTS.get(run.violated_part, run.result)
        yield f"  decided by {', '.join(run.decided_by)} ({how})"
    counts = f"{run.distinct_states:,} distinct states, {run.generated_states:,} generated, depth {run.depth:,}"
    yield f"  search:    {counts}{', ended by TLCSet' if run.was_stopped else ''}"
    if decision is not Decision.ACCEPTED and run.printed:
        yield "  the last that the specification printed:"
        yield from (f"    {cut(line)}" for line in run.printed[-PRINTED_SHOWN_MAX:])


def _matched(run: SpecRun) -> str:
    if run.events is None:
        return f"depth {run.depth:,}"
    return f"{run.events:,} of {run.events_total:,} events matched"


def _headline(verdict: Verdict, style: Style) -> str:
    paint = {Decision.ACCEPTED: style.good, Decision.REJECTED: style.bad}.get(verdict.decision, style.warn)
    events = verdict.strength.events
    rate = f", {events / verdict.seconds:,.0f}/s" if verdict.seconds > 0 and events >= RATED_EVENTS_MIN else ""
    where = f":{verdict.line}" if verdict.line and verdict.decision is not Decision.ACCEPTED else ""
    name = verdict.log if where and verdict.log else verdict.trace
    counted = f"{events or 'no'} event" if events <= 1 else f"{events:,} events"
    if verdict.run is not None:
        counted = _matched(verdict.run)
    elif verdict.decision is not Decision.ACCEPTED:
        counted += " explained before it" if verdict.line else " explained"
    return f"{paint(verdict.decision.value.upper())}  {style.bold(name + where)}  ({counted}{rate})"


def _rejection(verdict: Verdict, style: Style) -> Iterator[str]:
    yield f"  {verdict.reason[:1].upper()}{verdict.reason[1:]}:"
    if verdict.event is not None:
        yield f"    {_event_text(verdict.event)}"
    if verdict.state:
        yield ""
        yield "  The state before it, as far as it matters:"
        yield from table(verdict.state, "    ")
    yield from _violations(verdict, style)
    for number, explanation in enumerate(verdict.candidates[:CANDIDATES_SHOWN_MAX], 1):
        yield ""
        yield from _explanation(number, explanation, style, verdict.line)
    omitted = max(0, len(verdict.candidates) - CANDIDATES_SHOWN_MAX) + verdict.candidates_omitted
    if omitted:
        yield f"  … and {omitted} more that are further from explaining it"
    if verdict.blame is not None:
        yield from blame_lines(verdict.blame, style)
    if verdict.shrunk is not None:
        yield from shrunk_lines(verdict.shrunk, style)
    yield ""


def _violations(verdict: Verdict, style: Style) -> Iterator[str]:
    for violated in verdict.violations:
        yield from violation_lines(violated, style, (verdict.log, verdict.line))
        if violated.failure is not None:
            yield from _failure(violated.failure, "     ", style)


def _event_text(event: Mapping[str, Any]) -> str:
    text = printable(json.dumps(event, ensure_ascii=False))
    return text if len(text) <= EVENT_WIDTH_MAX else text[:EVENT_WIDTH_MAX] + " …"


def _explanation(number: int, explanation: Explanation, style: Style, line: int | None) -> Iterator[str]:
    place = f"  {style.dim(place_text(explanation.location))}" if explanation.location else ""
    yield f"  {number}. {style.bold(explanation.candidate)}{place}{_how_often(explanation)}"
    if explanation.line is not None and (explanation.line != line or explanation.log):
        yield f"     for {explanation.log or 'the event'}:{explanation.line}"
    if explanation.excluded:
        yield f"     {explanation.excluded}"
        return
    if explanation.arguments:
        yield from table(explanation.arguments, "       with ")
    if explanation.action and explanation.action.split("(")[0] not in explanation.candidate.split("(")[0]:
        yield f"     at {explanation.action}"
    if explanation.changes:
        yield f"     this step breaks {style.bad(explanation.broken_property or '')}:"
        for name, before, after in explanation.changes:
            yield f"       {name}"
            yield f"         before: {cut(before)}"
            yield f"         after:  {cut(after)}"
    yield from _failures(explanation.failures, "     ", style)
    if explanation.mismatches:
        yield "     the step is allowed, but its outcome is not what was logged:"
    for mismatch in explanation.mismatches:
        yield from _mismatch(mismatch, style)
    if explanation.broken_property and not explanation.changes:
        yield f"     the step is allowed, but breaks {style.bad(explanation.broken_property)}"
    if not (explanation.failures or explanation.mismatches or explanation.broken_property):
        yield "     no instance of this action is enabled here"


def _how_often(explanation: Explanation) -> str:
    """In how many of the states that the event could start from it is so, where there are several."""
    if explanation.states_total == 1:
        return ""
    also = f", {explanation.variants} variants" if explanation.variants > 1 else ""
    unseen = f", {explanation.states_unexamined:,} not looked at" if explanation.states_unexamined else ""
    return f"  in {explanation.states:,} of {explanation.states_total:,} states{also}{unseen}"


def _failures(failures: Sequence[Failure], indent: str, style: Style, *, is_inner: bool = False) -> Iterator[str]:
    """Several, those of the same conjunct with the bound names by which they differ."""
    for failure in failures:
        same = [other for other in failures if (other.location, other.text) == (failure.location, failure.text)]
        apart = {name for name, _ in failure.bindings if len({dict(other.bindings).get(name) for other in same}) > 1}
        yield from _failure(failure, indent, style, is_inner=is_inner, apart=apart)


def _failure(
    failure: Failure, indent: str, style: Style, *, is_inner: bool = False, apart: Collection[str] = ()
) -> Iterator[str]:
    if failure.kind == "cut":
        yield f"{indent}{failure.detail}"
        return
    yield f"{indent}{place_text(failure.location)}: {_what(failure, is_inner)}"
    yield f"{indent}    {style.bad(failure.text)}"
    if failure.detail:
        yield f"{indent}    {failure.detail}"
    names = set(apart)
    if is_inner and not failure.inner:
        names |= {name for name, _ in failure.bindings if re.search(rf"\b{re.escape(name)}\b", failure.text)}
    rows = [*((name, value) for name, value in failure.bindings if name in names), *_telling_operands(failure)]
    yield from table([row for row in rows if len(row[1]) <= LONG_OPERAND or not is_inner], f"{indent}      ")
    yield from _failures(failure.inner, indent + "    ", style, is_inner=True)


def _telling_operands(failure: Failure) -> list[tuple[str, str]]:
    """The operands without those that the parts of the conjunct show too, and without large values that another operand
    stands for (``log[i]`` where ``Len(log[i])`` is shown).
    """
    shown = {expression for inner in failure.inner for expression, _ in inner.operands}
    return [
        (expression, value)
        for expression, value in failure.operands
        if expression not in shown
        and not (
            len(value) > LONG_OPERAND
            and any(expression in other and expression != other for other, _ in failure.operands)
        )
    ]


def _what(failure: Failure, is_inner: bool) -> str:
    if failure.kind == "domain":
        return "the argument is not one that Next allows:"
    verb = "cannot be evaluated" if failure.kind == "error" else "is false"
    if is_inner:
        return f"because this {verb}:"
    before = {0: "", 1: " (the one before it holds)"}.get(failure.held, f" (the {failure.held} before it hold)")
    return f"this {verb}{before}:"


def _mismatch(mismatch: Mismatch, style: Style) -> Iterator[str]:
    yield f"       {style.bad(mismatch.observation)}  {style.dim(place_text(mismatch.location))}"
    yield f"         specification: {cut(mismatch.expected)}"
    yield f"         logged:        {cut(mismatch.logged)}   ({mismatch.logged_as})"
    for path, expected, logged in mismatch.differences[:NAMES_SHOWN_MAX]:
        yield f"           {path}: {expected} in the specification, {logged} in the log"
    more = len(mismatch.differences) - NAMES_SHOWN_MAX
    if more > 0:
        yield f"           … and {more} more differences"


def _strength(verdict: Verdict, style: Style) -> Iterator[str]:
    strength = verdict.strength
    if strength.is_too_low and verdict.decision is Decision.ACCEPTED:
        found = f"strength {strength.score:.2f} is below --min-strength {strength.required:g}"
        yield f"  {style.bad('TOO WEAK')}: {found}"
    if strength.is_vacuous:
        yield style.warn(
            "  NOTHING WAS OBSERVED: the mapping compares nothing in the trace with the specification and gives no"
        )
        yield "  action its arguments. This verdict says only that the specification has a behavior of that length."
    total = len(strength.actions) + len(strength.actions_never)
    yield f"  actions:   {len(strength.actions)} of {total} exercised: {_counts(strength.actions)}"
    if strength.actions_never:
        yield f"  never:     {names_text(strength.actions_never)}"
    variables = len(strength.observed) + len(strength.never_observed)
    unseen = f"; never: {names_text(strength.never_observed)}" if strength.never_observed else ""
    yield f"  observed:  {len(strength.observed)} of {variables} variables, strength {strength.score:.2f}{unseen}"
    if strength.frontier_max > 1:
        mean, most = f"{strength.frontier_mean:.1f}", f"{strength.frontier_max:,}"
        where = "" if strength.details is None else widest_text(strength.details)
        yield f"  ambiguity: {mean} states explain the trace on average, {most} at most{where}"
    yield from strength_lines(strength, style)
    if verdict.advice is not None:
        yield from advice_lines(verdict.advice)


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return names_text([f"{name} {count:,}" for name, count in ordered])


def _summary(verdicts: Sequence[Verdict], style: Style) -> str:
    counts = [
        f"{sum(v.decision is d for v in verdicts)} {d.value}"
        for d in Decision
        if any(v.decision is d for v in verdicts)
    ]
    exercised = {name for v in verdicts for name in v.strength.actions}
    known = exercised | {name for v in verdicts for name in v.strength.actions_never}
    missing = sorted(known - exercised)
    lines = [f"{style.bold(f'{len(verdicts)} traces')}: {', '.join(counts)}"]
    if known:
        tail = f"; never: {names_text(missing)}" if missing else ""
        lines.append(f"  actions over all traces: {len(exercised)} of {len(known)} exercised{tail}")
    return "\n".join(lines) + "\n"
