"""A trace as ShiViz shows it: every event at its process, with arrows where vector clocks say what came before it.

Two lines an event: its host and its clock, then the actions that explain it and what was logged. ShiViz wants the own
entry of a clock to count the host's events from 1, so clocks are counted anew: an entry is the number of that process's
events that the logged clock covers. Without vector clocks there are no arrows.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tlaconform.errors import ConformanceError
from tlatrace.engine.search.witness import Witness
from tlatrace.traces import Event, OrderKind, OrderRule
from tlatrace.values import to_text

PARSER = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)"
"""The first line of the log: how ShiViz is to read the others."""

NO_PROCESSES = (
    "nothing says at which process an event happened, which ShiViz needs; expected `process:` under `order:` in the "
    "mapping, or a log for each process"
)

EVENT_WIDTH_MAX = 1_000
"""Characters of an event; ShiViz shows them in a small box."""


def shiviz_log(
    witness: Witness | None, events: Callable[[], Iterable[Event]], order: OrderRule, log_of: Callable[[Event], str]
) -> Iterator[str]:
    """The lines of the log. ``events`` gives the events of the trace, as they stand in its files, each time it is
    called; ``log_of`` names the file of an event where there are several.

    Raises:
        ConformanceError: nothing says at which process an event happened. TlatraceError: an event cannot be read.
    """
    host_of = _host(order, log_of)
    ticks: dict[str, list[int]] = {}
    vector = order.clock if order.kind is OrderKind.VECTOR else None
    if vector is not None:
        for event in events():
            host = host_of(event)
            clock = vector(event)
            own = clock.get(host) if isinstance(clock, Mapping) else None
            known = ticks.setdefault(host, [])
            known.append(own if own is not None else known[-1] if known else 0)
    actions = _actions(witness)
    yield PARSER
    yield ""
    counts: dict[str, int] = {}
    for event in events():
        host = host_of(event)
        counts[host] = counts.get(host, 0) + 1
        clock = {host: counts[host]}
        logged = None if vector is None else vector(event)
        if isinstance(logged, Mapping):
            for other, tick in sorted(logged.items()):
                seen = bisect_right(ticks.get(other, ()), tick) if other != host else 0
                if seen:
                    clock[other] = seen
        yield f"{_word(host)} {json.dumps({_word(name): count for name, count in clock.items()})}"
        told = " · ".join(actions.get((event.log, event.line), ()))
        text = json.dumps(event.fields, ensure_ascii=False)
        yield f"{told + ': ' if told else ''}{text}"[:EVENT_WIDTH_MAX]


def _host(order: OrderRule, log_of: Callable[[Event], str]) -> Callable[[Event], str]:
    process = order.process
    if process is not None:
        return lambda event: str(process(event))

    def host(event: Event) -> str:
        log = log_of(event)
        if not log:
            raise ConformanceError(NO_PROCESSES)
        return log

    return host


def _word(name: str) -> str:
    return "_".join(name.split()) or "_"


def _actions(witness: Witness | None) -> dict[tuple[int, int], list[str]]:
    """The actions that explain each event, those of silent steps before it and of a composition included."""
    found: dict[tuple[int, int], list[str]] = {}
    waiting: list[str] = []
    for step in () if witness is None else witness.steps:
        if step.action:
            waiting.append(_called(step.action, step.arguments))
        if step.line is not None:
            found[step.log, step.line] = waiting
            waiting = []
    return found


def _called(action: str, arguments: tuple[Any, ...]) -> str:
    return f"{action}({', '.join(map(to_text, arguments))})" if arguments else action
