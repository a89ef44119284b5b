"""Verdicts on files, for people and for tools; the schema of the latter is ``parse.schema.json`` beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tlaconform.reading.judge import FileVerdict, Mistake
from tlaconform.reading.trees import tree_object
from tlaconform.style import Style
from tlatrace.location import Location

REPORT_VERSION = 1
TAB_WIDTH = 8
"""SANY, and so the columns of our errors, take a tab to go to the next multiple of this."""


def render_file_verdict(verdict: FileVerdict, style: Style) -> Iterator[str]:
    """The lines for one file, without ends: one line if there is nothing to say."""
    if verdict.decision == "accepted":
        yield f"{style.good('accepted')}  {verdict.file}: module {verdict.module}"
    elif verdict.decision == "rejected":
        count = len(verdict.errors)
        yield f"{style.bad('rejected')}  {verdict.file}: {count} error{'s' if count > 1 else ''}"
    else:
        yield f"{style.bad('failed')}    {verdict.file}"
    for mistake in verdict.errors:
        yield from _lines(mistake, style.bad("error"), style)
    for mistake in verdict.warnings:
        yield from _lines(mistake, style.warn("warning"), style)


def summary_line(decisions: Sequence[str], style: Style) -> str:
    """How many files there were of each kind."""
    counts = [f"{decisions.count(each)} {each}" for each in ("accepted", "rejected")]
    failed = [f"{decisions.count('failed')} failed"] if "failed" in decisions else []
    return style.bold(f"{len(decisions)} files: {', '.join(counts + failed)}")


def json_verdicts(verdicts: Sequence[FileVerdict]) -> dict[str, Any]:
    """All verdicts as one object of plain data."""
    decisions = [verdict.decision for verdict in verdicts]
    return {
        "format": "tla-conformance/parse",
        "version": REPORT_VERSION,
        "summary": {each: decisions.count(each) for each in ("accepted", "rejected", "failed")},
        "files": [_object_of_file(verdict) for verdict in verdicts],
    }


def _object_of_file(verdict: FileVerdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "file": verdict.file,
        "level": verdict.level.value,
        "verdict": verdict.decision,
        "module": verdict.module,
        "errors": [_object_of_mistake(mistake, verdict.file) for mistake in verdict.errors],
        "warnings": [_object_of_mistake(mistake, verdict.file) for mistake in verdict.warnings],
    }
    if verdict.tree is not None:
        found["tree"] = tree_object(verdict.tree)
    return found


def _object_of_mistake(mistake: Mistake, file: str) -> dict[str, Any]:
    location = mistake.location
    has_line = location is not None and location.line > 0
    return {
        "file": file if location is None else location.file,
        "line": location.line if location is not None and has_line else None,
        "column": location.column if location is not None and has_line else None,
        "end_line": location.end_line if location is not None and has_line else None,
        "end_column": location.end_column if location is not None and has_line else None,
        "message": mistake.message,
        "found": mistake.found,
        "expected": list(mistake.expected),
        "context": list(mistake.context),
        "hint": mistake.hint,
        "source": mistake.source,
    }


def _lines(mistake: Mistake, kind: str, style: Style) -> Iterator[str]:
    place = f"{mistake.location}: " if mistake.location is not None else ""
    yield f"  {place}{kind}: {mistake.message}"
    if mistake.source is not None and mistake.location is not None:
        yield from _source_lines(mistake.source, mistake.location, style)
    if mistake.hint:
        yield f"  {style.dim('hint:')} {mistake.hint}"


def _source_lines(source: str, location: Location, style: Style) -> Iterator[str]:
    """The line and carets below what is meant; below its first character where it goes on in further lines."""
    first = location.column - 1
    last = location.end_column if location.end_line == location.line else first + 1
    number = str(location.line)
    margin = " " * len(number)
    yield f"    {style.dim(f'{number} |')} {source.expandtabs(TAB_WIDTH).rstrip()}"
    yield f"    {style.dim(f'{margin} |')} {' ' * first}{style.bad('^' * max(1, last - first))}"
