"""``conformance export TRACE -o DIR``: a trace as a specification that stock TLC checks."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlaconform.cli.options import add_specification
from tlaconform.cli.status import Status


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "export",
        help="write a trace as a specification for stock TLC",
        description="Writes a folder with the specification's modules, one more that holds the trace as TLA+ values, "
        "and its configuration. Stock TLC checks it with no other module: a second opinion on `conformance check`. "
        "TLC accepts the trace by violating the invariant TraceNotAccepted (what it prints is a witness), and rejects "
        "it by finding no error.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="NDJSON, also .gz; - is standard input")
    add_specification(parser, required=True)
    parser.add_argument("--merge", action="store_true", help="several files are logs of one trace")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the modules go")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import CheckOptions, Workbench
    from tlaconform.errors import ConformanceError
    from tlaconform.export import export_trace
    from tlatrace.compile import run_with_deep_stack

    if len(options.traces) > 1 and not options.merge:
        raise ConformanceError(
            f"one trace is exported at a time; expected one file, not {len(options.traces)}",
            hint="--merge takes them for the logs of one trace",
        )
    workbench = Workbench(
        CheckOptions(spec=options.spec, mapping=options.map, config=options.config, library=tuple(options.lib))
    )
    trace = options.traces if options.merge else options.traces[0]
    found = run_with_deep_stack(lambda: export_trace(trace, workbench, options.output))
    print(f"{found.events:,} events in {found.module}")
    print(f"  cd {options.output}")
    print(f"  java -cp tla2tools.jar tlc2.TLC -workers 1 -config {found.config.name} {found.module.name}")
    return Status.CONFORMS
