"""``conformance check TRACE...``: is every step of these traces allowed by the specification?"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_specification, positive, seconds, share
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status, combined

if TYPE_CHECKING:
    from tlaconform.checking import Progress
    from tlaconform.cli.progress import ProgressLine
    from tlatrace.engine.verdict import Verdict


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="check recorded traces against a specification",
        description="For every event of every trace: which action of the specification explains it? An event that none "
        "explains is rejected, with the conjunct of each candidate that forbids it.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="NDJSON, also .gz; - is standard input")
    add_specification(parser, required=True)
    parser.add_argument(
        "--jobs", type=positive, default=os.cpu_count() or 1, metavar="N", help="traces checked at the same time"
    )
    parser.add_argument("--format", choices=("terminal", "json", "junit"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument(
        "--torn-tail", choices=("error", "cut"), default="error", help="what to do with a last line that was cut short"
    )
    parser.add_argument(
        "--time-limit", type=seconds, metavar="SECONDS", help="for one trace; when it is reached: undecided"
    )
    parser.add_argument(
        "--max-frontier", type=positive, metavar="N", help="states that may explain a trace at once; beyond: undecided"
    )
    parser.add_argument("--max-depth", type=positive, metavar="N", help="events judged in a trace; beyond: undecided")
    parser.add_argument(
        "--min-strength", type=share, default=0.0, metavar="0..1", help="fail where a verdict rests on less"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import CheckOptions, check_traces
    from tlaconform.cli.progress import progress_line
    from tlatrace.engine.match import FRONTIER_STATES_MAX

    check_options = CheckOptions(
        spec=options.spec,
        mapping=options.map,
        config=options.config,
        library=tuple(options.lib),
        torn_tail=options.torn_tail,
        max_frontier=options.max_frontier or FRONTIER_STATES_MAX,
        max_events=options.max_depth,
        time_limit=options.time_limit,
        min_strength=options.min_strength,
    )
    if options.traces.count("-") > 1:
        print("error: standard input (-) can be read only once", file=sys.stderr)
        return Status.WRONG_INPUT
    with progress_line() as line:
        verdicts = check_traces(
            options.traces, check_options, jobs=options.jobs, progress=_teller(line) if line else None
        )
    write_report(verdicts, options.format, options.output)
    return combined(map(status_of, verdicts))


def _teller(line: ProgressLine) -> Progress:
    def tell(trace: str, events: int, seconds_so_far: float) -> None:
        line.show(lambda: f"{trace}: {events:,} events, {events / seconds_so_far:,.0f}/s")

    return tell


def status_of(verdict: Verdict) -> Status:
    """What one verdict means for the exit status."""
    from tlatrace.engine.verdict import Decision

    if verdict.decision is Decision.ACCEPTED:
        return Status.DOES_NOT_CONFORM if verdict.strength.is_too_low else Status.CONFORMS
    return {
        Decision.REJECTED: Status.DOES_NOT_CONFORM,
        Decision.UNDECIDED: Status.UNDECIDED,
        Decision.INVALID: Status.WRONG_INPUT,
    }[verdict.decision]


def write_report(verdicts: list[Verdict], form: str, output: Path | None) -> None:
    """The verdicts as ``terminal``, ``json`` or ``junit``, to a file or to standard output."""
    from tlaconform.files import write_whole
    from tlaconform.report import Style, json_report, junit_report, render_verdicts

    if form == "json":
        report = json_report(verdicts)
    elif form == "junit":
        report = junit_report(verdicts)
    else:
        use_color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        report = render_verdicts(verdicts, Style(use_color=use_color))
    if output is not None:
        write_whole(output, report)
    else:
        write_out(report)
