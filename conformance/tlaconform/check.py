"""Checking traces: what ``conformance check`` does, as functions.

:func:`check_trace` judges a recorded file. :class:`LiveCheck` judges events as they happen, which is how the stateful
tests drive a running cluster against the specification.

Loading a specification is paid once for the same constants: a :class:`Workbench` keeps what it has compiled.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.alarm import ALARM_AFTER_SECONDS, TimeIsUp, alarm
from tlaconform.errors import ConformanceError, MappingError
from tlaconform.mapping import CompiledMapping, TraceMapping, compile_mapping, constants_of, read_mapping
from tlaconform.problems import problems_of
from tlatrace.compile import CodeCache, CompiledSpec, Interpreter, State, compile_spec
from tlatrace.engine.explain import explain, relevant_state
from tlatrace.engine.match import FRONTIER_STATES_MAX, Matcher, Property, Status, holds
from tlatrace.engine.states import StateSet
from tlatrace.engine.verdict import Decision, StrengthReport, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics import Spec, load_spec, read_config
from tlatrace.semantics.spec import NamedFormula
from tlatrace.syntax import Config, ast
from tlatrace.traces import STANDARD_INPUT, Event, TornTail, TraceError, TraceReader, open_trace
from tlatrace.values import Value, to_text

DISTRIBUTION = "tla-conformance"

EVENTS_BETWEEN_LOOKS = 64
"""Progress is told once in so many events: often enough for a person, too rarely to cost anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a trace is checked against, and how.

    ``torn_tail`` is ``error`` (a last line that was cut short makes the verdict invalid) or ``cut`` (it is left out,
    and the verdict says so). ``time_limit`` is in seconds for one trace, once the specification is loaded.
    ``min_strength`` is the score below which an accepted trace does not count as conforming
    (``verdict.strength.is_too_low``).
    """

    spec: Path
    mapping: Path
    config: Path | None = None
    library: tuple[Path, ...] = ()
    torn_tail: str = "error"
    max_frontier: int = FRONTIER_STATES_MAX
    max_events: int | None = None
    time_limit: float | None = None
    min_strength: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A specification with its constants, compiled, and the twin that explains."""

    spec: Spec
    compiled: CompiledSpec
    rules: CompiledMapping
    interpreter: Interpreter
    initial: tuple[State, ...]
    properties: tuple[Property, ...]
    broken_assumption: NamedFormula | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class Workbench:
    """The files of a check, read once, and the specifications compiled so far."""

    options: CheckOptions
    _mapping: TraceMapping | None = None
    _loaded: dict[tuple[tuple[str, bool, Value], ...], Loaded] = field(default_factory=dict)

    @property
    def mapping(self) -> TraceMapping:
        if self._mapping is None:
            self._mapping = read_mapping(self.options.mapping)
        return self._mapping

    def load(self, header: Mapping[str, Any], trace: str) -> Loaded:
        """The specification with the constants that the mapping takes from this header."""
        constants = constants_of(self.mapping, header, trace)
        # Python takes TRUE for 1.
        key = tuple((name, type(value) is bool, value) for name, value in sorted(constants.items(), key=_name_of))
        if key not in self._loaded:
            options = self.options
            config = read_config(options.config)
            self._refuse_two_values(config)
            spec = load_spec(options.spec, config, constants=constants, library=options.library)
            self._loaded[key] = _prepare(spec, self.mapping)
        self._refuse_other_module(header, trace)
        return self._loaded[key]

    def _refuse_other_module(self, header: Mapping[str, Any], trace: str) -> None:
        recorded, wanted = header.get("spec"), self.mapping.spec
        if wanted is not None and isinstance(recorded, str) and recorded != wanted:
            raise TraceError(
                f"this trace was recorded for the module {recorded}; expected {wanted}, as the mapping has it",
                location=Location(trace, 1, 1, 1, 1),
            )

    def _refuse_two_values(self, config: Config | None) -> None:
        """A constant has its value from the configuration or from the mapping: of two, one would be silently wrong."""
        if config is None:
            return
        given = {entry.name: entry.location for entry in config.constants}
        given |= {entry.name: entry.location for entry in config.substitutions}
        for name, written in self.mapping.constants.items():
            if name in given:
                raise MappingError(
                    f"the constant {name} has a value here, and another at {given[name]}; expected one of the two",
                    location=written.location,
                )

    def provenance(self, spec: Spec | None, reader: TraceReader | None) -> dict[str, Any]:
        """What the verdict was computed from."""
        options = self.options
        if reader is not None:
            reader.read_to_end()
        return {
            "spec": {Path(name).name: _sha256(text) for name, text in sorted(spec.sources.items())} if spec else {},
            "config": _file_sha256(options.config),
            "mapping": _file_sha256(options.mapping),
            "trace": reader.sha256 if reader else None,
            "versions": {DISTRIBUTION: metadata.version(DISTRIBUTION), "python": platform.python_version()},
        }


