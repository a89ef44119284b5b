"""What is asked of a check once it has come to its verdict, if the options say so.

The answers are computed from the trail that the check kept, by functions of :mod:`tlatrace.engine`; this module says
which of them are wanted, and how long they may take. They never change the decision: where the time is up in the midst
of one evaluation, memory runs out or a person presses Ctrl-C, the verdict stands without the answer, and says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from tlaconform.alarm import ALARM_AFTER_SECONDS, TimeIsUp, alarm
from tlatrace.engine.advice import advise
from tlatrace.engine.blame import blame
from tlatrace.engine.findings import Advice, Blame, Sensitivity
from tlatrace.engine.order_blame import Stuck, blame_in_part
from tlatrace.engine.order_sensitivity import Piece, sensitivity_in_part
from tlatrace.engine.sensitivity import sensitivity
from tlatrace.engine.strength import Measured, measure
from tlatrace.engine.verdict import Verdict
from tlatrace.traces import Event

if TYPE_CHECKING:
    from tlaconform.checking.session import LiveCheck

Answer = TypeVar("Answer")

MEASURED = "which conjuncts and observations the trace exercises"
"""What :func:`measured` answers, in words."""

_BLAME = "whether the log or the implementation is to blame"
_SENSITIVITY = "how many edits of the trace would be noticed"
_INTERRUPTED = "the search was interrupted"


class CheckInterrupted(KeyboardInterrupt):
    """Ctrl-C once there was a ``verdict``, while more was asked."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


def asked_blame(live: LiveCheck, event: Event, rest: Iterator[Event]) -> Blame | None:
    """Who is to blame that ``event`` was not explained; None where nobody asked."""
    options = live.workbench.options
    if not options.blame:
        return None
    seconds = options.blame_seconds
    must_stop = _until(live, seconds)
    actions = live.loaded.compiled.actions
    return in_time(live, _BLAME, lambda: blame(live.trail, event, rest, actions, must_stop=must_stop), seconds)


def asked_blame_in_part(live: LiveCheck, stuck: Stuck, log_of: Callable[[Event], str]) -> Blame | None:
    """Who is to blame that events that are ordered only in part get stuck; None where that is not known."""
    seconds = live.workbench.options.blame_seconds
    must_stop = _until(live, seconds)
    actions = live.loaded.compiled.actions
    return in_time(live, _BLAME, lambda: blame_in_part(stuck, actions, log_of, must_stop=must_stop), seconds)


def measured(live: LiveCheck) -> Measured | None:
    """What samples say of an accepted trace; None where nobody asked, or the time ended in the midst of it."""
    if not live.workbench.options.measure:
        return None
    return in_time(live, MEASURED, lambda: measure(live.trail, live.loaded.interpreter))


def asked_sensitivity(live: LiveCheck) -> Sensitivity | None:
    """How many edits of the trace would have been noticed; None where nobody asked."""
    options = live.workbench.options
    if not options.sensitivity:
        return None
    must_stop = _until(live, None)
    return in_time(
        live, _SENSITIVITY, lambda: sensitivity(live.trail, options.sensitivity, options.seed, must_stop=must_stop)
    )


def asked_sensitivity_in_part(live: LiveCheck, pieces: Sequence[Piece]) -> Sensitivity | None:
    """The same for events that are ordered only in part; the caller knows that somebody asked."""
    options = live.workbench.options
    must_stop = _until(live, None)
    return in_time(
        live,
        _SENSITIVITY,
        lambda: sensitivity_in_part(pieces, options.sensitivity, options.seed, must_stop=must_stop),
    )


def asked_advice(live: LiveCheck) -> Advice | None:
    """What would be worth logging; None where nobody asked."""
    if not live.workbench.options.advise:
        return None
    return in_time(live, "what would be worth logging", lambda: advise(live.trail, live.loaded.spec))


def in_time(live: LiveCheck, what: str, answer: Callable[[], Answer], seconds: float | None = None) -> Answer | None:
    """The answer, or none where ``seconds`` or the time limit of the trace, memory or a person ended the search for it:
    there is a verdict already, whose notes then say that ``what`` is not known.
    """
    live.is_judged()
    left = live.seconds_left
    if live.is_interrupted:
        why = _INTERRUPTED
    elif left is not None and left < 0:
        why = live.time_is_up()
    else:
        is_own = seconds is not None and (left is None or seconds < left)
        bound = seconds if is_own else left
        try:
            with alarm(None if bound is None else bound + ALARM_AFTER_SECONDS):
                return answer()
        except TimeIsUp:
            why = f"{seconds:g} s were spent" if is_own else live.time_is_up()
        except MemoryError:
            why = "there was too little memory"
        except KeyboardInterrupt:
            live.is_interrupted = True
            why = _INTERRUPTED
    live.unanswered.append(f"{what} is not known: {why}")
    return None


def _until(live: LiveCheck, seconds: float | None) -> Callable[[], str]:
    """Why a search must stop: its own seconds are over, or the time limit of the trace is reached."""
    ends = None if seconds is None else time.monotonic() + seconds

    def must_stop() -> str:
        if ends is not None and time.monotonic() > ends:
            return f"{seconds:g} s were spent"
        return live.time_is_up()

    return must_stop
