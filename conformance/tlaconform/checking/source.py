"""Where the events of a trace come from: the seam between readers and the judging of events.

Whatever reads events (a recorded file, several logs under one order, a file that grows) is a :class:`Source`, and
:func:`open_source` says which one a trace needs. What judges them asks for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from tlaconform.checking.workbench import Workbench
from tlatrace.traces import STANDARD_INPUT, Event, TraceReader, open_trace
from tlatrace.traces.growing import GrowingStream


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

    def read_to_end(self) -> None:
        """Read what is left, for the digest alone; nothing where that could wait for somebody."""
        ...

    def __iter__(self) -> Iterator[Event]: ...


def open_source(
    trace: str | Path, workbench: Workbench, growing: tuple[GrowingStream, str] | None = None
) -> AbstractContextManager[Source]:
    """The source for what a person named on the command line, or for a trace that is being written (``growing``, with
    its name).

    Raises:
        TraceError: the trace cannot be opened, or its beginning cannot be read.
    """
    if growing is None:
        return open_trace(trace)
    stream, name = growing
    try:
        return TraceReader(stream, name, is_live=True)
    except BaseException:
        stream.close()
        raise


def name_of_trace(trace: str | Path) -> str:
    """What a trace is called where it could not be opened."""
    return STANDARD_INPUT if str(trace) == "-" else str(trace)
