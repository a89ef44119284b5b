"""How much one name is like another: the names that programs log, and those that specifications use."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

SURE = 0.95
"""A name that is the same, but for case and punctuation."""

LIKELY = 0.6
"""A name that a person should look at."""

_GROUPS: tuple[frozenset[str], ...] = tuple(
    frozenset(text.split())
    for text in (
        "i n s p r self node server nodeid nid id process proc thread rm host replica member client",
        "m msg message packet pkt",
        "v val value x item e entry data d cmd command payload",
        "j to dest dst peer target receiver rcv recipient",
        "t term epoch view round currentterm",
        "k key idx index",
        "q quorum members",
        "role state status leadershipstate",
        "votedfor vote",
        "commitindex commit commitidx",
    )
)
"""Names that stand for the same in most programs and specifications."""

ALIAS = 0.7


def plain(name: str) -> str:
    """A name without case and punctuation."""
    return re.sub(r"[^A-Za-z0-9]", "", name).lower()


def likeness(one: str, other: str) -> float:
    """0 (nothing alike) to 1 (the same)."""
    a, b = plain(one), plain(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if any(a in group and b in group for group in _GROUPS):
        return ALIAS
    if a.rstrip("s") == b.rstrip("s"):
        return 0.9
    short, long = sorted((a, b), key=len)
    if len(short) < 3:
        return 0.0
    if long.startswith(short) or long.endswith(short):
        return 0.6 + 0.3 * len(short) / len(long)
    return 0.9 * difflib.SequenceMatcher(None, a, b).ratio()


def best(name: str, candidates: Iterable[str]) -> tuple[str, float]:
    """The candidate that is most like ``name``, the first of several; ("", 0) without candidates."""
    found, score = "", 0.0
    for candidate in candidates:
        how = likeness(name, candidate)
        if how > score:
            found, score = candidate, how
    return found, score
