"""What a mapping is guessed from: the specification, the sample, and which of its fields are read already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlaconform.drafting.likeness import ALIAS, likeness
from tlaconform.drafting.sample import Path, Sample, SeenField
from tlaconform.drafting.spec_view import SpecView

STATE_PARENTS = ("vars", "state", "variables")
NEAR = 0.9
"""A name in the header that is a constant's: the same, or its plural."""

SHOWN_MAX = 4
"""More choices than this are not shown: nobody reads them."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A text for the mapping; ``doubt`` says what a person should decide, "" where nothing."""

    text: str
    doubt: str = ""


class Evidence:
    """The specification and the sample, and what was found out about them.

    ``prefix`` is the part of a line that is the event; ``read`` are the fields that some guess reads; ``node`` is the
    field that says who acts.
    """

    def __init__(self, spec: SpecView, sample: Sample) -> None:
        self.spec = spec
        self.sample = sample
        self.fields = sample.fields()
        self.read: set[Path] = set()
        self.prefix: Path = ()
        self.node: Path | None = None

    def within(self, fields: Mapping[Path, SeenField]) -> dict[Path, SeenField]:
        """The fields of the event, without those that the line has beside it."""
        return {path: seen for path, seen in fields.items() if path[: len(self.prefix)] == self.prefix}

    def text(self, path: Path) -> str:
        """How the mapping writes a field."""
        if self.prefix and path[: len(self.prefix)] == self.prefix:
            return ".".join(("event", *path[len(self.prefix) :]))
        return ".".join(("line" if self.prefix else "event", *path))

    def choices(self, paths: Sequence[Path]) -> str:
        """Some fields, for a person to choose from."""
        shown = [self.text(path) for path in paths[:SHOWN_MAX]]
        return ", ".join(shown) + (", …" if len(paths) > SHOWN_MAX else "")

    def members_of(self, constant: str) -> list[Any] | None:
        """The elements of a constant that the header lists."""
        path = self.in_header(constant)
        value = None if path is None else at(self.sample.header, path)
        if isinstance(value, Mapping) and list(value) == ["#set"]:
            value = value["#set"]
        return value if isinstance(value, list) else None

    def in_header(self, constant: str) -> Path | None:
        """Where the header has a constant, by its name."""
        scored = [(likeness(constant, path[-1]), path) for path, _ in _paths(self.sample.header, ())]
        score, path = max(scored, default=(0.0, ()), key=lambda item: item[0])
        if score >= NEAR:
            return path
        is_list = score == ALIAS and isinstance(at(self.sample.header, path), list | Mapping)
        return path if is_list else None

    def unread(self) -> Iterator[Path]:
        """The fields that no guess reads."""
        for path, seen in self.fields.items():
            if not seen.is_object and not any(path[: len(read)] == read for read in self.read):
                yield path


def is_of_state(path: Path) -> bool:
    """Whether a field is among those that tell of variables."""
    return any(part in STATE_PARENTS for part in path[:-1])


def at(value: Any, path: Path) -> Any:
    """What a field is in an object."""
    for key in path:
        value = value[key]
    return value


def _paths(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, item in value.items():
        if not key.isidentifier():
            continue
        yield (*path, key), item
        if isinstance(item, Mapping):
            yield from _paths(item, (*path, key))
