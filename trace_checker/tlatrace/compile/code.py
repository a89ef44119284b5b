"""Pieces of generated Python, and the map from generated text back to TLA+.

An expression is lowered to a :class:`Code`: Python text that computes it, and what is known of its result. A piece
that can fail is *marked* with the place of its TLA+ expression; marks are characters that no source contains, and
:func:`assemble` takes them out again, noting where in the final text each marked piece came to stand. An error's
traceback then tells the TLA+ place, and evaluation pays nothing for it.

This module knows nothing of TLA+ beyond its locations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tlatrace.compile.errors import Chain
from tlatrace.location import Location

_OPEN, _STOP, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK: Final = re.compile(f"{_OPEN}(\\d+){_STOP}|{_CLOSE}")

# Longer expressions are cut by the lowering into assignments, well before Python's parser runs out of its own stack.
NESTING_MAX: Final = 40

# Python refuses a hundred levels of indentation; deeper code is an error that names the expression.
INDENTATION_MAX: Final = 90


@dataclass(frozen=True, slots=True)
class Code:
    """Python text for an expression.

    ``kind`` is what the value is known to be (``bool``, ``int``, ``str``; empty when unknown). ``is_atomic``:
    evaluating the text again costs next to nothing and cannot fail, so that it may be repeated. ``depth`` counts how
    deep the text is nested.
    """

    text: str
    kind: str = ""
    is_atomic: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a marked piece comes from: its TLA+ location, and the definitions that were inlined on the way to it."""

    location: Location
    chain: Chain


class Marks:
    """Hands out marks, one for each place."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._known: dict[Place, int] = {}

    def mark(self, text: str, location: Location, chain: Chain) -> str:
        """``text`` that assembles to a span of ``location``."""
        if text.endswith(_CLOSE) and text.startswith(_OPEN):
            first = _MARK.match(text)
            if first is not None and self.places[int(first[1])].location == location and _is_one_piece(text):
                return text
        place = Place(location, chain)
        number = self._known.get(place)
        if number is None:
            number = self._known[place] = len(self.places)
            self.places.append(place)
        return f"{_OPEN}{number}{_STOP}{text}{_CLOSE}"


@dataclass(slots=True)
class Assembled:
    """Final text, and for each of its lines (counted from 1) the spans of marked pieces: start, end, number of the
    place.
    """

    text: str
    spans: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)


def assemble(lines: Iterable[tuple[int, str]]) -> Assembled:
    """The text of ``lines`` (indentation level and marked text), and its map. Columns count UTF-8 bytes, as
    Python's do.
    """
    result = Assembled("")
    texts: list[str] = []
    for number, (level, marked) in enumerate(lines, 1):
        plain = " " * level
        spans: list[tuple[int, int, int]] = []
        opened: list[tuple[int, int]] = []
        position = 0
        for found in _MARK.finditer(marked):
            plain += marked[position : found.start()]
            position = found.end()
            if found[1] is not None:
                opened.append((len(plain), int(found[1])))
            else:
                start, place = opened.pop()
                spans.append((start, len(plain), place))
        assert not opened
        plain += marked[position:]
        assert plain.isascii()
        texts.append(plain)
        if spans:
            result.spans[number] = spans
    result.text = "\n".join(texts) + "\n"
    return result


def unmarked(text: str) -> str:
    """``text`` without its marks."""
    return _MARK.sub("", text)


def _is_one_piece(text: str) -> bool:
    """Whether the first mark of ``text`` closes only at its end."""
    level = 0
    for found in _MARK.finditer(text):
        level += 1 if found[1] is not None else -1
        if level == 0:
            return found.end() == len(text)
    return False
