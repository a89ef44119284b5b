"""The logs of one trace, opened as a mapping says: what is known of a trace before there is a specification.

    with open_logs(["n1.ndjson", "n2.ndjson"], mapping) as source:
        constants = constants_of(mapping, source.header, source.name, source)
        ... compile_mapping(mapping, compile_spec(load_spec(..., constants=constants))) ...
        initial = source.initial_events()       # for compiled.initial.states(...)
        for event in source: ...                # where source.order.is_total
        source.partial_order()                  # elsewhere

An event is the whole object of its line, whatever ``event:`` says: the expressions of the mapping look for it there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from types import TracebackType
from typing import Any, Self

from tlaconform.errors import ConformanceError
from tlaconform.mapping.fields import HEADER, Fields, Path
from tlaconform.mapping.model import TraceMapping, Written
from tlaconform.mapping.ordering import order_of
from tlaconform.mapping.standalone import Standalone
from tlatrace.engine.inputs import MISSING, Input, Translation, read_inputs
from tlatrace.location import NOWHERE, Location
from tlatrace.semantics import check_expression
from tlatrace.traces import (
    FILE_ORDER,
    STANDARD_INPUT,
    Event,
    OrderRule,
    PartialOrder,
    TraceError,
    TraceReader,
    total_order,
)
from tlatrace.traces.readers import Options, open_log
from tlatrace.values import Value, make_set

FIRST_LINES_MAX = 100_000
"""Lines that are read to find the first event; a trace in which it stands later is read with the wrong ``where``."""


class TraceSource:
    """One trace: its logs, its header, the order of its events, and which lines are events. A context manager."""

    def __init__(
        self,
        logs: Sequence[TraceReader],
        mapping: TraceMapping | None,
        reopen: Callable[[int], TraceReader] | None = None,
    ) -> None:
        self.logs = tuple(logs)
        self.mapping = mapping
        self._reopen = reopen
        self._standalone = None if mapping is None else Standalone(mapping)
        where = None if mapping is None else mapping.where
        self._where = None if where is None or self._standalone is None else self._standalone.condition(where, "where")
        entry = None if mapping is None else mapping.initial
        tells = None if entry is None else entry.events
        self._tells = None if tells is None or self._standalone is None else self._standalone.condition(tells, "events")
        self._initial: set[tuple[int, int]] = set()
        self._is_initial_anywhere = False
        self._ignored = None if mapping is None or not mapping.ignore else self._ignoring(mapping)
        self._left_out: dict[str, int] = {}

    @property
    def name(self) -> str:
        """What the trace is called: its file, or its files."""
        return ", ".join(log.name for log in self.logs)

    def name_of(self, event: Event) -> str:
        """What the file of an event is called."""
        return self.logs[event.log].name

    @property
    def header(self) -> Mapping[str, Any]:
        """What the headers of all logs say; where they differ, the first log's word stands only for what is its own.

        Raises:
            TraceError: two headers say different things of the constants or the specification.
        """
        joined: dict[str, Any] = {}
        for log in self.logs:
            for key, value in log.header.items():
                if key in joined and key in ("constants", "spec") and joined[key] != value:
                    raise TraceError(
                        f"the header has {value!r} for {key}, but {self.logs[0].name} has {joined[key]!r}; expected "
                        "files of one run",
                        location=log.place(1),
                    )
                joined.setdefault(key, value)
        return joined

    @property
    def order(self) -> OrderRule:
        """How the events are ordered: as the mapping says, else as the format does, else as they stand.

        Raises:
            TlatraceError: what the mapping says of it cannot be evaluated.
        """
        entry = None if self.mapping is None else self.mapping.order
        if entry is not None and self._standalone is not None:
            processes = None if entry.processes is None else self._of_header(entry.processes.tree)
            return order_of(entry, self._standalone, self.name_of, processes)
        own = next((log.order for log in self.logs if log.order is not None), None)
        return FILE_ORDER if own is None else own

    def _of_header(self, tree: Any) -> Value:
        assert self._standalone is not None
        fields = Fields(HEADER)
        fields.add(tree)
        names = fields.names
        scope = self._standalone.compiled.spec.scope
        evaluate = self._standalone.compiled.expression(
            check_expression(fields.replaced(tree), scope, names), scope, names
        )
        return evaluate(None, None, *read_inputs(fields.inputs, Event(1, self.header), self.name, Translation()))

    def is_event(self, event: Event) -> bool:
        """Whether a line is an event, by ``where``."""
        return self._where is None or self._where(event, self.name_of(event))

    def takes(self, event: Event) -> bool:
        """Whether a line is an event to be explained: one of ``where``, but for those that tell the initial state and
        for kinds to ``ignore``. What is left out is counted, see :attr:`notes`.
        """
        if not self.is_event(event):
            self._count("lines", "`where`")
            return False
        if (event.log, event.line) in self._initial or (self._is_initial_anywhere and self._tells_initial(event)):
            return False
        if self._ignored is not None and (pattern := self._ignored(event)) is not None:
            self._count("events", f"`ignore: {pattern}`")
            return False
        return True

    def __iter__(self) -> Iterator[Event]:
        """The events to be explained, in their order, which must be total."""
        return total_order(self.order, self.logs, self.takes)

    def log_by_log(self) -> Iterator[Event]:
        """The events to be explained as they stand in the files, one file after the other."""
        for number, log in enumerate(self.logs):
            for event in log:
                numbered = event._replace(log=number)
                if self.takes(numbered):
                    yield numbered

    @property
    def is_in_order(self) -> bool:
        """Whether the events are one sequence, which iterating gives; else they are a :meth:`partial_order`."""
        rule = self.order
        return rule.is_total and (rule.key is not None or len(self.logs) == 1)

    @property
    def is_reordered(self) -> bool:
        """Whether events are held back to be put in order."""
        return self.order.key is not None

    def log_of(self, event: Event) -> str:
        """The file of an event, where there are several."""
        return self.name_of(event) if len(self.logs) > 1 else ""

    def partial_order(self) -> PartialOrder:
        """The events to be explained, as far as they are ordered."""
        return PartialOrder(self.order, self.logs, takes=self.takes)

    def _ignoring(self, mapping: TraceMapping) -> Callable[[Event], str | None]:
        """What gives the pattern by which an event is ignored, None if it is not."""
        assert self._standalone is not None
        kind_of = self._standalone.of_event(mapping.kind)
        patterns = [(p, re.compile(re.escape(p).replace(r"\*", ".*"), re.DOTALL)) for p in mapping.ignore]

        def ignored(event: Event) -> str | None:
            kind = kind_of(event, self.name_of(event))
            if not isinstance(kind, str) or kind in mapping.events:
                return None
            return next((text for text, pattern in patterns if pattern.fullmatch(kind)), None)

        return ignored

    def _count(self, what: str, why: str) -> None:
        text = f"{what} left out by {why}"
        self._left_out[text] = self._left_out.get(text, 0) + 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, and by which rule."""
        own = (f"{count} {text}" for text, count in sorted(self._left_out.items()))
        return (*own, *(note for log in self.logs for note in log.notes))

    @property
    def sha256(self) -> str | None:
        """The digest of the file; of several, the digest of their digests. None if one was not read to its end."""
        digests = [log.sha256 for log in self.logs]
        if len(digests) == 1:
            return digests[0]
        return None if None in digests else hashlib.sha256("\n".join(map(str, digests)).encode()).hexdigest()

    @property
    def sha256_so_far(self) -> str | None:
        """The digest of what has been read, which may be more than the events that were given; None where a line has no
        end yet, or there are several files.
        """
        return self.logs[0].sha256_so_far if len(self.logs) == 1 else None

    def read_to_end(self) -> None:
        """Read what is left, for the digest alone."""
        for log in self.logs:
            log.read_to_end()

    # ------------------------------------------------------------------------- for the constants and Init

    def initial_events(self) -> tuple[tuple[Event, str], ...]:
        """The events that tell the initial state, each with the name of its file; to be asked for before the events
        are read, which those with ``events:`` then no longer belong to.

        Raises:
            TlatraceError: a line cannot be read.
        """
        entry = None if self.mapping is None else self.mapping.initial
        if entry is None:
            return ()
        if entry.events is None:
            first = self.first_event()
            return ((first, self.name_of(first)),)
        if entry.is_anywhere:
            self._is_initial_anywhere = True
            return tuple((event, self.name_of(event)) for event in self.all_events() if self._tells_initial(event))
        if entry.of_each is not None:
            return tuple(self._firsts_of_each(entry.of_each))
        found: list[tuple[Event, str]] = []
        for number, log in enumerate(self.logs):
            read: list[Event] = []
            try:
                for event in log:
                    read.append(event)
                    numbered = event._replace(log=number)
                    if not self.is_event(numbered):
                        continue
                    if not self._tells_initial(numbered):
                        break
                    found.append((numbered, log.name))
                    self._initial.add((number, event.line))
            finally:
                log.give_back(read)
        return tuple(found)

    def _firsts_of_each(self, of_each: Written) -> Iterator[tuple[Event, str]]:
        """The initial events that stand before all others of the same process, or what else ``of_each`` tells apart."""
        assert self._standalone is not None
        process_of = self._standalone.of_event(of_each)
        started: set[Value] = set()
        for event in self.all_events():
            process = process_of(event, self.name_of(event))
            if process in started:
                continue
            if self._tells_initial(event):
                self._initial.add((event.log, event.line))
                yield event, self.name_of(event)
            else:
                started.add(process)

    def _tells_initial(self, event: Event) -> bool:
        return self._tells is not None and self._tells(event, self.name_of(event))

    def all_events(self) -> Iterator[Event]:
        """Every event of the trace, as they stand in its files, which are opened once more.

        Raises:
            TlatraceError: a line cannot be read, or this is standard input.
        """
        if self._reopen is None:
            raise ConformanceError(
                "all events of the trace are needed once more, but it cannot be read twice; expected a file",
                location=Location(STANDARD_INPUT, 1, 1, 1, 1),
                hint="`VALUES(…)` and `anywhere: true` of the mapping, and ShiViz logs, ask for it",
            )
        for number in range(len(self.logs)):
            with self._reopen(number) as log:
                for event in log:
                    numbered = event._replace(log=number)
                    if self.is_event(numbered):
                        yield numbered

    def again(self) -> TraceSource | None:
        """The same trace, to be read a second time; None where it can be read only once.

        Raises:
            TlatraceError: a file cannot be opened any more.
        """
        if self._reopen is None or not all(FilePath(log.name).is_file() for log in self.logs):
            return None
        logs = [self._reopen(number) for number in range(len(self.logs))]
        for mine, other in zip(self.logs, logs, strict=True):
            other.cuts_torn_tail = mine.cuts_torn_tail
        source = TraceSource(logs, self.mapping, self._reopen)
        source.initial_events()  # They are no events to be explained, once they were asked for.
        return source

    def first_event(self) -> Event:
        """The first event of the first log that has one; it is read again with the others.

        Raises:
            TraceError: there is none, or a line before it cannot be read.
        """
        for number, log in enumerate(self.logs):
            read: list[Event] = []
            try:
                for event in log:
                    read.append(event)
                    if self.is_event(event._replace(log=number)):
                        return event._replace(log=number)
                    if len(read) > FIRST_LINES_MAX:
                        break
            finally:
                log.give_back(read)
        raise TraceError("the trace has no event; nothing can be checked", location=self.logs[0].place(1))

    def values_of(self, path: Path) -> Value:
        """The set of the values that events have at ``path``.

        Raises:
            TlatraceError: a line cannot be read, or this is standard input.
        """
        treatment = None if self._standalone is None else self._standalone.treatment
        item = Input(path, True, NOWHERE, "line", False, None if treatment is None else treatment.of(path))
        found: list[Value] = []
        for event in self.all_events():
            (value,) = read_inputs((item,), event, self.name_of(event), Translation())
            if value is not MISSING:
                found.append(value)
        return make_set(found)

    # ---------------------------------------------------------------------------------------------- closing

    def close(self) -> None:
        for log in self.logs:
            log.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def reader_of(mapping: TraceMapping | None, reader: str | None) -> tuple[str | None, Options]:
    """The name of the format that files have, None where their first lines are to tell, and its options: what a person
    asked for (``reader``) comes before what the mapping says.
    """
    entry = None if mapping is None else mapping.reader
    name = reader if reader is not None or entry is None else entry.name
    return name, entry.options if entry is not None and name == entry.name else {}


def open_logs(
    paths: Sequence[str | FilePath], mapping: TraceMapping | None = None, *, reader: str | None = None
) -> TraceSource:
    """Open the files of one trace. The format is that of ``reader``, else what the mapping says, else what the first
    lines look like.

    Raises:
        TlatraceError: a file cannot be opened, or is not of its format; there is no such reader.
    """
    name, options = reader_of(mapping, reader)

    def reopen(number: int) -> TraceReader:
        return open_log(paths[number], name, options)

    logs: list[TraceReader] = []
    try:
        for path in paths:
            logs.append(open_log(path, name, options))
        return TraceSource(logs, mapping, None if "-" in map(str, paths) else reopen)
    except BaseException:
        for log in logs:
            log.__exit__(None, None, None)
        raise
