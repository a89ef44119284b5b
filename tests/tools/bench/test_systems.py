"""The five systems of the benchmark: their traces, and what is found out about their bugs.

That TLC says the same is compared in ``tests/differential``.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.systems import SYSTEMS, Knobs, Logged, Ordered, System, system_named
from bench.systems.verdicts import Checker

CASES = [pytest.param(system, logged, id=f"{system.module}-{logged.value}") for system in SYSTEMS for logged in Logged]
UNSEEN = {
    # A queue whose Puts do not say what they put explains every order of Gets.
    ("BoundedQueue", Logged.HIDDEN, "last in first out"),
    # Who received work is not in the log, nor who became idle: the token may have been tainted by somebody else.
    ("TokenRing", Logged.HIDDEN, "forgets to taint the token"),
}
"""Bugs that no log of that kind shows."""


@pytest.mark.parametrize("ordered", Ordered)
@pytest.mark.parametrize(("system", "logged"), CASES)
def test_a_system_without_a_bug_is_accepted(system: System, logged: Logged, ordered: Ordered, tmp_path: Path) -> None:
    checker = Checker(system, tmp_path)
    for seed in range(3):
        knobs = Knobs(events=24, width=2, logged=logged, ordered=ordered, seed=seed)
        assert checker.by_mapping(knobs, system.generate(knobs)) == "accepted", knobs


@pytest.mark.parametrize("ordered", [Ordered.VECTOR, Ordered.NONE])
@pytest.mark.parametrize(("system", "logged"), CASES)
def test_a_system_without_a_bug_is_accepted_whatever_is_known_of_the_order(
    system: System, logged: Logged, ordered: Ordered, tmp_path: Path
) -> None:
    checker = Checker(system, tmp_path)
    for seed in range(3):
        knobs = Knobs(events=8, width=2, logged=logged, ordered=ordered, seed=seed)
        assert checker.by_mapping(knobs, system.generate(knobs)) == "accepted", knobs


@pytest.mark.parametrize(("system", "logged"), CASES)
def test_bugs_are_found_where_the_log_shows_them(system: System, logged: Logged, tmp_path: Path) -> None:
    checker = Checker(system, tmp_path)
    for bug in system.bugs:
        found = Counter[str]()
        for seed in range(30):
            knobs = Knobs(events=24, width=2, logged=logged, bug=bug, seed=seed)
            found[checker.by_mapping(knobs, system.generate(knobs))] += 1
        assert set(found) <= {"accepted", "rejected"}
        assert (found["rejected"] == 0) == ((system.module, logged, bug) in UNSEEN), (bug, found)


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.module for system in SYSTEMS])
def test_the_same_knobs_make_the_same_trace(system: System) -> None:
    assert system.generate(Knobs(events=30, seed=7)) == system.generate(Knobs(events=30, seed=7))
    assert system.generate(Knobs(events=30, seed=7)) != system.generate(Knobs(events=30, seed=8))


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.module for system in SYSTEMS])
def test_logs_of_processes_hold_the_events_of_the_one_log(system: System) -> None:
    whole = system.generate(Knobs(events=60))
    vector = system.generate(Knobs(events=60, ordered=Ordered.VECTOR))
    without = system.generate(Knobs(events=60, ordered=Ordered.NONE))
    bare = [{name: value for name, value in event.items() if name != "clock"} for event in vector.events]
    assert bare == list(without.events)
    plain = [json.dumps({n: v for n, v in event.items() if n != "process"}) for event in bare]
    assert sorted(plain) == sorted(map(json.dumps, whole.events))
    # A clock counts the events of its own process, and nobody knows of more events than there are.
    count = Counter[str]()
    total = Counter(event["process"] for event in vector.events)
    for event in vector.events:
        count[event["process"]] += 1
        assert event["clock"][event["process"]] == count[event["process"]]
        assert all(number <= total[process] for process, number in event["clock"].items())


def test_a_system_has_a_name() -> None:
    assert system_named("token ring").module == "TokenRing"
