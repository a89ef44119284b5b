"""What a mutant is: a bug, and where the specification should catch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vraft.core import Features, RaftCore


@dataclass(frozen=True, slots=True)
class Foretold:
    """Where a mutant is to be caught: ``conjunct`` occurs in the text of the false conjunct, or in the observation that
    fails.
    """

    action: str
    conjunct: str

    def __str__(self) -> str:
        return f"{self.action}: {self.conjunct}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One bug: what is wrong, why it is (section of the thesis), where it should be caught, and the methods that make
    it.
    """

    name: str
    bug: str
    source: str
    foretold: Foretold
    methods: Mapping[str, Callable[..., Any]]
    features: Features | None = None
    """What the cluster needs for the bug to show; None for one of basic Raft, which ``Raft.tla`` judges."""
    changes_members: bool = False
    """Whether members come and go, logs are cut, and leaders send ahead, for it to show."""

    @property
    def core_class(self) -> type[RaftCore]:
        """The broken core."""
        return type(f"Mutant_{self.name}", (RaftCore,), dict(self.methods))


def mutant_of(
    name: str,
    bug: str,
    source: str,
    action: str,
    conjunct: str,
    *,
    features: Features | None = None,
    changes_members: bool = False,
    **methods: Callable[..., Any],
) -> Mutant:
    """A mutant, in one call."""
    foretold = Foretold(action, conjunct)
    return Mutant(
        name=name,
        bug=bug,
        source=source,
        foretold=foretold,
        methods=methods,
        features=features,
        changes_members=changes_members,
    )


def always(self: RaftCore, *_: object) -> bool:
    """A guard that is not there."""
    return True


def nothing(self: RaftCore, *_: object) -> None:
    """An update that is forgotten."""
