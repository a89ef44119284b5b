"""The exit statuses, one meaning each (DESIGN: *Contracts*)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Status(IntEnum):
    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    WRONG_INPUT = 2
    UNDECIDED = 3
    OUR_BUG = 4
    INTERRUPTED = 130


_GRAVEST_FIRST = (Status.OUR_BUG, Status.WRONG_INPUT, Status.DOES_NOT_CONFORM, Status.UNDECIDED, Status.CONFORMS)


def combined(statuses: Iterable[Status]) -> Status:
    """The status of several inputs: the gravest that is present."""
    present = set(statuses)
    return next((status for status in _GRAVEST_FIRST if status in present), Status.CONFORMS)
