"""What a person is told when the parser stops: the word found, what could have come, and what was open.

The parser knows terminals; people do not. Terminals that mean one thing to a reader (all that begins an expression,
all that begins a unit of a module) are named together.
"""

from __future__ import annotations

from typing import Any, Final

from lark.exceptions import UnexpectedToken

from tlatrace.location import Location
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.hints import Stop, hint_for
from tlatrace.syntax.layout import Layout, Open
from tlatrace.syntax.tokens import Token

CONTEXT_SHOWN_MAX: Final = 2
"""Besides the definition, the innermost constructs tell where one is; the outer ones are visible in the text."""

_GROUPS: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset(("NAME", "LPAR", "NUMBER", "IF")), "an expression"),
    (frozenset(("INFIX", "MINUS", "EQUALS")), "an operator"),
    (frozenset(("VARIABLE", "DEFINITION", "THEOREM")), "a definition or declaration"),
    (frozenset(("STEP", "STEP_OF_QED")), "a proof step"),
)
_IMPLIED: Final[dict[str, frozenset[str]]] = {
    "an expression": frozenset(
        [
            "NAME",
            "LPAR",
            "NUMBER",
            "IF",
            "DECIMAL",
            "STRING",
            "AT",
            "PREFIX",
            "MINUS",
            "QUANTIFIER",
            "TEMPORAL_QUANTIFIER",
            "CHOOSE",
            "CASE",
            "LET",
            "FIRST_AND",
            "FIRST_OR",
            "FAIRNESS",
            "LAB",
            "LBC",
            "LBC_BOUND",
            "LBC_MAP",
            "LSB",
            "LSB_FUNCTION",
            "LSB_FUNCTION_SET",
            "LSB_RECORD",
            "LSB_RECORD_SET",
            "LSB_EXCEPT",
            "LSB_ACTION",
            "OPERATOR_NAME",
            "STEP_NAME",
            "LAMBDA",
        ]
    ),
    "an operator": frozenset(
        [
            "INFIX",
            "MINUS",
            "EQUALS",
            "ELEMENT_OF",
            "POSTFIX",
            "DOT",
            "LSB",
            "BANG",
            "COLONCOLON",
            "LPAR",
            "NEXT_BULLET",
            "LIST_CLOSE",
        ]
    ),
    "a definition or declaration": frozenset(
        [
            "VARIABLE",
            "CONSTANT",
            "RECURSIVE",
            "DEFINITION",
            "LOCAL",
            "INSTANCE",
            "ASSUME",
            "ASSUMPTION",
            "THEOREM",
            "USE",
            "HIDE",
            "RULER",
            "BEGIN_MODULE",
            "PROOF",
            "BY",
            "OBVIOUS",
            "STEP",
            "STEP_OF_QED",
            "WITH",
        ]
    ),
    "a proof step": frozenset(["STEP", "STEP_OF_QED", "PROOF", "BY", "OBVIOUS", "DEFS"]),
}
_WORDS: Final[dict[str, str]] = {
    "NAME": "an identifier",
    "DEFINITION": "a definition",
    "RULER": "----",
    "END_MODULE": "====",
    "BEGIN_MODULE": "---- MODULE",
    "$END": "the end of the text",
    "COMMA": "a comma",
    "COLON": "a colon",
    "RPAR": ")",
    "LPAR": "(",
    "RSB": "]",
    "RSB_SUB": "]_",
    "RBC": "}",
    "RAB": ">>",
    "RAB_SUB": ">>_",
    "LAB": "<<",
    "DEF": "==",
    "ARROW": "->",
    "MAPS_TO": "|->",
    "SUBSTITUTE": "<-",
    "EQUALS": "=",
    "ELEMENT_OF": r"\in",
    "BANG": "!",
    "DOT": ".",
    "UNDERSCORE": "_",
    "LET_IN": "IN",
    "CASE_SEPARATOR": "[]",
    "STEP": "a proof step",
    "POSTFIX": "a postfix operator",
    "INFIX": "an infix operator",
    "PREFIX": "a prefix operator",
    "NEXT_BULLET": "another bullet",
    "CASE_STEP": "CASE",
    **dict.fromkeys(("LBC", "LBC_BOUND", "LBC_MAP"), "{"),
    **dict.fromkeys(
        ["LSB", "LSB_FUNCTION", "LSB_FUNCTION_SET", "LSB_RECORD", "LSB_RECORD_SET", "LSB_EXCEPT", "LSB_ACTION"], "["
    ),
}
_HIDDEN: Final = frozenset(
    ("LIST_CLOSE", "STEP_OF_QED", "NEGATION", "OPERATOR_NAME", "SELECTOR", "STEP_NAME", "MINUS", "KIND")
)
_LAST: Final = ("EXTENDS", "END_MODULE")
"""These could come nearly everywhere, and help least."""
_SHOWN_AS: Final = {
    "THEN": "the THEN part of the IF",
    "IF": "the condition of the IF",
    "LET": "the LET",
    "CASE": "the CASE",
}


