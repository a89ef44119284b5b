"""Making what was found short: fewer operations on the cluster that still end in a failure of the same cause.

Works on what was done to the cluster, not on the rules that did it, so that of an election only the messages stay that
matter. Operations are left out, largest pieces first, and the rest is done anew; an operation on a message means, in
the new run, the message most like it. The number of runs is bounded, no clock is read: the same failure always becomes
the same scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tlaconform.checking import LiveCheck, Workbench
from tlaconform.crashes import describe_crash
from tlaconform.drivers.replay import EventJudge, Rejected
from tlaconform.stateful.causes import Cause, cause_of
from tlatrace.engine.verdict import Verdict
from vraft import tracing
from vraft.core import Features, Message, RaftCore, to_record
from vraft.emulator import Cluster, DiskOptions, recorded

RUNS_MAX = 600
"""What hunts find has up to a few hundred operations, and is down to a dozen or two after about half as many runs."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something done to a cluster, as :attr:`Cluster.operations` has it, and the message that it was done to."""

    name: str
    argument: Any
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a run is made with besides its operations."""

    names: tuple[str, ...]
    max_entries: int
    manual_sync: bool
    features: Features | None
    voters: tuple[str, ...] | None
    max_in_flight: int
    core_class: type[RaftCore]
    is_mutant: bool

    def cluster(self, on_event: Callable[[tracing.Event], None]) -> Cluster:
        """A new cluster, to be led by the hand."""
        return Cluster(
            self.names,
            automatic=False,
            max_entries=self.max_entries,
            max_in_flight=self.max_in_flight,
            features=self.features,
            voters=self.voters,
            disk=DiskOptions(manual=self.manual_sync),
            node_class=self.core_class,
            assertions=not self.is_mutant,
            referees=not self.is_mutant,
            on_event=on_event,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that failed: what was done up to the end, and why it ended; ``verdict`` is None if the core fell over."""

    setting: Setting
    operations: tuple[Operation, ...]
    cause: Cause
    verdict: Verdict | None
    cluster: Cluster

    def scenario(self, name: str) -> str:
        """The run as a scenario file."""
        return recorded(self.cluster, name=name, about=str(self.cause))


