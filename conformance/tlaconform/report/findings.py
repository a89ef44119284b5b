"""What was found out about a verdict, as a person reads it: blame, a smaller trace, what the verdict is worth."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from tlaconform.report.text import names_text, place_text
from tlaconform.style import Style
from tlatrace.engine.findings import (
    ActionCoverage,
    Advice,
    Blame,
    EditCount,
    Sensitivity,
    Shrunk,
    StrengthDetails,
    Suspect,
)
from tlatrace.engine.verdict import StrengthReport, Violated

WIDTH = 100
"""Of a paragraph."""

OTHERS_SHOWN_MAX = 3
"""Other findings than the best one."""

CONJUNCTS_SHOWN_MAX = 8
SUGGESTIONS_SHOWN_MAX = 5

_SUSPECTS = {
    Suspect.LOG: "most likely the log",
    Suspect.IMPLEMENTATION: "most likely the implementation",
    Suspect.UNKNOWN: "undecided",
}


def violation_lines(violated: Violated, style: Style, last: tuple[str, int | None] = ("", None)) -> Iterator[str]:
    """Which property is violated, when, and on which step; its conjunct is told by the caller. ``last`` is the
    log and the line after which no way was left that violates nothing: where it is another, one way is told of many.
    """
    ways = "every way violates" if violated.on_all else "some ways violate"
    place = f"{violated.log}:{violated.line}" if violated.log else f"line {violated.line}"
    when = "in the initial state" if violated.line is None else f"after {place}"
    step = violated.action
    if step and violated.arguments:
        step += f"({', '.join(value for _, value in violated.arguments)})"
    told = f"{when}, by {step}" if step else when
    if violated.on_all and last[1] is not None and (violated.log, violated.line) != last:
        told = f"(on the way that is told here: {told})"
    yield ""
    yield f"  {ways} {style.bad(violated.property)} {told}"


def blame_lines(blame: Blame, style: Style) -> Iterator[str]:
    """Log or implementation, in a few sentences."""
    yield ""
    yield f"  {style.bold('Log or implementation?')} {_SUSPECTS[blame.suspect]}"
    yield from _paragraph(blame.summary)
    passing = [finding for finding in blame.findings[1:] if finding.passes]
    if passing:
        yield "    It could also be:"
        for finding in passing[:OTHERS_SHOWN_MAX]:
            yield from _paragraph(finding.conclusion, "    - ")
        more = len(passing) - OTHERS_SHOWN_MAX + blame.findings_omitted
        if more > 0:
            yield f"    … and {more} other changes of the log"
    if blame.cut and blame.findings and blame.findings[0].passes:
        yield f"    (not everything was tried: {blame.cut})"


def shrunk_lines(shrunk: Shrunk, style: Style) -> Iterator[str]:
    """What is left of the trace, and where it stands."""
    yield ""
    events = f"{len(shrunk.lines)} of {shrunk.events_before:,} events are enough"
    yield f"  {style.bold('Smaller trace:')} {events}, in {shrunk.file}"
    lines = f"; lines {_numbers(shrunk.lines)}" if len(shrunk.lines) <= 20 else ""
    if lines and shrunk.logs:
        lines = "".join(f"; {name}: lines {_numbers(kept)}" for name, kept in shrunk.logs.items() if kept)
    yield f"    rejected for the same reason ({shrunk.reason}){lines}"
    if shrunk.cut:
        yield f"    it may not be the smallest: {shrunk.cut}"


def _numbers(lines: Iterable[int]) -> str:
    return ", ".join(map(str, lines))


def strength_lines(strength: StrengthReport, style: Style) -> Iterator[str]:
    """What samples of an accepted trace say of it, as far as it is worth a line."""
    details = strength.details
    if details is not None:
        if details.in_one_order and (details.open or any(item.never for item in details.coverage)):
            yield "  order:     what is said of variables and conjuncts is so along one order that explains the events"
        yield from _pinned(details)
        yield from _coverage(details.coverage)
        if details.blunt:
            yield style.warn(
                f"  blunt:     {names_text(details.blunt)}: true whatever the event says, so it does not count"
            )
    if strength.sensitivity is not None:
        yield from _sensitivity(strength.sensitivity, style)


def widest_text(details: StrengthDetails) -> str:
    """Where most states explained the trace."""
    return "" if details.widest_line is None else f" (after line {details.widest_line})"


def advice_lines(advice: Advice) -> Iterator[str]:
    """What to log."""
    if not advice.events:
        yield "  advice:    one state explains each event that was looked at: nothing more need be logged for that"
        return
    yield f"  advice:    of {advice.ambiguous_events:,} ambiguous events, {advice.events:,} were looked at; logging"
    for item in advice.suggestions[:SUGGESTIONS_SHOWN_MAX]:
        yield (
            f"               {item.expression} would remove {item.removes:.0%} of the ambiguity "
            f"({item.before:.1f} states become {item.after:.1f})"
        )
    if not advice.suggestions:
        yield "               no single value would help"


def _pinned(details: StrengthDetails) -> Iterator[str]:
    if not details.open:
        return
    variables = details.observed + details.determined + details.open
    shares = [f"{name} after {share:.0%} of the events" for name, share in details.open_by_variable.items()]
    yield f"  open:      {details.open:.1f} of {variables:.0f} variables on average: {names_text(shares)}"


def _coverage(coverage: tuple[ActionCoverage, ...]) -> Iterator[str]:
    missing = [(item, branch) for item in coverage for branch in item.never]
    if not missing:
        return
    total = sum(item.conjuncts for item in coverage)
    yield f"  conjuncts: {total - len(missing)} of {total} exercised, in the actions that were; not seen to be true:"
    for item, branch in missing[:CONJUNCTS_SHOWN_MAX]:
        yield f"               {place_text(branch.location)}: {branch.text}  ({item.action}, {_steps(item)})"
    if len(missing) > CONJUNCTS_SHOWN_MAX:
        yield f"               … and {len(missing) - CONJUNCTS_SHOWN_MAX} more"


def _steps(item: ActionCoverage) -> str:
    return f"{item.steps_examined} step{'' if item.steps_examined == 1 else 's'} looked at"


def _sensitivity(found: Sensitivity, style: Style) -> Iterator[str]:
    kinds = ", ".join(f"{name} {_share(count)}" for name, count in found.by_kind.items())
    yield f"  noticed:   {_share(found.total)} edits ({kinds}), seed {found.seed}"
    if found.in_one_order:
        yield "             after one order of the events before: another may explain some of them, so at most these"
    if found.unnoticed_fields:
        yield style.warn(f"  unnoticed: {names_text(found.unnoticed_fields)}: no wrong value there was noticed")
    if found.unread_fields:
        yield f"  unread:    {names_text(found.unread_fields)}"
    if found.undecided:
        yield f"             {found.undecided} more were left undecided by a limit"
    if found.cut:
        yield f"             ended early: {found.cut}"


def _share(count: EditCount) -> str:
    return f"{count.noticed} of {count.edits}"


def _paragraph(text: str, indent: str = "    ") -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
