"""The search as TLC's one worker does it, one successor after the other: for specifications that look at the search
itself.

Where actions, constraints or properties call ``TLCGet`` or ``TLCSet``, it matters when they are evaluated:

- A state leaves the queue when it is expanded. Each successor is judged when it is made, before the next one is:
  constraints, VIEW and invariants see its own level, step formulas and action constraints that of the state before; it
  enters the queue when nothing is wrong with it.
- Temporal formulas that speak of the run are evaluated when all successors of a state were made
  (:mod:`~tlatrace.engine.liveness.watch`).
- ``TLCSet("exit", TRUE)`` ends the search behind the state that is expanded; what follows a complete search (temporal
  properties on what is there, the postcondition) follows then, too.

Depth-first means that the queue is a stack, as TLC's StateDeque: the state that was found last is expanded next.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from tlatrace.compile.api import State
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.engine.explore.initial import judge_initial_states, violated_initially
from tlatrace.engine.explore.memory import quiet_collector
from tlatrace.engine.explore.model import Model
from tlatrace.engine.explore.outcome import Counts, Result
from tlatrace.engine.explore.progress import (
    ROOT,
    Finding,
    Limits,
    Progress,
    Tell,
    failure_of,
    first_false,
    violation,
)
from tlatrace.engine.explore.store import Code
from tlatrace.engine.liveness import LivenessWatch
from tlatrace.errors import TlatraceError
from tlatrace.stdlib import TlcRun

EXPANDED_BETWEEN_LOOKS = 64
"""States expanded before the clock, the limits and the progress line are looked at again."""


class _Stop(BaseException):
    """Leaves an action whose successor is at fault; no error, so that no evaluation takes it for one of its own."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.result.value)
        self.finding = finding


