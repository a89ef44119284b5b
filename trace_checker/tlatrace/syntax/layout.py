"""What an LALR parser cannot see, decided in one pass over the tokens: columns, and symbols with several meanings.

The pass keeps a stack of everything that is open (brackets, quantifiers, IF, CASE, LET, bulleted lists) and

* turns ``/\\`` and ``\\/`` where an operand must come into the opening of a bulleted list at their column; one at the
  same column afterwards into the next bullet; and inserts ``LIST_CLOSE`` before a token at or left of that column, and
  before one that closes or continues a construct the list stands in (``)``, ``,``, ``THEN``, ``[]`` of CASE, a new
  definition …);
* says of a bracket what it holds (``[x \\in S |-> e]``, ``[a |-> e]``, ``[a : S]``, ``[S -> T]``, ``[f EXCEPT …]``,
  ``[A]_v``; ``{x \\in S : P}``, ``{e : x \\in S}``), since these begin alike: the opening token is renamed when its
  ``|->``, ``:`` … is reached;
* marks where a definition begins (``DEFINITION`` before ``Op(a) ==``), since no token ends the one before it;
* tells operators from their names used as arguments (``Op(+, a)``), ``[]`` from the separator of CASE, a step of a
  proof from a reference to it, and lets reserved words be the names of record fields and of modules, as SANY does.

Nothing is rejected here: what stands in a wrong place is passed on to the grammar, which says so. Time is linear.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.tokens import KEYWORDS, Token

_OPERAND_ENDS: Final = frozenset(
    [
        "NAME",
        "NUMBER",
        "STRING",
        "AT",
        "RPAR",
        "RSB",
        "RBC",
        "RAB",
        "POSTFIX",
        "SELECTOR",
        "OPERATOR_NAME",
        "STEP_NAME",
        "UNDERSCORE",
        "DECIMAL",
        "LIST_CLOSE",
    ]
)
"""After one of these an infix operator may come; after anything else an operand must."""

_OPERATORS: Final = frozenset(["INFIX", "EQUALS", "ELEMENT_OF", "MINUS", "PREFIX", "POSTFIX", "NEGATION"])
_BRACKETS: Final = frozenset(("LPAR", "LSB", "LBC", "LAB"))
_CLOSING: Final = {"RPAR": "LPAR", "RSB": "LSB", "RSB_SUB": "LSB", "RBC": "LBC", "RAB": "LAB", "RAB_SUB": "LAB"}
_QUANTIFYING: Final = frozenset(["QUANTIFIER", "TEMPORAL_QUANTIFIER", "CHOOSE", "LAMBDA", "PICK"])
_STARTS_UNIT: Final = frozenset(
    [
        "THEOREM",
        "ASSUME",
        "ASSUMPTION",
        "PROVE",
        "VARIABLE",
        "CONSTANT",
        "LOCAL",
        "RECURSIVE",
        "INSTANCE",
        "RULER",
        "END_MODULE",
        "BEGIN_MODULE",
        "USE",
        "HIDE",
        "PROOF",
        "BY",
        "OBVIOUS",
        "QED",
        "DEFS",
        "STEP",
        "STEP_OF_QED",
    ]
)
"""No expression goes on past one of these, wherever it stands."""
_SEPARATING: Final = frozenset(("COMMA", *_QUANTIFYING))
_NAMED_UNIT: Final = frozenset(["THEOREM", "ASSUME", "ASSUMPTION"])
_ENDS_ARGUMENT: Final = _STARTS_UNIT | {"LET_IN", "COMMA", "RPAR", "BANG", "SUBSTITUTE"}
_BEFORE_ARGUMENT: Final = frozenset(["LPAR", "COMMA", "SUBSTITUTE", "DEFS", "BY", "ONLY", "USE", "HIDE"])
"""An operator between one of these and one of those has no operands: it stands for itself."""


class Open:
    """A construct that is open: its kind (a token type, ``THEN`` after that word, or ``LIST``), and its first token."""

    __slots__ = ("kind", "token")

    def __init__(self, kind: str, token: Token) -> None:
        self.kind = kind
        self.token = token


class Layout:
    """One pass over a list of tokens; ``tokens`` is the result, ``open`` what is still open where the pass stopped."""

    def __init__(self, raw: list[Token]) -> None:
        self._raw = raw
        self._definitions = _definition_starts(raw)
        self._end_of_tuple = _tuple_ends(raw)
        self.tokens: list[Token] = []
        self.open: list[Open] = []
        self._list_column = 0
        self._argument_lists: frozenset[int] | None = None

    def run(self) -> list[Token]:
        """Lay out all tokens."""
        for index in range(len(self._raw)):
            self._take(index)
        self._close_all()
        return self.tokens

    def run_to_end(self) -> None:
        """Lay out all tokens but leave open what no token closes."""
        for index in range(len(self._raw)):
            self._take(index)

    def run_before(self, token: Token) -> list[Open]:
        """What is open just before a token of the input; the tokens of the input must not have been renamed yet."""
        for index, raw in enumerate(self._raw):
            if (raw.location.line, raw.location.column) >= (token.location.line, token.location.column):
                break
            self._take(index)
        return self.open

    # ------------------------------------------------------------------------------------------------ one token

    def _take(self, index: int) -> None:
        token = self._raw[index]
        if index in self._definitions:
            self._close_until(("LET",), token)
            self.tokens.append(Token("DEFINITION", token.value, token.location))
        self._rename(index, token)
        kind = token.type
        if token.location.column <= self._list_column and self._is_next_bullet_after_closing(token):
            return
        if kind in _OPERATORS:
            if kind != "INFIX" or token.value not in _BULLETS or not self._opens_list(token):
                self.tokens.append(token)
        elif kind in _BRACKETS:
            self._push(token)
            self.tokens.append(token)
        else:
            handler = _HANDLERS.get(kind)
            if handler is not None:
                handler(self, token)
            self.tokens.append(token)

    def _is_next_bullet_after_closing(self, token: Token) -> bool:
        """Close the lists that a token at this column ends; whether it is the next bullet of the one that is left."""
        column = token.location.column
        while column <= self._list_column:
            innermost = next(entry for entry in reversed(self.open) if entry.kind == "LIST")
            is_bullet = (
                column == self._list_column
                and token.type == "INFIX"
                and SYMBOL_OF_SPELLING[token.value] == SYMBOL_OF_SPELLING[innermost.token.value]
            )
            while self.open[-1] is not innermost:
                self.open.pop()
            if is_bullet:
                token.type = "NEXT_BULLET"
                self.tokens.append(token)
                return True
            self._pop(token)
        return False

    def _opens_list(self, token: Token) -> bool:
        if self._after_operand():
            return False
        token.type = "FIRST_AND" if SYMBOL_OF_SPELLING[token.value] == "/\\" else "FIRST_OR"
        self.open.append(Open("LIST", token))
        self._list_column = token.location.column
        self.tokens.append(token)
        return True

    # ------------------------------------------------------------------------------------------------ the stack

    def _push(self, token: Token) -> None:
        self.open.append(Open(token.type, token))

    def _pop(self, before: Token | None) -> None:
        """Close the innermost construct; the end of a list is a token, at the one that ended it (or without text)."""
        closed = self.open.pop()
        if closed.kind == "LIST":
            at = before if before is not None else Token("", "", self._raw[-1].location)
            self.tokens.append(Token("LIST_CLOSE", at.value, at.location))
            self._list_column = next(
                (entry.token.location.column for entry in reversed(self.open) if entry.kind == "LIST"), 0
            )

    def _close_until(self, kinds: tuple[str, ...], before: Token | None = None) -> Open | None:
        """Close everything above the innermost construct of one of ``kinds``, but nothing beyond a bracket."""
        while self.open:
            innermost = self.open[-1]
            if innermost.kind in kinds:
                return innermost
            if innermost.kind in _BRACKETS:
                return None
            self._pop(before)
        return None

    def _close_all(self) -> None:
        while self.open:
            self._pop(None)

    def _finds(self, kinds: tuple[str, ...]) -> bool:
        for entry in reversed(self.open):
            if entry.kind in kinds:
                return True
            if entry.kind in _BRACKETS:
                return False
        return False

    # ------------------------------------------------------------------------------------------------ what tokens do

    def _closing_bracket(self, token: Token) -> None:
        opener = self._close_until((_CLOSING[token.type],), token)
        if opener is not None:
            self.open.pop()
            if token.type == "RSB_SUB" and opener.token.type in ("LSB", "LSB_FUNCTION"):
                opener.token.type = "LSB_ACTION"

    def _comma(self, token: Token) -> None:
        self._close_until((*_BRACKETS, *_QUANTIFYING, "LET"), token)

    def _colon(self, token: Token) -> None:
        opener = self._close_until((*_BRACKETS, *_QUANTIFYING), token)
        if opener is None:
            return
        if opener.kind in _QUANTIFYING:
            self.open.pop()
        elif opener.token.type == "LBC":
            opener.token.type = "LBC_MAP"
        elif opener.token.type == "LSB":
            opener.token.type = "LSB_RECORD_SET"

    def _arrow(self, token: Token) -> None:
        opener = self._close_until(("CASE", "LSB"), token) if self._finds(("CASE", "LSB")) else None
        if opener is not None and opener.token.type == "LSB":
            opener.token.type = "LSB_FUNCTION_SET"

    def _maps_to(self, token: Token) -> None:
        opener = self._close_until(("LSB",), token)
        if opener is not None and opener.token.type == "LSB":
            opener.token.type = "LSB_RECORD"

    def _except(self, token: Token) -> None:
        opener = self._close_until(("LSB",), token)
        if opener is not None and opener.token.type == "LSB":
            opener.token.type = "LSB_EXCEPT"

    def _then(self, token: Token) -> None:
        if self._finds(("IF",)):
            self._close_until(("IF",), token)
            self.open[-1].kind = "THEN"

    def _else(self, token: Token) -> None:
        if self._finds(("THEN",)):
            self._close_until(("THEN",), token)
            self.open.pop()

    def _let_in(self, token: Token) -> None:
        if self._finds(("LET",)):
            self._close_until(("LET",), token)
            self.open.pop()

    def _case_separator(self, token: Token) -> None:
        if self._finds(("CASE",)):
            self._close_until(("CASE",), token)

    def _unit(self, token: Token) -> None:
        self._close_until(("LET",), token)

    # ------------------------------------------------------------------------------------------------ names for tokens

    def _after_operand(self) -> bool:
        return bool(self.tokens) and self.tokens[-1].type in _OPERAND_ENDS

    def _rename(self, index: int, token: Token) -> None:
        """Settle which terminal of the grammar a token is, as far as its neighbours decide it."""
        raw = self._raw
        kind = token.type
        if kind in ("NAME", "COMMA", "DEF"):
            return
        previous = self.tokens[-1].type if self.tokens else ""
        following = raw[index + 1].type if index + 1 < len(raw) else ""
        if kind == "NUMBER" and previous == "BANG":
            token.type = "SELECTOR"
        elif kind in ("LSB", "LBC"):
            self._rename_bracket(index, token)
        elif kind in ("LAB", "RAB", "COLON", "AT") and previous == "BANG":
            token.type = "SELECTOR"
        elif kind == "STEP":
            token.type = _kind_of_step(token.value, previous, following)
        elif token.value in _NAMES_OF_FIELDS and self._is_name_after(previous, following):
            token.type = "NAME"
        elif kind == "CASE" and previous in ("STEP", "STEP_OF_QED"):
            token.type = "CASE_STEP"
        elif kind in _OPERATORS:
            self._rename_operator(index, token, previous, following)

    def _rename_operator(self, index: int, token: Token, previous: str, following: str) -> None:
        kind = token.type
        if previous == "BANG":
            token.type = "OPERATOR_NAME"
            return
        if previous in _OPERAND_ENDS:
            if kind == "PREFIX" and SYMBOL_OF_SPELLING[token.value] == "[]":
                token.type = "CASE_SEPARATOR"
            return
        if following == "UNDERSCORE" or previous == "DEFINITION":
            return
        if following == "BANG" or (kind == "MINUS" and following == "LPAR" and self._holds_comma(index + 1)):
            token.type = "OPERATOR_NAME"
            return
        is_last = following in _ENDS_ARGUMENT or index + 1 in self._definitions
        stands_alone = following == "SUBSTITUTE" or (is_last and previous in _BEFORE_ARGUMENT)
        takes_operand = kind in ("PREFIX", "MINUS") or (kind == "INFIX" and token.value in _BULLETS)
        if stands_alone or (not takes_operand and (following == "LPAR" or previous in ("SUBSTITUTE", "DEFS"))):
            token.type = "OPERATOR_NAME"

    def _holds_comma(self, opening: int) -> bool:
        """Whether a parenthesis holds several arguments: ``- (a, b)`` is minus by its name, ``- (a)`` a negation."""
        if self._argument_lists is None:
            self._argument_lists = _argument_lists(self._raw, opening)
        return opening in self._argument_lists

    def _rename_bracket(self, index: int, token: Token) -> None:
        """``LSB_FUNCTION`` and ``LBC_BOUND`` for brackets in which ``x, y \\in`` or ``<<x, y>> \\in`` comes first."""
        raw = self._raw
        at = index + 1
        kind = raw[at].type if at < len(raw) else ""
        if kind == "LAB":
            at = self._end_of_tuple.get(at, len(raw))
        elif kind == "NAME":
            while at + 2 < len(raw) and raw[at + 1].type == "COMMA" and raw[at + 2].type == "NAME":
                at += 2
        else:
            return
        if at + 1 < len(raw) and raw[at + 1].type == "ELEMENT_OF":
            token.type = "LSB_FUNCTION" if token.type == "LSB" else "LBC_BOUND"

    def _is_name_after(self, previous: str, following: str) -> bool:
        """Whether a reserved word is the name of a field or of a module here."""
        if previous == "DOT" or (following == "MAPS_TO" and previous == "LSB"):
            return True
        if previous == "COMMA":
            before = (token.type for token in reversed(self.tokens) if token.type not in ("NAME", "COMMA"))
            return next(before, "") == "EXTENDS"
        return previous in ("BEGIN_MODULE", "EXTENDS", "INSTANCE")


_NAMES_OF_FIELDS: Final = KEYWORDS | {"WF_", "SF_"}
"""What is no identifier may yet name a field."""

_BULLETS: Final = frozenset(spelling for spelling, symbol in SYMBOL_OF_SPELLING.items() if symbol in ("/\\", "\\/")) - {
    r"\land",
    r"\lor",
}
"""Only the short spellings open a list."""

_HANDLERS: Final = {
    **dict.fromkeys(_CLOSING, Layout._closing_bracket),
    **dict.fromkeys(_QUANTIFYING, Layout._push),
    **dict.fromkeys(_STARTS_UNIT, Layout._unit),
    "LSB_FUNCTION": lambda layout, token: layout.open.append(Open("LSB", token)),
    "LBC_BOUND": lambda layout, token: layout.open.append(Open("LBC", token)),
    "IF": Layout._push,
    "CASE": Layout._push,
    "LET": Layout._push,
    "COMMA": Layout._comma,
    "COLON": Layout._colon,
    "ARROW": Layout._arrow,
    "MAPS_TO": Layout._maps_to,
    "EXCEPT": Layout._except,
    "THEN": Layout._then,
    "ELSE": Layout._else,
    "LET_IN": Layout._let_in,
    "CASE_SEPARATOR": Layout._case_separator,
}


def _kind_of_step(value: str, previous: str, following: str) -> str:
    is_name = value[-1] not in ".>*-" and not value.startswith("<+>")
    begins_step = previous in ("", "PROOF", "OBVIOUS", "QED") or previous in _OPERAND_ENDS
    if is_name and not begins_step:
        return "STEP_NAME"
    return "STEP_OF_QED" if following == "QED" else "STEP"


def _definition_starts(raw: list[Token]) -> frozenset[int]:
    """Where the left side of each ``==`` begins, but for those that name a theorem or an assumption."""
    starts = []
    for index, token in enumerate(raw):
        if token.type == "DEF" and index > 0:
            start = _left_side(raw, index)
            if start >= 1 and raw[start - 1].type in _NAMED_UNIT and start == index - 1:
                continue
            starts.append(start)
    return frozenset(starts)


def _tuple_ends(raw: list[Token]) -> dict[int, int]:
    """For the index of each ``<<`` that of its ``>>``."""
    ends, begun = {}, []
    for index, token in enumerate(raw):
        if token.type == "LAB":
            begun.append(index)
        elif token.type == "RAB" and begun:
            ends[begun.pop()] = index
    return ends


def _argument_lists(raw: list[Token], start: int) -> frozenset[int]:
    """The indexes, from ``start`` on, of the parentheses in which a comma comes first that belongs to nothing else."""
    found: list[int] = []
    open_brackets: list[int] = []
    for index in range(start, len(raw)):
        kind = raw[index].type
        if kind in _BRACKETS:
            open_brackets.append(index)
        elif open_brackets and kind in _CLOSING:
            open_brackets.pop()
        elif open_brackets and kind in _SEPARATING:
            if kind == "COMMA":
                found.append(open_brackets[-1])
            open_brackets[-1] = -1  # what comes later may belong to a quantifier
    return frozenset(found)


def _left_side(raw: list[Token], definition: int) -> int:
    last = definition - 1
    kind = raw[last].type
    if kind in ("RPAR", "RSB"):
        opening = _matching(raw, last)
        return opening - 1 if opening >= 1 and raw[opening - 1].type == "NAME" else last
    if kind == "NAME" and last >= 1 and raw[last - 1].type in _OPERATORS:
        operator = raw[last - 1].type
        before = raw[last - 2].type if last >= 2 else ""
        if before == "SUBSTITUTE" or operator == "POSTFIX":
            return last
        if operator in ("PREFIX", "NEGATION"):
            return last - 1
        return last - 2 if before == "NAME" else last
    if kind == "POSTFIX" and last >= 1:
        return last - 1
    return last


def _matching(raw: list[Token], closing: int) -> int:
    depth = 0
    for index in range(closing, -1, -1):
        kind = raw[index].type
        if kind in ("RPAR", "RSB", "RSB_SUB"):
            depth += 1
        elif kind in ("LPAR", "LSB"):
            depth -= 1
            if depth == 0:
                return index
    return -1


def lay_out(raw: Iterable[Token]) -> list[Token]:
    """The tokens as the grammar wants them. Renames the tokens it is given."""
    return Layout(list(raw)).run()
