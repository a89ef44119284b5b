"""Running TLC on a module with traces in it, and reading off how far it came in each.

The convention between a module and this one: a behavior takes the events of one trace, one after the other, and the
first time that TLC takes an event the module prints ``<<"taken", t, e>>``, the numbers (from 1) of the trace and of the
event. A trace is accepted when its last event was taken. ``<<"cut", t, e>>`` says that a bound of the mapping cut the
search before event ``e``: a rejection there is undecided.

Printing costs next to nothing, works in every release of TLC, and tells of several traces in one run. A violated
invariant would make TLC print a behavior with all its states, which takes far longer than finding it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from tlacheck import Outcome, TlcResult, Toolchain, find_toolchain, run_tlc
from tlaconform.tlc_judge.judgement import TlcJudgeError, TlcJudgement
from tlaconform.tlc_judge.recorded import RecordedTrace

EVENTS_IN_RUN_MAX = 5_000
"""Events judged together: each is a line of output, of which the bindings of TLC keep 10,000. A longer trace has a run
of its own."""

JAVA_OPTIONS = ("-XX:+UseSerialGC", "-Xss64m")
"""One worker needs no parallel collector; definitions that recurse along a log need a deep stack."""

_MARK = re.compile(r'<<"(taken|cut)", (\d+), (\d+)>>\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeModule:
    """A module with embedded traces, and its configuration."""

    name: str
    text: str
    config: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How TLC is run: where it finds modules, for how long (in seconds, for each trace), and where its input is to be
    kept."""

    library: tuple[Path, ...]
    time_limit: float | None = None
    toolchain: Toolchain | None = None
    keep: Path | None = None


@dataclass(slots=True)
class _Marks:
    """What the module printed, by the number of the trace."""

    taken: dict[int, int]
    cut: dict[int, int]
    lines: int = 0


def judge_all(
    traces: Sequence[RecordedTrace],
    build: Callable[[Sequence[RecordedTrace]], JudgeModule],
    together: Callable[[RecordedTrace], Hashable],
    options: RunOptions,
) -> list[TlcJudgement]:
    """Judge ``traces``, as many in one run of TLC as agree in what ``together`` says; ``build`` makes the module for
    such a run.

    A trace on which TLC fails does not spoil the judgement of others: they are judged again, each alone, so that the
    error is of the right one.

    Raises:
        TlcJudgeError: TLC cannot evaluate a trace, or the specification, or the module that was made of them.
        ToolchainError: there is no TLC.
    """
    options = options if options.toolchain is not None else replace(options, toolchain=find_toolchain())
    found: dict[int, TlcJudgement] = {}
    runs = list(_runs(traces, together, alone=options.time_limit is not None))
    for run, numbers in enumerate(runs, 1):
        keep = options.keep / f"run{run}" if options.keep is not None and len(runs) > 1 else options.keep
        batch = [traces[number] for number in numbers]
        found.update(zip(numbers, _judge_batch(batch, build, replace(options, keep=keep)), strict=True))
    return [found[number] for number in range(len(traces))]


def _runs(
    traces: Sequence[RecordedTrace], together: Callable[[RecordedTrace], Hashable], *, alone: bool
) -> Iterator[list[int]]:
    """The numbers of the traces that are judged in one run. A time limit is for one trace, which then needs its own
    run."""
    groups: dict[Hashable, list[int]] = {}
    for number, trace in enumerate(traces):
        groups.setdefault(number if alone else together(trace), []).append(number)
    for group in groups.values():
        run: list[int] = []
        events = 0
        for number in group:
            if run and events + len(traces[number].events) > EVENTS_IN_RUN_MAX:
                yield run
                run, events = [], 0
            run.append(number)
            events += len(traces[number].events)
        yield run


def _judge_batch(
    traces: Sequence[RecordedTrace], build: Callable[[Sequence[RecordedTrace]], JudgeModule], options: RunOptions
) -> list[TlcJudgement]:
    try:
        return _judge_run(traces, build(traces), options)
    except TlcJudgeError:
        if len(traces) == 1:
            raise
    return [judgement for trace in traces for judgement in _judge_run([trace], build([trace]), options)]


