"""What a command writes never takes the place of what it reads.

A command names its options that are read and those that are written (``set_defaults(reads=..., writes=...)``); the two
are compared before anything is read. The same file is the same under any name: through links, or as standard input.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlaconform.errors import ConformanceError

Named = tuple[str, Path]
"""What the option is called, and the file that it names."""


def refuse_overwriting(options: argparse.Namespace) -> None:
    """Nothing, if every file that would be written is another one than those that are read, and than the others.

    Raises:
        ConformanceError: one is not.
    """
    reads = list(_named(options, getattr(options, "reads", ())))
    writes = list(_named(options, getattr(options, "writes", ())))
    for number, (name, path) in enumerate(writes):
        for other, read in reads:
            if _is_same(path, read):
                raise _refused(name, path, f"is what {other} reads")
        for other, written in writes[:number]:
            if _is_same(path, written):
                raise _refused(name, path, f"is what {other} writes")


def _named(options: argparse.Namespace, names: tuple[str, ...]) -> Iterator[Named]:
    for name in names:
        value = getattr(options, name, None)
        told = "TRACE" if name == "traces" else f"--{name.replace('_', '-')}"
        for item in value if isinstance(value, list) else [] if value is None else [value]:
            yield told, Path(item)


def _is_same(path: Path, read: Path) -> bool:
    if str(path) == "-":
        return False
    try:
        there = os.stat(path)
    except OSError:  # not there yet: the same only under the same name
        return path.resolve() == read.resolve()
    try:
        here = os.fstat(sys.stdin.fileno()) if str(read) == "-" else os.stat(read)
    except (OSError, ValueError, AttributeError):
        return False
    # A device or a terminal may well be both.
    return stat.S_ISREG(there.st_mode) and os.path.samestat(there, here)


def _refused(name: str, path: Path, found: str) -> ConformanceError:
    from tlaconform.errors import ConformanceError
    from tlatrace.location import Location

    return ConformanceError(
        f"{name} would overwrite this file, which {found}; expected another file",
        location=Location(str(path), 0, 0, 0, 0),
    )
