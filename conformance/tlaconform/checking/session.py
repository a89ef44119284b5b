"""A check that is under way: events are fed to it one by one, and it makes the verdict.

:class:`LiveCheck` is how the stateful tests drive a running system against the specification, and what
:func:`~tlaconform.checking.check_trace` feeds a recorded trace to. It knows nothing of where events come from. It holds
the matcher, which searches, and the trail, which keeps enough of the way in bounded memory that questions can be asked
after the verdict.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, Protocol

from tlaconform.checking.questions import asked_advice, asked_blame, asked_sensitivity, in_time, measured
from tlaconform.checking.workbench import Hashed, Workbench
from tlaconform.errors import MappingError
from tlaconform.mapping.constants import Lines
from tlaconform.problems import problems_of
from tlatrace.compile.api import State
from tlatrace.engine.explain import explain, relevant_state
from tlatrace.engine.findings import Sensitivity
from tlatrace.engine.inputs import EventError
from tlatrace.engine.match import Matcher, SearchOrder, Snapshot, Status, Violation
from tlatrace.engine.search.witness import KeptWitness
from tlatrace.engine.silent_help import silent_help
from tlatrace.engine.strength import Measured, report
from tlatrace.engine.trail import Trail, TrailSnapshot
from tlatrace.engine.verdict import Decision, ExplainedEvent, StrengthReport, Verdict, Violated
from tlatrace.engine.violated import explain_violations
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import NamedFormula
from tlatrace.traces import Event, TraceError
from tlatrace.traces.order import Log

Explained = tuple[Event, tuple[str, ...]]
"""An event, and the names of the actions that explain it."""


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """Where a check stands, in values that can be pickled; for a check of the same specification and mapping."""

    matcher: Snapshot
    trail: TrailSnapshot
    line: int | None
    before: tuple[Explained, ...]


EVENTS_BEFORE_MAX = 20
"""So many events before the one that a verdict is about are told with it: what a person scrolls through."""


NOT_ALL_JUDGED = "not every way to explain this trace was judged by the properties; one that was violates none"


class Recorded(Lines, Protocol):
    """A trace whose first events can be looked at before they are judged."""

    def initial_events(self) -> Sequence[tuple[Event, str]]:
        """The events that tell the initial state, each with the name of its file."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, and by which rule."""
        ...

    def log_of(self, event: Event) -> str:
        """The file of an event, where the trace has several."""
        ...

    @property
    def logs(self) -> Sequence[Log]:
        """The files."""
        ...