def shrink(
    workbench: Workbench, header: Mapping[str, Any], setting: Setting, operations: Sequence[tuple[str, object]]
) -> Failure | None:
    """The shortest failure found that has the cause of this one; None if it cannot be repeated."""
    runs = _Runs(workbench, header)
    first = runs.run(setting, [Operation(name, argument) for name, argument in operations])
    if first is None:
        return None
    best = first
    for simpler in (replace(setting, manual_sync=False), replace(setting, manual_sync=False, max_entries=16)):
        best = runs.like(best, simpler, best.operations) or best
    size = max(1, len(best.operations) // 2)
    while runs.left:
        shorter = _without_pieces(runs, best, size)
        if shorter is best and size == 1:
            shorter = _without_a_pair(runs, best)
            if shorter is best:
                break
        best, size = shorter, max(1, size // 2)
    return best


def _without_pieces(runs: _Runs, best: Failure, size: int) -> Failure:
    """``best`` without each piece of that many operations that it can do without."""
    position = 0
    while position < len(best.operations) and runs.left:
        rest = (*best.operations[:position], *best.operations[position + size :])
        shorter = runs.like(best, best.setting, rest)
        if shorter is None:
            position += size
        else:
            best = shorter
    return best


def _without_a_pair(runs: _Runs, best: Failure) -> Failure:
    """``best`` without the first two operations that it can do without together, if not alone; near ones first."""
    count = len(best.operations)
    for distance in range(1, count):
        for position in range(count - distance):
            rest = [o for p, o in enumerate(best.operations) if p not in (position, position + distance)]
            shorter = runs.like(best, best.setting, rest)
            if shorter is not None:
                return shorter
            if not runs.left:
                return best
    return best


class _Runs:
    """Runs of one cluster, of which there is a bounded number."""

    def __init__(self, workbench: Workbench, header: Mapping[str, Any]) -> None:
        self.left = RUNS_MAX
        self._workbench = workbench
        self._header = header

    def like(self, failure: Failure, setting: Setting, operations: Sequence[Operation]) -> Failure | None:
        """Do ``operations``; None unless it fails for the same cause, and is no longer."""
        other = self.run(setting, operations) if self.left else None
        if other is None or other.cause != failure.cause or len(other.operations) > len(failure.operations):
            return None
        return other

    def run(self, setting: Setting, operations: Sequence[Operation]) -> Failure | None:
        """Do ``operations`` up to the first failure; None if there is none."""
        self.left -= 1
        judge = EventJudge(LiveCheck(self._workbench, self._header, "<stateful test>"))
        cluster = setting.cluster(judge)
        done: list[Operation] = []
        for operation in operations:
            possible = _as_possible_here(cluster, operation)
            if possible is None:
                continue
            done.append(possible)
            verdict: Verdict | None = None
            try:
                _OPERATIONS[possible.name](cluster, possible.argument)
            except Rejected:
                if judge.own_error is not None:
                    raise judge.own_error from None
                verdict = judge.rejected
                assert verdict is not None, "the judge ends a run by a verdict"
                cause = cause_of(verdict)
            except Exception as error:
                if error is judge.own_error:
                    raise
                cause = Cause("crashed", describe_crash(error))
            else:
                continue
            return Failure(setting=setting, operations=tuple(done), cause=cause, verdict=verdict, cluster=cluster)
        return None


_OPERATIONS: Mapping[str, Callable[[Cluster, Any], object]] = {
    # What the machine's rules do; those on messages come with the message's number.
    "timeout": Cluster.timeout,
    "heartbeat": Cluster.heartbeat,
    "crash": Cluster.crash,
    "restart": Cluster.restart,
    "sync": Cluster.sync,
    "isolate": Cluster.isolate,
    "deliver": Cluster.deliver,
    "drop": Cluster.drop,
    "duplicate": Cluster.duplicate,
    "partition": Cluster.partition,
    "propose": lambda cluster, argument: cluster.propose(argument["value"], argument.get("to")),
    "cut": lambda cluster, argument: cluster.cut(argument["from"], argument["to"]),
    "heal": lambda cluster, _: cluster.heal(),
    "wait": lambda cluster, argument: cluster.wait(int(argument.removesuffix("us"))),
    "compact": lambda cluster, argument: (
        cluster.compact(argument)
        if isinstance(argument, str)
        else cluster.compact(argument["server"], keep=argument["keep"])
    ),
    "change": lambda cluster, argument: cluster.change(
        argument["voters"], argument["learners"], argument.get("to"), catch_up=argument.get("catch_up", False)
    ),
    "read": lambda cluster, argument: cluster.read(argument.get("from"), argument["id"]),
    "transfer": lambda cluster, argument: cluster.transfer(argument["to"], argument.get("from")),
}

_ON_MESSAGES = ("deliver", "drop", "duplicate")


def _as_possible_here(cluster: Cluster, operation: Operation) -> Operation | None:
    """The operation as it can be done to this cluster; None if there is nothing to do it to."""
    if operation.name not in _ON_MESSAGES:
        return operation
    pending = cluster.pending()
    if operation.message is None:
        flight = next((f for f in pending if f.id == operation.argument), None)
    else:
        wanted = operation.message
        alike = [f for f in pending if _ends(f.message) == _ends(wanted)]
        flight = max(alike, key=lambda f: (_likeness(f.message, wanted), -f.id), default=None)
    return None if flight is None else Operation(operation.name, flight.id, flight.message)


def _ends(message: Message) -> tuple[str, str, str]:
    return message.type, message.sender, message.receiver


def _likeness(message: Message, wanted: Message) -> int:
    """How many fields are equal."""
    if message == wanted:
        return 1_000
    record = to_record(wanted)
    return sum(record[name] == value for name, value in to_record(message).items())
