"""A progress line on standard error: on a terminal only, after two seconds, gone when the work is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AFTER_SECONDS = 2.0
EVERY_SECONDS = 0.2


class ProgressLine:
    """One line that is drawn anew. Use :func:`progress_line`."""

    def __init__(self) -> None:
        self._started = self._drawn = time.monotonic()
        self._is_shown = False

    def show(self, text: Callable[[], str]) -> None:
        """Draw what ``text`` gives, if it is time to."""
        now = time.monotonic()
        if now - self._started >= AFTER_SECONDS and now - self._drawn >= EVERY_SECONDS:
            self._drawn = now
            self._is_shown = True
            print(f"\r\033[K{text()}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def progress_line() -> Iterator[ProgressLine | None]:
    """A line to draw on, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()


@contextmanager
def counter_line(what: str) -> Iterator[Callable[[int, int, float], None] | None]:
    """For work that counts: a function of (how many, events, seconds)."""
    with progress_line() as line:
        if line is None:
            yield None
        else:
            yield lambda count, events, seconds: line.show(
                lambda: f"{count:,} {what}, {events:,} events, {seconds:.0f} s"
            )
