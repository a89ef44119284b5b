"""The shape of JSON objects: which fields they have, all the way down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def flattened(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every field of an object that is no object itself, with its path. Arrays, and the tagged objects of ITF, are
    values; so is an empty object.
    """
    if isinstance(value, Mapping) and value and not any(key.startswith("#") for key in value):
        for key, item in value.items():
            yield from flattened(item, (*path, key))
    else:
        yield path, value


def is_within(path: Path, read: set[Path]) -> bool:
    """Whether a field is one of ``read``, or within one of them."""
    return any(path[:depth] in read for depth in range(len(path) + 1))
