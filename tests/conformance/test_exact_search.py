"""The frontier search against a twin: a plain Python queue that tries everything.

Accepted must mean that a witness exists and rejected that none does, whatever is hidden: arguments left open, sizes not
logged, steps that no event reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlaconform.checking import CheckOptions, LiveCheck, Workbench
from tlatrace.traces import Event

CAPACITY = 2
ITEMS = (0, 1)
LOSSES_BEFORE_EACH = 1

MAPPING = f"""
version: 1
constants: {{Capacity: {CAPACITY}, Item: 0 .. 1}}
kind: event.op
observe_if_present:
  Len(queue): event.size
  queue: event.queue
events:
  put: Put(ANY)
  get: Get(event.item)
  take: Get(ANY)
  move: Get(ANY) \\cdot Put(event.item)
  some:
    - Put(ANY)
    - Get(ANY)
  look: stutter
silent:
  - action: Lose
    at_most: {LOSSES_BEFORE_EACH}
    when: event.op /= "look"
"""

State = tuple[tuple[int, ...], int]

EVENTS = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["put", "get", "take", "move", "some", "look"]), "item": st.sampled_from(ITEMS)},
        optional={"size": st.integers(0, CAPACITY), "queue": st.lists(st.sampled_from(ITEMS), max_size=CAPACITY)},
    ),
    max_size=7,
)


def puts(state: State, items: tuple[int, ...]) -> Iterator[State]:
    queue, lost = state
    if len(queue) < CAPACITY:
        for item in items:
            yield (*queue, item), lost


def gets(state: State, items: tuple[int, ...]) -> Iterator[State]:
    queue, lost = state
    if queue and queue[0] in items:
        yield queue[1:], lost


def steps(state: State, event: dict[str, Any]) -> Iterator[State]:
    one = (event["item"],)
    match event["op"]:
        case "put":
            yield from puts(state, ITEMS)
        case "get":
            yield from gets(state, one)
        case "take":
            yield from gets(state, ITEMS)
        case "move":
            for between in gets(state, ITEMS):
                yield from puts(between, one)
        case "some":
            yield from puts(state, ITEMS)
            yield from gets(state, ITEMS)
        case "look":
            yield state


def explained_events(events: list[dict[str, Any]]) -> int:
    """How many events some behavior explains, from the first on."""
    states: set[State] = {((), 0)}
    for number, event in enumerate(events):
        starts = set(states)
        if event["op"] != "look":
            starts |= {(queue[1:], lost + 1) for queue, lost in states if queue}
        states = {
            after
            for state in starts
            for after in steps(state, event)
            if len(after[0]) == event.get("size", len(after[0]))
            and list(after[0]) == event.get("queue", list(after[0]))
        }
        if not states:
            return number
    return len(events)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory, queue_module: str) -> Workbench:
    folder: Path = tmp_path_factory.mktemp("queue")
    (folder / "Queue.tla").write_text(queue_module)
    (folder / "queue.yaml").write_text(MAPPING)
    return Workbench(CheckOptions(spec=folder / "Queue.tla", mapping=folder / "queue.yaml"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_what_a_search_of_everything_finds(workbench: Workbench, events: list[dict[str, Any]]) -> None:
    live = LiveCheck(workbench, {})
    explained = 0
    for line, event in enumerate(events, 1):
        if live.feed(Event(line, event)) is not None:
            break
        explained += 1
    assert explained == explained_events(events)
