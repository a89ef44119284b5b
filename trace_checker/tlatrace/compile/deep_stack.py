"""Room for deep recursion: TLA+ is a recursive language, and Python's stack is short."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

INTERRUPT_SECONDS: Final = 5.0
"""Long enough to remove a temporary file, short enough for someone who wants to leave."""

STACK_BYTES: Final = 512 * 1024 * 1024
"""Address space, of which only what is used becomes memory; enough for the recursion limit below at 2.5 kB of C
stack a call.
"""

RECURSION_LIMIT: Final = 200_000
"""A recursive operator of the specification takes about ten Python calls a level: this is room for 20,000 levels."""


def run_with_deep_stack(function: Callable[[], T]) -> T:
    """The result of ``function()``, called in a thread with a large stack; what it raises is raised here.

    For entry points: the recursion limit is Python's for all threads, and is put back afterwards. An interrupt (Ctrl-C)
    reaches ``function`` too, so that it can put away what it was at, before it is raised here.
    """
    results: list[T] = []
    failures: list[BaseException] = []
    # Not Thread.join: interrupted, it takes the thread for ended (CPython 3.11), and a second one does not wait.
    done = threading.Event()

    def work() -> None:
        try:
            results.append(function())
        except BaseException as error:  # handed to the thread of the caller, whatever it is
            failures.append(error)
        finally:
            done.set()

    limit_before, size_before = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    try:
        sys.setrecursionlimit(max(limit_before, RECURSION_LIMIT))
        thread = threading.Thread(target=work, name="deep-stack", daemon=True)
        thread.start()
        threading.stack_size(size_before)
        try:
            done.wait()
        except KeyboardInterrupt:
            _interrupt(thread)
            done.wait(INTERRUPT_SECONDS)
            if failures and isinstance(failures[0], KeyboardInterrupt):
                raise failures[0] from None  # it may say more than that there was one
            raise
    finally:
        threading.stack_size(size_before)
        sys.setrecursionlimit(limit_before)
    if failures:
        raise failures[0]
    return results[0]


def _interrupt(thread: threading.Thread) -> None:
    """Raise KeyboardInterrupt in ``thread``: Python delivers signals to the main thread alone."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt))
