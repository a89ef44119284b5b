"""JSON as TLA+ text that stock TLC reads: the literals that a trace becomes.

Arrays are tuples and objects are records; ITF's tags (``#set``, ``#tup``, ``#map``, ``#bigint``) are what they say. An
object with a key that cannot name a field is written as a function on strings, which TLC takes for the same value. What
TLC cannot hold is an error that names its place: an integer beyond 32 bits, a fraction, a null that nobody gave a
meaning.

SANY reads no character beyond the basic plane, and others as the machine's locale has it. So a string with anything but
printable ASCII is spelled with escapes of our own; equal strings stay equal, and two different ones never become the
same (that too is an error).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tlaconform.errors import ConformanceError
from tlatrace.syntax.tokens import KEYWORDS

INTEGER_MAX = 2**31 - 1
INTEGER_MIN = -(2**31)
"""TLC's integers have 32 bits."""

ITEMS_IN_CHUNK = 50
"""Elements of one tuple literal: SANY's time for a tuple grows faster than its length, and its parser recurses."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*\Z")
_DECIMAL = re.compile(r"-?[0-9]+\Z")
_UNREADABLE = re.compile(r"[^ -~\t\n\r\f]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"})


class LiteralError(ConformanceError):
    """Something that stock TLC has no value for; the message names its path."""


class Literals:
    """Writes JSON as TLA+ for one module.

    ``null`` is the TLA+ text that null stands for, None where it has no meaning; ``strings`` gives TLA+ text for
    strings that stand for something else.
    """

    def __init__(self, null: str | None = None, strings: Mapping[str, str] | None = None) -> None:
        self._null = null
        self._strings = strings or {}
        self._spelled: dict[str, str] = {}

    def value(self, data: object, path: str = "$") -> str:
        """``data`` as a TLA+ expression that needs no parentheses around it.

        Raises:
            LiteralError: TLC has no such value; the message names the place below ``path``.
        """
        kind = type(data)
        if kind is str:
            return self._strings.get(data) or self.string(data, path)  # type: ignore[call-overload, arg-type]
        if kind is bool:
            return "TRUE" if data else "FALSE"
        if kind is int:
            return _integer(data, path)  # type: ignore[arg-type]
        if kind is list:
            return _listed("<<", self._items(data, path), ">>")  # type: ignore[arg-type]
        if kind is dict:
            return self._object(data, path)  # type: ignore[arg-type]
        if data is None:
            if self._null is not None:
                return self._null
            raise LiteralError(f"{path}: null has no value in TLA+", hint="say under `values:` what it stands for")
        raise LiteralError(
            f"{path}: {data!r} is no value of TLC's; expected an integer, a string, a Boolean, an array or an object"
        )

    def string(self, text: str, path: str = "$") -> str:
        """``text`` as a string literal, whatever it means elsewhere.

        Raises:
            LiteralError: a different string was spelled in the same way before.
        """
        spelled = spell(text)
        if self._spelled.setdefault(spelled, text) != text:
            raise LiteralError(
                f"{path}: {text!r} and {self._spelled[spelled]!r} are both {spelled} for TLC, which reads ASCII only; "
                "expected strings that do not spell out one another"
            )
        return spelled

    def record(self, fields: Mapping[str, str], path: str = "$") -> str:
        """A record of ``fields``, whose values are TLA+ text already."""
        if not fields:
            return "<< >>"
        if all(is_field_name(name) for name in fields):
            return _listed("[", [f"{name} |-> {value}" for name, value in fields.items()], "]")
        return _function([(self.string(name, path), value) for name, value in fields.items()])

    def _items(self, data: Sequence[object], path: str) -> list[str]:
        return [self.value(item, f"{path}[{at}]") for at, item in enumerate(data)]

    def _object(self, data: Mapping[str, object], path: str) -> str:
        tag = next((key for key in data if key.startswith("#")), None)
        if tag is None:
            return self.record({name: self.value(item, f"{path}.{name}") for name, item in data.items()}, path)
        content, inside = data[tag], f'{path}["{tag}"]'
        if len(data) > 1:
            raise LiteralError(f"{path}: {tag} must stand alone in its object, but there are {len(data)} members")
        if tag == "#bigint":
            if not isinstance(content, str) or not _DECIMAL.match(content):
                raise LiteralError(f"{inside}: a string of decimal digits is expected, found {content!r}")
            return _integer(int(content), inside)
        if tag not in ("#set", "#tup", "#map"):
            raise LiteralError(f"{path}: unknown tag {tag}; known are #bigint, #map, #set, #tup")
        if not isinstance(content, list):
            raise LiteralError(f"{inside}: an array is expected, found {type(content).__name__}")
        if tag == "#map":
            return _function(list(self._pairs(content, inside)))
        opening, closing = ("{", "}") if tag == "#set" else ("<<", ">>")
        return _listed(opening, self._items(content, inside), closing)

    def _pairs(self, content: Sequence[object], path: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for at, pair in enumerate(content):
            if not isinstance(pair, list) or len(pair) != 2:
                raise LiteralError(f"{path}[{at}]: a pair of key and value is expected")
            key = self.value(pair[0], f"{path}[{at}][0]")
            if key in seen:
                raise LiteralError(f"{path}[{at}]: the key {key} stands twice")
            seen.add(key)
            yield key, self.value(pair[1], f"{path}[{at}][1]")


def spell(text: str) -> str:
    r"""A string literal that SANY reads the same on every machine.

    >>> print(spell('a "b"'), spell("\u00e9"))
    "a \"b\"" "\\u{e9}"
    """
    return f'"{ascii_text(text).translate(_ESCAPES)}"'


def ascii_text(text: str) -> str:
    """``text`` with what SANY may not read spelled out: ``\\u{e9}``."""
    return _UNREADABLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def is_field_name(name: str) -> bool:
    """Whether SANY takes ``name`` for the name of a record's field."""
    return bool(_IDENTIFIER.match(name)) and name not in KEYWORDS and not name.startswith(("WF_", "SF_"))


