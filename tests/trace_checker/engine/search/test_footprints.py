"""Steps whose footprints do not conflict commute: from every state that can be reached, in both orders, to the same
states; and what stands in the way of an action stays there until something writes to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tlatrace.compile import CompiledSpec, State, compile_spec
from tlatrace.compile.accesses import any_conflict
from tlatrace.compile.blockers import Blockers
from tlatrace.compile.footprint import Footprints
from tlatrace.compile.partial_values import Evaluation
from tlatrace.semantics import load_spec
from tlatrace.values import make_record

STATES = 400

MESSAGES = [make_record({"from": p, "no": n}) for p in "ab" for n in (0, 1)]


def transitions(compiled: CompiledSpec) -> list[tuple[Any, tuple[Any, ...]]]:
    """Every action with each of its arguments."""
    found: list[tuple[Any, tuple[Any, ...]]] = []
    for action in compiled.actions:
        match action.parameters:
            case ():
                found.append((action, ()))
            case ("p",):
                found += [(action, (p,)) for p in "ab"]
            case _:
                found += [(action, (m,)) for m in MESSAGES]
    return found


def reached(compiled: CompiledSpec) -> list[State]:
    states = dict.fromkeys(compiled.initial_states())
    pending = list(states)
    while pending and len(states) < STATES:
        state = pending.pop(0)
        for action in compiled.actions:
            for successor, _ in action.successors(state):
                if successor not in states:
                    states[successor] = None
                    pending.append(successor)
    return list(states)


@pytest.fixture(scope="module")
def steps(compiled_parcels: CompiledSpec) -> tuple[list[State], list[tuple[Any, tuple[Any, ...], Any]]]:
    footprints = Footprints(Evaluation(compiled_parcels))
    found = [(a, args, footprints.of_action(a, args)) for a, args in transitions(compiled_parcels)]
    return reached(compiled_parcels), found


def after(action: Any, arguments: tuple[Any, ...], state: State) -> set[State]:
    return {successor for successor, _ in action.successors(state, arguments)}


def independent(found: list[Any]) -> Iterator[tuple[Any, Any]]:
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            if not one[2].depends_on(other[2]):
                yield one, other


def test_independent_steps_commute(steps: Any) -> None:
    states, found = steps
    pairs = list(independent(found))
    assert len(pairs) > 40, "too few pairs are found to be independent for this to show anything"
    for state in states:
        nexts = {id(each): after(each[0], each[1], state) for each in found}
        for one, other in pairs:
            first = {end for middle in nexts[id(one)] for end in after(other[0], other[1], middle)}
            second = {end for middle in nexts[id(other)] for end in after(one[0], one[1], middle)}
            assert first == second, (one[0].instance.name, one[1], other[0].instance.name, other[1], state)


def test_some_steps_that_touch_are_found_to(steps: Any) -> None:
    _, found = steps
    by_name = {(action.instance.name, *arguments): footprint for action, arguments, footprint in found}
    send, see = by_name["Send", "a"], by_name["See", "a"]
    assert send.depends_on(see)
    assert not by_name["See", "b"].depends_on(see)
    assert not by_name["Hop", "b"].depends_on(see)
    assert by_name["Reset",].depends_on(see)
    assert not by_name["More",].depends_on(see)


def test_what_is_in_the_way_stays_until_it_is_written_to(compiled_parcels: CompiledSpec, steps: Any) -> None:
    states, found = steps
    blockers = Blockers(Evaluation(compiled_parcels))
    known = 0
    for state in states[:120]:
        for action, arguments, _ in found:
            needs = blockers.needs(action, arguments, state)
            known += len(needs)
            if not needs:
                continue
            assert not after(action, arguments, state)
            for need in needs:
                for other, its, footprint in found:
                    if not any_conflict(footprint.writes, need):
                        for successor in after(other, its, state):
                            assert not after(action, arguments, successor)
    assert known > 500


def test_what_is_kept_does_not_grow_with_what_is_asked(tmp_path: Path) -> None:
    # A recursive definition, and a parameter under a prime: both are read as wholes.
    (tmp_path / "Kept.tla").write_text(
        "---- MODULE Kept ----\nEXTENDS Integers\nVARIABLES x, y\n"
        "f[n \\in 0..3] == IF n = 0 THEN y ELSE f[n - 1]\nLater(v) == v' > f[1]\n"
        "A(n) == x' = x + n /\\ UNCHANGED y /\\ f[2] >= n /\\ (ENABLED (x' = n) => Later(x))\n"
        "Init == x = 0 /\\ y = 0\nNext == \\E n \\in 0..9 : A(n)\n====\n"
    )
    compiled = compile_spec(load_spec(tmp_path / "Kept.tla"))
    (action,) = compiled.actions
    (start,) = compiled.initial_states()
    evaluation = Evaluation(compiled)
    footprints, blockers = Footprints(evaluation), Blockers(evaluation)
    kept = []
    for n in range(20):
        footprints.of_action(action, (n,))
        blockers.needs(action, (n,), start)
        kept.append(len(evaluation.analysis._free))
    assert kept[0] > 0
    assert set(kept[1:]) == {kept[-1]}
