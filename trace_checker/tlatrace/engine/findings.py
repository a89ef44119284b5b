"""What is found out about a verdict once it was reached: who is to blame, the shortest trace like it, what it is worth.

Data for people and machines alike, as :mod:`tlatrace.engine.verdict` is; the searches that fill it stand beside it
(:mod:`tlatrace.engine.blame`, :mod:`~tlatrace.engine.shrink`, :mod:`~tlatrace.engine.strength`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tlatrace.engine.verdict import location_json
from tlatrace.location import Location


class Relaxing(Enum):
    """What may be done to one event so that the trace passes; in the order in which equals are preferred."""

    FIELD = "field"
    """What it logged is not looked at: the observations or the argument that a field gives."""
    FIELD_FROM_HERE = "field from here on"
    """The same, for it and all events after it."""
    HIDDEN_STEP = "hidden step"
    """One action that no event reports may come before it."""
    DROP = "drop"
    """It is left out."""
    DUPLICATE = "duplicate"
    """It happens twice."""
    SWAP = "swap"
    """It changes places with the one after it."""


class Suspect(Enum):
    """Where the mistake is, as far as the trace can tell."""

    LOG = "log"
    IMPLEMENTATION = "implementation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One thing done to one event.

    ``what`` is the field, or the action of a hidden step; ``logged`` the value that the event has, ``allowed`` the
    values (or, of a hidden step, the instances) with which the rest passes as far as the finding says, where there are
    few. ``log`` is the file of the line, where the trace has several. ``other_line``: the event it changes places with,
    or is a copy of, or the next one at which a field that is wrong from there on is wrong again.
    """

    kind: Relaxing
    line: int
    what: str = ""
    logged: str = ""
    allowed: tuple[str, ...] = ()
    other_line: int | None = None
    location: Location | None = None
    log: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "line": self.line,
            "what": self.what,
            "logged": self.logged,
            "allowed": list(self.allowed),
            "other_line": self.other_line,
            "location": None if self.location is None else location_json(self.location),
            "log": self.log,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Relaxations under which the trace gets past the rejected event.

    ``passes``: to its last event. If not, the events up to ``until_line`` are explained and ``stopped`` says what
    ended it: another rejection, a limit, or the end of what was looked at.
    """

    relaxations: tuple[Relaxation, ...]
    passes: bool
    events_explained: int
    """From the rejected event on, that one included."""
    until_line: int
    stopped: str = ""
    suspect: Suspect = Suspect.UNKNOWN
    conclusion: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "relaxations": [item.to_json() for item in self.relaxations],
            "passes": self.passes,
            "events_explained": self.events_explained,
            "until_line": self.until_line,
            "stopped": self.stopped,
            "suspect": self.suspect.value,
            "conclusion": self.conclusion,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """The smallest sets of relaxations that were found, best first; none is an answer too.

    ``tried`` counts what was tried by kind, from line ``first_line`` on; ``cut`` says why the search ended before it
    had tried everything there, and is empty where it had; ``untried`` are actions whose steps cannot be listed, so that
    none was tried as a hidden one. ``suspect`` and ``summary`` are the answer, in a word and in a sentence or two.
    """

    findings: tuple[Finding, ...] = ()
    findings_omitted: int = 0
    tried: Mapping[str, int] = field(default_factory=dict)
    pairs_tried: int = 0
    first_line: int = 0
    last_line: int = 0
    cut: str = ""
    untried: tuple[str, ...] = ()
    suspect: Suspect = Suspect.UNKNOWN
    summary: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "findings_omitted": self.findings_omitted,
            "tried": dict(self.tried),
            "pairs_tried": self.pairs_tried,
            "first_line": self.first_line,
            "last_line": self.last_line,
            "cut": self.cut,
            "untried": list(self.untried),
            "suspect": self.suspect.value,
            "summary": self.summary,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """A sub-trace that is rejected for the same reason: the lines kept, the rejected one last.

    ``is_minimal``: no single event more can be left out under ``law``, the sentence that says what sub-traces were
    looked at; else ``cut`` says why the search ended. Of several logs, ``logs`` has the lines of each.
    """

    lines: tuple[int, ...]
    events_before: int
    reason: str
    law: str
    is_minimal: bool
    cut: str = ""
    file: str = ""
    logs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "logs": {name: list(lines) for name, lines in self.logs.items()},
            "lines": list(self.lines),
            "events": len(self.lines),
            "events_before": self.events_before,
            "reason": self.reason,
            "law": self.law,
            "minimal": self.is_minimal,
            "cut": self.cut,
            "file": self.file,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A conjunct of an action, or a disjunct or branch that is taken as a whole: its text and its place."""

    text: str
    location: Location

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "location": location_json(self.location)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCoverage:
    """Of an action that explains some event: how many of its conjuncts were true on a step taken, and those that were
    on none of the ``steps_examined`` (they stand under a disjunct or a branch that was not taken).
    """

    action: str
    conjuncts: int
    never: tuple[Branch, ...]
    steps_examined: int

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "conjuncts": self.conjuncts,
            "exercised": self.conjuncts - len(self.never),
            "never": [branch.to_json() for branch in self.never],
            "steps_examined": self.steps_examined,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthDetails:
    """What the steps of an accepted trace were fixed by.

    Per event and on average: ``observed`` variables were compared with the event, ``determined`` ones had one value
    in every state that explains it because the specification left no other, ``open`` ones had several.
    ``open_by_variable`` is the share of events after which a variable was open. These are of ``events_examined``
    events. ``blunt`` are observations that no change of the event makes false, or none of the state; they count for
    nothing.
    ``never_change`` are variables that no step changed. With ``in_one_order``, the events are ordered only in part, and
    this is so along one order of them.
    """

    coverage: tuple[ActionCoverage, ...] = ()
    observed: float = 0.0
    determined: float = 0.0
    open: float = 0.0
    open_by_variable: Mapping[str, float] = field(default_factory=dict)
    events_examined: int = 0
    widest_line: int | None = None
    widest: int = 1
    ambiguous_events: int = 0
    blunt: tuple[str, ...] = ()
    never_change: tuple[str, ...] = ()
    in_one_order: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "coverage": [item.to_json() for item in self.coverage],
            "pinned": {
                "observed": round(self.observed, 3),
                "determined": round(self.determined, 3),
                "open": round(self.open, 3),
                "open_by_variable": {name: round(share, 4) for name, share in self.open_by_variable.items()},
                "events_examined": self.events_examined,
            },
            "widest": {"line": self.widest_line, "states": self.widest},
            "ambiguous_events": self.ambiguous_events,
            "blunt": list(self.blunt),
            "never_change": list(self.never_change),
            "in_one_order": self.in_one_order,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCount:
    """Of ``edits`` edits, ``noticed`` led to a rejection."""

    edits: int
    noticed: int

    @property
    def share(self) -> float:
        return self.noticed / self.edits if self.edits else 0.0

    def to_json(self) -> dict[str, Any]:
        return {"edits": self.edits, "noticed": self.noticed, "share": round(self.share, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Seeded edits of the trace, and how many of them would have been rejected within ``window`` events after them.

    ``by_field`` counts wrong values only. ``unnoticed_fields`` were edited, never with an effect; ``unread_fields`` are
    in the trace, but the mapping reads nothing of them, so that no edit of them was tried. With ``in_one_order``, the
    events are ordered only in part, and only one order of those some way before an edit was looked at: another may
    explain some of the edits that were noticed, so the share is an upper bound.
    """

    seed: int
    total: EditCount
    by_kind: Mapping[str, EditCount]
    by_field: Mapping[str, EditCount]
    unread_fields: tuple[str, ...]
    undecided: int
    window: int
    cut: str = ""
    in_one_order: bool = False

    @property
    def unnoticed_fields(self) -> tuple[str, ...]:
        return tuple(name for name, count in self.by_field.items() if count.noticed == 0)

    def to_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            **self.total.to_json(),
            "by_kind": {name: count.to_json() for name, count in self.by_kind.items()},
            "by_field": {name: count.to_json() for name, count in self.by_field.items()},
            "unnoticed_fields": list(self.unnoticed_fields),
            "unread_fields": list(self.unread_fields),
            "undecided": self.undecided,
            "window": self.window,
            "cut": self.cut,
            "in_one_order": self.in_one_order,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Something worth logging: with it, the states that explain an ambiguous event go from ``before`` to ``after`` on
    average (that of the state that really was, if all are equally likely). ``events`` of the ambiguous events that were
    looked at become less ambiguous."""

    expression: str
    before: float
    after: float
    events: int

    @property
    def removes(self) -> float:
        """The share of the ambiguity, all states but one, that would be gone."""
        return (self.before - self.after) / (self.before - 1) if self.before > 1 else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "log": self.expression,
            "before": round(self.before, 3),
            "after": round(self.after, 3),
            "removes": round(self.removes, 4),
            "events": self.events,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to log, best first; ``events`` ambiguous events were looked at, of ``ambiguous_events``."""

    suggestions: tuple[Suggestion, ...]
    events: int
    ambiguous_events: int

    def to_json(self) -> dict[str, Any]:
        return {
            "suggestions": [item.to_json() for item in self.suggestions],
            "events": self.events,
            "ambiguous_events": self.ambiguous_events,
        }
