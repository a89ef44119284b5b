"""An end to work that does not end by itself: an exception, raised from outside after a while.

The search looks at the clock between steps, but one step can be endless (a recursion without a base case), or as good
as endless (a quantifier over all subsets of a large set). This is for those.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ALARM_AFTER_SECONDS = 0.5
"""Behind the time limit: long enough for a search that keeps the limit to end by itself, and say more."""


class TimeIsUp(BaseException):
    """Raised by :func:`alarm`. Not an Exception, so that nobody on the way takes it for an error of their own."""


@contextmanager
def alarm(seconds: float | None) -> Iterator[None]:
    """Raise :class:`TimeIsUp` in the body once ``seconds`` have passed; never, where that is None.

    It strikes between two steps of Python, so a single long call into C ends first.
    """
    if seconds is None:
        yield
        return
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    is_set = True

    def ring() -> None:
        with lock:
            if is_set:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeIsUp))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            is_set = False
        # What was raised but has not struck yet would strike outside.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
