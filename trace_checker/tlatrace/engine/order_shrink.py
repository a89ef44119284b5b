"""Shrinking where events are ordered only in part: fewer events, no order of which is explained, for the same reason.

The reason is that of the event that comes nearest to being explained where all orders are stuck
(:mod:`tlatrace.engine.stuck`), and that event stays the same. Where clocks count events, what counts one that was left
out is left out too; so what is kept depends on nothing that is not there. Each smaller set of events is judged by a
search over all its orders.

The search is delta debugging, as in :mod:`tlatrace.engine.shrink`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tlatrace.compile.interpreter import Interpreter
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.shrink import Reason, reason_of_rejection
from tlatrace.engine.stuck import why_stuck
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event
from tlatrace.traces.given_order import GivenOrder

LAW = (
    "no order of the kept events is explained, and the same event is in the way; an event whose clock counts one that "
    "was left out is left out too"
)

SEARCHES_MAX = 3_000
"""Each judges what is left: some minutes at most."""

Key = tuple[int, int]
"""An event: its chain, and its number there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suborder:
    """The events that were kept, chain by chain; ``cut`` says why the search for fewer ended early."""

    events: tuple[Event, ...]
    reason: Reason
    cut: str


def shrink_in_part(
    start: Matcher,
    order: GivenOrder,
    interpreter: Interpreter,
    *,
    clocks_count: bool,
    must_stop: Callable[[], str] | None = None,
) -> Suborder | str:
    """The smallest part of ``order`` that was found; a text that says why there is none. ``clocks_count``:
    the clocks of events count other events.
    """
    search = _Search(start, order, interpreter, clocks_count, must_stop)
    try:
        reason = search.reason(frozenset())
    except _OutOfBudget as stop:
        return str(stop)
    if reason is not None:
        return search.shrunk(reason)
    return (must_stop() if must_stop is not None else "") or "it is not rejected when it is read again"


class _OutOfBudget(Exception):
    """No more may be searched; the message says why."""


class _Search:
    """Smaller and smaller parts of one order."""

    def __init__(
        self,
        start: Matcher,
        order: GivenOrder,
        interpreter: Interpreter,
        clocks_count: bool,
        must_stop: Callable[[], str] | None,
    ) -> None:
        self._start = start.fork(must_stop=must_stop)
        self._order = order
        self._interpreter = interpreter
        self._clocks_count = clocks_count
        self._must_stop = must_stop
        self._left = SEARCHES_MAX

    def shrunk(self, reason: Reason) -> Suborder:
        removed: frozenset[Key] = frozenset()
        cut = ""
        try:
            # Those that no order comes near to are rarely needed.
            removed = self._without(removed, self._beyond(), reason) or removed
            size = max(1, len(self._kept(removed)) // 2)
            while len(self._kept(removed)) > 1:
                smaller = self._pass(removed, size, reason)
                if smaller is None and size == 1:
                    break
                size = max(1, size // 2) if smaller is None else min(size, len(self._kept(smaller)))
                removed = removed if smaller is None else smaller
        except _OutOfBudget as stop:
            cut = str(stop)
        return Suborder(events=tuple(self._order.event(*key) for key in self._kept(removed)), reason=reason, cut=cut)

    def reason(self, removed: Collection[Key]) -> Reason | None:
        """Why what is left is rejected; None where it is not."""
        if self._must_stop is not None and (stop := self._must_stop()):
            raise _OutOfBudget(stop)
        self._left -= 1
        if self._left < 0:
            raise _OutOfBudget(f"{SEARCHES_MAX:,} smaller sets of events were tried")
        search = CutSearch(self._start, self._order.without(removed))
        try:
            if search.run() is not Status.REJECTED:
                return None
            found, _ = why_stuck(search, self._start, self._interpreter)
        except TlatraceError:
            return None  # an expression that has no value in these states
        reason = reason_of_rejection([explanation for explanation, _ in found])
        if reason is None:
            return None
        # Another event that is stuck because of what was left out is another rejection.
        event = found[0][1]
        return Reason((event.log, event.line, reason.key), reason.text)

    def _kept(self, removed: Collection[Key]) -> list[Key]:
        every = ((n, index) for n, chain in enumerate(self._order.chains) for index in range(len(chain)))
        return [key for key in every if key not in removed]

    def _beyond(self) -> list[Key]:
        """The events after those that could come next at a furthest cut."""
        search = CutSearch(self._start, self._order)
        search.run()
        furthest = [cut.positions for cut in search.furthest]
        ends = [max(cut[chain] for cut in furthest) + 1 for chain in range(self._order.log_count)]
        return [key for key in self._kept(()) if key[1] >= ends[key[0]]]

    def _pass(self, removed: frozenset[Key], size: int, reason: Reason) -> frozenset[Key] | None:
        """Without as many pieces of this size as can be left out, from the end to the beginning; None if none can."""
        found = None
        for end in range(len(self._kept(removed)), 0, -size):
            # What depended on a piece may have gone with it: what is left may be shorter than ``end``.
            piece = self._kept(removed)[max(0, end - size) : end]
            smaller = self._without(removed, piece, reason)
            if smaller is not None:
                removed = found = smaller
        return found

    def _without(self, removed: frozenset[Key], piece: Sequence[Key], reason: Reason) -> frozenset[Key] | None:
        """Without ``piece`` and what depends on it, if that is rejected for the same reason."""
        if not piece:
            return None
        fewer = self._closed(removed | frozenset(piece))
        if not self._kept(fewer):
            return None
        found = self.reason(fewer)
        return fewer if found is not None and found.key == reason.key else None

    def _closed(self, removed: frozenset[Key]) -> frozenset[Key]:
        """With the events whose clocks count one of those that are left out."""
        if not self._clocks_count:
            return removed
        while True:
            first: dict[int, int] = {}
            for chain, index in removed:
                first[chain] = min(index, first.get(chain, index))
            more = {
                (n, index)
                for n, index in self._kept(removed)
                for chain, least in first.items()
                if chain != n and self._order.chains[n][index].after[chain] > least
            }
            if not more:
                return removed
            removed |= more
