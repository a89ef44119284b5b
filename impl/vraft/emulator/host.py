"""One server of the emulated cluster: its core, its disk, its clock, its application, and the steps that wait for the
disk.

The application is the plainest there is: its state is the sequence of all entries that it has applied, which is what
``Snapshot.tla`` takes for the state too.

The host keeps the order that :mod:`vraft.core.outputs` asks for.  It knows no network and no agenda: it says when a
step may be released, and the cluster does the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from vraft import tracing
from vraft.core import (
    Committed,
    Compact,
    Entry,
    Features,
    Input,
    Output,
    RaftCore,
    Role,
    SetElectionTimeout,
    Snapshot,
    Tick,
)
from vraft.core.state import Observer
from vraft.emulator.clocks import NodeClock
from vraft.emulator.machine import Machine
from vraft.emulator.options import TimingOptions
from vraft.emulator.streams import Stream
from vraft.storage import Batch, MemoryStorage


@dataclass(slots=True)
class Stall:
    """A disk that finishes nothing; ``since_us`` is when the first write was handed to it that it did not finish."""

    since_us: int | None = None
    is_reported: bool = False


class Host:
    """A server that can crash and come back.

    ``role``, ``term``, ``leader`` and ``commit_index`` are what the world knows of it: those of its last released step.
    """

    def __init__(
        self,
        name: str,
        servers: Sequence[str],
        *,
        voters: Sequence[str] | None,
        node_class: type[RaftCore],
        features: Features,
        timing: TimingOptions,
        max_entries: int,
        max_bytes: int | None,
        max_in_flight: int,
        assertions: bool,
        seed: int,
        observer: Observer | None,
    ) -> None:
        self.name = name
        self.storage = MemoryStorage()
        self.core: RaftCore | None = None
        self.machine = Machine()
        self.incarnation = 0
        self.waiting: deque[tuple[Output, int | None]] = deque()
        self.ready_us = 0
        self.stall: Stall | None = None
        self.wake_us: int | None = None
        self.role = Role.FOLLOWER
        self.term = 0
        self.leader: str | None = None
        self.commit_index = 0
        self.applied: list[Entry] = []
        """The state of the application."""
        self._servers = tuple(servers)
        self._voters = voters
        self._node_class = node_class
        self._features = features
        self._timing = timing
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._max_in_flight = max_in_flight
        self._assertions = assertions
        self._observer = observer
        self._timeouts = Stream(seed, f"timeouts/{name}")
        self._clock = NodeClock(0, Fraction(1), timing.tick_us)
        self._ticks = 0

    @property
    def up(self) -> bool:
        """Whether the server runs."""
        return self.core is not None

    # Life and death ---------------------------------------------------------------------------------------------------

    def boot(self, now_us: int) -> Output:
        """Start the server: for the first time, or with what its disk has."""
        assert self.core is None, f"{self.name} is up"
        self.incarnation += 1
        recovered = self.storage.recover() if self.incarnation > 1 else None
        self.core = self._node_class(
            id=self.name,
            servers=self._servers,
            voters=self._voters,
            recovered=recovered,
            features=self._features,
            heartbeat_ticks=self._timing.heartbeat_ticks,
            election_ticks_min=self._timing.election_ticks[0],
            lease_ticks=self._timing.lease_ticks if self._features.lease_reads else 0,
            max_entries=self._max_entries,
            max_bytes=self._max_bytes,
            max_in_flight=self._max_in_flight,
            checks_history=self._assertions,
            assertions=self._assertions,
        )
        self.core.observer = self._observer
        self._clock = NodeClock(now_us, self._timing.rates.get(self.name, Fraction(1)), self._timing.tick_us)
        self._ticks = 0
        self.wake_us = None
        self.stall = None
        self.ready_us = now_us
        self.role, self.leader, self.commit_index = Role.FOLLOWER, None, self.core.commit_index
        self.restore(self.storage.snapshot)
        self.term = self.core.current_term
        output = self.core.start()
        self._draw_timeout(output)
        return output

    def crash(self) -> int:
        """The server dies, with all its steps that were not released; returns how many those were."""
        lost = len(self.waiting)
        self.core = None
        self.waiting.clear()
        self.storage.crash()
        self.role, self.leader, self.commit_index = Role.FOLLOWER, None, 0
        self.term = self.storage.hard_state.term
        return lost

    # Steps ------------------------------------------------------------------------------------------------------------

    def step(self, input_: Input) -> Output:
        """Let the core take a step; what it must not forget is written, but not yet durable."""
        assert self.core is not None, f"{self.name} is down"
        output = self.core.step(input_)
        if output.timer_reset:
            self._draw_timeout(output)
        return output

    def write(self, output: Output) -> int | None:
        """Hand the step's writes to the disk; the ticket to wait for, or None."""
        if not output.writes:
            return None
        return self.storage.write(Batch(output.hard_state, output.entries, output.snapshot))

    def note(self, output: Output) -> None:
        """The step is released: this is what the world knows now."""
        status = output.status
        if status is not None:
            self.term, self.role, self.leader = status.term, status.role, status.leader
        if output.restored:
            self.restore(output.snapshot)
        committed = output.committed
        if committed is not None:
            if self._assertions:
                assert committed.first == len(self.applied) + 1, "entries are applied in order, each once"
            self.applied += committed.entries
            self.commit_index = len(self.applied)
            self.machine.apply(committed)

    # The application --------------------------------------------------------------------------------------------------

    def restore(self, snapshot: Snapshot | None) -> None:
        """The application's state is what a snapshot holds."""
        self.applied = [] if snapshot is None else tracing.entries_of(snapshot.data)
        self.commit_index = len(self.applied)
        self.machine = Machine()
        self.machine.apply(Committed(1, tuple(self.applied)))

    def compaction(self, keep: int) -> Compact:
        """The input that has the core cut its log, but for the last ``keep`` entries that were applied."""
        upto = len(self.applied) - keep
        return Compact(upto, tracing.state_of(self.applied[:upto]))

    # Time -------------------------------------------------------------------------------------------------------------

    def ticks_passed(self, now_us: int) -> Tick | None:
        """The ticks that the core has not been told of yet."""
        ticks = self._clock.ticks(now_us)
        passed = ticks - self._ticks
        if passed <= 0:
            return None
        self._ticks = ticks
        return Tick(passed)

    def timer_us(self) -> int | None:
        """When the core's timer will run out, if nothing happens before."""
        ticks = None if self.core is None else self.core.ticks_to_timer()
        return None if ticks is None else self._clock.time_of(self._ticks + ticks)

    def _draw_timeout(self, output: Output) -> None:
        if output.timer_reset and self.core is not None:
            self.core.step(SetElectionTimeout(self._timeouts.integer(*self._timing.election_ticks)))
