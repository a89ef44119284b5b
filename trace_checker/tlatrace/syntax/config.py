"""TLC's configuration files (``.cfg``): which constants have which values, what is the behaviour, what is checked.

Read as TLC reads them: a list of statements, each a keyword and what it takes; a plural keyword is the same as its
singular; a list ends at the next keyword. Values are the small language that TLC has there: numbers, strings,
``TRUE``, ``FALSE``, model values and sets of these. One thing is stricter than TLC: what TLC would take for the name
of an invariant without looking (``,`` or ``5``) is an error here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tlatrace.location import with_plain_line_ends
from tlatrace.syntax.ast import Expr, Location, Name, Node, Number, SetEnumeration, String, node
from tlatrace.syntax.build_expressions import number_value, string_value
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.precedence import spanning
from tlatrace.syntax.tokens import Token, tokenize


@node
class ConstantAssignment(Node):
    """``name = value``, ``name = [module] value``, ``name(arguments) = value``."""

    name: str
    value: Expr
    module: str | None = None
    arguments: tuple[Expr, ...] = ()


@node
class ConstantSubstitution(Node):
    """``name <- target`` or ``name <- [module] target``."""

    name: str
    target: str
    module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a configuration file says, each list in the order of the file; a name knows its place.

    ``text`` is that of the file, for messages and for what depends on the order of names.
    """

    file: str
    text: str = ""
    constants: tuple[ConstantAssignment, ...] = ()
    substitutions: tuple[ConstantSubstitution, ...] = ()
    init: Name | None = None
    next: Name | None = None
    specification: Name | None = None
    invariants: tuple[Name, ...] = ()
    properties: tuple[Name, ...] = ()
    constraints: tuple[Name, ...] = ()
    action_constraints: tuple[Name, ...] = ()
    symmetry: Name | None = None
    view: Name | None = None
    alias: Name | None = None
    type_constraint: Name | None = None
    postcondition: Name | None = None
    periodic: Name | None = None
    rl_reward: Name | None = None
    check_deadlock: bool | None = None


_ONE_NAME: Final = {
    "INIT": "init",
    "NEXT": "next",
    "SPECIFICATION": "specification",
    "SYMMETRY": "symmetry",
    "VIEW": "view",
    "ALIAS": "alias",
    "TYPE_CONSTRAINT": "type_constraint",
    "POSTCONDITION": "postcondition",
    "_PERIODIC": "periodic",
    "_RL_REWARD": "rl_reward",
}
_NAMES: Final = {
    "INVARIANT": "invariants",
    "INVARIANTS": "invariants",
    "PROPERTY": "properties",
    "PROPERTIES": "properties",
    "CONSTRAINT": "constraints",
    "CONSTRAINTS": "constraints",
    "ACTION_CONSTRAINT": "action_constraints",
    "ACTION_CONSTRAINTS": "action_constraints",
}
_CONSTANTS: Final = ("CONSTANT", "CONSTANTS")
_DEADLOCK: Final = "CHECK_DEADLOCK"

CONFIG_KEYWORDS: Final = frozenset((*_ONE_NAME, *_NAMES, *_CONSTANTS, _DEADLOCK))
"""Every keyword of a configuration file."""


def parse_config(text: str, file: str) -> Config:
    """What the text of a configuration file says. Raises :class:`ParseError`."""
    return replace(_Reader(list(tokenize(with_plain_line_ends(text), file)), file).read(), text=text)


