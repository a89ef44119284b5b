"""Referees: they watch the cluster from outside, after every released step, and know nothing of its inner workings.

Each is a property of ``spec/Raft.tla`` or ``spec/Membership.tla`` and bears its name.  They see what a client and an
operator could see: who leads, what was reported committed, what is on the disks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vraft.core import Committed, Configuration, Entry, LogWrite, ReadReady
from vraft.core.quorum import is_majority
from vraft.storage import MemoryStorage


class RefereeError(Exception):
    """A property of Raft was violated by the cluster.  ``property_name`` is its name in the specification."""

    def __init__(self, property_name: str, text: str, *, seed: int, time_us: int) -> None:
        super().__init__(f"{property_name} is violated at {time_us / 1_000_000:.6f} s (seed {seed}): {text}")
        self.property_name = property_name
        self.seed = seed
        self.time_us = time_us


class Referees:
    """What the cluster has committed and who has led it, and the judgement of every step.

    With ``strict=False`` they only keep the books: for cores that are wrong on purpose.
    """

    def __init__(
        self, disks: Mapping[str, MemoryStorage], initial: Configuration, *, seed: int, strict: bool = True
    ) -> None:
        self.committed: list[Entry] = []
        self.config = initial
        """``CommittedConfig``: the configuration that was committed last."""
        self.leaders: dict[int, list[str]] = {}
        self.strict = strict
        self.time_us = 0
        self._committed_in: list[int] = []
        self._begun: dict[str, int] = {}
        self._disks = disks
        self._seed = seed

    def asked(self, read: str) -> None:
        """A client asks for a read: it must return all that is known to be committed by now."""
        self._begun[read] = len(self.committed)

    def answered(self, node: str, answer: ReadReady) -> None:
        """A server answered a read."""
        begun = self._begun[answer.id]
        if self.strict and answer.index < begun:
            text = f"{node} answers read {answer.id} with index {answer.index}, {begun} were committed when it began"
            self._fail("ReadsAreFreshInv", text)

    def leads(self, node: str, term: int) -> None:
        """A server became leader."""
        leaders = self.leaders.setdefault(term, [])
        leaders.append(node)
        if not self.strict:
            return
        if len(leaders) > 1:
            self._fail("ElectionSafetyInv", f"{' and '.join(leaders)} were elected in term {term}")
        disk = self._disks[node]
        for index, (entry, by) in enumerate(zip(self.committed, self._committed_in, strict=True), start=1):
            if by < term and not disk.holds(index, entry):
                self._fail("LeaderCompletenessInv", f"{node} leads term {term} without {_show(index, entry)}")

    def wrote(self, node: str, write: LogWrite) -> None:
        """A server's log was changed on its disk."""
        if self.strict and write.first <= len(self.committed):
            for index in range(write.first, len(self.committed) + 1):
                self._check_stored(index, f"after {node} replaced its log from index {write.first} on")

    def reports(self, node: str, term: int, committed: Committed) -> None:
        """A server found out that these entries are committed."""
        for index, entry in enumerate(committed.entries, start=committed.first):
            if index <= len(self.committed):
                known = self.committed[index - 1]
                if self.strict and known != entry:
                    text = f"{node} reports {_show(index, entry)} committed, but {_show(index, known)} was"
                    self._fail("StateMachineSafetyInv", text)
                continue
            self.committed.append(entry)
            self._committed_in.append(term)
            self.config = entry.config or self.config
            if self.strict:
                self._check_stored(index, f"when {node} reports it committed")

    def restored(self, node: str, state: Sequence[Entry]) -> None:
        """A server's application took its state from a snapshot: it is that of what was committed."""
        if self.strict and list(state) != self.committed[: len(state)]:
            self._fail("SentSnapshotIsCommittedInv", f"{node} restored {len(state)} entries that were not committed")

    def _check_stored(self, index: int, when: str) -> None:
        entry = self.committed[index - 1]
        holders = {node for node, disk in self._disks.items() if disk.holds(index, entry)}
        if not is_majority(holders & self.config.voters, self.config.voters):
            self._fail(
                "CommittedIsStoredInv", f"{_show(index, entry)} is only on the disks of {sorted(holders)} {when}"
            )

    def _fail(self, property_name: str, text: str) -> None:
        raise RefereeError(property_name, text, seed=self._seed, time_us=self.time_us)


def _show(index: int, entry: Entry) -> str:
    what = repr(entry.value) if entry.config is None else f"the configuration {entry.config.to_record()}"
    return f"entry {index} ({what} of term {entry.term})"
