"""One trace from its source to its verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tlaconform.alarm import ALARM_AFTER_SECONDS, TimeIsUp, alarm
from tlaconform.checking.checkpoints import (
    Checkpoint,
    Position,
    read_checkpoint,
    trace_has_changed,
    write_checkpoint,
)
from tlaconform.checking.partial import PartialCheck
from tlaconform.checking.questions import CheckInterrupted
from tlaconform.checking.session import LiveCheck, too_late, what_is_wrong
from tlaconform.checking.source import Source, Trace, logs_of, name_of_trace, open_source
from tlaconform.checking.streaming import Streaming
from tlaconform.checking.subtrace import shrunk_trace
from tlaconform.checking.symmetry import symmetry_of
from tlaconform.checking.workbench import Workbench
from tlaconform.errors import ConformanceError
from tlatrace.engine.match import SearchOrder
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event, TornTail, TraceError
from tlatrace.traces.growing import GrowingStream, follow
from tlatrace.traces.lookahead import EventsAhead

EVENTS_BETWEEN_LOOKS = 64
"""Progress is told once in so many events: often enough for a person, too rarely to cost anything."""

Progress = Callable[[str, int, float], None]
"""Called now and then with the trace's name, the events judged so far, and the seconds that took."""


def check_trace(
    trace: Trace, workbench: Workbench, progress: Progress | None = None, streaming: Streaming | None = None
) -> Verdict:
    """The verdict on one trace, in one file or several. What is wrong with the input is a verdict too: ``invalid``,
    with its place. Ctrl-C once there is a verdict raises it as
    :class:`~tlaconform.checking.questions.CheckInterrupted`.

    A trace is read once, one event after the other, whatever its length; with ``streaming``, while it is being written,
    or going on from a checkpoint.
    """
    started = time.monotonic()
    streaming = streaming or Streaming()
    try:
        growing = None if streaming.patience is None else follow(_only_log(trace), streaming.patience)
        with open_source(trace, workbench, growing) as source:
            try:
                live = LiveCheck(workbench, source.header, source.name, source)
            except TlatraceError as error:
                return _unjudged(error, source.name, workbench, source, started)
            stream = None if growing is None else growing[0]
            run = _Run if source.is_in_order else _PartialRun
            verdict = run(live, source, streaming, stream, progress).verdict()
        if live.is_interrupted:
            raise CheckInterrupted(verdict)
        return _shrunk(trace, verdict, workbench)
    except TlatraceError as error:
        return _unjudged(error, name_of_trace(trace), workbench, None, started)


def _shrunk(trace: Trace, verdict: Verdict, workbench: Workbench) -> Verdict:
    """The verdict with what is left of a rejected trace when it is shrunk, if somebody asked."""
    file = workbench.options.shrink
    if file is None or verdict.decision is not Decision.REJECTED or verdict.event is None:
        return verdict
    plain = replace(workbench, options=replace(workbench.options, shrink=None, blame=False))
    try:
        found, why_not = shrunk_trace(trace, verdict, plain, file, lambda path: check_trace(path, plain))
    except MemoryError:
        found, why_not = None, "the trace was not shrunk: there was too little memory"
    except KeyboardInterrupt:
        note = "the trace was not shrunk: the search was interrupted"
        raise CheckInterrupted(replace(verdict, notes=(*verdict.notes, note))) from None
    return replace(verdict, shrunk=found, notes=(*verdict.notes, why_not) if why_not else verdict.notes)


def _unjudged(error: TlatraceError, trace: str, workbench: Workbench, source: Source | None, started: float) -> Verdict:
    """The verdict where it did not come to judging."""
    return Verdict(
        trace=trace,
        decision=Decision.INVALID,
        provenance=workbench.provenance(None, source),
        seconds=time.monotonic() - started,
        **what_is_wrong(error),
    )


