"""The logs of one trace, opened as a mapping says: what is known of a trace before there is a specification.

    with open_logs(["n1.ndjson", "n2.ndjson"], mapping) as source:
        constants = constants_of(mapping, source.header, source.name, source)
        ... compile_mapping(mapping, compile_spec(load_spec(..., constants=constants))) ...
        takes = source.takes_with(compiled)
        for event in total_order(source.order, source.logs, takes): ...     # where source.order.is_total
        PartialOrder(source.order, source.logs, takes=takes)                # elsewhere

An event is the whole object of its line, whatever ``event:`` says: the expressions of the mapping look for it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as FilePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tlaconform.errors import ConformanceError
from tlaconform.mapping.fields import HEADER, Fields, Path
from tlaconform.mapping.model import TraceMapping
from tlaconform.mapping.ordering import order_of
from tlaconform.mapping.standalone import Standalone
from tlatrace.engine.inputs import MISSING, Input, Translation, read_inputs
from tlatrace.location import NOWHERE, Location
from tlatrace.semantics import check_expression
from tlatrace.traces import FILE_ORDER, STANDARD_INPUT, Event, OrderRule, TraceError, TraceReader
from tlatrace.traces.order import Takes
from tlatrace.traces.readers import open_log
from tlatrace.values import Value, make_set

if TYPE_CHECKING:
    from tlaconform.mapping.compile import CompiledMapping

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

    def takes_with(self, compiled: CompiledMapping) -> Takes:
        """Which lines are events to be explained: those of ``where``, but for kinds to ``ignore``. What is left out is
        counted, see :attr:`notes`.
        """

        def takes(event: Event) -> bool:
            if not self.is_event(event):
                self._count("lines", "`where`")
                return False
            ignored = compiled.ignored(event, self.name_of(event))
            if ignored is not None:
                self._count("events", f"`ignore: {ignored}`")
            return ignored is None

        return takes

    def _count(self, what: str, why: str) -> None:
        text = f"{what} left out by {why}"
        self._left_out[text] = self._left_out.get(text, 0) + 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, and by which rule."""
        own = (f"{count} {text}" for text, count in sorted(self._left_out.items()))
        return (*own, *(note for log in self.logs for note in log.notes))

    # ------------------------------------------------------------------------------------ for the constants

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
        if self._reopen is None:
            raise ConformanceError(
                "constants are taken from all events of the trace, which cannot be read twice; expected a file",
                location=Location(STANDARD_INPUT, 1, 1, 1, 1),
                hint="write the constants into the mapping, or take them from the header",
            )
        treatment = None if self._standalone is None else self._standalone.treatment
        item = Input(path, True, NOWHERE, "line", False, None if treatment is None else treatment.of(path))
        found: list[Value] = []
        for number, own in enumerate(self.logs):
            with self._reopen(number) as log:
                for event in log:
                    if not self.is_event(event._replace(log=number)):
                        continue
                    (value,) = read_inputs((item,), event, own.name, Translation())
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


def open_logs(
    paths: Sequence[str | FilePath], mapping: TraceMapping | None = None, *, reader: str | None = None
) -> TraceSource:
    """Open the files of one trace. The format is that of ``reader``, else what the mapping says, else what the first
    lines look like.

    Raises:
        TlatraceError: a file cannot be opened, or is not of its format; there is no such reader.
    """
    entry = None if mapping is None else mapping.reader
    name = reader if reader is not None or entry is None else entry.name
    options = entry.options if entry is not None and name == entry.name else {}

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
