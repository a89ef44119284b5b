"""The progress line: what it says while several traces are checked, and that it is for terminals only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tlaconform.cli import progress
from tlaconform.cli.progress import ProgressLine, TracesLine, progress_line
from tlatrace.engine.verdict import Decision, Verdict


class Drawn(ProgressLine):
    """Keeps what would be drawn, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def show(self, text: Callable[[], str]) -> None:
        self.texts.append(text())


def test_what_is_done_and_what_is_at_work() -> None:
    line = Drawn()
    traces = TracesLine(line, 3)
    traces.tell("a", 0, 0.0)
    traces.tell("b", 1_000, 0.5)
    traces.arrived(0, Verdict(trace="a", decision=Decision.ACCEPTED))
    assert line.texts == [
        "0 of 3 traces; a: 0 events",
        "0 of 3 traces; a: 0 events; b: 1,000 events, 2,000/s",
        "1 of 3 traces; b: 1,000 events, 2,000/s",
    ]


def test_a_single_trace_is_not_counted() -> None:
    line = Drawn()
    TracesLine(line, 1).tell("a", 10, 1.0)
    assert line.texts == ["a: 10 events, 10/s"]


def test_it_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    line = Drawn()
    TracesLine(line, 1).tell("a" * 40, 10, 1.0)
    assert len(line.texts[0]) == 19
    assert line.texts[0].endswith("…")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_it_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: is_terminal, raising=False)
    with progress_line() as line:
        assert (line is not None) is is_terminal
