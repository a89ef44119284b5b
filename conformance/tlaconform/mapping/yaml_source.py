"""YAML in which everything knows its place, so that an error in a mapping or a scenario points at its line.

A thin layer over PyYAML's node graph: typed access, and errors that name what was found, what was expected, and for an
unknown key the nearest known one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from tlaconform.errors import MappingError
from tlatrace.location import Location


@dataclass(frozen=True, slots=True)
class Source:
    """A node of a YAML file: a scalar, a list or a mapping."""

    node: yaml.Node
    file: str

    @property
    def location(self) -> Location:
        start, end = self.node.start_mark, self.node.end_mark
        style = self.node.style if isinstance(self.node, yaml.ScalarNode) else None
        line, column = start.line + 1, start.column + (2 if style in ("'", '"') else 1)
        if style in ("|", ">"):
            # The text of a block starts on the line below, as far to the right as its lines are indented.
            line, column = line + 1, _block_indent(start) + 1
        return Location(self.file, line, column, end.line + 1, max(end.column, 1))

    def fail(self, found: str, expected: str, hint: str | None = None) -> NoReturn:
        raise MappingError(f"{found}; expected {expected}", location=self.location, hint=hint)

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_null(self) -> bool:
        return bool(self.node.tag == "tag:yaml.org,2002:null")

    @property
    def kind(self) -> str:
        if self.is_scalar:
            return f"the scalar {self.node.value!r}"
        return "a list" if self.is_list else "a mapping"

    def text(self, what: str) -> str:
        """A scalar as it was written, numbers and booleans too."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fail(f"{self.kind} where {what} should stand", "a text")
        return str(self.node.value)

    def scalar(self, what: str) -> str | int | bool | None:
        """A scalar with the type that YAML gives it."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fail(f"{self.kind} where {what} should stand", "a text, a number, a Boolean or null")
        try:
            value = yaml.SafeLoader("").construct_object(self.node)
        except (ValueError, yaml.YAMLError):
            # A date that does not exist, a tag that nobody knows.
            value = ...
        if value is not None and type(value) not in (str, int, bool):
            self.fail(f"{self.kind} where {what} should stand", "a text, a number, a Boolean or null")
        return value  # type: ignore[no-any-return]

    def integer(self, what: str, *, minimum: int = 0) -> int:
        value = self.scalar(what)
        if type(value) is not int or value < minimum:
            self.fail(f"{self.kind} as {what}", f"a whole number, {minimum} or more")
        return value

    def items(self, what: str) -> list[Source]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f"{self.kind} where {what} should stand", "a list")
        return [Source(item, self.file) for item in self.node.value]

    def entries(self, what: str) -> list[tuple[Source, Source]]:
        """The entries of a mapping, in order; a key that stands twice is an error."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"{self.kind} where {what} should stand", "a mapping (`key: value` lines)")
        seen: set[tuple[bool, str]] = set()
        result = []
        for key_node, value_node in self.node.value:
            key = Source(key_node, self.file)
            # Keys are read as text, whatever YAML takes them for; only null may be more than its text.
            identity = (key_node.tag == "tag:yaml.org,2002:null", key.text("a key"))
            if identity in seen:
                key.fail(f"the key {identity[1]!r} stands here for the second time", "each key once")
            seen.add(identity)
            result.append((key, Source(value_node, self.file)))
        return result

    def fields(self, what: str, known: Iterable[str]) -> dict[str, Source]:
        """A mapping with only the ``known`` keys."""
        allowed = tuple(known)
        result: dict[str, Source] = {}
        for key, value in self.entries(what):
            name = key.text("a key")
            if name not in allowed:
                near = difflib.get_close_matches(name, allowed, n=1)
                key.fail(
                    f"unknown key {name!r} in {what}",
                    f"one of {', '.join(allowed)}",
                    hint=f"did you mean {near[0]!r}?" if near else None,
                )
            result[name] = value
        return result


def _block_indent(start: yaml.Mark) -> int:
    """How far the lines are indented that follow the ``|`` or ``>`` at ``start``."""
    rest = "" if start.buffer is None else start.buffer[start.pointer :]
    lines = (line for line in rest.splitlines()[1:] if line.strip())
    first = next(lines, "")
    return len(first) - len(first.lstrip(" "))


def read_yaml(path: Path) -> Source:
    """The root node of a YAML file.

    Raises:
        MappingError: the file cannot be read, is empty, or is not YAML.
    """
    nowhere = Location(str(path), 1, 1, 1, 1)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MappingError(f"the file cannot be read: {error.strerror}", location=nowhere) from None
    except UnicodeDecodeError:
        raise MappingError("the file is not UTF-8 text; expected YAML", location=nowhere) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Location(str(path), mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 1) if mark else nowhere
        raise MappingError(f"this is not YAML: {error.problem}", location=place) from None
    except yaml.YAMLError as error:
        raise MappingError(f"this is not YAML: {error}", location=nowhere) from None
    if node is None:
        raise MappingError("the file is empty", location=nowhere)
    return Source(node, str(path))
