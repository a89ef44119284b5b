r"""TLA+ values as TLC prints them, read into plain Python data, and written back.

    1, -1              int                    "a\n"              str
    TRUE               bool                   p1                 ModelValue("p1")
    <<1, 2>>           tuple                  {1, 2}, 1..3       TlcSet (a frozenset)
    [a |-> 1]          TlcFunction            (k :> 1 @@ l :> 2) TlcFunction

Promises: everything returned is immutable and hashable; values that are equal in TLA+ are equal here (a function on
1..n is a tuple, a record is a function on strings, the empty function is the empty tuple). Sets that TLC prints without
enumerating them (`SUBSET S`, `[S -> T]`, `Nat`) are not values in this sense: a `ValueSyntaxError` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tlacheck.errors import ValueSyntaxError

#: What `parse_value` returns. A `TlcSet`, `tuple` or `TlcFunction` holds values again.
TlcValue: TypeAlias = "int | str | bool | ModelValue | tuple[TlcValue, ...] | TlcSet | TlcFunction"

#: TLC expands sets of at most a million elements by default; an interval longer than that was not meant to be read.
INTERVAL_SIZE_MAX = 1_000_000
#: Nesting that no printed state has; it keeps bad input from exhausting Python's stack.
NESTING_DEPTH_MAX = 200


@dataclass(frozen=True, slots=True)
class ModelValue:
    """A model value of the configuration file. Equal to nothing but itself."""

    name: str


class TlcSet(frozenset["TlcValue"]):
    """A finite set."""

    __slots__ = ()

    def __repr__(self) -> str:
        return format_value(self)


class TlcFunction(Mapping["TlcValue", "TlcValue"]):
    """A function that is not a sequence; a record is one whose domain is a set of strings."""

    __slots__ = ("_hash", "_items")

    def __init__(self, items: Mapping[TlcValue, TlcValue] | Iterable[tuple[TlcValue, TlcValue]]) -> None:
        self._items = dict(items)
        self._hash: int | None = None

    def __getitem__(self, key: TlcValue) -> TlcValue:
        return self._items[key]

    def __iter__(self) -> Iterator[TlcValue]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TlcFunction):
            return self._items == other._items
        return NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._items.items()))
        return self._hash

    def __repr__(self) -> str:
        return format_value(self)


def parse_value(text: str) -> TlcValue:
    """Read one value. Raises `ValueSyntaxError` with the offset where the text stops being one."""
    reader = _Reader(text)
    value = reader.value(0)
    reader.expect("end")
    return value


def format_value(value: TlcValue) -> str:
    """Write a value as TLA+ text. Sets and functions are sorted by their text, so that equal values give equal text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'
    if isinstance(value, ModelValue):
        return value.name
    if isinstance(value, tuple):
        return "<<" + ", ".join(map(format_value, value)) + ">>"
    if isinstance(value, TlcSet):
        return "{" + ", ".join(sorted(map(format_value, value), key=_natural_order)) + "}"
    if value and all(isinstance(key, str) and _FIELD.fullmatch(key) for key in value):
        return "[" + ", ".join(f"{key} |-> {format_value(value[key])}" for key in sorted(map(str, value))) + "]"
    pairs = sorted(((format_value(key), format_value(image)) for key, image in value.items()), key=_by_key)
    return "(" + " @@ ".join(f"{key} :> {image}" for key, image in pairs) + ")"


