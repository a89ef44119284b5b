"""Where the events of a trace come from: the seam between readers and the judging of events.

Whatever reads events (a recorded file, several logs under one order, a file that grows) is a :class:`Source`, and
:func:`open_source` says which one a trace needs. What judges them asks for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from tlaconform.checking.workbench import Workbench
from tlaconform.mapping import TraceSource, open_logs, reader_of
from tlatrace.traces import STANDARD_INPUT, Event, OrderRule, PartialOrder, TraceReader
from tlatrace.traces.growing import GrowingStream
from tlatrace.traces.readers import read_log
from tlatrace.values import Value

Trace = str | Path | Sequence[str | Path]
"""A file, ``-`` for standard input, or the files that are logs of one trace."""


class Source(Protocol):
    """A header, and events in the order in which they are to be judged; iterated once.

    Iterating raises :class:`~tlatrace.traces.TraceError` for what cannot be read, and its subclass
    :class:`~tlatrace.traces.TornTail`, once all events before it have been given, for a last line that was cut short.
    """

    @property
    def name(self) -> str:
        """What errors and verdicts call the trace."""
        ...

    @property
    def header(self) -> Mapping[str, Any]: ...

    @property
    def sha256(self) -> str | None:
        """The digest of the whole trace; None while it has not been read to its end."""
        ...

    @property
    def sha256_so_far(self) -> str | None:
        """The digest of what has been read; None where that ends within a line, whose rest may come."""
        ...

    def first_event(self) -> Event:
        """The first line that is an event; it is given again with the others."""
        ...

    def values_of(self, path: tuple[str, ...]) -> Value:
        """The set of the values at a place of the events."""
        ...

    def initial_events(self) -> Sequence[tuple[Event, str]]:
        """The events that tell the initial state and are not given with the others, each with the name of its file."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, and by which rule."""
        ...

    def read_to_end(self) -> None:
        """Read what is left, for the digest alone; nothing where that could wait for somebody."""
        ...

    @property
    def logs(self) -> Sequence[TraceReader]:
        """The readers of its files."""
        ...

    @property
    def is_reordered(self) -> bool:
        """Whether events are held back to be put in order."""
        ...

    @property
    def is_in_order(self) -> bool:
        """Whether the events are one sequence, which iterating gives."""
        ...

    def partial_order(self) -> PartialOrder:
        """The events, as far as they are ordered."""
        ...

    def log_of(self, event: Event) -> str:
        """The file of an event, where the trace has several."""
        ...

    @property
    def order(self) -> OrderRule:
        """How the events are ordered."""
        ...

    def all_events(self) -> Iterator[Event]:
        """Every event, as they stand in the files, which are opened once more."""
        ...

    def again(self) -> AbstractContextManager[Source] | None:
        """The same trace, to be read a second time; None where it can be read only once."""
        ...

    def log_by_log(self) -> Iterator[Event]:
        """The events in the order of the files, one after the other."""
        ...

    def __iter__(self) -> Iterator[Event]: ...


def open_source(
    trace: Trace, workbench: Workbench, growing: tuple[GrowingStream, str] | None = None
) -> AbstractContextManager[Source]:
    """The source for what a person named on the command line, or for a trace that is being written (``growing``, with
    its name).

    Raises:
        TlatraceError: the trace cannot be opened, its beginning cannot be read, or the mapping is wrong.
    """
    if growing is None:
        return open_logs(logs_of(trace), workbench.mapping, reader=workbench.options.reader)
    stream, name = growing
    try:
        mapping = workbench.mapping
        reader, options = reader_of(mapping, workbench.options.reader)
        return TraceSource([read_log(stream, name, reader, options, is_live=True)], mapping)
    except BaseException:
        stream.close()
        raise


def logs_of(trace: Trace) -> list[str | Path]:
    """The files of a trace."""
    return [trace] if isinstance(trace, str | Path) else list(trace)


def name_of_trace(trace: Trace) -> str:
    """What a trace is called where it could not be opened."""
    return ", ".join(STANDARD_INPUT if str(log) == "-" else str(log) for log in logs_of(trace))
