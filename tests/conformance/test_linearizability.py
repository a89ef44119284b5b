"""The plain search for a linearization: known histories, and a brute force over all orders."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

from tlaconform.linearizability import AppendOnlyLog, Model, Operation, Register, TooManyStates, search


def op(client: str, call: int, end: int | None, *request: str, result: object = None) -> Operation:
    return Operation(client=client, call=call, end=end, request=request, result=result)  # type: ignore[arg-type]


def test_a_read_that_overlaps_a_write_may_see_it_or_not() -> None:
    write = op("a", 0, 10, "write", "x")
    for seen in (None, "x"):
        assert search([write, op("b", 5, 15, "read", result=seen)], Register()).is_linearizable


def test_a_value_once_read_is_not_unread() -> None:
    history = [
        op("a", 0, 100, "write", "x"),
        op("b", 10, 20, "read", result="x"),
        op("c", 30, 40, "read", result=None),
    ]
    found = search(history, Register())
    assert not found.is_linearizable
    assert [str(each) for each in found.stuck] == ["c: read -> None  (30 .. 40)"]
    assert search([*history[:2], op("c", 30, 40, "read", result="x")], Register()).is_linearizable


def test_what_never_returned_may_have_happened_late_or_not_at_all() -> None:
    lost = op("a", 0, None, "append", "x")
    seen = op("b", 1000, 1001, "read", result=("x",))
    unseen = op("b", 1000, 1001, "read", result=())
    assert search([lost, seen], AppendOnlyLog()).is_linearizable
    assert search([lost, unseen], AppendOnlyLog()).is_linearizable
    assert not search([op("a", 0, 5, "append", "x", result=1), unseen], AppendOnlyLog()).is_linearizable


def test_positions_that_contradict_each_other() -> None:
    history = [op("a", 0, 10, "append", "x", result=1), op("b", 0, 10, "append", "y", result=1)]
    assert not search(history, AppendOnlyLog()).is_linearizable
    history[1] = op("b", 0, 10, "append", "y", result=2)
    assert search(history, AppendOnlyLog()).is_linearizable


def test_a_limit_is_no_verdict() -> None:
    history = [op(f"c{k}", 0, 100, "append", f"v{k}") for k in range(12)]
    history.append(op("r", 200, 201, "read", result=()))
    with pytest.raises(TooManyStates, match="more than 50 states"):
        search(history, AppendOnlyLog(), states_max=50)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_known_of_positions_changes_no_answer(seed: int) -> None:
    draw = random.Random(seed)
    verdicts = {True: 0, False: 0}
    for _ in range(150):
        log: list[str] = []
        history = []
        for k in range(6):
            call, end = 10 * k + draw.randrange(5), 10 * k + 5 + draw.randrange(30)
            if draw.randrange(2):
                log.append(f"v{k}")
                told = draw.randrange(3)
                result = None if told == 0 else len(log) + (draw.randrange(8) == 0)
                history.append(op(f"c{k}", call, None if told == 0 else end, "append", f"v{k}", result=result))
            else:
                seen = log[: len(log) - (draw.randrange(4) == 0)]
                history.append(op(f"c{k}", call, end, "read", result=tuple(seen)))
        expected = search(history, AppendOnlyLog()).is_linearizable
        assert search(history, AppendOnlyLog.of(history)).is_linearizable is expected, "\n".join(map(str, history))
        verdicts[expected] += 1
    assert min(verdicts.values()) > 10, verdicts


def test_appends_that_nobody_was_told_of_cost_little() -> None:
    history = [op(f"lost{k}", k, None, "append", f"lost{k}") for k in range(30)]
    history += [op(f"c{k}", 100 + k, 100 + k, "append", f"v{k}", result=k + 1) for k in range(30)]
    history.append(op("r", 1000, 1001, "read", result=tuple(f"v{k}" for k in range(30))))
    found = search(history, AppendOnlyLog.of(history))
    assert found.is_linearizable
    assert found.states < 100


def test_nor_do_those_that_fill_a_gap_that_nobody_has_seen() -> None:
    """One client was told position 10, and nobody ever read: nine of the fourteen came before it, whichever."""
    history = [op(f"lost{k}", k, None, "append", f"lost{k}") for k in range(14)]
    history.append(op("c", 100, 110, "append", "v", result=10))
    found = search(history, AppendOnlyLog.of(history))
    assert found.is_linearizable
    assert found.states < 100
    history[-1] = op("c", 100, 110, "append", "v", result=16)
    assert not search(history, AppendOnlyLog.of(history)).is_linearizable


@pytest.mark.parametrize("seed", range(4))
def test_lost_appends_are_placed_as_trying_all_orders_places_them(seed: int) -> None:
    draw = random.Random(seed)
    verdicts = {True: 0, False: 0}
    for _ in range(100):
        history = [op(f"lost{k}", draw.randrange(30), None, "append", f"l{k}") for k in range(3)]
        seen = draw.sample(["l0", "l1", "l2", "v"], draw.randrange(4))
        call = draw.randrange(30)
        history.append(op("r", call, call + 3, "read", result=tuple(seen)))
        call = draw.randrange(30)
        history.append(op("c", call, call + draw.randrange(9), "append", "v", result=draw.randrange(1, 5)))
        expected = by_brute_force(history, AppendOnlyLog())
        assert search(history, AppendOnlyLog.of(history)).is_linearizable is expected, "\n".join(map(str, history))
        assert search(history, AppendOnlyLog()).is_linearizable is expected, "\n".join(map(str, history))
        verdicts[expected] += 1
    assert min(verdicts.values()) > 10, verdicts


def by_brute_force(history: Sequence[Operation], model: Model) -> bool:
    """Every order of every set of operations that contains all that returned."""
    returned = [each for each in history if each.end is not None]
    lost = [each for each in history if each.end is None]
    for count in range(len(lost) + 1):
        for extra in itertools.combinations(lost, count):
            for order in itertools.permutations([*returned, *extra]):
                if _respects_time(order) and _is_behavior(order, model):
                    return True
    return False


def _respects_time(order: Sequence[Operation]) -> bool:
    return all(later.end is None or later.end >= earlier.call for earlier, later in itertools.combinations(order, 2))


def _is_behavior(order: Sequence[Operation], model: Model) -> bool:
    state = model.initial()
    for each in order:
        following = model.after(state, each)
        if following is None:
            return False
        state = following
    return True


@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_what_trying_all_orders_finds(seed: int) -> None:
    draw = random.Random(seed)
    verdicts = {True: 0, False: 0}
    for _ in range(150):
        history = []
        for k in range(draw.randrange(2, 6)):
            call = draw.randrange(12)
            end = None if draw.randrange(6) == 0 else call + draw.randrange(8)
            if draw.randrange(2):
                history.append(op(f"c{k}", call, end, "write", draw.choice("xy")))
            else:
                history.append(op(f"c{k}", call, end, "read", result=draw.choice([None, "x", "y"])))
        expected = by_brute_force(history, Register())
        assert search(history, Register()).is_linearizable is expected, "\n".join(map(str, history))
        verdicts[expected] += 1
    assert min(verdicts.values()) > 20, verdicts
