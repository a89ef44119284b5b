"""The execution-history checksum: one number that stands for every entry that was applied, in order.

Two servers that applied the same entries have the same number; two that have different numbers at one index applied
something different at or before it, and one that compares them entry by entry finds where.  The number depends on
nothing but the entries: not on hash seeds, platforms or versions of Python, and a field that is None at the end of an
entry, such as one that a later version adds, changes nothing.

>>> from vraft.core import Entry
>>> one = extend(EMPTY, Entry(1, "x"))
>>> f"{one:016x}"
'0cb2828769d560cc'
>>> extend(one, Entry(1, "y")) == extend_all(EMPTY, [Entry(1, "x"), Entry(1, "y")])
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

from vraft.core.types import Entry

HistoryChecksum: TypeAlias = int
"""64 bits: two histories that differ have the same one once in 2^64, which no cluster lives to see."""

EMPTY: HistoryChecksum = 0
"""Before the first entry."""

CHECKSUM_BYTES = 8


def extend(previous: HistoryChecksum, entry: Entry) -> HistoryChecksum:
    """The checksum after one more entry."""
    data = previous.to_bytes(CHECKSUM_BYTES, "big") + (
        _plain(entry) if entry[2:] == _NOTHING_MORE else canonical(entry)
    )
    return int.from_bytes(blake2b(data, digest_size=CHECKSUM_BYTES).digest(), "big")


_NOTHING_MORE = (None,) * (len(Entry._fields) - 2)


def _plain(entry: Entry) -> bytes:
    """:func:`canonical` for an entry with a term and a value, which is nearly every one."""
    term, value = b"%d" % entry.term, entry.value.encode("utf-8", "surrogatepass")
    return b"(2:i%d:%ss%d:%s" % (len(term), term, len(value), value)


def extend_all(previous: HistoryChecksum, entries: Iterable[Entry]) -> HistoryChecksum:
    """The checksum after all of these."""
    for entry in entries:
        previous = extend(previous, entry)
    return previous


def canonical(value: Any) -> bytes:
    """Bytes that stand for a value, and for no other: its kind, its length, its contents.

    Records (named tuples and dataclasses) are their fields in order, without those at the end that are None.

    >>> canonical(Entry(12, "x"))
    b'(2:i2:12s1:x'
    """
    kind = type(value)
    if kind is str:
        data = value.encode("utf-8", "surrogatepass")
        return b"s%d:%s" % (len(data), data)
    if kind is int:
        data = b"%d" % value
        return b"i%d:%s" % (len(data), data)
    if kind is bool:
        return b"t" if value else b"f"
    if value is None:
        return b"n"
    if kind is bytes:
        return b"b%d:%s" % (len(value), value)
    if isinstance(value, frozenset | set):
        return b"{%d:%s" % (len(value), b"".join(sorted(map(canonical, value))))
    return _sequence(_parts(value))


def _parts(value: Any) -> list[Any]:
    """What a record or a sequence consists of."""
    if is_dataclass(value):
        parts = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, tuple | list):
        parts = list(value)
        if not hasattr(value, "_fields"):
            return parts
    else:
        raise TypeError(f"{value!r} has no canonical form; an entry holds integers, texts, bytes, sets and sequences")
    while parts and parts[-1] is None:
        parts.pop()
    return parts


def _sequence(parts: list[Any]) -> bytes:
    return b"(%d:%s" % (len(parts), b"".join(map(canonical, parts)))