def _only_log(trace: Trace) -> str | Path:
    first, *others = logs_of(trace)
    if others:
        raise ConformanceError(
            f"only one log can be followed; expected one, not {len(others) + 1}",
            location=Location(str(first), 0, 0, 0, 0),
        )
    return first


class _Run:
    """Events from a source to a check, until one of them ends it."""

    def __init__(
        self,
        live: LiveCheck,
        source: Source,
        streaming: Streaming,
        stream: GrowingStream | None,
        progress: Progress | None,
    ) -> None:
        self._live = live
        self._source = source
        self._streaming = streaming
        self._stream = stream
        self._progress = progress
        self._options = live.workbench.options
        for log in source.logs:
            log.cuts_torn_tail = self._options.torn_tail == "cut"
        self._started = time.monotonic()
        self._saved = streaming.clock()
        self._event: Event | None = None
        """The event that is being judged, or was the last to be."""
        self._count = 0
        """Events that are explained."""
        is_known = stream is None and streaming.checkpoint is None
        self._symmetry = symmetry_of(live, source) if is_known else None

    def verdict(self) -> Verdict:
        live, source = self._live, self._source
        # The search keeps the limit by itself; the alarm is for a step that does not come back to it.
        limit = self._options.time_limit
        try:
            with alarm(None if limit is None else limit + ALARM_AFTER_SECONDS) as turn_off:
                live.is_judged = turn_off
                return self._told(self._judge(self._resumed()))
        except TimeIsUp:
            waiting = Event(1, source.header)  # for a first event that did not come
            return live.undecided(self._event or waiting, too_late(limit), source)
        except TraceError as error:
            # The reader's: it is about a line after the last event.
            if isinstance(error, TornTail) and self._count > 0:
                return self._torn(error)
            return live.invalid(error, source)
        except TlatraceError as error:
            return live.invalid(error, source, self._event)

    def _told(self, verdict: Verdict) -> Verdict:
        return verdict if self._symmetry is None else self._symmetry.told(verdict)

    def _judge(self, events: Iterator[Event]) -> Verdict:
        live, source, options = self._live, self._source, self._options
        if self._symmetry is not None:
            live.matcher.merge_symmetric(self._symmetry.symmetry.before)
        if self._stream is None:
            if self._streaming.checkpoint is None and (live.has_silent or live.search_order is not SearchOrder.BREADTH):
                # Nobody waits for these events, and nobody asks how far the file was read.
                ahead = EventsAhead(events)
                live.matcher.look_ahead(ahead.peek, live.search_order)
                events = iter(ahead)
            live.rest = events
        for event in events:
            self._event = event
            if self._progress is not None and self._count % EVENTS_BETWEEN_LOOKS == 0:
                self._progress(source.name, self._count, time.monotonic() - self._started)
            if options.max_events is not None and self._count >= options.max_events:
                return live.undecided(event, f"the limit of {options.max_events} events was reached", source)
            verdict = live.feed(event, source)
            if verdict is not None:
                return verdict
            self._count += 1
            if self._streaming.stop():
                return self._stopped(event)
            if self._is_time_to_save():
                self._save()
        return self._ended()

    def _ended(self) -> Verdict:
        """The verdict where no event is left, or none is waited for."""
        live, source, stream = self._live, self._source, self._stream
        if self._count == 0:
            place = Location(source.name, 1, 1, 1, 1)
            error = TraceError(
                "the trace has no event to explain (a header, or lines that tell the initial state, are none); "
                "nothing was checked",
                location=place,
            )
            return live.invalid(error, source)
        if self._streaming.checkpoint is not None and not source.is_reordered:
            # What was held back to be put in order was judged now; were there more to come, it might have come first.
            self._save()
        notes = []
        if stream is not None and not stream.has_ended:
            notes.append("the trace was being written: this is the verdict on what there was of it")
        if stream is not None and stream.unfinished:
            notes.append(f"{len(stream.unfinished)} bytes of a line that was not complete yet are left out")
        return live.accepted(source, notes=notes)

    def _stopped(self, event: Event) -> Verdict:
        """The verdict where a person ended the check after ``event`` was explained."""
        if self._stream is not None:
            return self._ended()
        if self._streaming.checkpoint is not None:
            self._save()
        reason = "the check was interrupted after this event, which is explained, as are all before it"
        return self._live.undecided(event, reason, self._source)

    # ---------------------------------------------------------------------------------------------- checkpoints

    def _resumed(self) -> Iterator[Event]:
        """The events that are left to judge, from the checkpoint on if there is one."""
        events = iter(self._source)
        path = self._streaming.checkpoint
        if path is None:
            return events
        if len(self._source.logs) != 1:
            raise self._no_checkpoint("several logs")
        workbench, spec = self._live.workbench, self._live.loaded.spec
        checkpoint = read_checkpoint(path, workbench.provenance(spec, None))
        if checkpoint is None:
            return events
        position = checkpoint.position
        for self._count, self._event in enumerate(events, 1):
            if self._count == position.events:
                break
        if self._count != position.events or self._source.sha256_so_far != position.sha256:
            self._event = None  # It is about what was read so far, not about a line.
            raise trace_has_changed(path, self._source.name, position.events)
        self._live.restore(checkpoint.snapshot)
        if self._streaming.resumed is not None:
            self._streaming.resumed(position.events, position.line)
        return events

    def _no_checkpoint(self, found: str) -> ConformanceError:
        return ConformanceError(
            f"this trace has {found}, and a checkpoint is a place in one file; expected one log, in its own order or "
            "by a key",
            location=Location(self._source.name, 0, 0, 0, 0),
        )

    def _is_time_to_save(self) -> bool:
        streaming = self._streaming
        if streaming.checkpoint is None:
            return False
        if streaming.checkpoint_events is not None:
            return self._count % streaming.checkpoint_events == 0
        return streaming.clock() - self._saved >= streaming.checkpoint_seconds

    def _save(self) -> None:
        path, digest = self._streaming.checkpoint, self._source.sha256_so_far
        assert path is not None
        if digest is None:
            return  # the last line has no end yet: what is read later would not begin with what was read
        position = Position(events=self._count, line=self._live.line, sha256=digest)
        provenance = self._live.workbench.provenance(self._live.loaded.spec, None)
        write_checkpoint(path, Checkpoint(position=position, snapshot=self._live.snapshot()), provenance)
        self._saved = self._streaming.clock()

    def _torn(self, error: TornTail) -> Verdict:
        """The verdict on a trace whose last line was cut short, after events that are explained."""
        found = f"{error.message}; the {self._count} events before it are accepted"
        return self._live.invalid(TraceError(found, location=error.location, hint=error.hint), self._source)


class _PartialRun(_Run):
    """The same for events that are ordered only in part: they are judged as a whole."""

    def verdict(self) -> Verdict:
        live, source = self._live, self._source
        limit = self._options.time_limit
        check: PartialCheck | None = None
        try:
            if self._streaming.checkpoint is not None:
                raise self._no_checkpoint("events that are ordered only in part")
            with alarm(None if limit is None else limit + ALARM_AFTER_SECONDS) as turn_off:
                live.is_judged = turn_off
                check = PartialCheck(live, source, self._symmetry)
                return self._told(self._with_search(check.verdict(self._tell, self._streaming.stop)))
        except TimeIsUp:
            return check.late() if check is not None else live.undecided(Event(1, source.header), too_late(limit))
        except TlatraceError as error:
            return live.invalid(error, source)

    def _with_search(self, verdict: Verdict) -> Verdict:
        if self._options.search is SearchOrder.MIXED:
            return verdict
        note = "--search: events that are ordered only in part are searched in one way"
        return replace(verdict, notes=(*verdict.notes, note))

    def _tell(self, events: int) -> None:
        if self._progress is not None:
            self._progress(self._source.name, events, time.monotonic() - self._started)
