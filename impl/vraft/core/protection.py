"""The interval check: who heard from a leader lately helps nobody to depose it (thesis, section 4.2.3).

The specification has no time: a server has heard from a leader until it misses it.  Here it misses it when the least
election timeout has passed on its own clock.  The tick in which it heard was partly over by then, so that a promise of
``election_ticks_min`` ticks lasts for more than one tick less than that, and for no longer than that.
"""

from __future__ import annotations

from vraft.core.messages import AppendEntries, ConfirmLeader, InstallSnapshot, Message, RequestVote
from vraft.core.timers import Timers
from vraft.core.types import Role


class Protection(Timers):
    """The action ``MissLeader``, and what a server that has heard from a leader does not do."""

    def protects(self) -> bool:
        """``Protects(i)``: ``UsesIntervalCheck /\\ heard[i]``"""
        return self.features.interval_check and self.heard

    def helps(self, m: RequestVote) -> bool:
        """``~Protects(i) \\/ IsUrgent(m)``"""
        return not self.protects() or self.is_urgent(m)

    def is_urgent(self, m: RequestVote) -> bool:
        """``IsUrgent(m)``: its leader has asked this candidate to take over."""
        return m.urgent

    def hears_leader(self) -> None:
        """``HearsLeader(i)``"""
        self.heard = self.features.interval_check
        self.heard_at = self.clock_now()

    def protects_itself(self) -> None:
        """``HearsLeader(i)`` of ``TakeOffice(i)``: a leader needs no clock for that."""
        self.heard = self.features.interval_check

    def hears_no_leader(self) -> None:
        """``HearsNoLeader(i)``"""
        self.heard = False

    def promise_again(self) -> None:
        """``HearsLeader(i)`` of ``Reboot(i)``: it may have promised a leader its protection just before it crashed."""
        self.hears_leader()

    def clock_now(self) -> int:
        """``Clock(i)``; where nothing goes by the clock but this promise, it need not have been read."""
        return self.clock if self.features.lease_reads else self.ticks

    def read_clock(self) -> None:
        """``ReadClock(i, t, c)``: the server looks at its clock, where leases go by it; ``t`` it does not know."""
        if self.features.lease_reads:
            self.clock = self.ticks
            self.take("ReadClock", {"c": self.clock})

    def read_clock_for(self, m: Message) -> None:
        """Before a message of a leader is dealt with, which may renew a promise; one that leases count on for sure."""
        if isinstance(m, ConfirmLeader) or (
            self.clock != self.ticks and isinstance(m, AppendEntries | InstallSnapshot)
        ):
            self.read_clock()

    def ticks_to_miss(self) -> int | None:
        """How many ticks from now the server will miss its leader; None where it has heard from none."""
        if not self.heard or self.role is Role.LEADER:
            return None
        return self.heard_at + self.election_ticks_min - self.ticks

    def has_missed_leader(self) -> bool:
        """``heard[i]`` and ``role[i] # Leader``; and that it is time."""
        ticks = self.ticks_to_miss()
        return ticks is not None and ticks <= 0

    def miss_leader(self) -> None:
        """``MissLeader(i)``"""
        self.read_clock()
        self.hears_no_leader()
        self.take("MissLeader")

    def forget_leader(self) -> None:
        """An operator says that the server need not protect its leader any longer.

        The specification lets it miss its leader at any moment.  Not so with leases, which count on the promise: then
        it waits for its time like everybody else.
        """
        if self.heard and self.role is not Role.LEADER and not self.features.lease_reads:
            self.miss_leader()

    def teaches_term(self, m: Message) -> bool:
        """The conjuncts of ``UpdateTerm`` about the type of ``m``: nobody's term is raised by a mere question, nor by
        a candidate while a leader is protected."""
        if m.type == "RequestPreVote":
            return False
        return not isinstance(m, RequestVote) or self.helps(m)

    def ticks_to_timer(self) -> int | None:
        """How many ticks from now something will happen by itself; None when no timer is armed."""
        due, missing = super().ticks_to_timer(), self.ticks_to_miss()
        if missing is None:
            return due
        return max(1, missing) if due is None else max(1, min(due, missing))
