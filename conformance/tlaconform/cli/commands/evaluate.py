"""``conformance eval EXPR TRACE``: what is this expression, as far as the trace tells?"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_specification
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.checking.evaluate import Evaluation

VALUE_WIDTH_MAX = 2_000
"""Characters of a value on a terminal; ``--json`` has all of it."""


def line_number(text: str) -> int:
    """A line of a file, or 0 for what is before the first event."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is not 0 or more")
    return number


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "eval",
        help="evaluate an expression in the states that explain a trace",
        description="Evaluates a TLA+ expression over the specification's variables in every state that explains the "
        "trace up to a line, or up to the last event that is explained, and prints each value with the number of "
        "states in which it is that. An expression with primes is evaluated in the step that the line reports. Exit "
        "status 2 where it has no value in one of them.",
    )
    parser.add_argument("expression", metavar="EXPR", help="TLA+, for instance 'Len(queue)' or \"queue' # queue\"")
    parser.add_argument("trace", metavar="TRACE", help="NDJSON, also .gz; - is standard input")
    add_specification(parser, required=True)
    parser.add_argument(
        "--at", type=line_number, metavar="LINE", help="the line of an event (0: the initial states); else the last"
    )
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import CheckOptions, Workbench
    from tlaconform.checking.evaluate import evaluate
    from tlatrace.compile import run_with_deep_stack

    workbench = Workbench(
        CheckOptions(spec=options.spec, mapping=options.map, config=options.config, library=tuple(options.lib))
    )
    found = run_with_deep_stack(lambda: evaluate(options.expression, options.trace, workbench, options.at))
    if options.format == "json":
        write_out(json.dumps(found.to_json(), ensure_ascii=False) + "\n")
    else:
        _print(found)
    return Status.WRONG_INPUT if found.has_errors else Status.CONFORMS


def _print(found: Evaluation) -> None:
    if found.line is None:
        where = "in the initial states"
    else:
        where = f"{'in the step' if found.is_step else 'after the event'} of line {found.line}"
    one, several = ("step", "steps") if found.is_step else ("state", "states")
    print(f"{found.trace}, {where} ({found.count:,} {one if found.count == 1 else several}):", file=sys.stderr)
    if found.because:
        print(f"no further, because {found.because}", file=sys.stderr)
    lines = []
    for value in found.values:
        text = f"no value: {value.error}" if value.error else value.text
        cut = text if len(text) <= VALUE_WIDTH_MAX else f"{text[:VALUE_WIDTH_MAX]} …"
        count = "" if len(found.values) == 1 else f"    ({value.count:,} {one if value.count == 1 else several})"
        lines.append(f"{cut}{count}\n")
    write_out("".join(lines))
