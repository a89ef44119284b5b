"""When a server has waited long enough, counted in ticks of its own clock.

The specification has no time: it lets a follower or candidate time out whenever it likes.  So nothing here can make a
step wrong, only late or needless.
"""

from __future__ import annotations

from vraft.core.errors import InputError
from vraft.core.standing import Standing
from vraft.core.types import Role


class Timers(Standing):
    """The election timer of a follower or candidate, and the heartbeat timer of a leader."""

    heartbeat_ticks: int = 1
    election_ticks_min: int = 1
    ticks: int = 0
    """How many ticks have passed since the server came up."""
    _election_elapsed: int = 0
    _election_timeout: int = 0  # Not armed while it is 0.
    _heartbeat_elapsed: int = 0

    def reset_election_timer(self) -> None:
        """Start the election timer anew, once the host has drawn a timeout for it."""
        self._election_elapsed = 0
        self.timer_reset = True

    def reset_heartbeat_timer(self) -> None:
        """Start the heartbeat timer anew."""
        self._heartbeat_elapsed = 0

    def set_election_timeout(self, ticks: int) -> None:
        """The host drew this timeout."""
        if ticks < 1:
            raise InputError(f"an election timeout is at least 1 tick, found {ticks}")
        self._election_elapsed = 0
        self._election_timeout = ticks

    def pass_time(self, ticks: int) -> bool:
        """Count ticks; true when the timer of the server's role ran out, which then starts anew."""
        if ticks < 0:
            raise InputError(f"time does not run backwards: {ticks} ticks")
        self.ticks += ticks
        if self.role is Role.LEADER:
            self._heartbeat_elapsed += ticks
            if self._heartbeat_elapsed < self.heartbeat_ticks:
                return False
            self._heartbeat_elapsed = 0
            return True
        self._election_elapsed += ticks
        if self._election_timeout == 0 or self._election_elapsed < self._election_timeout:
            return False
        self._election_elapsed = 0
        return True

    def ticks_to_timer(self) -> int | None:
        """How many ticks from now something will happen by itself; None when no timer is armed.

        A host that asks need not hand in ticks one by one; those that have passed are due before any other input.
        """
        if self.role is Role.LEADER:
            return max(1, self.heartbeat_ticks - self._heartbeat_elapsed)
        if self._election_timeout == 0:
            return None
        return max(1, self._election_timeout - self._election_elapsed)
