"""Blame: the smallest change of the log under which a rejected trace passes.

An event may be relaxed in a few ways (:class:`~tlatrace.engine.findings.Relaxing`): a field of it is ignored, it is
left out, happens twice, changes places with the next one, or one step that no event reports may come before it. One
relaxation is tried at a time, at the rejected event first and then further back, since the wrong line often stands
before the one that shows it; where something near by makes the trace pass, no further back than that. Then two are
tried together. What gets past the rejected event is followed to the end of the trace.

A relaxed run that comes back to states that the trace had anyway has changed nothing, and ends there; so most attempts
cost a few steps. The number of events run is bounded, and what was not tried is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from tlatrace.compile.api import Action
from tlatrace.engine.blame_details import LOOKAHEAD_EVENTS, copied, relaxations
from tlatrace.engine.blame_words import conclude, summarise, suspect_of
from tlatrace.engine.findings import Blame, Finding, Relaxing
from tlatrace.engine.match import Matcher
from tlatrace.engine.relaxations import Field
from tlatrace.engine.reruns import REST_EVENTS_MAX, Change, OutOfBudget, Reached, Reruns
from tlatrace.engine.trail import Trail
from tlatrace.traces import Event

WINDOW_EVENTS = 64
"""So many events back from the rejected one are relaxed; a mistake that shows later is rarely the log's."""

NEAR_EVENTS = 8
"""What stands so near to the rejected event is relaxed first, in every way."""

FOLLOWED_MAX = 12
"""So many relaxations are followed to the end of the trace."""

PAIRED_MAX = 3
"""So many single relaxations that get furthest are joined with a second one."""

PAIR_WINDOW_EVENTS = 8

FINDINGS_MAX = 5


def blame(
    trail: Trail,
    event: Event,
    rest: Iterator[Event],
    actions: Sequence[Action],
    *,
    must_stop: Callable[[], str] | None = None,
    window: int = WINDOW_EVENTS,
) -> Blame:
    """Who is to blame that ``event`` is rejected after the events of ``trail``.

    ``rest`` has the events after it, ``actions`` those of Next. ``must_stop`` gives a reason to end the search, or
    nothing; it is asked before every event that is run, and before every state.
    """
    return _Search(Reruns(trail, event, rest, actions, must_stop, window)).run()


