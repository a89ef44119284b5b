"""The terms of a log's entries, without the entries: one pair for each run of entries of the same term.

Terms rise seldom, so a log of millions of entries has a handful of runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from vraft.core import Entry
from vraft.core.types import Index, Term


class TermRuns:
    """Which entry has which term.

    >>> runs = TermRuns()
    >>> runs.replace_from(1, [Entry(1, "a"), Entry(1, "b"), Entry(3, "c")])
    >>> [runs.term_at(index) for index in range(5)]
    [None, 1, 1, 3, None]
    >>> runs.replace_from(2, [Entry(4, "d")])
    >>> runs.last, runs.term_at(2)
    (2, 4)
    """

    __slots__ = ("_firsts", "_terms", "base", "last")

    def __init__(self, base: Index = 0, term: Term = 0) -> None:
        self.base: Index = base
        """The entries up to this one are not known."""
        self.last: Index = base
        self._firsts: list[Index] = [base]
        self._terms: list[Term] = [term]

    def term_at(self, index: Index) -> Term | None:
        """The term of an entry; None where there is none, or it is not known."""
        if not self.base <= index <= self.last or index == 0:
            return None
        return self._terms[bisect_right(self._firsts, index) - 1]

    def replace_from(self, first: Index, entries: Sequence[Entry]) -> None:
        """Cut the log before ``first`` and put ``entries`` there; their terms do not fall (thesis, section 3.6.3)."""
        assert self.base < first <= self.last + 1
        firsts, terms = self._firsts, self._terms
        while firsts[-1] >= first:
            firsts.pop()
            terms.pop()
        self.last = first + len(entries) - 1
        term = terms[-1]
        if not entries or entries[0].term == entries[-1].term == term:
            return
        for index, entry in enumerate(entries, start=first):
            if entry.term != term:
                term = entry.term
                firsts.append(index)
                terms.append(term)

    def forget_to(self, base: Index, term: Term) -> None:
        """Forget the entries up to ``base``, whose term it was."""
        keep = [(first, known) for first, known in zip(self._firsts, self._terms, strict=True) if first > base]
        self._firsts = [base, *(first for first, _ in keep)]
        self._terms = [term, *(known for _, known in keep)]
        self.base = base
        self.last = max(self.last, base)