def unexpected(problem: UnexpectedToken, raw: list[Token], file: str) -> ParseError:
    """The parser's complaint in words; ``raw`` are the tokens as they were before the layout pass."""
    token: Any = problem.token
    stopped: Any = problem.interactive_parser
    accepted = problem.expected if stopped is None else stopped.accepts()
    expected = _in_words(set(accepted))
    if token.type == "$END" or (token.type == "LIST_CLOSE" and not token.value):
        last = raw[-1].location
        place = Location(file, last.end_line, last.end_column + 1, last.end_line, last.end_column + 1)
        opened = Layout(raw)
        opened.run_to_end()
        return ParseError(
            "found the end of the text", location=place, expected=expected, context=_context(opened.open, opened.tokens)
        )
    index = next((at for at, written in enumerate(raw) if written.location == token.location), len(raw))
    layout = Layout(raw.copy())
    as_written = [Token(written.type, written.value, written.location) for written in raw]
    was_open = list(layout.run_before(token))
    return ParseError(
        f'found "{token.value}"',
        location=token.location,
        found=token.value,
        expected=expected,
        context=_context(was_open, layout.tokens),
        hint=_indentation_hint(token, was_open) or hint_for(Stop(as_written, index, token.type, frozenset(accepted))),
    )


def in_context(problem: ParseError, raw: list[Token]) -> ParseError:
    """The same problem, with what was open at its place."""
    layout = Layout(raw)
    was_open = list(layout.run_before(Token("", "", problem.location)))
    context = _context(was_open, layout.tokens)
    if not context or problem.context:
        return problem
    inside = ", ".join(context)
    told = ParseError(f"{problem.message}, {inside}", location=problem.location, found=problem.found, hint=problem.hint)
    told.expected, told.context = problem.expected, context
    return told


def _in_words(accepted: set[str]) -> tuple[str, ...]:
    words: list[str] = []
    left = accepted - _HIDDEN
    for members, name in _GROUPS:
        if members <= accepted:
            words.append(name)
            left -= _IMPLIED[name]
    # Of what remains, a closing bracket is likelier than an operator, and a reserved word less likely than an
    # expression.
    rest = sorted(_WORDS.get(kind, kind) for kind in left if kind not in _LAST)
    reserved = [word for word in rest if word.isupper()]
    others = [word for word in rest if not word.isupper()]
    last = [_WORDS.get(kind, kind) for kind in _LAST if kind in left]
    first = (*others, *words, *reserved) if len(others) <= 2 else (*words, *rest)
    return tuple(dict.fromkeys((*first, *last)))


def _context(was_open: list[Open], tokens: list[Token]) -> tuple[str, ...]:
    shown = [_opened(entry) for entry in reversed(was_open)][:CONTEXT_SHOWN_MAX]
    name = _definition_name(tokens)
    if name is not None:
        shown.append(f"in the definition of {name}")
    return tuple(shown)


def _opened(entry: Open) -> str:
    place = f"{entry.token.location.line}:{entry.token.location.column}"
    if entry.kind == "LIST":
        return f"in the bulleted list opened at {place}"
    if entry.kind in _SHOWN_AS:
        return f"in {_SHOWN_AS[entry.kind]} at {place}"
    return f"inside the {entry.token.value} opened at {place}"


def _definition_name(tokens: list[Token]) -> str | None:
    """The definition the last token belongs to: the name, or the symbol of an operator."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "DEFINITION":
            left_side = []
            for token in tokens[index + 1 : index + 4]:
                if token.type == "DEF":
                    break
                left_side.append(token)
            symbols = [token.value for token in left_side if token.type not in ("NAME", "LPAR", "LSB_FUNCTION", "RPAR")]
            is_operator = len(left_side) > 1 and left_side[1].type not in ("LPAR", "LSB_FUNCTION")
            if is_operator and symbols:
                return symbols[0]
            return tokens[index].value
        if tokens[index].type in ("VARIABLE", "CONSTANT", "THEOREM", "ASSUME", "ASSUMPTION", "RECURSIVE", "END_MODULE"):
            return None
    return None


def _indentation_hint(token: Token, was_open: list[Open]) -> str | None:
    """A list that ended although its item was not complete ended by its column."""
    lists = [entry for entry in was_open if entry.kind == "LIST"]
    if not lists or token.type not in ("LIST_CLOSE", "NEXT_BULLET"):
        return None
    bullet = lists[-1].token.location
    if token.location.column > bullet.column:
        return None
    return (
        f"an item of the list opened at {bullet.line}:{bullet.column} must stay to the right of column {bullet.column}"
    )
