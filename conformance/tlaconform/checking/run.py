"""One trace from its source to its verdict."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tlaconform.alarm import ALARM_AFTER_SECONDS, TimeIsUp, alarm
from tlaconform.checking.options import CheckOptions
from tlaconform.checking.session import LiveCheck, too_late, what_is_wrong
from tlaconform.checking.source import Source, name_of_trace, open_source
from tlaconform.checking.workbench import Workbench
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event, TornTail, TraceError

EVENTS_BETWEEN_LOOKS = 64
"""Progress is told once in so many events: often enough for a person, too rarely to cost anything."""

Progress = Callable[[str, int, float], None]
"""Called now and then with the trace's name, the events judged so far, and the seconds that took."""


def check_trace(trace: str | Path, workbench: Workbench, progress: Progress | None = None) -> Verdict:
    """The verdict on one recorded trace. What is wrong with the input is a verdict too: ``invalid``, with its place."""
    started = time.monotonic()
    try:
        with open_source(trace, workbench) as source:
            try:
                live = LiveCheck(workbench, source.header, source.name)
            except TlatraceError as error:
                return _unjudged(error, source.name, workbench, source, started)
            return _judge(live, source, workbench.options, progress)
    except TlatraceError as error:
        return _unjudged(error, name_of_trace(trace), workbench, None, started)


def _unjudged(error: TlatraceError, trace: str, workbench: Workbench, source: Source | None, started: float) -> Verdict:
    """The verdict where it did not come to judging."""
    return Verdict(
        trace=trace,
        decision=Decision.INVALID,
        provenance=workbench.provenance(None, source),
        seconds=time.monotonic() - started,
        **what_is_wrong(error),
    )


def _judge(live: LiveCheck, source: Source, options: CheckOptions, progress: Progress | None) -> Verdict:
    started = time.monotonic()
    event: Event | None = None
    count = 0
    # The search keeps the limit by itself; the alarm is for a step that does not come back to it.
    limit = None if options.time_limit is None else options.time_limit + ALARM_AFTER_SECONDS
    try:
        with alarm(limit):
            for event in source:
                if progress is not None and count % EVENTS_BETWEEN_LOOKS == 0:
                    progress(source.name, count, time.monotonic() - started)
                if options.max_events is not None and count >= options.max_events:
                    return live.undecided(event, f"the limit of {options.max_events} events was reached", source)
                verdict = live.feed(event, source)
                if verdict is not None:
                    return verdict
                count += 1
    except TimeIsUp:
        waiting = Event(1, source.header)  # for a first event that did not come
        return live.undecided(event or waiting, too_late(options.time_limit), source)
    except TraceError as error:
        # The reader's: it is about a line after the last event.
        if isinstance(error, TornTail) and count > 0:
            return _torn(error, live, source, options, count)
        return live.invalid(error, source)
    except TlatraceError as error:
        return live.invalid(error, source, event)
    if count == 0:
        place = Location(source.name, 1, 1, 1, 1)
        return live.invalid(
            TraceError("the trace has a header but no event; nothing was checked", location=place), source
        )
    return live.accepted(source)


def _torn(error: TornTail, live: LiveCheck, source: Source, options: CheckOptions, count: int) -> Verdict:
    """The verdict on a trace whose last line was cut short, after ``count`` events that are explained."""
    if options.torn_tail == "cut":
        note = f"the last line ({error.location.line if error.location else '?'}) was cut short and left out"
        return live.accepted(source, notes=(note,))
    return live.invalid(
        TraceError(
            f"{error.message}; the {count} events before it are accepted", location=error.location, hint=error.hint
        ),
        source,
    )
