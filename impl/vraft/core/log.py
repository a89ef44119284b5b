"""The log of one server: a sequence of entries with 1-based indexes that is changed in place, never copied.

A snapshot may stand for the entries up to ``offset``: these are gone, and only the last one's term is still known.

Promises nothing about durability; whoever changes it also says so to the step being taken (``persist_log``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vraft.core.types import Entry, Index, Term


class Log:
    """A server's log.

    >>> log = Log([Entry(1, "a"), Entry(1, "b"), Entry(3, "c")])
    >>> log.last_index, log.last_term, log.term_at(0)
    (3, 3, 0)
    >>> log.last_not_after(3, 2)
    2
    >>> log.compact(2)
    >>> log.offset, log.last_index, log.term_at(2), len(log)
    (2, 3, 1, 1)
    """

    __slots__ = ("_entries", "_offset", "_offset_term")

    def __init__(self, entries: Iterable[Entry] = (), *, offset: Index = 0, offset_term: Term = 0) -> None:
        self._entries: list[Entry] = list(entries)
        self._offset = offset
        self._offset_term = offset_term

    def __len__(self) -> int:
        """How many entries there are, those not counted for which a snapshot stands."""
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Log({self._entries!r}, offset={self._offset}, offset_term={self._offset_term})"

    @property
    def offset(self) -> Index:
        """``snapshotIndex[i]``: entries exist after it only."""
        return self._offset

    @property
    def last_index(self) -> Index:
        """``Len(log[i])``."""
        return self._offset + len(self._entries)

    @property
    def last_term(self) -> Term:
        """``LastTerm(log[i])``."""
        entries = self._entries
        return entries[-1].term if entries else self._offset_term

    def term_at(self, index: Index) -> Term:
        """``TermAt(log[i], index)``: 0 before the first entry.

        Also 0 for an entry that is gone, and beyond the last, which no correct server asks for: a core that is wrong on
        purpose goes on, and it is the assertions or the specification that find it out.
        """
        entries = self._entries
        place = index - self._offset
        if 0 < place <= len(entries):
            return entries[place - 1].term
        return self._offset_term if place == 0 else 0

    def entry(self, index: Index) -> Entry:
        """``log[i][index]``."""
        assert index > self._offset, f"entry {index} is in a snapshot only, up to {self._offset}"
        return self._entries[index - self._offset - 1]

    def slice(self, first: Index, last: Index) -> tuple[Entry, ...]:
        """``SubSeq(log[i], first, last)``, of which nothing may be gone."""
        assert first > self._offset, f"entry {first} is in a snapshot only, up to {self._offset}"
        return tuple(self._entries[first - self._offset - 1 : max(last - self._offset, 0)])

    def append(self, entry: Entry) -> None:
        """Add one entry at the end."""
        self._entries.append(entry)

    def replace_from(self, first: Index, entries: Sequence[Entry]) -> None:
        """Cut the log before ``first`` and put ``entries`` there."""
        assert first > self._offset, f"entry {first} is in a snapshot only, up to {self._offset}"
        self._entries[first - self._offset - 1 :] = entries

    def compact(self, index: Index) -> None:
        """A snapshot stands for the entries up to ``index`` from now on."""
        assert self._offset <= index <= self.last_index, f"{index} is not in a log of {self._offset}..{self.last_index}"
        self._offset_term = self.term_at(index)
        del self._entries[: index - self._offset]
        self._offset = index

    def restore(self, index: Index, term: Term) -> None:
        """A snapshot takes the place of the whole log."""
        self._entries.clear()
        self._offset, self._offset_term = index, term

    def last_not_after(self, index: Index, term: Term) -> Index:
        """``LastNotAfter(log[i], index, term)``: the last index up to ``index`` whose entry has no newer term.

        Walks backwards, as the specification does, over what two logs disagree about; that happens once a conflict.
        Where it would have to look at an entry that is gone the answer is less than ``offset``.
        """
        entries = self._entries
        place = index - self._offset
        while place > 0 and entries[place - 1].term > term:
            place -= 1
        if place == 0 and self._offset > 0 and self._offset_term > term:
            return self._offset - 1
        return self._offset + place
