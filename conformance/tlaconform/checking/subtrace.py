"""The smallest part of a rejected trace that is rejected for the same reason, as a file that can be checked again.

The trace is read a second time, up to the rejected event, and shrunk (:mod:`tlatrace.engine.shrink`). The lines that
are kept, with the header and the events that tell the initial state, go to the file as they stand; then the file is
checked, and must be rejected for the same reason.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from tlaconform.checking.session import LiveCheck, too_late
from tlaconform.checking.source import Source, Trace, logs_of, open_source
from tlaconform.checking.workbench import Workbench
from tlaconform.files import write_whole
from tlatrace.engine.findings import Shrunk
from tlatrace.engine.shrink import reason_of_rejection, shrink
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.traces import Event

EVENTS_MAX = 200_000
"""Events that are held to be shrunk: more do not fit where the trace was only streamed."""


class _CannotBeShrunk(Exception):
    """Why there is no smaller file."""


def shrunk_trace(
    trace: Trace, verdict: Verdict, workbench: Workbench, file: Path, check: Callable[[Path], Verdict]
) -> tuple[Shrunk | None, str]:
    """The part of ``trace`` that was written to ``file``, or none and the reason why there is no such part. ``verdict``
    is the one on the whole trace, ``check`` gives that on a file.

    Raises:
        TlatraceError: the trace cannot be read a second time, or the file cannot be written.
    """
    try:
        path = _the_file(trace, workbench)
        with open_source(path, workbench) as source:
            live, events = _read(source, verdict, workbench)
            first_lines = [event.line for event, _ in source.initial_events()]
            must_stop = _until(workbench.options.time_limit)
            found = shrink(live.matcher, events, live.loaded.interpreter, must_stop=must_stop)
            has_header = bool(source.header)
    except _CannotBeShrunk as reason:
        return None, f"the trace was not shrunk: {reason}"
    if found is None:
        return None, "the trace was not shrunk: its last event is not rejected when it is read again"
    kept = {*found.lines, *first_lines, *([1] if has_header else [])}
    write_whole(file, "".join(line for number, line in _lines(path, max(kept)) if number in kept))
    again = check(file)
    if again.decision is not Decision.REJECTED or _reason(again) != _reason(verdict):
        return None, (
            f"the trace was shrunk to {len(found.lines)} events, but the file {file} is judged otherwise by itself: "
            "something that the mapping reads of the whole trace has changed"
        )
    return replace(found, file=str(file)), ""


def _the_file(trace: Trace, workbench: Workbench) -> Path:
    first, *others = logs_of(trace)
    if others:
        raise _CannotBeShrunk("it has several logs; expected one")
    path = Path(first)
    if not path.is_file():
        raise _CannotBeShrunk(f"{first} can be read only once")
    if workbench.mapping.reader is not None:
        raise _CannotBeShrunk("only a file with one JSON object a line can be cut to a part of its lines")
    return path


def _read(source: Source, verdict: Verdict, workbench: Workbench) -> tuple[LiveCheck, list[Event]]:
    """A check that stands at the beginning, and the events up to the rejected one."""
    if not source.is_in_order:
        raise _CannotBeShrunk("its events are ordered only in part")
    live = LiveCheck(workbench, source.header, source.name, source)
    events: list[Event] = []
    for event in source:
        events.append(event)
        if event.line == verdict.line:
            return live, events
        if len(events) == EVENTS_MAX:
            raise _CannotBeShrunk(f"there are more than {EVENTS_MAX:,} events before the rejected one")
    raise _CannotBeShrunk("the rejected event was not found when it was read again")


def _lines(path: Path, last: int) -> Iterator[tuple[int, str]]:
    """The lines of a file up to that one, with their numbers and ends."""
    is_packed = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8") if is_packed else path.open(encoding="utf-8") as text:
        for number, line in takewhile(lambda item: item[0] <= last, enumerate(text, 1)):
            yield number, line if line.endswith("\n") else f"{line}\n"


def _reason(verdict: Verdict) -> object:
    violated = tuple(item.property for item in verdict.violations if item.on_all)
    reason = reason_of_rejection(verdict.candidates)
    return violated or (None if reason is None else reason.key)


def _until(seconds: float | None) -> Callable[[], str]:
    ends = None if seconds is None else time.monotonic() + seconds
    return lambda: too_late(seconds) if ends is not None and time.monotonic() > ends else ""
