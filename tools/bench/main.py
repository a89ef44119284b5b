"""``make bench``: what starting, parsing and checking cost, how the cost grows with the trace, and TLC beside it.

First Raft, as ``vraft`` runs it and ``spec/Raft.tla`` has it; then the five systems of the registry.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.command import EXIT_FAILED, EXIT_OK, has_tlc, option_parser, status_of, write_json
from bench.errors import BenchError
from bench.measure import Tell, Workshop
from bench.plan import FULL, QUICK, Plan
from bench.processes import PROCESS_LIMIT_S, Processes
from bench.registry import BENCHMARKS
from bench.report import as_dict, render
from bench.results import Machine, Results, Tlc
from bench.sweep import Effort, Swept, sweep
from bench.sweep_report import ABOUT, render_swept, sweep_as_json
from bench.traces import write_traces
from bench.verdicts_report import comparisons, render_comparisons
from tlatrace.errors import TlatraceError

VERSION = 2
"""Of the JSON: the results for Raft, and those for the systems of the registry."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, return the exit status."""
    parser = option_parser(
        "bench",
        __doc__,
        quick="less of everything, in a minute or two",
        large="also traces of up to a million events",
        beside_tlc=True,
    )
    parser.add_argument("--only", metavar="TEXT", help="only the benchmarks of systems with this in their name")
    options = parser.parse_args(arguments)
    tell = _tell if sys.stderr.isatty() else _tell_nobody
    return status_of(lambda: _measure(options, tell), failures=(TlatraceError,), clear=lambda: tell(""))


def _measure(options: argparse.Namespace, tell: Tell) -> int:
    effort = _effort(options)
    results: Results | None = None
    if options.only is None:
        results = measure(QUICK if options.quick else FULL, tell, with_tlc=effort.with_tlc)
        tell("")
        print(render(results), flush=True)
    swept = []
    print(ABOUT)
    for item in sweep_systems(effort, tell, only=options.only):
        tell("")
        print(render_swept(item, effort), flush=True)
        swept.append(item)
    found = [*comparisons(tell)] if effort.with_tlc and options.only is None and not options.quick else []
    tell("")
    if found:
        print(render_comparisons(found), flush=True)
    write_json(options, lambda: _as_dict(results, swept))
    is_wrong = any(item.faults for item in swept) or any(item.differences for item in found)
    return EXIT_FAILED if is_wrong else EXIT_OK


def sweep_systems(effort: Effort, tell: Tell, *, only: str | None = None) -> Iterator[Swept]:
    """The benchmarks of the registry, or those whose names have ``only`` in them.

    Raises:
        BenchError: none has.
    """
    chosen = [benchmark for benchmark in BENCHMARKS if only is None or only in benchmark.name]
    if not chosen:
        names = "\n  ".join(benchmark.name for benchmark in BENCHMARKS)
        raise BenchError(f"no benchmark has {only!r} in its name; they are:\n  {names}")
    with tempfile.TemporaryDirectory(prefix="tla-conformance-bench-") as name:
        yield from sweep(chosen, effort, Processes(Path(name)), tell)


def _effort(options: argparse.Namespace) -> Effort:
    with_tlc = has_tlc(options)  # where it is missing, the first tables say so
    if options.quick:
        return Effort(points_max=2, limit_s=10, tlc_limit_s=10, with_tlc=with_tlc)
    if options.large:
        return Effort(with_large=True, limit_s=PROCESS_LIMIT_S - 10, tlc_limit_s=120, with_tlc=with_tlc)
    return Effort(with_tlc=with_tlc)


def measure(plan: Plan, tell: Tell, *, with_tlc: bool = True) -> Results:
    """Everything that ``plan`` asks for, one after the other, in a temporary folder."""
    started = time.monotonic()
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="tla-conformance-bench-") as name:
        folder = Path(name)
        tell("recording traces")
        traces = {
            (nodes, length): path
            for nodes in plan.clusters
            for length, path in write_traces(folder, nodes, plan.trace_lengths(nodes)).items()
        }
        workshop = Workshop(folder, plan, traces, tell)
        starts, parsed = workshop.starts(), workshop.parsed()
        checked, twins = workshop.checked(), workshop.twins()
        tlc = workshop.tlc() if with_tlc else Tlc(absent_because="--no-tlc")
    return Results(
        machine=machine,
        starts=starts,
        parsed=parsed,
        checked=checked,
        twins=twins,
        tlc=tlc,
        seconds=time.monotonic() - started,
    )


def _as_dict(results: Results | None, swept: Sequence[Swept]) -> dict[str, Any]:
    raft = as_dict(results) if results is not None else None
    return {"version": VERSION, "raft": raft, "systems": sweep_as_json(swept)}


def _machine() -> Machine:
    try:
        load: float | None = os.getloadavg()[0]
    except OSError:
        load = None
    return Machine(
        python=platform.python_version(), system=platform.system(), processors=os.cpu_count() or 1, load=load
    )


def _tell(what: str) -> None:
    print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def _tell_nobody(what: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