def _name_of(item: tuple[str, Value]) -> str:
    return item[0]


def _prepare(spec: Spec, mapping: TraceMapping) -> Loaded:
    compiled = compile_spec(spec, cache=CodeCache.for_user())
    properties, notes = _properties(spec, compiled)
    return Loaded(
        spec,
        compiled,
        compile_mapping(mapping, compiled),
        Interpreter(spec),
        _initial_states(spec, compiled, properties),
        properties,
        _broken_assumption(spec, compiled),
        notes,
    )


def _properties(spec: Spec, compiled: CompiledSpec) -> tuple[tuple[Property, ...], tuple[str, ...]]:
    """What must hold on the way, and notes on what the configuration asks for in vain."""
    notes = [
        f"{formula.name} bounds what TLC explores; a trace need not keep to it"
        for formula in (*spec.constraints, *spec.action_constraints)
    ]
    properties = [
        Property(f.name, compiled.expression(f.body, f.scope), is_step=False, location=f.location)
        for f in spec.invariants
    ]
    for formula in spec.properties:
        box = _step_formula(formula.body)
        if box is None:
            notes.append(
                f"{formula.name} is not of the form [][A]_v: a finite trace cannot decide it, it was not checked"
            )
        else:
            holds = compiled.expression(box, formula.scope)
            properties.append(Property(formula.name, holds, is_step=True, location=formula.location))
    return tuple(properties), tuple(notes)


def _initial_states(spec: Spec, compiled: CompiledSpec, properties: Sequence[Property]) -> tuple[State, ...]:
    invariants = [item for item in properties if not item.is_step]
    states = StateSet(compiled.initial_states())
    initial = tuple(state for state in states if all(holds(item, state, None) for item in invariants))
    if not initial:
        place = spec.init.location if spec.init is not None else None
        raise ConformanceError("the specification has no initial state that satisfies its invariants", location=place)
    return initial


def _broken_assumption(spec: Spec, compiled: CompiledSpec) -> NamedFormula | None:
    for formula in spec.assumptions:
        value = compiled.expression(formula.body, formula.scope)(None, None)
        if value is not True and value is not False:
            raise ConformanceError(
                f"the assumption is {to_text(value)}; expected TRUE or FALSE", location=formula.location
            )
        if not value:
            return formula
    return None


def _step_formula(body: ast.Expr) -> ast.Expr | None:
    """``A`` of ``[][A]_v``, as the box action that every step must satisfy."""
    if isinstance(body, ast.Apply) and body.operator == "[]" and isinstance(body.arguments[0], ast.ActionBox):
        return body.arguments[0]
    return None


