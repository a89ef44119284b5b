"""The error family of the trace checker: everything that is wrong with what a person gave us, with its place.

An exception of another class that reaches a caller is a bug of ours.
"""

from __future__ import annotations

from tlatrace.location import Location


class TlatraceError(Exception):
    """What is wrong, where, and what to do about it.

    ``message`` says what was found and what was expected; ``location`` may be filled in later by whoever knows the
    place (an operator of the standard library does not); ``hint`` is one sentence that helps.
    """

    def __init__(self, message: str, *, location: Location | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location is not None else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"
