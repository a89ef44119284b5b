"""The exit statuses, one meaning each (DESIGN: *Contracts*)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlatrace.engine.verdict import Decision


class Status(IntEnum):
    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    WRONG_INPUT = 2
    UNDECIDED = 3
    OUR_BUG = 4
    INTERRUPTED = 130


# By the words of the decisions, so that the engine need not be there before a command wants it.
_BY_DECISION = {
    "accepted": Status.CONFORMS,
    "rejected": Status.DOES_NOT_CONFORM,
    "undecided": Status.UNDECIDED,
    "invalid": Status.WRONG_INPUT,
}

_GRAVEST_FIRST = (Status.OUR_BUG, Status.WRONG_INPUT, Status.DOES_NOT_CONFORM, Status.UNDECIDED, Status.CONFORMS)


def of_decision(decision: Decision) -> Status:
    """The status of one verdict, by its decision."""
    return _BY_DECISION[decision.value]


def combined(statuses: Iterable[Status]) -> Status:
    """The status of several inputs: the gravest that is present."""
    present = set(statuses)
    return next((status for status in _GRAVEST_FIRST if status in present), Status.CONFORMS)
