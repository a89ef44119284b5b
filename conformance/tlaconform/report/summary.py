"""Several verdicts as one table: a row a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tlaconform.style import Style
from tlatrace.engine.verdict import Decision, Verdict

NAME_WIDTH_MAX = 60
"""A longer name is cut at its beginning: the end of a path tells files apart."""

_COLUMNS = ("verdict", "trace", "events", "seconds", "strength", "states at most")


def summary_table(verdicts: Sequence[Verdict], style: Style) -> Iterator[str]:
    """The lines of the table, without their ends."""
    rows = [_COLUMNS, *(_row(verdict) for verdict in verdicts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for number, row in enumerate(rows):
        cells = [
            # Words to the left, numbers to the right.
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if number == 0:
            yield style.dim("  ".join(cells).rstrip())
        else:
            yield "  ".join([_painted(cells[0], verdicts[number - 1], style), *cells[1:]]).rstrip()


def _row(verdict: Verdict) -> tuple[str, ...]:
    strength = verdict.strength
    name = f"{verdict.log or verdict.trace}:{verdict.line}" if _fails(verdict) and verdict.line else verdict.trace
    return (
        "too weak" if verdict.decision is Decision.ACCEPTED and strength.is_too_low else verdict.decision.value,
        name if len(name) <= NAME_WIDTH_MAX else f"…{name[1 - NAME_WIDTH_MAX :]}",
        f"{verdict.events:,}",
        f"{verdict.seconds:.1f}",
        f"{strength.score:.2f}" if strength.events else "-",
        f"{strength.frontier_max:,}" if strength.events else "-",
    )


def _fails(verdict: Verdict) -> bool:
    return verdict.decision is not Decision.ACCEPTED


def _painted(cell: str, verdict: Verdict, style: Style) -> str:
    if verdict.decision is Decision.REJECTED or (not _fails(verdict) and verdict.strength.is_too_low):
        return style.bad(cell)
    return style.warn(cell) if _fails(verdict) else style.good(cell)
