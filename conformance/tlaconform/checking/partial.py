"""Traces whose events are ordered only in part: logs of several processes, by clocks or by time boxes.

The trace is accepted if its events can be put in some order that the clocks allow so that a behavior of the
specification explains them. It is rejected where no order can get further: then each event that could come next at the
furthest cuts is explained, nearest misses first. Lines are those of an event's own log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tlaconform.checking.options import CheckOptions
from tlaconform.checking.session import LiveCheck, too_late
from tlaconform.checking.source import Source
from tlatrace.compile.api import State
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.explain import explain, relevant_state
from tlatrace.engine.match import Status
from tlatrace.engine.states import StateSet
from tlatrace.engine.strength import measure_kept, report
from tlatrace.engine.verdict import Decision, Explanation, Verdict, Violated
from tlatrace.traces import Event

CUTS_BETWEEN_LOOKS = 32
"""Progress is told, and limits are looked at, once in so many cuts."""

EXPLANATIONS_MAX = 20
"""So many explanations, over all events that could come next."""

Tell = Callable[[int], None]
"""Called now and then with the number of events that are explained so far."""


class PartialCheck:
    """Judges a trace as a whole. ``live`` stands at its beginning."""

    def __init__(self, live: LiveCheck, source: Source) -> None:
        self._live = live
        self._source = source
        self._search = CutSearch(live.matcher, source.partial_order())

    @property
    def events(self) -> int:
        """How many are explained so far."""
        return self._search.events_taken

    def verdict(self, tell: Tell, stop: Callable[[], bool]) -> Verdict:
        """Search until it is decided, a limit is reached, or ``stop`` says so.

        Raises:
            TlatraceError: an event cannot be read, clocks contradict each other, or an expression cannot be evaluated.
        """
        started = self._live.start(self._source)
        if started is not None:
            return started
        limit = self._live.workbench.options.max_events
        status = None
        while status is None:
            if limit is not None and self.events >= limit and any(cut.next_events for cut in self._search.furthest):
                return self.undecided(f"the limit of {limit} events was reached")
            if stop():
                return self.undecided("the check was interrupted")
            tell(self.events)
            status = self._search.run(CUTS_BETWEEN_LOOKS if limit is None else 1)
        if status is Status.UNDECIDED:
            return self.undecided(self._search.undecided_because)
        if status is Status.REJECTED:
            return self._rejected()
        return self._matched(status)

    def undecided(self, reason: str) -> Verdict:
        """The verdict where a limit ended the search."""
        taken = f"; {self.events:,} events are explained in some order"
        return self._verdict(Decision.UNDECIDED, reason=f"{reason}{taken}")

    def late(self) -> Verdict:
        """The verdict where the time was up."""
        return self.undecided(too_late(self._live.workbench.options.time_limit))

    def _matched(self, status: Status) -> Verdict:
        violations = self._search.violations
        names = ", ".join(violation.property for violation in violations)
        if status is Status.VIOLATED:
            return self._verdict(
                Decision.REJECTED, reason=f"every way to explain the events, in any order, violates {names}"
            )
        notes: list[str] = []
        if violations:
            notes.append(f"some of the ways to explain this trace violate {names}, others do not")
        if not self._search.are_all_ways_judged:
            notes.append("not every way to explain this trace was judged by the properties; one that was violates none")
        return self._verdict(Decision.ACCEPTED, notes=tuple(notes))

    def _rejected(self) -> Verdict:
        live = self._live
        found: list[tuple[Explanation, Event]] = []
        omitted = 0
        for event, states in self._next_events():
            rule = live.matcher.rule_of(event)
            arguments = live.matcher.arguments_of(rule, event)
            matcher = live.matcher.fork(frontier=states)
            explanations, more = explain(matcher, rule, arguments, live.loaded.interpreter, line=event.line)
            found += [(explanation, event) for explanation in explanations]
            omitted += more
        found.sort(key=lambda pair: _distance(pair[0]))
        nearest, event = found[0]
        rule = live.matcher.rule_of(event)
        state = relevant_state(
            [nearest], rule, live.matcher.arguments_of(rule, event), self._search.states[0], live.loaded.interpreter
        )
        return self._verdict(
            Decision.REJECTED,
            line=event.line,
            log=self._source.log_of(event),
            event=event.fields,
            reason="no order of the events gets further: no action of the specification explains this event, or any "
            "other that could come next",
            candidates=tuple(
                replace(explanation, log=self._source.log_of(event)) for explanation, event in found[:EXPLANATIONS_MAX]
            ),
            candidates_omitted=omitted + max(0, len(found) - EXPLANATIONS_MAX),
            state=state,
        )

    def _next_events(self) -> Iterator[tuple[Event, tuple[State, ...]]]:
        """The events that could come next at some of the furthest cuts, with all states of these cuts."""
        events: dict[tuple[int, int], Event] = {}
        states: dict[tuple[int, int], StateSet] = {}
        for cut in self._search.furthest:
            for item in cut.next_events:
                if item.is_free:
                    key = item.event.log, item.event.line
                    events[key] = item.event
                    known = states.setdefault(key, StateSet())
                    for state in cut.states:
                        known.add(state)
        for key, event in sorted(events.items()):
            yield event, tuple(states[key])

    def _verdict(self, decision: Decision, *, notes: Iterable[str] = (), **more: object) -> Verdict:
        live = self._live
        options = live.workbench.options
        strength = report(
            live.matcher,
            live.loaded.spec,
            counts=self._search.strength,
            measured=measure_kept(self._search.kept, live.loaded.spec) if decision is Decision.ACCEPTED else None,
            required=options.min_strength,
        )
        violations = tuple(
            Violated(property=violation.property, line=violation.line, on_all=violation.on_all)
            for violation in self._search.violations
        )
        return live.verdict(
            decision,
            self._source,
            strength=strength,
            violations=violations,
            witness=self._search.witness(),
            notes=(*notes, *_unanswered(decision, options)),
            **more,
        )


def _unanswered(decision: Decision, options: CheckOptions) -> Iterator[str]:
    """What was asked and is answered for events in one order only."""
    asked = {
        Decision.REJECTED: {
            "--blame": options.blame and options.blame_seconds is None,
            "--shrink": options.shrink is not None,
        },
        Decision.ACCEPTED: {"--sensitivity": options.sensitivity > 0, "--advise": options.advise},
    }
    names = [name for name, is_asked in asked.get(decision, {}).items() if is_asked]
    if names:
        yield f"{' and '.join(names)}: there is no answer where events are ordered only in part"


def _distance(explanation: Explanation) -> tuple[int, int]:
    """How far a candidate is from explaining its event: a wrong outcome is nearer than an action that is impossible."""
    if explanation.broken_property:
        return 0, 0
    if explanation.mismatches:
        return 1, len(explanation.mismatches)
    return 2, -max((failure.held for failure in explanation.failures), default=-1)
