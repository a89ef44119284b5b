"""Faults that nobody planned: one at a time, at even intervals, until all is mended at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vraft.core import Role
from vraft.emulator.clocks import MS
from vraft.emulator.stage import Stage
from vraft.emulator.streams import Stream

KINDS = ("crash", "crash_leader", "crash_writing", "isolate", "isolate_leader", "partition", "cut")
"""What can happen to a cluster, besides being mended.  ``crash_writing`` lies in wait for a server that has written
something that is not durable yet."""

MORE_KINDS = ("change", "compact")
"""What an operator does to a cluster while it suffers: other members, shorter logs.  Only where a scenario asks."""

ALL_KINDS = (*KINDS, *MORE_KINDS)

KEPT_MAX = 3
"""How many entries that were applied a log may keep when it is cut: enough for it to begin within a batch or a term."""

LOOK_US = 1 * MS
"""How often it looks whether a server is writing: disks take milliseconds."""


class RandomFaults:
    """Every ``every_us`` something breaks or is mended, for ``for_us``; then everything is mended.

    Never are more servers down at once than a minority (of the voters, where these change), so that the cluster can go
    on when it is connected.
    """

    def __init__(self, stage: Stage, *, every_us: int, for_us: int, kinds: Sequence[str] = KINDS) -> None:
        self._stage = stage
        self._cluster = stage.cluster
        self._every_us = every_us
        self._end_us = stage.cluster.now_us + for_us
        self._kinds = tuple(kinds)
        self._stream = Stream(stage.cluster.seed, "faults")
        self._down_max = (len(self._cluster.names) - 1) // 2
        self._do: Mapping[str, Callable[[], None]] = {
            "crash": self._crash,
            "crash_leader": self._crash_leader,
            "crash_writing": lambda: self._crash_writing(self._cluster.now_us + self._every_us),
            "isolate": self._isolate,
            "isolate_leader": self._isolate_leader,
            "partition": self._partition,
            "cut": self._cut,
            "change": self._change,
            "compact": self._compact,
            "restart": self._restart,
            "heal": self._cluster.heal,
        }

    def start(self) -> None:
        """The first fault comes after one interval."""
        self._next()

    def _next(self) -> None:
        self._cluster.call_at(min(self._cluster.now_us + self._every_us, self._end_us), self._strike)

    def _strike(self) -> None:
        if self._cluster.now_us >= self._end_us:
            self.mend()
            return
        self.strike(self._stream.choice(self.possible()))
        self._next()

    def possible(self) -> list[str]:
        """What can happen to the cluster as it is now; what is likelier is there more than once."""
        down = len(self._cluster.down())
        possible = [kind for kind in self._kinds if not (kind.startswith("crash") and down >= self._down_max)]
        if down:
            possible += ["restart"] * 2  # Twice as likely, so that there is somebody left to break.
        if self._cluster.cuts():
            possible += ["heal"] * 2
        return possible or ["heal"]

    def strike(self, kind: str) -> None:
        """This happens now."""
        self._do[kind]()

    def mend(self) -> None:
        """All links work again, and all servers run."""
        self._cluster.heal()
        for name in self._cluster.down():
            self._cluster.restart(name)

    def _some(self) -> str:
        return self._stream.choice(self._cluster.up())

    def _leader_or_some(self) -> str:
        leaders = [name for name in self._cluster.up() if self._cluster.node(name).role is Role.LEADER]
        return self._stream.choice(leaders) if leaders else self._some()

    def _crash(self) -> None:
        self._crash_one(self._some())

    def _crash_leader(self) -> None:
        self._crash_one(self._leader_or_some())

    def _crash_writing(self, until_us: int) -> None:
        if len(self._cluster.down()) >= self._down_max:
            return
        writing = [name for name in self._cluster.up() if self._cluster.unsynced(name)]
        if writing:
            self._crash_one(self._stream.choice(writing))
        elif self._cluster.now_us + LOOK_US < min(until_us, self._end_us):
            self._cluster.call_at(self._cluster.now_us + LOOK_US, lambda: self._crash_writing(until_us))

    def _crash_one(self, name: str) -> None:
        """Crash a server, unless those who vote and run would be no quorum without it."""
        config = self._cluster.referees.config
        if self._cluster.voters is None or config.is_quorum(set(self._cluster.up()) - {name}):
            self._stage.crash(name)

    def _change(self) -> None:
        """The leader is asked for other members: one joins, leaves, or changes its part; or all are drawn anew.

        At times it is to wait until those who join have caught up.
        """
        config, names = self._cluster.referees.config, self._cluster.names
        if self._stream.chance(300_000):
            voters = {name for name in names if self._stream.chance(600_000)} or {names[0]}
            learners = {name for name in names if self._stream.chance(300_000)} - voters
        else:
            name = self._stream.choice(names)
            voters, learners = set(config.voters) - {name}, set(config.learners) - {name}
            part = self._stream.integer(0, 2)
            if part == 0 or not voters:
                voters.add(name)
            elif part == 1:
                learners.add(name)
        self._cluster.change(sorted(voters), sorted(learners), catch_up=self._stream.chance(300_000))

    def _compact(self) -> None:
        self._cluster.compact(self._some(), keep=self._stream.integer(0, KEPT_MAX))

    def _isolate(self) -> None:
        self._cluster.isolate(self._some())

    def _isolate_leader(self) -> None:
        self._cluster.isolate(self._leader_or_some())

    def _partition(self) -> None:
        half = [name for name in self._cluster.names if self._stream.chance(500_000)]
        if 0 < len(half) < len(self._cluster.names):
            self._cluster.partition([half])
        else:
            self._cluster.heal()  # All of them are on one side.

    def _cut(self) -> None:
        sender = self._stream.choice(self._cluster.names)
        receiver = self._stream.choice([name for name in self._cluster.names if name != sender] or [sender])
        if sender != receiver:
            self._cluster.cut([sender], [receiver])

    def _restart(self) -> None:
        self._cluster.restart(self._stream.choice(self._cluster.down()))