def _judge_run(traces: Sequence[RecordedTrace], module: JudgeModule, options: RunOptions) -> list[TlcJudgement]:
    with (
        tempfile.TemporaryDirectory(prefix="tlc-judge-") if options.keep is None else nullcontext(options.keep) as name
    ):
        folder = Path(name)
        spec, config = _write(module, folder)
        result = run_tlc(
            spec,
            config,
            toolchain=options.toolchain,
            time_limit_s=options.time_limit,
            library=options.library,
            java_options=JAVA_OPTIONS,
        )
    marks = _marks(result, traces)
    if result.outcome not in (Outcome.SUCCESS, Outcome.TIMEOUT):
        raise _error(result, traces, marks)
    return [_judgement(trace, number, len(traces), result, marks, options) for number, trace in enumerate(traces, 1)]


def _write(module: JudgeModule, folder: Path) -> tuple[Path, Path]:
    spec, config = folder / f"{module.name}.tla", folder / f"{module.name}.cfg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        spec.write_text(module.text, encoding="ascii")
        config.write_text(module.config, encoding="ascii")
    except OSError as error:
        raise TlcJudgeError(f"cannot write {error.filename}: {error.strerror}; expected a folder to write to") from None
    return spec, config


def _marks(result: TlcResult, traces: Sequence[RecordedTrace]) -> _Marks:
    numbers = range(1, len(traces) + 1)
    marks = _Marks(dict.fromkeys(numbers, 0), dict.fromkeys(numbers, 0))
    for line in result.output:
        mark = _MARK.match(line)
        if mark is None:
            continue
        marks.lines += 1
        where = marks.taken if mark[1] == "taken" else marks.cut
        where[int(mark[2])] = max(where[int(mark[2])], int(mark[3]))
    if result.output_dropped:
        # One line for each event, in order, and nothing else: so those that were dropped can be counted.
        if len(traces) > 1 or marks.lines < len(result.output) or marks.cut[1]:
            raise TlcJudgeError(
                "the specification prints so much that TLC's progress was lost; expected one that prints less"
            )
        marks.taken[1] += result.output_dropped
    return marks


def _judgement(
    trace: RecordedTrace, number: int, count: int, result: TlcResult, marks: _Marks, options: RunOptions
) -> TlcJudgement:
    taken = marks.taken[number]
    accepted = taken == len(trace.events)
    because = ""
    if not accepted and result.outcome is Outcome.TIMEOUT:
        because = f"the time limit of {options.time_limit:g} s was reached"
    elif not accepted and marks.cut[number] > taken:
        because = "a search_limit of the mapping was reached"
    return TlcJudgement(
        trace=trace.name,
        accepted=accepted,
        line=None if accepted else trace.events[taken].line,
        events=len(trace.events),
        seconds=result.duration_s,
        distinct_states=result.distinct_states,
        traces_in_run=count,
        undecided_because=because,
    )


def _error(result: TlcResult, traces: Sequence[RecordedTrace], marks: _Marks) -> TlcJudgeError:
    """Why TLC came to no judgement; for a single trace, with the event that it was about to take."""
    said = [error.message if error.line is None else str(error) for error in result.parse_errors]
    said += [failure.text for failure in result.failures] + [error.text for error in result.errors]
    text = "; ".join(dict.fromkeys(" ".join(part.split()) for part in said if part)) or "\n".join(result.output[-5:])
    is_of_a_step = result.outcome in (Outcome.EVALUATION_ERROR, Outcome.ASSERTION_FAILURE)
    location = None
    if len(traces) == 1 and is_of_a_step:
        events = traces[0].events
        location = traces[0].place(events[min(marks.taken[1], len(events) - 1)].line)
    return TlcJudgeError(
        f"TLC {result.tlc_version or ''} stopped with {result.outcome.value}: {text or 'no word'}", location=location
    )
