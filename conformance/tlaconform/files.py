"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tlaconform.errors import ConformanceError
from tlatrace.location import Location


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` by way of a temporary file beside it, so that an interrupt leaves the old file or the
    new one.

    Raises:
        ConformanceError: the folder does not exist, or cannot be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        Path(temporary).unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> ConformanceError:
    return ConformanceError(
        f"cannot write here: {error.strerror}; expected a folder that exists and can be written to",
        location=Location(str(path), 0, 0, 0, 0),
    )
