"""The LALR tables of ``tla.lark``: built at first use, kept in a cache of the user's.

A table takes a fifth of a second to build and little to read back. The file's name holds hashes of the grammar, of the
versions of Python and Lark; it is written whole or not at all. A cache that cannot be read or written costs time,
never an error.
"""

from __future__ import annotations

import functools
import hashlib
import io
import pickle
import platform
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

import lark
from lark.lexer import Lexer

from tlatrace.cache import read_entry, write_entry
from tlatrace.syntax.build import Builder


class TokenFeed(Lexer):
    """Lark's lexer is fed with our tokens: the text is cut up and laid out before the parser sees it."""

    def __init__(self, lexer_conf: Any) -> None:
        del lexer_conf

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:
        tokens: Iterable[Any] = lexer_state
        yield from tokens


@functools.cache
def parser() -> lark.Lark:
    """The parser of ``tla.lark``; ``module`` and ``expression`` are its starts."""
    grammar = (resources.files("tlatrace.syntax") / "tla.lark").read_text(encoding="utf-8")
    entry = _entry_name(grammar)
    found = _read(entry)
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
    _write(entry, built)
    return built


def _entry_name(grammar: str) -> str:
    key = hashlib.sha256("\0".join((grammar, platform.python_version(), lark.__version__)).encode()).hexdigest()
    return f"tla-grammar-{key[:24]}.tables"


def _read(entry: str) -> lark.Lark | None:
    content = read_entry(entry)
    if content is None:
        return None
    try:
        loaded = lark.Lark.__new__(lark.Lark)
        # Lark.load takes no transformer; what it calls does, and Lark's own cache calls it so.
        loaded._load(io.BytesIO(content), transformer=Builder())
    except (pickle.UnpicklingError, EOFError, LookupError, AttributeError, TypeError, ValueError, ImportError):
        return None  # torn, or of another make: it is built again
    return loaded


def _write(entry: str, built: lark.Lark) -> None:
    content = io.BytesIO()
    built.save(content, exclude_options=("transformer",))
    write_entry(entry, content.getvalue())
