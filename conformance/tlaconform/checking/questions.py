"""What is asked of a check once it has come to its verdict, if the options say so.

The answers are computed from the trail that the check kept, by functions of :mod:`tlatrace.engine`; this module says
which of them are wanted, and how long they may take. They never change the decision.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from tlaconform.alarm import TimeIsUp
from tlatrace.engine.advice import advise
from tlatrace.engine.blame import blame
from tlatrace.engine.findings import Advice, Blame, Sensitivity
from tlatrace.engine.order_blame import Stuck, blame_in_part
from tlatrace.engine.order_sensitivity import Piece, sensitivity_in_part
from tlatrace.engine.sensitivity import sensitivity
from tlatrace.engine.strength import Measured, measure
from tlatrace.traces import Event

if TYPE_CHECKING:
    from tlaconform.checking.session import LiveCheck

Answer = TypeVar("Answer")


def asked_blame(live: LiveCheck, event: Event, rest: Iterator[Event]) -> Blame | None:
    """Who is to blame that ``event`` was not explained; None where nobody asked."""
    options = live.workbench.options
    if not options.blame:
        return None
    must_stop = _until(live, options.blame_seconds)
    actions = live.loaded.compiled.actions
    return in_time(lambda: blame(live.trail, event, rest, actions, must_stop=must_stop))


def asked_blame_in_part(live: LiveCheck, stuck: Stuck, log_of: Callable[[Event], str]) -> Blame | None:
    """Who is to blame that events that are ordered only in part get stuck; None where that is not known."""
    must_stop = _until(live, live.workbench.options.blame_seconds)
    actions = live.loaded.compiled.actions
    return in_time(lambda: blame_in_part(stuck, actions, log_of, must_stop=must_stop))


def measured(live: LiveCheck) -> Measured | None:
    """What samples say of an accepted trace; None where nobody asked, or the time ended in the midst of it."""
    if not live.workbench.options.measure:
        return None
    return in_time(lambda: measure(live.trail, live.loaded.interpreter))


def asked_sensitivity(live: LiveCheck) -> Sensitivity | None:
    """How many edits of the trace would have been noticed; None where nobody asked."""
    options = live.workbench.options
    if not options.sensitivity:
        return None
    must_stop = _until(live, None)
    return in_time(lambda: sensitivity(live.trail, options.sensitivity, options.seed, must_stop=must_stop))


def asked_sensitivity_in_part(live: LiveCheck, pieces: Sequence[Piece]) -> Sensitivity | None:
    """The same for events that are ordered only in part; the caller knows that somebody asked."""
    options = live.workbench.options
    must_stop = _until(live, None)
    return in_time(lambda: sensitivity_in_part(pieces, options.sensitivity, options.seed, must_stop=must_stop))


def asked_advice(live: LiveCheck) -> Advice | None:
    """What would be worth logging; None where nobody asked."""
    return in_time(lambda: advise(live.trail, live.loaded.spec)) if live.workbench.options.advise else None


def in_time(answer: Callable[[], Answer]) -> Answer | None:
    """The answer, or none where the time limit of the trace ended the search for it: there is a verdict already."""
    try:
        return answer()
    except TimeIsUp:
        return None


def _until(live: LiveCheck, seconds: float | None) -> Callable[[], str]:
    """Why a search must stop: its own seconds are over, or the time limit of the trace is reached."""
    ends = None if seconds is None else time.monotonic() + seconds

    def must_stop() -> str:
        if ends is not None and time.monotonic() > ends:
            return f"{seconds:g} s were spent"
        return live.time_is_up()

    return must_stop
