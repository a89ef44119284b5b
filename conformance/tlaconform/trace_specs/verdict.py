"""From what a run of a trace specification found to a verdict on the trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tlaconform.problems import problems_of
from tlatrace.compile import CompiledSpec, Interpreter
from tlatrace.engine.explore import Exploration, Result
from tlatrace.engine.explore.broken_step import BrokenStep, broken_step, part_violated
from tlatrace.engine.explore.cursor import Cursor, find_cursor
from tlatrace.engine.explore.furthest import Furthest, furthest_of, why_no_further
from tlatrace.engine.explore.search import Search
from tlatrace.engine.explore.stepwise import StepwiseSearch
from tlatrace.engine.outcomes import short_text
from tlatrace.engine.spec_run import SpecRun
from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.semantics.reads import variables_read
from tlatrace.semantics.spec import NamedFormula, Spec
from tlatrace.stdlib import current_run
from tlatrace.stdlib.community.json_files import read_text
from tlatrace.values import Value, equal, to_json

_IDENTIFIER = re.compile(r"\w+")

_ENDED_BADLY = (Result.SAFETY, Result.LIVENESS, Result.DEADLOCK, Result.ASSUMPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a search when it is over, beside its result.

    ``event`` is what no behavior explains, ``written`` the same as the trace has it, ``line`` its line. ``witnesses``
    are the invariants whose violation at the end of the trace is what the specification is after, and which hold in
    every state that was reached. ``step`` is the one that a property does not allow; then ``furthest`` is its first
    state.
    """

    cursor: Cursor | None
    furthest: Furthest
    line: int | None
    event: Value | None
    written: Mapping[str, Any] | None
    witnesses: tuple[NamedFormula, ...]
    candidates: tuple[Explanation, ...]
    candidates_omitted: int
    step: BrokenStep | None = None


def look(
    evaluator: CompiledSpec, interpreter: Interpreter, search: Search | StepwiseSearch, exploration: Exploration
) -> Found:
    """How far the search came, and where it did not come to the end, why. The search's run is the current one."""
    cursor = _cursor(evaluator)
    states = exploration.counterexample.states
    step = broken_step(interpreter, exploration)
    if step is None:
        furthest = furthest_of(search, cursor, states[-1].state if states else None)
    else:
        position = None if cursor is None else cursor.position(step.before, step.level)
        furthest = Furthest(level=step.level, position=position, states=(step.before,), count=1)
    position = furthest.position
    event = None if cursor is None or position is None else cursor.event(position)
    witnesses = () if cursor is None else tuple(_witnesses(evaluator, cursor, furthest))
    candidates: tuple[Explanation, ...] = ()
    omitted = 0
    is_short = event is not None or cursor is None
    if step is not None:
        candidates = (step.explanation,)
    elif is_short and (witnesses or exploration.result in _ENDED_BADLY):
        candidates, omitted = why_no_further(evaluator, interpreter, search, furthest)
    place = None if cursor is None or position is None else _place(cursor, min(position, len(cursor.log)))
    return Found(
        cursor=cursor,
        furthest=furthest,
        line=None if place is None else place[1],
        event=event,
        written=None if event is None else _as_written(place, event),
        witnesses=witnesses,
        candidates=candidates,
        candidates_omitted=omitted,
        step=step,
    )


def _cursor(evaluator: CompiledSpec) -> Cursor | None:
    try:
        return find_cursor(evaluator)
    except TlatraceError:
        # The search met this, too, and its result says so.
        return None


def _witnesses(evaluator: CompiledSpec, cursor: Cursor, furthest: Furthest) -> Iterator[NamedFormula]:
    """The invariants that read the place in the trace alone, and that its end would violate."""
    variable = cursor.variable
    if variable is None or not furthest.states:
        return
    for invariant in evaluator.spec.invariants:
        if variables_read(invariant.body, invariant.scope) != {variable.name}:
            continue
        state = furthest.states[0]
        end = (*state[: variable.index], len(cursor.log) + 1, *state[variable.index + 1 :])
        try:
            if evaluator.expression(invariant.body, invariant.scope)(end, None) is False:
                yield invariant
        except TlatraceError:
            continue


def _place(cursor: Cursor, position: int) -> tuple[str, int] | None:
    """The file, and the line of it, that an event stands in."""
    event = cursor.event(position)
    read = current_run().lines
    if event is None or not read:
        return None
    for file, line, value in read:
        if value is event:
            return file, line
    same = [(file, line) for file, line, value in read if equal(value, event)]
    before = sum(equal(each, event) for each in islice(cursor.log, position - 1)) if len(same) > 1 else 0
    return same[before] if before < len(same) else None


