"""The servers of the emulated cluster, and what becomes of their steps: written, durable, released.

Everything that is released goes through :meth:`Servers._release`, in the order in which it happened.  The servers know
no network: what they send is handed to whoever made them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vraft import tracing
from vraft.core import (
    DiskRecovered,
    DiskStalled,
    Divergence,
    Features,
    Input,
    Message,
    Output,
    ReadReady,
    Role,
)
from vraft.core.outputs import ReadAnswer
from vraft.emulator.clocks import Agenda
from vraft.emulator.host import Host, Stall
from vraft.emulator.options import DiskOptions, TimingOptions
from vraft.emulator.referees import Referees
from vraft.emulator.streams import Stream


@dataclass(slots=True)
class Counts:
    """What happened so far, in numbers."""

    events: int = 0
    elections: int = 0
    crashes: int = 0
    restarts: int = 0
    steps_lost: int = 0
    snapshots: int = 0
    installed: int = 0
    divergences: int = 0
    accepted: int = 0
    refused: int = 0


class Servers:
    """Takes inputs to the servers, and releases their steps when they are durable.

    Where ``automatic``, the servers' timers are on the agenda.  ``send`` is called with each message that leaves,
    ``on_event`` with each event; ``reads`` are the answers to reads so far, None for one that waits.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        *,
        agenda: Agenda,
        referees: Referees,
        features: Features | None,
        disk: DiskOptions,
        timing: TimingOptions,
        seed: int,
        automatic: bool,
        send: Callable[[Message], None],
        on_event: Callable[[tracing.Event], None] | None,
    ) -> None:
        self.hosts = hosts
        self.counts = Counts()
        self.reads: dict[str, ReadAnswer | None] = {}
        self._agenda = agenda
        self._referees = referees
        self._has_patience = features is not None and features.check_quorum
        self._disk = disk
        self._disk_stream = Stream(seed, "disk")
        self._tick_us = timing.tick_us
        self._patience_us = timing.election_ticks[0] * timing.tick_us
        self._automatic = automatic
        self._send = send
        self._on_event = on_event

    # Steps ------------------------------------------------------------------------------------------------------------

    def boot(self, host: Host) -> None:
        """Start a server: for the first time, or with what its disk has."""
        self._settle(host, host.boot(self._agenda.now_us))

    def give(self, host: Host, input_: Input) -> Output | None:
        """Hand a server an input, after the ticks that have passed; None if it is down."""
        if not host.up:
            return None
        if self._automatic:
            self.tick(host)
        output = host.step(input_)
        self._settle(host, output)
        return output

    def tick(self, host: Host) -> bool:
        """Hand a server that is up the ticks that have passed; whether there were any."""
        passed = host.ticks_passed(self._agenda.now_us)
        if passed is None:
            return False
        self._settle(host, host.step(passed))
        return True

    # Disks ------------------------------------------------------------------------------------------------------------

    def sync(self, host: Host) -> int:
        """All that a server has written becomes durable, and its steps are released; returns how many."""
        released = len(host.waiting)
        for _ in range(released):
            self._release_oldest(host)
        return released

    def stall(self, host: Host) -> None:
        """A server's disk finishes nothing any more; nothing happens if it stalls already, or the server is down."""
        if host.up and host.stall is None:
            host.stall = Stall(self._agenda.now_us if host.waiting else None)
            self._watch_disk(host, host.stall)

    def mend(self, host: Host) -> None:
        """A disk that stalled finishes all that it was handed, and works again."""
        stall, host.stall = host.stall, None
        if stall is None or not host.up:
            return
        while host.waiting:
            self._release_oldest(host)
        if stall.is_reported:
            self.give(host, DiskRecovered())

    def _watch_disk(self, host: Host, stall: Stall) -> None:
        """What a host does that has a timeout for its writes."""
        if host.stall is not stall or not host.up or not self._has_patience:
            return
        now_us = self._agenda.now_us
        if stall.since_us is not None and now_us - stall.since_us >= self._patience_us:
            stall.is_reported = True
            self.give(host, DiskStalled())
        else:
            self._agenda.at(now_us + self._tick_us, lambda: self._watch_disk(host, stall))

    # From a step to its release ---------------------------------------------------------------------------------------

    def _settle(self, host: Host, output: Output) -> None:
        """See to it that a step is released when it is durable, and that the server's timer is on the agenda."""
        if output.actions or output.reads or output.status is not None or output.divergence is not None:
            ticket = host.write(output)
            takes_time = self._disk.manual or self._disk.sync_us[1] > 0 or host.stall is not None
            if host.waiting or (ticket is not None and takes_time):
                self._await_disk(host, output, ticket)
            else:
                if ticket is not None:
                    host.storage.sync(ticket)
                self._release(host, output)
        if self._automatic:
            self._arm(host)

    def _await_disk(self, host: Host, output: Output, ticket: int | None) -> None:
        host.waiting.append((output, ticket))
        now_us = self._agenda.now_us
        if host.stall is not None and host.stall.since_us is None and ticket is not None:
            host.stall.since_us = now_us
        if self._disk.manual or host.stall is not None:
            return
        delay = self._disk_stream.integer(*self._disk.sync_us) if ticket is not None else 0
        host.ready_us = max(host.ready_us, now_us + delay)
        incarnation = host.incarnation

        def durable() -> None:
            is_mine = host.waiting and host.waiting[0][0] is output  # Unless a stall came between.
            if host.up and host.incarnation == incarnation and is_mine and host.stall is None:
                self._release_oldest(host)

        self._agenda.at(host.ready_us, durable)

    def _release_oldest(self, host: Host) -> None:
        output, ticket = host.waiting.popleft()
        if ticket is not None:
            host.storage.sync(ticket)
        self._release(host, output)

    def _release(self, host: Host, output: Output) -> None:
        """A step is durable: its events are history, the referees judge it, its messages leave."""
        before = (host.term, host.role)
        host.note(output)
        counts = self.counts
        on_event = self._on_event
        now_us = self._agenda.now_us
        for action in output.actions:
            counts.events += 1
            if on_event is not None:
                on_event(tracing.event(seq=counts.events, time=now_us, node=host.name, action=action))
        referees = self._referees
        referees.time_us = now_us
        if host.role is Role.LEADER and before != (host.term, host.role):
            counts.elections += 1
            referees.leads(host.name, host.term)
        if output.entries is not None:
            referees.wrote(host.name, output.entries)
        if output.divergence is not None:
            counts.divergences += 1
            self._judge_divergence(host, output.divergence)
        if output.restored:
            counts.installed += 1
            referees.restored(host.name, host.applied)
        if output.committed is not None:
            referees.reports(host.name, host.term, output.committed)
        for answer in output.reads:
            self.reads[answer.id] = answer
            if isinstance(answer, ReadReady):
                referees.answered(host.name, answer)
        for message in output.messages:
            self._send(message)

    def _judge_divergence(self, host: Host, divergence: Divergence) -> None:
        """A server that has diverged is no help to anybody; its host shuts it down."""
        if divergence.stops and host.up:
            self.counts.steps_lost += host.crash()

    def _arm(self, host: Host) -> None:
        """Put the server's timer on the agenda, unless it will be looked at before that anyway."""
        due = host.timer_us()
        if due is None or (host.wake_us is not None and host.wake_us <= due):
            return
        host.wake_us = due
        incarnation = host.incarnation

        def wake() -> None:
            if not host.up or host.incarnation != incarnation or host.wake_us != due:
                return
            host.wake_us = None
            if not self.tick(host):
                self._arm(host)

        self._agenda.at(due, wake)
