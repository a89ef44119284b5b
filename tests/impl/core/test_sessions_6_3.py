"""Thesis, section 6.3: a request takes effect once."""

from __future__ import annotations

import random

import pytest

from vraft.core import InputError
from vraft.core.sessions import OPEN, Done, Expired, Opened, Sessions, is_session_value, request


class Counter:
    """An application that can tell how often a command was applied."""

    def __init__(self) -> None:
        self.applied: list[str] = []

    def __call__(self, command: str) -> str:
        self.applied.append(command)
        return f"{command} was number {len(self.applied)}"


def test_a_request_that_comes_again_gets_the_same_result_and_is_not_applied() -> None:
    sessions, counter = Sessions(), Counter()
    assert sessions.apply(1, OPEN, counter) == Opened(1)
    first = sessions.apply(2, request(1, 1, "deposit"), counter)
    other = sessions.apply(3, request(1, 2, "withdraw"), counter)
    assert sessions.apply(4, request(1, 1, "deposit"), counter) == Done("deposit was number 1", again=True)
    assert (first, other) == (Done("deposit was number 1", again=False), Done("withdraw was number 2", again=False))
    assert counter.applied == ["deposit", "withdraw"]


def test_requests_may_overtake_each_other() -> None:
    sessions, counter = Sessions(), Counter()
    sessions.apply(1, OPEN, counter)
    for number in (3, 1, 2):
        assert isinstance(sessions.apply(1 + number, request(1, number, f"c{number}"), counter), Done)
    assert counter.applied == ["c3", "c1", "c2"]


def test_results_that_the_client_has_are_let_go_and_their_requests_stay_dead() -> None:
    sessions, counter = Sessions(), Counter()
    sessions.apply(1, OPEN, counter)
    for number in (1, 2, 3):
        sessions.apply(1 + number, request(1, number, f"c{number}", answered=number - 1), counter)
    assert sessions.to_record() == [{"client": 1, "upTo": 2, "results": [(3, "c3 was number 3")]}]
    assert sessions.apply(9, request(1, 2, "c2"), counter) == Expired(1)
    assert counter.applied == ["c1", "c2", "c3"]


def test_a_client_that_acknowledges_nothing_loses_its_oldest_results() -> None:
    sessions, counter = Sessions(results_max=2), Counter()
    sessions.apply(1, OPEN, counter)
    for number in range(1, 5):
        sessions.apply(1 + number, request(1, number, "c"), counter)
    assert sessions.apply(9, request(1, 1, "c"), counter) == Expired(1)
    assert isinstance(sessions.apply(10, request(1, 4, "c"), counter), Done)
    assert len(counter.applied) == 4


def test_the_session_that_was_used_longest_ago_goes_first_and_is_never_applied_again() -> None:
    sessions, counter = Sessions(sessions_max=2), Counter()
    sessions.apply(1, OPEN, counter)
    sessions.apply(2, OPEN, counter)
    sessions.apply(3, request(1, 1, "x"), counter)
    sessions.apply(4, OPEN, counter)
    assert sessions.apply(5, request(2, 1, "y"), counter) == Expired(2)
    assert sessions.apply(6, request(1, 1, "x"), counter) == Done("x was number 1", again=True)
    assert counter.applied == ["x"]
    assert len(sessions) == 2


def test_who_has_no_session_is_told_so() -> None:
    counter = Counter()
    assert Sessions().apply(3, request(1, 1, "x"), counter) == Expired(1)
    assert counter.applied == []


@pytest.mark.parametrize("seed", range(10))
def test_a_replica_that_starts_from_a_snapshot_goes_on_the_same(seed: int) -> None:
    """Also in whom it lets go."""
    draw = random.Random(seed)
    values = [OPEN if draw.random() < 0.2 else _draw(draw) for _ in range(200)]
    bounds = {"sessions_max": 4, "results_max": 3}
    whole, counter = Sessions(**bounds), Counter()
    outcomes = [whole.apply(index, value, counter) for index, value in enumerate(values, start=1)]
    cut = draw.randrange(200)
    first, second = Sessions(**bounds), Counter()
    for index, value in enumerate(values[:cut], start=1):
        first.apply(index, value, second)
    restored = Sessions.from_record(first.to_record(), **bounds)
    rest = [restored.apply(index, value, second) for index, value in enumerate(values[cut:], start=cut + 1)]
    assert rest == outcomes[cut:]
    assert second.applied == counter.applied
    assert restored.to_record() == whole.to_record()
    assert len({type(outcome) for outcome in outcomes}) == 3


def _draw(draw: random.Random) -> str:
    number = draw.randint(1, 8)
    return request(draw.randint(1, 40), number, f"c{draw.randrange(100)}", answered=draw.randrange(number))


def test_what_is_for_sessions_and_what_is_not() -> None:
    assert is_session_value(OPEN)
    assert is_session_value(request(1, 1, "a:b:c"))
    assert not is_session_value("x=1")
    counter = Counter()
    sessions = Sessions()
    sessions.apply(1, OPEN, counter)
    sessions.apply(2, request(1, 1, "a:b:c"), counter)
    assert counter.applied == ["a:b:c"]


@pytest.mark.parametrize("value", ["x", "session:do:1:1", "session:do:a:1:0:x", "session:do:1:-1:0:x"])
def test_what_is_no_request(value: str) -> None:
    with pytest.raises(InputError, match="not a request of a session"):
        Sessions().apply(1, value, Counter())


@pytest.mark.parametrize(("client", "number", "answered"), [(0, 1, 0), (1, 0, 0), (1, 1, 1), (1, 1, -1)])
def test_what_cannot_be_asked(client: int, number: int, answered: int) -> None:
    with pytest.raises(InputError, match="a request has a client"):
        request(client, number, "x", answered=answered)


def test_requests_stay_dead_in_a_replica_that_begins_from_a_snapshot() -> None:
    sessions, counter = Sessions(), Counter()
    sessions.apply(1, OPEN, counter)
    for number in (1, 2, 3):
        sessions.apply(1 + number, request(1, number, f"c{number}", answered=number - 1), counter)
    restored = Sessions.from_record(sessions.to_record())
    for number, outcome in ((1, Expired(1)), (2, Expired(1)), (3, Done("c3 was number 3", again=True))):
        assert restored.apply(9 + number, request(1, number, "again"), counter) == outcome
    assert counter.applied == ["c1", "c2", "c3"]
