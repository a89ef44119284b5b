"""An end to work that does not end by itself: an exception, raised from outside after a while.

The search looks at the clock between steps, but one step can be endless (a recursion without a base case), or as good
as endless (a quantifier over all subsets of a large set). This is for those.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ALARM_AFTER_SECONDS = 0.5
"""Behind the time limit: long enough for a search that keeps the limit to end by itself, and say more."""


class TimeIsUp(BaseException):
    """Raised by :func:`alarm`. Not an Exception, so that nobody on the way takes it for an error of their own."""


@contextmanager
def alarm(seconds: float | None) -> Iterator[Callable[[], None]]:
    """Raise :class:`TimeIsUp` in the body once ``seconds`` have passed; never, where that is None.

    It strikes between two steps of Python, so a single long call into C ends first. What is given turns it off.
    """
    if seconds is None:
        yield _nothing
        return
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    is_set = True

    def ring() -> None:
        with lock:
            if is_set:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeIsUp))

    def turn_off() -> None:
        nonlocal is_set
        timer.cancel()
        with lock:
            was_set, is_set = is_set, False
        if was_set:
            # What was raised but has not struck yet would strike outside.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield turn_off
    finally:
        turn_off()


def _nothing() -> None:
    """Turns off an alarm that was never set."""
