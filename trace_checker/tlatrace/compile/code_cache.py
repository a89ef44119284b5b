"""Compiled code, kept on disk from one run to the next.

A file is named by the hash of the text it was compiled from, the file name given to it, and the Python that compiled
it, so an entry is never stale. A folder that cannot be read or written is not an error; the cache then keeps nothing.
"""

from __future__ import annotations

import marshal
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Final

from tlatrace.cache import EntryFolder, cache_folder

FOLDER: Final = "code"
"""Below the cache folder of :mod:`tlatrace.cache`."""

# A specification with its mapping makes some 400 entries of 2 kB: this is dozens of projects. The oldest go first.
ENTRIES_MAX: Final = 20_000


class CodeCache:
    """Code objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries = EntryFolder(folder, ".code", ENTRIES_MAX)

    @classmethod
    def for_user(cls) -> CodeCache:
        """The cache of the user who runs this."""
        return cls(cache_folder() / FOLDER)

    def get(self, filename: str, text: str) -> CodeType | None:
        """The code compiled from ``text``, None if it is not known."""
        payload = self._entries.get(_key(filename, text))
        if payload is None:
            return None
        code = marshal.loads(payload)
        return code if isinstance(code, CodeType) else None

    def put(self, filename: str, text: str, code: CodeType) -> None:
        """Keep ``code`` for the next run."""
        self._entries.put(_key(filename, text), marshal.dumps(code))


def _key(filename: str, text: str) -> tuple[bytes, ...]:
    return MAGIC_NUMBER, sys.version.encode(), filename.encode(), text.encode()
