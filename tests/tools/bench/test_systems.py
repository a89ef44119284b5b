"""The five systems of the benchmark, small: our verdict by the mapping and by the trace specification, and TLC's.

The generators know nothing of the specifications, and TLC knows nothing of us: where the three agree on traces with and
without bugs, with much and little in the log, the engine says what the specification means.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.systems import SYSTEMS, Knobs, Logged, System
from bench.systems.judged import judge
from tlaconform.checking import CheckOptions, Workbench, check_trace

EVENTS = 24
CASES = [
    pytest.param(system, logged, bug, id=f"{system.module}-{logged.value}-{(bug or 'no bug').replace(' ', '_')}")
    for system in SYSTEMS
    for logged in Logged
    for bug in (None, *system.bugs)
]


def ours(system: System, logged: Logged, trace: Path) -> str:
    config = system.spec.with_suffix(".cfg")
    options = CheckOptions(
        spec=system.spec,
        mapping=system.mapping(logged),
        config=config if config.exists() else None,
        time_limit=60,
    )
    return check_trace(trace, Workbench(options)).decision.value


@pytest.mark.parametrize(("system", "logged", "bug"), CASES)
def test_a_system_without_a_bug_is_accepted(system: System, logged: Logged, bug: str | None, tmp_path: Path) -> None:
    if bug is not None:
        found = Counter[str]()
        for seed in range(12):
            knobs = Knobs(events=60, logged=logged, bug=bug, seed=seed)
            found[ours(system, logged, system.generate(knobs).write(tmp_path / f"{seed}.ndjson"))] += 1
        # How much of a bug a log shows depends on what is logged; a whole log shows it often.
        assert set(found) <= {"accepted", "rejected"}
        assert found["rejected"] >= (1 if logged is Logged.FULL else 0), found
        return
    for seed in range(3):
        knobs = Knobs(events=40, logged=logged, seed=seed)
        assert ours(system, logged, system.generate(knobs).write(tmp_path / f"{seed}.ndjson")) == "accepted"


@pytest.mark.tlc
@pytest.mark.slow
@pytest.mark.parametrize(("system", "logged", "bug"), CASES)
def test_tlc_says_the_same(system: System, logged: Logged, bug: str | None, tmp_path: Path) -> None:
    knobs = Knobs(events=EVENTS, logged=logged, bug=bug, seed=_telling_seed(system, logged, bug, tmp_path))
    trace = system.generate(knobs).write(tmp_path / "trace.ndjson")
    assert ours(system, logged, trace) == judge(system, trace).verdict


def _telling_seed(system: System, logged: Logged, bug: str | None, folder: Path) -> int:
    """The first seed whose bug shows, if one of the first twenty does: a rejection tells more."""
    if bug is None:
        return 1
    for seed in range(20):
        knobs = Knobs(events=EVENTS, logged=logged, bug=bug, seed=seed)
        if ours(system, logged, system.generate(knobs).write(folder / "seed.ndjson")) == "rejected":
            return seed
    return 0
