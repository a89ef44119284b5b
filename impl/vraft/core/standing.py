"""Which configuration counts for a server: the last one in its own log, committed or not (thesis, section 4.1).

It counts as soon as its entry is in the log, and no longer when the entry is cut off.  The server keeps where it is
(``configIndex``), as ``Membership.tla`` does, so that nothing is searched for while entries are appended.
"""

from __future__ import annotations

from vraft.core.configuration import Configuration
from vraft.core.messages import AppendEntries
from vraft.core.state import ServerState
from vraft.core.types import Entry, Index, Recovered, Role, Server


class Standing(ServerState):
    """``configIndex`` and ``Config(i)``, and what follows from them: whom to ask, to whom to send, who must agree."""

    def on_restart(self, recovered: Recovered) -> None:
        """The configuration is in the log, and so it survives."""
        super().on_restart(recovered)
        self.adopt_config(self.last_config_index(self.log.last_index))

    # Where it is ------------------------------------------------------------------------------------------------------

    def adopt_config(self, index: Index) -> None:
        """``configIndex' = index``; with it changes who the peers are."""
        self.config_index = index
        self.config = self.config_at(index)
        self.servers |= self.config.members
        others = self.config.members - {self.id}
        self.peers = tuple(sorted(others))
        self.voter_peers = tuple(sorted(others & self.config.electorate))
        for j in self.peers:
            self.next_index.setdefault(j, 1)
            self.match_index.setdefault(j, 0)

    def config_at(self, index: Index) -> Configuration:
        """``ConfigAt(log[i], index)``; of those that are in the snapshot, only the last is known."""
        if index <= self.log.offset:
            return self.initial_config if self.snapshot is None else self.snapshot.config
        config = self.log.entry(index).config
        return self.initial_config if config is None else config

    def last_config_index(self, k: Index) -> Index:
        """``LastConfigIndex(log[i], k)``"""
        offset = self.log.offset
        while k > offset and not self.log.entry(k).is_config:
            k -= 1
        return k if k > offset or self.snapshot is None else self.snapshot.config_index

    def config_index_with(self, m: AppendEntries) -> Index:
        """``ConfigIndexWith(i, m)``: in the entries, if one has it; else where it was, unless that was cut.

        Called when the log has been changed, which makes no difference: it is the same up to ``m.prevLogIndex``.
        """
        new = self.last_config_in(m)
        if new != 0:
            return m.prev_log_index + new
        if self.config_index <= m.prev_log_index:
            return self.config_index
        return self.last_config_index(m.prev_log_index)

    @staticmethod
    def last_config_in(m: AppendEntries) -> Index:
        """``LastConfigIndex(m.entries, Len(m.entries))``"""
        k = len(m.entries)
        while k > 0 and not m.entries[k - 1].is_config:
            k -= 1
        return k

    def log_was_merged(self, m: AppendEntries) -> None:
        """``configIndex' = ConfigIndexWith(i, m)``, after the log was changed by the entries of ``m``."""
        index = self.config_index_with(m)
        if index != self.config_index or index > m.prev_log_index:
            self.adopt_config(index)

    def append_entry(self, entry: Entry) -> None:
        """``log' = Append(log, entry)``; a configuration counts from now on."""
        self.log.append(entry)
        self.persist_log(self.log.last_index)
        if entry.is_config:
            self.adopt_config(self.log.last_index)

    # What it says -----------------------------------------------------------------------------------------------------

    def quorum(self, members: set[Server]) -> bool:
        """``IsQuorum(members, Config(i))``; in a cluster that never changed, ``members \\in Quorum``"""
        return self.config.is_quorum(members)

    def is_voter(self) -> bool:
        """``i \\in Voters(Config(i))``"""
        return self.id in self.config.electorate

    def is_eligible(self) -> bool:
        """``IsEligible(i)``: a voter, or one that votes no more but does not know that this is committed.

        Only its log may have the configuration without it; then the others cannot do without its vote, and it refuses
        them as its log is the longest (section 4.2.2).
        """
        return self.is_voter() or (not self.config_is_committed() and self.was_voter())

    def was_voter(self) -> bool:
        """``i \\in Voters(ConfigAt(log[i], LastConfigIndex(log[i], configIndex[i] - 1)))``"""
        return self.id in self.config_at(self.last_config_index(self.config_index - 1)).electorate

    def electorate(self) -> tuple[Server, ...]:
        """``Voters(Config(i)) \\ {i}``, in order: whom a candidate asks."""
        return self.voter_peers

    def is_member(self, j: Server) -> bool:
        """``j \\in Members(Config(i))``: a leader takes answers from nobody else."""
        return j in self.config.members

    def config_is_committed(self) -> bool:
        """``configIndex[i] <= commitIndex[i]``"""
        return self.config_index <= self.commit_index

    def is_retired(self) -> bool:
        """The leader votes no more, and that is committed.

        That is ``IsRetired(i)`` for one that is no member any more. One that only learns from now on could lead for
        ever; ``Membership.tla`` lets it go on or step down, and here it steps down.
        """
        return not self.is_voter() and self.config_is_committed()

    def governs(self) -> bool:
        """``Governs(i)``: a leader that takes on something new."""
        return self.role is Role.LEADER and self.transferee is None and not self.is_retired()
