"""The sweep for people: a table for each benchmark, and under it the growth of both times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.report import table
from bench.sweep import UNFINISHED, Effort, Row, Swept

_HEADINGS = ["events", "ours s", "check s", "events/s", "peak MB", "frontier", "TLC s", "TLC/ours", "verdict"]


ABOUT = "The five systems. Ours and TLC's: whole processes with their starts; check: without start and loading.\n"


def sweep_as_json(swept: Sequence[Swept]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [{**asdict(item), "growth": item.growth, "growth_tlc": item.growth_tlc} for item in swept]


def render_swept(item: Swept, effort: Effort) -> str:
    """The table of one benchmark, and what is wrong with it."""
    rows = [
        [
            f"{row.events:,}",
            f"{row.seconds:.2f}",
            f"{row.check_s:.2f}",
            f"{row.events_per_s:,.0f}",
            f"{row.peak_bytes / 1e6:.0f}",
            f"{row.frontier_max:,}",
            *_beside(row, effort),
            row.verdict,
        ]
        for row in item.rows
    ]
    ours = "-" if item.growth is None else f"length^{item.growth:.2f}"
    tlc = "" if item.growth_tlc is None else f", TLC's as length^{item.growth_tlc:.2f}"
    wrong = "".join(f"  WRONG: {fault}\n" for fault in item.faults)
    return f"{item.name}\n" + table(_HEADINGS, rows) + f"  our time grows as {ours}{tlc}\n{wrong}"


def _beside(row: Row, effort: Effort) -> tuple[str, str]:
    if row.tlc is None or row.ratio is None:
        return "-", "-"
    if row.tlc.verdict == UNFINISHED:
        return f"> {effort.tlc_limit_s:g}", f"> {row.ratio:.1f}"
    return f"{row.tlc.seconds:.2f}", f"{row.ratio:.1f}"
