"""Why no order of the events gets further: every event that could come next at the furthest cuts, explained."""

from __future__ import annotations

from collections.abc import Iterator

from tlatrace.compile.api import State
from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.explain import explain
from tlatrace.engine.match import Matcher
from tlatrace.engine.states import StateSet
from tlatrace.engine.verdict import Explanation
from tlatrace.traces import Event


def why_stuck(
    search: CutSearch, matcher: Matcher, interpreter: Interpreter
) -> tuple[list[tuple[Explanation, Event]], int]:
    """The reasons with their events, nearest misses first, and how many more there are; of a search that rejected.
    ``matcher`` stands at the beginning.
    """
    found: list[tuple[Explanation, Event]] = []
    omitted = 0
    for event, states in _next_events(search):
        rule = matcher.rule_of(event)
        arguments = matcher.arguments_of(rule, event)
        explanations, more = explain(matcher.fork(frontier=states), rule, arguments, interpreter, line=event.line)
        found += [(explanation, event) for explanation in explanations]
        omitted += more
    found.sort(key=lambda pair: _distance(pair[0]))
    return found, omitted


def _next_events(search: CutSearch) -> Iterator[tuple[Event, tuple[State, ...]]]:
    """The events that could come next at some of the furthest cuts, with all states of these cuts."""
    events: dict[tuple[int, int], Event] = {}
    states: dict[tuple[int, int], StateSet] = {}
    for cut in search.furthest:
        for item in cut.next_events:
            if item.is_free:
                key = item.event.log, item.event.line
                events[key] = item.event
                known = states.setdefault(key, StateSet())
                for state in cut.states:
                    known.add(state)
    for key, event in sorted(events.items()):
        yield event, tuple(states[key])


def _distance(explanation: Explanation) -> tuple[int, int]:
    """How far a candidate is from explaining its event: a wrong outcome is nearer than an action that is impossible."""
    if explanation.broken_property:
        return 0, 0
    if explanation.mismatches:
        return 1, len(explanation.mismatches)
    return 2, -max((failure.held for failure in explanation.failures), default=-1)
