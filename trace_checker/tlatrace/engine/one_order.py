"""A partial order told as one trace: the events once more, in one order that the search found to explain them.

What is asked after a verdict (:mod:`tlatrace.engine.strength`, :mod:`tlatrace.engine.advice`,
:mod:`tlatrace.engine.violated`) is asked of a trail. A trail needs a matcher, and a matcher one order. So the events
are read once more, in the order of one way that explains them, and what is then said holds *along that order*: another
one may exercise other conjuncts, and leave other variables open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.match import Matcher, Status, Violation
from tlatrace.engine.search.marks import bits
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.trail import Sighting, Trail, standing_at
from tlatrace.engine.verdict import Violated
from tlatrace.engine.violated import LogName, explained_at, plainly
from tlatrace.traces import Event, PartialOrder
from tlatrace.traces.lookahead import EventsAhead

EVENTS_MAX = 50_000
"""So many events are told again: reading them costs as much as judging them did, and samples of more say no more."""


@dataclass(frozen=True, slots=True)
class Retold:
    """What one order left. ``count`` events were explained; ``is_whole`` unless there were more. ``violated`` has, for
    properties that some way in this order violates, where that was first.
    """

    trail: Trail
    count: int
    is_whole: bool
    violated: dict[str, Sighting] = field(default_factory=dict)


def events_in(order: PartialOrder, chains: Iterable[int]) -> Iterator[Event]:
    """The events of ``order``, which nobody else reads, in the order that ``chains`` tells.

    Raises:
        TraceError: a line cannot be read.
    """
    at = [0] * order.log_count
    for chain in chains:
        event = order.peek(chain, at[chain])
        assert event is not None, "the order of a way has more events than the trace"
        at[chain] += 1
        yield event
        order.forget(tuple(at))


def retell(matcher: Matcher, order: PartialOrder, chains: Sequence[int], events_max: int = EVENTS_MAX) -> Retold:
    """Let a fork of ``matcher``, which stands at the beginning, explain the events in the order that ``chains`` tells:
    as far as they are explained, and no more than ``events_max`` of them.

    Raises:
        TlatraceError: a line cannot be read, or an expression cannot be evaluated.
    """
    matcher = matcher.fork()
    trail = Trail(matcher)
    violated: dict[str, Sighting] = {}
    known = _violated(matcher.nodes)
    events = EventsAhead(events_in(order, islice(chains, events_max)))
    if any(rule.silent for rule in matcher.rules.values()):
        matcher.look_ahead(events.peek)
    for event in events:
        before = matcher.nodes
        status = matcher.advance(event)
        if status is Status.VIOLATED:
            sighting = Sighting(matcher, event)
            violated.update({v.property: sighting for v in matcher.violations if v.property not in violated})
        if status is not Status.MATCHED:
            break
        trail.note(event, matcher)
        new = _violated(matcher.nodes) & ~known if matcher.properties else 0
        if new:
            known |= new
            sighting = Sighting(standing_at(matcher, [node.state for node in before]), event)
            violated.update({matcher.properties[number].name: sighting for number in bits(new)})
    return Retold(trail, trail.count, trail.count == len(chains), violated)


def explain_in_order(
    retold: Retold | None, violations: Iterable[Violation], interpreter: Interpreter, log_name: LogName
) -> tuple[Violated, ...]:
    """The violations of a search, with the conjunct that is false where the order that was told again shows one."""
    known = {} if retold is None else retold.violated
    return tuple(
        _explained(violation, known.get(violation.property), interpreter, log_name) for violation in violations
    )


def _explained(
    violation: Violation, sighting: Sighting | None, interpreter: Interpreter, log_name: LogName
) -> Violated:
    plain = plainly(violation, log_name)
    if sighting is None:
        return plain
    at = replace(violation, log=sighting.event.log, line=sighting.event.line)
    return explained_at(at, sighting.matcher, sighting.event, interpreter, log_name) or plain


def _violated(nodes: Sequence[Node]) -> int:
    """The properties that some way to these nodes violates."""
    union = 0
    for node in nodes:
        union |= node.marks.union
    return union
