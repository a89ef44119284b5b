"""What is kept of a check, in bounded memory, so that questions can be asked of it afterwards.

A trail holds forks of the matcher at intervals, each with the events that came next, and the last stretches without a
gap. The intervals widen as the trace grows, so a trace of any length leaves the same number of them. Nothing is
computed while the trace is read; what is asked for later (blame, sensitivity, strength, advice) is computed by letting
a fork run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tlatrace.compile.api import State
from tlatrace.engine.match import Matcher, Snapshot, Status
from tlatrace.traces import Event

STRETCH_EVENTS = 64
"""Events between two forks: few enough to run again at once, enough to see an edit through to its consequence."""

STRETCHES_MAX = 32
"""So many stretches are kept of what lies further back, at even intervals."""

RECENT_STRETCHES = 4
"""So many are kept without a gap up to the last event: the cause of a rejection is seldom further back than that."""

WIDE_FRONTIER_STATES = 5_000
"""A fork with more states than this is kept only while it is recent."""

FIRST_SEEN_MAX = 200
"""So many events are kept because they were the first of their kind, or of an action."""


@dataclass(slots=True)
class Stretch:
    """Events that follow one another, and a matcher that stands before the first of them. ``start`` counts the events
    before it.
    """

    start: int
    matcher: Matcher
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The first event of its kind, or that some action explains: a matcher that stands before it."""

    matcher: Matcher
    event: Event


@dataclass(frozen=True, slots=True)
class TrailSnapshot:
    """A trail in values that can be pickled; its matchers as snapshots."""

    count: int
    ambiguous: int
    widest: int
    widest_line: int | None
    sightings: tuple[tuple[Snapshot, Event], ...]
    recent: tuple[tuple[int, Snapshot, tuple[Event, ...]], ...]
    older: tuple[tuple[int, Snapshot, tuple[Event, ...]], ...]
    stride: int


class Trail:
    """The trail of one check. Make it beside the matcher, before its first event."""

    def __init__(self, matcher: Matcher) -> None:
        self.count = 0
        """Events that were explained."""
        self.ambiguous = 0
        """Events that more than one state explained."""
        self.widest = 1
        self.widest_line: int | None = None
        self.sightings: list[Sighting] = []
        self._nodes = matcher.nodes
        self._known = _kinds_seen(matcher)
        self._recent = [Stretch(0, matcher.fork())]
        self._older: list[Stretch] = []
        self._stride = 1
        self._events = self._recent[-1].events
        """Those of the last stretch."""

    def note(self, event: Event, matcher: Matcher) -> None:
        """``matcher`` has just explained ``event``."""
        self.count += 1
        nodes = matcher.nodes
        if len(nodes) > 1:
            self.ambiguous += 1
            if len(nodes) > self.widest:
                self.widest, self.widest_line = len(nodes), event.line
        strength = matcher.strength
        known = len(strength.actions) + len(strength.kinds)
        if known != self._known:
            self._known = known
            if len(self.sightings) < FIRST_SEEN_MAX:
                self.sightings.append(Sighting(standing_at(matcher, [node.state for node in self._nodes]), event))
        self._nodes = nodes
        events = self._events
        events.append(event)
        if len(events) == STRETCH_EVENTS:
            self._recent.append(Stretch(self.count, matcher.fork()))
            self._events = self._recent[-1].events
            if len(self._recent) > RECENT_STRETCHES:
                self._keep(self._recent.pop(0))

    @property
    def stretches(self) -> Sequence[Stretch]:
        """All that is kept, in order, with gaps between the older ones."""
        return [stretch for stretch in (*self._older, *self._recent) if stretch.events]

    @property
    def recent(self) -> Stretch:
        """The last events as one stretch."""
        first = self._recent[0]
        return Stretch(first.start, first.matcher, [event for stretch in self._recent for event in stretch.events])

    def before(self, index: int) -> Stretch:
        """The latest stretch that starts at or before the event of this number (from 0)."""
        return [s for s in (*self._older, *self._recent) if s.start <= index][-1]

    def snapshot(self) -> TrailSnapshot:
        """What is kept; :meth:`restore` makes a trail that goes on from there."""
        return TrailSnapshot(
            self.count,
            self.ambiguous,
            self.widest,
            self.widest_line,
            tuple((sighting.matcher.snapshot(), sighting.event) for sighting in self.sightings),
            tuple(map(_stretch_snapshot, self._recent)),
            tuple(map(_stretch_snapshot, self._older)),
            self._stride,
        )

    def restore(self, snapshot: TrailSnapshot, matcher: Matcher) -> None:
        """Be as the trail was of which this is the snapshot; ``matcher`` stands where its matcher stood."""
        self.count = snapshot.count
        self.ambiguous = snapshot.ambiguous
        self.widest, self.widest_line = snapshot.widest, snapshot.widest_line
        self.sightings = [Sighting(_standing(matcher, at), event) for at, event in snapshot.sightings]
        self._recent = [Stretch(start, _standing(matcher, at), list(events)) for start, at, events in snapshot.recent]
        self._events = self._recent[-1].events
        self._older = [Stretch(start, _standing(matcher, at), list(events)) for start, at, events in snapshot.older]
        self._stride = snapshot.stride
        self._nodes = matcher.nodes
        self._known = _kinds_seen(matcher)

    def standing_before(self, log: int, line: int) -> tuple[Matcher, Event] | None:
        """A matcher that stands before the first event of this line of a log, and the event; None where neither is
        kept any more.
        """
        for stretch in self.stretches:
            for number, event in enumerate(stretch.events):
                if (event.log, event.line) == (log, line):
                    matcher = stretch.matcher.fork()
                    reached, _ = run_on(matcher, stretch.events[:number])
                    return (matcher, event) if reached == number else None
        here = (each for each in self.sightings if (each.event.log, each.event.line) == (log, line))
        return next(((each.matcher, each.event) for each in here), None)

    def _keep(self, stretch: Stretch) -> None:
        if stretch.start and not self._is_kept(stretch):
            return
        self._older.append(stretch)
        while len(self._older) > STRETCHES_MAX:
            self._stride *= 2
            self._older = [item for item in self._older if not item.start or self._is_kept(item)]

    def _is_kept(self, stretch: Stretch) -> bool:
        is_on_stride = stretch.start // STRETCH_EVENTS % self._stride == 0
        return is_on_stride and len(stretch.matcher.nodes) <= WIDE_FRONTIER_STATES


def _kinds_seen(matcher: Matcher) -> int:
    """How many actions, and kinds of events, have been seen; it only grows."""
    return len(matcher.strength.actions) + len(matcher.strength.kinds)


def _stretch_snapshot(stretch: Stretch) -> tuple[int, Snapshot, tuple[Event, ...]]:
    return stretch.start, stretch.matcher.snapshot(), tuple(stretch.events)


def _standing(matcher: Matcher, snapshot: Snapshot) -> Matcher:
    fork = matcher.fork()
    fork.restore(snapshot)
    return fork


def standing_at(matcher: Matcher, states: Sequence[State]) -> Matcher:
    """A fork that goes on from ``states`` instead of from the whole frontier."""
    return matcher.fork(frontier=states)


def run_on(matcher: Matcher, events: Sequence[Event], first: int = 0) -> tuple[int, Status]:
    """Advance over ``events`` from number ``first``: the number of the event that was not matched, and its status; the
    number of events where all were."""
    for number in range(first, len(events)):
        status = matcher.advance(events[number])
        if status is not Status.MATCHED:
            return number, status
    return len(events), Status.MATCHED
