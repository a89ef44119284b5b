"""PlusCal: is the translation in a file still that of the algorithm above it?

The translator writes two checksums behind ``BEGIN TRANSLATION``. That of the translation is over its lines, and is
computed here as the translator does: where it differs, somebody changed the translation by hand. That of the algorithm
is over the translator's own tree after all its rewriting, which only the translator has. So an algorithm that is newer
than its translation is told by its words instead: each label, variable, string and number of the algorithm goes into
the translation, and a translation has few words of its own. A word on one side that is missing on the other shows that
the translation is old; this also works for files of translators that wrote no checksums.

What cannot be told is a change of the algorithm that adds no word and takes none away, such as two statements swapped,
and changes inside macros.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tlatrace.location import Location, with_plain_line_ends
from tlatrace.syntax.tokens import KEYWORDS

_ALGORITHM: Final = re.compile(r"--(?:fair\s+)?algorithm\s+(?P<name>\w+)")
_BEGIN: Final = re.compile(r"\bBEGIN\s+TRANSLATION\b")
_END: Final = re.compile(r"\bEND\s+TRANSLATION\b")
_CHECKSUM: Final = re.compile(r'ch(?:ec)?ksum\(tla\+?\)\s*=\s*"(?P<tla>[0-9A-Fa-f]*)"', re.IGNORECASE)
_PIECE: Final = re.compile(
    r"""
    (?P<comment>\\\*[^\n]*|\(\*)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<word>[A-Za-z0-9_]+)
  | (?P<mark>\\[A-Za-z]+|[(){}])
    """,
    re.VERBOSE,
)
_COMMENT_EDGE: Final = re.compile(r"\(\*|\*\)")
_LANGUAGE: Final = KEYWORDS.union(
    re.findall(
        r"\w+",
        """
    algorithm assert await begin call define do either else elsif end fair goto if macro or print procedure
    process return self skip then variable variables when while with TRUE FALSE BOOLEAN STRING options
        """,
    )
)
"""What the translator takes for itself or may drop (``while TRUE``)."""
_GENERATED: Final = _LANGUAGE.union(
    re.findall(
        r"\w+",
        """
    vars pc stack ProcSet Init Next Spec Terminating Termination Done Error defaultInitValue PrintT Print Assert
    Head Tail procedure self Liveness Fairness WF_vars SF_vars WF_ SF_ line
        """,
    )
)
"""The words of a translation that come from no algorithm."""
_LABEL_END: Final = re.compile(r"\s*:(?![=:>])")
_MADE_LABEL: Final = re.compile(r"(?:WF_|SF_)?Lbl_\d+\w*")
_ASSERTION: Final = re.compile(r'"Failure of assertion at line \d+, column \d+\."')


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationWarning:
    """Why the translation of an algorithm is not to be trusted."""

    message: str
    location: Location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


def check_translation(text: str, file: str) -> list[TranslationWarning]:
    """What speaks against the PlusCal translation in ``text``, the whole text of the file; empty where nothing does, or
    where there is no algorithm or no translation.
    """
    text = with_plain_line_ends(text)
    algorithm = _ALGORITHM.search(text)
    begin = _BEGIN.search(text)
    end = _END.search(text, begin.end()) if begin is not None else None
    if algorithm is None or begin is None or end is None:
        return []
    first = text.find("\n", begin.end()) + 1
    translation = text[first : text.rfind("\n", 0, end.start()) + 1]
    found = []
    written = _CHECKSUM.search(text, begin.end(), first)
    if written is not None and int(written["tla"] or "0", 16) != zlib.crc32(translation.replace("\n", "").encode()):
        message = "the translation was changed after it was made from the algorithm (its checksum differs)"
        found.append(TranslationWarning(message=message, location=_place(text, begin.start(), begin.end(), file)))
    old = _missing(text, algorithm, translation, first)
    if old is not None:
        start, stop, problem = old
        message = f"the translation is older than the algorithm: {text[start:stop]} {problem}; translate it again"
        found.append(TranslationWarning(message=message, location=_place(text, start, stop, file)))
    return found


def _missing(text: str, algorithm: re.Match[str], translation: str, first: int) -> tuple[int, int, str] | None:
    """A word that stands on one side only: its extent, and what is to be said of it."""
    start = algorithm.end()
    stop = _end_of_algorithm(text, start)
    macros = _macros(text, start, stop)
    translated = {word for _at, word in _words(translation, 0, len(translation))}
    translated |= {word.strip('"') for word in translated}
    labels_are_dropped = "pc" not in translated  # as in an algorithm that is one loop
    stems = {word.rsplit("_", 1)[0] for word in translated if "_" in word}
    for at, word in _words(text, start, stop):
        is_translated = word in translated or word in stems or word in _LANGUAGE or word in macros.names
        is_label = labels_are_dropped and _LABEL_END.match(text, at + len(word)) is not None
        if not is_translated and not is_label and not any(low <= at < high for low, high in macros.extents):
            return at, at + len(word), "is not in the translation"
    known = {word for _at, word in _words(text, start, stop)} | _GENERATED
    for at, word in _words(translation, 0, len(translation)):
        bare = word.strip('"')
        forms = {word, bare, bare.rsplit("_", 1)[0], bare.lstrip("_")}
        is_made = bare[:3] in ("WF_", "SF_") or _MADE_LABEL.fullmatch(bare) or _ASSERTION.match(word)
        if known.isdisjoint(forms) and not is_made:
            return first + at, first + at + len(word), "is not in the algorithm"
    return None


@dataclass(frozen=True, slots=True)
class _Macros:
    """Macros are gone from the translation: their names, and where their definitions stand."""

    names: frozenset[str]
    extents: tuple[tuple[int, int], ...]


def _macros(text: str, start: int, stop: int) -> _Macros:
    names, extents = set(), []
    pieces = list(_pieces(text, start, stop))
    for index, piece in enumerate(pieces):
        if piece.group() == "macro" and index + 1 < len(pieces) and pieces[index - 1].group() != "end":
            names.add(pieces[index + 1].group())
            extents.append((piece.start(), _end_of_macro(pieces, index, stop)))
    return _Macros(frozenset(names), tuple(extents))


def _end_of_algorithm(text: str, start: int) -> int:
    """Behind ``end algorithm``, or behind the brace that closes what the first one opens."""
    stop = _end_of_comment(text, start)
    pieces = list(_pieces(text, start, stop))
    depth, in_braces = 0, bool(pieces) and pieces[0].group() == "{"
    for before, piece in pairwise([*pieces[:1], *pieces]):
        if before.group() == "end" and piece.group() == "algorithm":
            return piece.end()
        if in_braces and piece.group() in ("{", "}"):
            depth += 1 if piece.group() == "{" else -1
            if depth == 0:
                return piece.end()
    return stop


def _end_of_macro(pieces: list[re.Match[str]], index: int, stop: int) -> int:
    """Behind ``end macro``, or behind the brace that closes the body."""
    depth, is_opened = 0, False
    for before, piece in zip(pieces[index:], pieces[index + 1 :], strict=False):
        if before.group() == "end" and piece.group() == "macro":
            return piece.end()
        if piece.group() == "begin":
            is_opened = True
        elif piece.group() == "{":
            depth += 1
        elif piece.group() == "}":
            depth -= 1
            if depth == 0 and not is_opened:
                return piece.end()
    return stop


def _pieces(text: str, start: int, stop: int) -> Iterator[re.Match[str]]:
    """Strings, words and brackets in a part of the text, comments left out."""
    position = start
    while (piece := _PIECE.search(text, position, stop)) is not None:
        position = piece.end()
        if piece.lastgroup == "comment":
            if piece.group() == "(*":
                position = _end_of_comment(text, position) + len("*)")
        else:
            yield piece


def _words(text: str, start: int, stop: int) -> Iterator[tuple[int, str]]:
    for piece in _pieces(text, start, stop):
        if piece.lastgroup != "mark":
            yield piece.start(), piece.group()


def _end_of_comment(text: str, start: int) -> int:
    """Where the comment that ``start`` stands in ends."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "(*" else -1
        if depth == 0:
            return edge.start()
    return len(text)


def _place(text: str, start: int, stop: int, file: str) -> Location:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Location(file, line, column, line, column + stop - start - 1)
