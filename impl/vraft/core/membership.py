"""Servers that come and go (thesis, chapter 4): joint consensus, learners, and a leader that is no member any more.

A change of voters is two entries: a joint configuration, in which the old and the new voters must both agree to
everything, and, once that one is committed, the new voters alone.  The leader appends the second by itself, also where
it found the first in its log when it was elected.  A change of learners alone is one entry.

Whoever asks for a change that cannot be made now is told why (:class:`~vraft.core.outputs.Refused`).
"""

from __future__ import annotations

from vraft.core.configuration import NOBODY, Configuration
from vraft.core.messages import AppendEntriesResponse
from vraft.core.outputs import Accepted, NotLeader, Refused
from vraft.core.progress import Progress
from vraft.core.snapshots import Snapshots
from vraft.core.types import Role, Server, config_entry


class Membership(Snapshots):
    """The actions ``ChangeConfig`` and ``LeaveJoint``, and the end of a leader that was removed."""

    # What an operator asks for ----------------------------------------------------------------------------------------

    _wanted: tuple[frozenset[Server], frozenset[Server]] | None = None
    """The voters and learners to be, once those who are to vote have caught up."""

    def request_change(self, voters: frozenset[Server], learners: frozenset[Server], *, catch_up: bool = False) -> None:
        """An operator asks that these be the members: begun by a leader if it can be, else refused with the reason.

        What is begun takes the place of a change that waits; what is refused leaves everything as it was.
        """
        if self.role is not Role.LEADER:
            self._proposal = NotLeader(self.leader)
            return
        wanted = None
        newcomers = {j for j in voters - self.config.electorate if not self.is_up_to_date_learner(j)}
        if catch_up and newcomers and not (voters & learners):
            wanted = (voters, learners)
            voters, learners = self.config.voters, (self.config.learners | newcomers) - self.config.voters
            if learners == self.config.learners:
                self._wanted = wanted
                self._proposal = Accepted(self.config_index, self.current_term)  # They are learning already.
                return
        reason = self.reason_against(voters, learners)
        if reason is not None:
            self._proposal = Refused(reason, self.leader)
            return
        self._wanted = wanted
        self.change_config(voters, learners)
        self._proposal = Accepted(self.log.last_index, self.current_term)
        self.spread()

    def reason_against(self, voters: frozenset[Server], learners: frozenset[Server]) -> str | None:
        """The first conjunct of ``ChangeConfig(i, voters, learners)`` that is false, in words; None if all hold."""
        strangers = (voters | learners) - self.servers
        if strangers and not self.is_open:
            return f"not one of the servers: {', '.join(sorted(strangers))}"
        if not self.governs():
            return "the leader takes on nothing new"
        if not self.has_committed_in_term():
            return "the leader has not committed an entry of its term yet"
        if not self.no_change_in_flight():
            return f"the configuration at index {self.config_index} is not committed yet"
        if not self.is_settled():
            return f"the joint configuration at index {self.config_index} has not been left yet"
        if not voters:
            return "somebody has to vote"
        if voters & learners:
            return f"nobody votes and learns: {', '.join(sorted(voters & learners))}"
        if (voters, learners) == (self.config.voters, self.config.learners):
            return "that is the configuration already"
        behind = [j for j in sorted(voters & self.config.learners) if not self.is_caught_up(j)]
        if behind:
            return f"not caught up yet: {', '.join(behind)}"
        return None

    def has_committed_in_term(self) -> bool:
        """``HasCommittedInTerm(i)``: so it knows what was committed before (a correction of the thesis' algorithm)."""
        return self.log.term_at(self.commit_index) == self.current_term

    def no_change_in_flight(self) -> bool:
        """``configIndex[i] <= commitIndex[i]``: one change at a time."""
        return self.config_is_committed()

    def is_settled(self) -> bool:
        """``~IsJoint(Config(i))``"""
        return not self.config.is_joint

    def is_caught_up(self, j: Server) -> bool:
        """``IsCaughtUp(i, j)``: the cluster will not have to wait for it (section 4.2.1)."""
        return self.match_index[j] >= self.commit_index

    # Learning first ---------------------------------------------------------------------------------------------------

    def is_up_to_date_learner(self, j: Server) -> bool:
        """Whether nobody will have to wait for ``j`` when it votes."""
        return j in self.config.learners and self.is_caught_up(j)

    def advance_match(self, m: AppendEntriesResponse) -> None:
        """Somebody whom a change waits for may have caught up."""
        super().advance_match(m)
        self.change_as_wanted()

    def change_as_wanted(self) -> None:
        """Make the change that waited, if nobody has to be waited for any more."""
        if self._wanted is None or self.role is not Role.LEADER:
            return
        voters, learners = self._wanted
        have_caught_up = all(j in self.config.electorate or self.is_up_to_date_learner(j) for j in voters)
        if have_caught_up and self.reason_against(voters, learners) is None:
            self._wanted = None
            self.change_config(voters, learners)
            self.spread()

    def leave_office(self) -> None:
        """The next leader knows nothing of what was wanted."""
        super().leave_office()
        self._wanted = None

    # The two entries --------------------------------------------------------------------------------------------------

    def change_config(self, voters: frozenset[Server], learners: frozenset[Server]) -> None:
        """``ChangeConfig(i, voters, learners)``; of who joins, or joins anew, the leader knows nothing yet."""
        following = self.log.last_index + 1
        joined = self.joined(voters | learners)
        self.append_config(self.transition(voters, learners))
        for j in joined:
            self.next_index[j] = following
            self.match_index[j] = 0
            self.progress[j] = Progress()
        arguments = {"voters": {"#set": sorted(voters)}, "learners": {"#set": sorted(learners)}}
        self.take("ChangeConfig", arguments)

    def joined(self, members: frozenset[Server]) -> list[Server]:
        """``(voters \\cup learners) \\ Members(old)``"""
        return sorted(members - self.config.members)

    def transition(self, voters: frozenset[Server], learners: frozenset[Server]) -> Configuration:
        """The entry of the change: joint, unless the voters stay who they are."""
        outgoing = NOBODY if voters == self.config.voters else self.config.voters
        return Configuration(voters=voters, outgoing=outgoing, learners=learners)

    def append_config(self, config: Configuration) -> None:
        """``AppendConfig(i, c)``"""
        self.append_entry(config_entry(self.current_term, config))

    def may_leave_joint(self) -> bool:
        """``Governs(i)``, ``IsJoint(Config(i))`` and ``configIndex[i] <= commitIndex[i]``"""
        return self.governs() and self.config.is_joint and self.config_is_committed()

    def leave_joint(self) -> None:
        """``LeaveJoint(i)``: the new voters go on alone."""
        self.append_config(self.config.without_outgoing())
        self.take("LeaveJoint")

    # What follows when more is committed ------------------------------------------------------------------------------

    def follow_commit(self) -> bool:
        """A joint configuration is left as soon as it is committed, whoever began it."""
        if not self.may_leave_joint():
            return False
        self.leave_joint()
        return True

    def heartbeat(self) -> None:
        """What could not be left while the leader was handing over is left now."""
        if self.role is Role.LEADER and self.follow_commit():
            self.spread()
        super().heartbeat()

    def retire(self) -> None:
        """A leader that votes no more leads until that is committed, sees to it that all hear of it, and steps down."""
        if self.role is not Role.LEADER or not self.is_retired():
            return
        for j in self.peers:
            if not self.is_free(j):  # The others have just been told.
                self.heartbeat_to(j)
        self.step_down()
