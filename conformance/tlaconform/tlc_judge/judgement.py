"""What TLC says of a trace."""

from __future__ import annotations

from dataclasses import dataclass

from tlaconform.errors import ConformanceError


class TlcJudgeError(ConformanceError):
    """TLC cannot judge: something has no form that stock TLC understands, or TLC stopped with an error of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlcJudgement:
    """The judgement on one trace.

    ``line`` is that of the first event that cannot be explained, None if the trace is accepted. Where
    ``undecided_because`` is not empty the trace is not accepted, and not rejected either: a limit ended the search, and
    ``line`` is how far it had come. ``seconds`` and ``distinct_states`` are of the whole run of TLC, in which other
    traces may have been judged too (``traces_in_run``); the states are None where TLC did not come to tell.
    """

    trace: str
    accepted: bool
    line: int | None
    events: int
    seconds: float
    distinct_states: int | None
    traces_in_run: int = 1
    undecided_because: str = ""

    @property
    def is_decided(self) -> bool:
        return not self.undecided_because
