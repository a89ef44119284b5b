"""Verdicts as SARIF 2.1.0, for viewers of analysis results: a result a trace.

The location of a rejection is the conjunct of the specification that forbids the event (the observation of the mapping
that it contradicts, or the definition of the property that it violates); the line of the log is a related location, and
the last events that were explained before it are the code flow. An accepted trace is a result of the kind *pass*.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict
from tlatrace.location import Location
from tlatrace.traces import STANDARD_INPUT

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SARIF_VERSION = "2.1.0"

MESSAGE_WIDTH_MAX = 300
"""An event as the text of a step in a viewer."""

RULES = {
    "accepted": "Every event of the trace is explained by an action of the specification",
    "no-action": "No action of the specification explains an event of the trace",
    "trace-spec": "The trace specification does not accept the trace",
    "property": "What the trace says violates a property of the specification",
    "assumption": "The constants of the trace contradict an assumption of the specification",
    "too-weak": "The trace is accepted, but on less evidence than was asked for",
    "undecided": "A limit was reached before the trace was decided",
    "invalid": "The trace, the mapping or the specification cannot be used as it is",
    "bug": "A bug of the checker kept it from judging the trace",
}
"""What a result can be about; each is a rule with this short description."""

_LEVELS = {"accepted": "none", "undecided": "warning", "too-weak": "warning"}
_KINDS = {"accepted": "pass", "undecided": "open"}


def sarif_report(verdicts: Sequence[Verdict]) -> str:
    """The report as text that ends with a newline."""
    return json.dumps(sarif_object(verdicts), indent=2, ensure_ascii=False) + "\n"


def sarif_object(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The report as one object."""
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {
        "name": "conformance",
        "version": metadata.version("tla-conformance"),
        "rules": rules,
    }
    return {
        "$schema": SCHEMA,
        "version": SARIF_VERSION,
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(verdict) for verdict in verdicts],
            }
        ],
    }


def rule_of(verdict: Verdict) -> str:
    """What the verdict is about, one of :data:`RULES`."""
    if verdict.bug_report:
        return "bug"
    if verdict.decision is Decision.ACCEPTED:
        return "too-weak" if verdict.strength.is_too_low else "accepted"
    if verdict.decision is not Decision.REJECTED:
        return str(verdict.decision.value)
    if verdict.run is not None:
        return "trace-spec"
    if any(violation.on_all for violation in verdict.violations):
        return "property"
    return "no-action" if verdict.event is not None else "assumption"


def _result(verdict: Verdict) -> dict[str, Any]:
    rule = rule_of(verdict)
    log = _log_place(verdict, verdict.line)
    place = _place_of(verdict) or log
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": _LEVELS.get(rule, "error"),
        "kind": _KINDS.get(rule, "fail"),
        "message": {"text": _message(verdict, rule)},
        "locations": [_location(place)],
    }
    # SARIF has a level only for what failed.
    if result["kind"] != "fail":
        result["level"] = "none"
    if verdict.event is not None and verdict.line is not None:
        text = f"the event: {_cut(json.dumps(verdict.event, ensure_ascii=False))}"
        result["relatedLocations"] = [{"id": 1, **_location(log), "message": {"text": text}}]
    steps = [_step(verdict, event.line, _told(event.event, event.actions), "explained") for event in verdict.before]
    if steps and verdict.event is not None:
        end = f"{verdict.decision.value}: {json.dumps(verdict.event, ensure_ascii=False)}"
        steps.append(_step(verdict, verdict.line, _cut(end), verdict.decision.value))
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _message(verdict: Verdict, rule: str) -> str:
    where = f"{verdict.log or verdict.trace}:{verdict.line}" if verdict.line else verdict.trace
    if rule == "accepted":
        return f"{verdict.trace}: all {verdict.events} events are explained"
    if rule == "too-weak":
        strength = verdict.strength
        return f"{verdict.trace}: accepted, but strength {strength.score:.2f} is below {strength.required:g}"
    text = f"{where}: {verdict.reason}"
    if verdict.candidates:
        text += f"; {_nearest(verdict.candidates[0])}"
    return f"{text} ({verdict.hint})" if verdict.hint else text


def _nearest(explanation: Explanation) -> str:
    """What is in the way of the nearest miss."""
    if explanation.failures:
        failure = explanation.failures[0]
        values = ", ".join(f"{expression} = {_cut(value)}" for expression, value in failure.operands)
        return f"{explanation.candidate} is not possible: `{failure.text}`" + (f" with {values}" if values else "")
    if explanation.mismatches:
        found = explanation.mismatches[0]
        return (
            f"{explanation.candidate} is possible, but gives {found.observation} = {_cut(found.expected)}, and "
            f"{_cut(found.logged)} was logged"
        )
    if explanation.broken_property:
        return f"{explanation.candidate} violates {explanation.broken_property}"
    return f"no instance of {explanation.candidate} is possible"


def _place_of(verdict: Verdict) -> Location | None:
    """What of the specification, the mapping or the trace the result is about; None for the line of the log."""
    if verdict.error_location is not None:
        return verdict.error_location
    return next((place for explanation in verdict.candidates for place in _places(explanation)), None)


def _places(explanation: Explanation) -> Iterator[Location]:
    for failure in explanation.failures:
        yield _innermost(failure).location
    for mismatch in explanation.mismatches:
        yield mismatch.location
    if explanation.location is not None:
        yield explanation.location


def _innermost(failure: Failure) -> Failure:
    """The conjunct itself, where definitions lead to one that alone is false."""
    while len(failure.inner) == 1 and failure.inner[0].kind == failure.kind:
        failure = failure.inner[0]
    return failure


def _told(event: object, actions: Sequence[str]) -> str:
    by = f"{' · '.join(actions)}: " if actions else ""
    return _cut(f"{by}{json.dumps(event, ensure_ascii=False)}")


def _step(verdict: Verdict, line: int | None, text: str, kind: str) -> dict[str, Any]:
    place = {**_location(_log_place(verdict, line)), "message": {"text": text}}
    return {"location": place, "kinds": [kind], "importance": "important" if kind == "explained" else "essential"}


def _log_place(verdict: Verdict, line: int | None) -> Location:
    return Location(verdict.log or verdict.trace, line or 0, 1, line or 0, 1)


def _location(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line > 0 and place.file != STANDARD_INPUT:
        region = {"startLine": place.line}
        if place.column > 0 and (place.end_line, place.end_column) != (place.line, place.column):
            # SARIF's end is behind the last character.
            region |= {"startColumn": place.column, "endLine": place.end_line, "endColumn": place.end_column + 1}
        physical["region"] = region
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    """A file as viewers look for it: relative to where the command ran, where it is below."""
    if file.startswith("<"):
        return quote(file.strip("<>"))
    path = Path(file)
    if not path.is_absolute():
        return quote(path.as_posix())
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.as_uri()


def _cut(text: str) -> str:
    return text if len(text) <= MESSAGE_WIDTH_MAX else f"{text[:MESSAGE_WIDTH_MAX]} …"
