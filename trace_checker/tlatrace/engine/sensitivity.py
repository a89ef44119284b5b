"""How many small edits of an accepted trace would have been noticed: a measure of what the verdict is worth.

The edits (:mod:`tlatrace.engine.edits`) are made in the stretches that the trail keeps, and each is followed over the
next events of the trace. A rejection, a property that all ways violate, and an event that cannot be read any more count
as noticed. An edit that is noticed only after ``window`` events counts as not noticed, so the share is a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tlatrace.engine.edits import Edit, EditKind, drawn, edited
from tlatrace.engine.findings import EditCount, Sensitivity
from tlatrace.engine.match import Matcher, Status
from tlatrace.engine.trail import STRETCH_EVENTS, Stretch, Trail
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event

WINDOW_EVENTS = STRETCH_EVENTS
"""So many events after an edit are looked at."""


def sensitivity(trail: Trail, count: int, seed: int, *, must_stop: Callable[[], str] | None = None) -> Sensitivity:
    """Make ``count`` edits drawn by ``seed``. ``must_stop`` gives a reason to end early, or nothing."""
    stretches = trail.stretches
    edits, unread = drawn(stretches, count, seed)
    outcomes: list[Outcome] = []
    cut = ""
    for edit, matcher in _standing(stretches, edits):
        if must_stop is not None and (cut := must_stop()):
            cut = f"{cut}; {len(outcomes)} of {len(edits)} edits were tried"
            break
        following = edited(_following(stretches, edit), Edit(edit.kind, 0, 0, edit.field, edit.event))
        outcomes.append((edit, outcome(matcher, following[:WINDOW_EVENTS])))
    return counted(outcomes, seed, unread, cut)


Outcome = tuple[Edit, Status | None]
"""An edit and what became of it."""


def outcome(matcher: Matcher, events: Sequence[Event]) -> Status | None:
    """How the first of ``events`` that is not matched ends; None where one cannot be judged. ``matcher`` is moved."""
    for event in events:
        try:
            status = matcher.advance(event)
        except TlatraceError:
            return None
        if status is not Status.MATCHED:
            return status
    return matcher.finish()


def _standing(stretches: Sequence[Stretch], edits: Sequence[Edit]) -> Iterator[tuple[Edit, Matcher]]:
    """Each edit with a matcher that stands before the edited event; ``edits`` are in the order of the trace."""
    for number, stretch in enumerate(stretches):
        here = [edit for edit in edits if edit.stretch == number]
        matcher, position = stretch.matcher.fork(), 0
        for edit in here:
            while position < edit.number:
                if matcher.advance(stretch.events[position]) is not Status.MATCHED:
                    return  # a limit of time: the events were explained before
                position += 1
            yield edit, matcher.fork()


def _following(stretches: Sequence[Stretch], edit: Edit) -> list[Event]:
    """The edited event as it is, and those after it, as far as they are kept without a gap."""
    stretch = stretches[edit.stretch]
    events = list(stretch.events[edit.number :])
    end = stretch.start + len(stretch.events)
    for later in stretches[edit.stretch + 1 :]:
        if later.start != end or len(events) > WINDOW_EVENTS:
            break
        events += later.events
        end += len(later.events)
    return events


def counted(
    outcomes: Sequence[Outcome],
    seed: int,
    unread: tuple[str, ...],
    cut: str,
    *,
    window: int = WINDOW_EVENTS,
    in_one_order: bool = False,
) -> Sensitivity:
    """The edits and what became of them, counted by kind and by field."""
    decided = [(edit, status) for edit, status in outcomes if status is not Status.UNDECIDED]

    def count(wanted: Callable[[Edit], bool]) -> EditCount:
        statuses = [status for edit, status in decided if wanted(edit)]
        return EditCount(edits=len(statuses), noticed=sum(status is not Status.MATCHED for status in statuses))

    kinds = {edit.kind for edit, _ in decided}
    names = sorted({edit.field for edit, _ in decided if edit.field})
    return Sensitivity(
        seed=seed,
        total=count(lambda _: True),
        by_kind={kind.value: count(partial(_is_of_kind, kind)) for kind in EditKind if kind in kinds},
        by_field={name: count(partial(_is_of_field, name)) for name in names},
        unread_fields=unread,
        undecided=len(outcomes) - len(decided),
        window=window,
        cut=cut,
        in_one_order=in_one_order,
    )


def _is_of_kind(kind: EditKind, edit: Edit) -> bool:
    return edit.kind is kind


def _is_of_field(name: str, edit: Edit) -> bool:
    return edit.field == name
