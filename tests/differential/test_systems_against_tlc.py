"""The five systems of the benchmark, small: our verdicts and TLC's on the same traces, case by case.

The generators know nothing of the specifications, and TLC knows nothing of us. TLC judges the trace specifications;
all cases of a system in one run, since starting it takes longer than judging them. ``make bench`` compares larger ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.systems import SYSTEMS, Knobs, Ordered, System
from bench.systems.cases import explained
from bench.systems.comparing import compare
from bench.systems.judged import judge

SIZE = Knobs(events=14, processes=3, width=2)
SMALLER = Knobs(events=14, processes=2, width=2)
"""For two systems whose hidden values and three processes would take TLC a minute."""


def size(system: System, hidden: bool) -> Knobs:
    return SMALLER if hidden and system.module in ("SnapshotStore", "BoundedQueue") else SIZE


@pytest.mark.tlc
@pytest.mark.slow
@pytest.mark.parametrize("hidden", [False, True], ids=["logged", "hidden"])
@pytest.mark.parametrize("system", SYSTEMS, ids=[system.module for system in SYSTEMS])
def test_tlc_says_the_same(system: System, hidden: bool, tmp_path: Path) -> None:
    found = compare(system, is_hidden=hidden, size=size(system, hidden), folder=tmp_path, with_traps=False)
    assert found.differences == ()
    # Both verdicts are met with.
    assert set(found.verdicts) == {"accepted", "rejected"}


@pytest.mark.tlc
@pytest.mark.slow
@pytest.mark.parametrize(
    ("ordered", "bug", "verdict"),
    [
        (Ordered.TOTAL, "commits without one", "rejected"),
        (Ordered.VECTOR, None, "accepted"),
        (Ordered.NONE, "commits without one", "rejected"),
    ],
)
def test_a_trace_specification_by_itself_says_what_the_cases_say(
    ordered: Ordered, bug: str | None, verdict: str, tmp_path: Path
) -> None:
    two_phase = SYSTEMS[0]
    trace = two_phase.generate(Knobs(events=16, ordered=ordered, bug=bug))
    assert judge(two_phase, trace.write(tmp_path / "trace.ndjson")).verdict == verdict
    assert explained(two_phase, [trace]) == [verdict == "accepted"]
