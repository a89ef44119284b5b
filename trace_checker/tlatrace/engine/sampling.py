"""What a trail is asked after a trace was accepted: some of its events run again, with the steps that explain them.

Samples are the first events of their kind, and stretches spread over the whole trace. How many events are run is
bounded, so that questions cost the same after a million events as after a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tlatrace.compile.api import State
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.search.marks import CLEAN
from tlatrace.engine.search.nodes import NO_ACTIONS, Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import LimitReached
from tlatrace.engine.search.witness import Trail as Chain
from tlatrace.engine.search.witness import changed
from tlatrace.engine.trail import STRETCH_EVENTS, Stretch, Trail
from tlatrace.values import Value

EVENTS_MAX = 512
"""So many events of the stretches are run again."""

STATES_MAX = 3_000
"""So many states are met before no further event is sampled: where frontiers are wide, events cost as much more."""

NODES_MAX = 8
"""Of a wide frontier, so many states are gone on from: steps from one are like those from another."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way to explain an event: the action's name, empty where the event is explained without a step."""

    action: str
    arguments: tuple[Value, ...]
    state: State
    successor: State


@dataclass(frozen=True, slots=True)
class Sample:
    """An event that was explained, as it was prepared; the states before and after it, and the steps of some of the
    ways between them. ``is_first`` for the first of its kind, or of an action.
    """

    prepared: Prepared
    before: tuple[State, ...]
    after: tuple[State, ...]
    ways: tuple[tuple[Step, ...], ...]
    is_first: bool


def samples(trail: Trail, events_max: int = EVENTS_MAX, nodes_max: int = NODES_MAX) -> Iterator[Sample]:
    """First sightings, then events of stretches that are spread evenly over what the trail keeps.

    Properties are not judged again: they exclude no state. Of each frontier, and of what silent steps make of it, so
    many as ``nodes_max`` are gone on from to find ways.
    """
    for sighting in trail.sightings:
        matcher = sighting.matcher.fork(judges_properties=False)
        sample = _sample(matcher, matcher.prepare(sighting.event), nodes_max, is_first=True)
        if sample is not None:
            yield sample
    stretches = trail.stretches
    wanted = max(1, events_max // STRETCH_EVENTS)
    left = STATES_MAX
    for stretch in spread(stretches, wanted):
        matcher = stretch.matcher.fork(judges_properties=False)
        for event in stretch.events:
            left -= len(matcher.nodes)
            sample = _sample(matcher, matcher.prepare(event), nodes_max, is_first=False) if left >= 0 else None
            if sample is None:
                break
            yield sample


def _sample(matcher: Matcher, prepared: Prepared, nodes_max: int, *, is_first: bool) -> Sample | None:
    """The sample of one event; ``matcher`` is moved over it."""
    nodes = matcher.nodes
    before = tuple(node.state for node in nodes)
    try:
        ways = tuple(_ways(matcher, prepared, nodes, nodes_max))
    except LimitReached:
        return None  # of time, perhaps: what was explained once need not be again
    if matcher.advance_prepared(prepared) is not Status.MATCHED:
        return None
    return Sample(prepared, before, matcher.frontier, ways, is_first)


def _ways(matcher: Matcher, prepared: Prepared, nodes: Sequence[Node], nodes_max: int) -> Iterator[tuple[Step, ...]]:
    """The steps that lead from some of ``nodes`` to states after the event."""
    fresh = [Node(n.state, CLEAN, NO_ACTIONS, Chain(None, None, n.state)) for n in nodes[:nodes_max]]
    found = 0
    for start in matcher.starts_from(prepared.rule, prepared.arguments, fresh):
        # From most states that silent steps lead to, the event cannot be explained; they cost little.
        for node in matcher.stepper.explanations(prepared, start):
            if node.trail is not None:
                yield tuple(_steps(node.trail))
                found += 1
        if found >= nodes_max:
            break


def _steps(chain: Chain) -> Iterator[Step]:
    witness = chain.witness()
    state = witness.initial
    for step in witness.steps:
        successor = changed(state, step.changes)
        yield Step(step.action, step.arguments, state, successor)
        state = successor


def spread(items: Sequence[Stretch], wanted: int) -> Iterator[Stretch]:
    """So many of ``items``, evenly, the first and the last among them."""
    if len(items) <= wanted:
        yield from items
        return
    chosen = {round(number * (len(items) - 1) / max(1, wanted - 1)) for number in range(wanted)}
    for number in sorted(chosen):
        yield items[number]
