"""Is this module right? The verdict of the front end on one file, with all that it imports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tlatrace.errors import TlatraceError
from tlatrace.semantics.errors import SemanticError, SemanticErrors
from tlatrace.semantics.library import Library
from tlatrace.semantics.module_names import CheckedModules
from tlatrace.syntax import ParseError, ast


def check_module(path: Path | str, library: Library | Sequence[Path] = ()) -> list[TlatraceError]:
    """What is wrong with the module in the file ``path``: grammar, names, arities, levels, as SANY judges; empty if it
    is accepted.

    Modules that it extends or instantiates are looked for beside it, then in the folders of ``library``, and checked
    too. For many files of one folder, hand over one Library: it parses each file once. Constants need no values. Errors
    are sorted by file (the one asked for first) and place.
    """
    path = Path(path)
    found = library if isinstance(library, Library) else Library((path.parent, *library))
    try:
        tree = found.read(path)
    except (ParseError, SemanticError, SemanticErrors) as error:
        return [error]
    return check_tree(tree, found)


def check_tree(tree: ast.Module, library: Library) -> list[TlatraceError]:
    """As :func:`check_module`, for a module that is parsed already."""
    modules = CheckedModules(library)
    modules.check(tree)
    unique = {str(error): error for error in modules.errors}
    return sorted(unique.values(), key=lambda error: _place(error, tree.location.file))


def _place(error: TlatraceError, first: str) -> tuple[bool, str, int, int]:
    location = error.location
    if location is None:
        return False, "", 0, 0
    return location.file != first, location.file, location.line, location.column
