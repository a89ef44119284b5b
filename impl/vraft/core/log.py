"""The log of one server: a sequence of entries with 1-based indexes that is changed in place, never copied.

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
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = list(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Log({self._entries!r})"

    @property
    def last_index(self) -> Index:
        """``Len(log[i])``."""
        return len(self._entries)

    @property
    def last_term(self) -> Term:
        """``LastTerm(log[i])``."""
        entries = self._entries
        return entries[-1].term if entries else 0

    def term_at(self, index: Index) -> Term:
        """``TermAt(log[i], index)``: 0 before the first entry.

        Also 0 beyond the last, which no correct server asks for: a core that is wrong on purpose goes on, and it is the
        assertions or the specification that find it out.
        """
        entries = self._entries
        return entries[index - 1].term if 0 < index <= len(entries) else 0

    def entry(self, index: Index) -> Entry:
        """``log[i][index]``."""
        return self._entries[index - 1]

    def slice(self, first: Index, last: Index) -> tuple[Entry, ...]:
        """``SubSeq(log[i], first, last)``."""
        return tuple(self._entries[first - 1 : last])

    def append(self, entry: Entry) -> None:
        """Add one entry at the end."""
        self._entries.append(entry)

    def replace_from(self, first: Index, entries: Sequence[Entry]) -> None:
        """Cut the log before ``first`` and put ``entries`` there."""
        self._entries[first - 1 :] = entries

    def last_not_after(self, index: Index, term: Term) -> Index:
        """``LastNotAfter(log[i], index, term)``: the last index up to ``index`` whose entry has no newer term.

        Walks backwards, as the specification does, over what two logs disagree about; that happens once a conflict.
        """
        entries = self._entries
        while index > 0 and entries[index - 1].term > term:
            index -= 1
        return index