_FIELD = re.compile(r"[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}
_UNESCAPES = {escaped[1]: character for character, escaped in _ESCAPES.items()}
_TOKEN = re.compile(
    r"""\s*(?: (?P<integer>-?\d+(?![A-Za-z0-9_]))
             | (?P<string>"(?:[^"\\]|\\.)*")
             | (?P<symbol><<|>>|\|->|:>|@@|\.\.|[{}\[\]()+,:])
             | (?P<name>[A-Za-z0-9_]+(?:![A-Za-z0-9_]+)*)
             | (?P<end>\Z) )""",
    re.VERBOSE | re.DOTALL,
)
_UNENUMERATED = frozenset({"SUBSET", "UNION", "Nat", "Int", "Real", "STRING", "BOOLEAN", "Seq"})


def _natural_order(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Numbers by size, the rest by text, so that {2, 10} is not written {10, 2}."""
    parts = re.findall(r"-?\d+|\D+", text)
    return tuple(
        (not part.lstrip("-").isdigit(), int(part) if part.lstrip("-").isdigit() else 0, part) for part in parts
    )


def _by_key(pair: tuple[str, str]) -> tuple[tuple[bool, int, str], ...]:
    return _natural_order(pair[0])


class _Reader:
    """A recursive-descent reader over one text, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._advance()

    def value(self, depth: int) -> TlcValue:
        if depth > NESTING_DEPTH_MAX:
            raise self._error(f"nested deeper than {NESTING_DEPTH_MAX}")
        if self._kind == "integer":
            return self._integer_or_interval()
        if self._kind == "string":
            body = self._take()[1:-1]
            return re.sub(r"\\(.)", lambda match: _UNESCAPES.get(match[1], match[1]), body, flags=re.DOTALL)
        if self._kind == "name":
            return self._name()
        if self._token == "<<":
            return self._sequence("<<", ">>", depth)
        if self._token == "{":
            return TlcSet(self._sequence("{", "}", depth))
        if self._token == "[":
            return self._record(depth)
        if self._token == "(":
            return self._function(depth)
        raise self._error(f"expected a value, found {self._found()}")

    def expect(self, token: str) -> None:
        if token not in (self._token, self._kind):
            expected = "the end of the value" if token == "end" else f'"{token}"'
            raise self._error(f"expected {expected}, found {self._found()}")
        self._take()

    def _integer_or_interval(self) -> TlcValue:
        low = int(self._take())
        if self._token != "..":
            return low
        self._take()
        if self._kind != "integer":
            raise self._error(f"expected the upper bound of an interval, found {self._found()}")
        high = int(self._token)
        if high - low >= INTERVAL_SIZE_MAX:
            raise self._error(f"an interval of more than {INTERVAL_SIZE_MAX} integers")
        self._take()
        return TlcSet(range(low, high + 1))

    def _name(self) -> TlcValue:
        if self._token in _UNENUMERATED:
            raise self._error(f"a set that TLC did not enumerate: {self._token}")
        name = self._take()
        if name in ("TRUE", "FALSE"):
            return name == "TRUE"
        return ModelValue(name)

    def _sequence(self, opening: str, closing: str, depth: int) -> tuple[TlcValue, ...]:
        self.expect(opening)
        elements: list[TlcValue] = []
        while self._token != closing:
            if elements:
                self.expect(",")
            elements.append(self.value(depth + 1))
        self.expect(closing)
        return tuple(elements)

    def _record(self, depth: int) -> TlcValue:
        self.expect("[")
        fields: dict[TlcValue, TlcValue] = {}
        while self._token != "]":
            if fields:
                self.expect(",")
            if self._kind not in ("name", "integer"):
                raise self._error(f"expected a field name, found {self._found()}")
            name = self._take()
            self.expect("|->")
            fields[name] = self.value(depth + 1)
        self.expect("]")
        return _function(fields)

    def _function(self, depth: int) -> TlcValue:
        self.expect("(")
        items: dict[TlcValue, TlcValue] = {}
        while self._token != ")":
            if items:
                self.expect("@@")
            key = self.value(depth + 1)
            if not items and self._token == ")":
                # TLC puts brackets round a whole value here and there; they mean nothing.
                self.expect(")")
                return key
            self.expect(":>")
            image = self.value(depth + 1)
            # In `f @@ g` the left side wins where both are defined.
            items.setdefault(key, image)
        self.expect(")")
        return _function(items)

    def _take(self) -> str:
        token = self._token
        self._advance()
        return token

    def _advance(self) -> None:
        match = _TOKEN.match(self._text, self._offset)
        if match is None:
            start = len(self._text) - len(self._text[self._offset :].lstrip())
            raise ValueSyntaxError(f"unexpected character {self._text[start]!r}", text=self._text, offset=start)
        kind = match.lastgroup
        assert kind is not None, "every alternative of the token pattern is named"
        self._kind = kind
        self._token = match[kind]
        self._start = match.start(kind)
        self._offset = match.end()

    def _found(self) -> str:
        return "the end of the text" if self._kind == "end" else f'"{self._token}"'

    def _error(self, message: str) -> ValueSyntaxError:
        return ValueSyntaxError(message, text=self._text, offset=self._start)


def _function(items: dict[TlcValue, TlcValue]) -> TlcValue:
    """A function on 1..n is a sequence, wherever it came from; bools are not integers here."""
    keys = {key for key in items if isinstance(key, int) and not isinstance(key, bool)}
    if len(keys) == len(items) and keys == set(range(1, len(items) + 1)):
        return tuple(items[index] for index in range(1, len(items) + 1))
    return TlcFunction(items)
