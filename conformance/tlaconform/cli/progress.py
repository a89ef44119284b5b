"""A progress line on standard error: on a terminal only, after two seconds, gone when the work is done."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlatrace.engine.verdict import Verdict

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


class TracesLine:
    """How far a check of several traces is: those that are done, and what is known of those that are not."""

    def __init__(self, line: ProgressLine, count: int) -> None:
        self._line = line
        self._count = count
        self._done = 0
        self._at_work: dict[str, tuple[int, float]] = {}

    def tell(self, trace: str, events: int, seconds: float) -> None:
        self._at_work[trace] = events, seconds
        self._line.show(self._text)

    def arrived(self, number: int, verdict: Verdict) -> None:
        self._done += 1
        self._at_work.pop(verdict.trace, None)
        self._line.show(self._text)

    def _text(self) -> str:
        done = [f"{self._done} of {self._count} traces"] if self._count > 1 else []
        running = [
            f"{trace}: {events:,} events" + (f", {events / seconds:,.0f}/s" if seconds > 0 else "")
            for trace, (events, seconds) in self._at_work.items()
        ]
        text = "; ".join([*done, *running])
        width = shutil.get_terminal_size().columns - 1
        return text if len(text) <= width else f"{text[: width - 1]}…"