def sequence_definitions(name: str, items: Sequence[str], items_in_chunk: int = ITEMS_IN_CHUNK) -> str:
    """Definitions that make ``name`` the sequence of ``items``, one item a line.

    A long sequence is put together from chunks, named ``name_1``, ``name_2`` …
    """
    chunks = [items[at : at + items_in_chunk] for at in range(0, len(items), items_in_chunk)]
    if len(chunks) <= 1:
        return _definition(name, items)
    parts = [f"{name}_{number}" for number in range(1, len(chunks) + 1)]
    defined = [_definition(part, chunk) for part, chunk in zip(parts, chunks, strict=True)]
    return "\n".join((*defined, f"{name} == {_joined(parts)}\n"))


def _joined(parts: Sequence[str]) -> str:
    """The concatenation of ``parts``, balanced: TLC copies what it concatenates, and SANY recurses."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_joined(parts[:middle])} \\o {_joined(parts[middle:])})"


def _definition(name: str, items: Sequence[str]) -> str:
    if not items:
        return f"{name} == << >>\n"
    return f"{name} == <<\n    " + ",\n    ".join(items) + "\n    >>\n"


def _listed(opening: str, items: Sequence[str], closing: str) -> str:
    return f"{opening}{', '.join(items) or ' '}{closing}"


def _function(pairs: Sequence[tuple[str, str]]) -> str:
    """A function given point by point; TLC's own operators for that bind loosely, hence the parentheses."""
    if not pairs:
        return "<< >>"
    return f"({' @@ '.join(f'{key} :> {value}' for key, value in pairs)})"


def _integer(number: int, path: str) -> str:
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise LiteralError(f"{path}: {number} is beyond TLC's integers; expected {INTEGER_MIN} to {INTEGER_MAX}")
    if number >= 0:
        return str(number)
    if number == INTEGER_MIN:
        return f"(-{INTEGER_MAX} - 1)"  # its absolute value is no integer of TLC's
    return f"(-{-number})"
