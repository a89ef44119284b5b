"""Reading YAML so that every complaint can name its line and column.

A :class:`Value` is a node of the document together with the file's name; its methods turn it into what the reader
wants, or raise :class:`~vraft.emulator.errors.ScenarioError` with what was found and what was expected.  Scalars are
read from their text, so that YAML's own ideas of what ``on``, ``no`` or ``1:30`` mean play no part.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import yaml

from vraft.emulator.clocks import MS, SECOND, US
from vraft.emulator.errors import ScenarioError
from vraft.emulator.streams import MILLION

DOCUMENT_MAX = 1_000_000
"""Characters.  A scenario is a page or two; a recorded one has a line an operation."""

_UNITS = {"us": US, "ms": MS, "s": SECOND, "min": 60 * SECOND}
_DIGITS = "[0-9]{1,40}"  # More than any bound has, and no more than Python reads.
_NUMBER = rf"{_DIGITS}(?:\.{_DIGITS})?"
_DURATION = re.compile(rf"({_NUMBER}) ?(us|ms|s|min)")
_INTEGER = re.compile(f"-?{_DIGITS}")
_DECIMAL = re.compile(_NUMBER)
_RATIO = re.compile(rf"({_DIGITS})(?:/({_DIGITS}))?")

_SHOWN_MAX = 80
"""Characters of what was found that a message repeats."""


def shown(found: str) -> str:
    """What was found, for a message: in quotes, and not longer than a line."""
    rest = len(found) - _SHOWN_MAX
    return repr(found) if rest <= 0 else f"{found[:_SHOWN_MAX]!r} and {rest:,} more characters"


def suggestion(found: str, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or the list of all."""
    names = sorted(known)
    near = difflib.get_close_matches(found, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(names)}"


