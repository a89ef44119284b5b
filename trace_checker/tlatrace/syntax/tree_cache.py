"""Modules that were parsed before, kept on disk from one run to the next: reading a tree back takes a fifth of the time
that parsing takes, and needs no parser.

An entry is found by the text of the module, the name of its file (trees know it), and everything that parses: it is
never stale.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import pickle
import sys
from importlib import resources
from typing import Final

from tlatrace.cache import EntryFolder, cache_folder
from tlatrace.syntax import ast

FOLDER: Final = "trees"
"""Below the cache folder of :mod:`tlatrace.cache`."""

# Of some 100 kB for a module of a thousand lines. The oldest go first.
ENTRIES_MAX: Final = 2_000

SHORTEST: Final = 2_000
"""Texts of fewer characters are parsed faster than they are looked up."""


def parsed_module(text: str, file: str) -> ast.Module:
    """As :func:`tlatrace.syntax.parser.parse_module`, from the cache where it has the module.

    Raises ParseError, for a text that is none.
    """
    if len(text) < SHORTEST:
        return _parse(text, file)
    key = _maker(), file.encode("utf-8", "surrogateescape"), text.encode("utf-8", "surrogateescape")
    entries = EntryFolder(cache_folder() / FOLDER, ".tree", ENTRIES_MAX)
    payload = entries.get(key)
    if payload is not None:
        found = _read(payload)
        if found is not None:
            return found
    module = _parse(text, file)
    with contextlib.suppress(RecursionError):  # nested deeper than pickle goes: it is parsed anew each time
        entries.put(key, pickle.dumps(module, protocol=pickle.HIGHEST_PROTOCOL))
    return module


def _parse(text: str, file: str) -> ast.Module:
    # Not above: a command that finds all its modules here needs no parser.
    from tlatrace.syntax.parser import parse_module

    return parse_module(text, file)


def _read(payload: bytes) -> ast.Module | None:
    was_enabled = gc.isenabled()
    gc.disable()  # It would look at the growing tree again and again.
    try:
        found = pickle.loads(payload)
    except (
        pickle.UnpicklingError,
        EOFError,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        ImportError,
        RecursionError,
    ):
        return None
    finally:
        if was_enabled:
            gc.enable()
    return found if isinstance(found, ast.Module) else None


@functools.cache
def _maker() -> bytes:
    """What trees are made by: this Python, and every file of this package."""
    digest = hashlib.sha256(sys.version.encode())
    package = resources.files("tlatrace.syntax")
    for file in sorted(package.iterdir(), key=lambda each: each.name):
        if file.name.endswith((".py", ".lark")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.digest()