class LiveCheck:
    """Events judged one at a time, as they come."""

    def __init__(self, workbench: Workbench, header: Mapping[str, Any], trace: str = "<live>") -> None:
        self.trace = trace
        self._workbench = workbench
        self.loaded = workbench.load(header, trace)
        rules = self.loaded.rules
        self.matcher = Matcher(
            self.loaded.initial,
            rules.rules,
            rules.kind_of,
            trace=trace,
            translation=rules.translation,
            properties=self.loaded.properties,
            frontier_states_max=workbench.options.max_frontier,
            must_stop=None if workbench.options.time_limit is None else self._time_is_up,
        )
        self._started = time.monotonic()
        self._line: int | None = None

    def feed(self, event: Event, reader: TraceReader | None = None) -> Verdict | None:
        """None if the event is explained, else the verdict that ends the check.

        Raises:
            TlatraceError: the event cannot be read, or an expression cannot be evaluated.
        """
        if self.loaded.broken_assumption is not None:
            return self._assumption_broken(self.loaded.broken_assumption, reader)
        status = self.matcher.advance(event)
        if status is Status.MATCHED:
            self._line = event.line
            return None
        if status is Status.REJECTED or status is Status.VIOLATED:
            return self.rejected(event, reader)
        return self.undecided(event, self.matcher.undecided_because, reader)

    def accepted(self, reader: TraceReader | None = None, notes: Sequence[str] = ()) -> Verdict:
        """The verdict when there are no more events."""
        return self._verdict(Decision.ACCEPTED, reader, line=self._line, notes=notes)

    def rejected(self, event: Event, reader: TraceReader | None = None) -> Verdict:
        rule = self.matcher.rule_of(event)
        arguments = self.matcher.arguments_of(rule, event)
        interpreter = self.loaded.interpreter
        candidates, omitted = explain(self.matcher, rule, arguments, interpreter)
        state = relevant_state(candidates, rule, arguments, self.matcher.frontier[0], interpreter)
        return self._verdict(
            Decision.REJECTED,
            reader,
            line=event.line,
            event=event.fields,
            reason="no action of the specification explains this event",
            candidates=candidates,
            candidates_omitted=omitted,
            state=state,
        )

    def undecided(self, event: Event, reason: str, reader: TraceReader | None = None) -> Verdict:
        return self._verdict(Decision.UNDECIDED, reader, line=event.line, event=event.fields, reason=reason)

    def invalid(self, error: TlatraceError, reader: TraceReader | None = None, event: Event | None = None) -> Verdict:
        line = event.line if event else None
        if isinstance(error, TraceError) and error.location is not None:
            line = error.location.line
        return self._verdict(
            Decision.INVALID, reader, line=line, event=event.fields if event else None, **_wrong(error)
        )

    def _assumption_broken(self, formula: NamedFormula, reader: TraceReader | None) -> Verdict:
        name = "an ASSUME" if formula.name == "ASSUME" else f"the ASSUME {formula.name}"
        return self._verdict(
            Decision.REJECTED,
            reader,
            reason=f"{name} of the specification is false with the constants of this trace",
            error_location=formula.location,
        )

    def _time_is_up(self) -> str:
        limit = self._workbench.options.time_limit
        return _too_late(limit) if limit is not None and time.monotonic() - self._started > limit else ""

    def _verdict(self, decision: Decision, reader: TraceReader | None, **more: Any) -> Verdict:
        notes = (*self.loaded.notes, *more.pop("notes", ()))
        return Verdict(
            trace=self.trace,
            decision=decision,
            strength=self.strength(),
            provenance=self._workbench.provenance(self.loaded.spec, reader),
            seconds=time.monotonic() - self._started,
            notes=notes,
            **more,
        )

    def strength(self) -> StrengthReport:
        counts = self.matcher.strength
        variables = [v.name for v in self.loaded.spec.variables]
        names = dict.fromkeys(
            a.definition.name if a.definition is not None else a.name for a in self.loaded.spec.actions
        )
        pairs = counts.events * len(variables)
        return StrengthReport(
            events=counts.events,
            actions=dict(counts.actions),
            actions_never=tuple(name for name in names if name not in counts.actions),
            observed=dict(counts.observed),
            never_observed=tuple(name for name in variables if name not in counts.observed),
            observations=counts.observations,
            arguments_given=counts.arguments_given,
            frontier_max=counts.frontier_max,
            frontier_mean=counts.frontier_sum / counts.events if counts.events else 1.0,
            score=sum(counts.observed.values()) / pairs if pairs else 0.0,
            required=self._workbench.options.min_strength,
        )


