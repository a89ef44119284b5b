"""Sessions: what a client asks for takes effect once, however often it has to ask (thesis, section 6.3).

A client that hears nothing asks again, perhaps another leader, and the log may then hold its request twice.  So every
replica keeps, by client, what the last requests gave, and does not apply a request a second time: it gives the same
result again.  All of that is decided from the log alone, and is part of the state: it goes into snapshots.

A client opens a session with an entry of its own; the index of that entry is the session's name.  It numbers its
requests from 1, and says with each up to which number it has all answers, so that those need not be kept.  A bounded
number of sessions is kept; the one that was used longest ago goes first, on all replicas at the same entry.  A request
of a session that is gone is not applied: whether it was before, nobody knows any more, and the client must be told.

>>> sessions = Sessions()
>>> sessions.apply(5, OPEN, str.upper)
Opened(client=5)
>>> sessions.apply(6, request(5, 1, "x"), str.upper), sessions.apply(7, request(5, 1, "x"), str.upper)
(Done(result='X', again=False), Done(result='X', again=True))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from vraft.core.errors import InputError
from vraft.core.types import Index

SESSIONS_MAX = 10_000
"""Sessions that are kept: with a few results of a hundred bytes each, some megabytes of state."""

RESULTS_MAX = 100
"""Results that are kept for one client: so many requests can be on their way at once.  A client that has more of them
unacknowledged loses the oldest results, and is told so when it asks for one."""

OPEN = "session:open"
"""The value of an entry that opens a session."""

_REQUEST = "session:do:"

Client: TypeAlias = Index


@dataclass(frozen=True, slots=True)
class Opened:
    """There is a session of that name now."""

    client: Client


@dataclass(frozen=True, slots=True)
class Done:
    """The request was applied with this result; ``again``: not now, but when it came first."""

    result: str
    again: bool


@dataclass(frozen=True, slots=True)
class Expired:
    """There is no such session (any more), or no such result: the request was not applied now."""

    client: Client


Outcome: TypeAlias = Opened | Done | Expired


def request(client: Client, number: int, command: str, *, answered: int = 0) -> str:
    """The value of a request: the client's ``number``-th; it has the answers of all up to ``answered``."""
    if client < 1 or number < 1 or not 0 <= answered < number:
        raise InputError(f"a request has a client, a number from 1, and fewer answers: {client}, {number}, {answered}")
    return f"{_REQUEST}{client}:{number}:{answered}:{command}"


def is_session_value(value: str) -> bool:
    """Whether an entry's value is for sessions."""
    return value == OPEN or value.startswith(_REQUEST)


class Sessions:
    """What one replica keeps of its clients.  Equal entries in equal order make equal sessions."""

    def __init__(self, *, sessions_max: int = SESSIONS_MAX, results_max: int = RESULTS_MAX) -> None:
        if sessions_max < 1 or results_max < 1:
            raise InputError(f"at least one session and one result are kept, found {sessions_max} and {results_max}")
        self._sessions_max = sessions_max
        self._results_max = results_max
        self._results: dict[Client, dict[int, str]] = {}
        """By client, the one that was used longest ago first: results by the number of their request."""
        self._highest: dict[Client, int] = {}
        """The highest number whose result was let go: nothing up to there is applied any more."""

    def __len__(self) -> int:
        return len(self._results)

    def apply(self, index: Index, value: str, command: Callable[[str], str]) -> Outcome:
        """Apply the entry at ``index``; ``command`` is called for a request that is new, and for no other.

        Raises :class:`~vraft.core.errors.InputError` for a value that is not for sessions.
        """
        if value == OPEN:
            return self._open(index)
        client, number, answered, text = _parts(value)
        results = self._results.pop(client, None)
        if results is None:
            return Expired(client)
        self._results[client] = results  # The last to be let go.
        self._let_go(client, answered)
        if number in results:
            return Done(results[number], again=True)
        if number <= self._highest[client]:
            return Expired(client)
        result = results[number] = command(text)
        while len(results) > self._results_max:
            self._let_go(client, min(results))
        return Done(result, again=False)

    def _open(self, index: Index) -> Opened:
        while len(self._results) >= self._sessions_max:
            oldest = next(iter(self._results))
            del self._results[oldest], self._highest[oldest]
        self._results[index] = {}
        self._highest[index] = 0
        return Opened(index)

    def _let_go(self, client: Client, upto: int) -> None:
        results = self._results[client]
        for number in [number for number in results if number <= upto]:
            del results[number]
        self._highest[client] = max(self._highest[client], upto)

    # In snapshots -----------------------------------------------------------------------------------------------------

    def to_record(self) -> list[dict[str, Any]]:
        """All of it as plain values, in the order in which sessions would be let go."""
        return [
            {"client": client, "upTo": self._highest[client], "results": sorted(results.items())}
            for client, results in self._results.items()
        ]

    @classmethod
    def from_record(cls, record: list[Mapping[str, Any]], **bounds: int) -> Sessions:
        """The inverse of :meth:`to_record`; the bounds must be those of the replica that wrote it."""
        sessions = cls(**bounds)
        for one in record:
            sessions._results[one["client"]] = dict(one["results"])
            sessions._highest[one["client"]] = one["upTo"]
        return sessions


def _parts(value: str) -> tuple[Client, int, int, str]:
    """Client, number, answered and command of a request."""
    parts = value.removeprefix(_REQUEST).split(":", 3)
    numbers = parts[:3]
    if not value.startswith(_REQUEST) or len(parts) != 4 or not all(one.isascii() and one.isdigit() for one in numbers):
        raise InputError(f"not a request of a session: {value!r}")
    client, number, answered = (int(one) for one in numbers)
    return client, number, answered, parts[3]
