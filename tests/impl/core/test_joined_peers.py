"""Cores joined by a link that is perfect: what the one sends, the other hears, in order.

After every message the ends are compared: what two logs have in common, and what a leader believes of its peers.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence

import pytest

from vraft.core import (
    ElectionTimeout,
    Entry,
    HardState,
    HeartbeatTimeout,
    Input,
    Message,
    Propose,
    RaftCore,
    Receive,
    Recovered,
    Role,
)


class Joined:
    """Servers with these logs (terms of their entries), joined."""

    def __init__(self, *logs: Sequence[int], max_entries: int = 3) -> None:
        names = [f"n{number}" for number in range(1, len(logs) + 1)]
        self.cores = {
            name: RaftCore(
                id=name,
                servers=names,
                max_entries=max_entries,
                recovered=Recovered(HardState(max(log, default=0), None), tuple(Entry(t, f"{t}") for t in log)),
            )
            for name, log in zip(names, logs, strict=True)
        }
        self.link: deque[Message] = deque()
        self.heard = 0

    def give(self, name: str, input_: Input) -> None:
        """An input to one of them, and all that comes of it."""
        self.link.extend(self.cores[name].step(input_).messages)
        while self.link:
            self.heard += 1
            assert self.heard < 10_000, "they do not come to rest"
            message = self.link.popleft()
            self.link.extend(self.cores[message.receiver].step(Receive(message)).messages)
            self.compare()

    def compare(self) -> None:
        """LogMatchingInv and MatchInv."""
        cores = list(self.cores.values())
        for a in cores:
            for b in cores:
                common = min(a.log.last_index, b.log.last_index)
                same = next((k for k in range(common, 0, -1) if a.log.term_at(k) == b.log.term_at(k)), 0)
                assert a.log.slice(1, same) == b.log.slice(1, same)
                if a.role is Role.LEADER and b.current_term == a.current_term:
                    assert a.log.slice(1, a.match_index[b.id]) == b.log.slice(1, a.match_index[b.id])

    def agree(self) -> bool:
        first, *others = self.cores.values()
        return all(
            other.log.slice(1, other.log.last_index) == first.log.slice(1, first.log.last_index)
            and other.commit_index == first.commit_index == first.log.last_index
            for other in others
        )


def test_a_first_election_and_some_values() -> None:
    joined = Joined([], [], [])
    joined.give("n2", ElectionTimeout())
    for value in "abcde":
        joined.give("n2", Propose(value))
    joined.give("n2", HeartbeatTimeout())
    assert joined.agree()
    assert [entry.value for entry in joined.cores["n1"].log.slice(1, 6)] == ["noop:1", *"abcde"]


@pytest.mark.parametrize(
    "logs",
    [
        ([1, 1, 2], [1, 1], []),
        ([1, 2, 2, 2], [1, 1, 1, 1], [1]),
        ([1, 1, 1, 4, 4, 5, 5, 6, 6, 6], [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], [1, 1, 1, 4, 4, 4, 4]),
        ([5], [1, 2, 3, 4], [1, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
@pytest.mark.parametrize("max_entries", [1, 3, 100])
def test_whatever_the_logs_were_they_are_made_equal(logs: Sequence[Sequence[int]], max_entries: int) -> None:
    joined = Joined(*logs, max_entries=max_entries)
    joined.give("n1", ElectionTimeout())
    if joined.cores["n1"].role is not Role.LEADER:  # Its term was old; now it is the newest.
        joined.give("n1", ElectionTimeout())
    assert joined.cores["n1"].role is Role.LEADER
    joined.give("n1", HeartbeatTimeout())
    assert joined.agree()


def test_leaders_come_and_go() -> None:
    for seed in range(30):
        draw = random.Random(seed)
        joined = Joined([], [], [], [], [])
        for number in range(40):
            name = draw.choice(list(joined.cores))
            joined.give(name, draw.choice([ElectionTimeout(), Propose(f"v{number}"), HeartbeatTimeout()]))
        joined.give("n1", ElectionTimeout())
        joined.give("n1", HeartbeatTimeout())
        assert joined.agree(), f"seed {seed}"
