"""The words of TLA+: a text is cut into tokens; white space and comments are dropped, nothing is interpreted.

A token keeps its kind, the text as it was written and its place. Columns count as SANY counts them: from 1, a tabulator
reaching to the next multiple of eight. Which of its several meanings a symbol has (is this ``[]`` a prefix operator or
a separator of CASE?) is not decided here but in :mod:`tlatrace.syntax.layout`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from tlatrace.location import Location
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.operators import INFIX, POSTFIX, PREFIX, SYMBOL_OF_SPELLING

TAB_WIDTH = 8


class Token:
    """One word: ``type`` is its kind (and, after the layout pass, the name of a terminal of ``tla.lark``)."""

    __slots__ = ("location", "type", "value")

    def __init__(self, kind: str, value: str, location: Location) -> None:
        self.type = kind
        self.value = value
        self.location = location

    def __repr__(self) -> str:
        return f"Token({self.type}, {self.value!r}, {self.location.line}:{self.location.column})"

    # Lark reads these off the last token, to place the end of the text.
    @property
    def line(self) -> int:
        return self.location.line

    @property
    def column(self) -> int:
        return self.location.column

    @property
    def end_line(self) -> int:
        return self.location.end_line

    @property
    def end_column(self) -> int:
        return self.location.end_column

    @property
    def start_pos(self) -> None:
        return None

    @property
    def end_pos(self) -> None:
        return None


_KEYWORD_KINDS = {
    "ACTION": "KIND",
    "ACTIONS": "KIND",
    "STATE": "KIND",
    "TEMPORAL": "KIND",
    "TEMPORALS": "KIND",
    "ASSUME": "ASSUME",
    "ASSUMPTION": "ASSUMPTION",
    "AXIOM": "ASSUMPTION",
    "CASE": "CASE",
    "CHOOSE": "CHOOSE",
    "CONSTANT": "CONSTANT",
    "CONSTANTS": "CONSTANT",
    "ELSE": "ELSE",
    "EXCEPT": "EXCEPT",
    "EXTENDS": "EXTENDS",
    "IF": "IF",
    "IN": "LET_IN",
    "INSTANCE": "INSTANCE",
    "LET": "LET",
    "LOCAL": "LOCAL",
    "MODULE": "MODULE",
    "NEW": "NEW",
    "OTHER": "OTHER",
    "PROPOSITION": "THEOREM",
    "LEMMA": "THEOREM",
    "COROLLARY": "THEOREM",
    "THEOREM": "THEOREM",
    "THEN": "THEN",
    "BY": "BY",
    "ONLY": "ONLY",
    "DEFINE": "DEFINE",
    "DEF": "DEFS",
    "DEFS": "DEFS",
    "USE": "USE",
    "HIDE": "HIDE",
    "HAVE": "HAVE",
    "OBVIOUS": "OBVIOUS",
    "OMITTED": "OBVIOUS",
    "LAMBDA": "LAMBDA",
    "TAKE": "TAKE",
    "PROOF": "PROOF",
    "PROVE": "PROVE",
    "QED": "QED",
    "RECURSIVE": "RECURSIVE",
    "PICK": "PICK",
    "WITNESS": "WITNESS",
    "SUFFICES": "SUFFICES",
    "VARIABLE": "VARIABLE",
    "VARIABLES": "VARIABLE",
    "WITH": "WITH",
    **{name: "PREFIX" for name in PREFIX if name.isalpha()},
}

KEYWORDS = frozenset(_KEYWORD_KINDS)
"""The reserved words, none of which can be an identifier."""

_PUNCTUATION = {
    ",": "COMMA",
    ":": "COLON",
    "::": "COLONCOLON",
    "∷": "COLONCOLON",
    ".": "DOT",
    "_": "UNDERSCORE",
    "==": "DEF",
    "≜": "DEF",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSB",
    "]": "RSB",
    "]_": "RSB_SUB",
    "{": "LBC",
    "}": "RBC",
    "{|": "OBSOLETE",
    "|}": "OBSOLETE",
    "<<": "LAB",
    "⟨": "LAB",
    ">>": "RAB",
    "⟩": "RAB",
    ">>_": "RAB_SUB",
    "⟩_": "RAB_SUB",
    "!": "BANG",
    "->": "ARROW",
    "→": "ARROW",
    "<-": "SUBSTITUTE",
    "←": "SUBSTITUTE",
    "|->": "MAPS_TO",
    "↦": "MAPS_TO",
    "@": "AT",
    "WF_": "FAIRNESS",
    "SF_": "FAIRNESS",
    "[]ASSUME": "ASSUME",
    "[]PROVE": "PROVE",
    r"\A": "QUANTIFIER",
    r"\forall": "QUANTIFIER",
    "∀": "QUANTIFIER",
    r"\E": "QUANTIFIER",
    r"\exists": "QUANTIFIER",
    "∃": "QUANTIFIER",
    r"\AA": "TEMPORAL_QUANTIFIER",
    r"\EE": "TEMPORAL_QUANTIFIER",
}


def _kind_of_operator(symbol: str) -> str:
    if symbol == "-.":
        return "NEGATION"
    if symbol in POSTFIX:
        return "POSTFIX"
    if symbol in PREFIX:
        return "PREFIX"
    assert symbol in INFIX
    return {"=": "EQUALS", r"\in": "ELEMENT_OF", "-": "MINUS"}.get(symbol, "INFIX")


_KIND_OF_SYMBOL = {
    **{
        spelling: _kind_of_operator(symbol)
        for spelling, symbol in SYMBOL_OF_SPELLING.items()
        if not (spelling.isalpha() and spelling.isascii())
    },
    **_PUNCTUATION,
}

_SYMBOLS_LONGEST_FIRST = "|".join(re.escape(symbol) for symbol in sorted(_KIND_OF_SYMBOL, key=len, reverse=True))

# An identifier has letters, digits and underscores, at least one letter, and begins with neither WF_ nor SF_. Digits
# may come first. A comment begins before anything else that begins with the same characters. ``A!!!``
# is ``A``, ``!``, ``!!``.
_MASTER = re.compile(
    rf"""
    (?P<BLANK>[ \t\n]+)
  | (?P<EOL_COMMENT>\\\*[^\n]*)
  | (?P<COMMENT>\(\*)
  | (?P<BEGIN_MODULE>----+[ ]*MODULE)
  | (?P<RULER>----+)
  | (?P<END_MODULE>====+)
  | (?P<NAME>(?![WS]F_)[0-9_]*[A-Za-z][A-Za-z0-9_]*|[ℕℤℝ])
  | (?P<STEP><(?:[0-9]+|[+*])>(?:[A-Za-z0-9_]+\.*|\*\.*|-\.*|\.+)?)
  | (?P<DECIMAL>[0-9]*\.[0-9]+(?![A-Za-z0-9_]))
  | (?P<NUMBER>[0-9]+|\\[oO][0-7]+|\\[bB][01]+|\\[hH][0-9a-fA-F]+)
  | (?P<STRING>"(?:[^"\n\\]|\\[ntrf\\"])*")
  | (?P<BANG>!(?=!!))
  | (?P<SYMBOL>{_SYMBOLS_LONGEST_FIRST})
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[A-Za-z0-9_]+\Z")
_COMMENT_EDGE = re.compile(r"\(\*|\*\)")
_MODULE_BEGIN = re.compile(r"----+ *MODULE")


def module_begin(text: str) -> int | None:
    """The offset of the first ``---- MODULE``, before which nothing is read; None where there is none."""
    found = _MODULE_BEGIN.search(text)
    return None if found is None else found.start()


class LineMap:
    """From an offset in a text to its line and column, and back."""

    __slots__ = ("_has_tabs", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._has_tabs = "\t" in text

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if self._has_tabs:
            return line, len(self._text[start:offset].expandtabs(TAB_WIDTH)) + 1
        return line, offset - start + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; a column inside a tabulator is the tabulator."""
        start = self._starts[line - 1]
        if not self._has_tabs:
            return start + column - 1
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        reached = 1
        for offset in range(start, end):
            if reached >= column:
                return offset
            reached += TAB_WIDTH - (reached - 1) % TAB_WIDTH if self._text[offset] == "\t" else 1
        return end


def tokenize(text: str, file: str, *, start: int = 0, first_line: int = 1, first_column: int = 1) -> Iterator[Token]:
    """The tokens of ``text`` from the offset ``start``, lazily: what follows the end of a module is never looked at.

    ``first_line`` and ``first_column`` are the place, in ``file``, of the first character and of the left edge of each
    line. Raises :class:`ParseError` at a character that begins no token, an open comment, an open string.
    """
    lines = LineMap(text)
    line_shift, column_shift = first_line - 1, first_column - 1
    position, size = start, len(text)
    match_at = _MASTER.match
    keyword_kind, symbol_kind = _KEYWORD_KINDS.get, _KIND_OF_SYMBOL
    while position < size:
        match = match_at(text, position)
        if match is None:
            raise _lexical_error(
                text, position, _location(lines, position, position + 1, file, line_shift, column_shift)
            )
        kind = match.lastgroup
        if kind == "BLANK" or kind == "EOL_COMMENT":
            position = match.end()
            continue
        if kind == "COMMENT":
            end = _end_of_comment(text, position)
            if end is None:
                place = _location(lines, position, position + 2, file, line_shift, column_shift)
                raise ParseError(
                    "a comment that is opened here is not closed", location=place, found="(*", expected=("*)",)
                )
            position = end
            continue
        end = match.end()
        value = match.group()
        if kind == "DECIMAL" and value[0] == "." and _ends_operand(text, position):
            kind, value, end = "DOT", ".", position + 1
        if kind == "NAME":
            kind = keyword_kind(value, "NAME")
        elif kind == "SYMBOL":
            kind = symbol_kind[value]
        assert kind is not None
        yield Token(kind, value, _location(lines, position, end, file, line_shift, column_shift))
        position = end


def _location(lines: LineMap, start: int, end: int, file: str, line_shift: int, column_shift: int) -> Location:
    line, column = lines.place(start)
    return Location(
        file, line + line_shift, column + column_shift, line + line_shift, column + column_shift + end - start - 1
    )


def _ends_operand(text: str, end: int) -> bool:
    """Whether what is written before ``end`` can be an operand, or the ! of EXCEPT: a dot after it selects a field."""
    before = text[:end].rstrip()
    word = _LAST_WORD.search(before)
    if word is not None:
        return word.group() not in _KEYWORD_KINDS
    return before.endswith((")", "]", "}", ">>", "⟩", '"', "'", "^+", "^*", "^#", "⁺", "@", "!"))


def _end_of_comment(text: str, start: int) -> int | None:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "(*" else -1
        if depth == 0:
            return edge.end()
    return None


_HINTS = {
    ";": "definitions and fields are not ended by semicolons",
    "“": 'a string is written with "',
    "”": 'a string is written with "',
    "‘": 'a string is written with "',
    "’": "priming is written with '",
    "`": 'a string is written with "',
    "\u00a0": "this is a space that does not break; write a plain one",
}


def _lexical_error(text: str, position: int, location: Location) -> ParseError:
    character = text[position]
    if character == '"':
        rest = text[position + 1 :].partition("\n")[0]
        if re.match(r'(?:[^"\\]|\\[ntrf\\"])*"', rest) is None and re.search(r"\\[^ntrf\\\"]", rest):
            return ParseError(
                "a string has an escape that TLA+ does not know",
                location=location,
                found='"',
                expected=(r"\n \t \r \f \\ or \"",),
            )
        return ParseError(
            "a string that begins here does not end on its line",
            location=location,
            found='"',
            expected=('a closing " before the end of the line',),
        )
    return ParseError(
        f"the character {character!r} (U+{ord(character):04X}) begins no word of TLA+",
        location=location,
        found=character,
        hint=_HINTS.get(character),
    )
