"""What a server does beyond basic Raft.

With nothing switched on the core takes the steps of ``spec/Raft.tla`` and no others.  The first two are constants of
``spec/PreVote.tla`` under longer names, and must be the same on all servers of a cluster; the others may differ.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from vraft.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The switches of a server, all off unless told otherwise.

    >>> Features(pre_vote=True).names()
    ('pre_vote',)
    """

    pre_vote: bool = False
    """``UsesPreVote``: a server asks whether it would be elected before it raises its term (thesis, section 9.6)."""

    interval_check: bool = False
    """``UsesIntervalCheck``: a server that heard from a leader within the least election timeout helps nobody to
    depose it (section 4.2.3)."""

    check_quorum: bool = False
    """A leader that no quorum has answered for an election timeout steps down (section 6.2), and so does one whose
    disk has stalled."""

    lease_reads: bool = False
    """A leader answers reads without asking, as long as a quorum has promised to protect it (section 6.4.1)."""

    def __post_init__(self) -> None:
        if self.lease_reads and not self.interval_check:
            raise InputError("lease_reads needs interval_check: a lease is a quorum's promise to protect the leader")

    def names(self) -> tuple[str, ...]:
        """Those that are switched on."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))


FEATURE_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Features))
"""All that there are."""


def read_features(text: str) -> Features:
    """The features of a list with commas, and spaces as one likes; ``none`` for none of them.

    Raises :class:`~vraft.core.errors.InputError` for what is none.

    >>> read_features("pre_vote, check_quorum").names(), read_features("none").names()
    (('pre_vote', 'check_quorum'), ())
    """
    names = [] if text.strip() == "none" else [name.strip() for name in text.split(",")]
    for name in names:
        if name not in FEATURE_NAMES:
            raise InputError(f"unknown feature {name!r}, expected some of {', '.join(FEATURE_NAMES)}, or none")
    return Features(**dict.fromkeys(names, True))
