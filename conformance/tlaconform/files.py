"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tlaconform.errors import ConformanceError
from tlatrace.location import Location


def write_whole(path: Path, text: str) -> None:
    """:func:`write_whole_bytes` for a text, as UTF-8."""
    write_whole_bytes(path, text.encode("utf-8"))


def write_whole_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` by way of a temporary file beside it, so that an interrupt leaves the old file or
    the new one.

    Raises:
        ConformanceError: the folder does not exist, or cannot be written to.
    """
    if path.exists() and not path.is_file():
        _write_through(path, content)
        return
    target = path.resolve()
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, _usual_mode(target))
        os.replace(temporary, target)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write_through(path: Path, content: bytes) -> None:
    """To a device or a pipe, which nothing may take the place of."""
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise _cannot_write(path, error) from None


def _usual_mode(path: Path) -> int:
    """The mode of the file that is replaced, or that of a new file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _cannot_write(path: Path, error: OSError) -> ConformanceError:
    return ConformanceError(
        f"cannot write here: {error.strerror}; expected a folder that exists and can be written to",
        location=Location(str(path), 0, 0, 0, 0),
    )
