"""Source texts: their lines, and where something stands in them."""

from __future__ import annotations

from typing import NamedTuple


class Location(NamedTuple):
    """A range of a source text; lines and columns count from 1, the end is inclusive, as SANY prints them. Line 0 is
    the file as a whole.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Location("<none>", 0, 0, 0, 0)


def with_plain_line_ends(text: str) -> str:
    """The text with one kind of line end; lines and columns stay what they were."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def source_lines(text: str) -> list[str]:
    """The lines of a source text, without their ends, as locations count them: a form feed, or another character at
    which ``str.splitlines`` ends a line, ends none.
    """
    return with_plain_line_ends(text).split("\n")
