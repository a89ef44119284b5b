"""Commitment: how a leader finds out that entries are safe (thesis, sections 3.5 and 3.6.2)."""

from __future__ import annotations

from vraft.core.terms import Terms
from vraft.core.types import Index, Role, Server


class Commitment(Terms):
    """The action ``AdvanceCommit``."""

    def advance_commit(self) -> bool:
        """``AdvanceCommit(i, k)`` with the largest ``k`` that is allowed, if there is one; whether there was."""
        k = self.commit_candidate()
        if k is None:
            return False
        self.commit_index = k
        self.take("AdvanceCommit", {"k": k})
        if self.follow_commit():
            self.advance_commit()
        return True

    def follow_commit(self) -> bool:
        """What a leader does of itself when more is committed; whether something was appended.  See membership."""
        return False

    def commit_candidate(self) -> Index | None:
        """The largest ``k`` that all conjuncts of ``AdvanceCommit`` allow.

        Only what some server's match index names need be tried: between two of those the quorum does not change, and
        terms only rise along a log.
        """
        if self.role is not Role.LEADER:
            return None
        last = self.log.last_index
        indexes = {last, *self.match_index.values()}
        for k in sorted(indexes, reverse=True):
            if k <= self.commit_index:
                return None
            if k <= last and self.quorum(self.acknowledged(k)):
                return k if self.commits_own_term(k) else None
        return None

    def acknowledged(self, k: Index) -> set[Server]:
        """``{i} \\cup {j \\in Server : matchIndex[i][j] >= k}``"""
        members = {j for j, match in self.match_index.items() if match >= k}
        members.add(self.id)
        return members

    def commits_own_term(self, k: Index) -> bool:
        """``log[i][k].term = currentTerm[i]``: an older entry is not committed by counting (figure 3.7)."""
        return self.log.term_at(k) == self.current_term
