"""What a person may have meant who wrote what the parser stopped at: slips, and the habits of other languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.syntax.tokens import KEYWORDS, Token


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser stopped: the tokens as they were written, the index of the one it stopped at (their number at
    the end of the text), the kind the layout pass gave that one, and the kinds that could have come.
    """

    raw: list[Token]
    index: int
    kind: str
    accepted: frozenset[str]

    def value(self, offset: int) -> str:
        """What is written some words behind (or before) the one the parser stopped at."""
        at = self.index + offset
        return self.raw[at].value if 0 <= at < len(self.raw) else ""

    def type(self, offset: int) -> str:
        at = self.index + offset
        return self.raw[at].type if 0 <= at < len(self.raw) else ""

    @property
    def wants_operand(self) -> bool:
        return "NUMBER" in self.accepted


_WORDS: Final = {
    "and": "conjunction is written /\\",
    "or": "disjunction is written \\/",
    "not": "negation is written ~",
    "mod": "the remainder is written %",
    "true": "the truth values are TRUE and FALSE",
    "false": "the truth values are TRUE and FALSE",
    "implies": "implication is written =>",
    "iff": "equivalence is written <=>",
    "forall": "it is written \\A x \\in S : P",
    "exists": "it is written \\E x \\in S : P",
}
_UNEQUAL: Final = "unequal is written # or /="


def hint_for(stop: Stop) -> str | None:
    """The first thing that may help; None where nothing is known."""
    return next((told for look in _LOOKS if (told := look(stop)) is not None), None)


def _double_definition(stop: Stop) -> str | None:
    if stop.kind == "DEFINITION" and stop.type(-1) == "DEF":
        return "== defines; equality is written ="
    return None


def _definition(stop: Stop) -> str | None:
    """A name where a definition could begin, which the layout pass took for none."""
    if stop.type(0) != "NAME" or "DEFINITION" not in stop.accepted or stop.kind == "DEFINITION":
        return None
    if stop.type(1) == "EQUALS":
        return "a definition is written with =="
    if stop.type(1) not in ("LPAR", "LSB"):
        return None
    depth, opening = 0, stop.raw[stop.index + 1].location
    for at in range(stop.index + 1, len(stop.raw)):
        kind = stop.raw[at].type
        depth += (kind in ("LPAR", "LSB")) - (kind in ("RPAR", "RSB"))
        if depth == 0:
            return "a definition is written with ==" if stop.type(at + 1 - stop.index) == "EQUALS" else None
        if kind == "DEF":
            return f"the {stop.value(1)} at {opening.line}:{opening.column} is not closed before =="
    return None


def _word(stop: Stop) -> str | None:
    """A word of another language, here or just before."""
    word = stop.value(0)
    if stop.type(0) == "NAME" and f"\\{word}" in SYMBOL_OF_SPELLING:
        return f"did you mean \\{word}?"
    for offset in (0, -1):
        other = stop.value(offset)
        if stop.type(offset) == "NAME" and other in _WORDS:
            return _WORDS[other]
        if stop.type(offset) == "NAME" and other.upper() in KEYWORDS and other.upper() != other:
            return f"reserved words are written in capitals: {other.upper()}"
    if stop.type(0) == "NAME" and word.isupper() and len(word) > 2:
        near = get_close_matches(word, sorted(KEYWORDS), 1, 0.75)
        return f"did you mean {near[0]}?" if near else None
    return None


def _unequal(stop: Stop) -> str | None:
    if stop.value(0) == "<>" and not stop.wants_operand:
        return f"{_UNEQUAL}; <> means eventually"
    if (stop.value(-2), stop.value(-1)) == ("!", "=") or (stop.value(-1), stop.value(0)) in (("!", "="), ("<>", "=")):
        return _UNEQUAL
    return None


def _other_sign(stop: Stop) -> str | None:
    """Signs that mean something else here than where the writer comes from."""
    found, before = stop.value(0), stop.value(-1)
    if found == "'" and stop.wants_operand:
        return 'a string is written with "'
    if (found == "/" and stop.value(1) == "*") or found == "//":
        return "a comment is written (* … *), or \\* up to the end of the line"
    if found == "!" and stop.wants_operand:
        return "negation is written ~"
    if found == ":=" and "EQUALS" in stop.accepted:
        return "it is written with ="
    if before == "." and stop.type(0) == "NUMBER":
        return f"the element of a tuple is written x[{found}]"
    return None


def _unknown_operator(stop: Stop) -> str | None:
    """``\\uni``, which is read as a difference of sets and a name."""
    for offset in (0, -2):
        if stop.type(offset + 1) != "NAME" or stop.value(offset) != "\\":
            continue
        sign, name = stop.raw[stop.index + offset].location, stop.raw[stop.index + offset + 1]
        if (sign.line, sign.column + 1) == (name.location.line, name.location.column):
            known = sorted(spelling for spelling in SYMBOL_OF_SPELLING if len(spelling) > 2 and spelling[0] == "\\")
            near = get_close_matches(f"\\{name.value}", known, 1, 0.6)
            return f"there is no \\{name.value}" + (f"; did you mean {near[0]}?" if near else "")
    return None


def _construct(stop: Stop) -> str | None:
    """A construct that has a form of its own."""
    found = stop.value(0)
    if found == "LAMBDA":
        return "LAMBDA can only be an argument, F(LAMBDA x : e), or stand behind <-"
    if found == "ELSE" and "OTHER" in stop.accepted:
        return "what holds in all other cases is written OTHER -> e"
    if "ELSE" in stop.accepted:
        return "every IF has an ELSE"
    if found == "," and any(stop.value(-back) == "UNCHANGED" for back in (2, 3, 4)):
        return "several variables are written as a tuple: UNCHANGED <<x, y>>"
    if found == "=" and "LPAR" in stop.accepted and "COMMA" in stop.accepted and "EQUALS" not in stop.accepted:
        return "a constant is given its value in the model's configuration"
    if found == ")" and stop.value(-1) == "(":
        return "what takes no arguments is written without parentheses"
    if "STEP_OF_QED" in stop.accepted and not {"DEFINITION", "NUMBER"} & stop.accepted:
        return "the steps of a proof end with a QED step"
    if any(stop.type(-back) == "FAIRNESS" for back in (1, 2)):
        return "fairness is written WF_v(A), the action in parentheses"
    return None


def _bracket(stop: Stop) -> str | None:
    """A bracket of which nothing inside says what it is."""
    if stop.type(0) != "LSB" or stop.kind not in ("LSB", "LSB_FUNCTION"):
        return None
    if not stop.wants_operand:
        is_application = stop.kind == "LSB_FUNCTION"
        return "put parentheses around the argument: f[(x \\in S)]" if is_application else None
    return (
        "brackets are [x \\in S |-> e], [a |-> e], [a : S], [S -> T], [f EXCEPT ![a] = e] or, with a subscript, [A]_v"
    )


_LOOKS: Final[tuple[Callable[[Stop], str | None], ...]] = (
    _double_definition,
    _definition,
    _word,
    _unequal,
    _unknown_operator,
    _other_sign,
    _bracket,
    _construct,
)
