"""The values that the rest of the core is written with.

Terms and indexes are plain integers with a name.  Indexes are 1-based, as in the thesis: the first entry of a log has
index 1, and 0 is "before the first".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

Server: TypeAlias = str
"""The name of a server."""

Term: TypeAlias = int
"""A term; 0 before the first election."""

Index: TypeAlias = int
"""A 1-based position in a log; 0 is before the first entry."""


class Role(StrEnum):
    """What a server is in its term; the values are those of the specification."""

    FOLLOWER = "Follower"
    CANDIDATE = "Candidate"
    LEADER = "Leader"


class Entry(NamedTuple):
    """One entry of a log.  (A tuple, because logs hold many.)"""

    term: Term
    value: str


@dataclass(frozen=True, slots=True)
class HardState:
    """What must be on disk besides the log: the newest term, and the vote in it."""

    term: Term = 0
    vote: Server | None = None


@dataclass(frozen=True, slots=True)
class LogWrite:
    """Everything in the log from index ``first`` on is replaced by ``entries``."""

    first: Index
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a server finds on its disk when it comes back."""

    hard_state: HardState = HardState()
    entries: tuple[Entry, ...] = ()


NOOP_PREFIX = "noop:"


def noop_value(term: Term) -> str:
    """The value of the entry with which a leader opens its term (thesis, section 6.4)."""
    return f"{NOOP_PREFIX}{term}"


def is_noop(value: str) -> bool:
    """Whether a value is one that a leader made for itself."""
    return value.startswith(NOOP_PREFIX)
