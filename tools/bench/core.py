"""``python tools/bench/core.py``: what the core of Raft costs by itself, and what tracing adds.

Three servers in one process, joined by plain lists, commit values of 64 bytes: no disk, no sockets.  A batch is handed
to the leader, as one input or as one input each; then every message is delivered, until none is left.  An entry counts
when the leader knows it to be committed.  The host's part is done: each time a core asks for an election timeout it is
given one, which is a step too.  Times are of the processor, and the best of a few runs by turns counts, since the
machine has other things to do.

A detached tracer costs one test of an attribute for each action.  Its price is measured against a twin of the core
that has no such test, by turns, in pairs of short runs; of the ratios the median counts, and its 95 % interval stands
beside it.  It is measured with assertions off, where it weighs most.

Goals: 60,000 entries/s are committed; a detached tracer costs less than 2 %.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.command import EXIT_OK, option_parser, status_of, write_json
from bench.errors import BenchError
from bench.figures import spread
from bench.report import table
from vraft import tracing
from vraft.core import (
    Action,
    ElectionTimeout,
    Input,
    Message,
    Output,
    Propose,
    ProposeMany,
    RaftCore,
    Receive,
    SetElectionTimeout,
)
from vraft.core.outputs import NO_ARGUMENTS

GOAL_ENTRIES_PER_S = 60_000
GOAL_DETACHED = 0.02
SERVERS = ("n1", "n2", "n3")
VALUE_BYTES = 64
BATCHES = (1, 16, 64, 256)
TRACED_BATCHES = (1, 64)
TIMEOUT_TICKS = 10
"""No tick ever passes here: the core only has to be given some timeout."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "assertions off": {"assertions": False},
    "assertions on, the default": {"assertions": True},
    "and histories compared, as emulated": {"assertions": True, "checks_history": True},
}


