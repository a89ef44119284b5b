"""Compiled code, kept on disk from one run to the next.

A file is named by the hash of the text it was compiled from, the file name given to it, and the Python that compiled
it, so an entry is never stale. Its content carries a digest of its own, which is checked before anything is
unmarshalled: a damaged entry is as good as none. A folder that cannot be read or written is not an error; the cache
then keeps nothing.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
import tempfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Final

from tlatrace.cache import cache_folder

FOLDER: Final = "code"
"""Below the cache folder of :mod:`tlatrace.cache`."""

# A specification with its mapping makes some 400 entries of 2 kB: this is dozens of projects. The oldest go first.
ENTRIES_MAX: Final = 20_000

_HEADER: Final = b"tlatrace code 1\n"
_DIGEST_LENGTH: Final = hashlib.sha256().digest_size


class CodeCache:
    """Code objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_swept = False

    @classmethod
    def for_user(cls) -> CodeCache:
        """The cache of the user who runs this."""
        return cls(cache_folder() / FOLDER)

    def get(self, filename: str, text: str) -> CodeType | None:
        """The code compiled from ``text``, None if it is not known."""
        try:
            content = self._path(filename, text).read_bytes()
        except OSError:
            return None
        digest = content[len(_HEADER) : len(_HEADER) + _DIGEST_LENGTH]
        payload = content[len(_HEADER) + _DIGEST_LENGTH :]
        if not content.startswith(_HEADER) or hashlib.sha256(payload).digest() != digest:
            return None
        code = marshal.loads(payload)
        return code if isinstance(code, CodeType) else None

    def put(self, filename: str, text: str, code: CodeType) -> None:
        """Keep ``code`` for the next run. Other processes see the whole entry or none."""
        payload = marshal.dumps(code)
        path = self._path(filename, text)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                temporary = Path(file.name)
                file.write(_HEADER + hashlib.sha256(payload).digest() + payload)
            try:
                temporary.replace(path)
            except OSError:
                temporary.unlink(missing_ok=True)
                return
            self._forget_oldest()
        except OSError:
            return

    def _path(self, filename: str, text: str) -> Path:
        key = hashlib.sha256()
        for part in (MAGIC_NUMBER, sys.version.encode(), filename.encode(), text.encode()):
            key.update(len(part).to_bytes(8, "big"))
            key.update(part)
        return self.folder / f"{key.hexdigest()[:40]}.code"

    def _forget_oldest(self) -> None:
        """Keep the folder within its bound; once a run, since it has to look at all entries."""
        if self._is_swept:
            return
        self._is_swept = True
        entries = list(self.folder.glob("*.code"))
        if len(entries) > ENTRIES_MAX:
            entries.sort(key=lambda path: path.stat().st_mtime)
            for path in entries[: len(entries) - ENTRIES_MAX]:
                path.unlink(missing_ok=True)
