"""A hunt: run a state machine until it finds a step that the specification forbids, or a limit is reached.

The same options and the same seed make the same executions (with the same version of Hypothesis, in the same program).
A failure is made shorter by Hypothesis in a bounded number of further executions, which must fail for the same cause.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tlaconform.stateful.causes import Cause, cause_of
from tlaconform.stateful.machine import ConformanceMachine, NonConformance, SystemCrashed
from tlatrace.engine.verdict import Verdict

EXAMPLES_PER_ROUND = 200
"""Hypothesis begins each run with a tenth of small examples: several runs make more of them than one."""

SHRINK_EXECUTIONS_MAX = 1000
"""A failure of a hundred rules is short after so many attempts, or nearly; Hypothesis by itself may go on for
minutes.
"""

Progress = Callable[[int, int, float], None]
"""Told of executions, events and seconds now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntOptions:
    """``examples`` bounds the executions, ``steps`` the rules in each, ``time_limit`` (seconds) the search."""

    seed: int = 0
    examples: int = 500
    steps: int = 100
    time_limit: float | None = None
    shrink: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """What a hunt came to.

    ``verdict`` is that of the shortest forbidden execution, None if there was none.  ``crash`` says how the system fell
    over first, if it did; ``crashes`` counts the executions that ended so.  ``machine`` is what ran the execution that
    was found (forbidden, or crashed where that fails), as it was at its end.

    ``executions``, ``events`` and ``seconds`` count what was run up to the first find, ``seconds_in_all`` also what
    came after.  ``actions`` counts the steps that each action of the specification explained, 0 for one that never did.
    """

    verdict: Verdict | None
    machine: ConformanceMachine | None
    crash: str | None
    crashes: int
    actions: Mapping[str, int]
    executions: int
    events: int
    seconds: float
    seconds_in_all: float
    time_was_up: bool


def hunt(machine: type[ConformanceMachine], options: HuntOptions, progress: Progress | None = None) -> Hunt:
    """Hunt with ``machine``.

    Raises:
        TlatraceError: the specification or the mapping is wrong.
        Exception: whatever else leaves a rule.
    """
    log = _Log(options, progress)
    watched = log.watch(machine)
    rounds = 0
    while not log.is_found and log.executions < options.examples:
        try:
            _run(watched, options, rounds, min(EXAMPLES_PER_ROUND, options.examples - log.executions))
        except (NonConformance, SystemCrashed, _Enough):
            break
        except Flaky:
            # The system does not repeat itself.  What it did once was forbidden all the same.
            if not log.is_found:
                raise
            break
        rounds += 1
    return log.result()


def _run(machine: type[ConformanceMachine], options: HuntOptions, number: int, examples: int) -> None:
    phases = [Phase.generate, *([Phase.shrink] if options.shrink else [])]
    chosen = settings(
        max_examples=examples,
        stateful_step_count=options.steps,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    # One stream of executions a round: the seed is spread so that neighbouring hunts share none.
    seeded = seed(options.seed * 1_000_003 + number)(machine)
    run_state_machine_as_test(seeded, settings=chosen)


class _Enough(BaseException):
    """Ends Hypothesis's run at once, as Ctrl-C would; it never leaves this module."""


class _Log:
    """Counts what the machines of a hunt do, ends them when a limit is reached, and keeps the shortest failure."""

    def __init__(self, options: HuntOptions, progress: Progress | None) -> None:
        self.executions = 0
        self.is_found = False
        self._options = options
        self._progress = progress
        self._started = time.monotonic()
        self._found_after = 0.0
        self._events = 0
        self._crashes = 0
        self._crash: str | None = None
        self._actions: Counter[str] = Counter()
        self._cause: Cause | None = None
        self._verdict: Verdict | None = None
        self._machine: ConformanceMachine | None = None
        self._attempts = 0
        self._time_was_up = False

    def watch(self, machine: type[ConformanceMachine]) -> type[ConformanceMachine]:
        """``machine``, with an eye on it."""
        log = self

        class Watched(machine):  # type: ignore[misc, valid-type]
            def is_wanted(self, verdict: Verdict) -> bool:
                return log.is_same(verdict) and super().is_wanted(verdict)

            def failed(self, verdict: Verdict) -> None:
                log.fails(verdict, self)
                super().failed(verdict)

            def teardown(self) -> None:
                super().teardown()
                log.ended(self)

        Watched.__name__ = Watched.__qualname__ = machine.__name__
        return Watched

    def is_same(self, verdict: Verdict) -> bool:
        return self._cause is None or cause_of(verdict) == self._cause

    def fails(self, verdict: Verdict, machine: ConformanceMachine) -> None:
        if self._cause is None:
            self._cause = cause_of(verdict)
        if self._machine is None or len(machine.events) <= len(self._machine.events):
            self._verdict, self._machine = verdict, machine

    def ended(self, machine: ConformanceMachine) -> None:
        """An execution is over. It is here that a hunt is ended: Hypothesis could not make sense of one that is cut
        short.
        """
        if self.is_found:
            self._attempts += 1
            self._keep_shorter_crash(machine)
            if self._attempts >= SHRINK_EXECUTIONS_MAX:
                raise _Enough
            return
        self.executions += 1
        self._events += len(machine.events)
        strength = machine.check.strength()
        self._actions.update(strength.actions)
        self._actions.update(dict.fromkeys(strength.actions_never, 0))
        if machine.crashed is not None:
            self._crashes += 1
            self._crash = self._crash or machine.crashed
            if machine.crashes_fail:
                self._machine, self._cause = machine, Cause("crashed", machine.crashed)
        if self._progress is not None:
            self._progress(self.executions, self._events, self._seconds())
        options = self._options
        if self._machine is not None:
            self.is_found = True
            self._found_after = self._seconds()
            if not options.shrink:
                raise _Enough
        elif options.time_limit is not None and self._seconds() > options.time_limit:
            self._time_was_up = True
            raise _Enough
        elif self.executions >= options.examples:  # Hypothesis counts only those that it thinks are new.
            raise _Enough

    def _keep_shorter_crash(self, machine: ConformanceMachine) -> None:
        best = self._machine
        if best is None or machine.crashed is None or Cause("crashed", machine.crashed) != self._cause:
            return
        if len(machine.events) <= len(best.events):
            self._machine = machine

    def result(self) -> Hunt:
        seconds = self._seconds()
        return Hunt(
            verdict=self._verdict,
            machine=self._machine,
            crash=self._crash,
            crashes=self._crashes,
            actions=dict(sorted(self._actions.items(), key=lambda item: (-item[1], item[0]))),
            executions=self.executions,
            events=self._events,
            seconds=self._found_after if self.is_found else seconds,
            seconds_in_all=seconds,
            time_was_up=self._time_was_up,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._started
