"""What is said when a text is not TLA+: where, what was found, what could have stood there, inside of what."""

from __future__ import annotations

from tlatrace.errors import TlatraceError
from tlatrace.location import Location, source_lines

EXPECTED_SHOWN_MAX = 6
"""More alternatives than this help nobody; the rest is dropped from the message (not from ``expected``)."""


class ParseError(TlatraceError):
    """A text is not what the grammar allows.

    ``found`` is the text at ``location`` (None at the end of the text), ``expected`` names what could have stood
    there, in words for people, likeliest first; ``context`` says what was open, innermost first ("in the definition of
    Next").
    """

    location: Location

    def __init__(
        self,
        problem: str,
        *,
        location: Location,
        found: str | None = None,
        expected: tuple[str, ...] = (),
        context: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        wanted = f", expected {_either(expected)}" if expected else ""
        inside = f" {', '.join(context)}" if context else ""
        super().__init__(f"{problem}{wanted}{inside}", location=location, hint=hint)
        self.found = found
        self.expected = expected
        self.context = context

    def render(self, source: str) -> str:
        """The message, the line of ``source`` (the whole text of the file) and a caret below it."""
        lines = source_lines(source)
        if not 1 <= self.location.line <= len(lines):
            return str(self)
        shown = lines[self.location.line - 1].expandtabs(8)
        number = str(self.location.line)
        margin = " " * len(number)
        width = max(1, self.location.end_column - self.location.column + 1)
        if self.location.end_line != self.location.line:
            width = 1
        return f"{self}\n{margin} |\n{number} | {shown}\n{margin} | {' ' * (self.location.column - 1)}{'^' * width}"


def _either(expected: tuple[str, ...]) -> str:
    shown = list(expected[:EXPECTED_SHOWN_MAX])
    if len(expected) > len(shown):
        shown.append("…")
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"
