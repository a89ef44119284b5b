"""The slow twin of the searches: every behavior that explains a trace, one after the other.

Nothing is merged, reduced or given up. What one step does is asked of the engine's own :class:`Stepper`; everything
that a search adds to it (merging, budgets, marks, orders, reductions) is done here again in the plainest way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from tlatrace.engine import Matcher, Status
from tlatrace.engine.search.marks import CLEAN
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.states import key_of
from tlatrace.traces import Event, PartialOrder, Positions

WAYS_MAX = 200_000


@dataclass
class MemoryLog:
    """A log that was never a file."""

    name: str
    lines: Sequence[dict[str, Any]]

    def __iter__(self) -> Iterator[Event]:
        for number, fields in enumerate(self.lines, 1):
            yield Event(number, fields)


@dataclass
class Found:
    """What all behaviors together say: how many events were explained at most, the sets of properties that behaviors
    violate by the number of events that they explain, and the states in which those that explain all events end.
    """

    events: int
    is_total: bool
    masks: dict[int, set[int]] = field(default_factory=dict)
    ends: set[Any] = field(default_factory=set)

    @property
    def explained(self) -> int:
        return max(self.masks)

    @property
    def status(self) -> Status:
        if self.is_total and any(0 not in self.masks.get(count, {0}) for count in range(1, self.events + 1)):
            return Status.VIOLATED
        masks = self.masks.get(self.events)
        if masks is None:
            return Status.REJECTED
        return Status.MATCHED if 0 in masks else Status.VIOLATED


def all_behaviors(matcher: Matcher, order: PartialOrder, *, unbounded: bool) -> Found:
    """Every way through the trace. If ``unbounded``, bounds that are only there to end the search are not kept."""
    events = sum(1 for chain in range(order.log_count) for _ in iter(_counter(order, chain), None))
    found = Found(events, order.log_count == 1)
    pending: list[tuple[Positions, Node, int]] = [
        ((0,) * order.log_count, Node(node.state), node.marks.union) for node in matcher.nodes
    ]
    known = set()
    while pending:
        at, node, mask = pending.pop()
        found.masks.setdefault(sum(at), set()).add(mask)
        if order.is_end(at):
            found.ends.add(key_of(node.state))
            continue
        for chain in order.enabled(at):
            prepared = matcher.prepare(order.event(chain, at[chain]))
            after = (*at[:chain], at[chain] + 1, *at[chain + 1 :])
            for start, start_mask in _with_silent(matcher, prepared, node, mask, unbounded):
                for reached in matcher.stepper.explanations(prepared, Node(start.state, CLEAN)):
                    for each in reached.marks.minimal:
                        way = after, key_of(reached.state), start_mask | each
                        if way not in known:
                            known.add(way)
                            assert len(known) < WAYS_MAX, "the example is too large for its twin"
                            pending.append((after, Node(reached.state), start_mask | each))
    return found


def _counter(order: PartialOrder, chain: int) -> Callable[[], Event | None]:
    numbers = count()
    return lambda: order.peek(chain, next(numbers))


def _with_silent(
    matcher: Matcher, prepared: Prepared, node: Node, mask: int, unbounded: bool
) -> Iterator[tuple[Node, int]]:
    budget = tuple(-1 if unbounded and silent.is_limit else silent.at_most for silent in prepared.silent)
    pending = [(node, mask, budget)]
    known = {(key_of(node.state), mask, budget)}
    while pending:
        here, here_mask, left = pending.pop()
        yield here, here_mask
        for index, silent in enumerate(prepared.silent):
            if left[index] == 0:
                continue
            after = left if left[index] < 0 else (*left[:index], left[index] - 1, *left[index + 1 :])
            for reached in matcher.stepper.silent_steps(silent, prepared.arguments, Node(here.state, CLEAN)):
                for each in reached.marks.minimal:
                    way = key_of(reached.state), here_mask | each, after
                    if way not in known:
                        known.add(way)
                        pending.append((Node(reached.state), here_mask | each, after))


@pytest.fixture(scope="session")
def behaviors() -> Callable[..., Found]:
    """:func:`all_behaviors`."""
    return all_behaviors


@pytest.fixture(scope="session")
def memory_log() -> type[MemoryLog]:
    """:class:`MemoryLog`."""
    return MemoryLog
