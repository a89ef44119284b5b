"""``make bench``: what starting, parsing and checking cost, how the cost grows with the trace, and TLC beside it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError
from bench.measure import Tell, Workshop
from bench.plan import FULL, QUICK, Plan
from bench.report import as_json, render
from bench.results import Machine, Results, Tlc
from bench.traces import write_traces
from tlatrace.errors import TlatraceError

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, return the exit status."""
    options = _parser().parse_args(arguments)
    tell = _tell if sys.stderr.isatty() else _tell_nobody
    try:
        results = measure(QUICK if options.quick else FULL, tell, with_tlc=not options.no_tlc)
        tell("")
        if options.json is not None:
            options.json.write_text(as_json(results), encoding="utf-8")
    except (BenchError, TlatraceError, OSError) as error:
        tell("")
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        tell("")
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(render(results), end="")
    return EXIT_OK


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
    parser.add_argument("--quick", action="store_true", help="less of everything, in less than 40 seconds")
    parser.add_argument("--no-tlc", action="store_true", help="do not run TLC")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
