"""The verdicts on the five systems beside TLC's, in more cases than the tests have time for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.report import table
from bench.systems import SYSTEMS, Knobs
from bench.systems.comparing import Comparison, compare

SIZE = Knobs(events=24, processes=3, width=2)
SIZE_HIDDEN = Knobs(events=18, processes=2, width=2)
"""With hidden steps and logs that nothing orders, TLC has to look at millions of interleavings of longer ones."""


def comparisons(tell: Callable[[str], None]) -> Iterator[Comparison]:
    """Every system, with everything logged and with hidden steps.

    Raises:
        BenchError: TLC could not judge the traces.
    """
    with tempfile.TemporaryDirectory(prefix="tla-conformance-verdicts-") as name:
        for system in SYSTEMS:
            for is_hidden in (False, True):
                tell(f"verdicts on {system.name}")
                size = SIZE_HIDDEN if is_hidden else SIZE
                yield compare(system, is_hidden=is_hidden, size=size, folder=Path(name))


def render_comparisons(found: list[Comparison]) -> str:
    """A line for each, and every difference."""
    rows = [
        [
            f"{item.system}{', hidden steps' if item.is_hidden else ''}",
            str(sum(item.verdicts.values())),
            str(item.verdicts["accepted"]),
            str(item.verdicts["rejected"]),
            str(len(item.differences)),
        ]
        for item in found
    ]
    text = "Verdicts beside TLC's, by the mapping and by the trace specification\n"
    text += table(["", "traces", "accepted", "rejected", "different"], rows)
    return text + "".join(f"  WRONG: {difference}\n" for item in found for difference in item.differences)