class _Search:
    """What is tried, and what came of it."""

    def __init__(self, reruns: Reruns) -> None:
        self._reruns = reruns
        self._rejected = reruns.rejected
        self._first = reruns.first
        """The first event that is relaxed."""
        self._soon = reruns.rejected + 1 + LOOKAHEAD_EVENTS
        self._far = reruns.rejected + 1 + REST_EVENTS_MAX + 1
        self._tried: Counter[str] = Counter()
        self._pairs_tried = 0
        self._cut = ""

    def run(self) -> Blame:
        reached: list[Reached] = []
        reruns = self._reruns
        try:
            reruns.stand_before_each()
            far = max(reruns.first, self._rejected - NEAR_EVENTS)
            here = range(self._rejected, self._rejected + 1)
            near = range(self._rejected - 1, far - 1, -1)
            for changes, indexes in (
                *(
                    (changes, indexes)
                    for indexes in (here, near)
                    for changes in (self._log_changes, self._hidden_steps)
                ),
                (self._log_changes, range(far - 1, reruns.first - 1, -1)),
                (self._hidden_steps, range(far - 1, reruns.first - 1, -1)),
            ):
                if indexes.start < far and any(item.is_end for item in reached):
                    self._first = far
                    break
                self._singles(reached, changes, indexes)
                self._follow(reached)
            if not any(item.is_end for item in reached):
                self._all_of_one_event(reached)
                self._from_here_on(reached)
            if not any(item.is_end for item in reached):
                self._pairs(reached)
        except OutOfBudget as stop:
            self._cut = str(stop)
            self._follow_last(reached)
        reruns.allow_a_little_more()
        findings, omitted = self._findings(reached)
        found = Blame(
            findings=findings,
            findings_omitted=omitted,
            tried=dict(self._tried),
            pairs_tried=self._pairs_tried,
            first_line=reruns.events[self._first].line,
            last_line=reruns.events[reruns.rejected].line,
            cut=self._cut,
            untried=reruns.untried,
        )
        found = replace(found, suspect=suspect_of(found))
        return replace(found, summary=summarise(found))

    # ------------------------------------------------------------------------------------------ what is tried

    def _singles(
        self, reached: list[Reached], changes: Callable[[int], Iterator[Change]], indexes: Iterable[int]
    ) -> None:
        for index in indexes:
            for change in changes(index):
                self._tried[change.kind.value] += 1
                found = self._reruns.run((change,), self._soon)
                if found.index > self._rejected and not self._is_trivial(found):
                    reached.append(found)

    def _is_trivial(self, found: Reached) -> bool:
        """Leaving out the rejected event says nothing unless something after it is explained, or it is a copy."""
        (change,) = found.changes
        is_gone = change.kind is Relaxing.DROP and change.index == self._rejected
        return is_gone and found.index == self._rejected + 1 and copied(self._reruns, change.index) is None

    def _log_changes(self, index: int, matcher: Matcher | None = None) -> Iterator[Change]:
        for field in self._reruns.fields(index, matcher):
            yield Change(Relaxing.FIELD, index, field)
        for kind in (Relaxing.DROP, Relaxing.DUPLICATE, Relaxing.SWAP):
            yield Change(kind, index)

    @staticmethod
    def _hidden_steps(index: int) -> Iterator[Change]:
        yield Change(Relaxing.HIDDEN_STEP, index)

    def _follow(self, reached: list[Reached]) -> None:
        """Take the best of what gets past the rejected event to the end of the trace."""
        reached.sort(key=lambda item: (bool(item.stopped), item.rank()))
        for number, found in enumerate(reached[:FOLLOWED_MAX]):
            if not found.is_end and not found.stopped:
                reached[number] = self._reruns.run(found.changes, self._far)

    def _follow_last(self, reached: list[Reached]) -> None:
        """Say of what was not followed to the end that it was not."""
        for number, found in enumerate(reached):
            if not found.is_end and not found.stopped:
                reached[number] = replace(found, stopped=f"the search ended ({self._cut})")

    def _all_of_one_event(self, reached: list[Reached]) -> None:
        """Several fields of the rejected event, where one alone does not help: as few as possible."""
        index = self._rejected
        if any(c.kind is Relaxing.FIELD and c.index == index for found in reached for c in found.changes):
            return
        fields = self._reruns.fields(index)

        def passes(some: Sequence[Field]) -> bool:
            self._tried[Relaxing.FIELD.value] += 1
            change = Change(Relaxing.FIELD, index, fields=tuple(some))
            return self._reruns.run((change,), index + 1).index > index

        if len(fields) < 2 or not passes(fields):
            return
        needed = fields
        for field in sorted(fields, key=lambda item: -item.weight):
            fewer = [item for item in needed if item is not field]
            if fewer and passes(fewer):
                needed = fewer
        change = Change(Relaxing.FIELD, index, fields=tuple(needed))
        reached.append(self._reruns.run((change,), self._far))

    def _from_here_on(self, reached: list[Reached]) -> None:
        """An observed field that is wrong at the rejected event may be wrong from then on."""
        for found in list(reached):
            change = found.changes[0]
            is_first = len(found.changes) == 1 and change.kind is Relaxing.FIELD and change.index == self._rejected
            if is_first and change.field is not None and change.field.observations:
                self._tried[Relaxing.FIELD_FROM_HERE.value] += 1
                further = self._reruns.run((replace(change, kind=Relaxing.FIELD_FROM_HERE),), self._far)
                if further.is_end or further.index > found.index:
                    reached.append(further)

    def _pairs(self, reached: list[Reached]) -> None:
        """A second relaxation where the first one gets stuck."""
        firsts = [item for item in sorted(reached, key=Reached.rank) if len(item.changes) == 1 and not item.is_end]
        for first in firsts[:PAIRED_MAX]:
            kept: dict[int, Matcher] = {}
            self._reruns.run(first.changes, first.index + 1, kept)
            for index in range(first.index, max(first.changes[0].index, first.index - PAIR_WINDOW_EVENTS), -1):
                if index in kept:
                    for change in (*self._log_changes(index, kept[index]), *self._hidden_steps(index)):
                        self._pair(first, change, reached)

    def _pair(self, first: Reached, change: Change, reached: list[Reached]) -> None:
        self._pairs_tried += 1
        found = self._reruns.run((*first.changes, change), first.index + 1 + LOOKAHEAD_EVENTS)
        if not found.stopped and not found.is_end:
            found = self._reruns.run(found.changes, self._far)
        if found.is_end or found.index > first.index:
            reached.append(found)

    # ------------------------------------------------------------------------------------------ what was found

    def _findings(self, reached: list[Reached]) -> tuple[tuple[Finding, ...], int]:
        findings: list[Finding] = []
        omitted = 0
        for item in _merged(sorted(reached, key=Reached.rank), self._reruns.events):
            # What passes is the answer; what gets stuck is told only where nothing passes.
            if len(findings) == FINDINGS_MAX or (findings and findings[0].passes and not item.is_end):
                omitted += 1
            else:
                findings.append(self._finding(item))
        return tuple(findings), omitted

    def _finding(self, found: Reached) -> Finding:
        events = self._reruns.events
        finding = Finding(
            relaxations=relaxations(self._reruns, found),
            passes=found.is_end,
            events_explained=max(0, found.index - self._rejected),
            until_line=events[min(found.index, len(events)) - 1].line,
            stopped=found.stopped,
        )
        suspect, conclusion = conclude(finding, events[self._rejected].line)
        return replace(finding, suspect=suspect, conclusion=conclusion)


def _merged(ranked: Sequence[Reached], events: Sequence[Event]) -> Iterator[Reached]:
    """Without those that say the same as a better one: a hidden step that may come earlier too, the other one of two
    equal events that may be left out."""
    seen: set[Hashable] = set()
    hidden_indexes: list[int] = []
    for item in ranked:
        if len(item.changes) != 1:
            key: Hashable = tuple((c.kind, c.index, c.field.name if c.field else "") for c in item.changes)
        else:
            (change,) = item.changes
            if change.kind is Relaxing.HIDDEN_STEP:
                is_known = any(abs(change.index - other) <= 1 for other in hidden_indexes)
                hidden_indexes.append(change.index)
                if is_known:
                    continue
            key = (change.kind, change.index, change.field.name if change.field else change.fields)
            if change.kind is Relaxing.DROP:
                key = (change.kind, repr(events[change.index].fields))
        if key not in seen:
            seen.add(key)
            yield item
