"""The names of the properties in a TLC configuration file, and nothing more of it."""

from __future__ import annotations

import re
from pathlib import Path

_COMMENT = re.compile(r"\\\*[^\n]*|\(\*.*?\*\)", re.DOTALL)
#: Every keyword that ends a list of names.
_KEYWORD = re.compile(
    r"CONSTANTS?|INIT|NEXT|SPECIFICATION|INVARIANTS?|PROPERTY|PROPERTIES|CONSTRAINTS?|ACTION_CONSTRAINTS?|SYMMETRY|VIEW"
    r"|CHECK_DEADLOCK|POSTCONDITION|ALIAS|TYPE|TYPE_CONSTRAINT|_?PERIODIC|_RL_REWARD"
)


def read_properties(config: Path) -> tuple[str, ...]:
    """The names under PROPERTY and PROPERTIES, in order."""
    text = _COMMENT.sub(" ", config.read_text(encoding="utf-8", errors="replace"))
    names: list[str] = []
    listing = False
    for word in re.findall(r"[^\s,]+", text):
        if _KEYWORD.fullmatch(word):
            listing = word in ("PROPERTY", "PROPERTIES")
        elif listing:
            names.append(word)
    return tuple(dict.fromkeys(names))
