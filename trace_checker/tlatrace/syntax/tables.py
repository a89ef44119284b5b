"""The LALR tables of ``tla.lark``: built at first use, kept in a cache of the user's.

A table takes a fifth of a second to build and little to read back. The file's name holds hashes of the grammar, of the
versions of Python and Lark; it is written whole or not at all. A cache that cannot be read or written costs time,
never an error.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import pickle
import platform
import tempfile
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import lark
from lark.lexer import Lexer

from tlatrace.syntax.build import Builder

CACHE_VARIABLE = "TLACONFORM_CACHE"
"""The environment variable that names another folder for the cache."""


class TokenFeed(Lexer):
    """Lark's lexer is fed with our tokens: the text is cut up and laid out before the parser sees it."""

    def __init__(self, lexer_conf: Any) -> None:
        del lexer_conf

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:
        tokens: Iterable[Any] = lexer_state
        yield from tokens


def cache_folder() -> Path:
    """Where tables are kept: ``$TLACONFORM_CACHE``, else ``tlaconform`` in the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tlaconform"


@functools.cache
def parser() -> lark.Lark:
    """The parser of ``tla.lark``; ``module`` and ``expression`` are its starts."""
    grammar = (resources.files("tlatrace.syntax") / "tla.lark").read_text(encoding="utf-8")
    path = _cache_path(grammar)
    found = _read(path)
    if found is not None:
        return found
    built = lark.Lark(
        grammar,
        parser="lalr",
        lexer=TokenFeed,
        start=["module", "expression"],
        keep_all_tokens=True,
        maybe_placeholders=False,
        transformer=Builder(),
    )
    _write(path, built)
    return built


def _cache_path(grammar: str) -> Path | None:
    key = hashlib.sha256("\0".join((grammar, platform.python_version(), lark.__version__)).encode()).hexdigest()
    try:
        return cache_folder() / f"tla-grammar-{key[:24]}.tables"
    except RuntimeError:  # no home folder can be told
        return None


def _read(path: Path | None) -> lark.Lark | None:
    if path is None:
        return None
    try:
        loaded = lark.Lark.__new__(lark.Lark)
        # Lark.load takes no transformer; what it calls does, and Lark's own cache calls it so.
        loaded._load(io.BytesIO(path.read_bytes()), transformer=Builder())
    except (OSError, pickle.UnpicklingError, EOFError, LookupError, AttributeError, TypeError, ValueError, ImportError):
        return None  # absent, torn, or of another make: it is built again
    return loaded


def _write(path: Path | None, built: lark.Lark) -> None:
    if path is None:
        return
    data = io.BytesIO()
    built.save(data, exclude_options=("transformer",))
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data.getvalue())
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