class _Reader:
    """A cursor over the tokens, and what has been read so far."""

    def __init__(self, tokens: list[Token], file: str) -> None:
        self._tokens = tokens
        self._position = 0
        self._file = file
        self._constants: list[ConstantAssignment] = []
        self._substitutions: list[ConstantSubstitution] = []
        self._single: dict[str, Name] = {}
        self._lists: dict[str, list[Name]] = {field: [] for field in _NAMES.values()}
        self._deadlock: bool | None = None

    def read(self) -> Config:
        while self._position < len(self._tokens):
            keyword = self._tokens[self._position]
            if keyword.value not in CONFIG_KEYWORDS:
                raise ParseError(
                    f'found "{keyword.value}"',
                    location=keyword.location,
                    found=keyword.value,
                    expected=("a keyword (CONSTANT, INIT, NEXT, SPECIFICATION, INVARIANT, PROPERTY …)",),
                    hint=_similar_keyword(keyword.value),
                )
            self._position += 1
            self._statement(keyword)
        lists = {field: tuple(names) for field, names in self._lists.items()}
        return Config(
            file=self._file,
            constants=tuple(self._constants),
            substitutions=tuple(self._substitutions),
            check_deadlock=self._deadlock,
            **self._single,  # type: ignore[arg-type]  # the keys are the fields that hold one name
            **lists,  # type: ignore[arg-type]  # and these the fields that hold several
        )

    # ------------------------------------------------------------------------------------------------ statements

    def _statement(self, keyword: Token) -> None:
        context = f"after {keyword.value}"
        if keyword.value in _CONSTANTS:
            while not self._at_keyword():
                self._constant(context)
        elif keyword.value in _NAMES:
            names = self._lists[_NAMES[keyword.value]]
            while not self._at_keyword():
                names.append(_name(self._take(_is_name, "the name of a definition", context)))
        elif keyword.value == _DEADLOCK:
            self._only_once(keyword, self._deadlock is not None)
            value = self._take(lambda token: token.value in ("TRUE", "FALSE"), "TRUE or FALSE", context)
            self._deadlock = value.value == "TRUE"
        else:
            field = _ONE_NAME[keyword.value]
            self._only_once(keyword, field in self._single)
            self._single[field] = _name(self._take(_is_name, "the name of a definition", context))

    def _only_once(self, keyword: Token, is_repeated: bool) -> None:
        if is_repeated:
            raise ParseError(
                f"{keyword.value} is given twice", location=keyword.location, found=keyword.value, expected=("it once",)
            )

    def _constant(self, context: str) -> None:
        first = self._take(_is_name_or_operator, "the name of a constant or a keyword", context)
        name = first.value
        context = f"in the assignment to {name}"
        while self._next_is("BANG"):
            self._position += 1
            name += "!" + self._take(_is_name_or_operator, "a name", context).value
        if self._next_is("SUBSTITUTE"):
            self._position += 1
            module = self._module(context)
            target = self._take(_is_name_or_operator, "the name of a definition", context)
            place = spanning(first.location, target.location)
            self._substitutions.append(ConstantSubstitution(name, target.value, module, location=place))
            return
        arguments = self._arguments(context) if self._next_is("LPAR") else ()
        self._take(lambda token: token.type == "EQUALS", "= or <-", context)
        module = self._module(context)
        value = self._value(context)
        place = spanning(first.location, value.location)
        self._constants.append(ConstantAssignment(name, value, module, arguments, location=place))

    def _module(self, context: str) -> str | None:
        if not self._next_is("LSB"):
            return None
        self._position += 1
        module = self._take(_is_name, "the name of a module", context)
        self._take(lambda token: token.type == "RSB", "]", context)
        return module.value

    def _arguments(self, context: str) -> tuple[Expr, ...]:
        self._position += 1
        arguments = [self._value(context)]
        while self._next_is("COMMA"):
            self._position += 1
            arguments.append(self._value(context))
        self._take(lambda token: token.type == "RPAR", ") or ,", context)
        return tuple(arguments)

    def _value(self, context: str) -> Expr:
        """A value; nested sets are kept on a stack of their own, so that depth costs no recursion."""
        open_sets: list[tuple[Token, list[Expr]]] = []
        while True:
            token = self._take(_begins_value, "a number, a string, a set or a model value", context)
            value: Expr
            if token.type == "LBC":
                if not self._next_is("RBC"):
                    open_sets.append((token, []))
                    continue
                self._position += 1
                value = SetEnumeration((), location=spanning(token.location, self._tokens[self._position - 1].location))
            elif token.type == "NUMBER":
                value = Number(number_value(token.value, token.location), location=token.location)
            elif token.type == "STRING":
                value = String(string_value(token.value), location=token.location)
            else:
                value = _name(token)
            while open_sets:
                opening, items = open_sets[-1]
                items.append(value)
                separator = self._take(lambda token: token.type in ("COMMA", "RBC"), ", or }", context)
                if separator.type == "COMMA":
                    break
                open_sets.pop()
                value = SetEnumeration(tuple(items), location=spanning(opening.location, separator.location))
            else:
                return value

    # ------------------------------------------------------------------------------------------------ the cursor

    def _at_keyword(self) -> bool:
        return self._position >= len(self._tokens) or self._tokens[self._position].value in CONFIG_KEYWORDS

    def _next_is(self, kind: str) -> bool:
        return self._position < len(self._tokens) and self._tokens[self._position].type == kind

    def _take(self, is_right: Callable[[Token], bool], expected: str, context: str) -> Token:
        if self._position >= len(self._tokens):
            last = self._tokens[-1].location
            end = Location(self._file, last.end_line, last.end_column + 1, last.end_line, last.end_column + 1)
            raise ParseError("found the end of the file", location=end, expected=(expected,), context=(context,))
        token = self._tokens[self._position]
        if not is_right(token) or (token.value in CONFIG_KEYWORDS and token.type != "STRING"):
            raise ParseError(
                f'found "{token.value}"',
                location=token.location,
                found=token.value,
                expected=(expected,),
                context=(context,),
                hint="TLC knows no negative numbers here: define one and write name <- Definition"
                if token.value == "-"
                else None,
            )
        self._position += 1
        return token


def _is_name(token: Token) -> bool:
    return token.type == "NAME"


def _is_name_or_operator(token: Token) -> bool:
    return token.type in ("NAME", "INFIX", "MINUS", "EQUALS", "ELEMENT_OF", "POSTFIX", "PREFIX", "NEGATION")


def _begins_value(token: Token) -> bool:
    return token.type in ("NAME", "NUMBER", "STRING", "LBC")


def _name(token: Token) -> Name:
    return Name(token.value, location=token.location)


def _similar_keyword(word: str) -> str | None:
    upper = word.upper()
    return f"did you mean {upper}?" if upper in CONFIG_KEYWORDS else None
