"""The smallest part of a rejected trace that is rejected for the same reason, as a file that can be checked again.

The trace is read a second time, up to the rejected event, and shrunk (:mod:`tlatrace.engine.shrink`). The lines that
are kept, with the header and the events that tell the initial state, go to the file as they stand; then the file is
checked, and must be rejected for the same reason.

Logs whose events are ordered only in part are held as a whole (:mod:`tlatrace.engine.order_shrink`), and what is kept
of each goes to a file of its own: the name of the log is put before the ending of the name that was asked for.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from tlaconform.checking.session import LiveCheck, too_late
from tlaconform.checking.source import Source, Trace, logs_of, open_source
from tlaconform.checking.workbench import Workbench
from tlaconform.files import write_whole
from tlatrace.engine.findings import Shrunk
from tlatrace.engine.order_shrink import LAW, shrink_in_part
from tlatrace.engine.shrink import reason_of_rejection, shrink
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.traces import Event, OrderKind
from tlatrace.traces.given_order import load

EVENTS_MAX = 200_000
"""Events that are held to be shrunk: more do not fit where the trace was only streamed."""


ORDERED_EVENTS_MAX = 5_000
"""Events that are ordered only in part, of which every smaller set is judged over all orders."""


class _CannotBeShrunk(Exception):
    """Why there is no smaller file."""


def shrunk_trace(
    trace: Trace, verdict: Verdict, workbench: Workbench, file: Path, check: Callable[[Trace], Verdict]
) -> tuple[Shrunk | None, str]:
    """The part of ``trace`` that was written to ``file``, or none and the reason why there is no such part. ``verdict``
    is the one on the whole trace, ``check`` gives that on a file.

    Raises:
        TlatraceError: the trace cannot be read a second time, or the file cannot be written.
    """
    try:
        paths = [_one_file(log, workbench) for log in logs_of(trace)]
        with open_source(trace, workbench) as source:
            if not source.is_in_order:
                return _shrunk_logs(paths, verdict, workbench, file, source, check)
        path, *others = paths
        if others:
            raise _CannotBeShrunk("it has several logs, which `order:` puts in one order; expected one file")
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


def _one_file(log: str | Path, workbench: Workbench) -> Path:
    path = Path(log)
    if not path.is_file():
        raise _CannotBeShrunk(f"{log} can be read only once")
    if workbench.mapping.reader is not None:
        raise _CannotBeShrunk("only a file with one JSON object a line can be cut to a part of its lines")
    return path


def _shrunk_logs(
    paths: Sequence[Path],
    verdict: Verdict,
    workbench: Workbench,
    file: Path,
    source: Source,
    check: Callable[[Trace], Verdict],
) -> tuple[Shrunk | None, str]:
    """The same for events that are ordered only in part."""
    live = LiveCheck(workbench, source.header, source.name, source)
    first_events = source.initial_events()
    order = source.partial_order()
    given = load(order, (0,) * order.log_count, [log.name for log in source.logs], ORDERED_EVENTS_MAX)
    if not given.is_whole:
        raise _CannotBeShrunk(f"there are more than {ORDERED_EVENTS_MAX:,} events, which are ordered only in part")
    found = shrink_in_part(
        live.matcher,
        given,
        live.loaded.interpreter,
        clocks_count=source.order.kind is OrderKind.VECTOR,
        must_stop=_until(workbench.options.time_limit),
    )
    if isinstance(found, str):
        raise _CannotBeShrunk(found)
    kept: list[set[int]] = [set() for _ in paths]
    for event in found.events:
        kept[event.log].add(event.line)
    events = {str(path): tuple(sorted(lines)) for path, lines in zip(paths, kept, strict=True)}
    for event, _ in first_events:
        kept[event.log].add(event.line)
    for log, lines in zip(source.logs, kept, strict=True):
        if log.header:
            lines.add(1)
    files = [(_file_of(file, number, paths), path, kept[number]) for number, path in enumerate(paths) if kept[number]]
    for target, _, _ in files:
        if any(target.exists() and target.samefile(path) for path in paths):
            raise _CannotBeShrunk(f"{target} is one of its logs; expected another name to write to")
    for target, path, lines in files:
        write_whole(target, "".join(line for number, line in _lines(path, max(lines)) if number in lines))
    names = [target for target, _, _ in files]
    again = check(names)
    if again.decision is not Decision.REJECTED or _reason(again) != _reason(verdict):
        return None, (
            f"the trace was shrunk to {len(found.events)} events, but the files {', '.join(map(str, names))} are "
            "judged otherwise by themselves: something that the mapping reads of the whole trace has changed"
        )
    return Shrunk(
        lines=tuple(event.line for event in found.events),
        events_before=given.event_count,
        reason=found.reason.text,
        law=LAW,
        is_minimal=not found.cut,
        cut=found.cut,
        file=", ".join(map(str, names)),
        logs=events,
    ), ""


def _file_of(file: Path, number: int, paths: Sequence[Path]) -> Path:
    """The file for a part of one log: with the log's name in its own, or its number where names are not enough."""
    stem = paths[number].name.split(".")[0]
    is_told = sum(path.name.split(".")[0] == stem for path in paths) == 1
    return file.with_name(f"{file.stem}.{stem if is_told else number + 1}{file.suffix}")


def _read(source: Source, verdict: Verdict, workbench: Workbench) -> tuple[LiveCheck, list[Event]]:
    """A check that stands at the beginning, and the events up to the rejected one."""
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
