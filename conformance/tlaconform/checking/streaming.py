"""What there is to a check besides its trace and its specification: following a trace that grows, and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tlatrace.traces.growing import Patience

CHECKPOINT_SECONDS = 30.0
"""Between two checkpoints, if nothing else was asked for: what a person does not mind to lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """How a trace is judged as it comes.

    With ``patience``, it is followed while it is written, for as long as that says. With ``checkpoint``, the check goes
    on from what that file holds, if it is there, and writes down where it stands after every ``checkpoint_events``
    events, or as often as ``checkpoint_seconds`` says if that is None, and when the trace ends or it is stopped.
    ``stop`` is asked between events whether to end there.
    """

    patience: Patience | None = None
    checkpoint: Path | None = None
    checkpoint_events: int | None = None
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    stop: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    resumed: Callable[[int, int | None], None] | None = None
    """Called with the events and the last line of a checkpoint that is gone on from."""