def _wrong(error: TlatraceError) -> dict[str, Any]:
    """The fields of a verdict that say what is wrong with the input."""
    problems = problems_of(error)
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return {
        "reason": f"{first.message}{more}",
        "hint": first.hint,
        "error_location": first.location,
        "problems": problems,
    }


Progress = Callable[[str, int, float], None]
"""Called now and then with the trace's name, the events judged so far, and the seconds that took."""


def check_trace(trace: str | Path, workbench: Workbench, progress: Progress | None = None) -> Verdict:
    """The verdict on one recorded trace. What is wrong with the input is a verdict too: ``invalid``, with its place."""
    started = time.monotonic()
    reader: TraceReader | None = None
    try:
        with open_trace(trace) as reader:
            try:
                live = LiveCheck(workbench, reader.header, reader.name)
            except TlatraceError as error:
                return _unjudged(error, reader.name, workbench, reader, started)
            return _check_events(live, reader, workbench.options, progress)
    except TlatraceError as error:
        return _unjudged(error, STANDARD_INPUT if str(trace) == "-" else str(trace), workbench, None, started)


def _unjudged(
    error: TlatraceError, trace: str, workbench: Workbench, reader: TraceReader | None, started: float
) -> Verdict:
    """The verdict where it did not come to judging."""
    return Verdict(
        trace=trace,
        decision=Decision.INVALID,
        provenance=workbench.provenance(None, reader),
        seconds=time.monotonic() - started,
        **_wrong(error),
    )


def _check_events(live: LiveCheck, reader: TraceReader, options: CheckOptions, progress: Progress | None) -> Verdict:
    started = time.monotonic()
    event: Event | None = None
    count = 0
    # The search keeps the limit by itself; the alarm is for a step that does not come back to it.
    limit = None if options.time_limit is None else options.time_limit + ALARM_AFTER_SECONDS
    try:
        with alarm(limit):
            for event in reader:
                if progress is not None and count % EVENTS_BETWEEN_LOOKS == 0:
                    progress(reader.name, count, time.monotonic() - started)
                if options.max_events is not None and count >= options.max_events:
                    return live.undecided(event, f"the limit of {options.max_events} events was reached", reader)
                verdict = live.feed(event, reader)
                if verdict is not None:
                    return verdict
                count += 1
    except TimeIsUp:
        waiting = Event(1, reader.header)  # for a first event that did not come
        return live.undecided(event or waiting, _too_late(options.time_limit), reader)
    except TraceError as error:
        # The reader's: it is about a line after the last event.
        if isinstance(error, TornTail) and count > 0:
            return _torn(error, live, reader, options, count)
        return live.invalid(error, reader)
    except TlatraceError as error:
        return live.invalid(error, reader, event)
    if count == 0:
        place = Location(reader.name, 1, 1, 1, 1)
        return live.invalid(
            TraceError("the trace has a header but no event; nothing was checked", location=place), reader
        )
    return live.accepted(reader)


def _too_late(limit: float | None) -> str:
    return f"the time limit of {limit:g} s was reached"


def _torn(error: TornTail, live: LiveCheck, reader: TraceReader, options: CheckOptions, count: int) -> Verdict:
    """The verdict on a trace whose last line was cut short, after ``count`` events that are explained."""
    if options.torn_tail == "cut":
        note = f"the last line ({error.location.line if error.location else '?'}) was cut short and left out"
        return live.accepted(reader, notes=(note,))
    return live.invalid(
        TraceError(
            f"{error.message}; the {count} events before it are accepted", location=error.location, hint=error.hint
        ),
        reader,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file_sha256(path: Path | None) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else None
    except OSError:
        return None
