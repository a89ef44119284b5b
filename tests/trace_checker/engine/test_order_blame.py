"""Blame over all orders of the events: every change that is found makes the logs pass, and each has a twin that does
not.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tlatrace.engine import Status
from tlatrace.engine.cuts import CutSearch
from tlatrace.engine.findings import Blame, Relaxation, Relaxing, Suspect
from tlatrace.engine.order_blame import Stuck, blame_in_part
from tlatrace.traces import Event
from tlatrace.traces.given_order import GivenOrder, Placed

Kinds = list[tuple[str, int]]


def given(*chains: Kinds) -> GivenOrder:
    """Chains without clocks between them."""
    placed = [
        [
            Placed(
                Event(index + 1, {"kind": kind, "n": n}, chain),
                tuple(index if number == chain else 0 for number in range(len(chains))),
            )
            for index, (kind, n) in enumerate(events)
        ]
        for chain, events in enumerate(chains)
    ]
    names = [f"log{number}" for number in range(len(chains))]
    return GivenOrder(names, placed, names)


@pytest.fixture
def kinds(counters: Any) -> Any:
    counters.rule("up", counters.candidate("Up(n)"))
    counters.rule("down", counters.candidate("Down"))
    counters.rule("at", counters.candidate(), observations=[counters.observation("x", "n")])
    return counters


@pytest.fixture
def blamed(kinds: Any) -> Callable[..., Blame | None]:
    def run(*chains: Kinds, **options: Any) -> Blame | None:
        order = given(*chains)
        search = CutSearch(kinds.matcher(), order)
        if search.run() is not Status.REJECTED:
            return None
        stuck = Stuck(
            order=order,
            matcher=kinds.matcher(),
            furthest=[cut.positions for cut in search.furthest],
            is_from_start=True,
        )
        must_stop = options.get("must_stop")
        return blame_in_part(stuck, kinds.compiled.actions, lambda event: f"log{event.log}", must_stop=must_stop)

    return run


def found(blame: Blame | None) -> list[Relaxation]:
    assert blame is not None
    return [relaxation for finding in blame.findings for relaxation in finding.relaxations]


def test_what_is_explained_in_some_order_is_nobodys_fault(blamed: Any) -> None:
    assert blamed([("up", 1), ("at", 1)], [("down", 0)]) is None


def test_a_wrong_value_is_found_in_its_log(blamed: Any) -> None:
    blame = blamed([("up", 1), ("at", 4), ("at", 0)], [("down", 0)])
    assert blame.suspect is Suspect.LOG
    best = found(blame)[0]
    assert (best.kind, best.log, best.line, best.logged) == (Relaxing.FIELD, "log0", 2, "4")
    assert blame.summary.startswith("Line 2 of log0 has event.n = 4")


def test_a_step_that_was_not_logged(blamed: Any) -> None:
    hidden = [
        item for item in found(blamed([("down", 0), ("at", 0)], [("at", 0)])) if item.kind is Relaxing.HIDDEN_STEP
    ]
    assert [(item.log, item.line, item.what) for item in hidden] == [("log0", 1, "Up")]


def test_two_lines_that_changed_places(blamed: Any) -> None:
    swapped = [item for item in found(blamed([("at", 2), ("up", 2)], [("at", 2)])) if item.kind is Relaxing.SWAP]
    assert [(item.line, item.other_line) for item in swapped] == [(1, 2)]


def test_what_no_change_of_one_event_cures_is_the_implementations(blamed: Any) -> None:
    blame = blamed([("at", 3), ("at", 4), ("at", 5)], [("at", 2), ("at", 1), ("at", 4)])
    assert blame.findings == ()
    assert blame.suspect is Suspect.IMPLEMENTATION
    assert "makes the logs pass, in any order" in blame.summary


def test_a_limit_is_said(blamed: Any) -> None:
    stopped = blamed([("at", 3)], [("at", 2)], must_stop=lambda: "enough")
    assert (stopped.cut, stopped.suspect, stopped.findings) == ("enough", Suspect.UNKNOWN, ())


@pytest.mark.parametrize("seed", range(30))
def test_every_event_that_may_be_left_out_is_one_without_which_the_rest_passes(
    kinds: Any, blamed: Any, seed: int
) -> None:
    random_ = random.Random(seed)
    chains: list[Kinds] = [
        [(random_.choice(["up", "down", "at"]), random_.randint(1, 3)) for _ in range(random_.randint(1, 3))]
        for _ in range(2)
    ]
    blame = blamed(*chains)
    if blame is None:
        return
    for item in found(blame):
        if item.kind is Relaxing.DROP:
            key = int(item.log.removeprefix("log")), item.line - 1
            assert CutSearch(kinds.matcher(), given(*chains).without({key})).run() is Status.MATCHED
