"""Where something stands in a source text."""

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