def decide(
    trace: str,
    spec: Spec,
    exploration: Exploration,
    found: Found | None,
    printed: tuple[str, ...],
    check_deadlock: bool | None,
) -> Verdict:
    """The verdict of a run. ``found`` is None where it did not come to a search, or the search was cut off."""
    judged = _judge(spec, exploration, found)
    run = _run(spec, exploration, found, printed, judged, check_deadlock)
    is_accepted = judged.decision is Decision.ACCEPTED
    notes = (*judged.notes, *exploration.notes, *(_warnings(run) if is_accepted else ()))
    problems = problems_of(exploration.error) if judged.decision is Decision.INVALID and exploration.error else ()
    state = found.furthest.states[0] if found is not None and found.furthest.states and not is_accepted else None
    return Verdict(
        trace=trace,
        decision=judged.decision,
        line=None if found is None else found.line,
        event=None if found is None or is_accepted else found.written,
        reason=judged.reason,
        hint=problems[0].hint if problems else "",
        state=() if state is None or found is None else _shown(spec, state, found.candidates),
        candidates=() if found is None or is_accepted else found.candidates,
        candidates_omitted=0 if found is None or is_accepted else found.candidates_omitted,
        run=run,
        notes=notes,
        error_location=None if is_accepted else exploration.location,
        problems=problems,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    decision: Decision
    decided_by: tuple[str, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()


def _judge(spec: Spec, exploration: Exploration, found: Found | None) -> _Judged:
    result, names = exploration.result, exploration.violated
    is_whole = found is not None and found.cursor is not None and found.event is None
    match result:
        case Result.SUCCESS if found is not None and found.witnesses and not is_whole:
            held = tuple(each.name for each in found.witnesses)
            reason = f"the end of the trace would violate {', '.join(held)}, and was not reached{_where(found)}"
            return _Judged(Decision.REJECTED, held, reason)
        case Result.SUCCESS:
            return _Judged(Decision.ACCEPTED, _could_reject(spec, found, check_deadlock=False) or ("complete search",))
        case Result.SAFETY if found is not None and is_whole and set(names) <= {each.name for each in found.witnesses}:
            note = f"{names[0]} is violated at the end of the trace: the behavior that does it is the witness"
            return _Judged(Decision.ACCEPTED, names, notes=(note,))
        case Result.DEADLOCK if is_whole:
            note = "the search ends in a deadlock behind the last event: TLC reports it, and the trace is matched"
            return _Judged(Decision.ACCEPTED, ("deadlock",), notes=(note,))
        case Result.DEADLOCK:
            return _Judged(Decision.REJECTED, ("deadlock",), f"the search ends in a deadlock{_where(found)}")
        case Result.LIVENESS if found is not None and found.step is not None:
            reason = f"the property {names[0]} does not allow a step{_of_event(found)}"
            return _Judged(Decision.REJECTED, names, reason)
        case Result.SAFETY | Result.LIVENESS:
            kind = "invariant" if any(each.name in names for each in spec.invariants) else "property"
            return _Judged(Decision.REJECTED, names, f"the {kind} {', '.join(names)} is violated{_where(found)}")
        case Result.ASSUMPTION if exploration.error is None:
            post = spec.postcondition
            if post is not None and names == (post.name,):
                return _Judged(Decision.REJECTED, names, f"the postcondition {post.name} is false{_where(found)}")
            name = "an ASSUME" if names == ("ASSUME",) else f"the ASSUME {', '.join(names)}"
            return _Judged(Decision.REJECTED, names, f"{name} is false with this trace")
        case Result.ASSERTION:
            message = "" if exploration.error is None else exploration.error.message
            return _Judged(Decision.REJECTED, ("Assert",), f"{message}{_where(found)}")
        case Result.UNDECIDED:
            return _Judged(Decision.UNDECIDED, (), f"the limit {exploration.limit} was reached{_where(found)}")
        case _:
            message = "" if exploration.error is None else exploration.error.message
            return _Judged(Decision.INVALID, (), message)


def _where(found: Found | None) -> str:
    """How far the search came, as the end of a sentence."""
    if found is None:
        return ""
    if found.cursor is None or found.furthest.position is None:
        return f"; the search came to depth {found.furthest.level}"
    total = len(found.cursor.log)
    if found.event is None:
        return f"; the search came to the end of the trace ({total} events)"
    line = "" if found.line is None else f" (line {found.line})"
    return f"; no behavior explains event {found.furthest.position} of {total}{line}"


def _of_event(found: Found) -> str:
    """Which event a step takes, as the end of a sentence."""
    step, cursor, position = found.step, found.cursor, found.furthest.position
    assert step is not None
    if cursor is None or position is None:
        return f" at depth {found.furthest.level}"
    total = len(cursor.log)
    if found.event is None:
        return f" after the end of the trace ({total} events)"
    line = "" if found.line is None else f" (line {found.line})"
    is_taken = cursor.variable is None or any(name == cursor.name for name, _, _ in step.explanation.changes)
    return f" {'that takes' if is_taken else 'on the way to'} event {position} of {total}{line}"


def _could_reject(spec: Spec, found: Found | None, *, check_deadlock: bool) -> tuple[str, ...]:
    """What of the configuration could reject a trace because it ends early: not constraints, which only end the search,
    nor what can hold of every prefix.
    """
    names = [each.name for each in spec.properties]
    names += [each.name for each in (found.witnesses if found is not None else ())]
    if spec.postcondition is not None:
        names.append(spec.postcondition.name)
    if check_deadlock:
        names.append("deadlock")
    return tuple(names)


def _run(
    spec: Spec,
    exploration: Exploration,
    found: Found | None,
    printed: tuple[str, ...],
    judged: _Judged,
    check_deadlock: bool | None,
) -> SpecRun:
    checks_deadlock = check_deadlock if check_deadlock is not None else spec.check_deadlock is not False
    counts = exploration.counts
    cursor = None if found is None else found.cursor
    position = None if found is None else found.furthest.position
    return SpecRun(
        result=exploration.result.value,
        decided_by=judged.decided_by,
        could_reject=_could_reject(spec, found, check_deadlock=checks_deadlock)
        or (tuple(each.name for each in spec.assumptions) if not exploration.has_behavior else ()),
        distinct_states=counts.distinct_states,
        generated_states=counts.generated_states,
        depth=counts.depth,
        queue=counts.queue,
        events=None if cursor is None or position is None else max(0, min(position - 1, len(cursor.log))),
        events_total=None if cursor is None else len(cursor.log),
        index=None if cursor is None else cursor.name,
        furthest=0 if found is None else found.furthest.count,
        was_stopped=exploration.was_stopped,
        printed=printed,
        violated_part=part_violated(exploration),
    )


def _warnings(run: SpecRun) -> Iterator[str]:
    """What makes an acceptance worth less than it looks."""
    if run.events_total == 0:
        yield "NOTHING WAS CHECKED: the trace has no event, as the specification reads it"
    if run.is_vacuous:
        yield (
            "NOTHING COULD REJECT: the configuration has no property, postcondition or deadlock check, so that every "
            "trace is accepted whose invariants hold as far as it is matched"
        )
    if run.is_whole is False:
        yield (
            f"the configuration accepts, although only {run.events} of {run.events_total} events were matched; "
            f"{', '.join(run.could_reject) or 'it'} does not ask for the others"
        )


def _as_written(place: tuple[str, int] | None, event: Value) -> Mapping[str, Any] | None:
    """The event as its line has it: TLA+ has no fractions, and cuts long numbers."""
    try:
        plain = to_json(event) if place is None else json.loads(read_text(Path(place[0])).split("\n")[place[1] - 1])
    except (TlatraceError, ValueError, IndexError):
        plain = to_json(event)  # the file is another one by now
    return plain if isinstance(plain, dict) else None


def _shown(spec: Spec, state: Sequence[Value], candidates: Sequence[Explanation]) -> tuple[tuple[str, str], ...]:
    """The variables that the explanations speak of; all of them where there are none."""
    texts = [text for each in candidates for failure in each.failures for text in _texts(failure)]
    wanted = set(_IDENTIFIER.findall(" ".join(texts)))
    return tuple(
        (variable.name, short_text(state[variable.index]))
        for variable in spec.variables
        if not candidates or variable.name in wanted
    )


def _texts(failure: Failure) -> Iterator[str]:
    if not failure.inner:
        yield failure.text
        yield from (expression for expression, _ in failure.operands)
    for inner in failure.inner:
        yield from _texts(inner)
