"""The stateful test of ``vraft`` with features: besides what happens to every cluster, leaders hand over and time
passes.
"""

from __future__ import annotations

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tlaconform.drivers.cluster_machine import CHOICE, ClusterMachine, one_of
from vraft.emulator.clocks import MS

WAITS_US = (20 * MS, 50 * MS, 160 * MS, 320 * MS)
"""Less than a heartbeat; a heartbeat; more than the least election timeout, and less than most; more than any."""


class FeatureMachine(ClusterMachine):
    """A cluster of servers with ``features``."""

    CAMPAIGNING: ClassVar[tuple[str, ...]] = ("RequestVote", "RequestPreVote", "TimeoutNow")

    @rule(duration=st.sampled_from(WAITS_US))
    def wait(self, duration: int) -> None:
        """All clocks run on."""
        self.act(self.cluster.wait, duration)

    @precondition(lambda self: self._leading())
    @rule(choice=CHOICE, other=CHOICE, reach=CHOICE, keep=st.booleans())
    def transfer(self, choice: int, other: int, reach: int, keep: bool) -> None:
        """A leader is to hand over; what it says to that stays on its way, or arrives at once."""
        name = one_of(self._leading(), choice)
        heir = one_of(self.cluster.names, other)
        self.act(self.cluster.transfer, heir, name)
        self._reach(name, reach, ("TimeoutNow", "AppendEntries"), keep=keep)
        self._reach(heir, reach, self.CAMPAIGNING, keep=False)

    @precondition(lambda self: self._leading())
    @rule(choice=CHOICE, reach=CHOICE, keep=st.booleans(), pause=st.sampled_from((0, *WAITS_US)), again=st.booleans())
    def read(self, choice: int, reach: int, keep: bool, pause: int, again: bool) -> None:
        """A client reads from somebody who leads, or thinks so, perhaps twice; the round stays on its way, or comes
        about at once or after a pause.
        """
        name = one_of(self._leading(), choice)
        self.act(self.cluster.read, name)
        if pause:
            self.act(self.cluster.wait, pause)
        self._reach(name, reach, ("ConfirmLeader",), keep=keep)
        if again:
            self.act(self.cluster.read, name)
