"""Breadth-first search, state by state as TLC does it with one worker, with TLC's numbers.

- Every state that Init or an action makes is *generated*, equal ones each time.
- A state is *distinct* if it is new and the constraints allow it; only such states are expanded. (TLC asks the
  constraints first, so a state that they forbid is never in the set of seen states.)
- Invariants are evaluated on distinct states, and on states that the constraints forbid; step formulas on every step.
- A state without any successor is a deadlock, whatever the constraints say.
- Within one state, actions are taken in their order, and what the first of them makes is judged before the next is
  asked: so the first violation is TLC's.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from tlatrace.compile.api import State
from tlatrace.engine.explore.graph import StateGraph
from tlatrace.engine.explore.initial import judge_initial_states, violated_initially
from tlatrace.engine.explore.memory import quiet_collector
from tlatrace.engine.explore.model import Model
from tlatrace.engine.explore.outcome import Counts, Result
from tlatrace.engine.explore.parallel import expand_in_processes, slices
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
from tlatrace.errors import TlatraceError

EXPANDED_BETWEEN_LOOKS = 256
"""States expanded before the clock, the limits and the progress line are looked at again."""


@dataclass(slots=True)
class Search:
    """One search. The model's store has the distinct states in the order in which they were found, ``parents`` the
    number of the state each was found from, ROOT for an initial one.
    """

    model: Model
    limits: Limits
    check_deadlock: bool
    graph: StateGraph | None = None
    progress: Progress = field(default_factory=Progress)
    parents: array[int] = field(default_factory=lambda: array("i"))
    initial: list[int] = field(default_factory=list)
    seen: dict[Hashable, int] = field(default_factory=dict)
    # States that a constraint on states forbids, and whose invariants hold.
    outside: set[Code] = field(default_factory=set)
    tell: Tell | None = None
    jobs: int = 1
    _started: float = field(default_factory=time.monotonic)

    def run(self) -> Finding | None:
        """Search until there is nothing left, or something is found. None: everything that was to hold holds."""
        with quiet_collector() as collect:
            finding = self._start()
            first, depth = 0, 1
            self.progress.depth = depth
            if self.tell is not None:
                self.tell(self.progress)
            while finding is None and first < len(self.model.store):
                if self.limits.depth is not None and depth >= self.limits.depth:
                    return self._at_limit(f"--max-depth {self.limits.depth}")
                last = len(self.model.store)
                self.progress.level = depth
                parts = slices(first, last, self.jobs)
                if len(parts) > 1:
                    first = expand_in_processes(self, parts)
                    finding = self._look()
                while finding is None and first < last:
                    until = min(first + EXPANDED_BETWEEN_LOOKS, last)
                    finding = self._expand(range(first, until))
                    first = until
                    collect()
                    finding = finding or self._look()
                if len(self.model.store) > last:
                    depth += 1
                    self.progress.depth = depth
            return finding

    def path(self, number: int) -> list[State]:
        """The states from an initial one to this one, along which it was found first."""
        path: list[State] = []
        while number != ROOT:
            path.append(self.model.store[number])
            number = self.parents[number]
        path.reverse()
        return path

    def counts(self) -> Counts:
        progress = self.progress
        return Counts(
            distinct_states=len(self.model.store),
            generated_states=progress.generated,
            depth=progress.depth,
            queue=progress.queue,
        )

    # ------------------------------------------------------------------------------- initial states

    def _start(self) -> Finding | None:
        return judge_initial_states(self.model, self.progress, self._initial_state)

    def _initial_state(self, state: State) -> Finding | None:
        model = self.model
        code = model.store.encode(state)
        if all(constraint.holds(code) for constraint in model.constraints):
            key = code if model.identity is None else model.identity(state, code)
            if key in self.seen:
                return None
            self.add(key, code, ROOT)
            self.initial.append(len(self.parents) - 1)
        return violated_initially(model, state, code)

    def add(self, key: Hashable, code: Code, parent: int) -> None:
        codes = self.model.store.codes
        self.seen[key] = len(codes)
        codes.append(code)
        self.parents.append(parent)

    # ----------------------------------------------------------------------------------- successors

    def _expand(self, numbers: Iterable[int]) -> Finding | None:
        """Expand these states; the loop that everything waits for."""
        model, progress, graph, store = self.model, self.progress, self.graph, self.model.store
        seen, outside, parents, codes = self.seen, self.outside, self.parents, store.codes
        identity, sources = model.identity, model.successors
        invariants, steps = model.invariants, model.steps
        is_constrained = bool(model.constraints or model.action_constraints)
        # What is pure and was evaluated on a state needs no second look at it.
        forgets = all(each.is_pure for each in (*model.constraints, *invariants))
        is_plain = forgets and identity is None
        number = ROOT
        successor: Code | None = None
        try:
            for number in numbers:
                progress.current = number
                code = codes[number]
                generated_before = progress.generated
                edges: dict[int, int] = {}
                for action, source in enumerate(sources):
                    found: list[Code] = []
                    failure: TlatraceError | None = None
                    successor = None
                    try:
                        source.add_to(found, code)
                    except TlatraceError as error:
                        failure = error
                    progress.generated += len(found)
                    for successor in found:
                        is_inside = True
                        if is_constrained:
                            is_inside = (not forgets or successor not in outside) and self.is_allowed(
                                code, successor, is_plain and successor in seen
                            )
                        target = None
                        if is_inside:
                            key = successor if identity is None else identity(store.state(successor), successor)
                            target = seen.get(key)
                            if target is None:
                                target = seen[key] = len(codes)
                                codes.append(successor)
                                parents.append(number)
                                for invariant in invariants:
                                    if not invariant.holds(successor):
                                        self._leave_out_behind(successor, found)
                                        return violation(invariant, number, store.state(successor))
                            if graph is not None:
                                edges.setdefault(target, action)
                        elif not forgets or (successor not in outside and not (is_plain and successor in seen)):
                            violated = first_false(invariants, successor)
                            if violated is not None:
                                self._leave_out_behind(successor, found)
                                return violation(violated, number, store.state(successor))
                            if not model.action_constraints:
                                outside.add(successor)
                        for step in steps:
                            if not step.holds(code, successor):
                                self._leave_out_behind(successor, found)
                                return violation(step, number, store.state(successor), Result.LIVENESS)
                    if failure is not None:
                        return failure_of(self.model, failure, number, None)
                progress.distinct = len(codes)
                progress.queue = len(codes) - number - 1
                if graph is not None:
                    graph.add(edges)
                if self.check_deadlock and progress.generated == generated_before:
                    return Finding(result=Result.DEADLOCK, state=number)
        except TlatraceError as error:
            return failure_of(self.model, error, number, None if successor is None else store.state(successor))
        return None

    def _leave_out_behind(self, successor: Code, found: list[Code]) -> None:
        """Those behind a successor that violates something do not count as generated: TLC makes one after the other."""
        self.progress.generated -= len(found) - 1 - found.index(successor)

    def is_allowed(self, code: Code, successor: Code, is_seen: bool) -> bool:
        """Whether the constraints allow the step; a state that was seen satisfies the constraints on states."""
        if not is_seen:
            for constraint in self.model.constraints:
                if not constraint.holds(successor):
                    return False
        return all(each.holds(code, successor) for each in self.model.action_constraints)

    # --------------------------------------------------------------------------------------- limits

    def _look(self) -> Finding | None:
        limits = self.limits
        if self.tell is not None:
            self.tell(self.progress)
        if limits.states is not None and len(self.model.store) >= limits.states:
            return self._at_limit(f"--max-states {limits.states}")
        if limits.seconds is not None and time.monotonic() - self._started >= limits.seconds:
            return self._at_limit(f"--time-limit {limits.seconds:g}")
        return None

    def _at_limit(self, limit: str) -> Finding | None:
        """Undecided, unless nothing was left to do."""
        return Finding(result=Result.UNDECIDED, limit=limit) if self.progress.queue else None