def parse(text: str, path: str) -> Value:
    """The root of a YAML document."""
    if len(text) > DOCUMENT_MAX:
        raise ScenarioError(path, 1, 1, f"the file has more than {DOCUMENT_MAX} characters")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise ScenarioError(path, line, column, f"not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ScenarioError(path, 1, 1, f"not YAML: {error}".replace("\n", " ")) from None
    except RecursionError:
        raise ScenarioError(path, 1, 1, "the document is nested too deeply") from None
    if root is None:
        raise ScenarioError(path, 1, 1, "the file is empty, expected a scenario")
    return Value(root, path)


@dataclass(frozen=True, slots=True)
class Value:
    """A node of a YAML document."""

    node: yaml.Node
    path: str

    @property
    def line(self) -> int:
        """The line on which it begins, from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, text: str) -> ScenarioError:
        """A complaint about this node."""
        return ScenarioError(self.path, self.line, int(self.node.start_mark.column) + 1, text)

    def describe(self) -> str:
        """What this is, for a complaint."""
        if isinstance(self.node, yaml.ScalarNode):
            return "nothing" if self.is_null() else shown(self.node.value)
        return "a list" if self.is_list() else "a mapping"

    def is_null(self) -> bool:
        """Whether nothing is written here."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:null"

    def is_mapping(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self.node, yaml.MappingNode)

    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    # Collections ------------------------------------------------------------------------------------------------------

    def entries(self) -> list[tuple[Value, Value]]:
        """The keys and values of a mapping, in order; no key may be there twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"expected a mapping, found {self.describe()}")
        entries = [(Value(key, self.path), Value(value, self.path)) for key, value in self.node.value]
        seen = set()
        for key, _ in entries:
            name = key.text()
            if name in seen:
                raise key.error(f"{shown(name)} is there twice")
            seen.add(name)
        return entries

    def mapping(self, known: Iterable[str], *, required: Iterable[str] = (), what: str = "key") -> dict[str, Value]:
        """A mapping with only known keys, and all that are required."""
        names = list(known)
        found = {}
        for key, value in self.entries():
            name = key.text()
            if name not in names:
                raise key.error(f"unknown {what} {shown(name)}; {suggestion(name, names)}")
            found[name] = value
        for name in required:
            if name not in found:
                raise self.error(f"{what} {name!r} is missing")
        return found

    def items(self) -> list[Value]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"expected a list, found {self.describe()}")
        return [Value(item, self.path) for item in self.node.value]

    def some_items(self, what: str) -> list[Value]:
        """The items of a list that has some."""
        items = self.items()
        if not items:
            raise self.error(f"expected at least one {what}, found an empty list")
        return items

    def pair(self) -> tuple[Value, Value]:
        """A list of exactly two items."""
        items = self.items()
        if len(items) != 2:
            raise self.error(f"expected a list of two, the least and the most, found {len(items)} items")
        return items[0], items[1]

    # Scalars ----------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """A scalar, as it is written; two escapes that make one character (``"\\ud83d\\ude00"``) are one."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(f"expected a word, found {self.describe()}")
        found = str(self.node.value)
        if found.isascii():
            return found
        try:
            return found.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self.error(
                f"expected text, found half of a surrogate pair in {shown(found)}: no file can hold "
                'it; write the character itself, or all of its escape (such as "\\U0001F600")'
            ) from None

    def given_text(self) -> str:
        """A scalar that is there: where nothing at all is written, that is more likely forgotten than meant."""
        if self.is_null() and not self.node.value:
            raise self.error("expected a value, found nothing; an empty one is written as ''")
        return self.text()

    def word(self, known: Iterable[str], *, what: str) -> str:
        """One of several words."""
        names = list(known)
        found = self.text()
        if found not in names:
            raise self.error(f"unknown {what} {shown(found)}; {suggestion(found, names)}")
        return found

    def integer(self, low: int, high: int) -> int:
        """An integer within bounds."""
        found = self.text()
        if _INTEGER.fullmatch(found) and low <= int(found) <= high:
            return int(found)
        raise self.error(f"expected an integer from {low} to {high}, found {shown(found)}")

    def boolean(self) -> bool:
        """true or false."""
        return self.word(("true", "false"), what="truth value") == "true"

    def duration_us(self) -> int:
        """A duration with a unit: 250ms, 1.5s, 2min, 100us."""
        match = _DURATION.fullmatch(self.text())
        if match is None:
            raise self.error(f"expected a duration such as 250ms, 1.5s or 2min, found {shown(self.text())}")
        return self._whole(Fraction(match[1]) * _UNITS[match[2]])

    def milliseconds_us(self) -> int:
        """A number of milliseconds, in microseconds."""
        if not _DECIMAL.fullmatch(self.text()):
            raise self.error(f"expected a number of milliseconds, found {shown(self.text())}")
        return self._whole(Fraction(self.text()) * MS)

    def range_us(self) -> tuple[int, int]:
        """Two numbers of milliseconds, the least and the most."""
        low, high = self.pair()
        bounds = (low.milliseconds_us(), high.milliseconds_us())
        if bounds[0] > bounds[1]:
            raise self.error(f"the least, {low.text()}, is more than the most, {high.text()}")
        return bounds

    def probability(self) -> int:
        """A probability from 0 to 1, per million."""
        found = self.text()
        if _DECIMAL.fullmatch(found) and Fraction(found) <= 1:
            return int(Fraction(found) * MILLION)
        raise self.error(f"expected a probability from 0 to 1, found {shown(found)}")

    def ratio(self) -> Fraction:
        """A positive ratio such as 101/100."""
        match = _RATIO.fullmatch(self.text())
        if match is None or int(match[1]) == 0 or int(match[2] or 1) == 0:
            raise self.error(f"expected a positive ratio such as 101/100, found {shown(self.text())}")
        return Fraction(int(match[1]), int(match[2] or 1))

    def _whole(self, us: Fraction) -> int:
        if us.denominator != 1:
            raise self.error(f"{shown(self.text())} is not a whole number of microseconds")
        return int(us)