@dataclass(slots=True)
class StepwiseSearch:
    """One search. The model's store has the distinct states in the order in which they were found; ``parents`` has the
    number of the state each was found from, ``levels`` the number of states on the way to it, ``widths`` the number of
    distinct states of each level (the first is level 1), ``taken`` how often each action led to a state that the
    constraints allow.
    """

    model: Model
    limits: Limits
    check_deadlock: bool
    run_: TlcRun
    is_depth_first: bool = False
    graph: StateGraph | None = None
    watch: LivenessWatch | None = None
    progress: Progress = field(default_factory=Progress)
    parents: array[int] = field(default_factory=lambda: array("i"))
    levels: array[int] = field(default_factory=lambda: array("i"))
    initial: list[int] = field(default_factory=list)
    seen: dict[Hashable, int] = field(default_factory=dict)
    widths: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    tell: Tell | None = None
    _queue: deque[int] = field(default_factory=deque)
    _started: float = field(default_factory=time.monotonic)
    # The state that is expanded, its level, and what leads where from it.
    _number: int = ROOT
    _code: Code = ()
    _level: int = 0
    _edges: dict[int, int] = field(default_factory=dict)
    _successor: Code | None = None

    def run(self) -> Finding | None:
        """Search until there is nothing left, or something is found. None: everything that was to hold holds."""
        self.taken = [0] * len(self.model.successors)
        self.progress.depth = 1
        with quiet_collector() as collect:
            finding = self._start()
            # Depth-first, what is less deep is searched before the limit ends it all.
            cut: Finding | None = None
            expanded = 0
            while finding is None and self._queue and not self.run_.is_stopped:
                if expanded % EXPANDED_BETWEEN_LOOKS == 0:
                    collect()
                    finding = self._look()
                    if finding is not None:
                        break
                expanded += 1
                number = self._queue.pop() if self.is_depth_first else self._queue.popleft()
                self.progress.queue = len(self._queue)
                if self.limits.depth is not None and self.levels[number] >= self.limits.depth:
                    cut = Finding(result=Result.UNDECIDED, limit=f"--max-depth {self.limits.depth}")
                    if not self.is_depth_first:
                        finding = cut
                    continue
                finding = self._expand(number)
            if finding is None and not self.run_.is_stopped:
                finding = cut
            if self.tell is not None:
                self.tell(self.progress)
            self.progress.level = 0
            return finding

    def path(self, number: int) -> list[State]:
        """The states from an initial one to this one, along which it was found first."""
        return [self.model.store[each] for each in self.numbers_to(number)]

    def numbers_to(self, number: int) -> list[int]:
        """The numbers of the states of :meth:`path`."""
        path: list[int] = []
        while number != ROOT:
            path.append(number)
            number = self.parents[number]
        path.reverse()
        return path

    def level_of(self, number: int) -> int:
        return self.levels[number]

    def set_level(self, level: int) -> None:
        """What ``TLCGet("level")`` answers from now on."""
        self.progress.level = level

    def counts(self) -> Counts:
        progress = self.progress
        return Counts(
            distinct_states=len(self.model.store),
            generated_states=progress.generated,
            depth=progress.depth,
            queue=len(self._queue),
        )

    # ------------------------------------------------------------------------------- initial states

    def _start(self) -> Finding | None:
        self.progress.level = 0
        return judge_initial_states(self.model, self.progress, self._initial_state)

    def _initial_state(self, state: State) -> Finding | None:
        model = self.model
        code = model.store.encode(state)
        self.progress.level = 1
        if all(constraint.holds(code) for constraint in model.constraints):
            key = code if model.identity is None else model.identity(state, code)
            if key in self.seen:
                return None
            number = self._add(key, code, ROOT, 1)
            self.initial.append(number)
            self._put(number)
            if self.watch is not None:
                self.watch.initial(number)
                self.progress.level = 1
        return violated_initially(model, state, code)

    def _add(self, key: Hashable, code: Code, parent: int, level: int) -> int:
        codes = self.model.store.codes
        number = self.seen[key] = len(codes)
        codes.append(code)
        self.parents.append(parent)
        self.levels.append(level)
        if level > len(self.widths):
            self.widths.append(0)
            self.progress.depth = level
        self.widths[level - 1] += 1
        self.progress.distinct = len(codes)
        return number

    def _put(self, number: int) -> None:
        self._queue.append(number)
        self.progress.queue = len(self._queue)

    # ----------------------------------------------------------------------------------- successors

    def _expand(self, number: int) -> Finding | None:
        progress, store = self.progress, self.model.store
        self._number, self._code, self._level = number, store.codes[number], self.levels[number]
        progress.current = number
        progress.level = self._level
        generated_before = progress.generated
        self._edges = {}
        self._successor = None
        try:
            for action, source in enumerate(self.model.successors):
                if source.is_pure and self.model.is_pure:
                    self._in_one_go(action)
                else:
                    source.send(self._code, lambda successor, action=action: self._judge(successor, action))  # type: ignore[misc]
            if self.graph is not None:
                self.graph.add(self._edges, number)
            if self.check_deadlock and progress.generated == generated_before:
                return Finding(result=Result.DEADLOCK, state=number)
            if self.watch is not None:
                self.watch.expanded(number)
        except TlatraceError as error:
            return failure_of(
                self.model, error, number, None if self._successor is None else store.state(self._successor)
            )
        except _Stop as stop:
            return stop.finding
        return None

    def _in_one_go(self, action: int) -> None:
        """The successors by an action that nobody can see being made one by one."""
        found: list[Code] = []
        failure: TlatraceError | None = None
        try:
            self.model.successors[action].add_to(found, self._code)
        except TlatraceError as error:
            failure = error
        for successor in found:
            self._judge(successor, action)
        if failure is not None:
            raise failure

    def _judge(self, successor: Code, action: int) -> None:
        """One successor of the state that is expanded. Raises _Stop where something is violated or has no value."""
        model, progress, code, level = self.model, self.progress, self._code, self._level
        progress.generated += 1
        self._successor = successor
        try:
            progress.level = level + 1
            is_inside = True
            for constraint in model.constraints:
                if not constraint.holds(successor):
                    is_inside = False
                    break
            progress.level = level
            if is_inside:
                for action_constraint in model.action_constraints:
                    if not action_constraint.holds(code, successor):
                        is_inside = False
                        break
            progress.level = level + 1
            is_new, target = True, ROOT
            if is_inside:
                key: Hashable = successor
                if model.identity is not None:
                    key = model.identity(model.store.state(successor), successor)
                known = self.seen.get(key)
                is_new = known is None
                target = self._add(key, successor, self._number, level + 1) if known is None else known
                self._edges.setdefault(target, action)
                self.taken[action] += 1
            if is_new:
                violated = first_false(model.invariants, successor)
                if violated is not None:
                    raise _Stop(violation(violated, self._number, model.store.state(successor)))
            progress.level = level
            for step in model.steps:
                if not step.holds(code, successor):
                    raise _Stop(violation(step, self._number, model.store.state(successor), Result.LIVENESS))
            if is_inside and is_new:
                self._put(target)
        except TlatraceError as error:
            raise _Stop(failure_of(self.model, error, self._number, model.store.state(successor))) from None
        self._successor = None

    # --------------------------------------------------------------------------------------- limits

    def _look(self) -> Finding | None:
        limits, limit = self.limits, ""
        if self.tell is not None:
            self.tell(self.progress)
        if limits.states is not None and len(self.model.store) >= limits.states:
            limit = f"--max-states {limits.states}"
        elif limits.seconds is not None and time.monotonic() - self._started >= limits.seconds:
            limit = f"--time-limit {limits.seconds:g}"
        return Finding(result=Result.UNDECIDED, limit=limit) if limit else None
