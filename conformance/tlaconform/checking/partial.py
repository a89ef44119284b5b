"""Traces whose events are ordered only in part: logs of several processes, by clocks or by time boxes.

The trace is accepted if its events can be put in some order that the clocks allow so that a behavior of the
specification explains them. It is rejected where no order can get further: then each event that could come next at the
furthest cuts is explained, nearest misses first. Lines are those of an event's own log.

What is asked of an accepted trace besides is asked of one order of the events that explains them
(:mod:`tlatrace.engine.one_order`), for which the logs are read a second time; the verdict says so. Blame and edits are
judged over all orders of the events near by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tlaconform.checking.options import CheckOptions
from tlaconform.checking.questions import (
    MEASURED,
    asked_advice,
    asked_blame_in_part,
    asked_sensitivity_in_part,
    in_time,
    measured,
)
from tlaconform.checking.session import NOT_ALL_JUDGED, LiveCheck, too_late
from tlaconform.checking.source import Source
from tlaconform.checking.symmetry import TraceSymmetry
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.explain import relevant_state
from tlatrace.engine.findings import Advice, Blame, Sensitivity
from tlatrace.engine.match import Status
from tlatrace.engine.one_order import Retold, events_in, explain_in_order, retell
from tlatrace.engine.order_blame import Stuck
from tlatrace.engine.order_sensitivity import Piece, pieces_of
from tlatrace.engine.strength import Measured, measure_kept, report
from tlatrace.engine.stuck import why_stuck
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.traces.given_order import load

CUTS_BETWEEN_LOOKS = 32
"""Progress is told, and limits are looked at, once in so many cuts."""

EXPLANATIONS_MAX = 20
"""So many explanations, over all events that could come next."""

BLAME_BEFORE_EVENTS = 64
"""Blame is looked for in any order of so many events before the furthest cut, and of all after them."""

BLAME_EVENTS_MAX = 3_000
"""So many events are held for that: searches over more would take too long to be tried many times."""

BLAME_TOLD_MAX = 200_000
"""So far into a trace blame is looked for: the events before are judged once more."""

Tell = Callable[[int], None]
"""Called now and then with the number of events that are explained so far."""


class PartialCheck:
    """Judges a trace as a whole. ``live`` stands at its beginning."""

    def __init__(self, live: LiveCheck, source: Source, symmetry: TraceSymmetry | None = None) -> None:
        self._live = live
        self._source = source
        order = source.partial_order()
        merging = None
        if symmetry is not None:
            merging = symmetry.symmetry.at_cuts(order, is_by_line=symmetry.is_by_line)
        self._search = CutSearch(live.matcher, order, keep_order=True, merging=merging)

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
                Decision.REJECTED,
                why_no_blame="the events are explained, by ways that all violate a property",
                reason=f"every way to explain the events, in any order, violates {names}",
            )
        notes: list[str] = []
        if violations:
            notes.append(f"some of the ways to explain this trace violate {names}, others do not")
        if not self._search.are_all_ways_judged:
            notes.append(NOT_ALL_JUDGED)
        return self._verdict(Decision.ACCEPTED, notes=tuple(notes))

    def _rejected(self) -> Verdict:
        live = self._live
        found, omitted = why_stuck(self._search, live.matcher, live.loaded.interpreter)
        nearest, event = found[0]
        rule = live.matcher.rule_of(event)
        state = relevant_state(
            [nearest], rule, live.matcher.arguments_of(rule, event), self._search.states[0], live.loaded.interpreter
        )
        blame, why_no_blame = self._blame()
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
            blame=blame,
            why_no_blame=why_no_blame,
        )

    def _blame(self) -> tuple[Blame | None, str]:
        """Who is to blame that the events get stuck; none where nobody asked, or where it cannot be told, and then why
        not ("" where the check says so itself).
        """
        live = self._live
        options = live.workbench.options
        if not options.blame or options.blame_seconds is not None:
            return None, ""  # Trying all orders again and again takes longer than a report that nobody asked for may.
        chains = self._search.one_order()
        assert chains is not None, "the search keeps the order of its ways"
        if len(chains) > BLAME_TOLD_MAX:
            return None, f"the events get stuck after more than {BLAME_TOLD_MAX:,} others"
        unanswered = len(live.unanswered)
        try:
            stuck = in_time(live, "the way to where the events get stuck", lambda: self._stuck(chains))
        except TlatraceError as error:
            return None, f"the logs cannot be read a second time: {error.message}"  # The verdict stands.
        if isinstance(stuck, str):
            return None, stuck
        blame = None if stuck is None else asked_blame_in_part(live, stuck, self._source.log_of)
        is_told = blame is not None or len(live.unanswered) > unanswered
        return blame, "" if is_told else "the events do not get stuck when they are read again"

    def _stuck(self, chains: Sequence[int]) -> Stuck | str:
        """The last events before the furthest cuts and all after them, as far as they may be held; the logs are read
        twice more for that. A text says why there is no answer.
        """
        first = self._source.again()
        if first is None:
            return "the logs can be read only once"
        with first as source:
            retold = retell(self._live.matcher, source.partial_order(), chains, BLAME_TOLD_MAX)
        if not retold.is_whole:
            return "the events are not explained as far when they are read again"
        stretch = retold.trail.before(max(0, len(chains) - BLAME_BEFORE_EVENTS))
        second = self._source.again()
        assert second is not None
        with second as source:
            order = source.partial_order()
            for _ in events_in(order, chains[: stretch.start]):
                pass  # They are taken, in this order.
            at = tuple(chains[: stretch.start].count(chain) for chain in range(order.log_count))
            given = load(order, at, [log.name for log in source.logs], BLAME_EVENTS_MAX)
        furthest = [
            tuple(count - start for count, start in zip(cut.positions, at, strict=True))
            for cut in self._search.furthest
        ]
        return Stuck(
            order=given,
            matcher=stretch.matcher,
            furthest=[cut for cut in furthest if min(cut) >= 0],
            is_from_start=stretch.start == 0,
        )

    def _verdict(
        self, decision: Decision, *, notes: Iterable[str] = (), why_no_blame: str = "", **more: object
    ) -> Verdict:
        live = self._live
        is_accepted = decision is Decision.ACCEPTED
        violations = self._search.violations
        retold, why_not = None, ""
        if decision is not Decision.UNDECIDED and (violations or (is_accepted and _is_asked(live.workbench.options))):
            retold, why_not = self._retold()
        answers = _Answers(live, retold if is_accepted else None, self._pieces)
        blunt = measure_kept(self._search.kept, live.loaded.spec) if is_accepted else None
        strength = report(
            live.matcher,
            live.loaded.spec,
            counts=self._search.strength,
            measured=answers.measured or blunt,
            sensitivity=answers.sensitivity,
            required=live.workbench.options.min_strength,
        )
        return live.verdict(
            decision,
            self._source,
            strength=strength,
            advice=answers.advice,
            violations=explain_in_order(retold, violations, live.loaded.interpreter, live.log_name),
            witness=self._search.witness(),
            notes=(
                *notes,
                *([why_not] if why_not else []),
                *answers.notes,
                *_unanswered(decision, live.workbench.options, more, why_no_blame),
            ),
            **more,
        )

    def _retold(self) -> tuple[Retold | None, str]:
        """The events in one order that explains them, or none and the reason why not."""
        chains = self._search.one_order()
        if not chains:
            return None, ""
        try:
            again = self._source.again()
            if again is None:
                return None, "which conjuncts were exercised is not known: the logs can be read only once"
            with again as source:
                order = source.partial_order()
                return in_time(self._live, MEASURED, lambda: retell(self._live.matcher, order, chains)), ""
        except TlatraceError as error:
            return None, f"which conjuncts were exercised is not known: {error.message}"

    def _pieces(self, retold: Retold) -> Sequence[Piece]:
        """Parts of the trace, spread over it, each with the orders of its events; the whole where it is short."""
        chains = self._search.one_order()
        again = self._source.again()
        assert chains is not None
        assert again is not None, "what could be read a second time can be read a third"
        with again as source:
            order, places = source.partial_order(), [log.name for log in source.logs]
            return pieces_of(order, places, chains, retold.trail.stretches)


class _Answers:
    """What is asked of an accepted trace, told along the order of ``retold``; nothing without one. ``pieces`` gives
    parts of the trace in all their orders.
    """

    def __init__(self, live: LiveCheck, retold: Retold | None, pieces: Callable[[Retold], Sequence[Piece]]) -> None:
        self.measured: Measured | None = None
        self.sensitivity: Sensitivity | None = None
        self.advice: Advice | None = None
        self.notes: list[str] = []
        if retold is None or not retold.count:
            return
        live.trail = retold.trail
        found = measured(live)
        if found is not None and found.details is not None:
            # A line alone says little where there are several logs.
            details = replace(found.details, in_one_order=True, widest_line=None)
            self.measured = replace(found, details=details)
        if live.workbench.options.sensitivity:
            self.sensitivity = asked_sensitivity_in_part(live, pieces(retold))
        self.advice = asked_advice(live)
        if not retold.is_whole:
            self.notes.append(f"conjuncts, edits and advice are told of the first {retold.count:,} events of one order")


def _is_asked(options: CheckOptions) -> bool:
    """Whether somebody asks for more than the verdict on an accepted trace."""
    return options.measure or options.sensitivity > 0 or options.advise


def _unanswered(
    decision: Decision, options: CheckOptions, answers: Mapping[str, object], why_no_blame: str
) -> Iterator[str]:
    """What was asked of a rejected trace and has no answer."""
    if decision is not Decision.REJECTED:
        return
    if options.blame and options.blame_seconds is None and why_no_blame:
        yield f"--blame: there is no answer for events that are ordered only in part where {why_no_blame}"
    if options.shrink is not None and "event" not in answers:
        yield "--shrink: events that are ordered only in part are not shrunk where all ways violate a property"
