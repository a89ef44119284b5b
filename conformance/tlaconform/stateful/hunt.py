"""A hunt: run a state machine until it finds a step that the specification forbids, or a limit is reached.

The same options and the same seed make the same examples. A hunt goes in rounds, so that it can stop between two of them when its
time is over; the example that a round finds is shrunk by Hypothesis.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tlaconform.stateful.machine import ConformanceMachine, NonConformance
from tlatrace.engine.verdict import Verdict

EXAMPLES_PER_ROUND = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntOptions:
    """``examples`` bounds the number of executions, ``steps`` the rules in each, ``time_limit`` (seconds) the whole hunt."""

    seed: int = 0
    examples: int = 500
    steps: int = 60
    time_limit: float | None = None
    shrink: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """What a hunt came to.

    ``verdict`` is that of the shortest forbidden execution, None if there was none. ``executions`` and ``events`` count all that was
    run up to the first find, shrinking apart; ``seconds`` likewise, ``seconds_in_all`` with it.
    """

    verdict: Verdict | None
    executions: int
    events: int
    seconds: float
    seconds_in_all: float
    time_was_up: bool


def hunt(
    machine: type[ConformanceMachine],
    options: HuntOptions,
    progress: Callable[[int, int, float], None] | None = None,
) -> Hunt:
    """Hunt with ``machine``; ``progress`` is told of executions, events and seconds now and then.

    Raises:
        TlatraceError: the specification or the mapping is wrong.
    """
    started = time.monotonic()
    log = _Log(started, progress)
    watched = log.watch(machine)
    number = 0
    while log.executions < options.examples:
        if options.time_limit is not None and time.monotonic() - started > options.time_limit:
            break
        examples = min(EXAMPLES_PER_ROUND, options.examples - log.executions)
        verdict = _round(watched, options, number, examples)
        if verdict is not None:
            return log.result(verdict, time_was_up=False)
        number += 1
    return log.result(None, time_was_up=log.executions < options.examples)


def _round(machine: type[ConformanceMachine], options: HuntOptions, number: int, examples: int) -> Verdict | None:
    phases = [Phase.generate, Phase.target, *([Phase.shrink] if options.shrink else [])]
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
    # One stream of examples a round: the seed is spread so that neighbouring hunts share none.
    seeded = seed(options.seed * 1_000_003 + number)(machine)
    try:
        run_state_machine_as_test(seeded, settings=chosen)  # type: ignore[no-untyped-call]
    except NonConformance as failure:
        return failure.verdict
    return None


class _Log:
    """Counts what the machines of a hunt do."""

    def __init__(self, started: float, progress: Callable[[int, int, float], None] | None) -> None:
        self.executions = 0
        self.events = 0
        self._started = started
        self._found_after: float | None = None
        self._progress = progress

    def watch(self, machine: type[ConformanceMachine]) -> type[ConformanceMachine]:
        """``machine``, counting."""
        log = self

        class Watched(machine):  # type: ignore[misc, valid-type]
            def failed(self, verdict: Verdict) -> None:
                log.found()
                super().failed(verdict)

            def teardown(self) -> None:
                log.ended(len(self.events))
                super().teardown()

        Watched.__name__ = Watched.__qualname__ = machine.__name__
        return Watched

    def found(self) -> None:
        if self._found_after is None:
            self._found_after = time.monotonic() - self._started

    def ended(self, events: int) -> None:
        if self._found_after is None:
            self.executions += 1
            self.events += events
        if self._progress is not None:
            self._progress(self.executions, self.events, time.monotonic() - self._started)

    def result(self, verdict: Verdict | None, *, time_was_up: bool) -> Hunt:
        seconds = time.monotonic() - self._started
        found_after = self._found_after if self._found_after is not None else seconds
        return Hunt(
            verdict=verdict,
            executions=self.executions + (verdict is not None),
            events=self.events,
            seconds=found_after,
            seconds_in_all=seconds,
            time_was_up=time_was_up,
        )
