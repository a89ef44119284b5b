"""Where what can be computed again is kept between runs: a folder per user, or the one that ``TLACONFORM_CACHE`` names.

A cache that cannot be written is no error, and neither is a damaged entry: both only cost time.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "TLACONFORM_CACHE"


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder, which may not exist yet: ``TLACONFORM_CACHE``, else the platform's place for caches."""
    environment = os.environ if environment is None else environment
    if chosen := environment.get(VARIABLE):
        return Path(chosen).expanduser().absolute()
    if os.name == "nt" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "tla-conformance" / "cache"
    base = environment.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "tla-conformance"
    return Path(environment.get("HOME") or os.path.expanduser("~")) / ".cache" / "tla-conformance"


def is_writable(folder: Path) -> bool:
    """Whether entries can be kept in ``folder``, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def read_entry(name: str) -> bytes | None:
    """What :func:`write_entry` kept under ``name``; None if there is nothing, or it cannot be read."""
    try:
        return (cache_folder() / name).read_bytes()
    except OSError:
        return None


def write_entry(name: str, content: bytes) -> None:
    """Keep ``content`` under ``name``, whole or not at all."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, folder / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
