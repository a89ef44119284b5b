"""Log replication (thesis, section 3.5): how entries get into the logs.

Unless it is told otherwise, a leader has at most one batch of new entries on its way to each peer; the next leaves when
that one was answered, and a heartbeat sends it again, so that a lost one is made up for.  With ``max_in_flight`` it has
more of them on their way to a peer that answers, and goes on as if they had arrived (:mod:`vraft.core.progress`).  The
specification lets a leader send what it likes as often as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from vraft.core.divergence import Divergences
from vraft.core.messages import AppendEntries, AppendEntriesResponse, ConfirmLeader, InstallSnapshot, Message
from vraft.core.outputs import Accepted, NotLeader
from vraft.core.progress import Flow
from vraft.core.types import Entry, Index, Role, Server


class Replication(Divergences):
    """The actions ``ClientRequest``, ``AppendEntries``, ``AcceptEntries``, ``RejectEntries`` and their relatives."""

    REPLICATION_HANDLERS: ClassVar[Mapping[type[Message], str]] = {
        AppendEntries: "on_append_entries",
        AppendEntriesResponse: "on_append_entries_response",
    }

    max_in_flight: int = 1
    max_bytes: int | None = None

    # The leader -------------------------------------------------------------------------------------------------------

    def propose(self, values: Sequence[str]) -> None:
        """Clients' requests: appended by a leader that is not handing over, refused by all others."""
        if not self.governs():
            self._proposal = NotLeader(self.hint())
            return
        for value in values:
            self.client_request(value)
        self._proposal = Accepted(self.log.last_index, self.current_term)
        self.spread()

    def hint(self) -> Server | None:
        """Where a client should try instead: with the leader, or the one that is about to lead."""
        return self.transferee or self.leader

    def client_request(self, value: str) -> None:
        """``ClientRequest(i, v)``"""
        self.append_entry(Entry(self.current_term, value))
        self.take("ClientRequest", {"v": value})

    def spread(self) -> None:
        """Something was appended: commit it where the leader is a quorum by itself, and send it on."""
        if self.advance_commit():
            self.tell_commit()
            return
        for j in self.peers:
            self.feed(j)

    def feed(self, j: Server) -> None:
        """Send a peer what it lacks, as far as something may leave now."""
        while self.is_free(j) and self.next_index[j] <= self.log.last_index:
            self.append_entries(j)

    def is_free(self, j: Server) -> bool:
        """Whether another batch may leave for a peer."""
        return self.progress[j].is_free(self.max_in_flight)

    def tell_commit(self) -> None:
        """Let those peers know of the new commit index that are not busy with a batch."""
        for j in self.peers:
            if self.is_free(j):
                self.append_entries(j)
                self.feed(j)
        self.retire()

    def retire(self) -> None:
        """What a leader does when all know what is committed; see membership."""

    def heartbeat(self) -> None:
        """Send to every peer, whatever it has not answered: a message may have been lost."""
        if self.role is Role.LEADER:
            self.reset_heartbeat_timer()
            for j in self.peers:
                self.heartbeat_to(j)

    def heartbeat_to(self, j: Server) -> None:
        """What was not answered, again; nothing but the heartbeat where the leader is ahead of the answers."""
        if self.pipelines(j) and not self.is_free(j) and not self.needs_snapshot(j):
            self.send_entries(j, 0)
        else:
            self.append_entries(j)

    def append_entries(self, j: Server) -> None:
        """Send a peer what comes next: entries, if there are any, or the snapshot if they are gone."""
        if self.needs_snapshot(j):
            self.send_snapshot(j)
        else:
            self.send_entries(j, self.batch_size(j))

    def needs_snapshot(self, j: Server) -> bool:
        """Whether what a peer needs next is gone; see snapshots."""
        return False

    def send_snapshot(self, j: Server) -> None:
        """See snapshots."""

    def send_entries(self, j: Server, n: int) -> None:
        """``AppendEntries(i, j, n)``"""
        message = self.append_message(j, n)
        self.take("AppendEntries", {"j": j, "n": n}, sent=message)
        if n > 0:
            last = message.prev_log_index + n
            self.progress[j].sent(last)
            if self.pipelines(j):
                self.move_next(j, last + 1)

    def pipelines(self, j: Server) -> bool:
        """Whether the leader goes on before it hears of what it sent."""
        return self.max_in_flight > 1 and self.progress[j].flow is Flow.REPLICATE

    def move_next(self, j: Server, k: Index) -> None:
        """``MoveNext(i, j, k)``"""
        if k != self.next_index[j]:
            self.next_index[j] = k
            self.take("MoveNext", {"j": j, "k": k})

    def batch_size(self, j: Server) -> int:
        """``n \\in 0 .. Len(log[i]) - nextIndex[i][j] + 1``: as much as a message holds."""
        n = min(self.max_entries, self.log.last_index - self.next_index[j] + 1)
        return n if self.max_bytes is None else self.fitting(j, n, self.max_bytes)

    def fitting(self, j: Server, n: int, size_max: int) -> int:
        """How many of the next ``n`` entries have values of no more than ``size_max`` bytes together.

        One goes even if it is larger: else nothing would ever.
        """
        size, following = 0, self.next_index[j]
        for count in range(n):
            value = self.log.entry(following + count).value
            size += len(value) if value.isascii() else len(value.encode())
            if size > size_max and count > 0:
                return count
        return n

    def append_message(self, j: Server, n: int) -> AppendEntries:
        """The message that ``AppendEntries(i, j, n)`` sends."""
        previous = self.next_index[j] - 1
        history_index, history = self.confirmed_history()
        return AppendEntries(
            sender=self.id,
            receiver=j,
            term=self.current_term,
            prev_log_index=previous,
            prev_log_term=self.log.term_at(previous),
            entries=self.log.slice(previous + 1, previous + n),
            leader_commit=self.commit_index,
            history_index=history_index,
            history=history,
        )

    # The follower -----------------------------------------------------------------------------------------------------

    def on_append_entries(self, m: AppendEntries) -> None:
        """Entries, or a heartbeat, from somebody who leads or once led."""
        if m.term < self.current_term:
            self.reject_entries(m)
            return
        if not self.follow_sender(m):
            return
        if self.diverges_from(m):
            return
        if self.log_matches(m):
            self.accept_entries(m)
        else:
            self.reject_entries(m)

    def follow_sender(self, m: AppendEntries | InstallSnapshot | ConfirmLeader) -> bool:
        """The sender leads the server's term: follow it; false for who cannot, because it leads itself."""
        if self.role in (Role.PRE_CANDIDATE, Role.CANDIDATE):
            self.return_to_follower(m)
        if self.role is not Role.FOLLOWER:
            self.hear_rival(m)
            return False
        self.leader = m.sender
        self.reset_election_timer()
        return True

    def return_to_follower(self, m: AppendEntries | InstallSnapshot | ConfirmLeader) -> None:
        """``ReturnToFollower(i, m)``"""
        self.leave_office()
        self.hears_leader()
        self.take("ReturnToFollower", message=m)

    def hear_rival(self, m: AppendEntries | InstallSnapshot | ConfirmLeader) -> None:
        """A leader hears from a leader of its own term; there is none (``ElectionSafetyInv``), and no action for it."""

    def log_matches(self, m: AppendEntries) -> bool:
        """``LogMatches(i, m)``: the log holds the entry that precedes the new ones in the leader's log."""
        if self.is_in_snapshot(m.prev_log_index):
            return True
        return m.prev_log_index <= self.log.last_index and m.prev_log_term == self.log.term_at(m.prev_log_index)

    def is_in_snapshot(self, index: Index) -> bool:
        """Whether the entry is gone.  It was committed, and so every leader has the same one there."""
        return index < self.log.offset

    def accept_entries(self, m: AppendEntries) -> None:
        """``AcceptEntries(i, m)``"""
        last = m.prev_log_index + len(m.entries)
        self.merge(m)
        self.commit_index = self.commit_after_accept(m, last)
        self.hears_leader()
        answer = self.append_response(m, success=True, index=last, hint_term=0)
        self.take("AcceptEntries", message=m, sent=answer)

    def merge(self, m: AppendEntries) -> None:
        """``log' = Merged(log, m)``, without a copy of what stays."""
        first = self.first_difference(m)
        if first is not None:
            self.log.replace_from(first, m.entries[first - m.prev_log_index - 1 :])
            self.persist_log(first)
            self.log_was_merged(m)

    def first_difference(self, m: AppendEntries) -> Index | None:
        """``conflict \\/ last > Len(entries)``: from where on the log must be replaced; None when it has it all.

        The log is cut only where an entry contradicts the leader's: a message that is late takes nothing away.
        """
        last, gone = self.log.last_index, self.log.offset
        for index, entry in enumerate(m.entries, start=m.prev_log_index + 1):
            if index > last or (index > gone and self.log.term_at(index) != entry.term):
                return index
        return None

    def commit_after_accept(self, m: AppendEntries, last: Index) -> Index:
        """``Max(commitIndex[i], Min(m.leaderCommit, last))``: only as far as the logs are known to agree."""
        return max(self.commit_index, min(m.leader_commit, last))

    def reject_entries(self, m: AppendEntries) -> None:
        """``RejectEntries(i, m)``"""
        hint = self.reject_hint(m)
        if m.term == self.current_term:
            self.hears_leader()
        answer = self.append_response(m, success=False, index=hint, hint_term=self.log.term_at(hint))
        self.take("RejectEntries", message=m, sent=answer)

    def reject_hint(self, m: AppendEntries) -> Index:
        """0 for an older term, else ``LastNotAfter(log[i], Min(m.prevLogIndex - 1, Len(log[i])), m.prevLogTerm)``"""
        if m.term < self.current_term:
            return 0
        return self.log.last_not_after(min(m.prev_log_index - 1, self.log.last_index), m.prev_log_term)

    def append_response(
        self, m: AppendEntries | InstallSnapshot, *, success: bool, index: Index, hint_term: int
    ) -> AppendEntriesResponse:
        """The answer to ``m``."""
        history_index, history = self.own_history()
        return AppendEntriesResponse(
            sender=self.id,
            receiver=m.sender,
            term=self.current_term,
            success=success,
            index=index,
            hint_term=hint_term,
            history_index=history_index,
            history=history,
        )

    # The leader hears back --------------------------------------------------------------------------------------------

    def on_append_entries_response(self, m: AppendEntriesResponse) -> None:
        """An answer; of no concern to those who do not lead, or not in that term any more."""
        if not self.answers_my_term(m):
            return
        self.note_answer(m.sender)
        if self.judge_history(m):
            return
        if m.success:
            self.advance_match(m)
        else:
            self.backtrack_next(m)

    def answers_my_term(self, m: AppendEntriesResponse) -> bool:
        """``role[i] = Leader``, ``m.term = currentTerm[i]`` and ``m.from \\in Members(Config(i))``"""
        return self.role is Role.LEADER and m.term == self.current_term and self.is_member(m.sender)

    def advance_match(self, m: AppendEntriesResponse) -> None:
        """``AdvanceMatch(i, m)``; then ``AdvanceCommit`` if that was what it lacked, and the next batch."""
        j = m.sender
        self.match_index[j] = self.match_after_accept(m)
        self.next_index[j] = self.next_index_after_accept(m)
        self.take("AdvanceMatch", message=m)
        self.progress[j].answered(m.index)
        if self.advance_commit():
            self.tell_commit()
        else:
            self.feed(j)

    def match_after_accept(self, m: AppendEntriesResponse) -> Index:
        """``Max(matchIndex[i][m.from], m.index)``: an answer that is late teaches nothing."""
        return max(self.match_index[m.sender], m.index)

    def next_index_after_accept(self, m: AppendEntriesResponse) -> Index:
        """``Max(nextIndex[i][m.from], m.index + 1)``"""
        return max(self.next_index[m.sender], m.index + 1)

    def backtrack_next(self, m: AppendEntriesResponse) -> None:
        """``BacktrackNext(i, m)``; then the leader tries again at once, unless the answer taught it nothing."""
        j = m.sender
        old = self.next_index[j]
        self.next_index[j] = self.next_index_after_reject(m)
        self.take("BacktrackNext", message=m)
        self.progress[j].refused()
        if self.next_index[j] != old:
            self.append_entries(j)

    def next_index_after_reject(self, m: AppendEntriesResponse) -> Index:
        """``Max(matchIndex[i][m.from], agreed) + 1``: further back, but never behind what is known to match."""
        return max(self.match_index[m.sender], self.agreed_after_reject(m)) + 1

    def agreed_after_reject(self, m: AppendEntriesResponse) -> Index:
        """``agreed``, or ``found`` where the log was cut: the last place where the logs may agree."""
        return self.log.last_not_after(min(m.index, self.log.last_index), m.hint_term)
