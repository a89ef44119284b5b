"""Where what can be computed again is kept between runs: a folder per user, or the one that ``TLACONFORM_CACHE`` names.

A cache that cannot be written is no error, and neither is a damaged entry: both only cost time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLE = "TLACONFORM_CACHE"

_DIGEST_LENGTH: Final = hashlib.sha256().digest_size


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
    _write(cache_folder() / name, content)


class EntryFolder:
    """Many entries of one kind, each in a file of its own below ``folder``; beyond ``entries_max`` the oldest go.

    The key of an entry is everything that its content was made from, so that an entry is never stale. A file begins
    with a digest of the rest, so that a damaged entry is as good as none.
    """

    def __init__(self, folder: Path, suffix: str, entries_max: int) -> None:
        self.folder = folder
        self._suffix = suffix
        self._entries_max = entries_max
        self._is_swept = False

    def get(self, key: tuple[bytes, ...]) -> bytes | None:
        """The entry with this key, None if there is none."""
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        payload = content[_DIGEST_LENGTH:]
        return payload if hashlib.sha256(payload).digest() == content[:_DIGEST_LENGTH] else None

    def put(self, key: tuple[bytes, ...], payload: bytes) -> None:
        """Keep an entry. Other processes see the whole of it or nothing."""
        if _write(self._path(key), hashlib.sha256(payload).digest() + payload):
            self._forget_oldest()

    def _path(self, key: tuple[bytes, ...]) -> Path:
        digest = hashlib.sha256()
        for part in key:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return self.folder / f"{digest.hexdigest()[:40]}{self._suffix}"

    def _forget_oldest(self) -> None:
        """Keep the folder within its bound; once a run, since it has to look at all entries."""
        if self._is_swept:
            return
        self._is_swept = True
        try:
            entries = list(self.folder.glob(f"*{self._suffix}"))
            if len(entries) > self._entries_max:
                entries.sort(key=lambda path: path.stat().st_mtime)
                for path in entries[: len(entries) - self._entries_max]:
                    path.unlink(missing_ok=True)
        except OSError:
            return


def _write(path: Path, content: bytes) -> bool:
    """Write a file aside and rename it; whether that went well."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        return False
    return True
