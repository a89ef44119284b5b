"""Our verdicts on a trace of a system, as ``conformance check`` gives them: by the mapping, and by the trace spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.systems.partial import write_split_trace_spec
from bench.systems.system import SPECS, Knobs, Logged, Ordered, System, Trace
from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.trace_specs import TraceSpecOptions, check_trace_spec

TIME_LIMIT_S = 60.0
"""Of one small trace: it takes a fraction of a second, and what does not end is a result too."""


class Checker:
    """Checks traces of one system; a specification is compiled once for the same constants. ``folder`` is for files."""

    def __init__(self, system: System, folder: Path, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._system = system
        self._folder = folder
        self._time_limit_s = time_limit_s
        self._workbenches: dict[tuple[Logged, Ordered], Workbench] = {}

    def by_mapping(self, knobs: Knobs, trace: Trace) -> str:
        """``accepted``, ``rejected``, ``undecided`` or ``invalid``."""
        path = trace.write(self._folder / "trace.ndjson")
        return check_trace(path, self._workbench(knobs)).decision.value

    def by_trace_spec(self, knobs: Knobs, trace: Trace) -> str:
        """The same, as ``--trace-spec`` finds it."""
        path = trace.write(self._folder / "trace.ndjson")
        spec, config = self._system.trace_spec, self._system.config
        if knobs.ordered is not Ordered.TOTAL:
            spec, config = write_split_trace_spec(self._system, self._folder)
        options = TraceSpecOptions(spec=spec, config=config, library=(SPECS,), time_limit=self._time_limit_s)
        return check_trace_spec(path, options).decision.value

    def _workbench(self, knobs: Knobs) -> Workbench:
        kind = knobs.logged, knobs.ordered
        if kind not in self._workbenches:
            options = CheckOptions(
                spec=self._system.spec,
                mapping=self._system.write_mapping(knobs, self._folder),
                config=self._system.spec_config,
                time_limit=self._time_limit_s,
            )
            self._workbenches[kind] = Workbench(options)
        return self._workbenches[kind]


def telling_cases(
    system: System, *, is_hidden: bool, size: Knobs, folder: Path, with_traps: bool = True
) -> Iterator[Knobs]:
    """Every order, amount of logging and bug. For each bug a seed whose trace we reject when everything is in order, if
    one of the first thirty is such a seed: a rejection tells more. With ``with_traps`` also one whose trace we accept
    in spite of the bug. ``size`` gives what does not vary.
    """
    checker = Checker(system, folder)
    for logged in Logged:
        if (logged is Logged.HIDDEN) != is_hidden:
            continue
        for bug in (None, *system.bugs):
            seeds = _seeds(system, checker, replace(size, logged=logged, bug=bug))
            for seed in seeds if with_traps else seeds[:1]:
                for ordered in Ordered:
                    yield replace(size, logged=logged, bug=bug, seed=seed, ordered=ordered)


def _seeds(system: System, checker: Checker, knobs: Knobs) -> list[int]:
    """The most telling first."""
    if knobs.bug is None:
        return [knobs.seed]
    first: dict[str, int] = {}
    for seed in range(knobs.seed, knobs.seed + 30):
        if {"accepted", "rejected"} <= first.keys():
            break
        first.setdefault(checker.by_mapping(knobs, system.generate(replace(knobs, seed=seed))), seed)
    return [first[verdict] for verdict in sorted(first, reverse=True)]