class LiveCheck:
    """Events judged one at a time, as they come."""

    def __init__(
        self,
        workbench: Workbench,
        header: Mapping[str, Any],
        trace: str = "<live>",
        recorded: Recorded | None = None,
    ) -> None:
        """``recorded`` is where the mapping finds what it wants to know of the events before they are judged."""
        self.trace = trace
        self.workbench = workbench
        self.loaded = workbench.load(header, trace, recorded)
        rules = self.loaded.rules
        self._recorded = recorded
        self.rest: Iterator[Event] = iter(())
        """The events behind the one that is judged, as far as they are there without waiting."""
        self.is_judged: Callable[[], None] = lambda: None
        """Called when there is a decision: what would end the check as undecided must not strike any more."""
        self.is_interrupted = False
        """Whether somebody pressed Ctrl-C when there was a decision already."""
        self.unanswered: list[str] = []
        """What was asked after the decision and is not known, and why."""
        self._is_start_impossible = False
        self._first: Event | None = None
        """The event by which no state is initial."""
        self.matcher = Matcher(
            self._initial_states(recorded),
            rules.rules,
            rules.kind_of,
            trace=self._name_of,
            translation=rules.translation,
            properties=self.loaded.properties,
            frontier_states_max=workbench.options.max_frontier,
            must_stop=None if workbench.options.time_limit is None else self.time_is_up,
            keep_witness=workbench.options.keep_witness,
            variables=[variable.name for variable in self.loaded.spec.variables],
            evaluator=self.loaded.compiled,
        )
        self.trail = Trail(self.matcher)
        self._started = time.monotonic()
        self._line: int | None = None
        self._has_started = False
        self._before: deque[Explained] = deque(maxlen=EVENTS_BEFORE_MAX)

    def _initial_states(self, recorded: Recorded | None) -> tuple[State, ...]:
        initial = self.loaded.rules.initial
        if initial is None:
            return self.loaded.initial
        entry = self.workbench.mapping.locations["initial"]
        if recorded is None:
            raise MappingError(
                "`initial` reads the first events, which cannot be had before they come; expected `initial: spec`",
                location=entry,
            )
        events = recorded.initial_events()
        states = initial.states(self.loaded.initial, events)
        if not states:
            self._is_start_impossible = True
            self._first = events[-1][0] if events else None
        return states

    @property
    def has_silent(self) -> bool:
        """Whether the mapping has actions that no event reports."""
        return any(rule.silent for rule in self.loaded.rules.rules.values())

    @property
    def search_order(self) -> SearchOrder:
        """The order of the search where the events are at hand: breadth-first if all states are asked about."""
        options = self.workbench.options
        return SearchOrder.BREADTH if options.sensitivity or options.advise else options.search

    def feed(self, event: Event, source: Hashed | None = None) -> Verdict | None:
        """None if the event is explained, else the verdict that ends the check.

        Raises:
            TlatraceError: the event cannot be read, or an expression cannot be evaluated.
        """
        if not self._has_started:
            wrong = self.start(source)
            if wrong is not None:
                return wrong
            self._has_started = True
        status = self.matcher.advance(event)
        if status is Status.MATCHED:
            self.trail.note(event, self.matcher)
            self._line = event.line
            self._before.append((event, self.matcher.last_actions))
            return None
        if status is Status.REJECTED:
            return self.rejected(event, source)
        if status is Status.VIOLATED:
            return self.rejected(event, source, _violated(self.matcher.violations))
        return self.undecided(event, self.matcher.undecided_because, source)

    def start(self, source: Hashed | None = None) -> Verdict | None:
        """None if there is a behavior to begin with, else the verdict that says why not."""
        if self.loaded.broken_assumption is not None:
            return self._assumption_broken(self.loaded.broken_assumption, source)
        if self._is_start_impossible:
            return self._impossible_start(source)
        if self.matcher.finish() is Status.VIOLATED:
            return self._violated_at_the_start(source)
        return None

    @property
    def line(self) -> int | None:
        """The line of the last event that was explained."""
        return self._line

    def snapshot(self) -> LiveSnapshot:
        """Where this check stands; :meth:`restore` on another one goes on from there with the same verdict."""
        return LiveSnapshot(self.matcher.snapshot(), self.trail.snapshot(), self._line, tuple(self._before))

    def restore(self, snapshot: LiveSnapshot) -> None:
        """Stand where ``snapshot`` was taken."""
        self.matcher.restore(snapshot.matcher)
        self.trail.restore(snapshot.trail, self.matcher)
        self._line = snapshot.line
        self._before = deque(snapshot.before, maxlen=EVENTS_BEFORE_MAX)

    def accepted(self, source: Hashed | None = None, notes: Sequence[str] = ()) -> Verdict:
        """The verdict when there are no more events."""
        some = [violation.property for violation in self.matcher.violations]
        if some:
            notes = (*notes, f"some of the ways to explain this trace violate {', '.join(some)}, others do not")
        if not self.matcher.are_all_ways_judged:
            notes = (*notes, NOT_ALL_JUDGED)
        if self.matcher.followed_from is not None:
            notes = (
                *notes,
                f"from line {self.matcher.followed_from} on, one way to explain the trace was followed, which was "
                "found depth-first; how many states explain the events was not measured there (--search breadth does)",
            )
        strength = self.strength(measured=measured(self), sensitivity=asked_sensitivity(self))
        advice = asked_advice(self)
        return self.verdict(Decision.ACCEPTED, source, line=self._line, notes=notes, strength=strength, advice=advice)

    def rejected(self, event: Event, source: Hashed | None = None, reason: str = "") -> Verdict:
        """The verdict on an event that nothing explains, or only what violates a property (``reason``)."""
        rule = self.matcher.rule_of(event)
        arguments = self.matcher.arguments_of(rule, event)
        interpreter = self.loaded.interpreter
        candidates, omitted = in_time(
            self,
            "why each action does not explain the event",
            lambda: explain(self.matcher, rule, arguments, interpreter, only_clean=bool(reason)),
        ) or ((), 0)
        state = relevant_state(candidates, rule, arguments, self.matcher.frontier[0], interpreter)
        return self.verdict(
            Decision.REJECTED,
            source,
            line=event.line,
            log=self._log_of(event),
            event=event.fields,
            reason=reason or "no action of the specification explains this event",
            candidates=candidates,
            candidates_omitted=omitted,
            state=state,
            violated_at=event,
            blame=asked_blame(self, event, self.rest),
            notes=self._notes_on_rejected(event, is_violated=bool(reason)),
        )

    def _notes_on_rejected(self, event: Event, *, is_violated: bool) -> Sequence[str]:
        notes = [] if is_violated else list(map(str, silent_help(self.matcher, event)))
        if self.matcher.followed_from is not None:
            notes.append(
                f"every way that violates nothing was tried depth-first from line {self.matcher.followed_from} on; "
                "what is told of the states before this event is of those that were found (--search breadth tells all)"
            )
        return notes

    def undecided(self, event: Event, reason: str, source: Hashed | None = None) -> Verdict:
        """The verdict where a limit, or a person, ended the check before ``event`` was explained."""
        return self.verdict(
            Decision.UNDECIDED, source, line=event.line, log=self._log_of(event), event=event.fields, reason=reason
        )

    def invalid(self, error: TlatraceError, source: Hashed | None = None, event: Event | None = None) -> Verdict:
        line, log = (event.line, self._log_of(event)) if event else (None, "")
        is_of_line = isinstance(error, TraceError) or (event is None and isinstance(error, EventError))
        if is_of_line and error.location is not None and error.location.file != self.workbench.mapping.file:
            # It names the one file that it is about, where a trace has several.
            line, log = error.location.line, error.location.file
            log = "" if log == self.trace else log
        return self.verdict(
            Decision.INVALID, source, line=line, log=log, event=event.fields if event else None, **what_is_wrong(error)
        )

    def _assumption_broken(self, formula: NamedFormula, source: Hashed | None) -> Verdict:
        name = "an ASSUME" if formula.name == "ASSUME" else f"the ASSUME {formula.name}"
        return self.verdict(
            Decision.REJECTED,
            source,
            reason=f"{name} of the specification is false with the constants of this trace",
            error_location=formula.location,
        )

    def _impossible_start(self, source: Hashed | None) -> Verdict:
        first = self._first
        return self.verdict(
            Decision.REJECTED,
            source,
            line=None if first is None else first.line,
            event=None if first is None else first.fields,
            reason="no initial state of the specification is what the first events tell (`initial` in the mapping)",
            error_location=self.workbench.mapping.locations["initial"],
        )

    def _violated_at_the_start(self, source: Hashed | None) -> Verdict:
        names = ", ".join(violation.property for violation in self.matcher.violations if violation.on_all)
        init = self.loaded.spec.init
        return self.verdict(
            Decision.REJECTED,
            source,
            reason=f"every initial state of the specification violates {names}",
            error_location=None if init is None else init.location,
        )

    def _explained_violations(self, event: Event | None) -> tuple[Violated, ...]:
        return explain_violations(
            self.matcher.violations, self.matcher, self.trail, event, self.loaded.interpreter, self.log_name
        )

    def log_name(self, number: int) -> str:
        """The file of that number, where the trace has several."""
        logs = () if self._recorded is None else self._recorded.logs
        return logs[number].name if len(logs) > 1 else ""

    def _name_of(self, event: Event) -> str:
        return self._log_of(event) or self.trace

    def _log_of(self, event: Event) -> str:
        return "" if self._recorded is None else self._recorded.log_of(event)

    @property
    def seconds_left(self) -> float | None:
        """Until the time limit, below 0 beyond it; None without one."""
        limit = self.workbench.options.time_limit
        return None if limit is None else limit - (time.monotonic() - self._started)

    def time_is_up(self) -> str:
        """Why a search must stop: the time limit; nothing while there is time."""
        left = self.seconds_left
        return too_late(self.workbench.options.time_limit) if left is not None and left < 0 else ""

    def verdict(self, decision: Decision, source: Hashed | None, **more: Any) -> Verdict:
        """A verdict with all that is known here; ``more`` are fields of it."""
        left_out = () if self._recorded is None else self._recorded.notes
        witness = more.pop("witness", None) or self.matcher.witness()
        violated_at, violations = more.pop("violated_at", None), more.pop("violations", None)
        if violations is None:
            violations = self._explained_violations(violated_at)
        notes = (*self.loaded.notes, *left_out, *more.pop("notes", ()), *self.unanswered)
        return Verdict(
            trace=self.trace,
            decision=decision,
            before=() if decision is Decision.ACCEPTED else tuple(starmap(_explained, self._before)),
            strength=more.pop("strength", None) or self.strength(),
            violations=violations,
            provenance=self.workbench.provenance(self.loaded.spec, source),
            witness=None if witness is None else KeptWitness(self.matcher.variables, witness),
            seconds=time.monotonic() - self._started,
            notes=notes,
            **more,
        )

    def strength(self, *, measured: Measured | None = None, sensitivity: Sensitivity | None = None) -> StrengthReport:
        """What was exercised and observed so far; ``measured`` is what samples say of it."""
        required = self.workbench.options.min_strength
        return report(self.matcher, self.loaded.spec, measured=measured, sensitivity=sensitivity, required=required)


def _explained(event: Event, actions: tuple[str, ...]) -> ExplainedEvent:
    return ExplainedEvent(line=event.line, event=event.fields, actions=actions)


def _violated(violations: Sequence[Violation]) -> str:
    names = [violation.property for violation in violations if violation.on_all]
    joined = names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    return f"every way to explain this event violates {joined}"


def too_late(limit: float | None) -> str:
    """Why a check ended at its time limit."""
    return f"the time limit of {limit:g} s was reached"


def what_is_wrong(error: TlatraceError) -> dict[str, Any]:
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
