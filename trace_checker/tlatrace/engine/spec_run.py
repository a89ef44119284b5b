"""What a verdict says of a run of a specification that reads its trace itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRun:
    """One run, in TLC's words and numbers.

    ``result`` is how it ended (``success``, ``safety failure``, …), ``decided_by`` what made the verdict: names of the
    configuration, or ``deadlock``. ``could_reject`` are the parts of the configuration that could have been violated.
    ``events`` counts the events that the search came past, of ``events_total``; both None where the specification
    keeps no place in its trace that can be told (``index`` is what it keeps it by). ``furthest`` counts the states at
    which the search came furthest. ``violated_part`` is what a violated property does not allow: the ``initial
    state``, a ``step`` or a ``behavior``. ``printed`` has the last lines that the specification printed.
    """

    result: str
    decided_by: tuple[str, ...] = ()
    could_reject: tuple[str, ...] = ()
    distinct_states: int = 0
    generated_states: int = 0
    depth: int = 0
    queue: int = 0
    events: int | None = None
    events_total: int | None = None
    index: str | None = None
    furthest: int = 0
    was_stopped: bool = False
    printed: tuple[str, ...] = ()
    violated_part: str = ""

    @property
    def is_vacuous(self) -> bool:
        """Whether nothing that was checked could have rejected the trace for ending early."""
        return not self.could_reject

    @property
    def is_whole(self) -> bool | None:
        """Whether the search came past the last event; None where that cannot be told."""
        if self.events is None or self.events_total is None:
            return None
        return self.events >= self.events_total

    def to_json(self) -> dict[str, Any]:
        part = {"violated_part": self.violated_part} if self.violated_part else {}
        return {
            "result": self.result,
            **part,
            "decided_by": list(self.decided_by),
            "could_reject": list(self.could_reject),
            "distinct_states": self.distinct_states,
            "generated_states": self.generated_states,
            "depth": self.depth,
            "queue": self.queue,
            "events": self.events,
            "events_total": self.events_total,
            "index": self.index,
            "furthest_states": self.furthest,
            "was_stopped": self.was_stopped,
            "vacuous": self.is_vacuous,
            "printed": list(self.printed),
        }
