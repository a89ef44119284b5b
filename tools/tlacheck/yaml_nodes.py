"""YAML read with positions: typed access to mappings and lists that names file, line and column of what is wrong.

`Fields` hands out the fields of one mapping; `finish` complains of those that nobody asked for, with the nearest known
name. Nothing here knows what a manifest is.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import yaml

from tlacheck.errors import ManifestError

T = TypeVar("T")

_KINDS = {
    "tag:yaml.org,2002:str": "a string",
    "tag:yaml.org,2002:int": "an integer",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:map": "a mapping",
    "tag:yaml.org,2002:seq": "a list",
}


def read_yaml(file: Path) -> Fields:
    """The top-level mapping of a YAML file."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"is not UTF-8: {error.reason} at byte {error.start}", file=file) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise ManifestError(f"is not YAML: {error.problem}", file=file, line=line, column=column) from error
    except yaml.YAMLError as error:
        raise ManifestError(f"is not YAML: {error}", file=file) from error
    if node is None:
        raise ManifestError("is empty; expected a mapping", file=file, line=1)
    return Fields(file, node, "the manifest")


class Fields:
    """One mapping. `what` is what it is called in messages."""

    def __init__(self, file: Path, node: yaml.Node, what: str) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise _error(file, node, f"{what} must be a mapping, found {_kind(node)}")
        self.file = file
        self.what = what
        self._node = node
        self._asked: list[str] = []
        self._nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _error(file, key, f"a field name of {what} must be a string, found {_kind(key)}")
            if key.value in self._nodes:
                raise _error(file, key, f"{what} has the field `{key.value}` twice")
            self._nodes[key.value] = value

    @property
    def line(self) -> int:
        return int(self._node.start_mark.line) + 1

    def has(self, name: str) -> bool:
        return self._take(name) is not None

    def error(self, message: str, name: str | None = None) -> ManifestError:
        """An error at the field `name`, or at the mapping itself."""
        return _error(self.file, self._nodes.get(name, self._node) if name else self._node, message)

    def string(self, name: str) -> str:
        return self._required(name, self.optional_string(name))

    def optional_string(self, name: str) -> str | None:
        return self._scalar(name, "str", str)

    def optional_integer(self, name: str, *, low: int = 0) -> int | None:
        value = self._scalar(name, "int", lambda text: int(text.replace("_", ""), 0))
        if value is not None and value < low:
            raise self.error(f"`{name}` is {value}; expected {low} or more", name)
        return value

    def optional_boolean(self, name: str) -> bool | None:
        return self._scalar(name, "bool", lambda text: text.lower() in ("true", "yes", "on"))

    def optional_number(self, name: str) -> float | None:
        node = self._take(name)
        if node is not None and node.tag == "tag:yaml.org,2002:float":
            value: float | None = self._scalar(name, "float", float)
        else:
            integer = self.optional_integer(name)
            value = None if integer is None else float(integer)
        if value is not None and not value > 0:
            raise self.error(f"`{name}` is {value}; expected more than 0", name)
        return value

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.optional_string(name)
        if value is None and default is not None:
            return default
        value = self._required(name, value)
        if value not in choices:
            raise self.error(f"`{name}` is {value!r}; expected {_one_of(choices)}{_suggest(value, choices)}", name)
        return value

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings, or one string; nothing if the field is missing."""
        node = self._take(name)
        if node is None:
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in items:
            if not isinstance(item, yaml.ScalarNode) or item.tag != "tag:yaml.org,2002:str":
                raise _error(self.file, item, f"`{name}` must be a list of strings, found {_kind(item)} in it")
        if not items:
            raise self.error(f"`{name}` is empty", name)
        return tuple(str(item.value) for item in items)

    def mapping(self, name: str) -> Fields | None:
        node = self._take(name)
        return None if node is None else Fields(self.file, node, f"`{name}` of {self.what}")

    def mappings(self, name: str, what: str, *, or_one: bool = False) -> tuple[Fields, ...]:
        """A list of mappings, each called `what`; with `or_one`, a single mapping stands for a list of one."""
        node = self._take(name)
        if node is None:
            return ()
        if or_one and isinstance(node, yaml.MappingNode):
            return (Fields(self.file, node, what),)
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(f"`{name}` must be a list, found {_kind(node)}", name)
        return tuple(Fields(self.file, item, what) for item in node.value)

    def finish(self) -> None:
        """Call when every field was asked for: what is left is unknown."""
        for name, node in self._nodes.items():
            if name not in self._asked:
                raise _error(self.file, node, f"{self.what} has no field `{name}`{_suggest(name, self._asked)}")

    def _take(self, name: str) -> yaml.Node | None:
        if name not in self._asked:
            self._asked.append(name)
        return self._nodes.get(name)

    def _scalar(self, name: str, tag: str, convert: Callable[[str], T]) -> T | None:
        node = self._take(name)
        if node is None:
            return None
        full = f"tag:yaml.org,2002:{tag}"
        if not isinstance(node, yaml.ScalarNode) or node.tag != full:
            raise self.error(f"`{name}` must be {_KINDS[full]}, found {_kind(node)}", name)
        return convert(node.value)

    def _required(self, name: str, value: T | None) -> T:
        if value is None:
            raise self.error(f"{self.what} needs the field `{name}`")
        return value


def _error(file: Path, node: yaml.Node, message: str) -> ManifestError:
    return ManifestError(message, file=file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)


def _kind(node: yaml.Node) -> str:
    kind = _KINDS.get(node.tag, node.tag)
    return f"{kind} ({node.value})" if isinstance(node, yaml.ScalarNode) and node.value else kind


def _one_of(choices: Sequence[str]) -> str:
    return ", ".join(repr(choice) for choice in choices[:-1]) + f" or {choices[-1]!r}"


def _suggest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
