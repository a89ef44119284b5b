"""Random executions of ``vraft`` with everything mixed, each judged three times over: every step by the specification,
the cluster by the emulator's referees, and what clients saw by a search for a linearization.

Each execution is one seed's (:mod:`vraft.emulator.wandering`), so that one that fails can be had again alone.
"""

from __future__ import annotations

import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.checking import LiveCheck, Workbench
from tlaconform.drivers.mutants import Mutant, mutant_named
from tlaconform.drivers.raft import raft_workbench
from tlaconform.drivers.replay import EventJudge, Rejected, trace_file
from tlaconform.errors import ConformanceError
from tlaconform.linearizability import AppendOnlyLog, Operation, TooManyStates, search
from tlatrace.compile import run_with_deep_stack
from tlatrace.engine.verdict import Decision, Verdict
from vraft import tracing
from vraft.core import RaftCore
from vraft.emulator.options import node_names
from vraft.emulator.scenario import clocks_of
from vraft.emulator.wandering import EVENTS_MIN, NODES_MAX, ClientOperation, Setting, Wandered, wander

__all__ = ["EVENTS_MIN", "Execution", "HistoryVerdict", "Soak", "execute", "judge_history", "soak"]


GRAVEST_FIRST = (Decision.INVALID, Decision.REJECTED, Decision.UNDECIDED, Decision.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryVerdict:
    """Whether what clients saw is linearizable, and ``why`` if that is not so, or was not found out."""

    decision: Decision
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution and what was found wrong with it.

    ``verdict`` is the specification's on all its events, or on those up to the first that it does not allow; then, and
    where the core fell over (``crash``), ``wandered`` and ``history`` are None.
    """

    seed: int
    verdict: Verdict
    wandered: Wandered | None = None
    history: HistoryVerdict | None = None
    crash: str = ""

    @property
    def decision(self) -> Decision:
        """Invalid where an event could not be checked; else rejected, where anything is wrong; else undecided, where
        something was not found out."""
        decisions = {self.verdict.decision}
        if self.history is not None:
            decisions.add(self.history.decision)
        if self.crash or (self.wandered is not None and self.wandered.failures):
            decisions.add(Decision.REJECTED)
        return next(decision for decision in GRAVEST_FIRST if decision in decisions)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a line each; nothing where all is well."""
        found = []
        if self.verdict.decision is not Decision.ACCEPTED:
            found.append(f"the trace is {self.verdict.decision.value} at event {self.verdict.line or 0:,}")
        if self.wandered is not None:
            found.extend(self.wandered.failures)
        if self.history is not None and self.history.why:
            found.append(self.history.why)
        if self.crash:
            found.append(f"the core crashed: {self.crash}")
        return tuple(found)


@dataclass(slots=True)
class Soak:
    """What many executions came to.  ``actions`` counts the steps that each action of the specification explained, 0
    for one that never did.
    """

    executions: int = 0
    events: int = 0
    commits: int = 0
    mended: int = 0
    operations: int = 0
    reads: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    not_accepted: list[Execution] = field(default_factory=list)

    def add(self, execution: Execution) -> None:
        """Count one more."""
        self.executions += 1
        strength = execution.verdict.strength
        if strength is not None:
            self.actions.update(strength.actions)
            self.actions.update(dict.fromkeys(strength.actions_never, 0))
        self.events += execution.verdict.events
        wandered = execution.wandered
        if wandered is not None:
            self.commits += wandered.commits
            self.mended += wandered.mended
            self.faults.update(wandered.faults)
            self.operations += len(wandered.history)
            self.reads += sum(each.kind == "read" for each in wandered.history)
        if execution.decision is not Decision.ACCEPTED:
            self.not_accepted.append(execution)

    @property
    def never(self) -> list[str]:
        """The actions of the specification that no step was explained by."""
        return sorted(name for name, count in self.actions.items() if not count)


def execute(
    seed: int,
    workbench: Workbench,
    *,
    mutant: Mutant | None = None,
    events_min: int = EVENTS_MIN,
    trace: Path | None = None,
) -> Execution:
    """The execution that ``seed`` stands for, with the core as it is or with ``mutant``'s; written to ``trace``."""
    header = _header(seed, mutant)
    live = LiveCheck(workbench, header, f"the execution of seed {seed}")
    with trace_file(trace) as writer:
        if writer is not None:
            writer.write(header)
        judge = EventJudge(live, writer)
        core = RaftCore if mutant is None else mutant.core_class
        try:
            wandered = wander(
                seed,
                events_min=events_min,
                node_class=core,
                assertions=mutant is None,
                referees=mutant is None,
                on_event=judge,
            )
        except Rejected:
            assert judge.rejected is not None, "the judge ends an execution by a verdict"
            return Execution(seed=seed, verdict=judge.rejected)
        except AssertionError as error:
            if error is judge.own_error:
                raise
            return Execution(seed=seed, verdict=live.accepted(), crash=str(error) or repr(error))
    return Execution(seed=seed, verdict=live.accepted(), wandered=wandered, history=judge_history(wandered.history))


def judge_history(history: Sequence[ClientOperation]) -> HistoryVerdict:
    """Whether what clients saw is linearizable; undecided where the search came to its limit."""
    operations = [_operation(each) for each in history]
    try:
        found = search(operations, AppendOnlyLog.of(operations))
    except TooManyStates as error:
        return HistoryVerdict(decision=Decision.UNDECIDED, why=f"what clients saw was not judged: {error}")
    if found.is_linearizable:
        return HistoryVerdict(decision=Decision.ACCEPTED)
    stuck = "; ".join(str(each) for each in found.stuck[:3])
    return HistoryVerdict(
        decision=Decision.REJECTED,
        why=f"what clients saw is not linearizable: after {len(found.order):,} of {len(operations):,} operations, "
        f"none of these can come next: {stuck}",
    )


def _operation(each: ClientOperation) -> Operation:
    request = ("append", each.value) if each.kind == "append" else ("read",)
    return Operation(client=each.client, call=each.call_us, end=each.end_us, request=request, result=each.result)


def _header(seed: int, mutant: Mutant | None) -> dict[str, Any]:
    """As if there were as many servers in each execution, so that few specifications have to be compiled."""
    setting = Setting.drawn(seed)
    names = node_names(NODES_MAX)
    return tracing.header(
        list(names),
        scenario="soak" if mutant is None else f"soak, mutant {mutant.name}",
        seed=seed,
        version=metadata.version("tla-conformance"),
        features=setting.features,
        voters=list(names[: setting.voters]),
        clocks=clocks_of(setting.timing, setting.disk),
    )


# Several at once -----------------------------------------------------------------------------------------------------


def soak(
    seeds: Iterable[int], *, jobs: int = 1, mutant: str | None = None, events_min: int = EVENTS_MIN
) -> Iterator[Execution]:
    """The executions of these seeds, in their order, ``jobs`` at a time.

    Raises:
        ConformanceError: a process was ended from outside.
    """
    run = partial(_run, mutant=mutant, events_min=events_min)
    _prepare()  # Here too where others run: a specification that cannot be read says so, and is no lost process.
    if jobs == 1:
        yield from map(run, seeds)
        return
    pool = ProcessPoolExecutor(jobs, initializer=_prepare_worker)
    waiting: deque[Future[Execution]] = deque()
    try:
        for seed in seeds:
            waiting.append(pool.submit(run, seed))
            if len(waiting) >= AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ConformanceError(
            "a process that ran executions was ended from outside (is there too little memory?)",
            hint="run one at a time with --jobs 1",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


AHEAD = 4
"""So many executions are handed out for each process: enough that none waits for the slowest, however many are asked
for."""

_workbench: Workbench | None = None


def _prepare() -> None:
    global _workbench
    if _workbench is None:
        _workbench = raft_workbench(is_basic=False)


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # It is the parent that ends the workers.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _prepare()


def _run(seed: int, *, mutant: str | None, events_min: int) -> Execution:
    workbench = _workbench
    assert workbench is not None, "it was prepared"
    broken = None if mutant is None else mutant_named(mutant)
    return run_with_deep_stack(lambda: execute(seed, workbench, mutant=broken, events_min=events_min))