class Untested(RaftCore):
    """A core that cannot be traced: the twin of the one whose tracer is detached."""

    def take(
        self,
        name: str,
        arguments: Mapping[str, object] = NO_ARGUMENTS,
        *,
        message: Message | None = None,
        sent: Message | None = None,
    ) -> None:
        self._actions.append(Action(name, arguments, message, sent, None))
        if sent is not None:
            self._messages.append(sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    batches: int
    """In one run, unless these have more than ``entries`` entries."""
    entries: int
    repeats: int
    turns: int
    turn_entries: int
    traced_turns: int


FULL = Effort(batches=512, entries=16_384, repeats=3, turns=800, turn_entries=256, traced_turns=20)
"""Some 40 seconds of a processor."""
QUICK = Effort(batches=64, entries=4096, repeats=2, turns=100, turn_entries=128, traced_turns=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast batches of one size are committed; seconds are of the processor, of the best run."""

    settings: str
    batch: int
    together: bool
    """Whether a batch was one input."""
    entries: int
    steps: int
    seconds: float
    noise: float | None

    @property
    def entries_per_s(self) -> float:
        return self.entries / self.seconds

    @property
    def steps_per_s(self) -> float:
        return self.steps / self.seconds

    @property
    def us_per_step(self) -> float:
        return self.seconds / self.steps * 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """What tracing costs for batches of one size: seconds of the processor for an entry, medians."""

    batch: int
    actions_per_entry: float
    untested_s: float
    detached_s: float
    observed_s: float
    traced_s: float
    detached_cost: float
    """The median over pairs of runs: by which share the core with the test was slower."""
    low: float
    """Its 95 % interval."""
    high: float
    test_s: float
    """One test, from calls of ``take`` alone."""

    @property
    def test_cost(self) -> float:
        """The share of one entry that its tests are."""
        return self.test_s * self.actions_per_entry / self.detached_s

    @property
    def judgement(self) -> str:
        """Whether the goal is met, as far as the noise allows to say."""
        return "met" if self.high < GOAL_DETACHED else "missed" if self.low >= GOAL_DETACHED else "too noisy to say"


class Trio:
    """Three servers joined by lists, the first of which leads."""

    def __init__(
        self,
        kind: type[RaftCore] = RaftCore,
        *,
        batch: int,
        tell: Callable[[str, Output], None] | None = None,
        **options: Any,
    ) -> None:
        self.cores = {name: kind(id=name, servers=SERVERS, max_entries=batch, **options) for name in SERVERS}
        self.leader = self.cores[SERVERS[0]]
        self.steps = 0
        self._tell = tell
        for name, core in self.cores.items():
            core.start()
            self._step(name, SetElectionTimeout(TIMEOUT_TICKS))
        self._deliver(self._step(SERVERS[0], ElectionTimeout()).messages)

    def commit(self, inputs: Sequence[Input]) -> None:
        """Hand the leader these inputs, and deliver what comes of it."""
        messages: list[Message] = []
        for input_ in inputs:
            messages += self._step(SERVERS[0], input_).messages
        self._deliver(messages)

    def _deliver(self, messages: Sequence[Message]) -> None:
        while messages:
            following: list[Message] = []
            for message in messages:
                following += self._step(message.receiver, Receive(message)).messages
            messages = following

    def _step(self, name: str, input_: Input) -> Output:
        core = self.cores[name]
        output = core.step(input_)
        self.steps += 1
        if self._tell is not None:
            self._tell(name, output)
        if output.timer_reset:
            self.steps += 1
            core.step(SetElectionTimeout(TIMEOUT_TICKS))
        return output


class Teller:
    """Makes the line of each event, as a host that traces does, and keeps none."""

    def __init__(self) -> None:
        self.events = 0
        self.characters = 0

    def __call__(self, name: str, output: Output) -> None:
        for action in output.actions:
            self.events += 1
            made = tracing.event(seq=self.events, time=self.events, node=name, action=action)
            self.characters += len(tracing.line(made))


# Measuring ------------------------------------------------------------------------------------------------------------


def inputs_of(batch: int, number: int, *, together: bool) -> list[Input]:
    """The inputs of one batch; no two values are equal."""
    values = tuple(f"{number:08}.{place:0{VALUE_BYTES - 9}}" for place in range(batch))
    return [ProposeMany(values)] if together else [Propose(value) for value in values]


def run(trio: Trio, batch: int, batches: int, *, together: bool) -> tuple[float, int]:
    """Commit so many batches; the processor's seconds, and the steps.

    Raises:
        BenchError: not all was committed, or the logs differ.
    """
    stream = [inputs_of(batch, number, together=together) for number in range(batches)]
    expected = trio.leader.commit_index + batch * batches
    steps = trio.steps
    started = time.process_time()
    for inputs in stream:
        trio.commit(inputs)
    seconds = time.process_time() - started
    if trio.leader.commit_index != expected:
        raise BenchError(f"the leader has committed {trio.leader.commit_index} entries, expected {expected}")
    logs = {core.log.slice(1, core.log.last_index) for core in trio.cores.values()}
    if len(logs) != 1:
        raise BenchError("the logs of the three servers differ")
    return seconds, trio.steps - steps


def rates(effort: Effort) -> list[Rate]:
    """All settings, sizes and ways to propose, by turns."""
    cases = [(name, batch, together) for name in SETTINGS for batch in BATCHES for together in (True, False)]
    cases = [(name, batch, together) for name, batch, together in cases if batch > 1 or not together]
    found: dict[tuple[str, int, bool], list[tuple[float, int]]] = {case: [] for case in cases}
    for _ in range(effort.repeats):
        for case in cases:
            name, batch, together = case
            gc.collect()
            trio = Trio(batch=batch, **SETTINGS[name])
            found[case].append(run(trio, batch, _batches(effort, batch), together=together))
    made = []
    for (name, batch, together), runs in found.items():
        seconds, steps = min(runs)
        noise = spread([seconds for seconds, _ in runs])
        entries = batch * _batches(effort, batch)
        made.append(
            Rate(
                settings=name,
                batch=batch,
                together=together,
                entries=entries,
                steps=steps,
                seconds=seconds,
                noise=noise,
            )
        )
    return made


def _batches(effort: Effort, batch: int) -> int:
    return max(1, min(effort.batches, effort.entries // batch))


def tracings(effort: Effort) -> list[Tracing]:
    """What tracing costs where each entry comes alone, and where batches are large."""
    test_s = _test_s()
    return [_tracing(batch, effort, test_s) for batch in TRACED_BATCHES]


def _tracing(batch: int, effort: Effort, test_s: float) -> Tracing:
    batches = max(1, effort.turn_entries // max(batch, _STEPS_OF_ONE))
    entries = batch * batches

    def measure(kind: type[RaftCore], *, observed: bool = False, tell: Teller | None = None) -> float:
        trio = Trio(_anew(kind), batch=batch, tell=tell, assertions=False)
        if observed:
            for core in trio.cores.values():
                core.observer = tracing.variables
        run(trio, batch, batches, together=True)
        return run(trio, batch, batches, together=True)[0] / entries

    untested: list[float] = []
    detached: list[float] = []
    observed, traced = [], []
    pair: list[tuple[type[RaftCore], list[float]]] = [(Untested, untested), (RaftCore, detached)]
    gc.collect()
    gc.disable()  # A collection that falls into one of a pair would decide which was faster.
    try:
        for turn in range(effort.turns):
            for kind, found in pair if turn % 2 else reversed(pair):
                found.append(measure(kind))
            if turn < effort.traced_turns:
                observed.append(measure(RaftCore, observed=True))
                traced.append(measure(RaftCore, observed=True, tell=Teller()))
    finally:
        gc.enable()
    costs = [one / other - 1 for one, other in zip(detached, untested, strict=True)]
    low, high = median_interval(costs)
    return Tracing(
        batch=batch,
        actions_per_entry=_actions(batch, batches) / entries,
        untested_s=statistics.median(untested),
        detached_s=statistics.median(detached),
        observed_s=statistics.median(observed),
        traced_s=statistics.median(traced),
        detached_cost=statistics.median(costs),
        low=low,
        high=high,
        test_s=test_s,
    )


def _anew(kind: type[RaftCore]) -> type[RaftCore]:
    """A class of its own for each run, so that both of a pair are equally new to the interpreter.

    It specialises the code of the methods, which both share, for the class that it saw last; of two classes by turns
    one was slower by 5 % for no other reason.
    """
    return type("Anew", (RaftCore,), {"take": kind.take})


_STEPS_OF_ONE = 10
"""An entry that comes alone costs about as many steps; a turn should take as long for small batches as for large."""


def median_interval(samples: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median, by the binomial distribution's normal approximation: two of the samples.

    >>> median_interval([float(sample) for sample in range(100)])
    (40.0, 59.0)
    """
    ordered = sorted(samples)
    half = 0.98 * math.sqrt(len(ordered))
    low = max(0, math.floor(len(ordered) / 2 - half))
    return ordered[low], ordered[len(ordered) - 1 - low]


def _actions(batch: int, batches: int) -> int:
    counted: Counter[str] = Counter()
    trio = Trio(batch=batch, tell=lambda name, output: counted.update({name: len(output.actions)}))
    counted.clear()
    run(trio, batch, batches, together=True)
    return counted.total()


def _test_s() -> float:
    """One test: the difference between the two methods by themselves, of the best of many short runs of each."""
    tested, untested = (kind(id="n1", servers=SERVERS) for kind in (RaftCore, Untested))
    times: dict[RaftCore, list[float]] = {tested: [], untested: []}
    for _ in range(_TEST_RUNS):
        for core, found in times.items():
            take, started = core.take, time.process_time()
            for _ in range(_TEST_CALLS):
                take("AdvanceCommit")
            found.append((time.process_time() - started) / _TEST_CALLS)
            core._actions.clear()
    return min(times[tested]) - min(times[untested])


_TEST_RUNS, _TEST_CALLS = 200, 1000
"""Some 0.2 s; the best of so many runs of half a millisecond has been undisturbed."""

# Telling --------------------------------------------------------------------------------------------------------------


def render(measured: Sequence[Rate], traced: Sequence[Tracing]) -> str:
    """The tables for people."""
    text = f"Core: {len(SERVERS)} servers in one process, values of {VALUE_BYTES} bytes, no disk, no sockets\n"
    for name in dict.fromkeys(rate.settings for rate in measured):
        text += f"\n{name}\n" + _rates_table([rate for rate in measured if rate.settings == name])
    text += (
        f"  together: a batch is one input; else one input each. goal: {GOAL_ENTRIES_PER_S:,} entries/s. A step is an\n"
        "  input to any of the three. Processor time, best of several runs; noise: by how much the worst was slower\n"
    )
    text += "\nTracing, assertions off, a batch is one input: µs for an entry\n" + _tracing_table(traced)
    text += (
        f"  detached: the core as it is, over a twin without the test for a tracer; goal: below {GOAL_DETACHED:.0%}.\n"
        "  Median of pairs of runs, with its 95 % interval. test: from calls of the one method by itself.\n"
        "  observed: variables are read after each action; traced: and each event is made a line of JSON"
    )
    return text


def _rates_table(rows: Sequence[Rate]) -> str:
    cells = [
        [
            f"{rate.batch}{' together' if rate.together else ''}",
            f"{rate.entries_per_s:,.0f}",
            "met" if rate.entries_per_s >= GOAL_ENTRIES_PER_S else "missed",
            f"{rate.steps_per_s:,.0f}",
            f"{rate.us_per_step:.1f}",
            f"{rate.steps / rate.entries:.2f}",
            "-" if rate.noise is None else f"+{rate.noise:.0%}",
        ]
        for rate in rows
    ]
    return table(["batch", "entries/s", "goal", "steps/s", "µs/step", "steps/entry", "noise"], cells)


def _tracing_table(rows: Sequence[Tracing]) -> str:
    cells = [
        [
            f"{row.batch}",
            *(f"{seconds * 1e6:.1f}" for seconds in (row.untested_s, row.detached_s, row.observed_s, row.traced_s)),
            f"{row.traced_s / row.detached_s:.1f}x",
            f"{row.detached_cost:+.1%} ({row.low:+.1%} to {row.high:+.1%})",
            row.judgement,
            f"{row.test_s * 1e9:.0f} ns x {row.actions_per_entry:.1f} = {row.test_cost:.1%}",
        ]
        for row in rows
    ]
    headings = ["batch", "no test", "detached", "observed", "traced", "", "a detached tracer costs", "goal", "test"]
    return table(headings, cells)


def as_dict(measured: Sequence[Rate], traced: Sequence[Tracing]) -> dict[str, Any]:
    """The results for machines."""
    return {
        "rates": [
            asdict(rate)
            | {
                "entries_per_s": rate.entries_per_s,
                "steps_per_s": rate.steps_per_s,
                "us_per_step": rate.us_per_step,
            }
            for rate in measured
        ],
        "tracing": [asdict(row) | {"test_cost": row.test_cost, "judgement": row.judgement} for row in traced],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, return the exit status."""
    options = option_parser("bench.core", __doc__).parse_args(arguments)
    return status_of(lambda: _measure(options))


def _measure(options: argparse.Namespace) -> int:
    effort = QUICK if options.quick else FULL
    measured, traced = rates(effort), tracings(effort)
    print(render(measured, traced))
    write_json(options, lambda: as_dict(measured, traced))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
