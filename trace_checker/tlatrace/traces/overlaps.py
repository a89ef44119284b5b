"""Time boxes without processes: events that only their times order, whoever they are of and wherever they stand."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from tlatrace.traces.event import Event, TraceError
from tlatrace.traces.order import OrderRule, place_of


def by_times(
    rule: OrderRule, events: Iterable[Event], names: Sequence[str], events_max: int
) -> tuple[list[str], list[tuple[str, Event]]]:
    """The names of as many chains as events overlap at one time, and each event, by its start, with its chain.

    An event is put behind one that ended before it started, so its chain says nothing of it that the times do not say.
    ``names`` are those of the logs; no more than ``events_max`` events are held.

    Raises:
        TraceError: there are more events than that, or a time is none.
    """
    assert rule.start is not None
    assert rule.end is not None
    boxes: list[tuple[int, int, Event]] = []
    for event in events:
        if len(boxes) == events_max:
            raise TraceError(
                f"more than {events_max} events must be held to order this trace by times alone; expected fewer, or "
                "`process:` under `order:` and a file for each process",
                location=place_of(names[event.log], event),
            )
        boxes.append((rule.start(event), rule.end(event), event))
    boxes.sort(key=lambda box: (box[0], box[1], box[2].log, box[2].line))
    chains: list[str] = []
    ends: list[tuple[int, int]] = []  # A heap: when the last event of each chain ends.
    placed: list[tuple[str, Event]] = []
    for start, end, event in boxes:
        if ends and ends[0][0] < start:
            number = heapq.heapreplace(ends, (end, ends[0][1]))[1]
        else:
            number = len(chains)
            chains.append(f"overlap {number + 1}")
            heapq.heappush(ends, (end, number))
        placed.append((chains[number], event))
    return chains, placed
