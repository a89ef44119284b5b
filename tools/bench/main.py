"""``make bench``: what starting, parsing and checking cost, how the cost grows with the trace, and TLC beside it.

First Raft, as ``vraft`` runs it and ``spec/Raft.tla`` has it; then the five systems of the registry.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

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
from tlacheck import ToolchainError, find_toolchain
from tlatrace.errors import TlatraceError

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130
VERSION = 2
"""Of the JSON: the results for Raft, and those for the systems of the registry."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, return the exit status."""
    options = _parser().parse_args(arguments)
    tell = _tell if sys.stderr.isatty() else _tell_nobody
    effort = _effort(options)
    results: Results | None = None
    try:
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
        if options.json is not None:
            options.json.write_text(_as_json(results, swept), encoding="utf-8")
    except (BenchError, TlatraceError, OSError) as error:
        tell("")
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        tell("")
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
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
    has_tlc = not options.no_tlc
    if has_tlc:
        try:
            find_toolchain()
        except ToolchainError:
            has_tlc = False  # the first tables say so
    if options.quick:
        return Effort(points_max=2, limit_s=10, tlc_limit_s=10, with_tlc=has_tlc)
    if options.large:
        return Effort(with_large=True, limit_s=PROCESS_LIMIT_S - 10, tlc_limit_s=120, with_tlc=has_tlc)
    return Effort(with_tlc=has_tlc)


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


def _as_json(results: Results | None, swept: Sequence[Swept]) -> str:
    raft = as_dict(results) if results is not None else None
    return json.dumps({"version": VERSION, "raft": raft, "systems": sweep_as_json(swept)}, indent=2) + "\n"


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--quick", action="store_true", help="less of everything, in a minute or two")
    amount.add_argument("--large", action="store_true", help="also traces of up to a million events")
    parser.add_argument("--only", metavar="TEXT", help="only the benchmarks of systems with this in their name")
    parser.add_argument("--no-tlc", action="store_true", help="do not run TLC")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
