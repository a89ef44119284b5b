"""Logs that are cut at the front, and peers that need what was cut off (thesis, chapter 5).

The host makes snapshots: it alone knows the application's state, and hands it in with the index that it stands for
(:class:`~vraft.core.inputs.Compact`).  A peer that needs an entry that is gone is sent the snapshot instead.  While a
snapshot is on its way the peer is sent heartbeats only; it is sent again when nothing came of it for long.

A snapshot that is late, or that holds less than the server knows to be committed, takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vraft.core.messages import AppendEntriesResponse, InstallSnapshot, Message
from vraft.core.outputs import Refused
from vraft.core.replication import Replication
from vraft.core.types import Index, Server, Snapshot

SNAPSHOT_PATIENCE = 10
"""Heartbeats after which a snapshot that was not answered is sent again: about an election timeout."""


class Snapshots(Replication):
    """The actions ``Compact``, ``SendSnapshot``, ``InstallSnapshot`` and ``IgnoreSnapshot``."""

    SNAPSHOT_HANDLERS: ClassVar[Mapping[type[Message], str]] = {InstallSnapshot: "on_install_snapshot"}

    # Every server, by itself ------------------------------------------------------------------------------------------

    def request_compaction(self, index: Index, data: bytes) -> None:
        """The host has the application's state after the entry at ``index``: the log may begin after it."""
        if not self.may_compact(index):
            bounds = f"after {self.log.offset} and up to {self.commit_index}"
            self._proposal = Refused(f"a snapshot is made at an index {bounds}, found {index}", self.leader)
            return
        self.compact(index, data)

    def may_compact(self, k: Index) -> bool:
        """``k > snapshotIndex[i]`` and ``k <= commitIndex[i]``"""
        return self.log.offset < k <= self.commit_index

    def compact(self, k: Index, data: bytes) -> None:
        """``Compact(i, k)``"""
        self.snapshot = self.snapshot_of(k, data)
        self.log.compact(k)
        self.persist_snapshot()
        self.take("Compact", {"k": k})

    def snapshot_of(self, k: Index, data: bytes) -> Snapshot:
        """What stands for the entries up to ``k``."""
        index = self.config_index_in_snapshot(k)
        return Snapshot(
            index=k,
            term=self.log.term_at(k),
            config=self.config_at(index),
            config_index=index,
            history=self.history_at(k),
            data=data,
        )

    def config_index_in_snapshot(self, k: Index) -> Index:
        """``LastConfigIndex(log[i], k)``: the configuration that a snapshot must not lose."""
        return self.config_index if self.config_index <= k else self.last_config_index(k)

    # The leader -------------------------------------------------------------------------------------------------------

    def needs_snapshot(self, j: Server) -> bool:
        """``nextIndex[i][j] <= snapshotIndex[i]``"""
        return self.next_index[j] <= self.log.offset

    def send_snapshot(self, j: Server) -> None:
        """``SendSnapshot(i, j)``; then the leader goes on as if it had arrived."""
        snapshot = self.snapshot
        assert snapshot is not None, "a log that was cut has a snapshot"
        self.progress[j].wait_for_snapshot(snapshot.index)
        self.take("SendSnapshot", {"j": j}, sent=self.snapshot_message(j, snapshot))
        self.move_next(j, snapshot.index + 1)

    def snapshot_message(self, j: Server, snapshot: Snapshot) -> InstallSnapshot:
        """The message that ``SendSnapshot(i, j)`` sends."""
        return InstallSnapshot(
            sender=self.id,
            receiver=j,
            term=self.current_term,
            last_index=snapshot.index,
            last_term=snapshot.term,
            data=snapshot.data,
            config=snapshot.config,
            config_index=snapshot.config_index,
            history=snapshot.history,
        )

    def heartbeat_to(self, j: Server) -> None:
        """While a snapshot is on its way: no entries, which could not be taken yet; and again when it is overdue."""
        progress = self.progress[j]
        if not progress.awaits_snapshot:
            super().heartbeat_to(j)
        elif progress.patience_is_over(SNAPSHOT_PATIENCE):
            if not self.needs_snapshot(j):
                self.move_next(j, self.log.offset)
            self.send_snapshot(j)
        else:
            if self.needs_snapshot(j):  # The log was cut further meanwhile.
                self.move_next(j, self.log.offset + 1)
            self.send_entries(j, 0)

    def backtrack_next(self, m: AppendEntriesResponse) -> None:
        """A heartbeat that overtakes the snapshot is refused, which says nothing new."""
        if not self.progress[m.sender].awaits_snapshot:
            super().backtrack_next(m)

    def agreed_after_reject(self, m: AppendEntriesResponse) -> Index:
        """``found``: where the logs may agree in what is left of the log; if nowhere, the peer needs the snapshot."""
        agreed = super().agreed_after_reject(m)
        return agreed if agreed >= self.log.offset else self.log.offset - 1

    # The follower -----------------------------------------------------------------------------------------------------

    def on_install_snapshot(self, m: InstallSnapshot) -> None:
        """A snapshot, from somebody who leads or once led."""
        if m.term < self.current_term:
            self.ignore_snapshot(m, success=False, index=0)
            return
        if not self.follow_sender(m):
            return
        if self.is_news(m):
            self.install_snapshot(m)
        else:
            self.ignore_snapshot(m, success=True, index=self.commit_index)

    def is_news(self, m: InstallSnapshot) -> bool:
        """``m.lastIndex > commitIndex[i]``: it knows of more commits than the server does."""
        return m.last_index > self.commit_index

    def holds_last_of(self, m: InstallSnapshot) -> bool:
        """``holds``: the log has the snapshot's last entry, so it has all of it, and may have more."""
        return m.last_index <= self.log.last_index and self.log.term_at(m.last_index) == m.last_term

    def install_snapshot(self, m: InstallSnapshot) -> None:
        """``InstallSnapshot(i, m)``"""
        if not self.holds_last_of(m):
            self.replace_log(m)
        self.commit_index = m.last_index
        self.hears_leader()
        self.take(
            "InstallSnapshot", message=m, sent=self.append_response(m, success=True, index=m.last_index, hint_term=0)
        )

    def replace_log(self, m: InstallSnapshot) -> None:
        """The snapshot takes the place of the log, and its configuration that of the server's."""
        self.snapshot = Snapshot(
            index=m.last_index,
            term=m.last_term,
            config=m.config,
            config_index=m.config_index,
            history=m.history,
            data=m.data,
        )
        self.log.restore(m.last_index, m.last_term)
        self.adopt_config(m.config_index)
        self.persist_snapshot()
        self.persist_log(m.last_index + 1)
        self.restore()

    def ignore_snapshot(self, m: InstallSnapshot, *, success: bool, index: Index) -> None:
        """``IgnoreSnapshot(i, m)``: the leader is told how far the logs are equal."""
        if success:
            self.hears_leader()
        self.take("IgnoreSnapshot", message=m, sent=self.append_response(m, success=success, index=index, hint_term=0))
