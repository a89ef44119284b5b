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
    from collections.abc import Sequence

    from tlaconform.checking import CheckOptions, MakeJudge
    from tlatrace.engine.verdict import Verdict

FORMATS = ("terminal", "json", "junit", "sarif")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="check recorded traces against a specification",
        description="For every event of every trace: which action of the specification explains it? An event that none "
        "explains is rejected, with the conjunct of each candidate that forbids it.",
        epilog="Ctrl-C prints the verdicts that were reached before it and ends with status 130.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="NDJSON, also .gz; - is standard input")
    against = parser.add_argument_group("what the traces are checked against")
    add_specification(against, required=False, of_whom="; both, unless --trace-spec is given")
    _add_trace_spec(parser)
    limits = parser.add_argument_group("limits, at which a trace is undecided")
    limits.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="for one trace")
    limits.add_argument("--max-frontier", type=positive, metavar="N", help="states that may explain a trace at once")
    limits.add_argument(
        "--max-depth", type=positive, metavar="N", help="events judged in a trace, or levels of a search"
    )
    demands = parser.add_argument_group("what is asked of a trace")
    demands.add_argument(
        "--torn-tail", choices=("error", "cut"), default="error", help="what to do with a last line that was cut short"
    )
    demands.add_argument(
        "--min-strength", type=share, default=0.0, metavar="0..1", help="fail where a verdict rests on less"
    )
    several = parser.add_argument_group("several traces")
    several.add_argument(
        "--jobs", type=positive, default=os.cpu_count() or 1, metavar="N", help="traces checked at the same time"
    )
    several.add_argument("--fail-fast", action="store_true", help="end at the first trace that is not accepted")
    report = parser.add_argument_group("the report")
    report.add_argument("--format", choices=FORMATS, default="terminal")
    report.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    report.add_argument("--output", type=Path, metavar="FILE", help="write the report there")
    parser.set_defaults(command=run)


def _add_trace_spec(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "trace specifications",
        "A module that reads the trace itself, run as TLC runs it: the verdict is what its properties, deadlock check "
        "and postcondition say.",
    )
    group.add_argument(
        "--trace-spec", type=Path, metavar="MODULE.tla", help="the module; --config MODULE.cfg beside it, if not given"
    )
    group.add_argument(
        "--env",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="adds to IOEnv, where JSON and TRACE_PATH are the trace's path; repeatable",
    )
    group.add_argument("--depth-first", action="store_true", help="as TLC with its StateDeque")
    group.add_argument("--no-deadlock", action="store_true", help="a state without successors is no error")
    group.add_argument("--max-states", type=positive, metavar="N", help="distinct states; beyond: undecided")


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import ChecksInterrupted, judge_traces
    from tlaconform.cli.progress import TracesLine, progress_line

    wrong = _wrong_combination(options)
    if wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return Status.WRONG_INPUT
    try:
        with progress_line() as line:
            shown = None if line is None else TracesLine(line, len(options.traces))
            verdicts = judge_traces(
                options.traces,
                _judges(options),
                jobs=options.jobs,
                fail_fast=options.fail_fast,
                progress=None if shown is None else shown.tell,
                arrived=None if shown is None else shown.arrived,
            )
    except ChecksInterrupted as interrupted:
        if interrupted.verdicts:
            write_report(interrupted.verdicts, options.format, options.output)
        _tell_unchecked(len(options.traces) - len(interrupted.verdicts), "interrupted")
        return Status.INTERRUPTED
    write_report(verdicts, options.format, options.output)
    _tell_unchecked(len(options.traces) - len(verdicts), "--fail-fast")
    return combined(map(status_of, verdicts))


def _wrong_combination(options: argparse.Namespace) -> str:
    """What cannot be meant, in one sentence; nothing where all is well."""
    if options.traces.count("-") > 1:
        return "standard input (-) can be read only once"
    if options.trace_spec is None:
        missing = [f"--{name}" for name in ("spec", "map") if getattr(options, name) is None]
        if missing:
            return f"the following arguments are required: {', '.join(missing)} (or --trace-spec)"
        given = [f"--{name}" for name in ("env", "depth_first", "no_deadlock", "max_states") if getattr(options, name)]
        of_whom = "without --trace-spec"
    else:
        names = ("spec", "map", "max_frontier", "min_strength")
        given = [f"--{name}" for name in names if getattr(options, name)]
        given += [] if options.torn_tail == "error" else ["--torn-tail"]
        of_whom = "with --trace-spec, which reads the trace itself"
    if given:
        return f"{', '.join(given).replace('_', '-')} has no meaning {of_whom}"
    return ""


def _judges(options: argparse.Namespace) -> MakeJudge:
    from functools import partial

    if options.trace_spec is None:
        from tlaconform.checking.judges import MappingJudge

        return partial(MappingJudge, _check_options(options))
    from tlaconform.trace_specs import TraceSpecJudge, TraceSpecOptions

    return partial(
        TraceSpecJudge,
        TraceSpecOptions(
            spec=options.trace_spec,
            config=options.config,
            library=tuple(options.lib),
            environment=dict(options.env),
            is_depth_first=options.depth_first,
            check_deadlock=False if options.no_deadlock else None,
            max_depth=options.max_depth,
            max_states=options.max_states,
            time_limit=options.time_limit,
        ),
    )


def _check_options(options: argparse.Namespace) -> CheckOptions:
    from tlaconform.checking import CheckOptions
    from tlatrace.engine.match import FRONTIER_STATES_MAX

    return CheckOptions(
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


def _tell_unchecked(count: int, because: str) -> None:
    if count:
        traces = "one trace has" if count == 1 else f"{count} traces have"
        print(f"{because}: {traces} no verdict", file=sys.stderr)


def status_of(verdict: Verdict) -> Status:
    """What one verdict means for the exit status."""
    from tlatrace.engine.verdict import Decision

    if verdict.bug_report:
        return Status.OUR_BUG
    if verdict.decision is Decision.ACCEPTED:
        return Status.DOES_NOT_CONFORM if verdict.strength.is_too_low else Status.CONFORMS
    return {
        Decision.REJECTED: Status.DOES_NOT_CONFORM,
        Decision.UNDECIDED: Status.UNDECIDED,
        Decision.INVALID: Status.WRONG_INPUT,
    }[verdict.decision]


def write_report(verdicts: Sequence[Verdict], form: str, output: Path | None) -> None:
    """The verdicts as ``terminal``, ``json``, ``junit`` or ``sarif``, to a file or to standard output."""
    from tlaconform.files import write_whole
    from tlaconform.report import Style, json_report, junit_report, render_verdicts, sarif_report

    if form == "json":
        report = json_report(verdicts)
    elif form == "junit":
        report = junit_report(verdicts)
    elif form == "sarif":
        report = sarif_report(verdicts)
    else:
        use_color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        report = render_verdicts(verdicts, Style(use_color=use_color))
    if output is not None:
        write_whole(output, report)
    else:
        write_out(report)
