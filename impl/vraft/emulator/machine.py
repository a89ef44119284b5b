"""A small state machine, of which every server of the emulated cluster has one: what is committed is applied to it.

It keeps values by key (``x=1`` sets ``x``; anything else is kept under its own name), how many commands it has applied
(those of :mod:`vraft.core.sessions` once, however often they are in the log), and a checksum that is chained over all
entries, so that equal checksums mean equal histories.
"""

from __future__ import annotations

from hashlib import sha256

from vraft.core import Committed, Entry, InputError, is_noop
from vraft.core.sessions import Sessions, is_session_value


class Machine:
    """The state that a server's committed entries made.

    >>> machine = Machine()
    >>> machine.apply(Committed(1, (Entry(1, "noop:1"), Entry(1, "x=1"), Entry(1, "x=2"))))
    >>> machine.applied, machine.commands, machine.values
    (3, 2, {'x': '2'})
    """

    def __init__(self) -> None:
        self.applied = 0
        """The index of the entry that was applied last."""
        self.commands = 0
        self.values: dict[str, str] = {}
        self.checksum = ""
        self.sessions = Sessions()
        self._term = 0
        """That of the entry that was applied last."""

    def apply(self, committed: Committed) -> None:
        """Apply entries that follow on those that were applied before."""
        for entry in committed.entries:
            self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        self.applied += 1
        self.checksum = sha256(
            f"{self.checksum}/{entry.term}/{entry.value}".encode("utf-8", "surrogatepass")
        ).hexdigest()
        before, self._term = self._term, entry.term
        if entry.is_config or is_noop(entry, before):
            return
        if not is_session_value(entry.value):
            self._command(entry.value)
            return
        try:
            self.sessions.apply(self.applied, entry.value, self._command)
        except InputError:  # Whatever a client has sent, all replicas must go on, and do the same with it.
            self._command(entry.value)

    def _command(self, command: str) -> str:
        """Do what a client asked for; the result is how many commands that makes."""
        self.commands += 1
        key, _, value = command.partition("=")
        self.values[key] = value
        return str(self.commands)
