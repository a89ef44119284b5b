"""One file of TLA+: is it a module, and if not, what is wrong with it?

A verdict has everything that a reader or a tool needs, as plain data: it is made in one process and shown in another.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from tlatrace.errors import TlatraceError
from tlatrace.location import Location, source_lines
from tlatrace.semantics.accept import check_tree
from tlatrace.semantics.errors import SemanticError, SemanticErrors
from tlatrace.semantics.library import Library
from tlatrace.syntax import ParseError, ast, parse_module
from tlatrace.syntax.pluscal import check_translation

SOURCE_WIDTH_MAX = 400
"""A longer line of a source says no more to a person; the rest of it is left out."""


class Level(StrEnum):
    """How much is judged."""

    SYNTAX = "syntax"
    """The grammar of the file alone; no import is opened."""
    SEMANTICS = "semantics"
    """Names, arities and levels too, with all that the module imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something that is wrong, or to be warned of. ``source`` is the line of the file that it stands in."""

    location: Location | None
    message: str
    found: str | None = None
    expected: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    hint: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """What became of one file. ``module`` is the name of its module, where that much could be read; ``tree`` its syntax
    tree, if it was asked for. ``crash`` is a traceback: a bug of ours, and the file is neither right nor wrong."""

    file: str
    level: Level
    module: str | None = None
    errors: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    tree: ast.Module | None = None
    crash: str | None = None

    @property
    def decision(self) -> str:
        """``accepted``, ``rejected`` or ``failed``."""
        if self.crash is not None:
            return "failed"
        return "rejected" if self.errors else "accepted"


def judge_file(path: Path, level: Level, library: Library, *, with_tree: bool = False) -> FileVerdict:
    """The verdict on the file ``path``; imports are looked for in ``library``."""
    file = str(path)
    tree: ast.Module | None = None
    errors: Sequence[TlatraceError]
    try:
        must_exist(path)
        if level is Level.SYNTAX:
            library.sources[file] = read_text(path)
            tree = parse_module(library.sources[file], file)
            errors = ()
        else:
            tree = library.read(path)
            errors = check_tree(tree, library)
    except TlatraceError as error:
        errors = (error,)
    return _verdict(file, level, tree, errors, library.sources, with_tree=with_tree)


def judge_text(text: str, file: str, *, with_tree: bool = False) -> FileVerdict:
    """The verdict on the grammar of ``text``, which is called ``file`` in the errors."""
    tree: ast.Module | None = None
    errors: Sequence[TlatraceError] = ()
    try:
        tree = parse_module(text, file)
    except TlatraceError as error:
        errors = (error,)
    return _verdict(file, Level.SYNTAX, tree, errors, {file: text}, with_tree=with_tree)


def crashed(file: Path, level: Level, error: Exception) -> FileVerdict:
    """The verdict on a file that brought out a bug of ours."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    mistake = Mistake(location=Location(str(file), 0, 0, 0, 0), message=f"this is a bug of conformance ({what})")
    return FileVerdict(file=str(file), level=level, errors=(mistake,), crash="".join(traceback.format_exception(error)))


def read_text(path: Path) -> str:
    """The text of a file. Bytes that are not UTF-8 become U+FFFD, as for SANY: they do no harm in a comment."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SemanticError(f"cannot read {path}: {error.strerror}") from None


def must_exist(path: Path) -> None:
    """Raise a SemanticError that helps if there is nothing under this name."""
    if not path.exists():
        with_suffix = path.with_name(f"{path.name}.tla")
        hint = f"did you mean {with_suffix}?" if with_suffix.is_file() else None
        raise SemanticError(f"no such file: {path}", hint=hint)


def with_deep_stack_if_needed(work: Callable[[], Any]) -> Any:
    """The result of ``work()``, which is done again in a thread with a large stack where the usual one is too small;
    what prepares that stack takes time to import, and hardly any specification needs it."""
    try:
        return work()
    except RecursionError:
        from tlatrace.compile import run_with_deep_stack

        return run_with_deep_stack(work)


def _verdict(
    file: str,
    level: Level,
    tree: ast.Module | None,
    errors: Sequence[TlatraceError],
    sources: dict[str, str],
    *,
    with_tree: bool,
) -> FileVerdict:
    lines = _Lines(sources)
    return FileVerdict(
        file=file,
        level=level,
        module=None if tree is None else tree.name,
        errors=tuple(mistake for error in errors for mistake in _mistakes(error, lines)),
        warnings=_warnings(file, sources, lines) if tree is not None else (),
        tree=tree if with_tree else None,
    )


class _Lines:
    """The lines of sources, each text taken apart when a line of it is first wanted."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        self._lines: dict[str, list[str]] = {}

    def line(self, location: Location | None) -> str | None:
        if location is None or location.file not in self._sources or location.line < 1:
            return None
        lines = self._lines.get(location.file)
        if lines is None:
            lines = self._lines[location.file] = source_lines(self._sources[location.file])
        return lines[location.line - 1][:SOURCE_WIDTH_MAX] if location.line <= len(lines) else None


def _mistakes(error: TlatraceError, lines: _Lines) -> Iterator[Mistake]:
    if isinstance(error, SemanticErrors):
        for part in error.errors:
            yield from _mistakes(part, lines)
        return
    mistake = Mistake(
        location=error.location, message=error.message, hint=error.hint, source=lines.line(error.location)
    )
    if isinstance(error, ParseError):
        mistake = replace(mistake, found=error.found, expected=tuple(error.expected), context=tuple(error.context))
    yield mistake


def _warnings(file: str, sources: dict[str, str], lines: _Lines) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(location=found.location, message=found.message, source=lines.line(found.location))
        for found in check_translation(sources[file], file)
    )
