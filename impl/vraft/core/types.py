"""The values that the rest of the core is written with.

Terms and indexes are plain integers with a name.  Indexes are 1-based, as in the thesis: the first entry of a log has
index 1, and 0 is "before the first".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from vraft.core.configuration import Configuration

Server: TypeAlias = str
"""The name of a server."""

Term: TypeAlias = int
"""A term; 0 before the first election."""

Index: TypeAlias = int
"""A 1-based position in a log; 0 is before the first entry."""


class Role(StrEnum):
    """What a server is in its term; the values are those of the specification."""

    FOLLOWER = "Follower"
    PRE_CANDIDATE = "PreCandidate"
    CANDIDATE = "Candidate"
    LEADER = "Leader"


class Entry(NamedTuple):
    """One entry of a log: a value, or a configuration with the value "".  (A tuple, because logs hold many.)"""

    term: Term
    value: str
    config: Configuration | None = None

    @property
    def is_config(self) -> bool:
        """``IsConfig(entry)``"""
        return self.config is not None


def config_entry(term: Term, config: Configuration) -> Entry:
    """``[term |-> term, config |-> config]``"""
    return Entry(term, "", config)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What stands for all entries up to ``index``, so that they need not be kept (thesis, chapter 5).

    ``term`` is that of the entry at ``index``, ``config`` the configuration among the entries up to there, ``history``
    the checksum over all of them, and ``data`` the state of the application, of which the core knows nothing.
    """

    index: Index
    term: Term
    config: Configuration
    config_index: Index = 0
    """Where in the log that configuration was; 0 for the initial one."""
    history: int = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a server finds on its disk when it comes back.

    ``entries`` begin right after the snapshot's index, or at index 1 where there is no snapshot.
    """

    hard_state: HardState = HardState()
    entries: tuple[Entry, ...] = ()
    snapshot: Snapshot | None = None


def noop_value(term: Term) -> str:
    """The value of the entry with which a leader opens its term (thesis, section 6.4)."""
    return f"noop:{term}"


def is_noop(entry: Entry, term_before: Term) -> bool:
    """Whether an entry is the one that a leader made for itself; ``term_before`` is the term of the entry before it.

    A leader appends it in the step in which it becomes one, so it is the first entry of its term, and no client's can
    be.  A client may propose the same text: that is a value like any other.

    >>> is_noop(Entry(2, "noop:2"), 1), is_noop(Entry(2, "noop:2"), 2)
    (True, False)
    """
    return entry.term > term_before and not entry.is_config and entry.value == noop_value(entry.term)
