"""Who is blamed for the rejected traces of the five systems, where we know who is to blame.

A *log mistake* is made in a trace that is accepted: a field gets a value that another event has there, a line is lost,
written twice, or changes places with the next. A *bug* is one of the system's. Both are drawn by seed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from bench.systems.catalogue import SYSTEMS
from bench.systems.system import Knobs, Logged, System, Trace
from tlaconform.checking import CheckOptions, LiveCheck, Workbench
from tlatrace.engine import Status
from tlatrace.engine.blame import blame
from tlatrace.engine.findings import Blame
from tlatrace.traces import Event

MISTAKES = ("field", "missing", "double", "swap")
EVENTS = 60
BLAME_SECONDS = 2.0
MARGIN_EVENTS = 6
"""A mistake stands this far from the ends: at the very end nothing could tell."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A rejected trace, what is wrong with it (one of MISTAKES, or a bug), and what was found. ``line`` is the
    mistake's.
    """

    system: str
    wrong: str
    is_mistake: bool
    line: int | None
    found: Blame


def blamed(
    *, mistakes_each: int, bugs_each: int, systems: Sequence[System] = SYSTEMS, logged: Logged = Logged.FULL
) -> Iterator[Blamed]:
    """So many rejected traces of each system with a log mistake, and of each of its bugs."""
    for system in systems:
        workbench = Workbench(CheckOptions(spec=system.spec, mapping=system.mapping(logged), config=system.spec_config))
        knobs = Knobs(events=EVENTS, logged=logged)
        yield from _first(mistakes_each, _with_mistakes(system, workbench, knobs))
        for bug in system.bugs:
            yield from _first(bugs_each, _with_bug(system, workbench, replace(knobs, bug=bug)))


def totals(found: Sequence[Blamed]) -> Counter[tuple[str, str]]:
    """How often whom was suspected, by who it was."""
    return Counter(("log" if item.is_mistake else "implementation", item.found.suspect.value) for item in found)


def _first(count: int, found: Iterator[Blamed]) -> Iterator[Blamed]:
    for _, item in zip(range(count), found, strict=False):
        yield item


def _with_mistakes(system: System, workbench: Workbench, knobs: Knobs) -> Iterator[Blamed]:
    random = Random(7)
    for seed in range(1, 60):
        trace = system.generate(replace(knobs, seed=seed))
        mistake = MISTAKES[random.randrange(len(MISTAKES))]
        at = random.randrange(len(trace.events) // 4, len(trace.events) - MARGIN_EVENTS)
        events = _mistaken(mistake, at, list(trace.events), random)
        found = None if events is None else _judged(workbench, Trace(trace.header, tuple(events)))
        if found is not None:
            yield Blamed(system.name, mistake, True, at + 2, found)


def _with_bug(system: System, workbench: Workbench, knobs: Knobs) -> Iterator[Blamed]:
    for seed in range(100, 160):
        found = _judged(workbench, system.generate(replace(knobs, seed=seed)))
        if found is not None:
            yield Blamed(system.name, knobs.bug or "", False, None, found)


def _mistaken(mistake: str, at: int, events: list[dict[str, Any]], random: Random) -> list[dict[str, Any]] | None:
    """The events with a mistake at that one; None where this one cannot be made there."""
    event = events[at]
    if mistake == "missing":
        return events[:at] + events[at + 1 :]
    if mistake == "double":
        return [*events[: at + 1], event, *events[at + 1 :]]
    if mistake == "swap":
        following = events[at + 1]
        return None if event == following else [*events[:at], following, event, *events[at + 2 :]]
    names = [name for name in event if name != "event"]
    if not names:
        return None
    name = names[random.randrange(len(names))]
    values = [other[name] for other in events if name in other and other[name] != event[name]]
    if not values:
        return None
    return [*events[:at], {**event, name: values[random.randrange(len(values))]}, *events[at + 1 :]]


def _judged(workbench: Workbench, trace: Trace) -> Blame | None:
    """Who is blamed for the trace; None where it is explained, or every way to do so violates a property."""
    live = LiveCheck(workbench, trace.header)
    events = [Event(line, fields) for line, fields in enumerate(trace.events, 2)]
    for number, event in enumerate(events):
        status = live.matcher.advance(event)
        if status is not Status.MATCHED:
            if status is not Status.REJECTED:
                return None
            rest, actions = iter(events[number + 1 :]), live.loaded.compiled.actions
            return blame(live.trail, event, rest, actions, must_stop=_until(time.monotonic() + BLAME_SECONDS))
        live.trail.note(event, live.matcher)
    return None


def _until(ends: float) -> Callable[[], str]:
    return lambda: f"{BLAME_SECONDS:g} s" if time.monotonic() > ends else ""
