"""Configurations: who votes, who only learns, and which servers make a quorum (thesis, chapter 4).

The values of ``Membership.tla``'s section *Configurations*, under its names in snake case.  A configuration is an entry
of the log; which one counts for a server is the business of
:mod:`vraft.core.standing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from vraft.core.errors import InputError
from vraft.core.quorum import is_majority

MEMBERS_MAX = 1000
"""Members of a configuration that comes from outside: far more than a cluster has, and a message of them still fits."""

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A configuration; joint while there are ``outgoing`` voters.

    A server that is outgoing and a learner votes until the joint configuration is left, and learns from then on.
    Raises :class:`~vraft.core.errors.InputError` where nobody votes, or somebody votes and learns.

    >>> joint = Configuration(voters=frozenset({"n1", "n2"}), outgoing=frozenset({"n1", "n3", "n4"}))
    >>> joint.is_quorum({"n1", "n2"}), joint.is_quorum({"n1", "n2", "n3"})
    (False, True)
    """

    voters: frozenset[str]
    outgoing: frozenset[str] = NOBODY
    learners: frozenset[str] = NOBODY

    def __post_init__(self) -> None:
        if not self.voters:
            raise InputError("a configuration has at least one voter")
        both = self.voters & self.learners
        if both:
            raise InputError(f"a server votes or learns, not both: {sorted(both)}")

    @classmethod
    def of(cls, voters: Iterable[str], *, outgoing: Iterable[str] = (), learners: Iterable[str] = ()) -> Configuration:
        """The configuration with these members."""
        return cls(voters=frozenset(voters), outgoing=frozenset(outgoing), learners=frozenset(learners))

    @property
    def is_joint(self) -> bool:
        """``IsJoint(c)``"""
        return bool(self.outgoing)

    @property
    def electorate(self) -> frozenset[str]:
        """``Voters(c)``: all whose votes count for something, the outgoing voters too."""
        return self.voters | self.outgoing

    @property
    def members(self) -> frozenset[str]:
        """``Members(c)``"""
        return self.voters | self.outgoing | self.learners

    def is_quorum(self, members: AbstractSet[str]) -> bool:
        """``IsQuorum(members, c)``: a majority of the voters, and while it is joint one of the outgoing voters too."""
        return is_majority(members & self.voters, self.voters) and (
            not self.outgoing or is_majority(members & self.outgoing, self.outgoing)
        )

    def without_outgoing(self) -> Configuration:
        """``[c EXCEPT !.outgoing = {}]``: what a joint configuration is left for."""
        return Configuration(voters=self.voters, learners=self.learners)

    def to_record(self) -> dict[str, object]:
        """The record that the specification has for it, each set as ``{"#set": […]}``, sorted."""
        return {name: {"#set": sorted(getattr(self, name))} for name in _FIELDS}


_FIELDS = ("voters", "outgoing", "learners")


def configuration_from_record(record: object) -> Configuration:
    """The inverse of :meth:`Configuration.to_record`; raises :class:`~vraft.core.errors.InputError`."""
    if not isinstance(record, Mapping) or set(record) != set(_FIELDS):
        raise InputError(f"a configuration has the fields {', '.join(_FIELDS)}, found {record!r}")
    voters, outgoing, learners = (_names(name, record[name]) for name in _FIELDS)
    return Configuration(voters=voters, outgoing=outgoing, learners=learners)


def _names(field: str, value: object) -> frozenset[str]:
    """A set of servers' names."""
    items = value.get("#set") if isinstance(value, Mapping) and set(value) == {"#set"} else None
    if not isinstance(items, list) or not all(type(item) is str for item in items):
        raise InputError(f'{field} must be a set of names ({{"#set": […]}}), found {value!r}')
    if len(items) > MEMBERS_MAX:
        raise InputError(f"a configuration has at most {MEMBERS_MAX} {field}, found {len(items)}")
    return frozenset(items)
