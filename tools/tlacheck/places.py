"""Places in modules as SANY and TLC write them, and the numbers of TLC's statistics.

Both spellings are read: `line 8, col 26 to line 8, col 38 of module M` and `Line 9, column 15 to line 9, column 62
in M`.
"""

from __future__ import annotations

import re

from tlacheck.results import Location

RANGE = (
    r"[Ll]ine (?P<line>\d+), col(?:umn)? (?P<column>\d+) to line (?P<end_line>\d+), col(?:umn)? (?P<end_column>\d+)"
    r" (?:of module|in) (?P<module>\w+)"
)
_RANGE = re.compile(RANGE)
_SEPARATORS = re.compile(r"[,.'\u00a0\u2019\u202f\s]")


def location_of(match: re.Match[str]) -> Location:
    """The location of a match of a pattern that contains `RANGE`."""
    return Location(
        module=match["module"],
        line=int(match["line"]),
        column=int(match["column"]),
        end_line=int(match["end_line"]),
        end_column=int(match["end_column"]),
    )


def find_location(text: str) -> Location | None:
    """The first location in `text`."""
    match = _RANGE.search(text)
    return location_of(match) if match else None


def find_locations(text: str) -> tuple[Location, ...]:
    """All locations in `text`, in order, each once."""
    return tuple(dict.fromkeys(location_of(match) for match in _RANGE.finditer(text)))


def is_location(text: str) -> bool:
    """Whether `text` is a location and nothing else: what TLC prints for a formula without a name."""
    return _RANGE.fullmatch(text.strip()) is not None


def count(text: str) -> int | None:
    """A number of TLC, which may group digits as the locale does. TLC writes -1 for what it does not count."""
    number = int(_SEPARATORS.sub("", text))
    return None if number < 0 else number
