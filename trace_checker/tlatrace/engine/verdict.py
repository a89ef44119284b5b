"""The verdict on one trace: what was decided, why, and how much the decision is worth.

A verdict is data for people and machines alike; ``to_json`` gives what ``verdict.schema.json`` of ``tlaconform.report``
describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from tlatrace.engine.spec_run import SpecRun
from tlatrace.location import Location

if TYPE_CHECKING:
    from tlatrace.engine.findings import Advice, Blame, Sensitivity, Shrunk, StrengthDetails
    from tlatrace.engine.search.witness import KeptWitness


class Decision(Enum):
    """What can be said of a trace."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with the input. ``context`` are lines to be read below the message: the source line with
    a caret, or the definitions on the way to an expression.
    """

    message: str
    location: Location | None = None
    hint: str = ""
    context: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {"message": self.message, "hint": self.hint, "context": list(self.context)}
        if self.location is not None:
            result["location"] = location_json(self.location)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A conjunct that did not hold.

    ``text`` is its source, ``operands`` the expressions in it with the values that they had, ``definitions`` the way
    from the action to it. ``inner`` are the parts of it that made it false: the first false conjunct of a definition
    that it applies, or every disjunct of a disjunction. ``held`` counts the conjuncts before it that held. ``kind`` is
    ``false``, ``error`` (it could not be evaluated, ``detail`` says why), or ``domain`` (an argument is not among the
    values that Next allows).
    """

    text: str
    location: Location
    kind: str
    held: int
    operands: tuple[tuple[str, str], ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    definitions: tuple[str, ...] = ()
    inner: tuple[Failure, ...] = ()
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "conjunct": self.text,
            "location": location_json(self.location),
            "kind": self.kind,
            "held": self.held,
            "operands": [{"expression": e, "value": v} for e, v in self.operands],
            "bindings": dict(self.bindings),
            "definitions": list(self.definitions),
        }
        if self.detail:
            result["detail"] = self.detail
        if self.inner:
            result["inner"] = [failure.to_json() for failure in self.inner]
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """An observation that a step would have contradicted: the specification's value, and the one that was logged."""

    observation: str
    logged_as: str
    location: Location
    expected: str
    logged: str
    differences: tuple[tuple[str, str, str], ...] = ()
    """Where the two differ inside: path, expected, logged; empty where they differ as a whole."""

    def to_json(self) -> dict[str, Any]:
        return {
            "observation": self.observation,
            "logged_as": self.logged_as,
            "location": location_json(self.location),
            "expected": self.expected,
            "logged": self.logged,
            "differences": [{"path": p, "expected": e, "logged": g} for p, e, g in self.differences],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one candidate does not explain the event: the action is not allowed (``failures``), or it is, but its outcome
    is not what was logged (``mismatches``), or breaks a property; or the mapping does not allow the candidate for this
    event (``excluded`` says why).
    """

    candidate: str
    action: str
    arguments: tuple[tuple[str, str], ...] = ()
    failures: tuple[Failure, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    broken_property: str | None = None
    excluded: str = ""
    location: Location | None = None
    states: int = 1
    """In how many of the ``states_total`` states that the event could start from this is in the way;
    ``states_unexamined`` of them were not looked at."""
    states_total: int = 1
    states_unexamined: int = 0
    variants: int = 1
    """With how many different values it is met there; those of the nearest miss are given."""
    line: int | None = None
    """The line of the event that is explained, where events of several logs could be next."""
    log: str = ""
    """The file of that line, where the trace has several."""
    changes: tuple[tuple[str, str, str], ...] = ()
    """Of a step that breaks a property: the variables that it changes, with their values before and after."""

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "candidate": self.candidate,
            "action": self.action,
            "arguments": dict(self.arguments),
            "failures": [failure.to_json() for failure in self.failures],
            "mismatches": [mismatch.to_json() for mismatch in self.mismatches],
            "broken_property": self.broken_property,
            "states": {"met": self.states, "of": self.states_total, "unexamined": self.states_unexamined},
            "variants": self.variants,
        }
        if self.excluded:
            result["excluded"] = self.excluded
        if self.line is not None:
            result["line"] = self.line
        if self.log:
            result["log"] = self.log
        if self.changes:
            result["changes"] = {name: {"before": before, "after": after} for name, before, after in self.changes}
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Violated:
    """A property that ways to explain the trace violate: all of them, or some. ``line`` is the event after which that
    was so first (None for an initial state), ``log`` its file, where the trace has several; ``failure`` the conjunct
    that is false then, and ``action`` with ``arguments`` the step on which it became so, where the trail still has
    them.
    """

    property: str
    line: int | None
    on_all: bool
    log: str = ""
    action: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    failure: Failure | None = None

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "property": self.property,
            "line": self.line,
            "on_all": self.on_all,
            "action": self.action,
            "arguments": dict(self.arguments),
        }
        if self.log:
            result["log"] = self.log
        if self.failure is not None:
            result["failure"] = self.failure.to_json()
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthReport:
    """What the verdict rests on.

    ``score`` is the share, over all events and all variables of the specification, of variables that an observation of
    the event compared sharply, or the share of noticed edits if that was measured and is smaller
    (:mod:`tlatrace.engine.strength` defines it); arguments that events gave to actions count apart. A verdict with
    neither observed nothing (``is_vacuous``): it would have been the same for many other traces. ``required`` is the
    score that was asked for.
    """

    events: int = 0
    actions: Mapping[str, int] = field(default_factory=dict)
    actions_never: tuple[str, ...] = ()
    observed: Mapping[str, int] = field(default_factory=dict)
    never_observed: tuple[str, ...] = ()
    observations: int = 0
    arguments_given: int = 0
    frontier_max: int = 1
    frontier_mean: float = 1.0
    score: float = 0.0
    required: float = 0.0
    details: StrengthDetails | None = None
    """What samples of the trace say; of an accepted one."""
    sensitivity: Sensitivity | None = None

    @property
    def is_vacuous(self) -> bool:
        return not self.observed and self.arguments_given == 0

    @property
    def is_too_low(self) -> bool:
        return self.score < self.required

    def to_json(self) -> dict[str, Any]:
        result = {
            "events": self.events,
            "actions": dict(sorted(self.actions.items())),
            "actions_never": list(self.actions_never),
            "observed": dict(sorted(self.observed.items())),
            "never_observed": list(self.never_observed),
            "observations": self.observations,
            "arguments_given": self.arguments_given,
            "frontier": {"max": self.frontier_max, "mean": round(self.frontier_mean, 3)},
            "score": round(self.score, 4),
            "required": self.required,
            "vacuous": self.is_vacuous,
        }
        if self.details is not None:
            result["details"] = self.details.to_json()
        if self.sensitivity is not None:
            result["sensitivity"] = self.sensitivity.to_json()
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEvent:
    """An event on the way to the one that the verdict is about, with the names of the actions that explain it."""

    line: int
    event: Mapping[str, Any]
    actions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"line": self.line, "event": self.event, "actions": list(self.actions)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of checking one trace."""

    trace: str
    decision: Decision
    line: int | None = None
    """The line of the event that was rejected or could not be judged; else of the last event that was explained."""
    log: str = ""
    """The file of that line, where the trace has several."""
    event: Mapping[str, Any] | None = None
    before: tuple[ExplainedEvent, ...] = ()
    """The last events that were explained before it, the latest last; none where the trace is accepted."""
    reason: str = ""
    hint: str = ""
    state: tuple[tuple[str, str], ...] = ()
    """What matters of the last state before the rejected event; of one of them where there are several."""
    candidates: tuple[Explanation, ...] = ()
    candidates_omitted: int = 0
    violations: tuple[Violated, ...] = ()
    """Properties that the ways to explain the trace violate: all of them (it is rejected for that), or some."""
    blame: Blame | None = None
    shrunk: Shrunk | None = None
    advice: Advice | None = None
    strength: StrengthReport = field(default_factory=StrengthReport)
    run: SpecRun | None = None
    """The run of a specification that reads its trace itself; then ``strength`` says nothing."""
    witness: KeptWitness | None = None
    """A behavior that explains the events, as far as they are explained; kept where it was asked for."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error_location: Location | None = None
    problems: tuple[Problem, ...] = ()
    """What is wrong with the input of an ``invalid`` one; ``reason``, ``hint`` and ``error_location`` are the first's.
    """
    bug_report: str = ""
    """A file that describes a bug of ours, which is why there is no better verdict."""

    @property
    def events(self) -> int:
        """How many events of the trace were explained."""
        return self.strength.events if self.run is None else self.run.events or 0

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "trace": self.trace,
            "verdict": self.decision.value,
            "line": self.line,
            "event": self.event,
            "before": [event.to_json() for event in self.before],
            "reason": self.reason,
            "hint": self.hint,
            "state": dict(self.state),
            "candidates": [candidate.to_json() for candidate in self.candidates],
            "candidates_omitted": self.candidates_omitted,
            "violations": [violated.to_json() for violated in self.violations],
            "strength": self.strength.to_json(),
            "provenance": dict(self.provenance),
            "seconds": round(self.seconds, 3),
            "notes": list(self.notes),
        }
        for name, finding in (("blame", self.blame), ("shrunk", self.shrunk), ("advice", self.advice)):
            if finding is not None:
                result[name] = finding.to_json()
        if self.problems:
            result["problems"] = [problem.to_json() for problem in self.problems]
        if self.run is not None:
            result["run"] = self.run.to_json()
        if self.error_location is not None:
            result["location"] = location_json(self.error_location)
        if self.log:
            result["log"] = self.log
        if self.witness is not None:
            result["witness"] = self.witness.to_json()
        if self.bug_report:
            result["bug_report"] = self.bug_report
        return result


def location_json(location: Location) -> dict[str, Any]:
    """A place as machines read it."""
    return {
        "file": location.file,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
